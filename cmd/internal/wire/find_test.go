package wire_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/exchange/ewssim/simauth"
	"lockstep/sync/localapi"
)

// leadsTo is a proxy for which every one of the names is one server, and all
// others are nowhere.
func leadsTo(t *testing.T, server string, names ...string) string {
	return guarded(t, "", server, names...)
}

// guarded is such a proxy that wants a sign-in by Basic; "": none.
func guarded(t *testing.T, authorization, server string, names ...string) string {
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, n := range names {
		known[n+":443"] = true
	}
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if authorization != "" && r.Header.Get("Proxy-Authorization") != authorization {
			w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect || !known[r.Host] {
			http.Error(w, "nobody there", http.StatusBadGateway)
			return
		}
		there, err := new(net.Dialer).DialContext(r.Context(), "tcp", u.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		here, sent, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = there.Close()
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, sent); _ = there.Close() }()
		go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
	}))
	t.Cleanup(p.Close)
	return p.URL
}

func TestFindServer_FindsTheServerAsTheOfficeReachesIt(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	s, err := o.site.Agent().Setup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Draft.Network = localapi.DraftNetwork{Proxy: leadsTo(t, o.xrun.URL, "autodiscover.office.test")}
	find := func(q localapi.FindServerRequest) localapi.FoundServer {
		t.Helper()
		q.Draft = s.Draft
		f, err := o.site.Agent().FindServer(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := find(localapi.FindServerRequest{Address: anna}); f.URL != "https://mail.office.test/EWS/Exchange.asmx" || f.OAB == "" {
		t.Errorf("found %+v", f)
	}
	if f := find(localapi.FindServerRequest{Address: "nobody@office.test"}); f.URL != "" || f.Why != localapi.FindNothing {
		t.Errorf("for nobody found %+v", f)
	}
	if f := find(localapi.FindServerRequest{Address: "anna"}); f.Why != localapi.FindAddress {
		t.Errorf("for no address: %+v", f)
	}
	o.exchange.Break(ewssim.Broken{Autodiscover: ewssim.Autodiscovery{ToURL: "https://mail.elsewhere.example/autodiscover/autodiscover.xml"}})
	if f := find(localapi.FindServerRequest{Address: anna}); f.Why != localapi.FindAsk || len(f.Ask) != 1 || f.Ask[0] != "mail.elsewhere.example" {
		t.Errorf("led to another domain: %+v", f)
	}
	if err := o.site.SetSecret(t.Context(), wire.SecretExchange, "wrong"); err != nil {
		t.Fatal(err)
	}
	o.exchange.Break(ewssim.Broken{})
	for range 3 {
		if f := find(localapi.FindServerRequest{Address: anna}); f.Why != localapi.FindRefused {
			t.Errorf("with a wrong password: %+v", f)
		}
	}
	if n := o.exchange.Gate().Refused(account); n > 2 {
		t.Errorf("the wrong password was shown %d times, want 2 at most", n)
	}
}

// proxyWriter turns what simauth says of a server into what a proxy says.
type proxyWriter struct{ http.ResponseWriter }

func (w proxyWriter) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		status = http.StatusProxyAuthRequired
		h := w.Header()
		h["Proxy-Authenticate"] = h["Www-Authenticate"]
		if h["Proxy-Authenticate"] == nil {
			h["Proxy-Authenticate"] = h["WWW-Authenticate"]
		}
		delete(h, "WWW-Authenticate")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w proxyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// byNTLM is such a proxy that wants a sign-in by NTLM.
func byNTLM(t *testing.T, user, password, server string, names ...string) string {
	gate := simauth.New(simauth.Options{NTLM: true, Accounts: func(_, u string) (string, bool) { return password, u == user }})
	next, err := url.Parse(leadsTo(t, server, names...))
	if err != nil {
		t.Fatal(err)
	}
	signedIn := gate.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := new(net.Dialer).DialContext(r.Context(), "tcp", next.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		here, sent, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = there.Close()
			return
		}
		_, _ = io.WriteString(there, "CONNECT "+r.Host+" HTTP/1.1\r\nHost: "+r.Host+"\r\n\r\n")
		go func() { _, _ = io.Copy(there, sent); _ = there.Close() }()
		go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
	}))
	p := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := r.Header.Get("Proxy-Authorization"); a != "" {
			r.Header.Set("Authorization", a)
		}
		signedIn.ServeHTTP(proxyWriter{w}, r)
	}))
	p.Config.ConnContext = gate.ConnContext
	p.Start()
	t.Cleanup(p.Close)
	return p.URL
}
