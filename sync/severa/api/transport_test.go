package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func tlsServer(t *testing.T) (*httptest.Server, []byte, string) {
	t.Helper()
	s := httptest.NewUnstartedServer((&fakeServer{grant: func(w http.ResponseWriter, _ int) { grantToken(w, "t", "", 3600) }}).handler(emptyList))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().Raw)
	return s, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), hex.EncodeToString(sum[:])
}

func TestTLS_TrustIsTheRootsOrTheCAOrThePin(t *testing.T) {
	s, ca, pin := tlsServer(t)
	other := strings.Repeat("ab", sha256.Size)
	colons := strings.ToUpper(pin[:2]) + ":" + pin[2:]
	later := func() time.Time { return s.Certificate().NotAfter.Add(time.Hour) }
	tests := []struct {
		name   string
		change func(*Options)
		ok     bool
	}{
		{"system roots", func(*Options) {}, false},
		{"ca", func(o *Options) { o.CAPEM = ca }, true},
		{"pin", func(o *Options) { o.PinSHA256 = colons }, true},
		{"ca and pin", func(o *Options) { o.CAPEM, o.PinSHA256 = ca, pin }, true},
		{"wrong pin", func(o *Options) { o.PinSHA256 = other }, false},
		{"ca and wrong pin", func(o *Options) { o.CAPEM, o.PinSHA256 = ca, other }, false},
		{"expired ca", func(o *Options) { o.CAPEM, o.Now = ca, later }, false},
		{"expired pin", func(o *Options) { o.PinSHA256, o.Now = pin, later }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTestClient(t, s.URL, tt.change)
			_, _, err := All(c.Activities(t.Context(), ActivityQuery{}))
			if tt.ok {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if e := wantClass(t, err, Certificate); e.Sent || e.Err == nil {
				t.Errorf("error = %+v, want an unsent one with a cause", e)
			}
		})
	}
}

func TestTLS_PlainServerIsNamed(t *testing.T) {
	f := newFakeServer(t, emptyList)
	_, err := newTestClient(t, strings.Replace(f.URL, "http:", "https:", 1)).Activity(t.Context(), "a1")
	wantClass(t, err, Protocol)
}

func TestRedirect_IsNotFollowedAndCarriesNothing(t *testing.T) {
	reached := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other.URL+"/x?guid=a1")
			w.WriteHeader(status)
		})
		c := newTestClient(t, f.URL)
		_, err := c.Activity(t.Context(), "a1")
		wantClass(t, err, Protocol)
		_, err = c.CreateActivity(t.Context(), aDraft())
		wantClass(t, err, OutcomeUnknown)
		f.grant = func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		}
		_, err = newTestClient(t, f.URL).Activity(t.Context(), "a1")
		wantClass(t, err, Protocol)
	}
	if reached != 0 {
		t.Errorf("the other host was asked %d times, want 0", reached)
	}
}

func TestWrite_ConnectionLostAfterSendingIsOutcomeUnknownAndNotRepeated(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			emptyList(w, r)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	})
	for name, call := range map[string]func(context.Context, *Client) error{
		"POST":   func(ctx context.Context, c *Client) error { _, err := c.CreateActivity(ctx, aDraft()); return err },
		"DELETE": func(ctx context.Context, c *Client) error { return c.DeleteActivity(ctx, "a1") },
		"PATCH": func(ctx context.Context, c *Client) error {
			_, err := c.PatchActivity(ctx, "a1", []PatchOp{Replace("/name", "x")})
			return err
		},
	} {
		c := newTestClient(t, f.URL)
		// A kept connection is the case in which net/http would repeat a read by itself.
		if _, _, err := All(c.Activities(t.Context(), ActivityQuery{})); err != nil {
			t.Fatal(err)
		}
		if e := wantClass(t, call(t.Context(), c), OutcomeUnknown); !e.Sent {
			t.Errorf("%s: Sent = false, want true", name)
		}
		if got, want := len(f.seen(name)), 1; got != want {
			t.Errorf("%s requests = %d, want %d", name, got, want)
		}
	}
}

func TestTimeout_OfAWriteIsOutcomeUnknownOfAReadUnavailable(t *testing.T) {
	hang := make(chan struct{})
	f := newFakeServer(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(hang) })
	c := newTestClient(t, f.URL, func(o *Options) { o.Timeout = 300 * time.Millisecond })
	_, err := c.CreateActivity(t.Context(), aDraft())
	if wantClass(t, err, OutcomeUnknown); !errors.Is(err, ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want the client's own time-out", err)
	}
	_, err = c.Activity(t.Context(), "a1")
	if wantClass(t, err, Unavailable); !errors.Is(err, ErrTimeout) {
		t.Errorf("error = %v, want the client's own time-out", err)
	}
}

