package memory_test

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
)

// faultless is the calendar of a mutant: everything works but what it overrides.
type faultless struct {
	endpoint.Endpoint
	c *memory.Calendar
}

func (f *faultless) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	return f.Endpoint.(endpoint.Finder).FindStamped(ctx, key)
}

func (f *faultless) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	return f.Endpoint.(endpoint.Finder).FindUID(ctx, uid)
}

func (f *faultless) Watch(ctx context.Context) (<-chan struct{}, error) {
	return f.Endpoint.(endpoint.Watcher).Watch(ctx)
}

func (f *faultless) Identity(ctx context.Context) (string, error) {
	return f.Endpoint.(endpoint.Identifier).Identity(ctx)
}

func (f *faultless) HoldSeries(e event.Event) (event.Hold, string) {
	return endpoint.HoldSeries(f.Endpoint, e)
}

// delta spoils listings.
type delta struct {
	*faultless
	spoil func(d *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error)
	last  endpoint.Delta
	n     int
}

func (m *delta) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	m.n++
	d, err := m.spoil(m, ctx, since, w)
	m.last = d
	return d, err
}

func spoilt(spoil func(m *delta, d *endpoint.Delta)) func(*faultless) crashtest.Full {
	return listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
		d, err := m.Endpoint.Changes(ctx, since, w)
		if err == nil {
			spoil(m, &d)
		}
		return d, err
	})
}

func listed(spoil func(*delta, context.Context, endpoint.Cursor, event.Window) (endpoint.Delta, error)) func(*faultless) crashtest.Full {
	return func(f *faultless) crashtest.Full { return &delta{faultless: f, spoil: spoil} }
}

// writer spoils writes.
type writer struct {
	*faultless
	spoil func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result
}

func (m *writer) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	return m.spoil(m.faultless, ctx, slices.Clone(ops))
}

func written(spoil func(*faultless, context.Context, []endpoint.Op) []endpoint.Result) func(*faultless) crashtest.Full {
	return func(f *faultless) crashtest.Full { return &writer{f, spoil} }
}

// opped changes each op on its way.
func opped(spoil func(f *faultless, op *endpoint.Op)) func(*faultless) crashtest.Full {
	return written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
		for i := range ops {
			spoil(f, &ops[i])
		}
		return f.Endpoint.Apply(ctx, ops)
	})
}

// resulted changes each result on its way back.
func resulted(spoil func(f *faultless, op endpoint.Op, r *endpoint.Result)) func(*faultless) crashtest.Full {
	return written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
		rs := f.Endpoint.Apply(ctx, ops)
		for i := range rs {
			spoil(f, ops[i], &rs[i])
		}
		return rs
	})
}

// reader spoils what is read by id.
type reader struct {
	*faultless
	spoil func(f *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error)
}

func (m *reader) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	got, err := m.Endpoint.Get(ctx, ids)
	return m.spoil(m.faultless, got, err)
}

func read(spoil func(*faultless, []endpoint.Got, error) ([]endpoint.Got, error)) func(*faultless) crashtest.Full {
	return func(f *faultless) crashtest.Full { return &reader{f, spoil} }
}

// settler spoils outcomes.
type settler struct {
	*faultless
	spoil func(f *faultless, op endpoint.Op, o *endpoint.Outcome)
}

func (m *settler) Settle(ctx context.Context, op endpoint.Op, at time.Time) (endpoint.Outcome, error) {
	o, err := m.Endpoint.Settle(ctx, op, at)
	if err == nil {
		m.spoil(m.faultless, op, &o)
	}
	return o, err
}

func settled(spoil func(*faultless, endpoint.Op, *endpoint.Outcome)) func(*faultless) crashtest.Full {
	return func(f *faultless) crashtest.Full { return &settler{f, spoil} }
}

// normalizer spoils the rendering.
type normalizer struct {
	*faultless
	spoil func(e, n event.Event) event.Event
}

func (m *normalizer) Normalize(e event.Event) event.Event {
	return m.spoil(e, m.Endpoint.Normalize(e))
}

func normalized(spoil func(e, n event.Event) event.Event) func(*faultless) crashtest.Full {
	return func(f *faultless) crashtest.Full { return &normalizer{f, spoil} }
}

// other spoils one of the small methods.
type other struct {
	*faultless
	caps    func() event.Capabilities
	stamped func(ctx context.Context, key event.Key) ([]event.Item, error)
	watch   func(ctx context.Context) (<-chan struct{}, error)
	who     func() string
}

func (m *other) Capabilities() event.Capabilities {
	if m.caps != nil {
		return m.caps()
	}
	return m.Endpoint.Capabilities()
}

func (m *other) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	if m.stamped != nil {
		return m.stamped(ctx, key)
	}
	return m.faultless.FindStamped(ctx, key)
}

func (m *other) Watch(ctx context.Context) (<-chan struct{}, error) {
	if m.watch != nil {
		return m.watch(ctx)
	}
	return m.faultless.Watch(ctx)
}

func (m *other) Identity(ctx context.Context) (string, error) {
	if m.who != nil {
		return m.who(), nil
	}
	return m.faultless.Identity(ctx)
}

// cancelDeaf does not listen to its context.
type cancelDeaf struct{ *faultless }

func (m cancelDeaf) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	return m.Endpoint.Apply(context.WithoutCancel(ctx), ops)
}
