package office_test

import (
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// held fails unless everybody's one link is in that state.
func (r *rig) held(want plan.LinkState) {
	r.t.Helper()
	for _, id := range everybody() {
		snap, err := r.state.Person(id).Load(r.t.Context())
		if err != nil || len(snap.Links) != 1 || snap.Links[0].State != want {
			r.t.Errorf("%s: links %+v, %v; want one that is %s", id, snap.Links, err, want)
		}
	}
}

// Where the organiser's copy cannot be put back, nobody's is.
func TestUndo_TakesNobodyAlongWhereTheOrganisersStays(t *testing.T) {
	r := staffMeeting(t)
	want := r.moved()
	r.sync()
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if id == anna && s == event.Exchange {
			return stubborn{e}
		}
		return e
	}
	r.start()
	got, err := r.off.Undo(t.Context(), office.UndoOrder{Run: r.runsOf(anna)[0]})
	if err != nil || len(got.Others) != 0 {
		t.Fatalf("%v, %d colleagues", err, len(got.Others))
	}
	for _, id := range everybody() {
		r.shows(id, want)
	}
}

// An undo of the organiser's run puts colleagues' copies back with his, and
// they stay there until the source changes; an undo of that brings them along.
func TestUndo_TakesColleaguesCopiesAlong(t *testing.T) {
	for _, approve := range []bool{false, true} {
		r := staffMeeting(t)
		was := r.copyOf(event.Exchange, bert).Event
		want := r.moved()
		r.sync()
		undo := func() {
			order := office.UndoOrder{Run: r.runsOf(anna)[0]}
			if approve {
				p, err := r.off.PreviewUndo(t.Context(), order)
				if err != nil || len(p.Others) != 2 {
					t.Fatalf("the preview shows %d colleagues, %v; want two", len(p.Others), err)
				}
				for _, who := range p.Others {
					if n := len(who.Plan.Actions); n != 1 {
						t.Errorf("%d actions for %s, want one", n, who.Person.Name)
					}
				}
				order.Digest = p.Digest
			}
			got, err := r.off.Undo(t.Context(), order)
			if err != nil || got.Err != nil || len(got.Others) != 2 {
				t.Fatalf("undo: %v, %v, %d colleagues", err, got.Err, len(got.Others))
			}
		}
		for i, told := range []event.Event{was, want, was} {
			undo()
			r.held([...]plan.LinkState{plan.Held, plan.Live, plan.Held}[i])
			r.still()
			for _, id := range everybody() {
				r.shows(id, told)
			}
		}
		again := r.entry("staff for good", 6, 7)
		r.retype(event.Business, anna, func(it *event.Item) { it.Subject, it.When = again.Subject, again.When })
		r.sync()
		again.Location, again.Notes = want.Location, want.Notes
		for _, id := range everybody() {
			if got := r.copyOf(event.Exchange, id); got.Subject != again.Subject || got.When != again.When {
				t.Errorf("after a further change %s has %q at %v", id, got.Subject, got.When)
			}
		}
		r.still()
	}
}

// Whose copy somebody has changed since keeps what he has; and who undoes his
// own run alone takes nobody along.
func TestUndo_TakesNoCopyAlongThatIsNotAsItFollowed(t *testing.T) {
	r := staffMeeting(t)
	was := r.copyOf(event.Exchange, bert).Event
	want := r.moved()
	r.sync()
	own := want
	own.Subject = "cleo's"
	r.retype(event.Exchange, cleo, func(it *event.Item) { it.Subject = own.Subject })
	if _, err := r.off.Undo(t.Context(), office.UndoOrder{Run: r.runsOf(bert)[0]}); err != nil {
		t.Fatal(err)
	}
	r.shows(anna, want)
	r.shows(bert, was)
	r.shows(cleo, own)
	if _, err := r.off.Undo(t.Context(), office.UndoOrder{Run: r.runsOf(anna)[0]}); err != nil {
		t.Fatal(err)
	}
	r.shows(anna, was)
	r.shows(bert, was)
	was.Subject = own.Subject
	r.shows(cleo, was)
	r.still()
}
