package engine_test

import (
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
)

// expandedRig is a rig of which one side holds every series of the other as
// single entries.
func expandedRig(t tester, to event.Side) *rig {
	r := newRig(t)
	o := [2]memory.Options{memory.LikeBusiness(r.now), memory.LikeExchange(r.now)}[to]
	o.Holds = func(event.Event) (event.Hold, string) { return event.HoldExpanded, event.HoldInterval }
	r.cal[to] = memory.NewCalendar(o)
	return r
}

// A series that turns private takes the text of all its dates along: of the
// copies, of what was agreed on them, and of what the history tells of them,
// of dates that have no link any more too.
func TestSync_BusyOnly_HidesTheDatesOfASeriesThatTurnsPrivate(t *testing.T) {
	for _, from := range event.Sides() {
		to := from.Other()
		r := expandedRig(t, to)
		r.policy.Private[from] = plan.PrivateBusyOnly
		open := event.Item{Event: weekly("", 9)}
		secret(&open)
		open.Private = false
		id := r.cal[from].PutItem(anna, open)
		r.settle()
		if n := len(r.cal[to].List(anna)); n != weeks {
			t.Fatalf("%s shows %d entries, want %d", to, n, weeks)
		}
		change := func(n int, alter func(*event.Event)) {
			if err := r.cal[from].EditOccurrence(anna, id, week(open.Event, n), alter); err != nil {
				t.Fatal(err)
			}
			r.settle()
		}
		change(1, func(e *event.Event) { e.Location = "Ward 4, bed 2" })
		change(2, nil)
		copies := r.cal[to].List(anna)
		if err := r.cal[to].Edit(anna, copies[3].ID, func(it *event.Item) { it.Notes = "other papers" }); err != nil {
			t.Fatal(err)
		}
		r.settle()
		if err := r.cal[to].Remove(anna, copies[4].ID); err != nil {
			t.Fatal(err)
		}
		r.settle()
		if err := r.cal[from].Edit(anna, id, func(it *event.Item) { it.Private = true }); err != nil {
			t.Fatal(err)
		}
		r.settle()
		for _, it := range r.cal[to].List(anna) {
			if it.Subject != plan.BusySubject || it.Location+it.Notes != "" {
				t.Errorf("%s still shows %q, %q, %q", to, it.Subject, it.Location, it.Notes)
			}
		}
		r.untold(from.String() + "'s series turned private")
		r.calm("private series")
	}
}

// A series that is held whole keeps no text of single dates either.
func TestSync_BusyOnly_HidesASeriesThatTurnsPrivate(t *testing.T) {
	r := newRig(t)
	r.policy.Private[event.Exchange] = plan.PrivateBusyOnly
	open := event.Item{Event: weekly("Tuesdays", 9)}
	id := r.cal[event.Exchange].PutItem(anna, open)
	r.settle()
	rename := func(e *event.Event) { e.Subject, e.Notes = "Oncology", "bring papers" }
	if err := r.cal[event.Exchange].EditOccurrence(anna, id, week(open.Event, 2), rename); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if err := r.cal[event.Exchange].Edit(anna, id, func(it *event.Item) { it.Private = true }); err != nil {
		t.Fatal(err)
	}
	r.settle()
	copied := r.cal[event.Business].List(anna)[0]
	if copied.Subject != plan.BusySubject || len(copied.Recurrence.Overrides) > 0 {
		t.Errorf("business shows %q with %+v", copied.Subject, copied.Recurrence.Overrides)
	}
	r.untold("after the series turned private")
	r.calm("private series")

	// What is typed into a date of the copy stays there, whatever moves.
	at := func(s event.Side, n int) event.Event {
		it := r.cal[s].List(anna)[0]
		o, _ := event.OccurrenceAt(it.Event, week(it.Event, n))
		return o
	}
	edit := func(s event.Side, n int, alter func(*event.Event)) {
		it := r.cal[s].List(anna)[0]
		if err := r.cal[s].EditOccurrence(anna, it.ID, week(it.Event, n), alter); err != nil {
			t.Fatal(err)
		}
		r.settle()
		if x, b := at(event.Exchange, 2), at(event.Exchange, 3); x.Subject != "Oncology" || b.Subject != "Tuesdays" {
			t.Errorf("exchange shows %q and %q", x.Subject, b.Subject)
		}
		if got := at(event.Business, 3).Subject; got != "typed in Severa" {
			t.Errorf("business shows %q, want what was typed there", got)
		}
		r.calm("text typed into a date")
	}
	edit(event.Business, 3, func(e *event.Event) { e.Subject = "typed in Severa" })
	edit(event.Exchange, 3, func(e *event.Event) { e.When.Start.Hour, e.When.End.Hour = 15, 16 })
	edit(event.Business, 3, func(e *event.Event) { e.When.Start.Hour, e.When.End.Hour = 16, 17 })
	for _, s := range event.Sides() {
		if got := at(s, 3).When.Start.Hour; got != 16 {
			t.Errorf("%s has the date at %d h, want 16", s, got)
		}
	}
}

// What a person does to one date of a copy that tells nothing reaches the
// series, and what the series says on its other dates, and on this one, stays.
func TestSync_BusyOnly_KeepsTheTextOfDatesThatItDoesNotKnow(t *testing.T) {
	r := newRig(t)
	r.policy.Private[event.Exchange] = plan.PrivateBusyOnly
	it := event.Item{Event: weekly("Tuesdays", 9)}
	secret(&it)
	id := r.cal[event.Exchange].PutItem(anna, it)
	for _, n := range []int{2, 3} {
		if err := r.cal[event.Exchange].EditOccurrence(anna, id, week(it.Event, n), func(e *event.Event) { e.Notes = "other papers" }); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	copied := r.cal[event.Business].List(anna)[0]
	later := func(e *event.Event) { e.When.Start.Hour, e.When.End.Hour = 15, 16 }
	for n, alter := range map[int]func(*event.Event){4: nil, 3: later} {
		if err := r.cal[event.Business].EditOccurrence(anna, copied.ID, week(copied.Event, n), alter); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	got := r.cal[event.Exchange].List(anna)[0]
	for n, notes := range []string{"bring papers", "bring papers", "other papers", "other papers", "", "bring papers"} {
		at, ok := event.OccurrenceAt(got.Event, week(got.Event, n))
		if at.Notes != notes || ok != (n != 4) {
			t.Errorf("week %d: notes %q, there %t; want %q", n, at.Notes, ok, notes)
		}
		if n == 3 && at.When.Start.Hour != 15 {
			t.Errorf("week 3 was not moved: %s", at.When.Start)
		}
	}
	r.untold("after a date was deleted and one moved")
	r.calm("private series")
}
