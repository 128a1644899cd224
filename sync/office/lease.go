package office

import (
	"context"
	"errors"
	"sync"
	"time"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Lease is which installation writes for a person.
type Lease = state.Lease

// What a front end must tell apart: the State of a Lease, and the Failed of a
// run that lost it on the way.
const (
	LeaseStandby     = "standby"
	LeaseUnprotected = "unprotected"
	FailedLease      = engine.FailedLease
)

// LeaseOf is a tenure as status and history keep it.
func LeaseOf(t engine.Tenure) Lease {
	return Lease{State: t.Kind.String(), Holder: t.Holder, Until: t.Until}
}

// TakeOver makes this installation the one that writes for the people asked
// for (all, when who is empty), whoever did until now: that one finds out
// before its next write. It returns who was taken over, by his address; the
// error joins those of the others, whose leases stay as they are.
func (o *Office) TakeOver(ctx context.Context, who []event.PersonID) (taken []state.Person, err error) {
	seats, err := o.load(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, s := range seats {
		if e := o.takeOver(ctx, s); e != nil {
			err = errors.Join(err, e)
			continue
		}
		taken = append(taken, s.who)
	}
	o.Wake()
	return taken, err
}

func (o *Office) takeOver(ctx context.Context, s seat) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return err
	}
	if err := s.engine.TakeOver(ctx); err != nil {
		return err
	}
	o.board.leased(s.who.ID, LeaseOf(s.engine.Tenure()))
	return nil
}

// releaseWithin bounds how long the end of a program waits for its leases to
// be given up; one that is not expires by itself.
const releaseWithin = 5 * time.Second

// Close gives all leases up, so that another installation need not wait for
// them to expire. The Office must not be used afterwards.
func (o *Office) Close(ctx context.Context) error {
	o.mu.Lock()
	desks := make([]*desk, 0, len(o.desks))
	for _, d := range o.desks {
		desks = append(desks, d)
	}
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, releaseWithin)
	defer cancel()
	errs := make([]error, len(desks))
	var wg sync.WaitGroup
	for i, d := range desks {
		if !d.mu.TryLock() {
			continue // its run is still ending; the lease expires
		}
		wg.Go(func() {
			defer d.mu.Unlock()
			if d.engine != nil {
				errs[i] = o.release(ctx, d)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// release gives one person's lease up and lets the status of the next start say so.
func (o *Office) release(ctx context.Context, d *desk) error {
	was := d.engine.Tenure()
	if err := d.engine.Release(ctx); err != nil {
		return err
	}
	is := d.engine.Tenure()
	p := o.board.pulse(d.person.ID)
	if is == was || p.Person == "" {
		return nil
	}
	p.Lease = LeaseOf(is)
	return o.Book.SavePulse(ctx, p)
}
