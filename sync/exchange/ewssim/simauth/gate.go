package simauth

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Options of a Gate. With none of the schemes chosen it offers Negotiate and NTLM, which is what Exchange on premises offers unless Basic is switched on.
type Options struct {
	// Accounts gives the password of an account. The domain is what the client named: the NetBIOS name of DOMAIN\user, the part behind the @ of
	// user@domain, or Domain when it named none. Names compare without case; it is for this function to do so. It may be called from many goroutines.
	Accounts func(domain, user string) (password string, ok bool)

	// Alias gives the account that another name stands for, such as the local part of an address; a name it returns unchanged is an account's own.
	// Domain and user are as for Accounts. Default: there are no other names.
	Alias func(domain, user string) (account string)

	NTLM, Negotiate, Basic bool

	Domain string // NetBIOS name of the server's domain; default OFFICE

	// Now is the server's clock, told to clients in the challenge. Default: a clock that stands at the start of 2026.
	Now func() time.Time

	// Leaf is the server's own certificate, with which channel binding tokens are compared. Without it tokens are not looked at.
	Leaf *x509.Certificate
	// RequireBinding refuses NTLM answers without a token for Leaf: the setting "Require" of Windows Extended Protection.
	RequireBinding bool

	// TellLocked names a locked account in the page of the refusal.
	TellLocked bool

	LockAfter int // wrong passwords in a row that lock an account; default 5, below 0 never

	Log *slog.Logger
}

// Gate signs clients in. Its methods may be called from many goroutines.
type Gate struct {
	opts   Options
	target target
	*book
}

// book is what all gates to one organisation have in common.
type book struct {
	mu     sync.Mutex
	stats  Stats
	wrong  map[string]int // wrong passwords in a row, by account
	locked map[string]bool
	epoch  int // connections authenticated in an earlier epoch are anonymous again
}

// Identity is who a request was signed in as.
type Identity struct {
	Domain string // as given to Options.Accounts
	User   string // without domain, in lower case
}

type (
	connKey     struct{}
	identityKey struct{}
)

// conn is the sign-in state of one TCP connection.
type conn struct {
	mu    sync.Mutex
	hand  *handshake // after a challenge went out
	who   *Identity  // after a sign-in
	epoch int
}

// New returns a gate that lets nobody in whom Options.Accounts does not know.
func New(o Options) *Gate {
	if !o.NTLM && !o.Negotiate && !o.Basic {
		o.NTLM, o.Negotiate = true, true
	}
	if o.Domain == "" {
		o.Domain = "OFFICE"
	}
	if o.LockAfter == 0 {
		o.LockAfter = 5
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }
	}
	if o.Accounts == nil {
		o.Accounts = func(string, string) (string, bool) { return "", false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dns := strings.ToLower(o.Domain) + ".test"
	return &Gate{
		opts:   o,
		target: target{domain: strings.ToUpper(o.Domain), computer: "MAIL", dnsDomain: dns, dnsComputer: "mail." + dns},
		book:   &book{wrong: make(map[string]int), locked: make(map[string]bool)},
	}
}

// WithLeaf returns a gate to the same organisation for a listener with this certificate: counts and locked accounts are shared.
func (g *Gate) WithLeaf(leaf *x509.Certificate) *Gate {
	other := *g
	other.opts.Leaf = leaf
	return &other
}

// ConnContext gives each connection its own sign-in state. It belongs into http.Server.ConnContext; without it every request is answered 500.
func (g *Gate) ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, &conn{})
}

// User returns the name under which the request was signed in, without domain and in lower case; empty outside of Wrap.
func User(ctx context.Context) string { return Who(ctx).User }

// Who returns as whom the request was signed in; the zero Identity outside of Wrap.
func Who(ctx context.Context) Identity {
	id, _ := ctx.Value(identityKey{}).(Identity)
	return id
}

// Wrap answers 401 to requests that are not signed in and passes the others on. The request's body is read to its end before a 401, so that the
// connection stays usable.
func (g *Gate) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connKey{}).(*conn)
		if !ok {
			http.Error(w, "simauth: http.Server.ConnContext is not set", http.StatusInternalServerError)
			return
		}
		if r.ProtoMajor > 1 {
			http.Error(w, "Windows authentication needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
			return
		}
		w.Header().Set("Server", "Microsoft-IIS/10.0")
		v := g.decide(c, r)
		if v.who == nil {
			g.refuse(w, r, v)
			return
		}
		if v.persistent {
			w.Header().Set("Persistent-Auth", "true")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, *v.who)))
	})
}

// verdict on one request.
type verdict struct {
	who        *Identity
	persistent bool   // the connection, not only the request, is signed in
	scheme     string // of the challenge to send, if any
	challenge  []byte
	locked     bool // the account is, whatever password it came with
}

func (g *Gate) decide(c *conn, r *http.Request) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case scheme == "":
		return g.withoutHeader(c)
	case strings.EqualFold(scheme, "Basic") && g.opts.Basic:
		return g.basic(r, text)
	case strings.EqualFold(scheme, "NTLM") && g.opts.NTLM:
		return g.ntlm(c, r, "NTLM", text)
	case strings.EqualFold(scheme, "Negotiate") && g.opts.Negotiate:
		return g.ntlm(c, r, "Negotiate", text)
	default:
		g.count(func(s *Stats) { s.Unreadable++ })
		g.opts.Log.InfoContext(r.Context(), "sign-in scheme not offered")
		return verdict{}
	}
}

