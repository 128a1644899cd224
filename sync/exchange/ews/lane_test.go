package ews_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
)

func TestLanes_SignInOncePerConnection(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	c := newClient(t, s.options())
	var wg sync.WaitGroup
	errs := make(chan error, 8*200)
	for g := range 8 {
		wg.Go(func() {
			m := c.Mailbox([]string{"anna@example.com", "ben@example.com"}[g%2])
			for range 200 {
				rs, err := m.GetFolder(t.Context(), calendar())
				if err == nil {
					err = rs[0].Err
				}
				if err != nil {
					errs <- err
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Errorf("call failed: %v", err)
	}
	// net/http gives a connection up when a starved machine does not run its writer for 50 ms; such a new connection costs one sign-in as well.
	got, conns := c.Stats()["GetFolder"], s.conns.Load()
	if got.Calls != 1600 || got.Handshakes != conns || got.Requests != 1600+conns || conns < 4 || conns > 6 {
		t.Errorf("calls %d, handshakes %d, requests %d on %d connections; want 1600, 4, 1604 on 4", got.Calls, got.Handshakes, got.Requests, conns)
	}
	if n := len(s.recorded()); n != 1600 {
		t.Errorf("%d requests got through, want 1600", n)
	}
}

func TestLanes_OneConnectionServesQuietTimes(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	c := newClient(t, s.options())
	for range 10 {
		if err := getFolder(t, c.Mailbox("anna@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	if got, conns := c.Stats().Total(), s.conns.Load(); got.Handshakes != conns || got.Requests != 10+conns || conns > 2 {
		t.Errorf("handshakes %d, requests %d on %d connections; want 1 and 11 on one", got.Handshakes, got.Requests, conns)
	}
}

func TestLane_SignsInAgainAfter401InMidRun(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	c := newClient(t, s.options())
	m := c.Mailbox("anna@example.com")
	for i := range 3 {
		if err := getFolder(t, m); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		s.gate.Expire()
	}
	if got := c.Stats().Total().Handshakes; got != 3 {
		t.Errorf("handshakes %d, want 3", got)
	}
	if n := s.gate.Refused(testUser); n != 0 {
		t.Errorf("%d sign-ins were refused, want none", n)
	}
}

func TestLane_SignsInAgainAfterTheServerClosedTheConnection(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	c := newClient(t, s.options())
	m := c.Mailbox("anna@example.com")
	for i := range 3 {
		if err := getFolder(t, m); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		s.CloseClientConnections()
	}
	if n := s.gate.Refused(testUser); n != 0 {
		t.Errorf("%d sign-ins were refused, want none", n)
	}
}

func TestSignIn_WrongPasswordIsShownOncePerCallAndStopsAfterTwo(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	o := s.options()
	o.Password = "wrong"
	c := newClient(t, o)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _, _ = c.Mailbox("anna@example.com").GetFolder(t.Context(), calendar()) })
	}
	wg.Wait()
	if n := s.gate.Refused(testUser); n != 2 {
		t.Errorf("the wrong password was shown %d times, want 2", n)
	}
	err := getFolder(t, c.Mailbox("anna@example.com"))
	wantClass(t, err, ews.ClassAuth)
	if n := s.gate.Refused(testUser); n != 2 {
		t.Errorf("the guard let another attempt through: %d", n)
	}
	if n := len(s.recorded()); n != 0 {
		t.Errorf("%d requests got through, want none", n)
	}
}

func TestSignIn_OneCallMakesOneWrongAttempt(t *testing.T) {
	for _, basic := range []bool{false, true} {
		s := newScript(t, scriptOptions{basicOnly: basic}, folders)
		o := s.options()
		o.Password = "wrong"
		if basic {
			o.Auth = ews.AuthBasic
		}
		c := newClient(t, o)
		wantClass(t, createOne(t, c.Mailbox("anna@example.com")), ews.ClassAuth)
		if n := s.gate.Refused(testUser); n != 1 {
			t.Errorf("basic %v: the wrong password was shown %d times, want 1", basic, n)
		}
	}
}

func TestSignIn_NoNTLMOfferedIsNoAttempt(t *testing.T) {
	s := newScript(t, scriptOptions{basicOnly: true}, folders)
	c := newClient(t, s.options())
	wantClass(t, getFolder(t, c.Mailbox("")), ews.ClassAuth)
	if n := s.gate.Refused(testUser); n != 0 {
		t.Errorf("%d sign-ins were refused, want none: no password was to be shown", n)
	}
}

func TestSignIn_Basic(t *testing.T) {
	s := newScript(t, scriptOptions{basicOnly: true}, folders)
	o := s.options()
	o.Auth = ews.AuthBasic
	c := newClient(t, o)
	for range 5 {
		if err := getFolder(t, c.Mailbox("anna@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Stats().Total().Requests; got != 5 {
		t.Errorf("requests %d, want 5", got)
	}
}

func TestSignIn_BearerAsksForANewTokenOnce(t *testing.T) {
	s := newScript(t, scriptOptions{bearer: true}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if r.Header.Get("Authorization") != "Bearer fresh" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		folders(w, r, n, body)
	})
	o := s.options()
	o.Auth = ews.AuthBearer
	tokens := []string{"stale", "fresh", "stale", "stale"}
	o.Token = func(context.Context) (string, error) {
		next := tokens[0]
		tokens = tokens[1:]
		return next, nil
	}
	c := newClient(t, o)
	if err := getFolder(t, c.Mailbox("anna@example.com")); err != nil {
		t.Fatal(err)
	}
	wantClass(t, getFolder(t, c.Mailbox("anna@example.com")), ews.ClassAuth)
}

func TestTLS_TrustsTheNamedAuthorityOrThePinOnly(t *testing.T) {
	s := newScript(t, scriptOptions{tls: true}, folders)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	pin := s.pin()
	other := hex.EncodeToString(make([]byte, 32))
	for _, tc := range []struct {
		name string
		set  func(*ews.Options)
		ok   bool
	}{
		{"system roots", func(*ews.Options) {}, false},
		{"ca file", func(o *ews.Options) { o.CAFile = ca }, true},
		{"pin", func(o *ews.Options) { o.PinSHA256 = pin }, true},
		{"other pin", func(o *ews.Options) { o.PinSHA256 = other }, false},
		{"other pin with ca file", func(o *ews.Options) { o.PinSHA256, o.CAFile = other, ca }, false},
		{"legacy switch alone trusts nothing", func(o *ews.Options) { o.LegacyTLS = true }, false},
		{"legacy switch with ca file", func(o *ews.Options) { o.LegacyTLS, o.CAFile = true, ca }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := s.options()
			tc.set(&o)
			err := createOne(t, newClient(t, o).Mailbox("anna@example.com"))
			if tc.ok {
				// The script answers GetFolder only, so that a write gets as far as an open outcome.
				wantClass(t, err, ews.ClassUnknown)
				return
			}
			if e := wantClass(t, err, ews.ClassCertificate); e.Sent {
				t.Error("error says that bytes of the request were sent")
			}
		})
	}
}

func TestOptions_RefuseWhatWouldShowTheSecret(t *testing.T) {
	base := ews.Options{User: "svc", Password: "x", Now: time.Now}
	for _, tc := range []struct {
		url string
		set func(*ews.Options)
		ok  bool
	}{
		{"http://mail.example.com/EWS/Exchange.asmx", nil, false},
		{"http://mail.example.com/EWS/Exchange.asmx", func(o *ews.Options) { o.Plain = true }, true},
		{"http://127.0.0.1:8080/EWS/Exchange.asmx", nil, true},
		{"http://localhost/EWS/Exchange.asmx", nil, true},
		{"http://[::1]:8080/EWS/Exchange.asmx", nil, true},
		{"https://mail.example.com/EWS/Exchange.asmx", nil, true},
		{"https://svc:x@mail.example.com/EWS/Exchange.asmx", nil, false},
		{"ftp://mail.example.com/", nil, false},
		{"mail.example.com", nil, false},
		{"https://mail.example.com/", func(o *ews.Options) { o.Password = "" }, false},
		{"https://mail.example.com/", func(o *ews.Options) { o.PinSHA256 = "abc" }, false},
		{"https://mail.example.com/", func(o *ews.Options) { o.CAFile = []byte("no pem") }, false},
		{"https://mail.example.com/", func(o *ews.Options) { o.Auth = ews.AuthBearer }, false},
	} {
		o := base
		o.URL = tc.url
		if tc.set != nil {
			tc.set(&o)
		}
		_, err := ews.New(o)
		if (err == nil) != tc.ok {
			t.Errorf("New(%s) gave %v, want ok %v", tc.url, err, tc.ok)
		}
	}
}

func TestSignIn_AConnectionThatIsNotKeptIsNoVerdictOnThePassword(t *testing.T) {
	s := newScript(t, scriptOptions{bearer: true}, nil)
	// A challenge on a connection that is then closed, as a load balancer without affinity does it.
	s.answer = func(w http.ResponseWriter, r *http.Request, _ int, _ string) {
		w.Header().Set("Connection", "close")
		w.Header().Set("WWW-Authenticate", "NTLM "+base64.StdEncoding.EncodeToString(append([]byte("NTLMSSP\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x82\x89\xa2"), make([]byte, 24)...)))
		w.WriteHeader(http.StatusUnauthorized)
	}
	guard := ews.NewMemoryGuard(1)
	o := s.options()
	o.Guard = guard
	c := newClient(t, o)
	for range 2 {
		wantClass(t, getFolder(t, c.Mailbox("anna@example.com")), ews.ClassProtocol)
	}
	if err := guard.Allow(t.Context()); err != nil {
		t.Errorf("the guard counted it: %v", err)
	}
}

func TestSignIn_HidesThePasswordFromEveryPrinter(t *testing.T) {
	p := ews.Password("hush")
	j, err := json.Marshal(map[string]any{"p": p})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s %q", p, p, p, p, p), string(j), p.LogValue().String()} {
		if strings.Contains(got, "hush") {
			t.Errorf("printed as %s", got)
		}
	}
}
