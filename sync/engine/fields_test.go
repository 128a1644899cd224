package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// torn is an entry whose subject and place were changed on both sides, which is
// asked about by the office's rule.
func torn(t *testing.T) (*rig, engine.Decision) {
	t.Helper()
	r := six(t)
	r.sweep = 1 << 40
	r.policy.Winner = plan.AskAlways
	for s, word := range []string{"business", "exchange"} {
		r.edit(event.Side(s), "b1", func(it *event.Item) {
			it.Subject, it.Location = "b1 by "+word, "room of "+word
		})
	}
	r.sync()
	d := r.waiting(plan.AskedByRule)
	return r, d
}

// split says that business has the right subject and Exchange the right place.
func split() plan.Answer {
	return plan.Answer{Choice: plan.TakeByField, Right: [2]event.FieldSet{event.FieldSubject, event.FieldLocation}}
}

func (r *rig) say(d engine.Decision, a plan.Answer) {
	r.t.Helper()
	if err := r.eng.Resolve(r.t.Context(), d.ID, a); err != nil {
		r.t.Fatalf("answer %v: %v", a.Right, err)
	}
}

// divided tells whether both sides hold what split has said, and no answer is left.
func (r *rig) divided() {
	r.t.Helper()
	for _, s := range event.Sides() {
		if !r.has(s, "b1 by business") {
			r.t.Errorf("%s has %q, want the subject of business", s, r.subjects(s))
			continue
		}
		if got, want := r.location(s, "b1"), "room of exchange"; got != want {
			r.t.Errorf("%s has the place %q, want %q", s, got, want)
		}
	}
	snap, err := r.office.Person(anna).Load(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if len(snap.Answers) != 0 {
		r.t.Errorf("answers %+v outlive their question", snap.Answers)
	}
}

func TestResolve_FieldByField_EachSideGetsTheOthersPart(t *testing.T) {
	for _, w := range []plan.Winner{plan.AskAlways, plan.ByField} {
		r, d := torn(t)
		r.say(d, split())
		r.policy.Winner = w
		r.schedule()
		r.divided()
	}
}

// An answer speaks of what was shown: each field that is asked about, once.
func TestResolve_FieldByField_OfOtherFields(t *testing.T) {
	r, d := torn(t)
	for _, right := range [][2]event.FieldSet{
		{},
		{event.FieldSubject},
		{event.FieldSubject, event.AllFields},
		{event.FieldSubject | event.FieldLocation, event.FieldLocation},
		{event.FieldSubject, event.FieldLocation | event.FieldNotes},
	} {
		err := r.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: plan.TakeByField, Right: right})
		if !errors.Is(err, engine.ErrFields) {
			t.Errorf("%v: %v, want %v", right, err, engine.ErrFields)
		}
	}
	r.sync()
	r.waiting(plan.AskedByRule)
}

// A question that is not about fields has no answer field by field.
func TestResolve_FieldByField_OfADeletion(t *testing.T) {
	r := six(t)
	r.remove(event.Business, "b1")
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Location = "room 2" })
	r.sync()
	d := r.waiting(plan.DeletedAndEdited)
	if err := r.eng.Resolve(t.Context(), d.ID, split()); !errors.Is(err, engine.ErrNoChoice) {
		t.Errorf("%v, want %v", err, engine.ErrNoChoice)
	}
}

// A series has no answer field by field: what departs from its hour belongs to it.
func TestResolve_FieldByField_OfASeries(t *testing.T) {
	for _, divided := range []bool{false, true} {
		var r *rig
		if divided { // it becomes one after it was answered
			var d engine.Decision
			r, d = torn(t)
			r.say(d, split())
			for _, s := range event.Sides() {
				r.edit(s, "b1", func(it *event.Item) { it.When, it.Recurrence = weekly("", 9).When, weekly("", 9).Recurrence })
			}
		} else {
			r = newRig(t)
			r.cal[event.Business].Put(anna, weekly("b1", 9))
			r.settle()
			r.policy.Winner = plan.AskAlways
			for s, word := range []string{"business", "exchange"} {
				r.edit(event.Side(s), "b1", func(it *event.Item) { it.Subject, it.Location = "b1 by "+word, "room of "+word })
			}
		}
		r.sync()
		d := r.waiting(plan.AskedByRule)
		if want := []plan.Choice{plan.TakeBusiness, plan.TakeExchange, plan.NeverSync}; !slices.Equal(d.Choices, want) {
			t.Errorf("choices %v, want %v", d.Choices, want)
		}
		r.resolve(d, plan.TakeExchange, "")
		r.sync()
		for _, s := range event.Sides() {
			if got := r.location(s, "b1"); got != "room of exchange" || !r.has(s, "b1 by exchange") {
				t.Errorf("%s has the place %q and %q, want those of exchange", s, got, r.subjects(s))
			}
		}
	}
}

