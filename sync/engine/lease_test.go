package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// second is another installation of the same office over the same systems,
// with a store and keys of its own.
func (r *rig) second(home string) *rig {
	o := &rig{t: r.t, clock: r.clock, cal: r.cal, office: memory.NewOffice(), sweep: r.sweep, home: home, keys: 1000, policy: r.policy, window: r.window}
	return o
}

// together gives two installations one clock.
func together(a, b *rig) { b.clock = maxTime(a.clock, b.clock); a.clock = b.clock }

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (r *rig) writtenIn(do func()) int {
	count := func() int {
		n := 0
		for _, s := range event.Sides() {
			for _, k := range r.cal[s].Counts().Written {
				n += k
			}
		}
		return n
	}
	before := count()
	do()
	return count() - before
}

// twins are entries of one subject on one side.
func (r *rig) twins() []string {
	var out []string
	for _, s := range event.Sides() {
		all := r.subjects(s)
		slices.Sort(all)
		for i := 1; i < len(all); i++ {
			if all[i] == all[i-1] {
				out = append(out, s.String()+" "+all[i])
			}
		}
	}
	return out
}

func TestLease_TwoInstallationsUnderEdits_OneWrites(t *testing.T) {
	a := newRig(t)
	a.home = "h1"
	b := a.second("h2")
	var withheld, takeovers int
	for i := range 24 {
		together(a, b)
		side := event.Side(i % 2)
		a.cal[side].Put(anna, meeting(fmt.Sprintf("entry %02d", i), 1+i, 9))
		if i > 3 {
			a.edit(side.Other(), fmt.Sprintf("entry %02d", i-3), func(it *event.Item) { it.Location = fmt.Sprintf("room %d", i) })
		}
		first, then := a, b
		if i%3 == 0 {
			first, then = b, a
		}
		var res engine.Result
		first.sync()
		together(a, b)
		n := a.writtenIn(func() { res = then.sync() })
		if res.Tenure.Kind == engine.Standby && n > 0 {
			t.Fatalf("cycle %d: the standby wrote %d times", i, n)
		}
		withheld += res.Withheld
		if i%8 == 7 { // the holder is switched off, and its lease expires
			takeovers++
			a.clock = a.clock.Add(2 * time.Hour)
		}
	}
	together(a, b)
	a.clock = a.clock.Add(2 * time.Hour)
	a.settle()
	if dup := a.twins(); len(dup) > 0 {
		t.Errorf("duplicates: %v", dup)
	}
	if n := len(a.subjects(event.Business)); n != 24 {
		t.Errorf("business has %d entries, want 24", n)
	}
	if d, e := a.rendered(event.Business), a.rendered(event.Exchange); !slices.Equal(d, e) {
		t.Errorf("the sides differ:\n%q\n%q", d, e)
	}
	if takeovers == 0 || withheld == 0 {
		t.Errorf("the history has %d take-overs and %d withheld writes: it shows nothing", takeovers, withheld)
	}
}

func TestLease_StandbySaysWhoHoldsIt_AndTakesOver(t *testing.T) {
	a := newRig(t)
	a.home = "h1"
	a.cal[event.Business].Put(anna, meeting("one", 3, 9))
	a.sync()
	b := a.second("h2")
	b.sync()
	a.cal[event.Business].Put(anna, meeting("two", 4, 9))
	together(a, b)
	res := b.sync()
	if res.Tenure.Kind != engine.Standby || res.Tenure.Holder != "PC-h1 (anna)" || res.Withheld == 0 || res.Complete {
		t.Fatalf("standby: %+v, withheld %d, complete %v", res.Tenure, res.Withheld, res.Complete)
	}
	if b.has(event.Exchange, "two") {
		t.Fatal("the standby wrote")
	}
	if err := b.eng.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res := b.sync(); res.Tenure.Kind != engine.Held || !b.has(event.Exchange, "two") {
		t.Errorf("after taking over: %+v, has it: %v", res.Tenure, b.has(event.Exchange, "two"))
	}
	together(a, b)
	a.cal[event.Business].Put(anna, meeting("three", 5, 9))
	n := a.writtenIn(func() {
		res, err := a.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
		if lost, ok := errors.AsType[*engine.LeaseError](err); !ok || lost.Lease.Holder != "PC-h2 (anna)" || res.Failed != engine.FailedLease {
			t.Errorf("err = %v (%+v), failed = %q; want the lease of h2", err, lost, res.Failed)
		}
		if res = a.sync(); res.Tenure.Kind != engine.Standby || res.Tenure.Holder != "PC-h2 (anna)" {
			t.Errorf("who was taken over from: %+v", res.Tenure)
		}
	})
	if n != 0 {
		t.Errorf("who was taken over from wrote %d times", n)
	}
}

