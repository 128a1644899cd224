package office_test

import (
	"context"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// intrusion has something happen before the first write of an endpoint.
type intrusion struct {
	endpoint.Endpoint
	first func()
}

func (e *intrusion) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if do := e.first; do != nil {
		e.first = nil
		do()
	}
	return e.Endpoint.Apply(ctx, ops)
}

// unhurried has something happen before a person's next intents are journaled.
type unhurried struct {
	state.Office
	who   event.PersonID
	first func()
}

func (o *unhurried) Person(id event.PersonID) state.Store {
	return lingering{o.Office.Person(id), o, id == o.who}
}

type lingering struct {
	state.Store
	of   *unhurried
	mine bool
}

func (s lingering) Begin(ctx context.Context, r state.Run, intents []state.Intent) ([]state.Entry, []state.Refusal, error) {
	if do := s.of.first; s.mine && do != nil {
		s.of.first = nil
		do()
	}
	return s.Store.Begin(ctx, r, intents)
}

// A meeting of all three, of which anna's request to make it never arrived, just
// when somebody typed something else into her calendar: nobody can tell what
// became of the request. She says that it has made nothing. By then or meanwhile
// a colleague's copy makes the meeting's entry, and that is hers as well.
func TestResolve_NothingWasMade_JoinsWhatAColleagueMakesOfTheMeeting(t *testing.T) {
	only := func(who event.PersonID) office.Order {
		return office.Order{Who: []event.PersonID{who}, ApproveFirst: true}
	}
	for name, turn := range map[string]func(r *rig, u *unhurried){
		"before her run": func(r *rig, _ *unhurried) { r.order(only(bert)) },
		"within her run": func(r *rig, u *unhurried) {
			u.first = func() { r.order(only(bert)) }
			r.order(only(anna))
		},
		"after her run":   func(r *rig, _ *unhurried) { r.order(only(anna)) },
		"in the same run": func(*rig, *unhurried) {},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, ticking())
			u := &unhurried{Office: r.state, who: anna}
			r.state = u
			r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if id != anna || s != event.Business {
					return e
				}
				return &intrusion{e, func() {
					r.cal[s].Put(anna, r.entry("Lunch", 2, 12))
					r.cal[s].FailNext(anna, memory.LoseRequest)
				}}
			}
			r.start()
			r.meeting("uid-m", "olga@elsewhere.test", r.entry("Staff", 1, 10))
			r.order(only(anna))
			for _, it := range r.cal[event.Business].List(anna) {
				if it.Subject != "Lunch" {
					t.Fatalf("the request has made %q", it.Subject)
				}
			}
			ds, err := r.off.Decisions(t.Context(), nil, false)
			if err != nil || len(ds) != 1 || ds[0].Action.Reason.Code != plan.OutcomeUnsure {
				t.Fatalf("what is asked is %+v, %v; want what became of the request", ds, err)
			}
			if _, err := r.off.Resolve(t.Context(), office.Answer{ID: ds[0].ID, Choice: plan.KeepSeparate}); err != nil {
				t.Fatal(err)
			}
			turn(r, u)
			for range 3 {
				r.sync()
			}
			for _, id := range everybody() {
				for _, s := range event.Sides() {
					want := []string{"Staff"}
					if id == anna {
						want = []string{"Lunch", "Staff"}
					}
					if got := r.subjects(s, id); len(got) != len(want) || got[len(got)-1] != "Staff" {
						t.Errorf("%s of %s holds %q, want %q", s, id, got, want)
					}
				}
			}
			if n := len(r.distinct()); n != 2 {
				t.Errorf("business holds %d entries, want 2", n)
			}
		})
	}
}
