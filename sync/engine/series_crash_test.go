package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
)

// shown is everything that a side shows over the days kept in step, one
// occurrence a line, whether it is one of a series or an entry of its own.
func (r *rig) shown(s event.Side) []string {
	var out []string
	w := event.Window{From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
	for _, it := range r.cal[s].List(anna) {
		all := []event.Occurrence{{Event: it.Event}}
		if it.Recurrence != nil {
			all = event.Occurrences(it.Event, w)
		}
		for _, o := range all {
			start, end := o.Event.When.Instants(time.UTC)
			out = append(out, fmt.Sprintf("%s|%s|%s|%s", start.Format("01-02T15:04"), end.Format("15:04"), o.Event.Subject, o.Event.Location))
		}
	}
	slices.Sort(out)
	return out
}

func (r *rig) occurrence(s event.Side, word string, n int, alter func(*event.Event)) {
	r.t.Helper()
	id := r.one(s, word)
	for _, it := range r.cal[s].List(anna) {
		if it.ID != id {
			continue
		}
		if err := r.cal[s].EditOccurrence(anna, id, week(it.Event, n), alter); err != nil {
			r.t.Fatal(err)
		}
	}
}

func later(e *event.Event) {
	e.When.Start.Minute, e.When.End.Minute = 30, 30
}

func rename(to string) func(*event.Event) { return func(e *event.Event) { e.Subject = to } }

// seriesHistory is what two people do to series over four syncs.
func seriesHistory(r *rig) {
	b, x := event.Business, event.Exchange
	r.cal[b].Put(anna, weekly("golf", 9))
	r.cal[x].Put(anna, weekly("hotel", 12))
	r.occurrence(b, "golf", 1, nil)
	r.occurrence(b, "golf", 2, rename("golf indoors"))
	r.occurrence(x, "hotel", 1, later)
	r.attempt()
	r.settleIfDead()

	r.edit(b, "golf", func(it *event.Item) { it.Recurrence.Count = 5 })
	r.occurrence(b, "golf", 3, later)
	r.occurrence(x, "hotel", 3, nil)
	r.attempt()
	r.settleIfDead()

	r.edit(b, "golf", func(it *event.Item) { it.Subject = "golf club" })
	r.edit(x, "hotel", func(it *event.Item) { it.Location = "lobby" })
	r.attempt()
	r.settleIfDead()

	r.edit(b, "golf", func(it *event.Item) { it.When.Start.Hour, it.When.End.Hour = 18, 19 })
	r.remove(x, "hotel")
	r.attempt()
	r.settle()
}

// seriesKinds are pairs of systems that hold series in different ways.
func seriesKinds() map[string]func(r *rig) {
	expanded := func(event.Event) (event.Hold, string) { return event.HoldExpanded, event.HoldPattern }
	with := func(change func(s event.Side, o *memory.Options)) func(r *rig) {
		return func(r *rig) {
			for _, s := range event.Sides() {
				o := []memory.Options{memory.LikeBusiness(r.now), memory.LikeExchange(r.now)}[s]
				change(s, &o)
				r.cal[s] = memory.NewCalendar(o)
			}
		}
	}
	return map[string]func(r *rig){
		"both whole":         func(*rig) {},
		"nothing read after": with(func(_ event.Side, o *memory.Options) { o.Bare = true }),
		"both wipe":          with(func(_ event.Side, o *memory.Options) { o.Wipes = true }),
		"expanded":           with(func(_ event.Side, o *memory.Options) { o.Holds = expanded }),
		"expanded, bare":     with(func(_ event.Side, o *memory.Options) { o.Holds, o.Bare = expanded, true }),
		"business has no rule": with(func(s event.Side, o *memory.Options) {
			if s == event.Business {
				o.Holds = expanded
			}
		}),
	}
}

func TestSync_Series_DeathAtEveryStepComesToTheSameEnd(t *testing.T) {
	for name, set := range seriesKinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := newRig(t)
			set(whole)
			seriesHistory(whole)
			want := [2][]string{whole.shown(0), whole.shown(1)}
			if diff := cmp.Diff(want[0], want[1]); diff != "" {
				t.Fatalf("without any death the sides differ (-business +exchange):\n%s", diff)
			}
			// Where the business system wipes too, the person who cut the series short
			// took its exceptions away.
			if n := len(want[0]); n != 4 && (n != 5 || name != "both wipe") {
				t.Fatalf("in the end there are %d occurrences, want 4: %q", n, want[0])
			}
			deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
				r := newRig(t)
				set(r)
				r.fused(f)
				seriesHistory(r)
				for _, s := range event.Sides() {
					if diff := cmp.Diff(want[s], r.shown(s)); diff != "" {
						t.Errorf("%s: end state differs (-uninterrupted +after death):\n%s", s, diff)
					}
				}
			})
			t.Logf("%d deaths survived", deaths)
			if deaths < 50 {
				t.Errorf("only %d steps: the history does not exercise the engine", deaths)
			}
		})
	}
}

