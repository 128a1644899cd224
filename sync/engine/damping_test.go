package engine_test

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
)

// undoing is a program that takes every change of lunch's place in Exchange back.
func undoing(r *rig) func() {
	stale := r.location(event.Exchange, "lunch")
	return func() {
		r.clock = r.clock.Add(10 * time.Minute)
		if r.location(event.Exchange, "lunch") != stale {
			r.edit(event.Exchange, "lunch", func(it *event.Item) { it.Location = stale })
		}
	}
}

// insisting is somebody who types the place again in the business system.
func insisting(r *rig) {
	r.clock = r.clock.Add(10 * time.Minute)
	r.edit(event.Business, "lunch", func(it *event.Item) { it.Location = "room 7" })
}

// quarrel lets both have their way until a question waits.
func quarrel(t *testing.T) (*rig, func()) {
	t.Helper()
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("lunch", 3, 9))
	r.cal[event.Business].Put(anna, meeting("other", 4, 9))
	r.settle()
	takesBack := undoing(r)
	for range 2 {
		insisting(r)
		r.sync()
		takesBack()
		r.start() // what was there before survives a restart
		r.sync()
	}
	return r, takesBack
}

func (r *rig) updates() int {
	return r.written(event.Exchange, endpoint.Update) + r.written(event.Business, endpoint.Update)
}

func TestDamping_APingPongEndsInAQuestionAboutThatEntryAlone(t *testing.T) {
	r, takesBack := quarrel(t)
	before := r.updates()
	r.edit(event.Business, "other", func(it *event.Item) { it.Subject = "other, and it goes on" })
	var res engine.Result
	for range 5 {
		takesBack()
		res = r.sync()
	}
	if got := asked(res); len(got) != 1 || got[0] != plan.BackAndForth {
		t.Fatalf("asked %v, want %s once", got, plan.BackAndForth)
	}
	if got := r.updates() - before; got != 1 || !r.has(event.Exchange, "other, and") {
		t.Errorf("%d updates while a question waits, want the one of the other entry", got)
	}
	if got, want := r.location(event.Business, "lunch"), "room 7"; got != want {
		t.Errorf("business holds %q, want %q", got, want)
	}
}

func TestDamping_AnAnswerEndsItAndIsNotAskedAgainAtOnce(t *testing.T) {
	for choice, want := range map[plan.Choice]string{plan.TakeBusiness: "room 7", plan.TakeExchange: ""} {
		t.Run(choice.String(), func(t *testing.T) {
			r, takesBack := quarrel(t)
			r.resolve(r.waiting(plan.BackAndForth), choice, "")
			r.sync()
			for _, s := range event.Sides() {
				if got := r.location(s, "lunch"); got != want {
					t.Errorf("%s holds %q, want %q", s, got, want)
				}
			}
			if got := asked(r.sync()); len(got) != 0 {
				t.Errorf("asked %v although it was answered", got)
			}
			if choice == plan.TakeExchange {
				insisting(r)
				r.sync()
			}
			takesBack()
			if got := asked(r.sync()); len(got) != 0 {
				t.Errorf("asked %v again at once", got)
			}
		})
	}
	t.Run("never", func(t *testing.T) {
		r, takesBack := quarrel(t)
		r.resolve(r.waiting(plan.BackAndForth), plan.NeverSync, "")
		before := r.updates()
		for range 3 {
			insisting(r)
			takesBack()
			if got := asked(r.sync()); len(got) != 0 {
				t.Errorf("asked %v although it is to be left alone", got)
			}
		}
		if got := r.updates() - before; got != 0 {
			t.Errorf("%d updates of an entry that is to be left alone", got)
		}
	})
}

func TestDamping_PassesOverADay(t *testing.T) {
	r, _ := quarrel(t)
	r.clock = r.clock.Add(25 * time.Hour)
	if got := asked(r.sync()); len(got) != 0 {
		t.Errorf("asked %v a day later", got)
	}
	if got, want := r.location(event.Business, "lunch"), ""; got != want {
		t.Errorf("business holds %q, want %q", got, want)
	}
}

// unheard is an endpoint whose updates go wrong.
type unheard struct {
	endpoint.Endpoint
	cal   *memory.Calendar
	fault memory.Fault
}

func (l unheard) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if ops[0].Kind == endpoint.Update {
		l.cal.FailNext(anna, l.fault)
	}
	return l.Endpoint.Apply(ctx, ops)
}

func TestDamping_CountsWhatIsFoundToHaveArrived(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("lunch", 3, 9))
	r.settle()
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		return unheard{e, r.cal[s], memory.LoseAnswer}
	}
	r.start()
	takesBack := undoing(r)
	for range 2 {
		insisting(r)
		r.sync()
		takesBack()
		r.sync()
	}
	if got := asked(r.sync()); len(got) != 1 || got[0] != plan.BackAndForth {
		t.Errorf("asked %v, want %s", got, plan.BackAndForth)
	}
}
