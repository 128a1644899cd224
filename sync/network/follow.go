// Package network follows the way from this PC to a server, one step at a time,
// and says at which step it ends and why: the name, the port, the proxy, the
// encryption. It sends no secret to any server and trusts none by what it sees;
// it only looks.
//
// It knows how offices reach servers, and no system that they speak to.
package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"lockstep/sync/doctor"
)

// stepTimeout bounds each step.
const stepTimeout = 10 * time.Second

// Target is where a way leads, and what is trusted there.
type Target struct {
	URL string
	// Chooser chooses the proxy; nil: none.
	Chooser *Chooser
	// CA are certificates to trust in addition to the system's, in PEM. OnlyCA
	// trusts no others, and lets a fingerprint replace neither them nor the dates.
	CA     []byte
	OnlyCA bool
	// PinSHA256 is the fingerprint of the one certificate to trust.
	PinSHA256 string
	LegacyTLS bool
	Now       func() time.Time
}

// Trip is one way that is being followed: Reach, then Proxy, then Secure. It is
// not safe for concurrent use. Close ends it.
type Trip struct {
	target Target
	url    *url.URL
	choice Choice
	conn   net.Conn
}

// Start looks at the address alone. A target that is no address fails in Reach.
func Start(t Target) *Trip {
	u, err := url.Parse(strings.TrimSpace(t.URL))
	if err != nil || u.Host == "" {
		u = nil
	}
	return &Trip{target: t, url: u}
}

// Close lets go of the connection.
func (t *Trip) Close() {
	if t.conn != nil {
		_ = t.conn.Close()
	}
}

func (t *Trip) port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

func (t *Trip) address() string { return net.JoinHostPort(t.url.Hostname(), t.port(t.url)) }

// Reach looks the server's name up and connects to its port. Where a proxy
// leads there, that is the proxy's to do.
func (t *Trip) Reach(ctx context.Context) doctor.Result {
	if t.url == nil {
		return doctor.Fail(doctor.CauseSetting).With("detail", "the address is none")
	}
	if c := t.target.Chooser; c != nil {
		var err error
		if t.choice, err = c.Choose(ctx, t.url); err != nil {
			return t.told(doctor.Fail(doctor.CauseProxySettings)).With("detail", reasonOf(err))
		}
	}
	if t.choice.Proxy != nil {
		return t.told(doctor.Pass().With("host", t.url.Hostname()).With("route", "the proxy looks the name up and connects"))
	}
	return t.dial(ctx, t.url.Hostname(), t.address())
}

// told adds who has chosen the way.
func (t *Trip) told(r doctor.Result) doctor.Result {
	return r.With("chosen_by", t.choice.From).With("script_trouble", t.choice.Trouble)
}

// reasonOf is why no proxy could be chosen. An error of net/url quotes what it
// could not read, which may hold a password.
func reasonOf(err error) string {
	if errors.As(err, new(*url.Error)) {
		return "the address of the proxy is none"
	}
	return err.Error()
}

// dial connects and tells what was seen on the way.
func (t *Trip) dial(ctx context.Context, host, address string) doctor.Result {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	r := doctor.Pass().With("host", host).With("port", address[strings.LastIndexByte(address, ':')+1:])
	if net.ParseIP(host) == nil {
		found, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			return because(r, dnsCause(err))
		}
		r = r.With("addresses", strings.Join(found, ", ")).With("families", families(found))
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return because(r, dialCause(err))
	}
	t.conn = conn
	if remote, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		r = r.With("connected", remote.IP.String())
	}
	return r
}

func because(r doctor.Result, c doctor.Cause) doctor.Result {
	r.State, r.Cause = doctor.Failed, c
	return r
}

func families(addresses []string) string {
	var four, six bool
	for _, a := range addresses {
		ip := net.ParseIP(a)
		four, six = four || ip.To4() != nil, six || ip != nil && ip.To4() == nil
	}
	switch {
	case four && six:
		return "IPv4 and IPv6"
	case six:
		return "IPv6 alone"
	}
	return "IPv4 alone"
}

func dnsCause(err error) doctor.Cause {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return doctor.CauseHostUnknown
	}
	return doctor.CauseDNSFailed
}

// Windows has numbers of its own for what errno.h names.
const (
	errWinRefused         = syscall.Errno(10061)
	errWinNetUnreachable  = syscall.Errno(10051)
	errWinHostUnreachable = syscall.Errno(10065)
)

func dialCause(err error) doctor.Cause {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errWinRefused):
		return doctor.CauseRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, errWinNetUnreachable), errors.Is(err, errWinHostUnreachable):
		return doctor.CauseUnreachable
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return doctor.CauseTimeout
	}
	return doctor.CauseUnreachable
}

