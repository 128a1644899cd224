package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Client talks to one organisation with one set of credentials. It is safe for concurrent use.
type Client struct {
	base   *url.URL
	http   *http.Client
	opts   Options
	tokens *tokenSource
	stats  stats
	form   atomic.Int32 // valueForm
	took   atomic.Int64 // how long the last answer took
}

// New checks the options and returns a client. It asks the server nothing.
func New(o Options) (*Client, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("open severa client: %w", err)
	}
	transport := o.Transport
	if transport == nil {
		t, err := newTransport(o)
		if err != nil {
			return nil, fmt.Errorf("open severa client: %w", err)
		}
		transport = t
	}
	return &Client{
		base: base,
		http: &http.Client{
			Transport: transport,
			// No redirect is followed: credentials stay with the host they are meant for, every request
			// passes the pacer, and a write is never repeated by a 307.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		opts:   o,
		tokens: newTokenSource(),
		stats:  stats{routes: map[string]RouteStats{}},
	}, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Took is how long the last answer took, without the wait for the pacer; 0 before any.
func (c *Client) Took() time.Duration { return time.Duration(c.took.Load()) }

// Repeats is how often a request is sent again that the server refuses for a moment only.
func (c *Client) Repeats() int { return c.opts.Repeats }

// String names the client's host and no secret.
func (c *Client) String() string { return "severa client for " + c.base.Host }

// request is one call, apart from its credentials.
type request struct {
	op     string // for errors: verb and object
	method string
	route  string // path with placeholders, for statistics and logs
	path   string // escaped, below the base
	query  url.Values
	body   any // marshalled when not nil
	scope  string
	open   bool  // needs no sign-in
	want   []int // statuses that mean success
}

// write reports whether the call changes something. A sign-in is a POST that does not.
func (r *request) write() bool { return r.method != http.MethodGet && r.route != tokenRoute }

func (r *request) invalid(format string, args ...any) *Error {
	return &Error{Op: r.op, Class: Invalid, Err: fmt.Errorf(format, args...)}
}

// answer is a complete HTTP answer.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    bool  // the body did not arrive whole
	cause  error // why it is cut
}

// serverTime reads the Date header; zero when there is none.
func (a *answer) serverTime() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// do performs the call, with a sign-in before it where one is due and a second try after a 401. The
// answer has one of the wanted statuses, is complete and not a web page.
func (c *Client) do(ctx context.Context, r *request) (*answer, error) {
	payload, target, err := c.prepare(r)
	if err != nil {
		return nil, err
	}
	if r.open {
		return c.finish(r, c.patient(ctx, r, payload, target, token{}))
	}
	for renewed := false; ; renewed = true {
		t, failed := c.token(ctx, r.op)
		if failed != nil {
			return nil, failed
		}
		if t.lacks(r.scope) {
			return nil, &Error{Op: r.op, Class: ScopeMissing, Scopes: []string{r.scope}}
		}
		res := c.patient(ctx, r, payload, target, t)
		if res.err != nil && res.err.Class == Auth && !renewed {
			// Refused before it was processed: RFC 9110, section 15.5.2.
			c.tokens.reject(t)
			continue
		}
		return c.finish(r, res)
	}
}

type result struct {
	answer *answer
	err    *Error
}

func (c *Client) finish(r *request, res result) (*answer, error) {
	if res.err != nil {
		if res.err.Class == ScopeMissing && r.scope != "" {
			res.err.Scopes = []string{r.scope}
		}
		return nil, res.err
	}
	return res.answer, nil
}

func (c *Client) prepare(r *request) (payload []byte, target string, err error) {
	if r.body != nil {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.body); err != nil {
			return nil, "", r.invalid("the request cannot be written as JSON: %w", encodingCause(err))
		}
		payload = bytes.TrimSpace(b.Bytes())
	}
	target = c.base.String() + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	if len(target) > maxURL {
		return nil, "", r.invalid("the query is longer than %d bytes; ask for fewer ids at a time", maxURL)
	}
	return payload, target, nil
}

// encodingCause drops the wrapper of encoding/json, which may quote values.
func encodingCause(err error) error {
	var m *json.MarshalerError
	if errors.As(err, &m) {
		return m.Err
	}
	return errors.New("a value has no JSON form")
}

// patient sends a request, and sends it again while the server refuses it for a moment only. The
// pacer holds every request of the office back for that moment, so that the next attempt waits there.
func (c *Client) patient(ctx context.Context, r *request, payload []byte, target string, t token) result {
	for again := 0; ; again++ {
		res := c.attempt(ctx, r, payload, target, t)
		if again >= c.opts.Repeats || !r.mayRepeat(res.err) {
			return res
		}
	}
}

// mayRepeat reports whether a refusal is for a moment only and lets the request be sent again: the
// service's quota, which refuses before anything is processed, and for what changes nothing also an
// outage whose end is named. A PATCH and a DELETE are left to the caller: he has looked at what they
// overwrite before he sent them, and has to look again after the pause.
func (r *request) mayRepeat(e *Error) bool {
	if e == nil || e.RetryAfter <= 0 || e.RetryAfter > ShortPause {
		return false
	}
	switch {
	case !r.write():
		return e.Class == Throttled && e.Sent || e.Status == http.StatusServiceUnavailable
	case r.method == http.MethodPost:
		return e.Class == Throttled && e.Sent
	default:
		return false
	}
}

