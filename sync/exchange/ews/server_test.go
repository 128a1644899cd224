package ews_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim/simauth"
)

const (
	testDomain = "OFFICE"
	testUser   = "svc"
	testSecret = "pa$$wörd"
	schemaFile = "../../../../shared/contract/ews/envelope.xsd" // beside the checkout where the published schemas are at hand
)

// script is a server whose answers a test writes itself; every request that gets past the sign-in is recorded.
type script struct {
	*httptest.Server
	gate  *simauth.Gate
	conns atomic.Int64 // TCP connections accepted

	mu       sync.Mutex
	requests []recorded
	answer   func(w http.ResponseWriter, r *http.Request, n int, body string)
}

type recorded struct {
	header http.Header
	body   string
}

type scriptOptions struct {
	tls, basicOnly, bearer bool
}

// newScript starts a server that demands a sign-in as IIS does.
func newScript(t *testing.T, o scriptOptions, answer func(w http.ResponseWriter, r *http.Request, n int, body string)) *script {
	t.Helper()
	s := &script{answer: answer}
	s.gate = simauth.New(simauth.Options{
		Domain: testDomain, NTLM: !o.basicOnly, Negotiate: !o.basicOnly, Basic: o.basicOnly,
		Accounts: func(_, user string) (string, bool) { return testSecret, strings.EqualFold(user, testUser) },
		Now:      time.Now,
	})
	h := http.Handler(http.HandlerFunc(s.serve))
	if !o.bearer {
		h = s.gate.Wrap(h)
	}
	s.Server = httptest.NewUnstartedServer(h)
	s.Config.ConnContext = s.gate.ConnContext
	s.Config.ConnState = func(_ net.Conn, st http.ConnState) {
		if st == http.StateNew {
			s.conns.Add(1)
		}
	}
	if o.tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// newBound starts a TLS server that refuses a sign-in without the right channel binding.
func newBound(t *testing.T) *script {
	t.Helper()
	probe := httptest.NewTLSServer(http.NotFoundHandler()) // all of httptest's servers show one certificate
	leaf := probe.Certificate()
	probe.Close()
	s := &script{answer: folders}
	s.gate = simauth.New(simauth.Options{
		Domain: testDomain, NTLM: true, Leaf: leaf, RequireBinding: true,
		Accounts: func(_, user string) (string, bool) { return testSecret, strings.EqualFold(user, testUser) },
	})
	s.Server = httptest.NewUnstartedServer(s.gate.Wrap(http.HandlerFunc(s.serve)))
	s.Config.ConnContext = s.gate.ConnContext
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// pin is the fingerprint of the server's certificate.
func (s *script) pin() string {
	sum := sha256.Sum256(s.Certificate().Raw)
	return hex.EncodeToString(sum[:])
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, recorded{r.Header.Clone(), string(body)})
	n := len(s.requests)
	s.mu.Unlock()
	s.answer(w, r, n, string(body))
}

func (s *script) recorded() []recorded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]recorded(nil), s.requests...)
}

// options are those of a client of s.
func (s *script) options() ews.Options {
	return ews.Options{URL: s.URL + "/EWS/Exchange.asmx", Domain: testDomain, User: testUser, Password: testSecret, Now: time.Now, Timeout: 20 * time.Second, Repeats: -1}
}

func newClient(t *testing.T, o ews.Options) *ews.Client {
	t.Helper()
	c, err := ews.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// envelope wraps a body as Exchange 2016 does.
func envelope(body string) string {
	return envelopeOf(15, 1, body)
}

func envelopeOf(major, minor int, body string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>`+
		`<h:ServerVersionInfo MajorVersion="%d" MinorVersion="%d" MajorBuildNumber="2507" MinorBuildNumber="6" Version="V2017_07_11" `+
		`xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>%s</s:Body></s:Envelope>`, major, minor, body)
}

// response is the answer to op with these response messages.
func response(op string, messages ...string) string {
	return envelope(responseBody(op, messages...))
}

func responseBody(op string, messages ...string) string {
	return fmt.Sprintf(`<m:%[1]sResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">`+
		`<m:ResponseMessages>%[2]s</m:ResponseMessages></m:%[1]sResponse>`, op, strings.Join(messages, ""))
}

