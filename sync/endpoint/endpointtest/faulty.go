package endpointtest

import (
	"context"
	"errors"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
)

// Method is which method of an Endpoint is called.
type Method int

// The methods that a Script is asked about; AnyMethod is none of them and
// stands for all in On.
const (
	AnyMethod Method = iota
	Changes
	Get
	Settle
	Apply
	FindStamped
	FindUID
	Watch
	Identity
)

// Call is one call that is about to be made.
type Call struct {
	Method Method
	// N counts the calls of this method, from 1, and All those of any.
	N, All int
	Ops    []endpoint.Op // of Apply
}

// Script says what becomes of each call.
type Script func(Call) Fault

// On lets a fault meet the nth call of a method; n 0 means every one.
func On(m Method, n int, f Fault) Script {
	return func(c Call) Fault {
		nth := c.N
		if m == AnyMethod {
			nth = c.All
		}
		if (m == AnyMethod || m == c.Method) && (n == 0 || n == nth) {
			return f
		}
		return NoFault
	}
}

// Scripts follows several scripts; the first that knows a fault decides.
func Scripts(all ...Script) Script {
	return func(c Call) Fault {
		for _, s := range all {
			if f := s(c); f != NoFault {
				return f
			}
		}
		return NoFault
	}
}

// Faulty is e with faults by script. It has those optional interfaces that e
// has. A lost request or answer of a call that only reads is Unavailable.
func Faulty(e endpoint.Endpoint, s Script) endpoint.Endpoint {
	return crashtest.Like(e, &faulty{Endpoint: e, script: s, calls: map[Method]int{}})
}

type faulty struct {
	endpoint.Endpoint
	script Script

	mu    sync.Mutex
	calls map[Method]int
}

// next counts a call and asks the script about it.
func (f *faulty) next(m Method, ops []endpoint.Op) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[m]++
	f.calls[AnyMethod]++
	return f.script(Call{Method: m, N: f.calls[m], All: f.calls[AnyMethod], Ops: ops})
}

// errSimulated is the cause of every error that a script makes.
var errSimulated = errors.New("simulated by the test")

func simulated(k endpoint.Kind) *endpoint.Error {
	e := &endpoint.Error{Op: "reach system", Code: "Simulated", Scope: endpoint.ScopeCalendar, Kind: k, Err: errSimulated}
	if k == endpoint.Throttled {
		e.RetryAfter = time.Second
	}
	return e
}

// before is the error that keeps a call from being made, if any; writes may
// be made and lost as well. A CancelCall goes on with an ended context.
func before(fault Fault, writes bool) *endpoint.Error {
	switch fault {
	case FailUnavailable:
		return simulated(endpoint.Unavailable)
	case FailThrottled:
		return simulated(endpoint.Throttled)
	case ExpireCursor:
		return simulated(endpoint.CursorExpired)
	case LoseRequest:
		if writes {
			return simulated(endpoint.OutcomeUnknown)
		}
		return simulated(endpoint.Unavailable)
	case LoseAnswer:
		if !writes {
			return simulated(endpoint.Unavailable)
		}
	case NoFault, CancelCall:
	}
	return nil
}

// reading makes a call that only reads.
func reading[T any](ctx context.Context, f *faulty, m Method, do func(context.Context) (T, error)) (T, error) {
	fault := f.next(m, nil)
	if e := before(fault, false); e != nil {
		var none T
		return none, e
	}
	if fault == CancelCall {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		ctx = ended
	}
	return do(ctx)
}

func (f *faulty) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	return reading(ctx, f, Changes, func(ctx context.Context) (endpoint.Delta, error) { return f.Endpoint.Changes(ctx, since, w) })
}

func (f *faulty) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	return reading(ctx, f, Get, func(ctx context.Context) ([]endpoint.Got, error) { return f.Endpoint.Get(ctx, ids) })
}

func (f *faulty) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	return reading(ctx, f, Settle, func(ctx context.Context) (endpoint.Outcome, error) { return f.Endpoint.Settle(ctx, op, sentAt) })
}

func (f *faulty) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	fault := f.next(Apply, ops)
	failed := before(fault, true)
	if failed == nil {
		if fault == CancelCall {
			ended, cancel := context.WithCancel(ctx)
			cancel()
			ctx = ended
		}
		out := f.Endpoint.Apply(ctx, ops)
		if fault != LoseAnswer {
			return out
		}
		failed = simulated(endpoint.OutcomeUnknown)
	}
	out := make([]endpoint.Result, len(ops))
	for i := range out {
		out[i].Err = failed
	}
	return out
}

func (f *faulty) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	return reading(ctx, f, FindStamped, func(ctx context.Context) ([]event.Item, error) {
		return f.Endpoint.(endpoint.Finder).FindStamped(ctx, key)
	})
}

func (f *faulty) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	return reading(ctx, f, FindUID, func(ctx context.Context) ([]event.Item, error) {
		return f.Endpoint.(endpoint.Finder).FindUID(ctx, uid)
	})
}

func (f *faulty) Watch(ctx context.Context) (<-chan struct{}, error) {
	return reading(ctx, f, Watch, func(ctx context.Context) (<-chan struct{}, error) {
		return f.Endpoint.(endpoint.Watcher).Watch(ctx)
	})
}

func (f *faulty) Identity(ctx context.Context) (string, error) {
	return reading(ctx, f, Identity, func(ctx context.Context) (string, error) {
		return f.Endpoint.(endpoint.Identifier).Identity(ctx)
	})
}

func (f *faulty) HoldSeries(series event.Event) (event.Hold, string) {
	return endpoint.HoldSeries(f.Endpoint, series)
}
