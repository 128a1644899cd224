package office_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
)

// blind hides that an endpoint can watch, so that only polling tells of a
// change. What an endpoint finds and identifies stays.
func blind(_ event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
	if s == event.Business {
		return struct {
			endpoint.Endpoint
			endpoint.Identifier
		}{e, e.(endpoint.Identifier)}
	}
	return struct {
		endpoint.Endpoint
		endpoint.Identifier
		endpoint.Finder
	}{e, e.(endpoint.Identifier), e.(endpoint.Finder)}
}

// running starts the loop of a rig, approved and at rest, in a bubble of its
// own time, and plays a test in it.
func running(t *testing.T, set, play func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		r.wrap = blind
		if set != nil {
			set(t, r)
		}
		r.start()
		r.sync()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.off.Run(ctx) }()
		synctest.Wait()
		play(t, r)
		stop()
		synctest.Wait()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run ended with %v", err)
			}
		default:
			t.Error("Run has not ended")
		}
	})
}

// within fails unless something comes true in that time.
func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	begun := time.Now()
	for !ok() {
		if time.Since(begun) >= limit {
			t.Errorf("not within %v: %s", limit, what)
			return
		}
		time.Sleep(time.Second)
		synctest.Wait()
	}
}

func TestRun_PollingAlone_ShowsAnEditOnTheOtherSideWithinAMinute(t *testing.T) {
	running(t, nil, func(t *testing.T, r *rig) {
		for n := range 10 {
			time.Sleep(time.Duration(n*7) * time.Second) // at any moment of the interval
			synctest.Wait()
			for _, s := range event.Sides() {
				for _, id := range everybody() {
					subject := fmt.Sprintf("%s of %s, %d", s, id, n)
					made := r.cal[s].Put(id, r.entry(subject, 1+n, 9))
					within(t, time.Minute, subject+" on the other side", func() bool { return r.has(s.Other(), id, subject) })
					if err := r.cal[s].Edit(id, made, func(it *event.Item) { it.Subject = "edited " + subject }); err != nil {
						t.Fatal(err)
					}
					within(t, time.Minute, "edited "+subject+" on the other side", func() bool { return r.has(s.Other(), id, "edited "+subject) })
				}
			}
		}
	})
}

// pulls counts how often a person's Exchange calendar was asked for changes,
// and how often whole.
type pulls struct {
	endpoint.Endpoint
	endpoint.Identifier
	endpoint.Finder
	all, whole *atomic.Int64
}

func (p *pulls) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	p.all.Add(1)
	if since == "" {
		p.whole.Add(1)
	}
	return p.Endpoint.Changes(ctx, since, w)
}

// counting lets a rig count the pulls of anna's mailbox.
func (r *rig) counting() (all, whole *atomic.Int64) {
	all, whole = &atomic.Int64{}, &atomic.Int64{}
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		e = blind(id, s, e)
		if id != anna || s != event.Exchange {
			return e
		}
		return &pulls{e, e.(endpoint.Identifier), e.(endpoint.Finder), all, whole}
	}
	return all, whole
}