// The two ends are written one after the other. Whoever dies between them goes
// on holding to what was said, whatever the office's rule would make of the rest.
func TestResolve_FieldByField_DeathAtEveryStep(t *testing.T) {
	for _, w := range []plan.Winner{plan.AskAlways, plan.ByField, plan.BusinessWins, plan.ExchangeWins} {
		deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
			r, d := torn(t)
			r.say(d, split())
			r.policy.Winner = w
			r.fused(f)
			r.attempt()
			r.settle()
			r.divided()
		})
		if deaths < 8 {
			t.Errorf("only %d steps: both ends are not written", deaths)
		}
	}
}

// A side that cannot be written now gets its part later.
func TestResolve_FieldByField_OneSideFails(t *testing.T) {
	for _, s := range event.Sides() {
		for i, f := range []memory.Fault{memory.FailUnavailable, memory.LoseRequest, memory.LoseAnswer, memory.FailUnavailable} {
			r, d := torn(t)
			r.say(d, split())
			r.policy.Winner = []plan.Winner{plan.BusinessWins, plan.ExchangeWins}[i%2]
			r.wrapEndpoint = func(of event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if of == s {
					return unheard{e, r.cal[s], f}
				}
				return e
			}
			r.start()
			_, _ = r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
			r.settle()
			r.divided()
		}
	}
}

// Another field that both change before an answer is carried out is asked about
// along with those that were answered: what was said of them is not lost.
func TestResolve_FieldByField_AndAnotherConflictBeforeItIsCarriedOut(t *testing.T) {
	r, d := torn(t)
	r.say(d, split())
	r.edit(event.Business, "b1", func(it *event.Item) { it.Notes = "ours" })
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Notes = "theirs" })
	r.sync()
	d = r.waiting(plan.AskedByRule)
	if want := event.FieldSubject | event.FieldLocation | event.FieldNotes; d.Action.Fields != want {
		t.Fatalf("asked about %s, want %s", d.Action.Fields, want)
	}
	again := split()
	again.Right[event.Exchange] |= event.FieldNotes
	r.say(d, again)
	r.sync()
	r.divided()
}

// An answer for the whole entry, too, holds until what it said is written, and
// not until the first write to that entry.
func TestResolve_TakeASide_HoldsThroughAWriteToTheOther(t *testing.T) {
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		r, d := torn(t)
		r.edit(event.Exchange, "b1", func(it *event.Item) { it.Notes = "only here" })
		r.resolve(d, plan.TakeBusiness, "")
		r.policy.Winner = plan.ExchangeWins
		r.fused(f)
		r.attempt()
		r.settle()
		for _, s := range event.Sides() {
			if got, want := r.location(s, "b1"), "room of business"; got != want {
				t.Errorf("%s has the place %q, want %q", s, got, want)
			}
		}
	})
	if deaths < 8 {
		t.Errorf("only %d steps: both ends are not written", deaths)
	}
}

// halfway is an endpoint that carries out the subject of one update, and then
// says that the rest cannot be written now.
type halfway struct {
	endpoint.Endpoint
	done *bool
}

func (h halfway) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if *h.done || ops[0].Kind != endpoint.Update {
		return h.Endpoint.Apply(ctx, ops)
	}
	*h.done = true
	ops[0].Fields &= event.FieldSubject
	out := h.Endpoint.Apply(ctx, ops)
	out[0].Err = &endpoint.Error{Op: "update", Scope: endpoint.ScopeItem, Kind: endpoint.Unavailable}
	return out
}

// What has not arrived of a write goes on being answered.
func TestResolve_AWriteThatArrivesInPart(t *testing.T) {
	r, d := torn(t)
	r.resolve(d, plan.TakeExchange, "")
	r.policy.Winner = plan.BusinessWins
	half := false
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return halfway{e, &half}
		}
		return e
	}
	r.start()
	_, _ = r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if !half {
		t.Fatal("nothing was written in part")
	}
	r.settle()
	for _, s := range event.Sides() {
		if got, want := r.location(s, "b1"), "room of exchange"; got != want || !r.has(s, "b1 by exchange") {
			t.Errorf("%s has the place %q and %q, want those of exchange", s, got, r.subjects(s))
		}
	}
}
