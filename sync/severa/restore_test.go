package severa_test

import (
	"slices"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/severasim"
)

// Who left an activity is put back into it; another one beside it would be a
// meeting that nobody called.
func TestRestore_PutsAPersonBackIntoTheActivity(t *testing.T) {
	o := newOffice(t, setup{})
	ep := o.endpoint(o.boss)
	back, ok := ep.(endpoint.Restorer)
	if !ok {
		t.Fatal("the endpoint brings nothing back")
	}
	id := o.put(o.anna, "Meeting", 1, o.boss, o.cy)
	it := o.item(ep, id)
	op := endpoint.Op{Kind: endpoint.Create, Target: it.Ref, Want: it.Event, Fields: event.AllFields}
	outcome := func(want endpoint.OutcomeKind) {
		t.Helper()
		if out, err := back.Restored(t.Context(), op, time.Time{}); err != nil || out.Kind != want {
			t.Errorf("outcome %v, %v, want %v", out.Kind, err, want)
		}
	}
	if r := o.apply(ep, endpoint.Op{Kind: endpoint.Leave, Target: it.Ref}); r.Err != nil {
		t.Fatal(r.Err)
	}
	outcome(endpoint.NotApplied)
	all := len(o.sim.Activities())
	r := back.Restore(t.Context(), []endpoint.Op{op})[0]
	if r.Err != nil || r.Item == nil || r.Item.ID != it.ID || !r.Exact {
		t.Fatalf("restore: %+v", r)
	}
	a, _ := o.sim.Activity(id)
	in := slices.ContainsFunc(a.Participants, func(p severasim.Participant) bool { return p.Who == o.boss })
	if !in || len(o.sim.Activities()) != all || a.OwnerGUID != o.anna {
		t.Errorf("back in: %v; %d activities, want %d", in, len(o.sim.Activities()), all)
	}
	outcome(endpoint.Applied)
	if r := back.Restore(t.Context(), []endpoint.Op{op})[0]; r.Err == nil || r.Err.Kind != endpoint.Precondition {
		t.Errorf("a second time: %v", r.Err)
	}
}

func TestRestore_MakesADeletedActivityAnew(t *testing.T) {
	o := newOffice(t, setup{})
	ep := o.endpoint(o.anna)
	back := ep.(endpoint.Restorer)
	id := o.put(o.anna, "Alone", 1)
	it := o.item(ep, id)
	if r := o.apply(ep, endpoint.Op{Kind: endpoint.Delete, Target: it.Ref}); r.Err != nil {
		t.Fatal(r.Err)
	}
	op := endpoint.Op{Kind: endpoint.Create, Target: it.Ref, Want: it.Event, Fields: event.AllFields}
	r := back.Restore(t.Context(), []endpoint.Op{op})[0]
	if r.Err != nil || r.Item.ID == it.ID || event.Diff(r.Item.Event, it.Event) != 0 {
		t.Errorf("restore: %+v", r)
	}
	if n := len(o.sim.Activities()); n != 1 {
		t.Errorf("%d activities, want 1", n)
	}
}
