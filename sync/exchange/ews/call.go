package ews

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"
)

// call sends one operation and returns the checked answer. It speaks an older version when the server asks for it, which is safe for writes too:
// a refusal of the version comes before anything is done. A call that the server turns away for no longer than MaxWait is sent again after that
// pause, see mayRepeat. Nothing else is ever repeated here, but for the sign-in of the lane.
func (m *Mailbox) call(ctx context.Context, op operation) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, m.c.opts.Timeout)
	defer cancel()
	m.c.count(op.name, OpStats{Calls: 1})
	v := m.start()
	for again := 0; ; {
		payload, err := encodeRequest(op, header{m.c.opts.Access, m.address, m.c.opts.ZoneContext}, v)
		if err != nil {
			return nil, err
		}
		a, err := m.try(ctx, op, payload)
		if err == nil {
			m.learn(v, a.server)
			m.c.noteThrottle(a)
			if again < m.c.opts.Repeats && op.mayRepeatFor(a, m.c.opts.MaxWait) {
				again++
				continue
			}
			return a, nil
		}
		var e *Error
		if !errors.As(err, &e) {
			return nil, err
		}
		if e.Class == ClassVersion {
			m.refuse(v)
			var s Server
			if a != nil {
				s = a.server
			}
			if next, ok := lower(v, s); ok {
				v = next
				continue
			}
		}
		m.c.settleError(ctx, e)
		if again < m.c.opts.Repeats && op.mayRepeat(e, m.c.opts.MaxWait) {
			again++
			continue
		}
		return nil, e
	}
}

// mayRepeat tells whether a refusal is for no longer than limit and lets the request be sent again; the governor holds it back meanwhile. A busy
// server turns a request away before it looks at it. What overwrites is repeated only where the server itself compares the change key: the others
// have been compared by the caller, who has to do it again after the pause.
func (op operation) mayRepeat(e *Error, limit time.Duration) bool {
	if !e.Sent || e.RetryAfter <= 0 || e.RetryAfter > limit {
		return false
	}
	if op.write {
		return op.compares && e.Class == ClassThrottled
	}
	return e.Class == ClassThrottled || e.Class == ClassUnavailable && e.HTTPStatus == http.StatusServiceUnavailable
}

// mayRepeatFor is mayRepeat for a server that says inside an answer that it was too busy, for a part of what was asked or for all of it.
func (op operation) mayRepeatFor(a *answer, limit time.Duration) bool {
	busy := 0
	for _, m := range a.messages {
		if m.err == nil || m.err.Class != ClassThrottled {
			continue
		}
		if !op.mayRepeat(m.err, limit) {
			return false
		}
		busy++
	}
	return busy > 0 && (busy == len(a.messages) || !op.write)
}

// settleError is the one place where a failed call is recorded.
func (c *Client) settleError(ctx context.Context, e *Error) {
	if e.Class == ClassThrottled || e.Class == ClassUnavailable && e.HTTPStatus == http.StatusServiceUnavailable {
		c.gov.hold(e.RetryAfter)
	}
	c.opts.Log.DebugContext(ctx, "exchange call failed", slog.String("op", e.Op), slog.String("class", e.Class.String()),
		slog.String("code", e.Code), slog.Int("http_status", e.HTTPStatus), slog.Bool("sent", e.Sent))
}

// noteThrottle finds a pause that the server asks for inside an answer with status 200.
func (c *Client) noteThrottle(a *answer) {
	for _, m := range a.messages {
		if m.err != nil && m.err.Class == ClassThrottled {
			c.gov.hold(m.err.RetryAfter)
		}
	}
}

// try does one request on one lane. Every error is an *Error with the operation's name; the answer comes along with a fault.
func (m *Mailbox) try(ctx context.Context, op operation, payload []byte) (*answer, error) {
	l, err := m.c.ready(ctx)
	if err != nil {
		return nil, finish(op, err)
	}
	defer m.c.give(l)
	defer m.c.meter(l, op.name)()
	start := m.c.opts.Now()
	resp, err := l.exchange(ctx, m.headers(op), payload)
	if err != nil {
		return nil, finish(op, err)
	}
	m.c.noteTook(m.c.opts.Now().Sub(start))
	defer func() { _ = resp.Body.Close() }()
	m.c.noteDate(resp.Header)
	m.keepCookies(resp)
	a, err := m.read(op, resp)
	return a, finish(op, err)
}

