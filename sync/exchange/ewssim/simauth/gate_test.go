package simauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/Azure/go-ntlmssp"
	"github.com/google/go-cmp/cmp"
)

const password = "Correct horse 1"

// accounts knows svc of the domain OFFICE and office.test.
func accounts(domain, user string) (string, bool) {
	return password, strings.EqualFold(user, "svc") && (strings.EqualFold(domain, "OFFICE") || strings.EqualFold(domain, "office.test"))
}

func serve(t *testing.T, o Options, secure bool) (*Gate, *httptest.Server) {
	t.Helper()
	if o.Accounts == nil {
		o.Accounts = accounts
	}
	if secure { // all test servers have the same certificate
		other := httptest.NewTLSServer(nil)
		o.Leaf = other.Certificate()
		other.Close()
	}
	gate := New(o)
	s := httptest.NewUnstartedServer(gate.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s:%s", User(r.Context()), body)
	})))
	s.Config.ConnContext = gate.ConnContext
	if secure {
		s.TLS = &tls.Config{NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return gate, s
}

// wire is one TCP connection, so that a test decides what goes over which.
type wire struct {
	t      *testing.T
	client *http.Client
	url    string
	dials  int
}

func dial(t *testing.T, s *httptest.Server) *wire {
	t.Helper()
	w := &wire{t: t, url: s.URL + "/EWS/Exchange.asmx"}
	tr := s.Client().Transport.(*http.Transport).Clone()
	tr.MaxConnsPerHost = 1
	dialer := &net.Dialer{}
	tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		w.dials++
		return dialer.DialContext(ctx, network, addr)
	}
	w.client = &http.Client{Transport: tr}
	t.Cleanup(tr.CloseIdleConnections)
	return w
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (w *wire) post(authorization, body string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, string(b), resp.Header}
}

