package engine_test

import (
	"errors"
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

// fused puts a fuse between the engine and its world.
func (r *rig) fused(f *crashtest.Fuse) {
	r.wrapStore = func(s state.Store) state.Store { return crashtest.Store(f, s) }
	r.wrapEndpoint = func(_ event.Side, e endpoint.Endpoint) endpoint.Endpoint { return crashtest.Endpoint(f, e) }
	for _, c := range r.cal {
		c.BetweenRequests(f.Step)
	}
	r.eng = nil
}

// plain takes everything out of the way again; the next sync is a restart.
func (r *rig) plain() {
	r.wrapStore, r.wrapEndpoint, r.eng = nil, nil, nil
	for _, c := range r.cal {
		c.BetweenRequests(nil)
	}
}

// attempt syncs and lets the run die.
func (r *rig) attempt() {
	r.t.Helper()
	if r.eng == nil {
		r.start()
	}
	_, err := r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if err == nil {
		return
	}
	if !errors.Is(err, crashtest.ErrKilled) {
		r.t.Fatalf("sync: %v", err)
	}
	r.plain()
}

// settle syncs until nothing is written any more.
func (r *rig) settle() {
	r.t.Helper()
	r.plain()
	for range 6 {
		res := r.sync()
		if len(res.Written[0])+len(res.Written[1])+res.Paired == 0 {
			return
		}
	}
	r.t.Error("six syncs in a row found something to write")
}

// one finds the entry on a side whose subject begins with a word.
func (r *rig) one(s event.Side, word string) event.ID {
	r.t.Helper()
	var ids []event.ID
	for _, it := range r.cal[s].List(anna) {
		if strings.HasPrefix(it.Subject, word) {
			ids = append(ids, it.ID)
		}
	}
	if len(ids) != 1 {
		r.t.Fatalf("%s has %d entries that begin with %q, want 1: %q", s, len(ids), word, r.subjects(s))
	}
	return ids[0]
}

// has tells whether a side has an entry whose subject begins with a word.
func (r *rig) has(s event.Side, word string) bool {
	return slices.ContainsFunc(r.subjects(s), func(sub string) bool { return strings.HasPrefix(sub, word) })
}

func (r *rig) edit(s event.Side, word string, alter func(*event.Item)) {
	r.t.Helper()
	if err := r.cal[s].Edit(anna, r.one(s, word), alter); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(s event.Side, word string) {
	r.t.Helper()
	if err := r.cal[s].Remove(anna, r.one(s, word)); err != nil {
		r.t.Fatal(err)
	}
}

// rendered is a side as a person would read it aloud, sorted. It is made
// without Normalize: the texts of the histories survive both systems as they
// are, and times are compared as instants.
func (r *rig) rendered(s event.Side) []string {
	var out []string
	for _, it := range r.cal[s].List(anna) {
		start, end := it.When.Instants(r.clock.Location())
		out = append(out, fmt.Sprintf("%s|%s|%s|%s|%s|%v|%v", it.Subject, start.Format("02T15:04"), end.Format("15:04"), it.Location, it.Notes, it.Private, it.When.AllDay))
	}
	slices.Sort(out)
	return out
}

// history is what two busy people do to a calendar over three syncs.
func history(r *rig) {
	biz, exch := r.cal[event.Business], r.cal[event.Exchange]
	r.policy.Deleted = plan.KeepChanged
	biz.Put(anna, meeting("alpha", 3, 9))
	biz.Put(anna, meeting("bravo", 4, 9))
	biz.Put(anna, meeting("twin", 5, 9))
	biz.Put(anna, meeting("twin", 5, 9))
	exch.Put(anna, meeting("charlie", 6, 9))
	exch.Put(anna, meeting("delta", 7, 9))
	exch.Put(anna, meeting("echo", 9, 9))
	biz.Put(anna, meeting("echo", 9, 9))
	r.attempt()
	r.settleIfDead()

	r.edit(event.Business, "alpha", func(it *event.Item) { it.Location = "room 2" })
	r.edit(event.Exchange, "alpha", func(it *event.Item) { it.Notes = "bring plans" })
	r.edit(event.Exchange, "charlie", func(it *event.Item) { it.When = meeting("", 16, 13).When })
	r.edit(event.Exchange, "delta", func(it *event.Item) { it.Subject = "delta theirs" })
	r.edit(event.Business, "delta", func(it *event.Item) { it.Subject = "delta ours" })
	r.remove(event.Business, "bravo")
	r.attempt()
	r.settleIfDead()

	r.remove(event.Exchange, "charlie")
	r.remove(event.Business, "echo")
	r.edit(event.Exchange, "echo", func(it *event.Item) { it.Subject = "echo stays" })
	biz.Put(anna, meeting("foxtrot", 10, 9))
	r.attempt()
	r.settleIfDead()
	r.settle()
}

// settleIfDead lets a restarted program come to rest before the people go on,
// so that what they edit is there on both sides.
func (r *rig) settleIfDead() {
	r.t.Helper()
	if r.eng == nil {
		if r.previews {
			r.looked()
		}
		r.settle()
	}
}

func TestSync_DeathAtEveryStep_ComesToTheSameEnd(t *testing.T) {
	kinds := map[string]func(r *rig){
		"in pages of two": func(r *rig) {
			for _, s := range event.Sides() {
				o := []memory.Options{memory.LikeBusiness(r.now), memory.LikeExchange(r.now)}[s]
				o.PageSize = 2
				r.cal[s] = memory.NewCalendar(o)
			}
		},
		"as exchange and severa": func(*rig) {},
		"answers with the reference alone": func(r *rig) {
			for _, s := range event.Sides() {
				o := []memory.Options{memory.LikeBusiness(r.now), memory.LikeExchange(r.now)}[s]
				o.Bare = true
				r.cal[s] = memory.NewCalendar(o)
			}
		},
	}
	for name, set := range kinds {
		t.Run(name, func(t *testing.T) {
			whole := newRig(t)
			set(whole)
			history(whole)
			want := [2][]string{whole.rendered(0), whole.rendered(1)}
			if diff := cmp.Diff(want[0], want[1]); diff != "" {
				t.Fatalf("without any death the sides differ (-business +exchange):\n%s", diff)
			}
			deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
				r := newRig(t)
				set(r)
				r.fused(f)
				history(r)
				got := [2][]string{r.rendered(0), r.rendered(1)}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("end state differs (-uninterrupted +after death):\n%s", diff)
				}
				for _, s := range event.Sides() {
					if n := r.cal[s].Counts().Mails; n != 0 {
						t.Errorf("%d people were mailed by %s", n, s)
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

// An entry that is made again is another one than the deleted one whose mark
// the link still knows: looking for the old key would find it in the trash.
func TestSync_MadeAgain_TwoDeaths(t *testing.T) {
	for first := 1; first < 60; first += 3 {
		for second := 1; second < 70; second++ {
			r := newRig(t)
			r.policy.Deleted = plan.KeepChanged
			r.cal[event.Business].Put(anna, meeting("alpha", 1, 5))
			r.cal[event.Business].Put(anna, meeting("bravo", 1, 7))
			r.settle()
			r.edit(event.Business, "alpha", func(it *event.Item) { it.Location = "room 1" })
			r.edit(event.Business, "bravo", func(it *event.Item) { it.Location = "room 2" })
			r.fused(crashtest.At(first))
			r.attempt()
			r.remove(event.Exchange, "bravo")
			r.cal[event.Exchange].Put(anna, meeting("charlie", 2, 5))
			r.fused(crashtest.At(second))
			r.attempt()
			r.settle()
			if r.has(event.Business, "bravo") != r.has(event.Exchange, "bravo") {
				t.Fatalf("after deaths at %d and %d: business %q, exchange %q", first, second, r.subjects(event.Business), r.subjects(event.Exchange))
			}
		}
	}
}
