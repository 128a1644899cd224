package statetest

import (
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// historyLinks: an undo needs the link as it was, also of one that has ended.
func historyLinks(b *bench) {
	l := b.link(anna, ends("b1", "e1"))
	was, gone := item("b1", 5), item("e1", 5)
	update := state.Intent{Action: plan.Action{Kind: plan.Update, Side: event.Business, Link: l.ID, Have: [2]*event.Item{&was, &gone}}}
	remove := state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Exchange, Link: l.ID, Have: [2]*event.Item{nil, &gone}}}
	open, _ := b.begin(anna, update, remove, create("e2", ""))
	later := l
	later.Base[event.Business].Subject = "Agreed later"
	made := ends("b2", "e2")
	b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Applied, Link: &later, Before: &was, At: at(2)})
	b.settle(anna,
		state.Settled{Entry: open[1].ID, Outcome: state.Applied, Unlink: l.ID, Before: &gone, At: at(3)},
		state.Settled{Entry: open[2].ID, Outcome: state.Applied, Link: &made, At: at(4)})
	b.reopen()
	got, err := b.now.Changes(b.Context(), open[0].Run)
	if err != nil || len(got) != 3 {
		b.Fatalf("history has %d changes, %v, want 3", len(got), err)
	}
	b.same("link before an update", got[0].Was, &l)
	b.same("link before a deletion", got[1].Was, &later)
	b.same("link before a creation", got[2].Was, (*plan.Link)(nil))
	made.ID = b.load(anna).Links[0].ID
	b.same("links left behind", []plan.LinkID{got[0].Link, got[1].Link, got[2].Link}, []plan.LinkID{l.ID, "", made.ID})
}

// goneBySettle: a link may go on without an end that we have deleted, and the
// mirror must say then that the deletion is proven.
func goneBySettle(b *bench) {
	l := b.link(anna, ends("b1", "e1"))
	b.ok(b.anna().SavePull(b.Context(), event.Exchange, state.Pull{Changes: []endpoint.Change{is(item("e1", 5))}, Next: "c"}))
	e := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Exchange, Link: l.ID}})
	l.State = plan.Held
	b.settle(anna, state.Settled{
		Entry: e.ID, Outcome: state.Applied, Link: &l, At: at(2),
		Rows: []state.Row{{Side: event.Exchange, ID: "e1", Gone: true}, {Side: event.Business, ID: "b1", Gone: true}, {Side: event.Business, ID: "b9", Gone: true}},
	})
	s := b.load(anna)
	b.same("links", s.Links, []plan.Link{l})
	for _, side := range event.Sides() {
		if rows := s.Mirror[side]; len(rows) != 1 || rows[0].Presence != plan.Gone || rows[0].Item.ID != l.Refs[side].ID {
			b.Errorf("%s mirror = %+v, want the linked end, gone", side, rows)
		}
	}
}

// deletionsLookedAt: what a person has looked at one by one says nothing about
// what goes on behind his back.
func deletionsLookedAt(b *bench) {
	was := item("e2", 5)
	in := state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Exchange, Have: [2]*event.Item{nil, &was}}}
	for n, cause := range []state.Cause{state.CauseUndo, state.CauseAllowed, state.CauseSchedule} {
		open, _, err := b.anna().Begin(b.Context(), state.Run{Person: anna, Started: at(1), Cause: cause}, []state.Intent{in})
		b.ok(err)
		b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Applied, At: at(2 + n)})
	}
	if got := b.load(anna).Deletions; len(got) != 1 || !got[0].Equal(at(4)) {
		b.Errorf("deletions = %v, want %v alone", got, at(4))
	}
}
