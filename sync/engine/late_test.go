package engine_test

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// frozen is a program that is stopped with a create on its lips: the request
// leaves when it is continued, whatever the time is by then.
type frozen struct {
	endpoint.Endpoint
	meanwhile func()
}

func (e *frozen) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if ops[0].Kind == endpoint.Create && e.meanwhile != nil {
		do := e.meanwhile
		e.meanwhile = nil
		do()
		ctx = context.WithoutCancel(ctx) // its bytes had left before anybody could look at the clock
	}
	return e.Endpoint.Apply(ctx, ops)
}

// Severa takes no key and no condition: a create that was on its way when its
// holder was stopped arrives after the other PC has made the same entry. That
// one request cannot be taken back; what it made is a question to a person and
// not a second entry in Exchange, and the old holder writes nothing more.
func TestLease_CreateThatArrivesAfterTheTakeover_StaysOneAndIsAsked(t *testing.T) {
	for name, last := range map[string]bool{"the late one is deleted": true, "the other one is": false} {
		t.Run(name, func(t *testing.T) { arrivesLate(t, last) })
	}
}

func arrivesLate(t *testing.T, last bool) {
	a := newRig(t)
	a.home = "h1"
	a.sync()
	b := a.second("h2")
	b.sync()
	a.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return e
		}
		return &frozen{e, func() {
			a.clock = a.clock.Add(3 * time.Hour) // past the holder's lease
			together(a, b)
			b.sync()
			b.sync()
			if n := len(b.subjects(event.Business)); n != 2 {
				t.Fatalf("the other PC has made %d entries, want 2", n)
			}
			together(a, b)
		}}
	}
	for n, name := range []string{"alpha", "bravo"} {
		a.cal[event.Exchange].Put(anna, meeting(name, 3+n, 9))
	}
	a.start()
	if _, err := a.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}}); err == nil {
		t.Error("the old holder's run ended well after it had lost its lease")
	}
	if n := len(a.subjects(event.Business)); n != 3 {
		t.Fatalf("business has %d entries, want the one in flight besides the two: %q", n, a.subjects(event.Business))
	}
	for range 3 {
		together(a, b)
		if n := a.writtenIn(func() { _ = a.sync() }); n != 0 {
			t.Errorf("the old holder wrote %d times more", n)
		}
		together(a, b)
		res := b.sync()
		if got := asked(res); len(got) != 1 || got[0] != plan.MadeTwice {
			t.Errorf("asked %v, want %s", got, plan.MadeTwice)
		}
	}
	if got := a.subjects(event.Exchange); len(got) != 2 {
		t.Errorf("exchange has %q, want each once", got)
	}
	// A person deletes either of the two, and the question is none any more.
	all := a.cal[event.Business].List(anna)
	twice := all[2]
	for _, it := range all[:2] {
		if !last && it.Subject == all[2].Subject {
			twice = it
		}
	}
	if err := a.cal[event.Business].Remove(anna, twice.ID); err != nil {
		t.Fatal(err)
	}
	together(a, b)
	if res := b.sync(); len(asked(res)) != 0 || len(a.subjects(event.Exchange)) != 2 || len(a.subjects(event.Business)) != 2 {
		t.Errorf("afterwards: asked %v, business %q, exchange %q", asked(res), a.subjects(event.Business), a.subjects(event.Exchange))
	}
}
