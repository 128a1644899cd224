package engine_test

import (
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// busyBoth hides the private entries of either side.
func busyBoth(r *rig) {
	r.policy.Private = [2]plan.Privacy{plan.PrivateBusyOnly, plan.PrivateBusyOnly}
}

// An entry that our own write makes private is one that has turned private: the
// image of it from just before the write, and what the history told of it until
// then, lose their text with it.
func TestSync_BusyOnly_HidesWhatOurOwnWriteMakesPrivate(t *testing.T) {
	for _, from := range event.Sides() {
		for _, origin := range event.Sides() {
			r := newRig(t)
			busyBoth(r)
			open := event.Item{Event: meeting("", 3, 9)}
			secret(&open)
			open.Private = false
			r.cal[origin].PutItem(anna, open)
			r.settle()
			r.edit(origin, "Oncology", func(it *event.Item) { it.Notes = "bring more papers" })
			r.settle()
			r.edit(from, "Oncology", func(it *event.Item) { it.Private = true })
			r.settle()
			for _, s := range event.Sides() {
				if !r.cal[s].List(anna)[0].Private {
					t.Fatalf("made on %s, made private on %s: it is not private on %s", origin, from, s)
				}
			}
			if r.untold("made on " + origin.String() + ", made private on " + from.String()); t.Failed() {
				return
			}
		}
	}
}

// What a write reads of its target just before is kept without the text, and so
// is what was deleted with it.
func TestSync_BusyOnly_ImagesOfWritesHoldNoText(t *testing.T) {
	for _, source := range event.Sides() {
		r := newRig(t)
		busyBoth(r)
		it := event.Item{Event: meeting("", 3, 9)}
		secret(&it)
		r.cal[source].PutItem(anna, it)
		r.settle()
		r.edit(source.Other(), plan.BusySubject, func(it *event.Item) { it.When = meeting("", 4, 11).When })
		r.settle()
		r.untold("moved on " + source.Other().String())
		r.remove(source.Other(), plan.BusySubject)
		r.settle()
		r.untold("deleted on " + source.Other().String())
		if n := len(r.cal[source].List(anna)); n != 0 {
			t.Errorf("%s: %d entries are left, want none, so that a deletion is judged", source, n)
		}
	}
}

// A person may name as what an unanswered create has made an entry that is
// private by now.
func TestResolve_OfAnUnsureCreate_StoresNoPrivateText(t *testing.T) {
	r, d := unsureCreate(t)
	busyBoth(r)
	for _, it := range r.cal[event.Business].List(anna) {
		if it.ID == d.Candidates[0].ID {
			r.cal[event.Business].Edit(anna, it.ID, secret)
		}
	}
	r.resolve(d, plan.PairWith, d.Candidates[0].ID)
	r.untold("after the answer")
	r.settle()
	r.untold("after a sync")
}
