package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// past is what a run has done, as an undo wants it.
func (r *rig) past(run state.RunID) (out engine.Undone) {
	r.t.Helper()
	o := r.memory()
	runs, err := o.Runs(r.t.Context(), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range runs {
		if p.ID == run {
			out.Redo = p.Cause == state.CauseUndo
		}
	}
	changes, err := o.Changes(r.t.Context(), run)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range changes {
		if c.Outcome == state.Applied {
			out.Past = append(out.Past, c.Past())
		}
	}
	return out
}

func (r *rig) memory() *memory.Office {
	o, ok := r.office.(*memory.Office)
	if !ok {
		r.t.Fatal("this rig has another store")
	}
	return o
}

// last is the newest run.
func (r *rig) last() state.RunID {
	r.t.Helper()
	runs, err := r.memory().Runs(r.t.Context(), 1)
	if err != nil || len(runs) == 0 {
		r.t.Fatalf("no runs: %v", err)
	}
	return runs[0].ID
}

// undo undoes a run and returns what was left.
func (r *rig) undo(run state.RunID) engine.Result {
	r.t.Helper()
	if r.eng == nil {
		r.start()
	}
	res, err := r.eng.Undo(r.t.Context(), r.past(run), nil)
	if err != nil {
		r.t.Fatalf("undo: %v", err)
	}
	return res
}

// whole is both sides as people read them, and with what only the system knows.
func (r *rig) whole() [2][]string {
	return [2][]string{r.rendered(event.Business), r.rendered(event.Exchange)}
}

// rests fails the test if any of five cycles writes.
func (r *rig) rests() {
	r.t.Helper()
	for n := range 5 {
		if n == 3 {
			r.start() // as after a restart
		}
		res := r.sync()
		if len(res.Written[0])+len(res.Written[1])+res.Paired > 0 {
			r.t.Errorf("cycle %d after an undo wrote %v, paired %d", n+1, res.Written, res.Paired)
		}
	}
}

// busyRun is a run of many writes of every kind on both sides, over entries
// that rest in step.
func busyRun(r *rig, n int) {
	r.policy.Limits = plan.Limits{DeleteFloor: 1000, DeleteRun: 1000, DeleteDay: 1000, CreateFloor: 1000}
	at := func(i int) (day, hour int) { return 3 + i%60, 8 + i/60%9 }
	for i := range n {
		for s, c := range r.cal {
			day, hour := at(i)
			c.Put(anna, meeting(fmt.Sprintf("old %d of %d.", i, s), day, hour))
		}
	}
	r.settle()
	for i := range n {
		for _, s := range event.Sides() {
			name := fmt.Sprintf("old %d of %d.", i, s)
			switch i % 3 {
			case 0:
				r.edit(s, name, func(it *event.Item) { it.Location, it.Notes = "elsewhere", "much to say" })
			case 1:
				r.remove(s, name)
			case 2:
				r.cal[s].Put(anna, meeting(fmt.Sprintf("new %d of %d.", i, s), 3+i%60, 18))
			}
		}
	}
}

func TestUndo_OfARunOf300Writes_GivesBothSidesBack(t *testing.T) {
	r := newRig(t)
	busyRun(r, 153)
	want := r.whole()
	res := r.sync()
	if n := total(res.Report); n < 300 {
		t.Fatalf("the run made %d writes, want 300", n)
	}
	run := r.last()
	left := r.undo(run)
	if len(left.Plan.Actions) > 0 {
		t.Errorf("not undone: %v", left.Plan.Actions[0].Reason)
	}
	if diff := cmp.Diff(want, r.whole()); diff != "" {
		t.Errorf("after the undo (-before the run +now):\n%s", diff)
	}
	r.rests()
	again := r.whole()
	undone := r.lastOf(state.CauseUndo)
	if left := r.undo(undone); len(left.Plan.Actions) > 0 {
		t.Errorf("undo of the undo left %v", left.Plan.Actions[0].Reason)
	}
	r.rests()
	if diff := cmp.Diff(again, r.whole()); diff == "" {
		t.Error("the undo of an undo did nothing")
	}
	if r.whole()[0] == nil || cmp.Diff(r.whole()[0], r.whole()[1]) != "" {
		t.Errorf("after the undo of the undo the sides differ:\n%s", cmp.Diff(r.whole()[0], r.whole()[1]))
	}
}

// total counts what a run wrote but for marks.
func total(rep state.Report) (n int) {
	for _, kinds := range rep.Written {
		for kind, count := range kinds {
			if kind != plan.Stamp.String() {
				n += count
			}
		}
	}
	return n
}

// lastOf is the newest run of a cause.
func (r *rig) lastOf(cause state.Cause) state.RunID {
	r.t.Helper()
	runs, err := r.memory().Runs(r.t.Context(), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range runs {
		if p.Cause == cause {
			return p.ID
		}
	}
	r.t.Fatalf("no run of cause %s", cause)
	return 0
}

func TestUndo_LeavesExactlyWhatWasChangedSince(t *testing.T) {
	r := newRig(t)
	busyRun(r, 153)
	want := r.whole()
	if n := total(r.sync().Report); n < 300 {
		t.Fatalf("the run made %d writes, want 300", n)
	}
	run := r.last()
	made := func(i int) string { return fmt.Sprintf("new %d of %d.", 3*i+2, i%2) }
	for i := range 10 {
		r.edit(event.Side(i%2).Other(), made(i), func(it *event.Item) { it.Notes = "edited by hand" })
	}
	res := r.undo(run)
	var why []plan.Code
	for _, a := range res.Plan.Actions {
		why = append(why, a.Reason.Code)
		if have := a.Have[a.Side]; have == nil || have.Notes != "edited by hand" {
			t.Errorf("%s is said of %+v", a.Reason.Code, have)
		}
	}
	if want := slices.Repeat([]plan.Code{plan.UndoChanged}, 10); !slices.Equal(why, want) {
		t.Errorf("left %v, want ten entries that were changed since", why)
	}
	for i := range 10 {
		s := event.Side(i % 2).Other()
		if !r.has(s, made(i)) {
			t.Errorf("an edited entry was deleted: %d", i)
			continue
		}
		r.remove(s, made(i)) // what is left is to be as it was before the run
	}
	if diff := cmp.Diff(want, r.whole()); diff != "" {
		t.Errorf("but for the ten (-before the run +now):\n%s", diff)
	}
}

// What an undo has brought back is in step again as soon as somebody works on it.
func TestUndo_OnHoldUntilTheSourceChanges(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
	r.settle()
	r.edit(event.Business, "alpha", func(it *event.Item) { it.Location = "room 1" })
	r.sync()
	r.undo(r.last())
	r.rests()
	if got := r.cal[event.Exchange].List(anna)[0].Location; got != "" {
		t.Fatalf("location is %q after the undo", got)
	}
	r.edit(event.Business, "alpha", func(it *event.Item) { it.Location = "room 2" })
	r.settle()
	if got := r.cal[event.Exchange].List(anna)[0].Location; got != "room 2" {
		t.Errorf("location is %q, want what the source says now", got)
	}
	r.edit(event.Business, "alpha", func(it *event.Item) { it.Notes = "more" })
	r.settle()
	r.remove(event.Business, "alpha")
	r.settle()
	if r.has(event.Exchange, "alpha") {
		t.Error("a released link does not follow a deletion")
	}
}

// A deleted entry comes back as it was, with what Lockstep knows nothing of:
// it is the same one, taken out of the trash.
func TestUndo_OfADeletion_TakesTheEntryOutOfTheTrash(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
	r.settle()
	r.remove(event.Business, "alpha")
	r.sync()
	if n := len(r.cal[event.Exchange].Trash(anna)); n != 1 {
		t.Fatalf("%d entries in the trash, want 1", n)
	}
	made := r.written(event.Exchange, endpoint.Create)
	r.undo(r.last())
	if n := len(r.cal[event.Exchange].Trash(anna)); n != 0 || !r.has(event.Exchange, "alpha") {
		t.Errorf("%d entries in the trash, want 0 and the entry back", n)
	}
	if r.cal[event.Exchange].List(anna)[0].Created.After(r.clock) || r.written(event.Exchange, endpoint.Create) != made+1 {
		t.Error("the entry was made anew")
	}
	r.rests()
	r.edit(event.Exchange, "alpha", func(it *event.Item) { it.Notes = "wanted after all" })
	r.settle()
	if !r.has(event.Business, "alpha") {
		t.Error("an entry that was brought back and edited is not in step")
	}
}

// An undo that dies at any step leaves nothing that a second undo does not finish.
func TestUndo_DeathAtEveryStep_ComesToTheSameEnd(t *testing.T) {
	play := func(r *rig) (want [2][]string, run state.RunID) {
		busyRun(r, 6)
		want = r.whole()
		r.sync()
		return want, r.last()
	}
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		r := newRig(t)
		want, run := play(r)
		r.fused(f)
		r.start()
		u := r.past(run)
		_, failed := r.eng.Undo(t.Context(), u, nil)
		r.plain()
		r.start()
		r.sync()
		res, err := r.eng.Undo(t.Context(), u, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range res.Plan.Actions {
			if a.Reason.Code != plan.UndoThere {
				t.Errorf("the second undo leaves %s of %q", a.Reason.Code, a.Have[a.Side].Subject)
			}
		}
		if diff := cmp.Diff(want, r.whole()); diff != "" {
			t.Errorf("first undo: %v; after the second (-before the run +now):\n%s", failed, diff)
		}
		r.rests()
		if diff := cmp.Diff(want, r.whole()); diff != "" {
			t.Errorf("after five cycles (-before the run +now):\n%s", diff)
		}
	})
	t.Logf("%d deaths survived", deaths)
	if deaths < 30 {
		t.Errorf("only %d steps: the history does not exercise the undo", deaths)
	}
}

func TestUndo_OfAFirstSync_UnpairsAndTripsNoStop(t *testing.T) {
	r := newRig(t)
	for i := range 12 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("alpha %d.", i), 3+i, 9))
	}
	for _, c := range r.cal {
		c.Put(anna, meeting("both", 20, 9))
	}
	want := r.whole()
	r.sync()
	r.undo(r.last())
	if diff := cmp.Diff(want, r.whole()); diff != "" {
		t.Errorf("after the undo (-before the run +now):\n%s", diff)
	}
	r.rests()
	if res := r.sync(); res.Halt != nil {
		t.Errorf("what the undo took away halts the person: %v", res.Halt)
	}
	r.edit(event.Business, "both", func(it *event.Item) { it.Notes = strings.Repeat("n", 3) })
	r.settle()
	if diff := cmp.Diff(r.one(event.Exchange, "both"), event.ID("")); diff == "" {
		t.Error("the pair is lost")
	}
}

