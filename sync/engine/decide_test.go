package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// waiting is the one decision that waits for a reason.
func (r *rig) waiting(why plan.Code) engine.Decision {
	r.t.Helper()
	all, err := r.eng.Decisions(r.t.Context(), true)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []engine.Decision
	var got []plan.Code
	for _, d := range all {
		got = append(got, d.Action.Reason.Code)
		if d.Action.Reason.Code == why {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		r.t.Fatalf("waiting for %v, want %s", got, why)
	}
	return out[0]
}

func (r *rig) resolve(d engine.Decision, c plan.Choice, partner event.ID) {
	r.t.Helper()
	if err := r.eng.Resolve(r.t.Context(), d.ID, plan.Answer{Choice: c, Partner: partner}); err != nil {
		r.t.Fatalf("resolve %s as %s: %v", d.Action.Reason.Code, c, err)
	}
}

// schedule is a cycle that nobody in particular asked for: an idle engine
// plans nothing in it.
func (r *rig) schedule() engine.Result {
	r.t.Helper()
	res, err := r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseSchedule, Approval: engine.Approval{Standing: true}})
	if err != nil {
		r.t.Fatalf("sync: %v", err)
	}
	return res
}

func (r *rig) location(s event.Side, word string) string {
	r.t.Helper()
	id := r.one(s, word)
	for _, it := range r.cal[s].List(anna) {
		if it.ID == id {
			return it.Location
		}
	}
	return ""
}

// conflict is an entry whose place was changed on both sides, which is asked about.
func conflict(t *testing.T) *rig {
	r := six(t)
	r.sweep = 1 << 40
	r.policy.Winner = plan.AskAlways
	r.edit(event.Business, "b1", func(it *event.Item) { it.Location = "room 1" })
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Location = "room 2" })
	r.sync()
	r.schedule()
	return r
}

func TestResolve_OfAConflict_TheNextScheduledCycleActs(t *testing.T) {
	for c, want := range map[plan.Choice]string{plan.TakeBusiness: "room 1", plan.TakeExchange: "room 2"} {
		r := conflict(t)
		d := r.waiting(plan.AskedByRule)
		if want := []plan.Choice{plan.TakeBusiness, plan.TakeExchange, plan.TakeByField, plan.NeverSync}; !slices.Equal(d.Choices, want) {
			t.Errorf("choices %v, want %v", d.Choices, want)
		}
		r.resolve(d, c, "")
		r.schedule()
		for _, s := range event.Sides() {
			if got := r.location(s, "b1"); got != want {
				t.Errorf("%s: %s has %q, want %q", c, s, got, want)
			}
		}
		if err := r.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: c}); !errors.Is(err, engine.ErrNoDecision) {
			t.Errorf("an answered decision: %v, want %v", err, engine.ErrNoDecision)
		}
	}
}

func TestResolve_OnlyThatEntryWaits(t *testing.T) {
	r := conflict(t)
	r.edit(event.Business, "b2", func(it *event.Item) { it.Location = "room 7" })
	r.schedule()
	if got := r.location(event.Exchange, "b2"); got != "room 7" {
		t.Errorf("another entry's change waits as well: %q", got)
	}
}

// A decision tells what both ends agreed on before, so that a person sees who
// has changed what.
func TestDecisions_TellWhatWasAgreed(t *testing.T) {
	r := conflict(t)
	d := r.waiting(plan.AskedByRule)
	if d.Base == nil {
		t.Fatal("the decision has no base")
	}
	for _, s := range event.Sides() {
		if event.Diff(d.Base[s], d.Action.Have[s].Event) == 0 {
			t.Errorf("%s: the base is what is there now, want what was there before both changed", s)
		}
	}
}

