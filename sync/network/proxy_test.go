package network

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http/httpproxy"
)

func TestFunc_ChoosesTheProxyThatIsSet(t *testing.T) {
	system := httpproxy.Config{HTTPProxy: "http://system:1", HTTPSProxy: "http://system:1", NoProxy: "inside.test"}
	for _, c := range []struct {
		name string
		set  Settings
		url  string
		want string
	}{
		{"the system's", Settings{}, "https://mail.office.test/", "http://system:1"},
		{"the system's exceptions", Settings{}, "https://mail.inside.test/", ""},
		{"none", Settings{Proxy: ProxyNone}, "https://mail.office.test/", ""},
		{"a named one", Settings{Proxy: "http://p:8080"}, "https://mail.inside.test/", "http://p:8080"},
		{"a named one with a user", Settings{Proxy: "http://p:8080", User: "u", Password: "s ü"}, "https://mail.office.test/", "http://u:s%20%C3%BC@p:8080"},
		{"its exceptions", Settings{Proxy: "http://p:8080", NoProxy: []string{"office.test"}}, "https://mail.office.test/", ""},
		{"exceptions are added to the system's", Settings{NoProxy: []string{"office.test"}}, "https://mail.inside.test/", ""},
		{"this machine", Settings{Proxy: "http://p:8080"}, "https://127.0.0.1/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.set.Func(system)(req)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			if got != nil {
				text = got.String()
			}
			if text != c.want {
				t.Errorf("proxy is %q, want %q", text, c.want)
			}
		})
	}
}

func TestCheck_RefusesWhatIsNoProxy(t *testing.T) {
	for proxy, good := range map[string]bool{
		"": true, "system": true, "none": true, "http://p:1": true, "https://p:1": true, "socks5://p:1": true,
		"p:8080": false, "ftp://p": false, "http://u:secret@p:1": false, "http://": false,
	} {
		if err := (Settings{Proxy: proxy}).Check(); (err == nil) != good {
			t.Errorf("%q: %v, want good %t", proxy, err, good)
		}
	}
}

func TestWindowsProxies_ReadsBothForms(t *testing.T) {
	for value, want := range map[string][2]string{
		"proxy.office.test:8080":               {"proxy.office.test:8080", "proxy.office.test:8080"},
		"http=a:80;https=b:81;ftp=c:82":        {"a:80", "b:81"},
		"https=b:81":                           {"", "b:81"},
		"":                                     {"", ""},
		" http=a:80 ; https=b:81 ; socks=c:90": {"a:80", "b:81"},
	} {
		plain, secure := windowsProxies(value)
		if got := [2]string{plain, secure}; got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if got, want := windowsExceptions("*.office.test;10.*;<local>"), ".office.test,10.*"; got != want {
		t.Errorf("exceptions %q, want %q", got, want)
	}
}

func TestSettings_NeverPrintTheirPassword(t *testing.T) {
	s := Settings{Proxy: "http://p:1", User: "u", Password: "geheim"}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v", s, s, s), s.LogValue().String()} {
		if strings.Contains(text, "geheim") {
			t.Errorf("%q holds the password", text)
		}
	}
}