func TestRun_PullsAtTheOfficesInterval(t *testing.T) {
	var all, whole *atomic.Int64
	running(t, func(t *testing.T, r *rig) {
		all, whole = r.counting()
		s, err := r.book.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Rules.Every = 5 * time.Minute
		if err := r.book.SaveSettings(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}, func(t *testing.T, _ *rig) {
		// A complete listing takes a second call, for what was deleted before it.
		pulled := func() int64 { return all.Load() - whole.Load() }
		before := pulled()
		time.Sleep(time.Hour + time.Second)
		if got := pulled() - before; got != 12 {
			t.Errorf("%d pulls in an hour at 5 min, want 12", got)
		}
	})
}

func TestRun_ListsBothSidesWholeOnceANight(t *testing.T) {
	var whole *atomic.Int64
	running(t, func(_ *testing.T, r *rig) { _, whole = r.counting() }, func(t *testing.T, r *rig) {
		// The bubble begins at midnight UTC: 02:00 in Helsinki.
		before := whole.Load()
		time.Sleep(59 * time.Minute)
		if n := whole.Load() - before; n != 0 {
			t.Errorf("%d whole listings before 03:00", n)
		}
		time.Sleep(2 * time.Minute)
		if n := whole.Load() - before; n != 1 {
			t.Errorf("%d whole listings at 03:00 of the office's zone, want 1", n)
		}
		time.Sleep(23 * time.Hour)
		if n := whole.Load() - before; n != 1 {
			t.Errorf("%d whole listings within a day, want 1", n)
		}
		_ = r.off.Pause(t.Context(), time.Now().Add(3*time.Hour)) // over the next night
		time.Sleep(3*time.Hour + time.Minute)
		if n := whole.Load() - before; n != 2 {
			t.Errorf("%d whole listings after a night that was slept through in a pause, want 2", n)
		}
	})
}

func TestRun_NightMissedWhileOff_IsMadeUpForAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		_, whole := r.counting()
		r.start()
		r.sync()
		for _, off := range []struct {
			time.Duration
			want int64
		}{{20 * time.Minute, 0}, {10 * time.Hour, 1}, {10 * time.Minute, 0}} {
			time.Sleep(off.Duration)
			before := whole.Load()
			r.start()
			ctx, stop := context.WithCancel(t.Context())
			go func() { _ = r.off.Run(ctx) }()
			synctest.Wait()
			if got := whole.Load() - before; got != off.want {
				t.Errorf("%d whole listings after %v off, want %d", got, off.Duration, off.want)
			}
			stop()
			synctest.Wait()
		}
	})
}

func TestRun_HintPullsSoonAndOnce(t *testing.T) {
	running(t, func(_ *testing.T, r *rig) { r.wrap = nil }, func(t *testing.T, r *rig) {
		time.Sleep(5 * time.Second)
		synctest.Wait()
		before := r.cal[event.Exchange].Counts().Changes
		for n := range 5 {
			r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("hinted ", n), 1+n, 9))
		}
		within(t, 4*time.Second, "all hinted entries in business", func() bool { return len(r.subjects(event.Business, anna)) == 5 })
		if got := r.cal[event.Exchange].Counts().Changes - before; got != 1 {
			t.Errorf("five changes made %d pulls of mailboxes, want one of anna's", got)
		}
	})
}

func TestRun_HintsDoNotKeepThePollFromOthers(t *testing.T) {
	running(t, func(_ *testing.T, r *rig) {
		r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if id == anna && s == event.Exchange {
				return e // she alone is heard of
			}
			return blind(id, s, e)
		}
	}, func(t *testing.T, r *rig) {
		r.cal[event.Exchange].Put(bert, r.entry("bert's", 2, 9))
		for n := range 30 {
			r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("anna's ", n), 3, 5+n%12))
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		if !r.has(event.Business, bert, "bert's") {
			t.Error("bert waits for more than a minute because anna is busy")
		}
	})
}

// shaky is an endpoint whose watch is lost after a while.
type shaky struct {
	endpoint.Endpoint
	endpoint.Identifier
	endpoint.Finder
	life  time.Duration
	times *atomic.Int64
}

func (s *shaky) Watch(ctx context.Context) (<-chan struct{}, error) {
	if s.times.Add(1) == 2 {
		return nil, &endpoint.Error{Op: "watch", Kind: endpoint.Unavailable}
	}
	ctx, stop := context.WithTimeout(ctx, s.life)
	context.AfterFunc(ctx, stop)
	return s.Endpoint.(endpoint.Watcher).Watch(ctx)
}

func TestRun_LostWatch_IsSetUpAgain(t *testing.T) {
	var times atomic.Int64
	running(t, func(_ *testing.T, r *rig) {
		r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if id == anna && s == event.Exchange {
				return &shaky{e, e.(endpoint.Identifier), e.(endpoint.Finder), 10 * time.Minute, &times}
			}
			return blind(id, s, e)
		}
	}, func(t *testing.T, r *rig) {
		time.Sleep(12*time.Minute + 5*time.Second) // lost after 10, refused after 11, there again after 12
		synctest.Wait()
		if n := times.Load(); n != 3 {
			t.Errorf("watched %d times, want 3", n)
		}
		r.cal[event.Exchange].Put(anna, r.entry("heard of", 2, 9))
		within(t, 4*time.Second, "the hint of the new watch", func() bool { return r.has(event.Business, anna, "heard of") })
	})
}

