package engine_test

import (
	"errors"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// A mailbox that was moved under another account: it is looked at, found to be
// the same by its marks, and nothing is made or deleted on either side.
func TestAccept_AMovedMailbox_IsTheSameWithoutAWrite(t *testing.T) {
	for _, s := range event.Sides() {
		r, reviews := six(t), 0
		r.countLeases()
		r.start()
		r.sync()
		if _, err := r.eng.Accept(t.Context(), func() error { reviews++; return nil }); !errors.Is(err, engine.ErrSameAccount) {
			t.Fatalf("%s: with nothing changed: %v, want %v", s, err, engine.ErrSameAccount)
		}
		r.cal[s].SetAccount("the new sign-in")
		if s == event.Exchange {
			r.cal[s].Rehome(anna)
		}
		r.start()
		before := r.requests()
		look, err := r.eng.Look(t.Context(), false)
		if err != nil || look.Plan.Halt == nil || look.Plan.Halt.Reason != (plan.Reason{Code: plan.IdentityChanged, From: s}) || look.Linked == 0 {
			t.Fatalf("%s: look = %+v, %v; want the stop and how many are linked", s, look, err)
		}
		if _, err := r.eng.Resume(t.Context(), nil, 99); !errors.Is(err, engine.ErrOtherAccount) {
			t.Errorf("%s: resume: %v, want %v", s, err, engine.ErrOtherAccount)
		}
		if _, _, err := r.eng.Keep(t.Context(), true); !errors.Is(err, engine.ErrOtherAccount) {
			t.Errorf("%s: keep: %v, want %v", s, err, engine.ErrOtherAccount)
		}
		after, err := r.eng.Accept(t.Context(), func() error { reviews++; return nil })
		if err != nil || after.Plan.Halt != nil || after.Linked != look.Linked {
			t.Fatalf("%s: accept: halt %+v, %d linked, %v; want none and %d", s, after.Plan.Halt, after.Linked, err, look.Linked)
		}
		if c := after.Plan.Counts(); c[plan.Create] != [2]int{} || c[plan.Delete] != [2]int{} || c[plan.Update] != [2]int{} {
			t.Errorf("%s: planned %v, want nothing", s, c)
		}
		if n := r.requests() - before; n != 0 || reviews != 1 {
			t.Errorf("%s: %d requests that write, %d calls for a review, want none and one", s, n, reviews)
		}
		r.start() // it is accepted for good
		r.edit(s, "b1", func(it *event.Item) { it.Location = "there" })
		r.settle()
		if it := r.cal[s.Other()].List(anna); !hasLocation(it, "there") {
			t.Errorf("%s: an edit is not carried over after the change was accepted", s)
		}
	}
}

// Somebody else's mailbox behind the address is read as what it is, and the
// guards stop what would follow from that.
func TestAccept_SomebodyElsesMailbox_IsStoppedByTheGuards(t *testing.T) {
	r, reviews := six(t), 0
	r.sync()
	const bert event.PersonID = "bert@office.test"
	r.cal[event.Exchange].Put(bert, meeting("not ours", 10, 9))
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return r.cal[s].Endpoint(bert)
		}
		return e
	}
	r.start()
	before := r.requests()
	look, err := r.eng.Accept(t.Context(), func() error { reviews++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if h := look.Plan.Halt; h == nil || h.Reason.Code != plan.SideEmpty {
		t.Errorf("halt = %+v, want %s", h, plan.SideEmpty)
	}
	if res := r.sync(); res.Halt == nil || r.requests() != before || reviews != 1 {
		t.Errorf("the next sync: halt %v, %d requests that write", res.Halt, r.requests()-before)
	}
}

// requests counts the writes of both systems.
func (r *rig) requests() int { return r.cal[0].Counts().Apply + r.cal[1].Counts().Apply }

func hasLocation(items []event.Item, where string) bool {
	for _, it := range items {
		if it.Location == where {
			return true
		}
	}
	return false
}
