package office_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

func TestWaitStatus_WakesForEveryChange(t *testing.T) {
	r := newRig(t, ticking())
	r.sync()
	s := r.off.Status()
	for range 20 {
		// What happens between a Status and the wait for the next must not be
		// slept through.
		_ = r.off.Pause(t.Context(), time.Time{})
		next, err := r.off.WaitStatus(t.Context(), s.Seq)
		if err != nil || next.Seq <= s.Seq {
			t.Fatalf("seq %d after %d, %v", next.Seq, s.Seq, err)
		}
		s = next
	}
	if next, err := r.off.WaitStatus(t.Context(), s.Seq+1000); err != nil || next.Seq != s.Seq {
		t.Errorf("the number of another life waits: %d, %v", next.Seq, err)
	}
}

func TestWaitStatus_ManyReaders_AllSeeTheLastChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		const changes = 50
		done := make(chan uint64, 8)
		first := r.off.Status().Seq
		for range cap(done) {
			go func() {
				seq := first
				for seq < first+changes {
					s, err := r.off.WaitStatus(t.Context(), seq)
					if err != nil {
						t.Error(err)
						break
					}
					seq = s.Seq
				}
				done <- seq
			}()
		}
		for range changes {
			_ = r.off.Pause(t.Context(), time.Time{})
		}
		for range cap(done) {
			if seq := <-done; seq != first+changes {
				t.Errorf("a reader ended at %d, want %d", seq, first+changes)
			}
		}
	})
}

func TestWaitStatus_EndsWithItsContext(t *testing.T) {
	r := newRig(t, ticking())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.off.WaitStatus(ctx, r.off.Status().Seq); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func TestStatus_IdleSyncsOfUnchangedPeople_SeatNobodyAnew(t *testing.T) {
	r := newRig(t, ticking())
	r.sync()
	before := r.off.Status()
	if _, err := r.off.Preview(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	if after := r.off.Status(); after.Seq != before.Seq {
		t.Errorf("a preview that changes nothing wakes readers: %d, then %d", before.Seq, after.Seq)
	}
}

func TestRecall_ShowsWhatTheLastStartLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		r.sync()
		if _, err := r.off.Switch(t.Context(), string(cleo), false, "cleo"); err != nil {
			t.Fatal(err)
		}
		want := r.off.Status()
		r.start()
		if got := r.off.Status(); len(got.People) != 0 {
			t.Errorf("before Recall: %+v", got)
		}
		if err := r.off.Recall(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := r.off.Status()
		got.Seq = want.Seq
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("status after a restart (-before +after):\n%s", diff)
		}
		if len(got.People) != 2 || got.Health != office.UpToDate {
			t.Errorf("%d people, %s; want anna and bert up to date", len(got.People), got.Health)
		}
	})
}

func TestStatus_ShowsProgressWhileARunLasts(t *testing.T) {
	r := newRig(t, ticking())
	for n := range 3 {
		r.cal[event.Exchange].Put(anna, r.entry("a", 2+n, 9+n))
	}
	var seen []int
	r.off.Progress = func(who state.Person, done, total int) {
		p := r.off.Status().People[0]
		if who.ID != anna || p.Done != done || p.Total != total || !r.off.Status().Syncing {
			t.Errorf("told of %s %d/%d, the status shows %d/%d", who.ID, done, total, p.Done, p.Total)
		}
		seen = append(seen, done)
	}
	r.sync()
	// Three creates on their own, then the marks of all three at once.
	if diff := cmp.Diff([]int{1, 2, 3, 6}, seen); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if p := r.off.Status().People[0]; p.Done != 0 || p.Total != 0 {
		t.Errorf("progress is left over after the run: %d/%d", p.Done, p.Total)
	}
}

func TestHealth_IsItsNameInJSON(t *testing.T) {
	for h := office.UpToDate; h <= office.StoppedForSafety; h++ {
		b, err := json.Marshal(h)
		var back office.Health
		if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil || back != h || h.String() == "unknown" {
			t.Errorf("%d is %s in JSON and comes back as %d, %v", h, b, back, err)
		}
	}
	var h office.Health
	if err := json.Unmarshal([]byte(`"of_a_later_version"`), &h); err != nil || h != office.NeedsAttention {
		t.Errorf("an unknown name = %s, %v; want %s", h, err, office.NeedsAttention)
	}
}
