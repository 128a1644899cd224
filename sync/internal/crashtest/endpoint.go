package crashtest

import (
	"context"
	"errors"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// Endpoint is e with every call through the fuse. A request that holds
// several Ops has a step after each of them as well: there the system has
// done some of them and not the others. Capabilities and Normalize are no
// steps. It has those optional interfaces that e has.
func Endpoint(f *Fuse, e endpoint.Endpoint) endpoint.Endpoint {
	outer := &fused{Endpoint: e, fuse: f}
	if back, ok := e.(endpoint.Restorer); ok {
		return restorer(Like(e, outer), &fusedRestorer{back, outer})
	}
	return Like(e, outer)
}

// restorer is e with one optional interface more, as far as there are
// endpoints of that kind.
func restorer(e endpoint.Endpoint, r endpoint.Restorer) endpoint.Endpoint {
	watches, ok := e.(interface {
		plain
		endpoint.Watcher
		endpoint.Identifier
	})
	finds, alsoFinds := e.(Full)
	switch {
	case alsoFinds:
		return struct {
			Full
			endpoint.Restorer
		}{finds, r}
	case ok:
		return struct {
			plain
			endpoint.Watcher
			endpoint.Identifier
			endpoint.Restorer
		}{watches, watches, watches, r}
	}
	return e
}

type fusedRestorer struct {
	inner endpoint.Restorer
	*fused
}

// Restore lets the system do as many of the ops as there are steps left for.
func (e *fusedRestorer) Restore(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	return e.some(ops, func(ops []endpoint.Op) []endpoint.Result { return e.inner.Restore(ctx, ops) })
}

func (e *fusedRestorer) Restored(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	return through(e.fuse, func() (endpoint.Outcome, error) { return e.inner.Restored(ctx, op, sentAt) })
}

// Full is an Endpoint with every optional interface.
type Full interface {
	plain
	endpoint.Finder
	endpoint.Watcher
	endpoint.Identifier
}

// plain is what every wrapper has: how an Endpoint holds a series can be told of
// those too that do not say it themselves.
type plain interface {
	endpoint.Endpoint
	endpoint.SeriesHolder
}

// Like is outer without the optional interfaces that inner has not, so that a
// wrapper can be taken for what it wraps.
func Like(inner endpoint.Endpoint, outer Full) endpoint.Endpoint {
	_, finds := inner.(endpoint.Finder)
	_, watches := inner.(endpoint.Watcher)
	_, identifies := inner.(endpoint.Identifier)
	switch [3]bool{finds, watches, identifies} {
	case [3]bool{true, true, true}:
		return outer
	case [3]bool{true, true, false}:
		return struct {
			plain
			endpoint.Finder
			endpoint.Watcher
		}{outer, outer, outer}
	case [3]bool{true, false, true}:
		return struct {
			plain
			endpoint.Finder
			endpoint.Identifier
		}{outer, outer, outer}
	case [3]bool{false, true, true}:
		return struct {
			plain
			endpoint.Watcher
			endpoint.Identifier
		}{outer, outer, outer}
	case [3]bool{true, false, false}:
		return struct {
			plain
			endpoint.Finder
		}{outer, outer}
	case [3]bool{false, true, false}:
		return struct {
			plain
			endpoint.Watcher
		}{outer, outer}
	case [3]bool{false, false, true}:
		return struct {
			plain
			endpoint.Identifier
		}{outer, outer}
	}
	return struct{ plain }{outer}
}

type fused struct {
	endpoint.Endpoint
	fuse *Fuse
}

var _ Full = (*fused)(nil)

func (e *fused) HoldSeries(series event.Event) (event.Hold, string) {
	return endpoint.HoldSeries(e.Endpoint, series)
}

// dead is ErrKilled as endpoints tell of troubles.
func dead() *endpoint.Error {
	return &endpoint.Error{Op: "reach system", Scope: endpoint.ScopeAccount, Kind: endpoint.OutcomeUnknown, Err: ErrKilled}
}

// through makes a call that only reads.
func through[T any](f *Fuse, do func() (T, error)) (T, error) {
	var out T
	err := f.call(func() (err error) {
		out, err = do()
		return err
	})
	if errors.Is(err, ErrKilled) {
		var none T
		return none, dead()
	}
	return out, err
}

func (e *fused) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	return through(e.fuse, func() (endpoint.Delta, error) { return e.Endpoint.Changes(ctx, since, w) })
}

func (e *fused) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	return through(e.fuse, func() ([]endpoint.Got, error) { return e.Endpoint.Get(ctx, ids) })
}

func (e *fused) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	return through(e.fuse, func() (endpoint.Outcome, error) { return e.Endpoint.Settle(ctx, op, sentAt) })
}

// Apply lets the system do as many of the ops as there are steps left for.
func (e *fused) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	return e.some(ops, func(ops []endpoint.Op) []endpoint.Result { return e.Endpoint.Apply(ctx, ops) })
}

func (e *fused) some(ops []endpoint.Op, do func([]endpoint.Op) []endpoint.Result) []endpoint.Result {
	alive := 0 // steps that went well: one before, one after each op
	for range len(ops) + 1 {
		if e.fuse.step() != nil {
			break
		}
		alive++
	}
	if alive > len(ops) {
		return do(ops)
	}
	if alive > 0 {
		do(ops[:alive])
	}
	out := make([]endpoint.Result, len(ops))
	for i := range out {
		out[i].Err = dead()
	}
	return out
}

func (e *fused) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	return through(e.fuse, func() ([]event.Item, error) { return e.Endpoint.(endpoint.Finder).FindStamped(ctx, key) })
}

func (e *fused) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	return through(e.fuse, func() ([]event.Item, error) { return e.Endpoint.(endpoint.Finder).FindUID(ctx, uid) })
}

func (e *fused) Watch(ctx context.Context) (<-chan struct{}, error) {
	return through(e.fuse, func() (<-chan struct{}, error) { return e.Endpoint.(endpoint.Watcher).Watch(ctx) })
}

func (e *fused) Identity(ctx context.Context) (string, error) {
	return through(e.fuse, func() (string, error) { return e.Endpoint.(endpoint.Identifier).Identity(ctx) })
}
