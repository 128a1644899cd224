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
func five(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, ticking())
	var more []state.Person
	for _, name := range []string{"dana", "eino"} {
		id := event.PersonID(name + "@office.test")
		more = append(more, state.Person{ID: id, Name: name, Addresses: [2]string{string(id), string(id)}, Accounts: [2]string{name, string(id)}, Enabled: true})
	}
	if err := r.book.SavePeople(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.crowd() {
		for i := range 20 {
			r.cal[i%2].Put(p, slot(fmt.Sprintf("%s %d.", p, i), 3+i, 9))
		}
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

// guards are what a safety stop is for: what happens to anna, and what stops her.
func guards() map[plan.Code]func(r *rig) {
	return map[plan.Code]func(r *rig){
		plan.TooManyDeletes: func(r *rig) { r.removes(event.Exchange, 7) },
		plan.SideShrank:     func(r *rig) { r.removes(event.Exchange, 12) },
		plan.SideEmpty:      func(r *rig) { r.removes(event.Exchange, 20) },
		plan.AllShifted: func(r *rig) {
			r.some(event.Exchange, 18, func(id event.ID) error {
				return r.cal[event.Exchange].Edit(anna, id, func(it *event.Item) {
					start, end := it.When.Instants(time.UTC)
					it.When, _ = event.Between(start.Add(2*time.Hour), end.Add(2*time.Hour), "Europe/Helsinki")
				})
			})
		},
		plan.TooManyCreates: func(r *rig) {
			for i := range 51 {
				r.cal[event.Exchange].Put(anna, slot(fmt.Sprintf("flood %d.", i), 3+i%25, 14))
			}
		},
		plan.IdentityChanged: func(r *rig) {
			r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if id == anna && s == event.Exchange {
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
		t.Run(string(code), func(t *testing.T) {
			r := five(t)
			happens(r)
			for _, p := range r.crowd()[1:] {
				if err := r.cal[event.Business].Edit(p, r.cal[event.Business].List(p)[0].ID, func(it *event.Item) { it.Location = "moved" }); err != nil {
					t.Fatal(err)
				}
			}
			before, was := r.written(), [2]int{len(r.cal[0].List(anna)), len(r.cal[1].List(anna))}
			out := r.order(office.Order{})
			if got := of(out, anna).Halt; got == nil || got.Code != code {
				t.Fatalf("anna's halt = %v, want %s", got, code)
			}
			if n := r.written() - before; n != 4 {
				t.Errorf("the systems were written to %d times, want once for each of the others", n)
			}
			for _, p := range r.crowd()[1:] {
				if res := of(out, p); res.Err != nil || !res.Complete {
					t.Errorf("%s did not finish: %v", p, res.Err)
				}
			}
			if now := [2]int{len(r.cal[0].List(anna)), len(r.cal[1].List(anna))}; now != was {
				t.Errorf("anna has %v entries, had %v", now, was)
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
	deleted := 0
	for range 4 {
		r.removes(event.Exchange, 5)
		before := len(r.cal[event.Business].List(anna))
		out := r.sync()
		deleted += before - len(r.cal[event.Business].List(anna))
		if h := of(out, anna).Halt; h != nil {
			if h.Code != plan.TooManyToday || deleted != 10 {
				t.Errorf("halt %s after %d deletions, want %s after 10", h.Code, deleted, plan.TooManyToday)
			}
			return
		}
	}
	t.Errorf("no halt after %d deletions", deleted)
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
			happens(r)
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