func TestRun_SwitchedOff_IsNotWatchedAnyMore(t *testing.T) {
	running(t, func(_ *testing.T, r *rig) { r.wrap = nil }, func(t *testing.T, r *rig) {
		if _, err := r.off.Switch(t.Context(), string(anna), false, "anna"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		before := r.cal[event.Exchange].Counts().Changes
		r.cal[event.Exchange].Put(anna, r.entry("private life", 2, 9))
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if got := r.cal[event.Exchange].Counts().Changes - before; got != 0 {
			t.Errorf("%d mailboxes pulled for somebody who is switched off", got)
		}
		if _, err := r.off.Switch(t.Context(), string(anna), true, "anna"); err != nil {
			t.Fatal(err)
		}
		within(t, 2*time.Second, "anna's entry once she is back", func() bool { return r.has(event.Business, anna, "private life") })
		r.cal[event.Exchange].Put(anna, r.entry("heard of again", 3, 9))
		within(t, 4*time.Second, "the hint of the new watch", func() bool { return r.has(event.Business, anna, "heard of again") })
	})
}

func TestRun_PauseAndResume(t *testing.T) {
	running(t, nil, func(t *testing.T, r *rig) {
		_ = r.off.Pause(t.Context(), time.Now().Add(time.Hour))
		r.cal[event.Exchange].Put(anna, r.entry("meanwhile", 2, 9))
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if r.has(event.Business, anna, "meanwhile") {
			t.Error("written during a pause")
		}
		if h := r.off.Status().Health; h != office.Paused {
			t.Errorf("health after 59 min of a pause = %s, want %s", h, office.Paused)
		}
		within(t, 2*time.Minute, "the pause ends by itself", func() bool { return r.has(event.Business, anna, "meanwhile") })
		_ = r.off.Pause(t.Context(), time.Now().Add(time.Hour))
		r.cal[event.Exchange].Put(anna, r.entry("resumed", 3, 9))
		time.Sleep(time.Minute)
		_ = r.off.Pause(t.Context(), time.Time{})
		synctest.Wait()
		if !r.has(event.Business, anna, "resumed") {
			t.Error("resuming does not pull at once")
		}
	})
}

func TestRun_WakePullsNow(t *testing.T) {
	running(t, nil, func(t *testing.T, r *rig) {
		time.Sleep(3 * time.Second)
		r.cal[event.Exchange].Put(anna, r.entry("now", 2, 9))
		r.off.Wake()
		synctest.Wait()
		if !r.has(event.Business, anna, "now") {
			t.Error("not pulled after a Wake")
		}
	})
}

func TestRun_MachineSlept_PullsOnWaking(t *testing.T) {
	var slept atomic.Int64
	running(t, func(t *testing.T, r *rig) {
		r.clock = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
		s, err := r.book.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Rules.Every = 20 * time.Minute
		if err := r.book.SaveSettings(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}, func(t *testing.T, r *rig) {
		for _, jump := range []time.Duration{3 * time.Hour, -time.Hour} {
			subject := "during " + jump.String()
			time.Sleep(time.Minute)
			r.cal[event.Exchange].Put(anna, r.entry(subject, 2, 9))
			slept.Add(int64(jump))
			within(t, 11*time.Second, subject, func() bool { return r.has(event.Business, anna, subject) })
		}
	})
}

func TestRun_ThrottledMailbox_IsLeftAlone_AndNobodyElse(t *testing.T) {
	var all *atomic.Int64
	running(t, func(_ *testing.T, r *rig) { all, _ = r.counting() }, func(t *testing.T, r *rig) {
		r.cal[event.Exchange].Break(anna, &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Throttled, RetryAfter: 10 * time.Minute})
		time.Sleep(31 * time.Second)
		r.cal[event.Exchange].Break(anna, nil)
		before := all.Load()
		r.cal[event.Exchange].Put(anna, r.entry("anna's", 2, 9))
		r.cal[event.Exchange].Put(bert, r.entry("bert's", 2, 9))
		within(t, time.Minute, "bert's entry", func() bool { return r.has(event.Business, bert, "bert's") })
		r.off.Wake()
		time.Sleep(8 * time.Minute)
		synctest.Wait()
		if got := all.Load() - before; got != 0 {
			t.Errorf("the throttled mailbox was asked %d times before its time", got)
		}
		within(t, 2*time.Minute, "anna's entry when the time has come", func() bool { return r.has(event.Business, anna, "anna's") })
	})
}

func TestRun_ThrottledAccount_IsLeftAloneByAll(t *testing.T) {
	var all *atomic.Int64
	running(t, func(_ *testing.T, r *rig) { all, _ = r.counting() }, func(t *testing.T, r *rig) {
		r.cal[event.Business].Break(bert, &endpoint.Error{Op: "list", Side: event.Business, Scope: endpoint.ScopeAccount, Kind: endpoint.Throttled, RetryAfter: 10 * time.Minute})
		time.Sleep(31 * time.Second)
		before := all.Load()
		time.Sleep(9 * time.Minute)
		if got := all.Load() - before; got != 0 {
			t.Errorf("anna was pulled %d times although the account rests", got)
		}
		time.Sleep(2 * time.Minute)
		if got := all.Load() - before; got == 0 {
			t.Error("nobody was pulled when the time had come")
		}
	})
}

// slow takes its time for each listing.
type slow struct {
	endpoint.Endpoint
	takes *atomic.Int64
}

func (s *slow) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	select {
	case <-time.After(time.Duration(s.takes.Load())):
	case <-ctx.Done():
		return endpoint.Delta{}, &endpoint.Error{Op: "list", Kind: endpoint.Unavailable, Err: ctx.Err()}
	}
	return s.Endpoint.Changes(ctx, since, w)
}

