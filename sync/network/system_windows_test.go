package network

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const pac = `function FindProxyForURL(url, host) {
	if (dnsDomainIs(host, ".inside.test")) return "DIRECT";
	return "PROXY first.test:8080; PROXY second.test:8080";
}`

// TestRunScript_IsWindowsOwn has Windows fetch and run a script.
func TestRunScript_IsWindowsOwn(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/proxy.pac" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-ns-proxy-autoconfig")
		_, _ = w.Write([]byte(pac))
	}))
	t.Cleanup(s.Close)
	at := func(text string) *url.URL {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	look := func(script, server, want string) {
		t.Helper()
		got, err := runScript(script, at(server))
		if err != nil {
			t.Errorf("%s: %v", server, err)
		}
		if p, err := best(got); err != nil || chosen(Choice{Proxy: p}) != want {
			t.Errorf("%s: Windows says %q, %v; want %q", server, got, err, want)
		}
	}
	look(s.URL+"/proxy.pac", "https://mail.office.test/EWS/Exchange.asmx", "http://first.test:8080")
	look(s.URL+"/proxy.pac", "https://mail.inside.test/EWS/Exchange.asmx", "")
	if ways, err := runScript(s.URL+"/none.pac", at("https://mail.office.test/")); err == nil {
		t.Errorf("a script that is not there says %q", ways)
	}
}

// TestThisMachine_ReadsInternetOptions reads what is written there, which it changes and puts back.
func TestThisMachine_ReadsInternetOptions(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		t.Setenv(name, "")
	}
	k, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.ALL_ACCESS)
	if err != nil {
		t.Skip("there are no Internet Options")
	}
	t.Cleanup(func() { _ = k.Close() })
	if _, _, err := k.GetStringValue("ProxyServer"); err == nil {
		t.Skip("this machine has a proxy of its own, which stays as it is")
	}
	if err := k.SetStringValue("ProxyServer", "fixed.test:3128"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.DeleteValue("ProxyServer"); _ = k.SetDWordValue("ProxyEnable", 0) })
	if err := k.SetDWordValue("ProxyEnable", 1); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse("https://mail.office.test/EWS")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Settings{}.Chooser(ThisMachine(), time.Now).Choose(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(chosen(got), "fixed.test:3128") {
		t.Errorf("chosen %q by %s (%s), want what Internet Options say", chosen(got), got.From, got.Trouble)
	}
}

func TestScriptError_SaysWhatWindowsMeans(t *testing.T) {
	for code, want := range map[windows.Errno]string{12167: "could not be fetched", 12166: "has an error", 5: "error 5 of Windows"} {
		if got := scriptError(code).Error(); !strings.Contains(got, want) {
			t.Errorf("%d: %q, want %q in it", code, got, want)
		}
	}
}
