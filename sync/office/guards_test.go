package office_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// five is an office of five people with twenty entries each, in step.
func five(t *testing.T) *rig { return fiveWith(t, 0) }

// fiveWith is five, where anna has so many entries more.
func fiveWith(t *testing.T, more int) *rig {
	t.Helper()
	r := newRig(t, ticking())
	var others []state.Person
	for _, name := range []string{"dana", "eino"} {
		id := event.PersonID(name + "@office.test")
		others = append(others, state.Person{ID: id, Name: name, Addresses: [2]string{string(id), string(id)}, Accounts: [2]string{name, string(id)}, Enabled: true})
	}
	if err := r.book.SavePeople(t.Context(), others); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.crowd() {
		for i := range 20 {
			r.cal[i%2].Put(p, slot(fmt.Sprintf("%s %d.", p, i), 3+i, 9))
		}
	}
	for i := range more {
		r.cal[i%2].Put(anna, slot(fmt.Sprintf("more %d.", i), 2+i%29, 8+i/29%10))
	}
	for range 3 {
		r.sync()
	}
	return r
}

func (r *rig) crowd() []event.PersonID {
	return append(everybody(), "dana@office.test", "eino@office.test")
}

func slot(subject string, day, hour int) event.Event {
	start := time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC)
	span, err := event.Between(start, start.Add(time.Hour), "Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return event.Event{Subject: subject, When: span}
}

// written counts all writes on both sides by the systems' own counters.
func (r *rig) written() (n int) {
	for _, c := range r.cal {
		for _, k := range c.Counts().Written {
			n += k
		}
	}
	return n
}

// each does something to entries of anna's on a side.
func (r *rig) some(s event.Side, n int, do func(event.ID) error) {
	r.t.Helper()
	for _, it := range r.cal[s].List(anna)[:n] {
		if err := do(it.ID); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *rig) removes(s event.Side, n int) {
	r.some(s, n, func(id event.ID) error { return r.cal[s].Remove(anna, id) })
}

// guards are what a safety stop is for: what happens to anna on a side, and what stops her.
func guards() map[plan.Code]func(r *rig, s event.Side) {
	return map[plan.Code]func(r *rig, s event.Side){
		plan.TooManyDeletes: func(r *rig, s event.Side) { r.removes(s, 7) },
		plan.SideShrank:     func(r *rig, s event.Side) { r.removes(s, 12) },
		plan.SideEmpty:      func(r *rig, s event.Side) { r.removes(s, 20) },
		plan.AllShifted: func(r *rig, s event.Side) {
			r.some(s, 18, func(id event.ID) error {
				return r.cal[s].Edit(anna, id, func(it *event.Item) {
					start, end := it.When.Instants(time.UTC)
					it.When, _ = event.Between(start.Add(2*time.Hour), end.Add(2*time.Hour), "Europe/Helsinki")
				})
			})
		},
		plan.TooManyCreates: func(r *rig, s event.Side) {
			for i := range 51 {
				r.cal[s].Put(anna, slot(fmt.Sprintf("flood %d.", i), 3+i%25, 14))
			}
		},
		plan.IdentityChanged: func(r *rig, side event.Side) {
			r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if id == anna && s == side {
					return stranger{e}
				}
				return e
			}
			r.start()
		},
	}
}

// stranger is another mailbox under the same address.
type stranger struct{ endpoint.Endpoint }

func (stranger) Identity(_ context.Context) (string, error) { return "somebody else's", nil }

func TestGuards_StopOnePersonBeforeTheFirstWrite_OthersFinish(t *testing.T) {
	for code, happens := range guards() {
		for _, s := range event.Sides() {
			t.Run(fmt.Sprint(code, " on ", s), func(t *testing.T) {
				r := five(t)
				happens(r, s)
				r.stopsAnnaAlone(code)
			})
		}
	}
}

// stopsAnnaAlone lets the office sync whole: nothing is written for anna, whose
// halt is returned, and an edit of each of the others crosses.
func (r *rig) stopsAnnaAlone(code plan.Code) *plan.Reason {
	r.t.Helper()
	for _, p := range r.crowd()[1:] {
		if err := r.cal[event.Business].Edit(p, r.cal[event.Business].List(p)[0].ID, func(it *event.Item) { it.Location = "moved" }); err != nil {
			r.t.Fatal(err)
		}
	}
	before, was := r.written(), [2]int{len(r.cal[0].List(anna)), len(r.cal[1].List(anna))}
	out := r.order(office.Order{Full: true})
	halt := of(out, anna).Halt
	if halt == nil || halt.Code != code {
		r.t.Fatalf("anna's halt = %v, want %s", halt, code)
	}
	if n := r.written() - before; n != 4 {
		r.t.Errorf("the systems were written to %d times, want once for each of the others", n)
	}
	for _, p := range r.crowd()[1:] {
		if res := of(out, p); res.Err != nil || !res.Complete {
			r.t.Errorf("%s did not finish: %v", p, res.Err)
		}
	}
	if now := [2]int{len(r.cal[0].List(anna)), len(r.cal[1].List(anna))}; now != was {
		r.t.Errorf("anna has %v entries, had %v", now, was)
	}
	return halt
}

