package ews

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Auth is the way in which the account signs in.
type Auth int

// The ways to sign in.
const (
	AuthNTLM   Auth = iota // NTLMv2, bound to the connection
	AuthBasic              // user and password with each request
	AuthBearer             // OAuth access token with each request
)

// String returns the name of the HTTP scheme.
func (a Auth) String() string {
	switch a {
	case AuthNTLM:
		return "NTLM"
	case AuthBasic:
		return "Basic"
	case AuthBearer:
		return "Bearer"
	}
	return fmt.Sprintf("Auth(%d)", int(a))
}

// Access is the way in which the account reaches the mailboxes of other people.
type Access int

// The ways to reach a mailbox.
const (
	// AccessPrimary impersonates the owner by primary SMTP address.
	AccessPrimary Access = iota
	// AccessSMTP impersonates the owner by any of his SMTP addresses. Exchange 2007 gets the primary form, the only one it knows.
	AccessSMTP
	// AccessDelegate stays the account itself and names the mailbox inside folder ids.
	AccessDelegate
)

// String names the access mode.
func (a Access) String() string {
	switch a {
	case AccessPrimary:
		return "impersonation by primary address"
	case AccessSMTP:
		return "impersonation by address"
	case AccessDelegate:
		return "delegate"
	}
	return fmt.Sprintf("Access(%d)", int(a))
}

// Binding says whether NTLM names the server's certificate (channel binding, "Extended Protection").
type Binding int

// The channel binding settings.
const (
	BindingAuto Binding = iota // send the token whenever the connection is TLS
	BindingOff                 // never: for a reverse proxy that ends TLS with a certificate of its own
)

// String names the setting.
func (b Binding) String() string {
	switch b {
	case BindingAuto:
		return "auto"
	case BindingOff:
		return "off"
	}
	return fmt.Sprintf("Binding(%d)", int(b))
}

// Password is a secret that refuses to be printed.
type Password string

const redacted = "REDACTED"

// LogValue hides the secret from slog.
func (Password) LogValue() slog.Value { return slog.StringValue(redacted) }

// String hides the secret from fmt.
func (Password) String() string { return redacted }

// GoString hides the secret from %#v.
func (Password) GoString() string { return redacted }

// MarshalText hides the secret from JSON and other encoders.
func (Password) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// SignInGuard counts failed sign-ins of the account over everything that uses it, so that a wrong password never locks the account in the
// directory. A Client calls it around each attempt that shows the password to the server.
type SignInGuard interface {
	// Allow returns an error when no further attempt may be made.
	Allow(ctx context.Context) error
	// Failed records an attempt that the server refused. Its error ends the call as well.
	Failed(ctx context.Context) error
	// Succeeded records an attempt that the server accepted.
	Succeeded(ctx context.Context) error
}

// Options configure a Client. URL, and User with Password or Token, are required; the zero value of the rest is usable.
type Options struct {
	// URL is the address of Exchange.asmx, for example https://mail.example.com/EWS/Exchange.asmx.
	URL    string
	Auth   Auth
	Domain string // NetBIOS domain; ignored when User already holds one (DOM\user or user@domain)
	User   string
	// Password is used by NTLM and Basic.
	Password Password
	// Token returns a valid access token; used by Bearer and asked before each request.
	Token  func(ctx context.Context) (string, error)
	Access Access
	// Version is the schema version to start with. Zero starts with the newest; either way an older server lowers it.
	Version Version
	// Lanes is the number of connections for calls, 4 if zero. Each stream has one of its own besides.
	Lanes int
	// CAFile holds PEM certificates that are trusted in addition to the system's.
	CAFile []byte
	// PinSHA256 is the SHA-256 fingerprint (hex, colons allowed) of the server's own certificate. When it is set, exactly this certificate
	// is accepted, whoever signed it, whatever name and dates it carries, and nothing else.
	PinSHA256 string
	// LegacyTLS allows TLS 1.0, RSA key exchange and CBC suites for servers that offer nothing better. The caller warns the user.
	// A chain with SHA-1 signatures is refused by crypto/x509 all the same and needs PinSHA256.
	LegacyTLS bool
	Binding   Binding
	// Plain allows unencrypted http to hosts other than this machine, which shows the secret to the network.
	Plain bool
	// Proxy chooses the proxy for a request, as in http.Transport. Nil means none.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial connects to the server in the place of the system and of Proxy; nil: they do.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// UserAgent is fixed per application, because administrators allow and block by it. "Lockstep" if empty.
	UserAgent string
	// ZoneContext is the Windows time zone id in which the server writes times and reads zone-less ones. "UTC" if empty.
	ZoneContext string
	// Timeout bounds one call including its sign-in, 2 minutes if zero. The server cuts a batch after about one.
	Timeout time.Duration
	// MaxWait is the longest time a call waits for a back-off to end; a longer one fails at once as Throttled. 5 s if zero.
	MaxWait time.Duration
	// Repeats is how often a call is sent again that the server turns away for no longer than MaxWait. 4 if zero, negative for never.
	Repeats int
	// MaxAnswer bounds one answer after decompression, 16 MiB if zero.
	MaxAnswer int64
	// Now is the clock. Required.
	Now   func() time.Time
	Log   *slog.Logger // nil logs nothing
	Guard SignInGuard  // nil means NewMemoryGuard(2)
}

