package engine_test

import (
	"testing"
	"time"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// A series that becomes one that the other side cannot hold keeps its copy as it
// was. It is told for as long as that is so, everything else about it flows, and
// it goes on when the rule can be held again.
func TestSync_SeriesThatOutgrowsTheOtherSide_StaysAndIsTold(t *testing.T) {
	for _, verdict := range []event.Hold{event.HoldNot, event.HoldExpanded} {
		r := newRig(t)
		o := memory.LikeBusiness(r.now)
		o.Holds = func(e event.Event) (event.Hold, string) {
			if e.Recurrence.Interval > 1 {
				return verdict, event.HoldYearlyInterval
			}
			return event.HoldWhole, ""
		}
		r.cal[event.Business] = memory.NewCalendar(o)
		yearly := meeting("Fair", 3, 9)
		yearly.Recurrence = &event.Recurrence{Frequency: event.Yearly, Interval: 1, DayOfMonth: 3, Month: time.March, Count: 6}
		id := r.cal[event.Exchange].Put(anna, yearly)
		r.settle()
		edit := func(alter func(*event.Item)) {
			if err := r.cal[event.Exchange].Edit(anna, id, alter); err != nil {
				t.Fatal(err)
			}
		}
		copied := func() event.Item {
			list := r.cal[event.Business].List(anna)
			if len(list) != 1 {
				t.Fatalf("business has %d entries, want the series alone", len(list))
			}
			return list[0]
		}
		edit(func(it *event.Item) { it.Recurrence.Interval, it.Subject = 2, "Big fair" })
		r.settle()
		for n := range 20 {
			if n == 10 {
				r.start()
			}
			res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Written[0])+len(res.Written[1]) > 0 {
				t.Fatalf("cycle %d wrote %v", n, res.Written)
			}
			want := plan.Reason{Code: plan.SeriesStays, From: event.Business, Detail: event.HoldYearlyInterval}
			if len(res.Problems) != 1 || res.Problems[0].Reason != want || res.Problems[0].ID != id {
				t.Fatalf("cycle %d: problems = %+v, want one of %s", n, res.Problems, id)
			}
		}
		if got := copied(); got.Subject != "Big fair" || got.Recurrence.Interval != 1 {
			t.Errorf("the copy is %q, every %d years; want its new name and its old rule", got.Subject, got.Recurrence.Interval)
		}
		edit(func(it *event.Item) { it.Recurrence.Interval, it.Recurrence.Count = 1, 4 })
		r.settle()
		if got := copied(); got.Recurrence.Interval != 1 || got.Recurrence.Count != 4 {
			t.Errorf("the copy repeats %+v, want it to follow again", got.Recurrence.Rule())
		}
		if res := r.calm("series that can be held again"); len(res.Problems) > 0 {
			t.Errorf("problems = %+v", res.Problems)
		}
	}
}
