package ews

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// idleTimeout lies below the 120 s after which IIS closes an idle connection.
const idleTimeout = 90 * time.Second

// lane is one TCP connection for calls, signed in once and then reused. It is used by one call at a time until the body of the answer has
// been read. It keeps no cookies: those belong to a mailbox, and a lane serves many.
type lane struct {
	opts *Options
	url  *url.URL
	gate *gate
	tr   *http.Transport
	// method is POST, but for what is no call of the web service.
	method string

	// signedIn is reset whenever a connection is dialled or closed.
	signedIn atomic.Bool
	dials    atomic.Int64
	conn     atomic.Pointer[countedConn]
	leaf     atomic.Pointer[x509.Certificate]

	requests, handshakes int64 // touched by the call that holds the lane
	out, in              atomic.Int64
}

func newLane(o *Options, u *url.URL, g *gate) (*lane, error) {
	l := &lane{opts: o, url: u, gate: g, method: http.MethodPost}
	cfg, err := tlsConfig(*o, u.Hostname(), func(c *x509.Certificate) { l.leaf.Store(c) })
	if err != nil {
		return nil, err
	}
	dial, proxy := (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext, o.Proxy
	if o.Dial != nil {
		dial, proxy = o.Dial, nil
	}
	l.tr = &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return l.dialled(c), nil
		},
		TLSClientConfig:     cfg,
		TLSHandshakeTimeout: 30 * time.Second,
		DisableCompression:  true, // inflated here, with a bound
		MaxIdleConns:        1,
		MaxIdleConnsPerHost: 1,
		MaxConnsPerHost:     1,
		IdleConnTimeout:     idleTimeout,
		// HTTP/2 knows no authentication of a connection, so it is switched off.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return l, nil
}

// dialled notices a new connection: whatever was signed in before is gone.
func (l *lane) dialled(c net.Conn) net.Conn {
	cc := &countedConn{Conn: c, lane: l}
	l.conn.Store(cc)
	l.signedIn.Store(false)
	l.dials.Add(1)
	return cc
}

// countedConn counts bytes and tells the lane when it is closed.
type countedConn struct {
	net.Conn
	lane *lane
	out  atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.lane.in.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	c.lane.out.Add(int64(n))
	return n, err
}

func (c *countedConn) Close() error {
	if c.lane.conn.CompareAndSwap(c, nil) {
		c.lane.signedIn.Store(false)
	}
	return c.Conn.Close()
}

// idempotent is a header that http.Transport never sends when it holds no value; it then repeats the request once on a new connection if a
// reused one broke before the first byte of an answer. Reads carry it, writes never do.
const idempotent = "X-Idempotency-Key"

// send does one HTTP request. replay allows the transport to repeat it on a new connection when not a byte of it was written on the old one.
func (l *lane) send(ctx context.Context, h http.Header, body []byte, authorization string, replay bool) (*http.Response, error) {
	var fresh atomic.Bool
	before := l.conn.Load()
	var written int64
	if before != nil {
		written = before.out.Load()
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			if !i.Reused {
				fresh.Store(true)
			}
		},
	})
	req, err := http.NewRequestWithContext(ctx, l.method, l.url.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &Error{Class: ClassInvalid, Err: errors.New("build request: the address is not usable")}
	}
	req.Header = h.Clone()
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	if !replay {
		req.GetBody = nil
		delete(req.Header, idempotent)
	}
	l.requests++
	resp, err := l.tr.RoundTrip(req)
	if err != nil {
		sent := fresh.Load() || before != nil && before.out.Load() > written
		return nil, transportError(err, sent)
	}
	if resp.Close {
		l.signedIn.Store(false)
	}
	return resp, nil
}

// exchange sends a request, signing in where that is needed. The caller closes the body of the response.
func (l *lane) exchange(ctx context.Context, h http.Header, body []byte) (*http.Response, error) {
	switch l.opts.Auth {
	case AuthBasic:
		return l.exchangeBasic(ctx, h, body)
	case AuthBearer:
		return l.exchangeBearer(ctx, h, body)
	case AuthNTLM:
	}
	if l.signedIn.Load() {
		resp, err := l.send(ctx, h, body, "", true)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		drain(resp)
		l.signedIn.Store(false)
	}
	return l.signIn(ctx, h, body)
}