// ready waits until no pause is on and a lane is free, in this order: a pause can begin while the call waits for the lane.
func (c *Client) ready(ctx context.Context) (*lane, error) {
	for {
		if err := c.gov.wait(ctx, c.opts.MaxWait); err != nil {
			return nil, err
		}
		l, err := c.take(ctx)
		if err != nil || c.gov.left() == 0 {
			return l, err
		}
		c.give(l)
	}
}

// finish names the operation and gives an open write its class.
func finish(op operation, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Class: ClassProtocol, Sent: true, Err: err}
	}
	if e.Op == "" {
		e.Op = op.name
	}
	// Without a response code there was no answer. Certificate, HostUnknown and Auth come before anything is carried out.
	if op.write && e.Sent && e.Code == "" && !turnedAway(e.HTTPStatus) && (e.Class == ClassUnavailable || e.Class == ClassProtocol) {
		e.Class = ClassUnknown
	}
	return e
}

func (m *Mailbox) headers(op operation) http.Header {
	h := http.Header{
		"Content-Type":             {"text/xml; charset=utf-8"},
		"Accept":                   {"text/xml"},
		"User-Agent":               {m.c.opts.UserAgent},
		"Client-Request-Id":        {requestID()},
		"Return-Client-Request-Id": {"true"},
	}
	if m.address != "" {
		h["X-Anchormailbox"] = []string{m.address}
	}
	if op.affinity {
		h["X-Preferserveraffinity"] = []string{"true"}
	}
	if op.name != opGetStreamingEvents { // a compressed stream would be held back by buffers on the way
		h["Accept-Encoding"] = []string{"gzip"}
	}
	if !op.write {
		h[idempotent] = []string{}
	}
	if c := m.cookieHeader(); c != "" {
		h["Cookie"] = []string{c}
	}
	return h
}

// requestID makes a new GUID by which administrators find the request in the server's log.
func requestID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return ""
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// read turns an HTTP response into an answer. Only XML with status 200 or 500 can be one.
func (m *Mailbox) read(op operation, resp *http.Response) (*answer, error) {
	if resp.StatusCode == 440 {
		m.dropCookies()
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	isXML := err == nil && (kind == "text/xml" || kind == "application/xml" || kind == "application/soap+xml")
	if !isXML || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusInternalServerError {
		e := statusError(resp.StatusCode, resp.Header, m.c.url, m.c.opts.Now())
		if resp.StatusCode == http.StatusOK {
			e.Err = errNoEnvelope
		}
		if lockedOut(resp) {
			e.Class, e.Err = ClassAuth, ErrLocked
		}
		drain(resp)
		return nil, e
	}
	b, err := readBody(resp, m.c.opts.MaxAnswer)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, transportError(err, true)
	}
	a, err := decodeAnswer(op, b)
	var e *Error
	switch {
	case err == nil:
		return a, nil
	case errors.As(err, &e):
		e.HTTPStatus = resp.StatusCode
		if after := retryAfter(resp.Header, m.c.opts.Now()); after > e.RetryAfter {
			e.RetryAfter = after
		}
		return a, e
	case resp.StatusCode != http.StatusOK:
		e = statusError(resp.StatusCode, resp.Header, m.c.url, m.c.opts.Now())
		e.Err = err
		return nil, e
	}
	return nil, &Error{Class: ClassProtocol, HTTPStatus: resp.StatusCode, Sent: true, Err: err}
}

// lockedOut recognizes the page that tells that the directory has locked the account.
func lockedOut(resp *http.Response) bool {
	const peek = 4 << 10
	var b bytes.Buffer
	_, err := io.CopyN(&b, resp.Body, peek)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return strings.Contains(b.String(), "referenced account is currently locked out")
}

// readBody reads a body to its end, inflated, and refuses one that is longer than limit.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	var in io.Reader = resp.Body
	switch enc := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, fmt.Errorf("inflate answer: %w", err)
		}
		in = z
	default:
		return nil, &Error{Class: ClassProtocol, HTTPStatus: resp.StatusCode, Sent: true, Err: fmt.Errorf("read answer: encoding %q was not asked for", enc)}
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if n > limit {
		return nil, &Error{
			Class: ClassProtocol, HTTPStatus: resp.StatusCode, Sent: true,
			Err: fmt.Errorf("read answer: it is longer than %d bytes; ask for fewer items", limit),
		}
	}
	drain(resp)
	return b.Bytes(), nil
}
