package autodiscover_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ews/autodiscover"
	"lockstep/sync/exchange/ewssim"
)

const (
	anna     = "anna@office.test"
	account  = "svc"
	password = "Tasatahti-2026"
)

// town is a proxy that knows where names lead, so that servers can have any name.
type town struct {
	*testing.T
	hosts map[string]string // "host:port" -> address; all others are unreachable
	proxy *httptest.Server
	caPEM []byte
}

func newTown(t *testing.T) *town {
	w := &town{T: t, hosts: map[string]string{}}
	w.proxy = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.proxy.Close)
	return w
}

func (w *town) serve(rw http.ResponseWriter, r *http.Request) {
	host := r.Host
	if r.Method != http.MethodConnect && !strings.Contains(host, ":") {
		host += ":80"
	}
	to, ok := w.hosts[host]
	if !ok {
		http.Error(rw, "nobody there", http.StatusBadGateway)
		return
	}
	if r.Method != http.MethodConnect {
		req := r.Clone(r.Context())
		req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", to
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		rw.Header().Set("Location", resp.Header.Get("Location"))
		rw.WriteHeader(resp.StatusCode)
		return
	}
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", to)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	here, sent, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, sent); _ = there.Close() }()
	go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
}

// exchange is a server that is reached under names.
func (w *town) exchange(b ewssim.Broken, names ...string) *ewssim.Server {
	w.Helper()
	s := ewssim.New(ewssim.Options{Now: time.Now})
	s.AddAccount(account, password)
	if err := s.AddMailbox(ewssim.MailboxInfo{Primary: anna, Name: "Anna"}); err != nil {
		w.Fatal(err)
	}
	s.Break(b)
	r, err := s.Start("127.0.0.1:0", true)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(r.Close)
	u, err := url.Parse(r.URL)
	if err != nil {
		w.Fatal(err)
	}
	for _, n := range names {
		w.hosts[n+":443"] = u.Host
	}
	w.caPEM = append(w.caPEM, r.CAPEM...)
	return s
}

// plain is a host that answers plain http with a redirect.
func (w *town) plain(host, to string) {
	s := httptest.NewServer(http.RedirectHandler(to, http.StatusFound))
	w.Cleanup(s.Close)
	w.hosts[host+":80"] = strings.TrimPrefix(s.URL, "http://")
}

func (w *town) options() autodiscover.Options {
	p, err := url.Parse(w.proxy.URL)
	if err != nil {
		w.Fatal(err)
	}
	return autodiscover.Options{
		EWS: ews.Options{
			User: account, Domain: "OFFICE", Password: password, CAFile: w.caPEM, Proxy: http.ProxyURL(p), Now: time.Now, Timeout: 10 * time.Second,
			Guard: ews.NewMemoryGuard(2),
		},
		SRV: func(context.Context, string) ([]string, error) { return nil, errors.New("no such record") },
	}
}

func outcomes(r autodiscover.Report) string {
	var out []string
	for _, a := range r.Attempts {
		out = append(out, string(a.Step)+" "+a.How+" "+string(a.Outcome))
	}
	return strings.Join(out, ", ")
}

func wantServer(t *testing.T, r autodiscover.Report, err error) {
	t.Helper()
	if err != nil || r.Server == nil {
		t.Fatalf("nothing found: %v; %s", err, outcomes(r))
	}
	if r.Server.EWS != "https://mail.office.test/EWS/Exchange.asmx" || !strings.Contains(r.Server.OAB, "/OAB/") {
		t.Errorf("found %+v", *r.Server)
	}
}

func TestFind_AsksTheDomainFirst(t *testing.T) {
	w := newTown(t)
	w.exchange(ewssim.Broken{}, "office.test")
	r, err := autodiscover.Find(t.Context(), " Anna@Office.test ", w.options())
	wantServer(t, r, err)
	if got := outcomes(r); got != "domain soap found" {
		t.Errorf("attempts: %s", got)
	}
}

func TestFind_AsksAnOldServerInPlainXML(t *testing.T) {
	w := newTown(t)
	w.exchange(ewssim.Broken{Autodiscover: ewssim.Autodiscovery{OnlyXML: true}}, "autodiscover.office.test")
	r, err := autodiscover.Find(t.Context(), anna, w.options())
	wantServer(t, r, err)
	if got, want := outcomes(r), "domain  unreachable, autodiscover soap nothing, autodiscover pox found"; got != want {
		t.Errorf("attempts: %s, want %s", got, want)
	}
}

func TestFind_FollowsPlainHTTPWithinTheDomain(t *testing.T) {
	w := newTown(t)
	w.exchange(ewssim.Broken{}, "mail.office.test")
	w.plain("autodiscover.office.test", "https://mail.office.test/autodiscover/autodiscover.xml")
	r, err := autodiscover.Find(t.Context(), anna, w.options())
	wantServer(t, r, err)
}

