package ews

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Client is one account on one server. Safe for concurrent use.
type Client struct {
	opts Options
	url  *url.URL
	gate *gate
	gov  *governor

	slots chan struct{} // one per lane in use

	mu        sync.Mutex
	idle      []*lane // the one used last is taken first, so that quiet times need few connections
	all       []*lane
	mailboxes map[string]*Mailbox
	stats     map[string]OpStats
	best      Version // newest version that any mailbox has accepted
	skew      time.Duration
	skewKnown bool
	took      time.Duration // the last answer's
}

// New checks the options and returns a client. Nothing is sent yet.
func New(o Options) (*Client, error) {
	o, u, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Client{
		opts: o, url: u, gate: newGate(o.Guard), gov: &governor{now: o.Now},
		slots: make(chan struct{}, o.Lanes), mailboxes: map[string]*Mailbox{}, stats: map[string]OpStats{},
	}
	for range o.Lanes {
		l, err := newLane(&c.opts, u, c.gate)
		if err != nil {
			return nil, err
		}
		c.idle = append(c.idle, l)
		c.all = append(c.all, l)
	}
	return c, nil
}

// Repeats is how often a call is sent again that the server turns away for a moment.
func (c *Client) Repeats() int { return c.opts.Repeats }

// MaxWait is how long such a moment is at the most.
func (c *Client) MaxWait() time.Duration { return c.opts.MaxWait }

// Close ends all idle connections. Calls that are under way are ended by their contexts.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.all {
		l.tr.CloseIdleConnections()
	}
}

// take waits for a lane; the caller gives it back.
func (c *Client) take(ctx context.Context) (*lane, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, notSent(ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.idle[len(c.idle)-1]
	c.idle = c.idle[:len(c.idle)-1]
	return l, nil
}

func (c *Client) give(l *lane) {
	c.mu.Lock()
	c.idle = append(c.idle, l)
	c.mu.Unlock()
	<-c.slots
}

// OpStats counts the traffic of one operation as it crossed the connection.
type OpStats struct {
	Calls      int64 // calls of the operation's method
	Requests   int64 // HTTP requests, those of sign-ins included
	Handshakes int64 // times that the secret was shown to a new connection
	BytesOut   int64 // bytes on the TCP connection, TLS included
	BytesIn    int64
}

func (s OpStats) plus(o OpStats) OpStats {
	return OpStats{s.Calls + o.Calls, s.Requests + o.Requests, s.Handshakes + o.Handshakes, s.BytesOut + o.BytesOut, s.BytesIn + o.BytesIn}
}

// Stats is what a client has done so far, by operation name.
type Stats map[string]OpStats

// Total sums up all operations.
func (s Stats) Total() OpStats {
	var t OpStats
	for _, o := range s {
		t = t.plus(o)
	}
	return t
}

// Stats returns a copy of the counters. A stream is counted when it ends.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.stats)
}

func (c *Client) count(op string, s OpStats) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats[op] = c.stats[op].plus(s)
}

// meter returns a function that counts what the lane has done since.
func (c *Client) meter(l *lane, op string) func() {
	r, h, out, in := l.requests, l.handshakes, l.out.Load(), l.in.Load()
	return func() {
		c.count(op, OpStats{Requests: l.requests - r, Handshakes: l.handshakes - h, BytesOut: l.out.Load() - out, BytesIn: l.in.Load() - in})
	}
}

// ClockSkew returns how far the server's clock is ahead of ours by the Date header of its last answer, to the second; false before any answer.
func (c *Client) ClockSkew() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew, c.skewKnown
}

// Took is how long the last answer took, 0 before any. What listens for news is not counted: it waits by design.
func (c *Client) Took() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.took
}

func (c *Client) noteTook(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = d
}

// Now is the time of the clock that ClockSkew compares with.
func (c *Client) Now() time.Time { return c.opts.Now() }

func (c *Client) noteDate(h http.Header) {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	now := c.opts.Now().Truncate(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew, c.skewKnown = t.Sub(now), true
}

// Mailbox is a handle to one mailbox: its cookies and the version that its server speaks. Safe for concurrent use; what Exchange wants is one
// request at a time per mailbox and parallel ones over several, which is up to the caller.
type Mailbox struct {
	c       *Client
	address string

	mu      sync.Mutex
	version Version
	ceiling Version // newest version that was not refused, VersionAuto if none was
	server  Server
	cookies map[string]string
}

// Mailbox returns the handle for the mailbox of that SMTP address; an empty address is the account's own. The same address, compared without case,
// gives the same handle.
func (c *Client) Mailbox(address string) *Mailbox {
	key := strings.ToLower(strings.TrimSpace(address))
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.mailboxes[key]
	if !ok {
		m = &Mailbox{c: c, address: strings.TrimSpace(address), cookies: map[string]string{}}
		c.mailboxes[key] = m
	}
	return m
}

// Address returns the SMTP address as it was given.
func (m *Mailbox) Address() string { return m.address }

// Version returns the schema version that calls use now: VersionAuto before the first answer.
func (m *Mailbox) Version() Version {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version
}

// Server returns what the server of the mailbox says of itself; the zero value before the first answer.
func (m *Mailbox) Server() Server {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.server
}

// start returns the version for the next call.
func (m *Mailbox) start() Version {
	if v := m.Version(); v != VersionAuto {
		return v
	}
	if m.c.opts.Version != VersionAuto {
		return m.c.opts.Version
	}
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	if m.c.best != VersionAuto {
		return m.c.best
	}
	return newestVersion
}

// learn keeps the version for the next call: the newest that the server which answered understands, but none that the mailbox has refused (its
// own server can be older than the one in front) and none above the configured one.
func (m *Mailbox) learn(v Version, s Server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h := s.Highest(); h != VersionAuto {
		m.server, v = s, h
	}
	for _, limit := range []Version{m.ceiling, m.c.opts.Version} {
		if limit != VersionAuto {
			v = min(v, limit)
		}
	}
	m.version = v
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	m.c.best = max(m.c.best, v)
}

// refuse remembers that v is too new for the mailbox.
func (m *Mailbox) refuse(v Version) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ceiling == VersionAuto || v <= m.ceiling {
		m.ceiling = max(v-1, Exchange2007SP1)
	}
}

// cookieHeader returns the mailbox's cookies. They steer the front end to the mailbox's server, so they are never shared between mailboxes.
func (m *Mailbox) cookieHeader() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	parts := make([]string, 0, len(m.cookies))
	for name, value := range m.cookies {
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, "; ")
}

func (m *Mailbox) keepCookies(resp *http.Response) {
	m.mu.Lock()
	defer m.mu.Unlock()
	const most = 50
	for _, c := range resp.Cookies() {
		switch {
		case c.MaxAge < 0 || c.Value == "":
			delete(m.cookies, c.Name)
		case len(m.cookies) < most:
			m.cookies[c.Name] = c.Value
		}
	}
}

func (m *Mailbox) dropCookies() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.cookies)
}
