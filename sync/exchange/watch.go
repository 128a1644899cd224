package exchange

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/exchange/ews"
)

const (
	// maxGroup is how many subscriptions one stream may carry,
	// https://learn.microsoft.com/exchange/client-developer/exchange-web-services/notification-subscriptions-mailbox-events-and-ews-in-exchange.
	maxGroup = 200
	// maxFailures is how often in a row a stream may break down before we stop asking for streams.
	maxFailures = 3
	goodbye     = 10 * time.Second
	// gather is how long a stream waits for more people before it is opened anew for them.
	gather = 500 * time.Millisecond
)

// hub keeps the streams of a connection: people share them, because a server
// allows an account only few connections that hang.
type hub struct {
	client *ews.Client
	opts   Options

	mu       sync.Mutex
	groups   []*group
	failures int
}

// group is one stream with its watchers. Its loop runs as long as it has any.
type group struct {
	hub      *hub
	watchers []*watcher
	left     []*watcher         // who is still subscribed and watches no more
	restart  context.CancelFunc // ends the stream that is open, so that the next has all watchers
	due      bool               // a restart is about to come
}

// watcher is one call of Watch.
type watcher struct {
	box *ews.Mailbox
	id  string // subscription
	ch  chan struct{}

	mu     sync.Mutex
	closed bool
}

func newHub(c *ews.Client, o Options) *hub { return &hub{client: c, opts: o} }

// hint tells that something happened; one waiting hint is enough.
func (w *watcher) hint() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	select {
	case w.ch <- struct{}{}:
	default:
	}
}

// close ends the watch, once.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		close(w.ch)
	}
}

// Watch hints at changes of the calendar by the server's notifications, or
// where it has none or refuses them at regular times. The channel closes when
// ctx ends or the stream is lost; then watch anew and pull once.
func (c *calendar) Watch(ctx context.Context) (<-chan struct{}, error) {
	const op = "watch exchange calendar"
	h := c.conn.hub
	if h.broken() {
		return h.poll(ctx), nil
	}
	id, err := c.box.Subscribe(ctx, calendarFolder())
	if err != nil {
		if !refusedToNotify(ews.ClassOf(err)) {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		c.conn.opts.Log.InfoContext(ctx, "notifications refused, polling instead", "code", failed(op, err, endpoint.ScopeCalendar).Code)
		return h.poll(ctx), nil
	}
	w := &watcher{box: c.box, id: id, ch: make(chan struct{}, 1)}
	h.join(ctx, w)
	return w.ch, nil
}

// refusedToNotify tells a server that has no notifications, or none for us,
// from one that cannot be reached.
func refusedToNotify(c ews.Class) bool {
	return c == ews.ClassVersion || c == ews.ClassInvalid || c == ews.ClassSubscription || c == ews.ClassItemForbidden
}

func (h *hub) broken() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failures >= maxFailures
}

// poll hints at regular times until ctx ends.
func (h *hub) poll(ctx context.Context) <-chan struct{} {
	w := &watcher{ch: make(chan struct{}, 1)}
	go func() {
		defer close(w.ch)
		tick := time.NewTicker(h.opts.Poll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				w.hint()
			}
		}
	}()
	return w.ch
}

// join adds a watcher to a stream that has room, until ctx ends.
func (h *hub) join(ctx context.Context, w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := slices.IndexFunc(h.groups, func(g *group) bool { return len(g.watchers) < maxGroup })
	var g *group
	if at >= 0 {
		g = h.groups[at]
		g.watchers = append(g.watchers, w)
		g.restartSoon()
	} else {
		g = &group{hub: h, watchers: []*watcher{w}, restart: func() {}}
		h.groups = append(h.groups, g)
		// The stream belongs to all its watchers, so it outlives this one's context.
		go g.run(context.WithoutCancel(ctx))
	}
	context.AfterFunc(ctx, func() { g.leave(w) })
}

// restartSoon opens the stream anew, once for everybody who comes together.
func (g *group) restartSoon() {
	if g.due {
		return
	}
	g.due = true
	time.AfterFunc(gather, func() {
		g.hub.mu.Lock()
		defer g.hub.mu.Unlock()
		g.restart()
	})
}

// leave takes a watcher out. The stream goes on for the others: cutting it
// could lose what was on its way to them.
func (g *group) leave(w *watcher) {
	g.hub.mu.Lock()
	before := len(g.watchers)
	g.watchers = slices.DeleteFunc(g.watchers, func(o *watcher) bool { return o == w })
	if len(g.watchers) < before {
		g.left = append(g.left, w)
	}
	if len(g.watchers) == 0 {
		g.restart()
	}
	g.hub.mu.Unlock()
	w.close()
}

// unsubscribe ends the subscriptions of those who have left. They would expire
// by themselves, so that a failure is nothing.
func (g *group) unsubscribe(ctx context.Context) {
	g.hub.mu.Lock()
	left := g.left
	g.left = nil
	g.hub.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, goodbye)
	defer cancel()
	for _, w := range left {
		_ = w.box.Unsubscribe(ctx, w.id)
	}
}

// next prepares a stream of everybody who is watching; nil when nobody is, and
// then the group is no more.
func (g *group) next(ctx context.Context) (context.Context, []*watcher) {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	if len(g.watchers) == 0 {
		g.hub.groups = slices.DeleteFunc(g.hub.groups, func(o *group) bool { return o == g })
		return nil, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	g.restart, g.due = cancel, false
	return ctx, slices.Clone(g.watchers)
}

func (g *group) run(parent context.Context) {
	for {
		ctx, now := g.next(parent)
		if now == nil {
			return
		}
		err := g.stream(ctx, now)
		restarted := ctx.Err() != nil
		g.restartDone()
		g.unsubscribe(parent)
		switch {
		case restarted:
			// What the server sent while we cut the stream is lost.
			for _, w := range now {
				w.hint()
			}
		case err == nil:
			g.hub.count(true)
		default:
			g.hub.count(false)
			g.lost(now)
		}
	}
}

// restartDone frees the context of the stream that has ended.
func (g *group) restartDone() {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	g.restart()
}

// stream reads one stream to its end.
func (g *group) stream(ctx context.Context, now []*watcher) error {
	byID := make(map[string]*watcher, len(now))
	ids := make([]string, len(now))
	for i, w := range now {
		ids[i], byID[w.id] = w.id, w
	}
	err := now[0].box.GetStreamingEvents(ctx, ids, g.hub.opts.Stream, func(n ews.Notification) error {
		g.hub.count(true)
		if w := byID[n.Subscription]; w != nil && n.Events > 0 {
			w.hint()
		}
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		g.hub.opts.Log.InfoContext(ctx, "notification stream ended", "code", failed("watch exchange calendars", err, endpoint.ScopeCalendar).Code, "calendars", len(now))
	}
	return err
}

// count keeps how often in a row streams have broken down.
func (h *hub) count(well bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if well {
		h.failures = 0
		return
	}
	h.failures++
}

// lost tells watchers that nothing more will come. What happened until they
// watch again is seen by the pull that a last hint asks for.
func (g *group) lost(now []*watcher) {
	g.hub.mu.Lock()
	g.watchers = slices.DeleteFunc(g.watchers, func(w *watcher) bool { return slices.Contains(now, w) })
	g.hub.mu.Unlock()
	for _, w := range now {
		w.hint()
		w.close()
	}
}