func TestRun_SlowPerson_KeepsNobodyWaiting(t *testing.T) {
	var takes atomic.Int64
	running(t, func(_ *testing.T, r *rig) {
		r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if e = blind(id, s, e); id == anna {
				return &slow{e, &takes}
			}
			return e
		}
	}, func(t *testing.T, r *rig) {
		takes.Store(int64(20 * time.Minute))
		time.Sleep(time.Minute)
		for n := range 3 {
			subject := fmt.Sprint("bert's ", n)
			r.cal[event.Exchange].Put(bert, r.entry(subject, 2+n, 9))
			within(t, time.Minute, subject, func() bool { return r.has(event.Business, bert, subject) })
		}
		if h := healthy(r, anna); h != office.UpToDate {
			t.Errorf("anna's health while she is worked on = %s", h)
		}
		time.Sleep(14 * time.Minute)
		if h := healthy(r, anna); h != office.NeedsAttention {
			t.Errorf("anna's health after 15 min without a complete run = %s, want %s", h, office.NeedsAttention)
		}
	})
}

// healthy is how somebody is doing by the status.
func healthy(r *rig, id event.PersonID) office.Health {
	for _, p := range r.off.Status().People {
		if p.ID == id {
			return p.Health
		}
	}
	return -1
}

// slowWriter takes its time for each write and cannot be hurried.
type slowWriter struct {
	endpoint.Endpoint
	takes time.Duration
}

func (s *slowWriter) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	select {
	case <-time.After(s.takes):
		return s.Endpoint.Apply(ctx, ops)
	case <-ctx.Done():
		out := make([]endpoint.Result, len(ops))
		for i := range out {
			out[i].Err = &endpoint.Error{Op: "create", Kind: endpoint.OutcomeUnknown, Scope: endpoint.ScopeCalendar, Err: ctx.Err()}
		}
		return out
	}
}