// Two entries that may be the same are paired by a person's word, or kept as two.
func TestResolve_OfANearMiss(t *testing.T) {
	for _, c := range []plan.Choice{plan.PairWith, plan.KeepSeparate} {
		t.Run(c.String(), func(t *testing.T) {
			r := newRig(t)
			r.cal[event.Business].Put(anna, meeting("Lunch", 3, 12))
			r.cal[event.Exchange].Put(anna, meeting("lunch", 3, 12))
			r.sync()
			d := r.waiting(plan.SpelledAlike)
			partner := event.ID("")
			if c == plan.PairWith {
				partner = d.Candidates[0].ID
			}
			r.resolve(d, c, partner)
			r.settle()
			want := 1
			if c == plan.KeepSeparate {
				want = 2
			}
			if b, x := len(r.subjects(event.Business)), len(r.subjects(event.Exchange)); b != want || x != want {
				t.Errorf("business %q, exchange %q, want %d on each", r.subjects(event.Business), r.subjects(event.Exchange), want)
			}
		})
	}
}

func TestResolve_RefusesWhatDoesNotFit(t *testing.T) {
	r := conflict(t)
	d := r.waiting(plan.AskedByRule)
	for _, c := range []plan.Choice{plan.PairWith, plan.KeepSeparate, plan.Release, -1} {
		if err := r.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: c, Partner: "x"}); !errors.Is(err, engine.ErrNoChoice) {
			t.Errorf("%s: %v, want %v", c, err, engine.ErrNoChoice)
		}
	}
	if got := r.waiting(plan.AskedByRule); got.ID != d.ID {
		t.Errorf("the decision is called %s now, was %s", got.ID, d.ID)
	}
}

// Never can be taken back: the entry is in step again, with nothing lost.
func TestResolve_NeverAndBack(t *testing.T) {
	r := conflict(t)
	r.resolve(r.waiting(plan.AskedByRule), plan.NeverSync, "")
	r.schedule()
	r.edit(event.Business, "b1", func(it *event.Item) { it.Notes = "not for Exchange" })
	r.settle()
	r.resolve(r.waiting(plan.LeftAlone), plan.Release, "")
	r.schedule()
	r.edit(event.Business, "b1", func(it *event.Item) { it.Location = "room 3" })
	r.settle()
	if got := r.location(event.Exchange, "b1"); got != "room 3" {
		t.Errorf("a released entry is at %q, want what was changed since", got)
	}
	if r.has(event.Business, "b1") != r.has(event.Exchange, "b1") || len(r.subjects(0)) != len(r.subjects(1)) {
		t.Errorf("business %q, exchange %q", r.subjects(0), r.subjects(1))
	}
}

func TestResolve_NeverOfOneEnd_AndBack(t *testing.T) {
	r := newRig(t)
	r.cal[event.Exchange].Put(anna, meeting("secret", 3, 9))
	r.never("secret")
	r.settle()
	r.resolve(r.waiting(plan.LeftAlone), plan.Release, "")
	r.settle()
	if !r.has(event.Business, "secret") || len(r.subjects(event.Exchange)) != 1 {
		t.Errorf("business %q, exchange %q, want the entry on both", r.subjects(0), r.subjects(1))
	}
}

// What is on hold after an undo goes where a person says.
func TestResolve_OfAHold(t *testing.T) {
	for c, want := range map[plan.Choice]string{plan.Release: "", plan.TakeBusiness: "room 1", plan.TakeExchange: ""} {
		r := six(t)
		r.edit(event.Business, "b1", func(it *event.Item) { it.Location = "room 1" })
		r.sync()
		r.undo(r.last())
		r.resolve(r.waiting(plan.OnHold), c, "")
		r.settle()
		if got := r.location(event.Exchange, "b1"); got != want {
			t.Errorf("%s: exchange has %q, want %q", c, got, want)
		}
		business := "room 1"
		if c == plan.TakeExchange {
			business = ""
		}
		if got := r.location(event.Business, "b1"); got != business {
			t.Errorf("%s: business has %q, want %q", c, got, business)
		}
		r.edit(event.Business, "b1", func(it *event.Item) { it.Notes = "later" })
		r.settle()
		if got := r.rendered(event.Exchange); !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "b1") && strings.Contains(s, "later") }) {
			t.Errorf("%s: a later change does not go over", c)
		}
	}
}

