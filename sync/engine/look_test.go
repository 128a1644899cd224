package engine_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// looked previews and fails the test if either system was written to. It tells
// whether the preview came to its end.
func (r *rig) looked() bool {
	r.t.Helper()
	if r.eng == nil {
		r.start()
	}
	before, leases := [2]memory.Counts{r.cal[0].Counts(), r.cal[1].Counts()}, r.leased
	_, err := r.eng.Preview(r.t.Context(), false)
	for s, was := range before {
		now := r.cal[s].Counts()
		if diff := cmp.Diff(was.Written, now.Written); diff != "" || now.Apply != was.Apply || now.Mails != was.Mails {
			r.t.Errorf("a preview has written to %s, %d requests (-before +after):\n%s", event.Side(s), now.Apply-was.Apply, diff)
		}
	}
	if r.leased != leases {
		r.t.Errorf("a preview has written the lease")
	}
	return err == nil
}

// countLeases has the writes of leases counted.
func (r *rig) countLeases() {
	r.home = "h1"
	r.wrapLeaser = func(l endpoint.Leaser) endpoint.Leaser { return leaseCounter{l, r} }
}

type leaseCounter struct {
	endpoint.Leaser
	r *rig
}

func (c leaseCounter) TakeLease(ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error) {
	c.r.leased++
	return c.Leaser.TakeLease(ctx, want, lasts, force)
}

func (c leaseCounter) DropLease(ctx context.Context, token string) error {
	c.r.leased++
	return c.Leaser.DropLease(ctx, token)
}

// A preview after a death at any step writes nothing, and the sync that
// follows it comes to the end to which it would have come without.
func TestPreview_AfterADeathAtEveryStep_WritesNothing(t *testing.T) {
	whole := newRig(t)
	whole.countLeases()
	history(whole)
	want := [2][]string{whole.rendered(0), whole.rendered(1)}
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		r := newRig(t)
		r.countLeases()
		r.previews = true
		r.fused(f)
		history(r)
		if diff := cmp.Diff(want, [2][]string{r.rendered(0), r.rendered(1)}); diff != "" {
			t.Errorf("end state differs (-uninterrupted +after a death and a preview):\n%s", diff)
		}
	})
	if deaths < 50 {
		t.Errorf("only %d deaths", deaths)
	}
}

// severed makes an entry without its people, and the program dies of it.
type severed struct {
	endpoint.Endpoint
	dead bool
}

func (e *severed) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if ops[0].Kind != endpoint.Create {
		return e.Endpoint.Apply(ctx, ops)
	}
	for i := range ops {
		ops[i].Want.Attendees = nil
	}
	out := e.Endpoint.Apply(ctx, ops)
	e.dead = true
	for i := range out {
		out[i] = endpoint.Result{Err: &endpoint.Error{Op: "create entry", Side: event.Business, Kind: endpoint.OutcomeUnknown}}
	}
	return out
}

func (e *severed) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	if e.dead {
		return endpoint.Outcome{}, &endpoint.Error{Op: "look into a write", Side: event.Business, Scope: endpoint.ScopeCalendar, Kind: endpoint.Unavailable}
	}
	return e.Endpoint.Settle(ctx, op, sentAt)
}

// What completes an entry that was cut off is a write, so a preview leaves it,
// however often; and what the lost create has made does not pass for older
// than its request because a preview has seen it.
func TestPreview_OfAnEntryThatWasCutOff_LeavesItToTheNextSync(t *testing.T) {
	r := newRig(t)
	r.countLeases()
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &severed{Endpoint: e}
		}
		return e
	}
	ev := meeting("alpha", 3, 9)
	ev.Attendees = []event.Attendee{{Address: "bert@office.test"}, {Address: "cleo@office.test"}}
	r.cal[event.Exchange].Put(anna, ev)
	r.cal[event.Exchange].Put(anna, meeting("bravo", 4, 9))
	r.start()
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}}); err == nil {
		t.Fatal("the sync did not end early")
	}
	r.plain()
	for range 3 {
		if !r.looked() {
			t.Fatal("the preview failed")
		}
		r.start()
	}
	if items := r.cal[event.Business].List(anna); len(items) != 1 || len(items[0].Attendees) != 0 {
		t.Fatalf("business has %+v, want one entry without its people", items)
	}
	r.settle()
	items := r.cal[event.Business].List(anna)
	if len(items) != 2 || len(items[0].Attendees)+len(items[1].Attendees) != 2 {
		t.Errorf("business has %d entries, want both, one with its two people: %+v", len(items), items)
	}
}

// An undo is previewed under the same rule.
func TestPreviewUndo_WritesNothing(t *testing.T) {
	r := newRig(t)
	r.countLeases()
	busyRun(r, 9)
	r.sync()
	past := r.past(r.last())
	before, leases := [2]memory.Counts{r.cal[0].Counts(), r.cal[1].Counts()}, r.leased
	p, err := r.eng.PreviewUndo(t.Context(), past)
	if err != nil || len(p.Actions) == 0 || p.Actions[0].Kind == plan.Skip {
		t.Fatalf("preview of the undo: %v, %d actions", err, len(p.Actions))
	}
	for s := range before {
		if now := r.cal[s].Counts().Apply; now != before[s].Apply {
			t.Errorf("%s: %d requests", event.Side(s), now-before[s].Apply)
		}
	}
	if r.leased != leases {
		t.Error("the lease was written")
	}
}

// mirrored is a store whose last snapshot's Exchange mirror is watched.
type mirrored struct {
	state.Store
	last weak.Pointer[plan.Mirrored]
}

func (m *mirrored) Load(ctx context.Context) (state.Snapshot, error) {
	snap, err := m.Store.Load(ctx)
	for s := range snap.Mirror {
		snap.Mirror[s] = slices.Clone(snap.Mirror[s])
	}
	if rows := snap.Mirror[event.Exchange]; len(rows) > 0 {
		m.last = weak.Make(&rows[0])
	}
	return snap, err
}

// A preview is shown for as long as a day.
func TestLook_HoldsNoMoreThanItSpeaksOf(t *testing.T) {
	r := conflict(t)
	var store *mirrored
	r.wrapStore = func(s state.Store) state.Store {
		store = &mirrored{Store: s}
		return store
	}
	r.start()
	look, err := r.eng.Look(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if store.last.Value() != nil {
		t.Error("the whole calendar is held in memory")
	}
	i := slices.IndexFunc(look.Plan.Actions, func(a plan.Action) bool { return a.Kind == plan.Ask })
	if i < 0 || look.Plan.Actions[i].Have[event.Exchange] == nil || look.Plan.Actions[i].Have[event.Exchange].Location != "room 2" {
		t.Errorf("the question does not tell what stands in Exchange: %+v", look.Plan.Actions)
	}
}