func TestRun_AskedToStop_FinishesTheWriteInHand(t *testing.T) {
	for _, c := range []struct {
		takes, stops time.Duration
		want         int
	}{{3 * time.Second, 2 * time.Second, 1}, {time.Minute, 4 * time.Second, 0}} {
		t.Run(c.takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, time.Now)
				r.sync()
				r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
					if e = blind(id, s, e); s == event.Business {
						return &slowWriter{e, c.takes}
					}
					return e
				}
				for n := range 3 {
					r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("a", n), 2+n, 9))
				}
				r.start()
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() { defer close(ended); _ = r.off.Run(ctx) }()
				time.Sleep(time.Second)
				begun := time.Now()
				stop()
				<-ended
				if took := time.Since(begun); took != c.stops {
					t.Errorf("stopped after %v, want %v", took, c.stops)
				}
				if n := len(r.subjects(event.Business, anna)); n != c.want {
					t.Errorf("%d entries written, want %d", n, c.want)
				}
				snap, err := r.state.Person(anna).Load(t.Context())
				if err != nil || len(snap.Links) != c.want {
					t.Errorf("%d links, %v; want %d", len(snap.Links), err, c.want)
				}
				pulses, err := r.book.Pulses(t.Context())
				for _, p := range pulses {
					if p.Failed != "" || err != nil {
						t.Errorf("stopping counts as %s's failure %q, %v", p.Person, p.Failed, err)
					}
				}
				r.wrap = nil
				r.start()
				r.sync()
				if n := len(r.subjects(event.Business, anna)); n != 3 {
					t.Errorf("%d entries after the next start, want 3", n)
				}
			})
		})
	}
}

func TestRun_PreviewInBetween_LosesNoChange(t *testing.T) {
	running(t, nil, func(t *testing.T, r *rig) {
		time.Sleep(2 * time.Minute) // idle
		r.cal[event.Exchange].Put(anna, r.entry("seen by a preview first", 2, 9))
		if _, err := r.off.Preview(t.Context(), nil, false); err != nil {
			t.Fatal(err)
		}
		within(t, time.Minute, "the entry that a preview pulled", func() bool { return r.has(event.Business, anna, "seen by a preview first") })
	})
}

func TestRun_FailureInBetween_LosesNoChange(t *testing.T) {
	running(t, nil, func(t *testing.T, r *rig) {
		time.Sleep(2 * time.Minute) // idle
		r.cal[event.Business].Put(anna, r.entry("pulled before a failure", 2, 9))
		r.cal[event.Exchange].FailNext(anna, memory.FailUnavailable)
		within(t, 2*time.Minute, "the entry that came with a failure", func() bool { return r.has(event.Exchange, anna, "pulled before a failure") })
	})
}

func TestRun_ForgetsOldHistoryOnceANight(t *testing.T) {
	var calls []time.Time
	running(t, func(_ *testing.T, r *rig) {
		r.prune = func(_ context.Context, history, images time.Time) error {
			calls = append(calls, time.Now())
			if got := time.Since(history); got != 90*24*time.Hour {
				t.Errorf("history is forgotten after %v, want 90 days", got)
			}
			if got := time.Since(images); got != 30*24*time.Hour {
				t.Errorf("images are forgotten after %v, want 30 days", got)
			}
			return nil
		}
	}, func(t *testing.T, _ *rig) {
		time.Sleep(72 * time.Hour)
		synctest.Wait()
		if len(calls) != 4 {
			t.Errorf("history was forgotten %d times in three days, want once at the start and once each night", len(calls))
		}
	})
}