func TestWrite_CancelledWhileInFlightIsOutcomeUnknown(t *testing.T) {
	arrived := make(chan struct{})
	f := newFakeServer(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := newTestClient(t, f.URL).CreateActivity(ctx, aDraft())
	if e := wantClass(t, err, OutcomeUnknown); !e.Sent || !errors.Is(err, context.Canceled) {
		t.Errorf("error = %+v, want a sent, cancelled one", e)
	}
}

func TestServerGone_IsUnavailableAndNotSent(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	_, err = newTestClient(t, "http://"+addr).CreateActivity(t.Context(), aDraft())
	if e := wantClass(t, err, Unavailable); e.Sent {
		t.Error("Sent = true, want false")
	}
}

// roundTrip is a transport made of a function; it does not trace connections.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportErrors_AreSortedAndSanitised(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		name  string
		err   error
		class Class
		sent  bool
	}{
		{"no such host", dial(&net.DNSError{Err: "no such host", Name: "api.example.test", IsNotFound: true}), HostUnknown, false},
		{"name server down", dial(&net.DNSError{Err: "server misbehaving", Name: "api.example.test", IsTemporary: true}), Unavailable, false},
		{"refused", dial(errors.New("connection refused")), Unavailable, false},
		{"proxy unknown", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(&net.DNSError{Err: "no such host", IsNotFound: true})}, Unavailable, false},
		{"end of file", io.EOF, OutcomeUnknown, true},
		{"malformed answer", errors.New(`malformed HTTP response "Meeting with Jane"`), OutcomeUnknown, true},
		{"reset", &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}, OutcomeUnknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTestClient(t, "https://api.example.test", func(o *Options) {
				o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					if strings.HasSuffix(r.URL.Path, "/token") {
						rec := httptest.NewRecorder()
						grantToken(rec, "t", "", 3600)
						return rec.Result(), nil
					}
					return nil, tt.err
				})
			})
			_, err := c.CreateActivity(t.Context(), aDraft())
			if e := wantClass(t, err, tt.class); e.Sent != tt.sent {
				t.Errorf("Sent = %v, want %v", e.Sent, tt.sent)
			}
			var u *url.Error
			if errors.As(err, &u) || strings.Contains(err.Error(), "Jane") {
				t.Errorf("the error quotes the request or the answer: %v", err)
			}
		})
	}
}

func TestProxy_ItsErrorDoesNotQuoteTheAddress(t *testing.T) {
	c := newTestClient(t, "https://api.example.test", func(o *Options) {
		o.Proxy = func(*http.Request) (*url.URL, error) {
			return nil, errors.New("invalid proxy address user:pa55word@proxy")
		}
	})
	_, err := c.Activity(t.Context(), "a1")
	if wantClass(t, err, Unavailable); strings.Contains(err.Error(), "pa55word") {
		t.Errorf("text leaks: %v", err)
	}
}

func TestNew_RefusesBadOptions(t *testing.T) {
	good := Options{BaseURL: "https://example.test/rest-api", ClientID: "id", Secret: NewSecret("s"), Now: time.Now}
	for name, change := range map[string]func(*Options){
		"no clock": func(o *Options) { o.Now = nil }, "no id": func(o *Options) { o.ClientID = "" }, "no secret": func(o *Options) { o.Secret = Secret{} },
		"id with line break": func(o *Options) { o.ClientID = "a\nb" }, "scope list in one": func(o *Options) { o.Scopes = []string{"a,b"} },
		"no address": func(o *Options) { o.BaseURL = "" }, "no host": func(o *Options) { o.BaseURL = "https://" },
		"plain http": func(o *Options) { o.BaseURL = "http://example.test" }, "ftp": func(o *Options) { o.BaseURL = "ftp://example.test" },
		"user": func(o *Options) { o.BaseURL = "https://u:hidden@example.test" }, "query": func(o *Options) { o.BaseURL = "https://example.test?x=hidden" },
		"broken": func(o *Options) { o.BaseURL = "https://u:hidden@ex ample/%zz" }, "bad pin": func(o *Options) { o.PinSHA256 = "abc" },
		"bad ca": func(o *Options) { o.CAPEM = []byte("nonsense") }, "two trusts": func(o *Options) { o.Transport, o.PinSHA256 = roundTrip(nil), "x" },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: error = %v, want one that quotes nothing", name, err)
		}
	}
	for in, want := range map[string]string{
		"https://example.test/rest-api/": "https://example.test/rest-api", "https://example.test/rest-api/v1.0/": "https://example.test/rest-api",
		" https://example.test/v1": "https://example.test", "http://127.0.0.1:81/": "http://127.0.0.1:81", "http://[::1]:81": "http://[::1]:81", "http://localhost": "http://localhost",
	} {
		o := good
		o.BaseURL = in
		c, err := New(o)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := c.base.String(); got != want {
			t.Errorf("%s: base = %s, want %s", in, got, want)
		}
	}
}

func TestQuery_TooLongIsRefusedBeforeSending(t *testing.T) {
	f := newFakeServer(t, emptyList)
	ids := make([]string, 300)
	for i := range ids {
		ids[i] = strings.Repeat("x", 36)
	}
	_, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{UserGUIDs: ids}))
	if e := wantClass(t, err, Invalid); e.Sent || len(f.requests) != 0 {
		t.Errorf("error = %+v with %d requests, want an unsent one", e, len(f.requests))
	}
	_, _, err = All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{RowCount: 101}))
	wantClass(t, err, Invalid)
}
