package network

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// The words that stand for a proxy in Settings.
const (
	ProxySystem = "system" // what the environment says, else what is set on the machine
	ProxyNone   = "none"
)

// scriptPrefix before an address makes it one of a script (PAC), as libproxy writes it.
const scriptPrefix = "pac+"

// Settings are how an office reaches servers.
type Settings struct {
	// Proxy is ProxySystem (also when empty), ProxyNone, an address such as
	// http://proxy.example.com:8080, or that of a script that chooses, such as
	// pac+http://proxy.example.com/proxy.pac.
	Proxy string
	// NoProxy are hosts, domains and networks that are reached directly.
	NoProxy []string
	// User and Password are shown to the proxy that Proxy names.
	User, Password string
}

// LogValue hides the password from slog.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String hides the password from fmt.
func (s Settings) String() string { return "proxy " + s.Proxy }

// GoString hides the password from %#v.
func (s Settings) GoString() string { return s.String() }

// Check tells whether the settings make sense.
func (s Settings) Check() error {
	if s.Proxy == "" || s.Proxy == ProxySystem || s.Proxy == ProxyNone {
		return nil
	}
	u, err := url.Parse(s.Proxy)
	switch {
	case err != nil || u.Host == "":
		return errors.New(`a proxy is "system", "none", an address such as "http://proxy.example.com:8080", or that of a script such as "pac+http://proxy.example.com/proxy.pac"`)
	case u.User != nil:
		return errors.New("the address of the proxy holds a user or a password; they do not belong there")
	}
	switch u.Scheme {
	case "http", "https", "socks5", scriptPrefix + "http", scriptPrefix + "https":
		return nil
	}
	return fmt.Errorf("proxies of the kind %q are not known; http, https and socks5 are", u.Scheme)
}

// address is that of a proxy of its own, with the user who signs in there.
func (s Settings) address() string {
	u, err := url.Parse(s.Proxy)
	if err != nil || s.User == "" {
		return s.Proxy
	}
	u.User = url.UserPassword(s.User, s.Password)
	return u.String()
}

// script is the address of a script (PAC) that chooses proxies, if Proxy names one.
func (s Settings) script() (string, bool) {
	script, ok := strings.CutPrefix(s.Proxy, scriptPrefix)
	return script, ok
}

// IsScript tells whether a proxy is chosen by a script.
func (s Settings) IsScript() bool {
	_, ok := s.script()
	return ok
}
