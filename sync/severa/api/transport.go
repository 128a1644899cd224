package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	dialTimeout      = 15 * time.Second
	handshakeTimeout = 15 * time.Second
	idleTimeout      = 90 * time.Second
	pingInterval     = 30 * time.Second
)

// ErrTimeout is the cause when the server did not answer in time.
var ErrTimeout = errors.New("no complete answer came in time")

// ErrPin says that the server showed another certificate than the pinned one.
var ErrPin = errors.New("the server's certificate is not the pinned one; when it was renewed, pin the new fingerprint")

var (
	errProxy  = errors.New("the address of the proxy cannot be read")
	errBroken = errors.New("the connection broke or the answer was no HTTP")
	errScheme = errors.New("the server does not speak TLS at this address; check the base URL")
)

// newTransport builds the transport with its trust: the system's roots, or a private CA, or one
// pinned certificate, or a private CA and a pin together.
func newTransport(o Options) (*http.Transport, error) {
	trust, err := newTLSConfig(o)
	if err != nil {
		return nil, err
	}
	proxy := o.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	dial := (&net.Dialer{Timeout: dialTimeout}).DialContext
	if o.Dial != nil {
		dial = o.Dial
		proxy = func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // as http.Transport wants it
	}
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			u, err := proxy(r)
			if err != nil {
				return nil, errProxy // the original quotes the address, which may hold a password
			}
			return u, nil
		},
		DialContext:         dial,
		TLSClientConfig:     trust,
		TLSHandshakeTimeout: handshakeTimeout,
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: PacerRequests,
		ForceAttemptHTTP2:   true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: pingInterval, PingTimeout: handshakeTimeout},
	}, nil
}

func newTLSConfig(o Options) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, Time: o.Now}
	if len(o.CAPEM) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(o.CAPEM) {
			return nil, errors.New("read CA file: it holds no certificate in PEM form")
		}
	}
	if o.PinSHA256 == "" {
		return c, nil
	}
	pin, err := parsePin(o.PinSHA256)
	if err != nil {
		return nil, err
	}
	// A pin without a CA replaces the chain: it names exactly one certificate, which may be
	// self-signed. VerifyConnection also runs on resumed sessions, unlike VerifyPeerCertificate.
	c.InsecureSkipVerify = len(o.CAPEM) == 0
	c.VerifyConnection = func(s tls.ConnectionState) error { return checkPin(s, pin, o.Now()) }
	return c, nil
}

func parsePin(text string) ([]byte, error) {
	clean := strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "sha256:"))
	pin, err := hex.DecodeString(clean)
	if err != nil || len(pin) != sha256.Size {
		return nil, errors.New("read pinned fingerprint: it must be the SHA-256 of the certificate in 64 hexadecimal digits")
	}
	return pin, nil
}

func checkPin(s tls.ConnectionState, pin []byte, now time.Time) error {
	if len(s.PeerCertificates) == 0 {
		return ErrPin
	}
	leaf := s.PeerCertificates[0]
	sum := sha256.Sum256(leaf.Raw)
	if subtle.ConstantTimeCompare(sum[:], pin) != 1 {
		return ErrPin
	}
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return x509.CertificateInvalidError{Cert: leaf, Reason: x509.Expired}
	}
	return nil
}

// failure turns an error of the transport into an Error. connected says that a connection was handed
// to the request, from which moment on bytes may have left.
func failure(ctx context.Context, op string, write bool, err error, connected bool) *Error {
	e := &Error{Op: op}
	var known bool
	if e.Class, known, e.Err = beforeSending(err); known {
		return e
	}
	e.Sent = connected
	e.Class = Unavailable
	if write && connected {
		e.Class = OutcomeUnknown
	}
	e.Err = safeCause(ctx, err)
	return e
}

// beforeSending knows the failures that come before the first byte of a request.
func beforeSending(err error) (class Class, known bool, cause error) {
	var (
		op      *net.OpError
		dns     *net.DNSError
		verify  *tls.CertificateVerificationError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, ErrPin):
		return Certificate, true, ErrPin
	case errors.As(err, &verify):
		return Certificate, true, verify
	case errors.As(err, &invalid):
		return Certificate, true, invalid
	case errors.Is(err, errProxy):
		return Unavailable, true, errProxy
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return Protocol, true, errScheme
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return Unavailable, true, fmt.Errorf("the proxy cannot be reached: %w", op.Err)
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return HostUnknown, true, dns
		}
		return Unavailable, true, dns
	case errors.As(err, &op) && op.Op == "dial":
		return Unavailable, true, op
	default:
		return Unavailable, false, nil
	}
}

// safeCause keeps the causes whose text is known to be harmless. Others are replaced: a *url.Error
// quotes the query, and the HTTP package quotes malformed answers.
func safeCause(ctx context.Context, err error) error {
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	case errors.As(err, &op):
		if op.Timeout() {
			return ErrTimeout
		}
		return op
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return io.ErrUnexpectedEOF
	default:
		return errBroken
	}
}