// meddler does something to the lease or the clock around an engine's requests.
type meddler struct {
	endpoint.Endpoint
	after func(ops []endpoint.Op)
}

func (m *meddler) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := m.Endpoint.Apply(ctx, ops)
	m.after(ops)
	return out
}

func TestLease_LostInMidRun_EndsWithTheBatchInFlight(t *testing.T) {
	r := newRig(t)
	r.home = "h1"
	o := memory.LikeExchange(r.now)
	o.Caps.Batch = 3
	r.cal[event.Exchange] = memory.NewCalendar(o)
	for i := range 12 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("entry %02d", i), 1+i, 9))
	}
	thief := r.cal[event.Exchange].Endpoint(anna).(endpoint.Leaser)
	batches := 0
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return e
		}
		return &meddler{Endpoint: e, after: func([]endpoint.Op) {
			if batches++; batches == 2 {
				_, err := thief.TakeLease(t.Context(), endpoint.Lease{Token: "t", Home: "h2", Holder: "PC-h2"}, time.Hour, true)
				if err != nil {
					t.Error(err)
				}
			}
		}}
	}
	r.start()
	_, err := r.eng.Sync(t.Context(), engine.Options{Approval: engine.Approval{Standing: true}})
	if _, ok := errors.AsType[*engine.LeaseError](err); !ok {
		t.Errorf("err = %v, want a LeaseError", err)
	}
	if batches != 2 || len(r.subjects(event.Exchange)) != 6 {
		t.Errorf("%d batches and %d entries were written, want 2 and 6", batches, len(r.subjects(event.Exchange)))
	}
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil || len(snap.Open) != 0 {
		t.Errorf("%d entries of the journal are open, want none (%v)", len(snap.Open), err)
	}
	if n := r.writtenIn(func() { r.sync() }); n != 0 {
		t.Errorf("the next run wrote %d times", n)
	}
}

// sleeper lets the machine sleep while requests are being journaled.
type sleeper struct {
	state.Store
	sleep func()
}

func (s sleeper) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	err := s.Store.MarkSent(ctx, ids, at)
	s.sleep()
	return err
}

// slow lets something happen right after a listing.
type slow struct {
	endpoint.Endpoint
	then func()
}

func (s *slow) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	d, err := s.Endpoint.Changes(ctx, since, w)
	s.then()
	return d, err
}

// What was pulled while another installation held the lease may be behind what
// it wrote.
func TestLease_GotAfterThePull_PullsAgainBeforeItWrites(t *testing.T) {
	a := newRig(t)
	a.home = "h1"
	a.cal[event.Business].Put(anna, meeting("one", 3, 9))
	a.sync()
	b := a.second("h2")
	together(a, b)
	once := true
	b.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return e
		}
		return &slow{Endpoint: e, then: func() {
			if once && b.eng != nil {
				once = false
				a.sync() // writes it
				a.clock = a.clock.Add(2 * time.Hour)
				together(a, b)
			}
		}}
	}
	a.cal[event.Business].Put(anna, meeting("two", 4, 9))
	if res := b.sync(); res.Tenure.Kind != engine.Held {
		t.Errorf("tenure = %+v, want held", res.Tenure)
	}
	if dup := b.twins(); len(dup) > 0 {
		t.Errorf("duplicates: %v", dup)
	}
}

func TestLease_SleepBeforeTheRequest_NothingIsSent(t *testing.T) {
	r := newRig(t)
	r.home = "h1"
	r.cal[event.Business].Put(anna, meeting("one", 3, 9))
	slept := false
	r.wrapStore = func(s state.Store) state.Store {
		return sleeper{s, func() {
			if !slept {
				slept, r.clock = true, r.clock.Add(3*time.Hour)
			}
		}}
	}
	r.start()
	n := r.writtenIn(func() {
		_, err := r.eng.Sync(t.Context(), engine.Options{Approval: engine.Approval{Standing: true}})
		if _, ok := errors.AsType[*engine.LeaseError](err); !ok {
			t.Errorf("err = %v, want a LeaseError", err)
		}
	})
	if n != 0 {
		t.Errorf("%d requests were sent after the lease had expired", n)
	}
	r.settle()
	if !r.has(event.Exchange, "one") || len(r.twins()) > 0 {
		t.Errorf("after waking: %q", r.subjects(event.Exchange))
	}
}

