package network

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http/httpproxy"
)

func server(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func chosen(c Choice) string {
	if c.Proxy == nil {
		return ""
	}
	return c.Proxy.String()
}

func TestChoose_TakesTheProxyThatIsSet(t *testing.T) {
	system := Machine{Fixed: httpproxy.Config{HTTPProxy: "http://system:1", HTTPSProxy: "http://system:1", NoProxy: "inside.test"}, From: fromEnvironment}
	for _, c := range []struct {
		name string
		set  Settings
		url  string
		want string
		from string
	}{
		{"the system's", Settings{}, "https://mail.office.test/", "http://system:1", fromEnvironment},
		{"the system's exceptions", Settings{}, "https://mail.inside.test/", "", fromEnvironment},
		{"none", Settings{Proxy: ProxyNone}, "https://mail.office.test/", "", fromSettings},
		{"a named one", Settings{Proxy: "http://p:8080"}, "https://mail.inside.test/", "http://p:8080", fromSettings},
		{"a named one with a user", Settings{Proxy: "http://p:8080", User: "u", Password: "s ü"}, "https://mail.office.test/", "http://u:s%20%C3%BC@p:8080", fromSettings},
		{"its exceptions", Settings{Proxy: "http://p:8080", NoProxy: []string{"office.test"}}, "https://mail.office.test/", "", fromException},
		{"exceptions are added to the system's", Settings{NoProxy: []string{"office.test"}}, "https://mail.inside.test/", "", fromEnvironment},
		{"this machine", Settings{Proxy: "http://p:8080"}, "https://127.0.0.1/", "", fromHere},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.set.Chooser(system, time.Now).Choose(t.Context(), server(t, c.url))
			if err != nil {
				t.Fatal(err)
			}
			if chosen(got) != c.want || got.From != c.from {
				t.Errorf("proxy is %q by %s, want %q by %s", chosen(got), got.From, c.want, c.from)
			}
		})
	}
}

// machine answers by hand, and counts.
type machine struct {
	asked  int
	answer Answer
	err    error
}

func (m *machine) ask(context.Context, *url.URL) (Answer, error) {
	m.asked++
	return m.answer, m.err
}

func (m *machine) script(_ context.Context, script string, _ *url.URL) (Answer, error) {
	m.asked++
	if script != "http://wpad.office.test/proxy.pac" {
		return Answer{}, errors.New("another script: " + script)
	}
	return m.answer, m.err
}

func TestChoose_AsksTheMachineOnceForAWhile(t *testing.T) {
	m := &machine{answer: Answer{Proxies: []string{"first.test:8080", "second.test:8080"}, From: "a script"}}
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	c := Settings{NoProxy: []string{"inside.test"}}.Chooser(Machine{Ask: m.ask}, func() time.Time { return now })
	look := func(at, want string, asked int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Proxy(req)
		if err != nil || chosen(Choice{Proxy: got}) != want || m.asked != asked {
			t.Errorf("%s: %v, %v after %d questions; want %q after %d", at, got, err, m.asked, want, asked)
		}
	}
	look("https://mail.office.test/EWS", "http://first.test:8080", 1)
	look("https://mail.office.test/other", "http://first.test:8080", 1)
	look("https://api.office.test/", "http://first.test:8080", 2)
	look("https://mail.inside.test/", "", 2)
	look("https://localhost/", "", 2)
	m.answer.Proxies = []string{"direct://"}
	now = now.Add(answerHolds)
	look("https://mail.office.test/EWS", "", 3)
}

func TestChoose_GivesUpOnNobodysAccount(t *testing.T) {
	m := &machine{answer: Answer{Proxies: []string{"p:1"}}}
	c := Settings{}.Chooser(Machine{Ask: m.ask}, time.Now)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Choose(gone, server(t, "https://mail.office.test/")); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone is told %v", err)
	}
	if got, err := c.Choose(t.Context(), server(t, "https://mail.office.test/")); err != nil || chosen(got) != "http://p:1" {
		t.Errorf("who comes after him gets %q, %v", chosen(got), err)
	}
}

