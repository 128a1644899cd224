package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// sharing are the ways in which one activity is in several calendars.
func sharing() map[string]func(*rig) {
	return map[string]func(*rig){
		// made in the business system, so that each has a copy that a run made
		"activity": func(r *rig) {
			ev := r.entry("shared", 3, 9)
			ev.Attendees = []event.Attendee{{Address: string(bert)}, {Address: string(cleo)}}
			r.cal[event.Business].PutItem(anna, event.Item{Event: ev, Organizer: string(anna), Standing: event.StandingOwner})
		},
		// made in Exchange, so that each has an invitation and a run made the activity
		"meeting": func(r *rig) {
			r.meeting("meeting-1", string(anna), r.entry("shared", 3, 9))
		},
	}
}

// runsOf are the newest runs of people that changed anything.
func (r *rig) runsOf(ids ...event.PersonID) (out []state.RunID) {
	r.t.Helper()
	runs, err := r.off.History.Runs(r.t.Context(), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, id := range ids {
		if i := slices.IndexFunc(runs, func(p state.PastRun) bool { return p.Person == id }); i >= 0 {
			out = append(out, runs[i].ID)
		}
	}
	return out
}

// once fails unless each has the entry at most once on either side.
func (r *rig) once(when string) {
	r.t.Helper()
	for _, s := range event.Sides() {
		for _, id := range everybody() {
			if got := r.subjects(s, id); len(got) > 1 {
				r.t.Errorf("%s: %s of %s has %q", when, s, id, got)
			}
		}
	}
	if ids := r.distinct(); len(ids) > 1 {
		r.t.Errorf("%s: %d activities", when, len(ids))
	}
}

func (r *rig) picture() string {
	var b strings.Builder
	for _, s := range event.Sides() {
		for _, id := range everybody() {
			fmt.Fprintf(&b, "%s %s %q; ", s, id, r.subjects(s, id))
		}
	}
	return b.String()
}

func orders() [][]event.PersonID {
	return [][]event.PersonID{
		{anna, bert, cleo}, {anna, cleo, bert}, {bert, anna, cleo}, {bert, cleo, anna}, {cleo, anna, bert}, {cleo, bert, anna},
	}
}

// gone is what else may have been undone: everybody's copies were taken away
// because somebody deleted his.
func removals() map[string]func(*rig) {
	first := func(s event.Side, id event.PersonID) func(*rig) {
		return func(r *rig) {
			if err := r.cal[s].Remove(id, r.cal[s].List(id)[0].ID); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	return map[string]func(*rig){
		"": nil, " removed in business": first(event.Business, anna), " removed in exchange": first(event.Exchange, anna),
	}
}

// Runs of several people on one activity can be undone, and the undos undone,
// in any order, by run and by entry: at no time does anybody have it twice.
func TestUndo_OfWhatIsShared_InAnyOrder_LeavesNothingTwice(t *testing.T) {
	for name, put := range sharing() {
		for how, remove := range removals() {
			for _, order := range orders() {
				for n := range 8 {
					w := undoing{between: n&1 > 0, item: n&2 > 0, reverse: n&4 > 0}
					t.Run(fmt.Sprint(name, how, order, w), func(t *testing.T) { undoneInOrder(t, put, remove, order, w) })
				}
			}
		}
	}
}

// undoing is how runs are undone: with syncs between them, by entry, and the
// undos last to first.
type undoing struct{ between, item, reverse bool }

func undoneInOrder(t *testing.T, put, remove func(*rig), order []event.PersonID, w undoing) {
	r := newRig(t, ticking())
	put(r)
	before := r.picture()
	rest := func() {
		for range 3 {
			r.order(office.Order{ApproveFirst: true, Full: true})
		}
	}
	rest()
	if remove != nil {
		before = r.picture()
		remove(r)
		rest()
	}
	after := r.picture()
	runs := r.runsOf(order...)
	done, shared := r.undoAll("undo", runs, w)
	if got := r.picture(); got != before && !shared && remove == nil {
		t.Errorf("after the undo:\n%s\nbefore the runs:\n%s", got, before)
	}
	if w.reverse {
		slices.Reverse(done)
	}
	_, some := r.undoAll("undo of the undo", done, w)
	shared = shared || some
	for _, id := range everybody() {
		snap, err := r.state.Person(id).Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range snap.Links {
			if l.State != plan.Live && remove == nil && !shared {
				t.Errorf("the link of %s is %s after the undo of its undo", id, l.State)
			}
		}
	}
	if got := r.picture(); got != after && !shared && remove == nil {
		t.Errorf("after the undo of the undo:\n%s\nafter the runs:\n%s", got, after)
	}
}

// undoAll undoes runs one after the other, and returns the runs that did it.
// shared: something stays, because a colleague has it as well or no longer.
func (r *rig) undoAll(what string, runs []state.RunID, w undoing) (by []state.RunID, shared bool) {
	r.t.Helper()
	for _, run := range runs {
		order := office.UndoOrder{Run: run}
		if w.item {
			changes, err := r.off.History.Changes(r.t.Context(), run)
			if err != nil || len(changes) == 0 {
				r.t.Fatal(what, err, changes)
			}
			order.Item = fmt.Sprint(changes[0].Past().Entry)
		}
		u, err := r.off.Undo(r.t.Context(), order)
		if err != nil || u.Err != nil {
			r.t.Fatal(what, err, u.Err)
		}
		for _, a := range u.Plan.Actions {
			shared = shared || a.Reason.Code == plan.UndoShared || a.Reason.Code == plan.UndoGone
			if a.Reason.Code != plan.UndoShared && a.Reason.Code != plan.UndoThere && a.Reason.Code != plan.UndoGone {
				r.t.Errorf("%s: %s %s", what, a.Kind, a.Reason.Code)
			}
		}
		past, err := r.off.History.Runs(r.t.Context(), 1)
		if err != nil {
			r.t.Fatal(err)
		}
		if past[0].Cause == state.CauseUndo && past[0].Person == u.Person.ID {
			by = append(by, past[0].ID)
		}
		r.once(what)
		if w.between {
			r.order(office.Order{ApproveFirst: true, Full: true})
			r.once(what + ", synced")
		}
	}
	for n := range 4 {
		if out := r.sync(); n > 0 && writes(out) > 0 {
			r.t.Errorf("%s: sync %d writes", what, n)
		}
	}
	r.once(what + ", settled")
	return by, shared
}