func TestLease_CostsOneLookPerBatch_AndNothingIdle(t *testing.T) {
	r := newRig(t)
	r.home, r.sweep = "h1", 24*time.Hour
	o := memory.LikeExchange(r.now)
	o.Caps.Batch = 4
	r.cal[event.Exchange] = memory.NewCalendar(o)
	leases := func(do func()) int {
		before := r.cal[event.Exchange].Counts().Leases
		do()
		return r.cal[event.Exchange].Counts().Leases - before
	}
	if n := leases(func() { r.sync() }); n != 1 {
		t.Errorf("a program that has nothing to write looks at the lease %d times, want 1", n)
	}
	r.cal[event.Business].Put(anna, meeting("first", 1, 9))
	r.sync()
	if n := leases(func() {
		for range 20 {
			r.scheduled()
		}
	}); n != 0 {
		t.Errorf("20 idle cycles asked for the lease %d times, want 0", n)
	}
	for i := range 8 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("entry %d", i), 3+i, 9))
	}
	applied := r.cal[event.Exchange].Counts().Apply
	n := leases(func() { r.scheduled() })
	if batches := r.cal[event.Exchange].Counts().Apply - applied; n != batches {
		t.Errorf("%d batches cost %d looks at the lease, want one each", batches, n)
	}
	r.clock = r.clock.Add(40 * time.Minute) // of an hour
	if n := leases(func() { r.scheduled(); r.scheduled() }); n != 1 {
		t.Errorf("past half of its time the lease was renewed %d times, want 1", n)
	}
}

func TestLease_MailboxThatTakesNone_IsWorkedOnAndSaidSo(t *testing.T) {
	r := newRig(t)
	r.home = "h1"
	o := memory.LikeExchange(r.now)
	o.Caps.ReadOnly = true
	r.cal[event.Exchange] = memory.NewCalendar(o)
	r.cal[event.Exchange].Put(anna, meeting("one", 3, 9))
	if res := r.sync(); res.Tenure.Kind != engine.Unprotected || !res.Complete {
		t.Errorf("tenure = %+v, complete = %v", res.Tenure, res.Complete)
	}
	if !r.has(event.Business, "one") {
		t.Error("the entry has not arrived")
	}
	if err := r.eng.TakeOver(t.Context()); !errors.Is(err, engine.ErrNoLease) {
		t.Errorf("taking over = %v, want ErrNoLease", err)
	}
}

func TestLease_Released_IsFreeForOthersAtOnce(t *testing.T) {
	a := newRig(t)
	a.home = "h1"
	a.cal[event.Business].Put(anna, meeting("one", 3, 9))
	a.sync()
	if err := a.eng.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := a.second("h2")
	together(a, b)
	b.cal[event.Business].Put(anna, meeting("two", 4, 9))
	if res := b.sync(); res.Tenure.Kind != engine.Held {
		t.Errorf("tenure = %+v, want held", res.Tenure)
	}
}

// Whatever step the holder dies at, the other installation waits for the lease
// to expire and then brings everything to the same end.
func TestLease_DeathAtEveryStep_LeavesALeaseThatExpires(t *testing.T) {
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		a := newRig(t)
		a.home = "h1"
		a.policy.Deleted = plan.KeepChanged
		for i := range 3 {
			a.cal[event.Business].Put(anna, meeting(fmt.Sprintf("b%d", i), 3+i, 9))
			a.cal[event.Exchange].Put(anna, meeting(fmt.Sprintf("e%d", i), 3+i, 13))
		}
		a.fused(f)
		a.wrapLeaser = func(l endpoint.Leaser) endpoint.Leaser { return crashtest.Leaser(f, l) }
		a.attempt()
		b := a.second("h2")
		together(a, b)
		held := a.cal[event.Exchange].Endpoint(anna).(endpoint.Leaser)
		is, err := held.Lease(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := b.writtenIn(func() { b.sync() }); n > 0 && is.Live(b.clock) {
			t.Errorf("%d writes beside a lease that binds", n)
		}
		b.clock = b.clock.Add(2 * time.Hour)
		together(a, b)
		b.settle()
		if dup := b.twins(); len(dup) > 0 {
			t.Errorf("duplicates: %v", dup)
		}
		for _, s := range event.Sides() {
			if n := len(b.subjects(s)); n != 6 {
				t.Errorf("%s has %d entries, want 6: %q", s, n, b.subjects(s))
			}
		}
	})
	if deaths < 30 {
		t.Errorf("only %d steps", deaths)
	}
}

func TestLease_Undo_WritesUnderItOrNotAtAll(t *testing.T) {
	a := newRig(t)
	a.home = "h1"
	a.cal[event.Business].Put(anna, meeting("one", 3, 9))
	a.sync()
	b := a.second("h2")
	together(a, b)
	b.sync()
	n := a.writtenIn(func() {
		res, err := b.eng.Undo(t.Context(), engine.Undone{}, nil)
		if _, lost := errors.AsType[*engine.LeaseError](err); !lost || res.Tenure.Kind != engine.Standby {
			t.Errorf("undo beside a holder: %v, %+v", err, res.Tenure)
		}
	})
	if n != 0 {
		t.Errorf("%d writes", n)
	}
	if err := b.eng.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.eng.Undo(t.Context(), engine.Undone{}, nil); err != nil {
		t.Errorf("undo by the holder: %v", err)
	}
}