const (
	defaultLanes     = 4
	defaultTimeout   = 2 * time.Minute
	defaultMaxWait   = 5 * time.Second
	defaultRepeats   = 4
	defaultMaxAnswer = 16 << 20
	defaultZone      = "UTC"
	defaultAgent     = "Lockstep"
	defaultFailures  = 2
)

// withDefaults returns o complete, or an error that says what is wrong and what to do.
func (o Options) withDefaults() (Options, *url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(o.URL))
	if err != nil {
		return o, nil, errors.New("read exchange url: not a valid address; use https://HOST/EWS/Exchange.asmx")
	}
	if u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return o, nil, errors.New("read exchange url: scheme and host are needed; use https://HOST/EWS/Exchange.asmx")
	}
	if u.User != nil {
		return o, nil, errors.New("read exchange url: it holds a user or password; put them into their own fields")
	}
	if u.Scheme == "http" && !o.Plain && !isLoopback(u.Hostname()) {
		return o, nil, errors.New("open exchange connection: http would show the secret to the network; use https")
	}
	if err := o.checkSecret(); err != nil {
		return o, nil, err
	}
	if o.PinSHA256 != "" {
		if _, err := parsePin(o.PinSHA256); err != nil {
			return o, nil, err
		}
	}
	if o.Now == nil {
		return o, nil, errors.New("open exchange connection: no clock given")
	}
	setDefault(&o.Lanes, defaultLanes)
	setDefault(&o.Timeout, defaultTimeout)
	setDefault(&o.MaxWait, defaultMaxWait)
	setDefault(&o.Repeats, defaultRepeats)
	setDefault(&o.MaxAnswer, defaultMaxAnswer)
	setDefault(&o.ZoneContext, defaultZone)
	setDefault(&o.UserAgent, defaultAgent)
	if o.Lanes < 0 {
		return o, nil, errors.New("open exchange connection: the number of lanes is negative")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Guard == nil {
		o.Guard = NewMemoryGuard(defaultFailures)
	}
	return o, u, nil
}

func setDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

func (o Options) checkSecret() error {
	switch o.Auth {
	case AuthNTLM, AuthBasic:
		if o.User == "" || o.Password == "" {
			return fmt.Errorf("open exchange connection: %s needs a user and a password", o.Auth)
		}
	case AuthBearer:
		if o.Token == nil {
			return errors.New("open exchange connection: Bearer needs a source of tokens")
		}
	default:
		return fmt.Errorf("open exchange connection: unknown sign-in %s", o.Auth)
	}
	return nil
}

// account returns the user name in the form that both NTLM and Basic understand.
func (o Options) account() string {
	if o.Domain == "" || strings.ContainsAny(o.User, `\@`) {
		return o.User
	}
	return o.Domain + `\` + o.User
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

const sha256Len = 32

func parsePin(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(strings.TrimSpace(s)))
	if err != nil || len(b) != sha256Len {
		return nil, errors.New("read certificate fingerprint: 64 hexadecimal digits (SHA-256) are needed")
	}
	return b, nil
}
