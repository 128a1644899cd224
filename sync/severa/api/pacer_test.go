package api

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPacer_NeverLetsMoreThanTenArriveInASecond(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			p := NewPacer(time.Now)
			var mu sync.Mutex
			var arrivals []time.Time
			var wg sync.WaitGroup
			rng := rand.New(rand.NewPCG(seed, 1))
			for range 25 {
				travel := time.Duration(rng.Int64N(int64(400 * time.Millisecond)))
				back := time.Duration(rng.Int64N(int64(50 * time.Millisecond)))
				wg.Go(func() {
					for range 8 {
						release, err := p.Acquire(t.Context())
						if err != nil {
							t.Errorf("Acquire: %v", err)
							return
						}
						time.Sleep(travel)
						mu.Lock()
						arrivals = append(arrivals, time.Now())
						mu.Unlock()
						time.Sleep(back)
						release()
					}
				})
			}
			wg.Wait()
			slices.SortFunc(arrivals, time.Time.Compare)
			if got, want := len(arrivals), 200; got != want {
				t.Fatalf("arrivals = %d, want %d", got, want)
			}
			for i := PacerRequests; i < len(arrivals); i++ {
				if gap := arrivals[i].Sub(arrivals[i-PacerRequests]); gap < PacerWindow {
					t.Fatalf("seed %d: request %d arrived %v after the tenth before it, want at least %v", seed, i, gap, PacerWindow)
				}
			}
		})
	}
}

func TestPacer_UsesTheWholeQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(time.Now)
		start := time.Now()
		for range 30 {
			release, err := p.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			release()
		}
		if got, want := time.Since(start), 2*time.Second; got != want {
			t.Errorf("30 instant requests took %v, want %v", got, want)
		}
	})
}

func TestPacer_ShortPauseIsSatOutAndLongPauseIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(time.Now)
		p.PauseFor(3 * time.Second)
		start := time.Now()
		release, err := p.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
		if got, want := time.Since(start), 3*time.Second; got != want {
			t.Errorf("waited %v, want %v", got, want)
		}
		p.PauseFor(10 * time.Minute)
		p.PauseFor(time.Second) // a shorter one does not end the longer
		_, err = p.Acquire(t.Context())
		var paused *PausedError
		if !errors.As(err, &paused) || paused.Remaining != 10*time.Minute {
			t.Errorf("error = %v, want a pause of 10m", err)
		}
	})
}

func TestPacer_CancelledWaiterGivesItsSlotBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(time.Now)
		var releases []func()
		for range PacerRequests {
			r, err := p.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			releases = append(releases, r)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { _, err := p.Acquire(ctx); done <- err }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatalf("error = %v, want cancelled", err)
		}
		for _, r := range releases {
			r()
			r() // a second call changes nothing
		}
		if got, want := len(p.free), PacerRequests; got != want {
			t.Fatalf("free slots = %d, want %d", got, want)
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := p.Acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("error = %v, want deadline", err)
		}
		if got, want := len(p.free), PacerRequests; got != want {
			t.Errorf("free slots after a cancelled sleep = %d, want %d", got, want)
		}
	})
}

func TestPacer_FrozenClockDelaysButDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frozen := time.Now()
		p := NewPacer(func() time.Time { return frozen })
		p.PauseFor(2 * time.Second)
		for range 25 {
			release, err := p.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			release()
		}
	})
}
