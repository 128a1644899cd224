package office_test

import (
	"errors"
	"testing"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// Another sign-in is accepted for one person: nothing is written by that, what
// differs waits for approval, and the board tells at once that nobody is stopped.
func TestAccept_AnotherAccount_WritesNothingBeforeItIsApproved(t *testing.T) {
	r := five(t)
	guards()[plan.IdentityChanged](r, event.Exchange)
	r.sync()
	if h := r.off.Status().Health; h != office.StoppedForSafety {
		t.Fatalf("the office is %s", h)
	}
	if err := r.cal[event.Business].Edit(anna, r.cal[event.Business].List(anna)[0].ID, func(it *event.Item) { it.Location = "moved" }); err != nil {
		t.Fatal(err)
	}
	p, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false)
	if err != nil || p.People[0].Plan.Halt == nil || p.People[0].Linked != 20 {
		t.Fatalf("preview: %+v, %v; want the stop and its 20 entries", p.People[0], err)
	}
	before := r.written()
	out, err := r.off.Accept(t.Context(), anna)
	if err != nil || out.Unapproved != 1 || r.written() != before {
		t.Fatalf("accepted: %v, %d wait, %d writes; want one that waits", err, out.Unapproved, r.written()-before)
	}
	if h := r.off.Status().Health; h == office.StoppedForSafety {
		t.Errorf("the office is %s still", h)
	}
	if r.order(office.Order{}); r.written() != before {
		t.Errorf("%d writes that nobody has approved", r.written()-before)
	}
	if _, err := r.off.Accept(t.Context(), anna); !errors.Is(err, engine.ErrSameAccount) {
		t.Errorf("a second time: %v, want %v", err, engine.ErrSameAccount)
	}
	if p, err = r.off.Preview(t.Context(), []event.PersonID{anna}, false); err != nil || p.Digest == "" {
		t.Fatalf("preview: %v, digest %q", err, p.Digest)
	}
	r.order(office.Order{Digest: p.Digest})
	if n := r.written() - before; n == 0 {
		t.Error("what was approved is not written")
	}
	if r.person(anna).Review {
		t.Error("she is under review still")
	}
	if _, err := r.off.Accept(t.Context(), bert); !errors.Is(err, engine.ErrSameAccount) || r.person(bert).Review {
		t.Errorf("a colleague whose account is the same: %v, under review: %t", err, r.person(bert).Review)
	}
}