func (g *Gate) withoutHeader(c *conn) verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.who != nil && c.epoch == g.epoch {
		g.stats.Reused++
		return verdict{who: c.who, persistent: true}
	}
	c.who = nil
	g.stats.Anonymous++
	return verdict{}
}

func (g *Gate) basic(r *http.Request, text string) verdict {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	name, password, ok := strings.Cut(string(raw), ":")
	if err != nil || !ok {
		g.count(func(s *Stats) { s.Unreadable++ })
		return verdict{}
	}
	if !utf8.ValidString(name + password) { // Java clients send Latin-1
		name, password = latin1([]byte(name)), latin1([]byte(password))
	}
	who := g.identify("", name)
	err = errUnknownAccount
	if want, known := g.opts.Accounts(who.Domain, who.User); known {
		err = errWrongPassword
		if want == password {
			err = nil
		}
	}
	if err = g.settle(who, err); err != nil {
		g.opts.Log.InfoContext(r.Context(), "sign-in refused", "user", who.User, "error", err)
		return verdict{locked: errors.Is(err, errLocked)}
	}
	g.count(func(s *Stats) { s.Basic++ })
	return verdict{who: &who}
}

func (g *Gate) ntlm(c *conn, r *http.Request, scheme, text string) verdict {
	message, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		g.count(func(s *Stats) { s.Unreadable++ })
		return verdict{}
	}
	hand := c.hand
	c.hand, c.who = nil, nil
	if kind, err := messageKind(message); err == nil && kind == kindNegotiate {
		return g.challenge(c, r, scheme, message)
	}
	a, err := decodeAuthenticate(message)
	if err != nil {
		g.count(func(s *Stats) { s.Unreadable++ })
		g.opts.Log.InfoContext(r.Context(), "sign-in message not understood", "error", err)
		return verdict{}
	}
	if hand == nil {
		g.count(func(s *Stats) { s.Orphans++ })
		g.opts.Log.InfoContext(r.Context(), "sign-in answer on a connection that was sent no challenge")
		return verdict{}
	}
	who := g.identify(a.domain, a.user)
	if err := g.settle(who, g.check(hand, a, who, r.TLS != nil)); err != nil {
		g.opts.Log.InfoContext(r.Context(), "sign-in refused", "user", who.User, "error", err)
		return verdict{locked: errors.Is(err, errLocked)}
	}
	g.mu.Lock()
	g.stats.Handshakes++
	c.epoch = g.epoch
	g.mu.Unlock()
	c.who = &who
	return verdict{who: &who, persistent: true}
}

func (g *Gate) challenge(c *conn, r *http.Request, scheme string, message []byte) verdict {
	asked, err := decodeNegotiate(message)
	if err != nil {
		g.count(func(s *Stats) { s.Unreadable++ })
		g.opts.Log.InfoContext(r.Context(), "sign-in message not understood", "error", err)
		return verdict{}
	}
	hand := &handshake{negotiate: message}
	_, _ = rand.Read(hand.nonce[:]) // never fails, see crypto/rand
	hand.challenge = encodeChallenge(asked, hand.nonce, g.target, g.opts.Now())
	c.hand = hand
	g.count(func(s *Stats) { s.Challenges++ })
	return verdict{scheme: scheme, challenge: hand.challenge}
}

var errUnknownAccount = errors.New("no such account")

func (g *Gate) check(hand *handshake, a *authenticate, who Identity, isTLS bool) error {
	password, ok := g.opts.Accounts(who.Domain, who.User)
	if !ok || who.User == "" {
		return errUnknownAccount
	}
	if err := hand.verify(a, password); err != nil {
		return err
	}
	return checkBinding(a, g.opts.Leaf, isTLS, g.opts.RequireBinding)
}

// identify splits a name as Windows does: DOMAIN\user and user@domain name their domain, also where a client leaves the whole of it in the user field.
func (g *Gate) identify(domain, user string) Identity {
	if d, u, ok := strings.Cut(user, `\`); ok {
		domain, user = d, u
	}
	if domain == "" || domain == "." {
		if u, d, ok := strings.Cut(user, "@"); ok {
			domain, user = d, u
		}
	}
	if domain == "" || domain == "." {
		domain = g.opts.Domain
	}
	if g.opts.Alias != nil {
		user = g.opts.Alias(domain, user)
	}
	return Identity{Domain: domain, User: strings.ToLower(user)}
}

// refuse answers 401. The scheme that carries a challenge comes first: clients exist that look for it only there.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, v verdict) {
	const most = 64 << 20
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, most))
	var lines []string
	if v.challenge != nil {
		lines = append(lines, v.scheme+" "+base64.StdEncoding.EncodeToString(v.challenge))
	}
	for _, s := range []struct {
		name, line string
		on         bool
	}{
		{"Negotiate", "Negotiate", g.opts.Negotiate},
		{"NTLM", "NTLM", g.opts.NTLM},
		{"Basic", `Basic realm="` + g.target.dnsComputer + `"`, g.opts.Basic},
	} {
		if s.on && s.name != v.scheme {
			lines = append(lines, s.line)
		}
	}
	h := w.Header()
	h["WWW-Authenticate"] = lines // one line each and in the spelling of IIS
	h.Set("X-Powered-By", "ASP.NET")
	h.Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusUnauthorized)
	if v.locked && g.opts.TellLocked {
		_, _ = io.WriteString(w, lockedPage)
		return
	}
	_, _ = io.WriteString(w, refusalPage)
}

const lockedPage = `<html><body>The referenced account is currently locked out and may not be logged on to.</body></html>`

const refusalPage = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head>
<body><h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2>
<h3>You do not have permission to view this directory or page using the credentials that you supplied.</h3></body>
</html>
`