func TestChoose_RunsTheScriptThatIsNamed(t *testing.T) {
	s := Settings{Proxy: "pac+http://wpad.office.test/proxy.pac"}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	at := server(t, "https://mail.office.test/")
	m := &machine{answer: Answer{Proxies: []string{"socks://s.test:1080"}}}
	got, err := s.Chooser(Machine{Script: m.script}, time.Now).Choose(t.Context(), at)
	if err != nil || chosen(got) != "socks5://s.test:1080" || got.From != fromScript {
		t.Errorf("chosen %q by %s, %v", chosen(got), got.From, err)
	}
	if _, err := s.Chooser(Machine{}, time.Now).Choose(t.Context(), at); !errors.Is(err, errNoScript) {
		t.Errorf("without anything that runs it: %v", err)
	}
	// A script that was named by hand is not passed over: somebody wanted that no other way is gone.
	m.err = errors.New("it could not be fetched")
	if _, err := s.Chooser(Machine{Script: m.script}, time.Now).Choose(t.Context(), at); err == nil {
		t.Error("a script that fails lets the program go directly")
	}
}

func TestBest_IsTheFirstThatCanBeGone(t *testing.T) {
	for _, c := range []struct {
		ways []string
		want string
		good bool
	}{
		{nil, "", true},
		{[]string{"direct://"}, "", true},
		{[]string{"DIRECT"}, "", true},
		{[]string{"http://a.test:80", "direct://"}, "http://a.test:80", true},
		{[]string{"socks4://a.test:1", "b.test:3128"}, "http://b.test:3128", true},
		{[]string{"https://a.test:443"}, "https://a.test:443", true},
		{[]string{"gopher://a.test"}, "", false},
		{[]string{"://"}, "", false},
	} {
		got, err := best(c.ways)
		if chosen(Choice{Proxy: got}) != c.want || (err == nil) != c.good {
			t.Errorf("%q: %v, %v; want %q", c.ways, got, err, c.want)
		}
	}
}

func TestCheck_RefusesWhatIsNoProxy(t *testing.T) {
	for proxy, good := range map[string]bool{
		"": true, "system": true, "none": true, "http://p:1": true, "https://p:1": true, "socks5://p:1": true,
		"pac+http://p/proxy.pac": true, "pac+https://p/proxy.pac": true,
		"p:8080": false, "ftp://p": false, "http://u:secret@p:1": false, "http://": false, "pac+file:///etc/proxy.pac": false,
		"pac+http://u:secret@p/proxy.pac": false,
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
	for value, want := range map[string]string{
		"*.office.test;10.*;<local>": ".office.test,10.0.0.0/8 true",
		"192.168.*;10.1.2.*":         "192.168.0.0/16,10.1.2.0/24 false",
		"10.1.2.3;300.*;mail":        "10.1.2.3,300.*,mail false",
	} {
		list, local := windowsExceptions(value)
		if got := fmt.Sprint(list, " ", local); got != want {
			t.Errorf("exceptions of %q: %s, want %s", value, got, want)
		}
	}
}

// TestWindowsConfig_GoesInTheOrderOfWindows: what the network tells, the script, what is written down.
func TestWindowsConfig_GoesInTheOrderOfWindows(t *testing.T) {
	const own = "http://wpad.office.test/proxy.pac"
	scripts := map[string][]string{}
	run := func(script string, _ *url.URL) ([]string, error) {
		if ways, ok := scripts[script]; ok {
			return ways, nil
		}
		return nil, errors.New("it could not be fetched")
	}
	c := windowsConfig{detect: true, script: own, proxy: "fixed.test:8080", bypass: "<local>;10.*", from: fromOptions}
	for _, x := range []struct {
		scripts map[string][]string
		url     string
		want    Answer
	}{
		{map[string][]string{"": {"wpad.test:1"}, own: {"pac.test:1"}}, "https://mail.office.test/", Answer{Proxies: []string{"wpad.test:1"}, From: fromDetected}},
		{map[string][]string{own: {"pac.test:1"}}, "https://mail.office.test/", Answer{Proxies: []string{"pac.test:1"}, From: fromWinScript}},
		{map[string][]string{own: nil}, "https://mail.office.test/", Answer{From: fromWinScript}},
		{nil, "https://mail.office.test/", Answer{Proxies: []string{"http://fixed.test:8080"}, From: fromOptions, Trouble: "it could not be fetched"}},
		{nil, "https://mail/EWS", Answer{From: fromOptions, Trouble: "it could not be fetched"}},
		{nil, "https://10.2.3.4/EWS", Answer{From: fromOptions, Trouble: "it could not be fetched"}},
	} {
		scripts = x.scripts
		got, err := c.answer(server(t, x.url), run)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(x.want) {
			t.Errorf("%s with scripts %v: %+v, %v; want %+v", x.url, x.scripts, got, err, x.want)
		}
	}
	if got, err := (windowsConfig{detect: true}).answer(server(t, "https://mail.office.test/"), run); err != nil || got.From != fromNobody || got.Trouble != "" {
		t.Errorf("a network that tells nothing is a trouble: %+v, %v", got, err)
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