// challenged sends the first message under the scheme and returns the challenge.
func (w *wire) challenged(scheme string) []byte {
	w.t.Helper()
	first, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.post(scheme+" "+base64.StdEncoding.EncodeToString(first), "")
	line := a.header.Values("WWW-Authenticate")[0]
	blob, ok := strings.CutPrefix(line, scheme+" ")
	if a.status != http.StatusUnauthorized || !ok {
		w.t.Fatalf("answer to the first message: %d with first line %q", a.status, line)
	}
	b, err := base64.StdEncoding.DecodeString(blob)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func respond(t *testing.T, challenge []byte, user, pass string) string {
	t.Helper()
	third, err := ntlmssp.NewAuthenticateMessage(challenge, user, pass, nil)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(third)
}

func (w *wire) signIn(scheme, user, pass, body string) answer {
	w.t.Helper()
	return w.post(scheme+" "+respond(w.t, w.challenged(scheme), user, pass), body)
}

func TestGate_SignsTheConnectionIn(t *testing.T) {
	for _, scheme := range []string{"NTLM", "Negotiate"} {
		for _, user := range []string{`OFFICE\svc`, `office\SVC`, "svc@office.test", "svc"} {
			t.Run(scheme+" "+user, func(t *testing.T) {
				gate, s := serve(t, Options{NTLM: true, Negotiate: true}, false)
				w := dial(t, s)
				got := w.signIn(scheme, user, password, "one")
				if got.status != http.StatusOK || got.body != "svc:one" || got.header.Get("Persistent-Auth") != "true" {
					t.Fatalf("signed-in request: %d %q", got.status, got.body)
				}
				if got := w.post("", "two"); got.status != http.StatusOK || got.body != "svc:two" {
					t.Errorf("next request on the connection without a header: %d %q", got.status, got.body)
				}
				if got := dial(t, s).post("", "three"); got.status != http.StatusUnauthorized {
					t.Errorf("request on another connection: %d, want 401", got.status)
				}
				if w.dials != 1 {
					t.Errorf("%d connections dialled, want 1: a refused request must leave the connection open", w.dials)
				}
				want := Stats{Anonymous: 1, Challenges: 1, Handshakes: 1, Reused: 1}
				if diff := cmp.Diff(want, gate.Stats()); diff != "" {
					t.Errorf("stats (-want +got)\n%s", diff)
				}
			})
		}
	}
}

func TestGate_AnswersAnonymousRequestAsIISDoes(t *testing.T) {
	_, s := serve(t, Options{NTLM: true, Negotiate: true, Basic: true}, false)
	w := dial(t, s)
	got := w.post("", strings.Repeat("x", 1<<20))
	want := []string{"Negotiate", "NTLM", `Basic realm="mail.office.test"`}
	if diff := cmp.Diff(want, got.header.Values("WWW-Authenticate")); diff != "" {
		t.Errorf("schemes (-want +got)\n%s", diff)
	}
	if !strings.Contains(got.body, "<html") || got.header.Get("Content-Type") != "text/html" {
		t.Errorf("body = %q of type %q, want an HTML page", got.body, got.header.Get("Content-Type"))
	}
	w.post("", strings.Repeat("x", 1<<20))
	if w.dials != 1 {
		t.Errorf("%d connections dialled for two refused requests with large bodies, want 1", w.dials)
	}
}

// Clients read the challenge with an expression like ^NTLM\s+(.+?)(,|\s+|$) over all lines joined by a comma: it has to come first.
func TestGate_PutsTheChallengeFirst(t *testing.T) {
	_, s := serve(t, Options{NTLM: true, Negotiate: true, Basic: true}, false)
	for scheme, rest := range map[string][]string{
		"NTLM":      {"Negotiate", `Basic realm="mail.office.test"`},
		"Negotiate": {"NTLM", `Basic realm="mail.office.test"`},
	} {
		first, err := ntlmssp.NewNegotiateMessage("", "")
		if err != nil {
			t.Fatal(err)
		}
		lines := dial(t, s).post(scheme+" "+base64.StdEncoding.EncodeToString(first), "").header.Values("WWW-Authenticate")
		if !strings.HasPrefix(lines[0], scheme+" TlRMTVNTUAAC") {
			t.Errorf("%s: first line = %q, want the challenge", scheme, lines[0])
		}
		if diff := cmp.Diff(rest, lines[1:]); diff != "" {
			t.Errorf("%s: other lines (-want +got)\n%s", scheme, diff)
		}
	}
}

func TestGate_RefusesAnswerWithoutChallengeOnThatConnection(t *testing.T) {
	gate, s := serve(t, Options{}, false)
	one, other := dial(t, s), dial(t, s)
	answer := "NTLM " + respond(t, one.challenged("NTLM"), `OFFICE\svc`, password)
	if got := other.post(answer, ""); got.status != http.StatusUnauthorized {
		t.Errorf("answer on another connection: %d, want 401", got.status)
	}
	if got := one.post(answer, ""); got.status != http.StatusOK {
		t.Errorf("answer on its own connection: %d, want 200", got.status)
	}
	if got := one.post(answer, ""); got.status != http.StatusUnauthorized {
		t.Errorf("the same answer once more: %d, want 401", got.status)
	}
	if got := gate.Stats().Orphans; got != 2 {
		t.Errorf("answers without a challenge = %d, want 2", got)
	}
}

func TestGate_RefusesWrongCredentials(t *testing.T) {
	gate, s := serve(t, Options{NTLM: true, Basic: true}, false)
	for _, tt := range []struct{ user, pass string }{{`OFFICE\svc`, "wrong"}, {`ELSEWHERE\svc`, password}, {"nobody", password}} {
		if got := dial(t, s).signIn("NTLM", tt.user, tt.pass, ""); got.status != http.StatusUnauthorized {
			t.Errorf("NTLM as %s: %d, want 401", tt.user, got.status)
		}
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(tt.user+":"+tt.pass))
		if got := dial(t, s).post(basic, ""); got.status != http.StatusUnauthorized {
			t.Errorf("Basic as %s: %d, want 401", tt.user, got.status)
		}
	}
	if diff := cmp.Diff(map[string]int{"svc": 4, "nobody": 2}, gate.Stats().Refused); diff != "" {
		t.Errorf("refused sign-ins (-want +got)\n%s", diff)
	}
	for _, header := range []string{"Bearer x", "Negotiate YIIB", "NTLM !", "NTLM " + base64.StdEncoding.EncodeToString([]byte("junk")), "Basic x"} {
		if got := dial(t, s).post(header, ""); got.status != http.StatusUnauthorized {
			t.Errorf("%q: %d, want 401", header, got.status)
		}
	}
	if got := gate.Stats().Unreadable; got != 5 {
		t.Errorf("credentials that could not be read = %d, want 5", got)
	}
}

func TestGate_Basic(t *testing.T) {
	gate, s := serve(t, Options{Basic: true}, false)
	w := dial(t, s)
	for _, user := range []string{`OFFICE\svc`, "svc@office.test", "SVC"} {
		header := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
		if got := w.post(header, "x"); got.body != "svc:x" || got.header.Get("Persistent-Auth") != "" {
			t.Errorf("as %s: %d %q", user, got.status, got.body)
		}
	}
	if got := w.post("", ""); got.status != http.StatusUnauthorized {
		t.Errorf("without a header after Basic: %d, want 401", got.status)
	}
	if diff := cmp.Diff(Stats{Basic: 3, Anonymous: 1}, gate.Stats()); diff != "" {
		t.Errorf("stats (-want +got)\n%s", diff)
	}
}