// A tenth of a large calendar is too much at once all the same.
func TestGuards_FiftyDeletionsInARunAreTheMost(t *testing.T) {
	for _, s := range event.Sides() {
		t.Run(s.String(), func(t *testing.T) {
			r := fiveWith(t, 580)
			r.removes(s, 51)
			if halt := r.stopsAnnaAlone(plan.TooManyDeletes); halt.Count != 51 || halt.Limit != 50 {
				t.Errorf("stopped at %d with the limit %d, want 51 and 50", halt.Count, halt.Limit)
			}
		})
	}
}

// Five wrong deletions a cycle trip the day's budget, however few each time.
func TestGuards_ADaysDeletionsTripTheBudget(t *testing.T) {
	r := five(t)
	settings, err := r.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Rules.Limits = plan.Limits{DeleteDay: 12}
	if err := r.book.SaveSettings(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		r.removes(event.Exchange, 5)
		if h := of(r.sync(), anna).Halt; h != nil {
			t.Fatalf("halt %s in cycle %d", h.Code, n)
		}
	}
	if n := len(r.cal[event.Business].List(anna)); n != 10 {
		t.Fatalf("%d entries are left, want 10", n)
	}
	r.removes(event.Exchange, 5)
	r.stopsAnnaAlone(plan.TooManyToday)
}

func TestResume_LetsThroughWhatWasShown_AndNoMore(t *testing.T) {
	r := five(t)
	r.removes(event.Exchange, 7)
	r.sync()
	if _, err := r.off.Resume(t.Context(), anna, 7); !errors.Is(err, office.ErrNotShown) {
		t.Errorf("before anybody looked: %v, want %v", err, office.ErrNotShown)
	}
	if _, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false); err != nil {
		t.Fatal(err)
	}
	before := r.written()
	var more *engine.MoreWithheldError
	if _, err := r.off.Resume(t.Context(), anna, 6); !errors.As(err, &more) || more.Withheld != 7 {
		t.Errorf("fewer than there are: %v, want seven", err)
	}
	r.removes(event.Exchange, 1)
	if _, err := r.off.Resume(t.Context(), anna, 9); !errors.As(err, &more) {
		t.Errorf("one that was not shown: %v", err)
	}
	if n := r.written() - before; n != 0 {
		t.Fatalf("%d writes were let through", n)
	}
	if _, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := r.off.Resume(t.Context(), anna, 8); err != nil {
		t.Fatal(err)
	}
	if n := len(r.cal[event.Business].List(anna)); n != 12 {
		t.Errorf("business has %d entries, want 12", n)
	}
	if _, err := r.off.Resume(t.Context(), anna, 8); !errors.Is(err, engine.ErrNotHalted) {
		t.Errorf("a second time: %v, want %v", err, engine.ErrNotHalted)
	}
	r.removes(event.Exchange, 1)
	if h := of(r.sync(), anna).Halt; h != nil {
		t.Errorf("what was allowed counts against the day: %v", h)
	}
	r.removes(event.Exchange, 7)
	if h := of(r.sync(), anna).Halt; h == nil {
		t.Error("what was allowed once is allowed again")
	}
}

func TestKeep_LeavesEverythingAsItIs(t *testing.T) {
	for code, happens := range guards() {
		if code == plan.IdentityChanged {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			r := five(t)
			happens(r, event.Exchange)
			r.sync()
			was := [2][]event.Item{r.cal[0].List(anna), r.cal[1].List(anna)}
			if _, _, err := r.off.Keep(t.Context(), anna, false); err != nil {
				t.Fatal(err)
			}
			for range 5 {
				if res := of(r.sync(), anna); res.Halt != nil {
					t.Errorf("still stopped: %v", res.Halt)
				}
			}
			for s := range was {
				now := r.cal[s].List(anna)
				if len(now) != len(was[s]) {
					t.Fatalf("%s has %d entries, had %d", event.Side(s), len(now), len(was[s]))
				}
				for i := range now {
					if event.Diff(now[i].Event, was[s][i].Event) != 0 {
						t.Errorf("%s: %q was changed", event.Side(s), now[i].Subject)
					}
				}
			}
			if _, _, err := r.off.Keep(t.Context(), anna, false); !errors.Is(err, engine.ErrNotHalted) {
				t.Errorf("a second time: %v, want %v", err, engine.ErrNotHalted)
			}
		})
	}
}

func TestKeep_PutsBackWhatWasDeleted(t *testing.T) {
	r := five(t)
	r.removes(event.Exchange, 20)
	r.sync()
	held, res, err := r.off.Keep(t.Context(), anna, true)
	if err != nil || held != 20 {
		t.Fatalf("%d held, %v, want 20", held, err)
	}
	if n := res.Written[event.Exchange][plan.Create.String()]; n != 20 {
		t.Errorf("%d were made again, want 20", n)
	}
	for _, c := range r.cal {
		if n := len(c.List(anna)); n != 20 {
			t.Errorf("a side has %d entries, want 20", n)
		}
	}
	if n := writes(r.sync()); n != 0 {
		t.Errorf("the next sync writes %d times", n)
	}
}