func success(op, content string) string {
	return fmt.Sprintf(`<m:%[1]sResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>%[2]s</m:%[1]sResponseMessage>`, op, content)
}

func failure(op, code, xmlInfo string) string {
	return fmt.Sprintf(`<m:%[1]sResponseMessage ResponseClass="Error"><m:MessageText>secret words of the server</m:MessageText><m:ResponseCode>%[2]s</m:ResponseCode>`+
		`<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>%[3]s<m:Items/></m:%[1]sResponseMessage>`, op, code, xmlInfo)
}

func faultBody(code, xmlInfo string) string {
	return fmt.Sprintf(`<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:%[1]s</faultcode><faultstring xml:lang="en-US">secret words of the server</faultstring>`+
		`<detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">%[1]s</e:ResponseCode>`+
		`<e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">secret</e:Message>%[2]s</detail></s:Fault>`, code, xmlInfo)
}

func backOff(ms int) string {
	return fmt.Sprintf(`<t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><t:Value Name="BackOffMilliseconds">%d</t:Value></t:MessageXml>`, ms)
}

// write sends an answer with the content type of Exchange.
func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func zipped(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.Bytes()
}

const folderAnswer = `<m:Folders><t:CalendarFolder><t:FolderId Id="F1" ChangeKey="K1"/><t:FolderClass>IPF.Appointment</t:FolderClass><t:DisplayName>Calendar</t:DisplayName><t:TotalCount>7</t:TotalCount>` +
	`<t:EffectiveRights><t:CreateAssociated>true</t:CreateAssociated><t:CreateContents>true</t:CreateContents><t:CreateHierarchy>true</t:CreateHierarchy><t:Delete>true</t:Delete><t:Modify>1</t:Modify><t:Read>true</t:Read></t:EffectiveRights></t:CalendarFolder></m:Folders>`

// folders answers every GetFolder with one calendar.
func folders(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
	write(w, http.StatusOK, response("GetFolder", success("GetFolder", folderAnswer)))
}

func calendar() ews.FolderRef { return ews.FolderRef{Name: ews.FolderCalendar} }

// getFolder calls the cheapest read.
func getFolder(t *testing.T, m *ews.Mailbox) error {
	t.Helper()
	rs, err := m.GetFolder(t.Context(), calendar())
	if err != nil {
		return err
	}
	return rs[0].Err
}

// createOne calls the smallest write.
func createOne(t *testing.T, m *ews.Mailbox) error {
	t.Helper()
	rs, err := m.CreateItem(t.Context(), calendar(), []ews.NewItem{{
		Item: ews.CalendarItem{Subject: "x"}, Fields: []ews.FieldURI{ews.FieldSubject},
	}}, ews.SendToNone)
	if err != nil {
		return err
	}
	return rs[0].Err
}

func wantClass(t *testing.T, err error, want ews.Class) *ews.Error {
	t.Helper()
	var e *ews.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want an *ews.Error of class %s", err, want)
	}
	if e.Class != want {
		t.Fatalf("class is %s, want %s (%v)", e.Class, want, err)
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), testSecret) {
		t.Errorf("error text shows the server's words or the password: %v", err)
	}
	return e
}

// validate checks all envelopes of a folder against the published schemas; it is skipped where they are absent, except in CI.
func validate(t *testing.T, dir string) {
	t.Helper()
	_, err := os.Stat(schemaFile)
	lint, lerr := exec.LookPath("xmllint")
	if err != nil || lerr != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("schemas (%v) or xmllint (%v) are missing", err, lerr)
		}
		t.Skipf("schemas (%v) or xmllint (%v) are missing", err, lerr)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no envelopes to validate: %v", err)
	}
	args := append([]string{"--noout", "--nonet", "--schema", schemaFile}, files...)
	out, err := exec.CommandContext(t.Context(), lint, args...).CombinedOutput()
	if err != nil {
		for line := range strings.Lines(string(out)) {
			if !strings.HasSuffix(strings.TrimSpace(line), " validates") {
				t.Errorf("%v: %.600s", err, line)
			}
		}
	}
}