// signIn does the NTLM handshake and sends the request with its last step: two round trips, and the body is uploaded once.
func (l *lane) signIn(ctx context.Context, h http.Header, body []byte) (*http.Response, error) {
	if err := l.gate.enter(ctx); err != nil {
		return nil, notSent(err)
	}
	defer l.gate.leave()
	for attempt := 0; ; attempt++ {
		authorization, err := l.challenge(ctx, h)
		if err != nil {
			return nil, err
		}
		if authorization == "" { // the server wants no sign-in
			l.signedIn.Store(true)
			return l.send(ctx, h, body, "", true)
		}
		dials := l.dials.Load()
		l.handshakes++
		resp, err := l.send(ctx, h, body, authorization, false)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusUnauthorized {
			l.signedIn.Store(!resp.Close)
			if err := l.gate.succeeded(ctx); err != nil {
				drain(resp)
				return nil, &Error{Class: ClassUnavailable, Sent: true, Err: err}
			}
			return resp, nil
		}
		offered, locked := schemes(resp.Header), lockedPage(resp)
		drain(resp)
		if l.dials.Load() != dials { // the connection was replaced between the two steps, so this was no verdict on the secret
			if attempt == 0 {
				continue
			}
			return nil, &Error{
				Class: ClassProtocol, HTTPStatus: http.StatusUnauthorized, Sent: true,
				Err: errors.New("sign in: the connection is not kept open between the steps of NTLM; a proxy or load balancer in between must keep it"),
			}
		}
		if locked {
			return nil, l.gate.failed(ctx, ErrLocked)
		}
		return nil, l.gate.failed(ctx, errors.New("sign in: the server refused user and password by NTLM (it offers "+offered+
			"); where they are right, a proxy that ends TLS or a required channel binding can be the cause"))
	}
}

// challenge sends the first step with an empty body and returns the header of the last step; an empty one if the server wants no sign-in.
func (l *lane) challenge(ctx context.Context, h http.Header) (string, error) {
	first, err := negotiateMessage(schemeNTLM)
	if err != nil {
		return "", &Error{Class: ClassAuth, Err: err}
	}
	resp, err := l.send(ctx, h, nil, first, true)
	if err != nil {
		return "", notSent(err)
	}
	defer drain(resp)
	switch resp.StatusCode {
	case http.StatusUnauthorized:
	case http.StatusOK, http.StatusBadRequest, http.StatusLengthRequired, http.StatusUnsupportedMediaType, http.StatusInternalServerError:
		return "", nil
	default:
		e := statusError(resp.StatusCode, resp.Header, l.url, l.opts.Now())
		e.Sent = false
		return "", e
	}
	challenge, err := challengeOf(resp.Header)
	if err != nil {
		return "", &Error{
			Class: ClassAuth, HTTPStatus: resp.StatusCode,
			Err: errors.New("sign in: the server does not offer NTLM; it offers " + schemes(resp.Header)),
		}
	}
	var leaf *x509.Certificate
	if l.opts.Binding == BindingAuto && l.url.Scheme == "https" {
		leaf = l.leaf.Load()
	}
	last, err := authenticateMessage(schemeNTLM, challenge, l.opts.account(), l.opts.Password, leaf)
	if err != nil {
		return "", &Error{Class: ClassAuth, HTTPStatus: resp.StatusCode, Err: err}
	}
	return last, nil
}

// exchangeBasic shows user and password with each request. Until the server has accepted them once, only one request is under way.
func (l *lane) exchangeBasic(ctx context.Context, h http.Header, body []byte) (*http.Response, error) {
	if !l.gate.ok.Load() {
		if err := l.gate.enter(ctx); err != nil {
			return nil, notSent(err)
		}
		defer l.gate.leave()
		l.handshakes++
	}
	pair := base64.StdEncoding.EncodeToString([]byte(l.opts.account() + ":" + string(l.opts.Password)))
	resp, err := l.send(ctx, h, body, "Basic "+pair, true)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusUnauthorized {
		if err := l.gate.succeeded(ctx); err != nil {
			drain(resp)
			return nil, &Error{Class: ClassUnavailable, Sent: true, Err: err}
		}
		return resp, nil
	}
	offered, locked := schemes(resp.Header), lockedPage(resp)
	drain(resp)
	if locked {
		return nil, l.gate.failed(ctx, ErrLocked)
	}
	return nil, l.gate.failed(ctx, errors.New("sign in: the server refused user and password by Basic (it offers "+offered+")"))
}

// exchangeBearer sends an access token, and once more if the source has a newer one after a refusal.
func (l *lane) exchangeBearer(ctx context.Context, h http.Header, body []byte) (*http.Response, error) {
	used := ""
	for {
		token, err := l.opts.Token(ctx)
		var network net.Error
		switch {
		case err == nil:
		case ctx.Err() != nil, errors.As(err, &network):
			return nil, &Error{Class: ClassUnavailable, Err: err}
		default:
			return nil, &Error{Class: ClassAuth, Err: err}
		}
		if token == "" || token == used {
			return nil, &Error{Class: ClassAuth, HTTPStatus: http.StatusUnauthorized, Sent: used != "", Err: errors.New("sign in: the server refused the access token")}
		}
		resp, err := l.send(ctx, h, body, "Bearer "+token, true)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		drain(resp)
		if used != "" {
			return nil, &Error{Class: ClassAuth, HTTPStatus: http.StatusUnauthorized, Sent: true, Err: errors.New("sign in: the server refused a fresh access token")}
		}
		used = token
	}
}

// drain reads the rest of a short body, so that the connection stays usable.
func drain(resp *http.Response) {
	const enough = 256 << 10
	_, err := io.CopyN(io.Discard, resp.Body, enough)
	_ = err // the connection is given up then, which the next dial notices
	_ = resp.Body.Close()
}

// notSent marks an error of a step before the request itself.
func notSent(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Sent = false
		return e
	}
	return transportError(err, false)
}
