package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/plan"
)

// Installation is how an engine signs its lease.
type Installation struct {
	// Home names the installation for good; Holder is its PC and user, for
	// people of the office to read. Neither holds a secret.
	Home   string
	Holder string
	// Lasts is how long a lease binds others after it was last renewed, which
	// it is when half of that has gone by; 0 means 15 minutes.
	Lasts time.Duration
}

const defaultLasts = 15 * time.Minute

// TenureKind is how a person's mailbox stands with its lease.
type TenureKind int

// Free: nobody is known to hold it, because nothing had to be written yet.
// Held: we may write. Standby: another installation may, and we only read.
// Unprotected: the mailbox takes no lease from us, so that a second
// installation would not be noticed.
const (
	Free TenureKind = iota
	Held
	Standby
	Unprotected
)

// String is the stable name used in JSON.
func (k TenureKind) String() string {
	names := [...]string{"free", "held", "standby", "unprotected"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Tenure is how the lease stands, as last seen.
type Tenure struct {
	Kind   TenureKind
	Holder string    // the PC and user that hold it
	Until  time.Time // and until when, on our clock
}

// LeaseError ends what may not be written because another installation holds
// the lease, or has taken it in the midst of a run.
type LeaseError struct {
	Lease endpoint.Lease
}

// Error names nobody: it may be logged.
func (e *LeaseError) Error() string { return "the lease of this mailbox is not ours" }

// ErrNoLease says that a mailbox has no lease that could be taken over.
var ErrNoLease = errors.New("the mailbox takes no lease")

// tenancy is what an engine knows of its lease.
type tenancy struct {
	held    endpoint.Lease // ours; Token empty: not held
	seen    endpoint.Lease // as it was last read or written, whosever it is
	looked  bool
	open    bool // nobody else was bound to write when the run under way began
	refused bool // the mailbox takes no lease from this account
	keep    bool // taken over, and no run has used it yet
}

// Tenure is how the lease stands, as last seen.
func (e *Engine) Tenure() Tenure {
	t, now := e.tenancy, e.Now()
	switch {
	case e.Leaser == nil || t.refused:
		return Tenure{Kind: Unprotected}
	case t.held.Live(now):
		return Tenure{Kind: Held, Holder: t.held.Holder, Until: t.held.Until}
	case t.seen.Live(now) && !e.bound(now): // left by an earlier process of ours, so that it is ours to use
		return Tenure{Kind: Held, Holder: t.seen.Holder, Until: t.seen.Until}
	case e.bound(now):
		return Tenure{Kind: Standby, Holder: t.seen.Holder, Until: t.seen.Until}
	}
	return Tenure{Kind: Free}
}

func (e *Engine) lasts() time.Duration {
	if e.Installation.Lasts > 0 {
		return e.Installation.Lasts
	}
	return defaultLasts
}

// attend sees to the lease before anything is pulled. Ours is renewed when half
// of it has gone by, so that most runs ask nothing. Where it is not ours it is
// looked at once, and again when somebody else's must have expired: what the
// note is now tells later whether anybody has held the lease since this pull.
func (e *Engine) attend(ctx context.Context) error {
	if e.Leaser == nil || e.tenancy.refused {
		return nil
	}
	now := e.Now()
	e.tenancy.keep = false
	switch t := e.tenancy; {
	case t.held.Token != "" && now.Before(t.held.Until.Add(-e.lasts()/2)):
		return nil
	case t.held.Token != "":
		_, err := e.take(ctx, false)
		return err
	case t.looked && e.bound(now):
		e.tenancy.open = false
		return nil
	case t.looked && (t.seen.Token == "" || t.seen.Home == e.Installation.Home):
		return nil
	}
	is, err := e.Leaser.Lease(ctx)
	if err != nil {
		return e.leaseTrouble(err)
	}
	e.tenancy.looked, e.tenancy.seen = true, is
	e.tenancy.open = !e.bound(e.Now())
	return nil
}

// bound tells whether another installation may write, as far as was seen.
func (e *Engine) bound(now time.Time) bool {
	return e.tenancy.seen.Home != e.Installation.Home && e.tenancy.seen.Live(now)
}

// take asks for the lease and keeps how it stands then. since: nobody has held
// it since it was last seen.
func (e *Engine) take(ctx context.Context, force bool) (since bool, err error) {
	want := endpoint.Lease{Token: e.tenancy.held.Token, Home: e.Installation.Home, Holder: e.Installation.Holder}
	if want.Token == "" {
		want.Token = string(e.NewKey())
	}
	is, err := e.Leaser.TakeLease(ctx, want, e.lasts(), force)
	if err != nil {
		return false, e.leaseTrouble(err)
	}
	since = e.tenancy.looked && e.tenancy.open && e.tenancy.seen.Version == is.Over
	e.tenancy = tenancy{looked: true, seen: is}
	if is.Token == want.Token {
		e.tenancy.held = is
	}
	return since, nil
}

// leaseTrouble tells a mailbox that takes no lease from this account, which
// is worked on without one, from any other trouble.
func (e *Engine) leaseTrouble(err error) error {
	t := endpoint.As(err)
	if t.Scope == endpoint.ScopeItem && (t.Kind == endpoint.Forbidden || t.Kind == endpoint.Invalid) {
		e.tenancy = tenancy{refused: true}
		return nil
	}
	return fmt.Errorf("see to the lease: %w", err)
}

// hold tells whether we may write at all, and gets the lease if nobody has it.
// behind: somebody has held it since it was seen before this run pulled, so
// that the mirrors may be behind what he wrote.
func (e *Engine) hold(ctx context.Context) (mine, behind bool, err error) {
	switch t := e.tenancy; {
	case e.Leaser == nil || t.refused || t.held.Token != "":
		return true, false, nil
	case t.looked && e.bound(e.Now()):
		return false, false, nil
	}
	since, err := e.take(ctx, false)
	if err != nil {
		return false, false, err
	}
	mine = e.tenancy.held.Token != ""
	return mine || e.tenancy.refused, mine && !since, nil
}

// confirm reads our own token again just before a request. Whoever has slept,
// or was taken over from, finds out here and not in the calendar. The lease is
// never taken back here: what has been pulled may be behind.
func (e *Engine) confirm(ctx context.Context) error {
	if e.Leaser == nil || e.tenancy.refused {
		return nil
	}
	mine := e.tenancy.held
	is, err := e.Leaser.Lease(ctx)
	if err != nil {
		return fmt.Errorf("read the lease: %w", err)
	}
	if mine.Token == "" || is.Token != mine.Token || !is.Live(e.Now()) {
		e.tenancy = tenancy{looked: true, seen: is}
		return &LeaseError{Lease: is}
	}
	e.tenancy.held, e.tenancy.seen = is, is
	if e.Now().Before(is.Until.Add(-e.lasts() / 2)) {
		return nil
	}
	if _, err := e.take(ctx, false); err != nil {
		return err
	}
	if e.tenancy.held.Token != mine.Token {
		return &LeaseError{Lease: e.tenancy.seen}
	}
	return nil
}

// lapsed tells whether the lease has expired since it was confirmed: the
// machine may have slept in between. It asks nobody.
func (e *Engine) lapsed() bool {
	return e.Leaser != nil && !e.tenancy.refused && !e.tenancy.held.Live(e.Now())
}

// underLease ends the work of a batch when the lease does: one write may be
// many requests, and a process that was stopped between two of them must not
// send the next. What had left by then is found out about.
func (e *Engine) underLease(ctx context.Context, cancel context.CancelFunc) (context.Context, context.CancelFunc) {
	if e.Leaser == nil || e.tenancy.refused {
		return ctx, cancel
	}
	out, end := context.WithTimeout(ctx, e.tenancy.held.Until.Sub(e.Now()))
	return out, func() { end(); cancel() }
}

// TakeOver makes this installation the one that writes, whoever was.
func (e *Engine) TakeOver(ctx context.Context) error {
	if e.Leaser == nil {
		return ErrNoLease
	}
	if _, err := e.take(ctx, true); err != nil {
		return err
	}
	if e.tenancy.refused {
		return ErrNoLease
	}
	e.idle, e.tenancy.keep = false, true
	return nil
}

// Release gives the lease up, so that another installation need not wait for
// it to expire. One that was taken over and not used yet stays: the program
// that will use it is still to be started.
func (e *Engine) Release(ctx context.Context) error {
	token := e.tenancy.held.Token
	if e.Leaser == nil || token == "" || e.tenancy.keep {
		return nil
	}
	e.tenancy = tenancy{}
	if err := e.Leaser.DropLease(ctx, token); err != nil {
		return fmt.Errorf("give the lease up: %w", err)
	}
	return nil
}

// writesAny tells whether any of the actions sends a request.
func writesAny(actions []plan.Action) bool {
	return slices.ContainsFunc(actions, func(a plan.Action) bool { return a.Kind.Writes() })
}

// ownOnly are the actions that only touch our own store: a standby does these,
// so that it knows what there is when it takes over.
func ownOnly(actions []plan.Action) []plan.Action {
	return slices.DeleteFunc(slices.Clone(actions), func(a plan.Action) bool { return a.Kind.Writes() })
}
