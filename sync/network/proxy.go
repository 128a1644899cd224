package network

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// The words that stand for a proxy in Settings.
const (
	ProxySystem = "system" // the environment's, and on Windows what Internet Options say
	ProxyNone   = "none"
)

// Settings are how an office reaches servers.
type Settings struct {
	// Proxy is ProxySystem (also when empty), ProxyNone, or an address such as
	// http://proxy.example.com:8080.
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
		return errors.New(`a proxy is "system", "none" or an address such as "http://proxy.example.com:8080"`)
	case u.User != nil:
		return errors.New("the address of the proxy holds a user or a password; they do not belong there")
	}
	switch u.Scheme {
	case "http", "https", "socks5":
		return nil
	}
	return fmt.Errorf("proxies of the kind %q are not known; http, https and socks5 are", u.Scheme)
}

// Func is what http.Transport takes as its Proxy. system is what the machine
// says, as SystemConfig reads it.
func (s Settings) Func(system httpproxy.Config) func(*http.Request) (*url.URL, error) {
	var c httpproxy.Config
	switch s.Proxy {
	case ProxyNone:
		return func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // as http.Transport wants it
	case "", ProxySystem:
		c = system
	default:
		address := s.Proxy
		if u, err := url.Parse(s.Proxy); err == nil && s.User != "" {
			u.User = url.UserPassword(s.User, s.Password)
			address = u.String()
		}
		c = httpproxy.Config{HTTPProxy: address, HTTPSProxy: address}
	}
	if len(s.NoProxy) > 0 {
		c.NoProxy = strings.Trim(c.NoProxy+","+strings.Join(s.NoProxy, ","), ",")
	}
	choose := c.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}
