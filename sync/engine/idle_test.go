package engine_test

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/state"
)

// counted is a store that counts how often it is read, and written to by pulls.
type counted struct {
	state.Store
	loads, pulls int
}

func (c *counted) SavePull(ctx context.Context, s event.Side, p state.Pull) error {
	c.pulls++
	return c.Store.SavePull(ctx, s, p)
}

func (c *counted) Load(ctx context.Context) (state.Snapshot, error) {
	c.loads++
	return c.Store.Load(ctx)
}

// idling is a rig at rest whose next scheduled sync does nothing.
func idling(t *testing.T) (*rig, *counted) {
	t.Helper()
	r := six(t)
	r.sweep = 24 * time.Hour
	var store *counted
	r.wrapStore = func(s state.Store) state.Store {
		store = &counted{Store: s}
		return store
	}
	r.start()
	for range 2 {
		if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule}); err != nil {
			t.Fatal(err)
		}
	}
	return r, store
}

func (r *rig) scheduled() {
	r.t.Helper()
	if _, err := r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseSchedule}); err != nil {
		r.t.Fatal(err)
	}
}

func TestSync_IdleSchedule_ReadsNothingOfTheStore(t *testing.T) {
	r, store := idling(t)
	before := store.loads
	r.scheduled()
	if n := store.loads - before; n != 0 {
		t.Errorf("an idle sync read the store %d times", n)
	}
}

// A cursor that tells of nothing is stored now and then; after a start an older
// one is asked from, and nothing of what came meanwhile is missed or made twice.
func TestSync_IdleSchedule_StoresNoCursorInEachCycle(t *testing.T) {
	r, store := idling(t)
	before := store.pulls
	for range 3 {
		r.scheduled()
	}
	if n := store.pulls - before; n != 0 {
		t.Errorf("three idle syncs stored %d cursors", n)
	}
	r.cal[event.Exchange].Put(anna, meeting("came between", 10, 9))
	r.wrapStore = func(s state.Store) state.Store {
		store.Store = s
		return store
	}
	r.start()
	r.scheduled()
	if !r.has(event.Business, "came between") {
		t.Error("the entry has not arrived after a start")
	}
	r.scheduled()
	r.clock = r.clock.Add(5 * time.Minute)
	before = store.pulls
	r.scheduled()
	if n := store.pulls - before; n != 2 {
		t.Errorf("%d cursors were stored after five minutes, want both", n)
	}
	if a, b := len(r.cal[event.Business].List(anna)), len(r.cal[event.Exchange].List(anna)); a != b {
		t.Errorf("%d entries on one side and %d on the other", a, b)
	}
}

func TestSync_ChangePulledByAPreview_IsWrittenByTheNextSchedule(t *testing.T) {
	r, _ := idling(t)
	r.cal[event.Exchange].Put(anna, meeting("seen by a preview", 10, 9))
	if _, err := r.eng.Preview(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	r.scheduled()
	if !r.has(event.Business, "seen by a preview") {
		t.Error("the entry has not arrived")
	}
}

func TestSync_ChangePulledBeforeAFailure_IsWrittenByTheNextSchedule(t *testing.T) {
	r, _ := idling(t)
	r.cal[event.Business].Put(anna, meeting("pulled first", 10, 9))
	r.cal[event.Exchange].FailNext(anna, memory.FailUnavailable)
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule}); !endpoint.Is(err, endpoint.Unavailable) {
		t.Fatalf("err = %v, want Unavailable", err)
	}
	r.scheduled()
	if !r.has(event.Exchange, "pulled first") {
		t.Error("the entry has not arrived")
	}
}

func TestSync_ListsASideWholeThatWasNotSince(t *testing.T) {
	r, _ := idling(t)
	calls := func() int { return r.cal[event.Exchange].Counts().Changes }
	before := calls()
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule, Swept: r.clock}); err != nil {
		t.Fatal(err)
	}
	if n := calls() - before; n != 2 {
		t.Errorf("%d calls, want a complete listing and the old cursor's deletions", n)
	}
	r.start()
	before = calls()
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule, Swept: r.clock.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if n := calls() - before; n != 1 {
		t.Errorf("%d calls by a new engine, want the cursor's changes: it was swept since", n)
	}
	r.cal[event.Exchange].ExpireCursors()
	before = calls()
	r.scheduled()
	if n := calls() - before; n != 2 {
		t.Errorf("%d calls with a cursor that expired, want it tried once, and a complete listing", n)
	}
}

// An entry that changed under the hands of a first sync is looked at again by
// the next run; whoever approved all of the first sync is not asked again.
func TestSync_FirstSyncApprovedWhole_StaysSoOverAStaleEntry(t *testing.T) {
	r := newRig(t)
	r.cal[event.Exchange].Put(anna, meeting("stale", 4, 9))
	var stuck *stale
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return e
		}
		stuck = &stale{e, true}
		return stuck
	}
	if res := r.sync(); !res.Complete || !res.Approved {
		t.Errorf("complete %v, approved %v; want both", res.Complete, res.Approved)
	}
	stuck.on = false
	r.scheduled()
	if !r.has(event.Business, "stale") {
		t.Error("the entry waits for a second approval")
	}
}

// stale is an endpoint whose entries are never in the version one has seen.
type stale struct {
	endpoint.Endpoint
	on bool
}

func (s *stale) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if !s.on {
		return s.Endpoint.Apply(ctx, ops)
	}
	out := make([]endpoint.Result, len(ops))
	for i := range out {
		out[i].Err = &endpoint.Error{Op: "create entry", Side: event.Business, Kind: endpoint.Precondition}
	}
	return out
}

// A plan holds the whole calendar that it was made from, so an engine that rests
// keeps none. What it told of goes on being told.
func TestSync_IdleSchedule_TellsWhatWaitsWithoutKeepingThePlan(t *testing.T) {
	r := conflict(t)
	if err := r.cal[event.Exchange].Garble(anna, r.one(event.Exchange, "e0")); err != nil {
		t.Fatal(err)
	}
	for n, name := range []string{"the run that plans", "the next", "the one after it"} {
		res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule})
		if err != nil {
			t.Fatal(err)
		}
		if res.Waiting != 1 || len(res.Problems) != 1 || !res.Complete {
			t.Errorf("%s: %d questions, problems %+v, complete %v; want one of each", name, res.Waiting, res.Problems, res.Complete)
		}
		if n > 0 && len(res.Plan.Actions) > 0 {
			t.Errorf("%s: %d actions were kept", name, len(res.Plan.Actions))
		}
	}
}