// An undone creation is made again, or deleted where it came from, as a person says.
func TestResolve_OfAHoldWithOneEnd(t *testing.T) {
	for c, want := range map[plan.Choice]int{plan.TakeBusiness: 1, plan.TakeExchange: 0} {
		r := newRig(t)
		r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
		r.sync()
		r.undo(r.last())
		r.resolve(r.waiting(plan.OnHold), c, "")
		r.settle()
		for _, s := range event.Sides() {
			if got := len(r.subjects(s)); got != want {
				t.Errorf("%s: %s has %d entries, want %d", c, s, got, want)
			}
		}
	}
}

func TestResolve_OfWhatVanished(t *testing.T) {
	r := six(t)
	r.remove(event.Exchange, "b1")
	r.cal[event.Exchange].ExpireCursors() // its tombstone is lost
	r.schedule()
	d := r.waiting(plan.Vanished)
	if err := r.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: plan.TakeExchange}); !errors.Is(err, engine.ErrNoChoice) {
		t.Errorf("a word in the place of a proof: %v, want %v", err, engine.ErrNoChoice)
	}
	r.resolve(d, plan.TakeBusiness, "")
	r.schedule()
	if !r.has(event.Exchange, "b1") {
		t.Error("the entry was not made again")
	}
}

// unsure is a create of which nobody knows the outcome: its answer is lost, and
// there are more entries that look like it than it can have made.
func unsureCreate(t *testing.T) (*rig, engine.Decision) {
	r := newRig(t)
	r.settle()
	r.cal[event.Exchange].Put(anna, meeting("alpha", 3, 9))
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return crowded{e, r}
		}
		return e
	}
	r.start()
	_, _ = r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	r.plain()
	r.start()
	_, _ = r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseSchedule, Approval: engine.Approval{Standing: true}})
	return r, r.waiting(plan.OutcomeUnsure)
}

// crowded loses the answer of a create, while another program makes the same.
type crowded struct {
	endpoint.Endpoint
	r *rig
}

func (c crowded) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if ops[0].Kind != endpoint.Create {
		return c.Endpoint.Apply(ctx, ops)
	}
	c.Endpoint.Apply(ctx, ops)
	c.r.cal[event.Business].FailNext(anna, memory.LoseAnswer)
	return c.Endpoint.Apply(ctx, ops)
}

func TestResolve_OfAnUnsureCreate(t *testing.T) {
	for _, c := range []plan.Choice{plan.PairWith, plan.KeepSeparate, plan.NeverSync} {
		r, d := unsureCreate(t)
		if len(d.Candidates) != 2 {
			t.Fatalf("%d candidates, want 2", len(d.Candidates))
		}
		partner := event.ID("")
		if c == plan.PairWith {
			partner = d.Candidates[1].ID
		}
		r.resolve(d, c, partner)
		r.schedule()
		r.settle()
		snap, err := r.office.Person(anna).Load(t.Context())
		if err != nil || len(snap.Open) > 0 {
			t.Errorf("%s: %d entries are open, %v", c, len(snap.Open), err)
		}
		var linked event.ID
		for _, l := range snap.Links {
			if l.Refs[event.Exchange].ID == r.cal[event.Exchange].List(anna)[0].ID {
				linked = l.Refs[event.Business].ID
			}
		}
		switch c {
		case plan.PairWith:
			if linked != partner {
				t.Errorf("linked with %q, want the candidate %q", linked, partner)
			}
		case plan.KeepSeparate:
			if linked == "" || linked == d.Candidates[0].ID || linked == d.Candidates[1].ID {
				t.Errorf("linked with %q, want an entry of its own", linked)
			}
		default:
			if linked != "" {
				t.Errorf("linked with %q, want to be left alone", linked)
			}
		}
	}
}