func TestFind_ShowsThePasswordToNoOtherDomainWithoutLeave(t *testing.T) {
	for name, lead := range map[string]func(w *town, o *autodiscover.Options){
		"by plain http": func(w *town, _ *autodiscover.Options) {
			w.plain("autodiscover.office.test", "https://mail.office.test.evil.example/autodiscover/autodiscover.xml")
		},
		"by the dns": func(_ *town, o *autodiscover.Options) {
			o.SRV = func(context.Context, string) ([]string, error) { return []string{"mail.office.test.evil.example"}, nil }
		},
		"by a redirect": func(w *town, _ *autodiscover.Options) {
			w.exchange(ewssim.Broken{Autodiscover: ewssim.Autodiscovery{ToURL: "https://mail.office.test.evil.example/autodiscover/autodiscover.xml"}}, "office.test")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			other := w.exchange(ewssim.Broken{}, "mail.office.test.evil.example")
			o := w.options()
			lead(w, &o)
			o.EWS.CAFile = w.caPEM
			r, err := autodiscover.Find(t.Context(), anna, o)
			if !errors.Is(err, autodiscover.ErrNotFound) || !slices.Equal(r.Ask, []string{"mail.office.test.evil.example"}) {
				t.Errorf("err %v, asks for %v; %s", err, r.Ask, outcomes(r))
			}
			if s := other.Gate().Stats(); s.Anonymous+s.Challenges+s.Handshakes+s.Basic > 0 {
				t.Errorf("the other domain was asked: %+v", s)
			}
		})
	}
}

func TestFind_GoesToAnotherDomainThatIsAllowed(t *testing.T) {
	w := newTown(t)
	// The certificate of the simulated server is for office.test: a trusted one of another domain is not to be had here, so the domain of the address differs.
	w.exchange(ewssim.Broken{}, "mail.office.test")
	w.plain("autodiscover.firm.test", "https://mail.office.test/autodiscover/autodiscover.svc")
	o := w.options()
	o.Allow = func(host string) bool { return host == "mail.office.test" }
	r, err := autodiscover.Find(t.Context(), "anna@firm.test", o)
	if !errors.Is(err, autodiscover.ErrNotFound) || !strings.Contains(outcomes(r), "http_redirect soap no_mailbox") {
		t.Errorf("err %v; %s, want the allowed server asked", err, outcomes(r))
	}
}

func TestFind_TellsOfAMailboxInTheCloud(t *testing.T) {
	w := newTown(t)
	s := w.exchange(ewssim.Broken{}, "office.test")
	if err := s.AddMailbox(ewssim.MailboxInfo{Primary: "bert@office.test", Aliases: []string{"bert@office.mail.onmicrosoft.com"}, Name: "Bert", Remote: true}); err != nil {
		t.Fatal(err)
	}
	r, err := autodiscover.Find(t.Context(), "bert@office.test", w.options())
	if err != nil || !r.Cloud || r.Server != nil {
		t.Errorf("cloud %t, server %v, err %v; %s", r.Cloud, r.Server, err, outcomes(r))
	}
}

func TestFind_EndsInACircle(t *testing.T) {
	w := newTown(t)
	w.exchange(ewssim.Broken{Autodiscover: ewssim.Autodiscovery{ToURL: "https://office.test/autodiscover/autodiscover.xml"}}, "office.test")
	r, err := autodiscover.Find(t.Context(), anna, w.options())
	if !errors.Is(err, autodiscover.ErrNotFound) || !strings.Contains(outcomes(r), "repeated") {
		t.Errorf("err %v; %s", err, outcomes(r))
	}
}

func TestFind_StopsBeforeAWrongPasswordLocksTheAccount(t *testing.T) {
	w := newTown(t)
	s := w.exchange(ewssim.Broken{}, "office.test", "autodiscover.office.test")
	o := w.options()
	o.EWS.Password = "wrong"
	r, err := autodiscover.Find(t.Context(), anna, o)
	if !errors.Is(err, autodiscover.ErrSignIn) {
		t.Errorf("err %v; %s", err, outcomes(r))
	}
	if n := s.Gate().Refused(account); n > 2 {
		t.Errorf("the password was refused %d times, want 2 at most", n)
	}
}

func TestFind_ShowsThePasswordToNoUnknownCertificate(t *testing.T) {
	w := newTown(t)
	s := w.exchange(ewssim.Broken{}, "office.test")
	o := w.options()
	o.EWS.CAFile = nil
	r, err := autodiscover.Find(t.Context(), anna, o)
	if !errors.Is(err, autodiscover.ErrNotFound) || !strings.HasPrefix(outcomes(r), "domain  certificate") {
		t.Errorf("err %v; %s", err, outcomes(r))
	}
	if st := s.Gate().Stats(); st.Challenges > 0 {
		t.Errorf("the sign-in was begun: %+v", st)
	}
}

func TestFind_GoesNowhereWithoutEncryption(t *testing.T) {
	w := newTown(t)
	w.plain("autodiscover.office.test", "http://mail.office.test/autodiscover/autodiscover.xml")
	r, err := autodiscover.Find(t.Context(), anna, w.options())
	if !errors.Is(err, autodiscover.ErrNotFound) || !strings.Contains(outcomes(r), "http_redirect  not_https") {
		t.Errorf("err %v; %s", err, outcomes(r))
	}
}

func TestFind_RefusesWhatIsNoAddress(t *testing.T) {
	for _, a := range []string{"", "anna", "@office.test", "anna@", "anna@localhost", "anna@office.test/x", "a@b@c.test:1"} {
		if _, err := autodiscover.Find(t.Context(), a, autodiscover.Options{}); !errors.Is(err, autodiscover.ErrAddress) {
			t.Errorf("%q: %v", a, err)
		}
	}
}
