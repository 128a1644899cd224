package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/engine"
	"lockstep/sync/event"
)

func TestCheck_FindsWhatHasDriftedAndChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  func(r *rig)
		drift []engine.Drift
	}{
		{"nothing", func(*rig) {}, nil},
		{"gone from business", func(r *rig) { r.remove(event.Business, "b1") }, []engine.Drift{engine.DriftGone}},
		{"gone from exchange", func(r *rig) { r.remove(event.Exchange, "b1") }, []engine.Drift{engine.DriftGone}},
		{"mark taken off", func(r *rig) {
			r.edit(event.Exchange, "b1", func(it *event.Item) { it.Stamp = event.Stamp{} })
		}, []engine.Drift{engine.DriftUnmarked}},
		{"mark of another office", func(r *rig) {
			r.edit(event.Exchange, "b1", func(it *event.Item) { it.Stamp.Office = "office-2" })
		}, []engine.Drift{engine.DriftForeign}},
		{"mark of another entry", func(r *rig) {
			r.edit(event.Exchange, "b1", func(it *event.Item) { it.Stamp.Partner = "elsewhere" })
		}, []engine.Drift{engine.DriftElsewhere}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := six(t)
			r.settle()
			before := [2]int{len(r.subjects(event.Business)), len(r.subjects(event.Exchange))}
			c.harm(r)
			harmed := [2]int{len(r.subjects(event.Business)), len(r.subjects(event.Exchange))}
			got, err := r.start().Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var kinds []engine.Drift
			for _, f := range got {
				kinds = append(kinds, f.Drift)
			}
			if diff := cmp.Diff(c.drift, kinds); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if after := [2]int{len(r.subjects(event.Business)), len(r.subjects(event.Exchange))}; after != harmed || before[0] == 0 {
				t.Errorf("%v entries before, %v after the harm, %v after the check", before, harmed, after)
			}
		})
	}
}

func TestRemark_LetsTheNextRunMarkAgain(t *testing.T) {
	r := six(t)
	r.settle()
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Stamp = event.Stamp{} })
	found, err := r.start().Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.eng.Remark(t.Context(), found); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if left, err := r.eng.Check(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

func TestCheck_WantsNoMarkOnAnOccurrence(t *testing.T) {
	r := newRig(t)
	seriesKinds()["expanded"](r)
	e := weekly("golf", 10)
	e.Recurrence.Count = 3
	r.cal[event.Exchange].Put(anna, e)
	r.sync()
	got, err := r.start().Check(t.Context())
	if err != nil || len(got) > 0 {
		t.Errorf("found %v (%v) in a series kept date by date, want nothing", got, err)
	}
	r.occurrence(event.Exchange, "golf", 1, nil)
	if got, err = r.start().Check(t.Context()); err != nil || len(got) != 1 || got[0].Drift != engine.DriftGone {
		t.Errorf("found %v (%v) after one date was deleted, want that it is gone", got, err)
	}
}