// The mirror says at once that an end is gone which the undo has taken away:
// whoever decides about the entry before the next pull decides on that.
func TestUndo_OfACreation_IsKnownBeforeTheNextPull(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
	r.sync()
	made := r.one(event.Exchange, "alpha")
	r.undo(r.last())
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rows := snap.Mirror[event.Exchange]; len(rows) != 1 || rows[0].Item.ID != made || rows[0].Presence != plan.Gone {
		t.Errorf("mirror = %+v, want the entry as gone", rows)
	}
	if len(snap.Links) != 1 || snap.Links[0].State != plan.Held || snap.Links[0].Refs[event.Exchange].ID != made {
		t.Errorf("links = %+v, want one on hold", snap.Links)
	}
}

// What was changed in one occurrence of a series comes back by itself, and the
// series and its other occurrences stay as they are.
func TestUndo_OfOneOccurrenceOfAnExpandedSeries(t *testing.T) {
	for _, s := range event.Sides() {
		r := newRig(t)
		seriesKinds()["expanded"](r)
		e := weekly("golf", 10)
		e.Recurrence.Count = 4
		r.cal[s].Put(anna, e)
		r.settle()
		before := r.shown(s)
		var third event.ID
		for _, it := range r.cal[s.Other()].List(anna) {
			if it.When.Start.Date == e.When.Start.AddDays(14) {
				third = it.ID
			}
		}
		r.cal[s.Other()].Edit(anna, third, func(it *event.Item) { it.Location = "by hand" })
		if res := r.sync(); res.Written[s]["update"] != 1 {
			t.Fatalf("%s: wrote %v, want one occurrence changed", s, res.Written)
		}
		if res := r.undo(r.last()); res.Written[s]["update"] != 1 || len(res.Plan.Actions) > 0 {
			t.Errorf("%s: the undo wrote %v and left %d", s, res.Written, len(res.Plan.Actions))
		}
		if diff := cmp.Diff(before, r.shown(s)); diff != "" {
			t.Errorf("%s: after the undo (-before +after):\n%s", s, diff)
		}
		r.rests()
	}
}
