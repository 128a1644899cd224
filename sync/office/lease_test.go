package office_test

import (
	"testing"
	"time"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
)

// beside is a second installation over the same systems.
func (r *rig) beside() *rig {
	o := &rig{t: r.t, clock: r.clock, cal: r.cal, book: memory.NewBook(), state: memory.NewOffice(), home: "h2"}
	o.keys.Store(1000)
	settings, err := r.book.Settings(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	people, err := r.book.People(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := o.book.SaveSettings(r.t.Context(), settings); err != nil {
		r.t.Fatal(err)
	}
	if err := o.book.SavePeople(r.t.Context(), people); err != nil {
		r.t.Fatal(err)
	}
	o.start()
	return o
}

func TestLease_SecondOffice_IsOnStandbyUntilItTakesOver(t *testing.T) {
	a := newRig(t, ticking())
	a.cal[event.Business].Put(anna, a.entry("one", 1, 9))
	a.cal[event.Business].Put(bert, a.entry("his", 1, 9))
	a.sync()
	b := a.beside()
	a.cal[event.Business].Put(anna, a.entry("two", 2, 9))
	res := of(b.sync(), anna)
	if res.Tenure.Kind != engine.Standby || res.Tenure.Holder != "PC h1" || b.has(event.Exchange, anna, "two") {
		t.Fatalf("second office: %+v, wrote: %v", res.Tenure, b.has(event.Exchange, anna, "two"))
	}
	s := b.off.Status()
	if s.Health != office.Standby || s.People[0].Lease.Holder != "PC h1" || s.People[0].Health != office.Standby {
		t.Errorf("status = %v, %+v", s.Health, s.People[0])
	}
	taken, err := b.off.TakeOver(t.Context(), []event.PersonID{anna})
	if err != nil || len(taken) != 1 || taken[0].ID != anna {
		t.Fatalf("taken over %v, %v", taken, err)
	}
	b.sync()
	if !b.has(event.Exchange, anna, "two") {
		t.Error("who took over does not write")
	}
	if s := b.off.Status(); s.People[0].Health != office.UpToDate || s.People[1].Health != office.Standby {
		t.Errorf("after taking one person over: %v and %v", s.People[0].Health, s.People[1].Health)
	}
}

func TestClose_GivesTheLeasesUp(t *testing.T) {
	a := newRig(t, ticking())
	a.cal[event.Business].Put(anna, a.entry("one", 1, 9))
	a.sync()
	if err := a.off.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := a.beside()
	b.cal[event.Business].Put(anna, b.entry("two", 2, 9))
	if res := of(b.sync(), anna); res.Tenure.Kind != engine.Held {
		t.Errorf("tenure = %+v, want held", res.Tenure)
	}
}

func TestLease_HolderIsGone_StandbyTakesOverByItself(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	a := newRig(t, func() time.Time { return now })
	a.cal[event.Business].Put(anna, a.entry("one", 1, 9))
	a.sync()
	b := a.beside()
	b.sync()
	now = now.Add(time.Hour)
	a.cal[event.Business].Put(anna, a.entry("two", 2, 9))
	if res := of(b.sync(), anna); res.Tenure.Kind != engine.Held || !b.has(event.Exchange, anna, "two") {
		t.Errorf("tenure = %+v, has it: %v", res.Tenure, b.has(event.Exchange, anna, "two"))
	}
}
