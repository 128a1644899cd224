package engine_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// dates are what a side shows of everything, date by date, with subjects.
func (r *rig) dates(s event.Side) []string {
	var out []string
	w := event.AllTime()
	for _, it := range r.cal[s].List(anna) {
		if it.Recurrence == nil {
			out = append(out, it.When.Rezone("UTC").Start.String()+" "+it.Subject)
			continue
		}
		for _, o := range event.Occurrences(it.Event, w) {
			out = append(out, o.Event.When.Rezone("UTC").Start.String()+" "+o.Event.Subject)
		}
	}
	slices.Sort(out)
	return out
}

// What a run did to a series, or to one of its dates, is given back, and stays
// so until somebody works on it.
func TestUndo_OfSeriesAndSingleDates(t *testing.T) {
	const biz, exch = event.Business, event.Exchange
	occurrence := func(s event.Side, n int, alter func(*event.Event)) func(*rig) {
		return func(r *rig) {
			r.t.Helper()
			for _, it := range r.cal[s].List(anna) {
				if it.Recurrence != nil {
					if err := r.cal[s].EditOccurrence(anna, it.ID, week(it.Event, n), alter); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	nth := func(r *rig, s event.Side, n int) event.ID { return r.cal[s].List(anna)[n].ID }
	rename := func(e *event.Event) { e.Subject = "once" }
	edit := func(s event.Side, n int, alter func(*event.Item)) func(*rig) {
		return func(r *rig) {
			if err := r.cal[s].Edit(anna, nth(r, s, n), alter); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(s event.Side, n int) func(*rig) {
		return func(r *rig) {
			if err := r.cal[s].Remove(anna, nth(r, s, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	expanded := func(t *testing.T) *rig { return expandedRig(t, event.Exchange) }
	whole := func(t *testing.T) *rig { return newRig(t) }
	for _, c := range []struct {
		name string
		rig  func(*testing.T) *rig
		from event.Side // the series begins there
		do   func(*rig)
		on   event.Side // where the run writes
	}{
		{"expanded: one date renamed", expanded, biz, occurrence(biz, 2, rename), exch},
		{"expanded: one date deleted", expanded, biz, occurrence(biz, 2, nil), exch},
		{"expanded: one entry renamed", expanded, biz, edit(exch, 2, func(it *event.Item) { it.Subject = "once" }), biz},
		{"expanded: one entry moved", expanded, biz, edit(exch, 2, func(it *event.Item) { it.When = meeting("", 18, 15).When }), biz},
		{"expanded: one entry deleted", expanded, biz, remove(exch, 2), biz},
		{"expanded: the series deleted", expanded, biz, remove(biz, 0), exch},
		{"expanded: the rule changed", expanded, biz, edit(biz, 0, func(it *event.Item) { it.Recurrence.Count = 4 }), exch},
		{"whole: the rule changed", whole, biz, edit(biz, 0, func(it *event.Item) { it.Recurrence.Interval = 2 }), exch},
		{"whole: the hour changed", whole, exch, edit(exch, 0, func(it *event.Item) { it.When = meeting("", 3, 15).When }), biz},
		{"whole: one date renamed", whole, biz, occurrence(biz, 2, rename), exch},
		{"whole: one date deleted", whole, exch, occurrence(exch, 2, nil), biz},
		{"whole: one date deleted, on Exchange", whole, biz, occurrence(biz, 2, nil), exch},
		{"whole: the series deleted", whole, exch, remove(exch, 0), biz},
		{"whole: the series deleted in business", whole, biz, remove(biz, 0), exch},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.rig(t)
			e := weekly("Tuesdays", 9)
			id := r.cal[c.from].Put(anna, e)
			if err := r.cal[c.from].EditOccurrence(anna, id, week(e, 4), func(e *event.Event) { e.Subject = "special" }); err != nil {
				t.Fatal(err)
			}
			r.settle()
			want := r.dates(c.on)
			c.do(r)
			source := r.dates(c.on.Other())
			res := r.sync()
			if total(res.Report) == 0 || cmp.Equal(want, r.dates(c.on)) {
				t.Fatalf("the run wrote %v", res.Written)
			}
			if left := r.undo(r.last()); len(left.Plan.Actions) > 0 {
				t.Errorf("not undone: %v", left.Plan.Actions[0].Reason)
			}
			after := func(when string) {
				t.Helper()
				if diff := cmp.Diff(want, r.dates(c.on)); diff != "" {
					t.Errorf("%s (-before the run +now):\n%s", when, diff)
				}
				if diff := cmp.Diff(source, r.dates(c.on.Other())); diff != "" {
					t.Errorf("%s, where the change was made (-then +now):\n%s", when, diff)
				}
			}
			after("after the undo")
			r.rests()
			after("after five cycles")
		})
	}
}