func TestGate_LocksAccountAfterWrongPasswords(t *testing.T) {
	gate, s := serve(t, Options{NTLM: true, LockAfter: 2}, false)
	signIn := func(pass string) int { return dial(t, s).signIn("NTLM", "svc", pass, "").status }

	statuses := []int{signIn("wrong"), signIn(password), signIn("wrong")}
	if gate.Locked("SVC") {
		t.Error("locked although a sign-in in between succeeded")
	}
	statuses = append(statuses, signIn("wrong"))
	if !gate.Locked("SVC") {
		t.Error("not locked after two wrong passwords in a row")
	}
	statuses = append(statuses, signIn(password))
	gate.Unlock("svc")
	statuses = append(statuses, signIn(password))
	if diff := cmp.Diff([]int{401, 200, 401, 401, 401, 200}, statuses); diff != "" {
		t.Errorf("statuses (-want +got)\n%s", diff)
	}
	if got := gate.Refused("svc"); got != 4 {
		t.Errorf("refused sign-ins = %d, want 4", got)
	}
}

func TestGate_ExpireAsksEveryConnectionAgain(t *testing.T) {
	gate, s := serve(t, Options{}, false)
	w := dial(t, s)
	w.signIn("NTLM", "svc", password, "")
	gate.Expire()
	if got := w.post("", ""); got.status != http.StatusUnauthorized {
		t.Errorf("after Expire: %d, want 401", got.status)
	}
	if got := w.signIn("NTLM", "svc", password, "x"); got.status != http.StatusOK || w.dials != 1 {
		t.Errorf("sign-in again on the same connection: %d over %d connections", got.status, w.dials)
	}
}

// withBinding adds a channel binding token to the target info of a challenge, from where a client copies it into its answer.
func withBinding(challenge []byte, leaf *x509.Certificate) []byte {
	length := int(binary.LittleEndian.Uint16(challenge[40:]))
	offset := int(binary.LittleEndian.Uint32(challenge[44:]))
	info := bytes.Clone(challenge[offset : offset+length-4])
	info = append(info, avBinding, 0, 16, 0)
	info = append(append(info, bindingToken(leaf)...), 0, 0, 0, 0)
	out := bytes.Clone(challenge)
	putField(out, 40, len(info), len(out))
	return append(out, info...)
}

func TestGate_RequiresBindingToItsOwnCertificate(t *testing.T) {
	gate, s := serve(t, Options{RequireBinding: true}, true)
	other := &x509.Certificate{Raw: []byte("another"), SignatureAlgorithm: x509.SHA256WithRSA}
	for _, tt := range []struct {
		name string
		leaf *x509.Certificate
		want int
	}{{"none", nil, 401}, {"another certificate", other, 401}, {"own certificate", s.Certificate(), 200}} {
		w := dial(t, s)
		challenge := w.challenged("NTLM")
		if tt.leaf != nil {
			challenge = withBinding(challenge, tt.leaf)
		}
		if got := w.post("NTLM "+respond(t, challenge, "svc", password), ""); got.status != tt.want {
			t.Errorf("binding to %s: %d, want %d", tt.name, got.status, tt.want)
		}
	}
	if got := gate.Stats().Unbound; got != 2 {
		t.Errorf("sign-ins refused for their binding = %d, want 2", got)
	}
	if gate.Locked("svc") {
		t.Error("a missing token counted as a wrong password")
	}
}

func TestGate_CountsAnotherNameAsTheAccount(t *testing.T) {
	alias := func(_, user string) string {
		if strings.EqualFold(user, "first.last") {
			return "svc"
		}
		return user
	}
	gate, s := serve(t, Options{Alias: alias, LockAfter: 2}, false)
	if got := dial(t, s).signIn("NTLM", "First.Last@office.test", password, "x"); got.body != "svc:x" {
		t.Errorf("signed in with another name: %d %q", got.status, got.body)
	}
	dial(t, s).signIn("NTLM", "first.last@office.test", "wrong", "")
	dial(t, s).signIn("NTLM", `OFFICE\svc`, "wrong", "")
	if !gate.Locked("svc") || gate.Refused("svc") != 2 {
		t.Errorf("locked = %t, refused = %d, want true and 2", gate.Locked("svc"), gate.Refused("svc"))
	}
}

func TestWithLeaf_SharesCountsAndLocks(t *testing.T) {
	gate, s := serve(t, Options{Basic: true, LockAfter: 1}, false)
	other := gate.WithLeaf(&x509.Certificate{})
	dial(t, s).post("Basic "+base64.StdEncoding.EncodeToString([]byte("svc:wrong")), "")
	if !other.Locked("svc") || other.Refused("svc") != 1 {
		t.Errorf("locked = %t, refused = %d, want true and 1", other.Locked("svc"), other.Refused("svc"))
	}
}

func TestGate_WithoutConnContextSaysSo(t *testing.T) {
	rec := httptest.NewRecorder()
	New(Options{}).Wrap(http.NotFoundHandler()).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "ConnContext") {
		t.Errorf("answer = %d %q, want 500 naming ConnContext", rec.Code, rec.Body)
	}
}
