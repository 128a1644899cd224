package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// dying carries out a create, or loses it on the way, and then the program dies.
type dying struct {
	endpoint.Endpoint
	r    *rig
	made bool
}

func (d dying) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	fault := memory.LoseRequest
	if d.made {
		fault = memory.LoseAnswer
	}
	d.r.cal[event.Business].FailNext(anna, fault)
	out := d.Endpoint.Apply(ctx, ops)
	d.r.cal[event.Business].FailNext(anna, memory.FailUnavailable) // nor can it be looked into
	return out
}

// lostCreate sends a create to business and dies before anybody knows what
// became of it.
func lostCreate(t *testing.T, made bool, from event.Event) *rig {
	r := newRig(t)
	r.settle()
	r.cal[event.Exchange].Put(anna, from)
	r.plain()
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return dying{e, r, made}
		}
		return e
	}
	r.start()
	_, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if err == nil {
		t.Fatal("the run knows what became of its create")
	}
	r.plain()
	return r
}

// bothHold demands that both sides hold exactly these entries.
func (r *rig) bothHold(want ...string) {
	r.t.Helper()
	for _, s := range event.Sides() {
		got := r.subjects(s)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			r.t.Errorf("%s holds %q, want %q", s, got, want)
		}
	}
}

// Issue 2: an entry that was made just before the program died, and that a person
// changes beyond recognition before its next start, is asked about and not made
// a second time.
func TestRecover_LostCreateThatAPersonChanged_IsAskedAbout(t *testing.T) {
	for name, from := range map[string]event.Event{"single": meeting("alpha", 4, 9), "series": weekly("alpha", 9)} {
		t.Run(name, func(t *testing.T) {
			r := lostCreate(t, true, from)
			r.edit(event.Business, "alpha", func(it *event.Item) {
				it.Subject = "beta"
				when := meeting("", 3, 14).When
				if it.Recurrence == nil {
					when = meeting("", 11, 14).When
				}
				it.When = when
			})
			r.settle()
			if got := r.subjects(event.Business); len(got) != 1 {
				t.Fatalf("business holds %q, want the one that was made", got)
			}
			d := r.waiting(plan.OutcomeUnsure)
			if len(d.Candidates) != 1 || d.Candidates[0].Subject != "beta" {
				t.Fatalf("candidates are %+v, want the one that was made", d.Candidates)
			}
			r.resolve(d, plan.PairWith, d.Candidates[0].ID)
			r.settle()
			r.bothHold("beta")
			b, e := r.cal[event.Business].List(anna)[0], r.cal[event.Exchange].List(anna)[0]
			if !b.When.Same(e.When) {
				t.Errorf("the time is %v in business and %v in exchange", b.When, e.When)
			}
			r.idle()
		})
	}
}

// A person who makes an entry of his own while nobody knows what became of a
// create is asked about it, and can say that it is another one.
func TestRecover_LostCreateBesideAnotherEntry_CanBeSentAgain(t *testing.T) {
	r := lostCreate(t, false, meeting("alpha", 4, 9))
	r.cal[event.Business].Put(anna, meeting("gamma", 5, 10))
	r.settle()
	d := r.waiting(plan.OutcomeUnsure)
	if len(d.Candidates) != 1 || d.Candidates[0].Subject != "gamma" {
		t.Fatalf("candidates are %+v, want the other entry", d.Candidates)
	}
	r.resolve(d, plan.KeepSeparate, "")
	r.settle()
	r.bothHold("alpha", "gamma")
	r.idle()
}

// Where nobody has made anything since, a create that never arrived is sent
// again, and where it is there as it was meant, nobody is asked either: what was
// there before and what is linked is no candidate.
func TestRecover_LostCreate_AsksNobodyWhereItIsClear(t *testing.T) {
	for _, made := range []bool{false, true} {
		r := lostCreate(t, made, meeting("alpha", 4, 9))
		if made {
			r.cal[event.Business].Put(anna, meeting("delta", 6, 9))
		}
		r.settle()
		want := []string{"alpha", "delta"}
		if !made {
			want = want[:1]
		}
		r.bothHold(want...)
		r.idle()
	}
}

// Two lost creates may each be the one entry that was changed; once one of them
// is known to have made it, it is offered for the other no more.
func TestResolve_ACandidateThatIsLinkedByNow_IsNotOffered(t *testing.T) {
	r := lostCreate(t, true, meeting("alpha", 4, 9))
	r.edit(event.Business, "alpha", func(it *event.Item) { it.Subject, it.When = "beta", meeting("", 11, 14).When })
	r.settle()
	d := r.waiting(plan.OutcomeUnsure)
	store := r.office.Person(anna)
	x := r.cal[event.Exchange].Put(anna, meeting("epsilon", 20, 9))
	link := plan.Link{Origin: plan.OriginOf(event.Exchange), State: plan.Live}
	link.Refs[event.Business], link.Refs[event.Exchange] = d.Candidates[0].Ref, event.Ref{ID: x}
	if err := store.SaveLinks(t.Context(), []plan.Link{link}); err != nil {
		t.Fatal(err)
	}
	if err := r.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: plan.PairWith, Partner: d.Candidates[0].ID}); !errors.Is(err, engine.ErrNoChoice) {
		t.Errorf("pairing with a linked entry: %v, want %v", err, engine.ErrNoChoice)
	}
	if again := r.waiting(plan.OutcomeUnsure); len(again.Candidates) != 0 || slices.Contains(again.Choices, plan.PairWith) {
		t.Errorf("a linked entry is still offered: %+v", again)
	}
}

// Issue 2: that the source is deleted while the question is open is known when it
// is answered, and decided as any deletion of an entry that the other side edited.
func TestResolve_OfAnUnsureCreateWhoseSourceIsDeleted(t *testing.T) {
	for _, edited := range []bool{true, false} {
		r := lostCreate(t, true, meeting("alpha", 4, 9))
		r.policy.Deleted = plan.KeepChanged
		r.edit(event.Business, "alpha", func(it *event.Item) { it.Subject, it.When = "beta", meeting("", 11, 14).When })
		r.settle()
		d := r.waiting(plan.OutcomeUnsure)
		if !edited { // as it was meant, after all
			r.edit(event.Business, "beta", func(it *event.Item) { it.Subject, it.When = "alpha", meeting("", 4, 9).When })
		}
		r.remove(event.Exchange, "alpha")
		r.sync()
		r.resolve(d, plan.PairWith, d.Candidates[0].ID)
		r.settle()
		if edited {
			r.bothHold("beta")
		} else {
			r.bothHold()
		}
		r.idle()
	}
}