// Through goes through the proxy, where there is one.
func (t *Trip) Through(ctx context.Context) doctor.Result {
	proxy := t.choice.Proxy
	if proxy == nil {
		return t.told(doctor.Pass().With("route", "direct, without a proxy"))
	}
	name := net.JoinHostPort(proxy.Hostname(), proxyPort(proxy))
	r := t.dial(ctx, proxy.Hostname(), name)
	r = t.told(r.With("proxy", name))
	if r.State == doctor.Failed {
		r = r.With("trouble", string(r.Cause))
		return because(r, doctor.CauseProxyUnknown)
	}
	if t.url.Scheme == "http" || strings.HasPrefix(proxy.Scheme, "socks") {
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	way, status, offers, err := tunnel(ctx, t.conn, proxy, t.address())
	t.conn = way
	if err != nil {
		return because(r, doctor.CauseProxyRefuses).With("host", t.url.Hostname()).With("detail", "no answer of a proxy")
	}
	r = r.With("proxy_status", fmt.Sprint(status))
	switch {
	case status == http.StatusProxyAuthRequired:
		return because(r, doctor.CauseProxySignIn).With("offered", offers)
	case status != http.StatusOK:
		return because(r, doctor.CauseProxyRefuses).With("host", t.url.Hostname())
	}
	return r.With("route", "through the proxy "+name)
}

func proxyPort(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	switch u.Scheme {
	case "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return "80"
}

func schemes(lines []string) string {
	var out []string
	for _, l := range lines {
		name, _, _ := strings.Cut(strings.TrimSpace(l), " ")
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// Secure speaks TLS on the connection and judges the certificate.
func (t *Trip) Secure(ctx context.Context) doctor.Result {
	if t.url.Scheme != "https" {
		r := doctor.Warn(doctor.CausePlain).With("host", t.url.Hostname())
		if ip := net.ParseIP(t.url.Hostname()); t.url.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			r.State, r.Cause = doctor.Passed, ""
		}
		return r
	}
	roots, err := t.roots()
	if err != nil {
		return doctor.Fail(doctor.CauseCAFile).With("detail", err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	seen, err := handshake(ctx, t.conn, t.url.Hostname(), t.target.LegacyTLS)
	host := doctor.Pass().With("host", t.url.Hostname())
	if err != nil {
		return t.noHandshake(ctx, host, err)
	}
	r := host.With("tls", tls.VersionName(seen.Version)).With("cipher", tls.CipherSuiteName(seen.CipherSuite))
	return t.judge(ctx, r, seen.PeerCertificates, roots)
}

// handshake takes any certificate: it is judged afterwards, and nothing is sent to the server.
func handshake(ctx context.Context, conn net.Conn, host string, old bool) (tls.ConnectionState, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true} //nolint:gosec // see above
	if old {
		c.MinVersion = tls.VersionTLS10
		for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
	}
	secure := tls.Client(conn, c)
	if err := secure.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, fmt.Errorf("shake hands: %w", err)
	}
	return secure.ConnectionState(), nil
}

// noHandshake tells why there is no encryption, after a second try with what is out of date.
func (t *Trip) noHandshake(ctx context.Context, r doctor.Result, err error) doctor.Result {
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.As(err, &record):
		return because(r, doctor.CauseNotTLS)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return because(r, doctor.CauseTimeout)
	}
	if !t.target.LegacyTLS {
		again := &Trip{target: t.target, url: t.url}
		defer again.Close()
		if again.Reach(ctx).State == doctor.Passed && again.Through(ctx).State == doctor.Passed {
			if seen, err := handshake(ctx, again.conn, t.url.Hostname(), true); err == nil {
				return because(r.With("tls", tls.VersionName(seen.Version)), doctor.CauseOldTLS)
			}
		}
	}
	var broke *net.OpError
	isCut := errors.Is(err, io.EOF) || errors.As(err, &broke) && broke.Op != "remote error" // an alert of the server is one too
	if !isCut && strings.Contains(err.Error(), "tls: ") {
		return because(r, doctor.CauseTLSFailed).With("detail", reason(err))
	}
	return because(r, doctor.CauseCut)
}

// reason is the last part of an error of crypto/tls, which names no content.
func reason(err error) string {
	s := err.Error()
	return strings.TrimSpace(s[strings.LastIndex(s, "tls: ")+len("tls: "):])
}

func (t *Trip) roots() (*x509.CertPool, error) {
	if len(t.target.CA) == 0 {
		return nil, nil //nolint:nilnil // the system's, for x509
	}
	pool := x509.NewCertPool()
	if !t.target.OnlyCA {
		if system, err := x509.SystemCertPool(); err == nil {
			pool = system
		}
	}
	if !pool.AppendCertsFromPEM(t.target.CA) {
		return nil, errors.New("it holds no certificate in PEM form")
	}
	return pool, nil
}
