package endpoint

import (
	"context"
	"time"
)

// Leaser is an Endpoint whose calendar can bear a lease: a hidden note that
// says which installation of ours may write for this person. It is not part of
// the calendar: no listing tells of it, and taking it mails nobody.
//
// A lease is replaced as a whole, and only by who has seen the one before it:
// of two that try at once, one gets it. It expires by the server's clock, so
// that the clocks of two PCs do not matter.
type Leaser interface {
	// Lease is the lease as it stands, expired or not; one without Token where
	// there is none. It is one small request once the note has been found.
	Lease(ctx context.Context) (Lease, error)
	// TakeLease writes want, to last for so long from now, unless another
	// installation's lease has not expired, and returns the lease as it stands
	// then: who finds his own Token in it holds it. An installation's own
	// lease is replaced at once (the process that wrote it has ended), and with
	// force any. It is Forbidden where the account may not leave a note.
	TakeLease(ctx context.Context, want Lease, lasts time.Duration, force bool) (Lease, error)
	// DropLease ends the lease if it bears that token.
	DropLease(ctx context.Context, token string) error
}

// Lease says who may write.
type Lease struct {
	// Token is made anew for each tenure: what a process finds of its own is
	// not that of the process before it.
	Token string
	// Home is the installation, for machines; Holder its PC and user, for people.
	Home   string
	Holder string
	// Until is when it expires, on our clock.
	Until time.Time
	// Version is the note's, another one after each write of it, empty where
	// there is no note. Over, of a lease that was just taken, is the Version
	// that it replaced: the one that was seen before if nobody has held the
	// lease in between.
	Version string
	Over    string
}

// Live tells whether the lease binds anybody at that moment.
func (l Lease) Live(now time.Time) bool { return l.Token != "" && now.Before(l.Until) }
