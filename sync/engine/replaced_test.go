package engine_test

import (
	"context"
	"errors"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/state"
)

// sixInPages is a rig at rest whose Exchange lists two entries a page.
func sixInPages(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	o := memory.LikeExchange(r.now)
	o.PageSize = 2
	r.cal[event.Exchange] = memory.NewCalendar(o)
	for n := range 6 {
		r.cal[event.Exchange].Put(anna, meeting(string(rune('a'+n)), 3+n, 9))
	}
	r.settle()
	return r
}

func (r *rig) full() error {
	if r.eng == nil {
		r.start()
	}
	_, err := r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseManual, Full: true, Approval: engine.Approval{Standing: true}})
	return err
}

// A listing of the whole calendar tells of no deletion. It must not pass over
// one that the changes since the last pull would have told.
func TestSync_DeletedBeforeAFullListing_IsADeletion(t *testing.T) {
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		r := sixInPages(t)
		r.remove(event.Exchange, "a")
		r.fused(f)
		if err := r.full(); err != nil {
			if !errors.Is(err, crashtest.ErrKilled) {
				t.Fatal(err)
			}
			r.plain()
			if err := r.full(); err != nil {
				t.Fatal(err)
			}
		}
		r.settle()
		if res := r.sync(); len(res.Plan.Actions) > 0 {
			t.Errorf("still to do: %v", res.Plan.Actions)
		}
		if r.has(event.Business, "a") || !r.has(event.Business, "f") {
			t.Errorf("business has %q, want all but the deleted one", r.subjects(event.Business))
		}
	})
	if deaths < 8 {
		t.Errorf("only %d steps: the listing has not been in pages", deaths)
	}
}

// late does something just before the first page of a listing is read.
type late struct {
	endpoint.Endpoint
	endpoint.Finder
	do func()
}

func (l *late) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	if since == "" {
		l.do()
	}
	return l.Endpoint.Changes(ctx, since, w)
}

// Whatever was asked before the listing has not told of it.
func TestSync_DeletedAsAFullListingBegins_IsADeletion(t *testing.T) {
	r := sixInPages(t)
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return &late{e, e.(endpoint.Finder), func() { r.remove(event.Exchange, "a") }}
		}
		return e
	}
	r.start()
	if err := r.full(); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if r.has(event.Business, "a") {
		t.Errorf("business has %q", r.subjects(event.Business))
	}
}
