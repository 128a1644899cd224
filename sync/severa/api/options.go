package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultTimeout   = 60 * time.Second
	defaultMaxAnswer = 8 << 20 // a page of a hundred rows has some hundred kilobytes
	defaultMaxPages  = 1000
	defaultRepeats   = 4
	maxErrorBody     = 64 << 10
	maxURL           = 8000 // common servers cut at 8 KiB
	maxID            = 512
)

// DefaultScopes are the scopes that a two-way sync of activities needs.
func DefaultScopes() []string {
	return []string{"activities:read", "activities:write", "activities:delete", "users:read", "settings:read"}
}

// Options of a [Client]. BaseURL, ClientID, Secret and Now are required.
type Options struct {
	// BaseURL such as https://api.severa.visma.com/rest-api; a trailing /v1 or /v1.0 is understood.
	// Plain http is accepted for loopback addresses only.
	BaseURL  string
	ClientID string
	Secret   Secret
	Scopes   []string // default: DefaultScopes

	// CAPEM replaces the system's roots by a private CA.
	CAPEM []byte
	// PinSHA256 is the fingerprint of the server's certificate, 64 hexadecimal digits with or without
	// colons. Without CAPEM it replaces the check of chain and name (not of the dates); with CAPEM both hold.
	PinSHA256 string
	// Proxy chooses the proxy of a request; default: the environment's.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial connects to the server in the place of the system and of Proxy; nil: they do.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Transport replaces all of the above, for tests and special networks. Whether a failed write had
	// left the machine is then told by httptrace if the transport supports it, else assumed.
	Transport http.RoundTripper

	UserAgent string        // default: Lockstep
	Timeout   time.Duration // of one request with its answer, without the wait for the pacer; default 60 s
	MaxAnswer int64         // bytes of one answer after decompression; default 8 MiB
	MaxPages  int           // pages of one list; default 1000
	// Repeats is how often a request is sent again that the server refuses for no longer than ShortPause;
	// default 4, negative for never.
	Repeats int

	Now   func() time.Time
	Log   *slog.Logger // default: none
	Pacer *Pacer       // share one per organisation; default: one of its own
	Guard SignInGuard  // default: NewMemoryGuard
}

func (o Options) withDefaults() Options {
	if len(o.Scopes) == 0 {
		o.Scopes = DefaultScopes()
	}
	if o.UserAgent == "" {
		o.UserAgent = "Lockstep"
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxAnswer <= 0 {
		o.MaxAnswer = defaultMaxAnswer
	}
	if o.MaxPages <= 0 {
		o.MaxPages = defaultMaxPages
	}
	if o.Repeats == 0 {
		o.Repeats = defaultRepeats
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pacer == nil {
		o.Pacer = NewPacer(o.Now)
	}
	if o.Guard == nil {
		o.Guard = NewMemoryGuard()
	}
	return o
}

func (o Options) check() error {
	switch {
	case o.Now == nil:
		return errors.New("open severa client: the clock is missing")
	case o.ClientID == "":
		return errors.New("open severa client: the client id is missing; create client credentials in Severa under Settings, Integrations, REST API")
	case !headerText(o.ClientID):
		return errors.New("open severa client: the client id holds characters that no id has; copy it again")
	case o.Secret.text() == "":
		return errors.New("open severa client: the client secret is missing")
	case o.Transport != nil && (len(o.CAPEM) > 0 || o.PinSHA256 != "" || o.Proxy != nil):
		return errors.New("open severa client: a transport of one's own excludes CA, fingerprint and proxy")
	}
	for _, s := range o.Scopes {
		if s == "" || strings.ContainsAny(s, ", \t\r\n") {
			return fmt.Errorf("open severa client: scope %q is not a scope name", s)
		}
	}
	return nil
}

// parseBase returns the address without a trailing slash or version. The error never quotes the
// address, which may hold a password by mistake.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" {
		return nil, errors.New("read base URL: it must look like https://api.severa.visma.com/rest-api")
	}
	switch {
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("read base URL: it must not hold a user, a query or a fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("read base URL: plain http would send the secret in the clear; use https")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("read base URL: the scheme must be https")
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/v1.0"), "/v1")
	return url.Parse(u.Scheme + "://" + u.Host + path)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// headerText reports whether s can stand in a header: printable ASCII without spaces.
func headerText(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