// attempt sends one request, once, and sorts its answer.
func (c *Client) attempt(ctx context.Context, r *request, payload []byte, target string, t token) result {
	a, failed := c.send(ctx, r, payload, target, t)
	if failed != nil {
		return result{err: failed}
	}
	if !slices.Contains(r.want, a.status) {
		e := refusal(r.op, r.write(), a, c.opts.Now())
		c.obeyPause(e)
		return result{err: e}
	}
	if cause := unreadable(a); cause != nil {
		return result{err: c.unread(r, a, cause)}
	}
	return result{answer: a}
}

func unreadable(a *answer) error {
	switch {
	case a.cut:
		return a.cause
	case isPage(a):
		return errHTML
	default:
		return nil
	}
}

// unread is the error for an answer that says "done" but cannot be read: of a write nobody knows
// then what it did.
func (c *Client) unread(r *request, a *answer, cause error) *Error {
	e := &Error{Op: r.op, Class: Protocol, Status: a.status, Sent: true, Err: cause}
	switch {
	case r.write():
		e.Class = OutcomeUnknown
	case a.cut && !errors.Is(cause, errTooLong):
		e.Class = Unavailable
	}
	return e
}

func (c *Client) obeyPause(e *Error) {
	if e.Class == Throttled || e.Status == http.StatusServiceUnavailable {
		c.opts.Pacer.PauseFor(e.RetryAfter)
	}
}

// send waits for the pacer, writes the request and reads the answer.
func (c *Client) send(ctx context.Context, r *request, payload []byte, target string, t token) (*answer, *Error) {
	release, err := c.opts.Pacer.Acquire(ctx)
	if err != nil {
		if left, ok := asPaused(err); ok {
			return nil, &Error{Op: r.op, Class: Throttled, RetryAfter: left, Err: err}
		}
		return nil, &Error{Op: r.op, Class: Unavailable, Err: err}
	}
	defer release()

	limited, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	var connected atomic.Bool
	connected.Store(!c.tracesConnections())
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	var body io.Reader
	if payload != nil {
		body = bytes.NewReader(payload)
	}
	req, err := http.NewRequestWithContext(traced, r.method, target, body)
	if err != nil {
		return nil, r.invalid("the address cannot be built")
	}
	c.setHeaders(req, payload != nil, t)

	start := c.opts.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.count(ctx, r, start, 0, len(payload), 0)
		return nil, failure(ctx, r.op, r.write(), err, connected.Load())
	}
	a := c.read(ctx, r, resp)
	c.took.Store(int64(c.opts.Now().Sub(start)))
	c.count(ctx, r, start, a.status, len(payload), len(a.body))
	return a, nil
}

// tracesConnections reports whether the transport tells when a connection was handed out.
func (c *Client) tracesConnections() bool {
	_, ok := c.http.Transport.(*http.Transport)
	return ok
}

func (c *Client) setHeaders(req *http.Request, hasBody bool, t token) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.opts.UserAgent)
	if hasBody {
		req.Header.Set("Content-Type", "application/json")
	}
	if t.value != "" {
		req.Header.Set("Authorization", t.kind+" "+t.value)
		// The name as documented; Set would write it as Client_id.
		req.Header["Client_Id"] = []string{c.opts.ClientID}
	}
}

var errTooLong = errors.New("the answer is longer than allowed")

func (c *Client) read(ctx context.Context, r *request, resp *http.Response) *answer {
	defer resp.Body.Close()
	limit := c.opts.MaxAnswer
	wanted := slices.Contains(r.want, resp.StatusCode)
	if !wanted {
		limit = min(limit, maxErrorBody)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body}
	switch {
	case err != nil:
		a.cut, a.cause = true, safeCause(ctx, err)
	case int64(len(body)) > limit:
		a.cut, a.cause = true, errTooLong
	}
	return a
}

func (c *Client) count(ctx context.Context, r *request, start time.Time, status, sent, received int) {
	route := r.method + " " + r.route
	c.stats.add(route, sent, received)
	c.opts.Log.DebugContext(ctx, "severa request",
		slog.String("route", route), slog.Int("status", status),
		slog.Int("bytes_sent", sent), slog.Int("bytes_received", received),
		slog.Duration("took", c.opts.Now().Sub(start)))
}

// pathID checks that an id can stand in a path.
func pathID(id string) error {
	switch {
	case id == "":
		return errors.New("the id is empty")
	case len(id) > maxID:
		return fmt.Errorf("the id is longer than %d bytes", maxID)
	case id == "." || id == "..":
		return errors.New("the id is a path element")
	case strings.IndexFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }) >= 0:
		return errors.New("the id holds control characters or broken text")
	}
	return nil
}

// fill puts escaped ids into the placeholders of a route. Composite ids hold a ";", which
// url.PathEscape writes as %3B; a "," would name two entries at once and becomes %2C.
func fill(route string, ids ...string) (string, error) {
	path := route
	for _, id := range ids {
		if err := pathID(id); err != nil {
			return "", err
		}
		from := strings.IndexByte(path, '{')
		to := strings.IndexByte(path, '}')
		path = path[:from] + url.PathEscape(id) + path[to+1:]
	}
	return path, nil
}
