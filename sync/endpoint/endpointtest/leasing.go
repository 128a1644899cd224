package endpointtest

import (
	"sync"
	"time"

	"lockstep/sync/endpoint"
)

const (
	tenure  = time.Hour
	expired = -time.Hour // a lease that is over before it begins
)

// leaser is the endpoint as a Leaser; false where it is none.
func (b *bench) leaser() (endpoint.Leaser, bool) {
	l, ok := b.ep.(endpoint.Leaser)
	return l, ok
}

func lease(token, home string) endpoint.Lease {
	return endpoint.Lease{Token: token, Home: home, Holder: "PC-" + home + " (ann)"}
}

// take writes a lease that must be possible to write, and returns what stands.
func (b *bench) take(l endpoint.Leaser, want endpoint.Lease, lasts time.Duration, force bool) endpoint.Lease {
	b.Helper()
	is, err := l.TakeLease(b.Context(), want, lasts, force)
	if err != nil {
		b.Fatalf("take lease: %v", err)
	}
	return is
}

// stands demands that the lease is that of a token, read and not remembered.
func (b *bench) stands(l endpoint.Leaser, token string) endpoint.Lease {
	b.Helper()
	is, err := l.Lease(b.Context())
	if err != nil {
		b.Fatalf("read lease: %v", err)
	}
	if is.Token != token {
		b.Errorf("the lease bears the token %q, want %q", is.Token, token)
	}
	return is
}

func leaseIsTaken(b *bench) {
	l, ok := b.leaser()
	if !ok {
		return
	}
	b.put(b.alone(1))
	before := b.list()
	b.stands(l, "")
	is := b.take(l, lease("t1", "h1"), tenure, false)
	if is.Token != "t1" || is.Home != "h1" || is.Holder != "PC-h1 (ann)" {
		b.Errorf("a free lease was not taken: %+v", is)
	}
	now := b.o.Now()
	if got := is.Until.Sub(now); !now.IsZero() && (got < tenure/2 || got > 2*tenure) {
		b.Errorf("the lease lasts %v, want about %v", got, tenure)
	}
	if read := b.stands(l, "t1"); read.Home != is.Home || read.Holder != is.Holder || read.Until.Sub(is.Until).Abs() > time.Minute {
		b.Errorf("read %+v, want %+v", read, is)
	}
	b.unchanged(before)
	if b.hands.Mailed() != 0 {
		b.Error("taking a lease mailed somebody")
	}
}

func leaseIsRefused(b *bench) {
	l, ok := b.leaser()
	if !ok {
		return
	}
	first := b.take(l, lease("t1", "h1"), tenure, false)
	if is := b.take(l, lease("t2", "h2"), tenure, false); is.Token != "t1" || is.Holder != "PC-h1 (ann)" {
		b.Errorf("who comes second is told of %+v, want the lease of t1", is)
	}
	b.stands(l, "t1")
	third := b.take(l, lease("t3", "h1"), tenure, false)
	if third.Token != "t3" {
		b.Errorf("an installation does not get its own lease again: %+v", third)
	}
	if first.Version == "" || third.Version == first.Version || third.Over != first.Version {
		b.Errorf("the versions do not tell what was replaced: %q, then %q over %q", first.Version, third.Version, third.Over)
	}
	if is := b.stands(l, "t3"); is.Version != third.Version {
		b.Errorf("read as version %q, written as %q", is.Version, third.Version)
	}
}

func leaseExpires(b *bench) {
	l, ok := b.leaser()
	if !ok {
		return
	}
	b.take(l, lease("t1", "h1"), expired, false)
	if is := b.stands(l, "t1"); is.Live(b.o.Now()) {
		b.Errorf("a lease that is over still binds: %+v", is)
	}
	if is := b.take(l, lease("t2", "h2"), tenure, false); is.Token != "t2" {
		b.Errorf("a lease that is over cannot be taken: %+v", is)
	}
	b.stands(l, "t2")
}

func leaseIsTakenOver(b *bench) {
	l, ok := b.leaser()
	if !ok {
		return
	}
	b.take(l, lease("t1", "h1"), tenure, false)
	if is := b.take(l, lease("t2", "h2"), tenure, true); is.Token != "t2" {
		b.Errorf("a lease was not taken over by force: %+v", is)
	}
	b.stands(l, "t2")
}

func leaseIsDropped(b *bench) {
	l, ok := b.leaser()
	if !ok {
		return
	}
	b.take(l, lease("t1", "h1"), tenure, false)
	if err := l.DropLease(b.Context(), "t0"); err != nil {
		b.Fatalf("drop somebody else's lease: %v", err)
	}
	b.stands(l, "t1")
	if err := l.DropLease(b.Context(), "t1"); err != nil {
		b.Fatalf("drop lease: %v", err)
	}
	if is := b.take(l, lease("t2", "h2"), tenure, false); is.Token != "t2" {
		b.Errorf("a lease that was dropped still binds: %+v", is)
	}
	b.stands(l, "t2")
}

// leaseRace lets several installations try at once, each over an endpoint of
// its own where the suite can have one.
func leaseRace(b *bench) {
	l, ok := b.leaser()
	if !ok || b.o.Again == nil {
		return
	}
	homes := []string{"h1", "h2", "h3", "h4"}
	for range 4 {
		held := make([]bool, len(homes))
		var wg sync.WaitGroup
		for i, h := range homes {
			other, ok := b.o.Again(b.TB, b.ep).(endpoint.Leaser)
			if !ok {
				b.Fatal("another endpoint of the calendar takes no lease")
			}
			wg.Go(func() {
				is, err := other.TakeLease(b.Context(), lease("t"+h, h), tenure, false)
				held[i] = err == nil && is.Token == "t"+h
			})
		}
		wg.Wait()
		holders := 0
		for i := range held {
			if held[i] {
				holders++
				b.stands(l, "t"+homes[i])
			}
		}
		if holders > 1 {
			b.Errorf("%d installations believe that they hold the lease", holders)
		}
		is, err := l.Lease(b.Context())
		if err != nil {
			b.Fatalf("read lease: %v", err)
		}
		if err := l.DropLease(b.Context(), is.Token); err != nil {
			b.Fatalf("drop lease: %v", err)
		}
	}
}
