package engine_test

import (
	"errors"
	"strings"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
)

// secretDate makes one date of a series private, and nothing else of it.
func (r *rig) secretDate(s event.Side, n int) {
	r.t.Helper()
	it := r.cal[s].List(anna)[0]
	err := r.cal[s].EditOccurrence(anna, it.ID, week(it.Event, n), func(e *event.Event) {
		private := event.Item{Event: *e}
		secret(&private)
		*e = private.Event
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// showsNothing demands that no copy tells any word of the series.
func (r *rig) showsNothing(s event.Side, when string) {
	r.t.Helper()
	for _, it := range r.cal[s].List(anna) {
		texts := it.Subject + it.Location + it.Notes
		if it.Recurrence != nil {
			for _, o := range it.Recurrence.Overrides {
				texts += o.Event.Subject + o.Event.Location + o.Event.Notes
			}
		}
		if rest := strings.ReplaceAll(texts, plan.BusySubject, ""); rest != "" {
			r.t.Errorf("%s: %s shows %q", when, s, rest)
		}
	}
}

// secretStays demands that the side where the private date is still says it all.
func (r *rig) secretStays(s event.Side, n int, when string) {
	r.t.Helper()
	it := r.cal[s].List(anna)[0]
	at, _ := event.OccurrenceAt(it.Event, week(it.Event, n))
	if got := at.Subject + "|" + at.Location + "|" + at.Notes; got != "Oncology|Ward 4|bring papers" || !at.Private {
		r.t.Errorf("%s: the private date says %q, private %t", when, got, at.Private)
	}
	plain, _ := event.OccurrenceAt(it.Event, week(it.Event, 0))
	if plain.Subject != "Tuesdays" || plain.Private {
		r.t.Errorf("%s: another date says %q, private %t", when, plain.Subject, plain.Private)
	}
}

// A series of which one date alone is private is concealed as a whole, whether
// it was so from the first or turns so, is held whole or date by date; what
// happens to its copy takes no text from it.
func TestSync_BusyOnly_OnePrivateDateHidesItsSeries(t *testing.T) {
	for _, from := range event.Sides() {
		for _, expanded := range []bool{false, true} {
			for _, turns := range []bool{false, true} {
				to := from.Other()
				r := newRig(t)
				if expanded {
					r = expandedRig(t, to)
				}
				r.policy.Private[from] = plan.PrivateBusyOnly
				r.cal[from].Put(anna, weekly("Tuesdays", 9))
				if turns {
					r.settle()
				}
				r.secretDate(from, 2)
				r.settle()
				r.untold("private date")
				r.showsNothing(to, "private date")
				r.calm("private date")

				copied := r.cal[to].List(anna)[0]
				move := func(e *event.Event) { e.When.Start.Hour, e.When.End.Hour = 15, 16 }
				var err error
				if expanded {
					copies := r.cal[to].List(anna) // the private date, and one that is not
					err = errors.Join(
						r.cal[to].Edit(anna, copies[2].ID, func(it *event.Item) { move(&it.Event) }),
						r.cal[to].Edit(anna, copies[4].ID, func(it *event.Item) { move(&it.Event) }),
					)
				} else {
					err = r.cal[to].EditOccurrence(anna, copied.ID, week(copied.Event, 2), move)
				}
				if err != nil {
					t.Fatal(err)
				}
				r.settle()
				it := r.cal[from].List(anna)[0]
				if at, _ := event.OccurrenceAt(it.Event, week(it.Event, 2)); at.When.Start.Hour != 15 {
					t.Errorf("from %s, expanded %t, turns %t: the private date is at %d h, want 15", from, expanded, turns, at.When.Start.Hour)
				}
				r.secretStays(from, 2, "moved")
				r.untold("moved")
				if strings.Contains(r.everything(), "Tuesdays") {
					t.Errorf("the store holds what the series says on its other dates")
				}
				r.showsNothing(to, "moved")
				r.calm("moved")
				if t.Failed() {
					t.Fatalf("from %s, expanded %t, turns %t", from, expanded, turns)
				}
			}
		}
	}
}

// What a date said before it turned private, in the copy and in the store, goes
// with it; once nothing is private any more, all is told again.
func TestSync_BusyOnly_APrivateDateTakesItsPastAlong(t *testing.T) {
	for _, from := range event.Sides() {
		r := newRig(t)
		r.policy.Private[from] = plan.PrivateBusyOnly
		r.cal[from].Put(anna, weekly("Tuesdays", 9))
		r.settle()
		r.secretDate(from, 2)
		it := r.cal[from].List(anna)[0]
		public := func(private bool) {
			if err := r.cal[from].EditOccurrence(anna, it.ID, week(it.Event, 2), func(e *event.Event) { e.Private = private }); err != nil {
				t.Fatal(err)
			}
			r.settle()
		}
		public(false)
		at := func(s event.Side) event.Event {
			it := r.cal[s].List(anna)[0]
			o, _ := event.OccurrenceAt(it.Event, week(it.Event, 2))
			return o
		}
		if got := at(from.Other()).Subject; got != "Oncology" {
			t.Fatalf("%s shows %q, so that nothing is judged", from.Other(), got)
		}
		public(true)
		r.untold("turned private")
		r.showsNothing(from.Other(), "turned private")
		r.secretStays(from, 2, "turned private")
		public(false)
		if got := at(from.Other()).Subject; got != "Oncology" {
			t.Errorf("%s shows %q once it is private no more", from.Other(), got)
		}
		if got := r.cal[from.Other()].List(anna)[0].Subject; got != "Tuesdays" {
			t.Errorf("%s calls the series %q once it is private no more", from.Other(), got)
		}
		r.calm("public again")
	}
}

// Where private entries are not for the other side at all, such a series is not.
func TestSync_PrivateNotAtAll_LeavesASeriesOutThatHasAPrivateDate(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business] = memory.NewCalendar(memory.LikeBusiness(r.now))
	r.policy.Private[event.Exchange] = plan.PrivateNot
	r.cal[event.Exchange].Put(anna, weekly("Tuesdays", 9))
	r.secretDate(event.Exchange, 2)
	r.settle()
	if got := r.subjects(event.Business); len(got) != 0 {
		t.Errorf("business holds %q", got)
	}
	r.untold("kept out")
}