// A series that is kept date by date moves its single entries along: they are
// not deleted, which would take with them what only their side knows.
func TestSync_ExpandedSeriesMovedToAnotherHour_DeletesNothing(t *testing.T) {
	for _, s := range event.Sides() {
		r := newRig(t)
		seriesKinds()["expanded"](r)
		e := weekly("golf", 10)
		e.Recurrence.Count = 4
		r.cal[s].Put(anna, e)
		r.sync()
		r.idle()
		r.edit(s, "golf", func(it *event.Item) { it.When.Start.Hour, it.When.End.Hour = it.When.Start.Hour+1, it.When.End.Hour+1 })
		res := r.sync()
		if got := res.Written[s.Other()]; got["update"] != 4 || len(got) != 1 || len(res.Written[s]) != 0 {
			t.Errorf("from %s: wrote %v, want 4 updates on the other side alone", s, res.Written)
		}
		for range 5 {
			r.idle()
		}
	}
}

// One entry is deleted while the series that it came of moves: when a person
// says so, the occurrence at the new hour goes, and does not come back.
func TestSync_ExpandedSeriesMoved_WhileOneOfItIsDeletedThere(t *testing.T) {
	for _, s := range event.Sides() {
		r := newRig(t)
		seriesKinds()["expanded"](r)
		e := weekly("golf", 10)
		e.Recurrence.Count = 4
		r.cal[s].Put(anna, e)
		r.sync()
		r.idle()
		var third event.ID
		for _, it := range r.cal[s.Other()].List(anna) {
			if it.When.Start.Date == e.When.Start.AddDays(14) {
				third = it.ID
			}
		}
		if third == "" {
			t.Fatalf("from %s: no third entry", s)
		}
		r.cal[s.Other()].Remove(anna, third)
		r.edit(s, "golf", func(it *event.Item) { it.When.Start.Hour, it.When.End.Hour = it.When.Start.Hour+1, it.When.End.Hour+1 })
		if res := r.sync(); res.Written[s.Other()]["update"] != 3 || len(res.Written[s]) != 0 || res.Waiting != 1 {
			t.Errorf("from %s: wrote %v and asks %d times, want 3 updates on the other side and a question", s, res.Written, res.Waiting)
		}
		r.resolve(r.waiting(plan.DeletedAndEdited), [2]plan.Choice{plan.TakeBusiness, plan.TakeExchange}[s.Other()], "")
		if res := r.sync(); len(res.Written[s.Other()]) != 0 || len(res.Written[s]) != 1 || res.Written[s]["delete"] != 1 {
			t.Errorf("from %s: wrote %v, want the deletion of one occurrence", s, res.Written)
		}
		for range 5 {
			r.idle()
		}
		if n := len(r.subjects(s.Other())); n != 3 {
			t.Errorf("from %s: %d entries are left on the other side, want 3", s, n)
		}
	}
}