// seldom sets the office's interval to 20 minutes.
func seldom(t *testing.T, r *rig) {
	t.Helper()
	s, err := r.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Rules.Every = 20 * time.Minute
	if err := r.book.SaveSettings(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func throttled(scope endpoint.Scope, wait time.Duration) *endpoint.Error {
	return &endpoint.Error{Op: "list", Side: event.Exchange, Scope: scope, Kind: endpoint.Throttled, RetryAfter: wait}
}

// TestRun_Throttled_IsTriedAgainWhenTheServersPauseIsOver and not at the
// office's next turn, which may be far away.
func TestRun_Throttled_IsTriedAgainWhenTheServersPauseIsOver(t *testing.T) {
	for _, scope := range []endpoint.Scope{endpoint.ScopeCalendar, endpoint.ScopeAccount} {
		t.Run(scope.String(), func(t *testing.T) {
			var all *atomic.Int64
			running(t, func(t *testing.T, r *rig) {
				seldom(t, r)
				all, _ = r.counting()
			}, func(t *testing.T, r *rig) {
				r.cal[event.Exchange].Break(anna, throttled(scope, 7*time.Second))
				r.off.Wake()
				synctest.Wait()
				r.cal[event.Exchange].Break(anna, nil)
				r.cal[event.Exchange].Put(anna, r.entry("waits", 2, 9))
				before := all.Load()
				time.Sleep(7*time.Second - time.Millisecond)
				synctest.Wait()
				if got := all.Load() - before; got != 0 {
					t.Errorf("the server was asked %d times within its pause", got)
				}
				within(t, time.Second, "the entry that waited", func() bool { return r.has(event.Business, anna, "waits") })
				done := all.Load()
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if got := all.Load() - done; got != 0 {
					t.Errorf("asked %d times more, want one further try alone", got)
				}
			})
		})
	}
}

// TestRun_ThrottledAgainAndAgain_IsAskedLessAndLess: 1 minute, then 2, 4, 8, and
// then no more often than everybody else.
func TestRun_ThrottledAgainAndAgain_IsAskedLessAndLess(t *testing.T) {
	running(t, seldom, func(t *testing.T, r *rig) {
		tried := func() time.Time {
			people := r.off.Status().People
			return people[slices.IndexFunc(people, func(p office.PersonStatus) bool { return p.ID == anna })].Tried
		}
		r.cal[event.Exchange].Break(anna, throttled(endpoint.ScopeCalendar, time.Minute))
		r.off.Wake()
		synctest.Wait()
		begun, last := time.Now(), tried()
		var tries []time.Duration
		for time.Since(begun) < time.Hour {
			time.Sleep(time.Second)
			synctest.Wait()
			if at := tried(); at.After(last) {
				tries, last = append(tries, time.Since(begun)), at
			}
		}
		if len(tries) < 5 || len(tries) > 8 {
			t.Fatalf("tried again after %v", tries)
		}
		for i, want := range []time.Duration{time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute} {
			if late := tries[i] - want; late < 0 || late > 2*time.Second {
				t.Errorf("try %d came after %v, want %v", i+1, tries[i], want)
			}
		}
		r.cal[event.Exchange].Break(anna, nil)
		within(t, 21*time.Minute, "a run that is served", func() bool { return r.off.Status().Health == office.UpToDate })
		r.cal[event.Exchange].Break(anna, throttled(endpoint.ScopeCalendar, time.Minute))
		r.off.Wake()
		synctest.Wait()
		r.cal[event.Exchange].Break(anna, nil)
		r.cal[event.Exchange].Put(anna, r.entry("afterwards", 2, 9))
		within(t, 62*time.Second, "a short wait once a run was served", func() bool { return r.has(event.Business, anna, "afterwards") })
	})
}

// TestRun_APauseThatEndsForgetsNoHint: who is hinted at while another one's
// pause ends is pulled with him.
func TestRun_APauseThatEndsForgetsNoHint(t *testing.T) {
	running(t, func(t *testing.T, r *rig) {
		seldom(t, r)
		r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if id == bert && s == event.Exchange {
				return e // he alone is heard of
			}
			return blind(id, s, e)
		}
	}, func(t *testing.T, r *rig) {
		r.cal[event.Exchange].Break(anna, throttled(endpoint.ScopeCalendar, 10*time.Second))
		r.off.Wake()
		synctest.Wait()
		r.cal[event.Exchange].Break(anna, nil)
		time.Sleep(9 * time.Second)
		r.cal[event.Exchange].Put(bert, r.entry("hinted", 2, 9))
		within(t, 4*time.Second, "the entry of which a hint told", func() bool { return r.has(event.Business, bert, "hinted") })
	})
}
