package engine

import (
	"context"
	"errors"
	"fmt"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// Why an account is not accepted.
var (
	// ErrSameAccount says that no other account or mailbox is there.
	ErrSameAccount = errors.New("the account and the mailbox are those they were")
	// ErrOtherAccount says that another account or mailbox has to be accepted
	// first, or the right one put back.
	ErrOtherAccount = errors.New("another account or mailbox is there than before")
)

// Accept takes an account or mailbox that is not the one it was for the same
// person's: a sign-in was renamed, an address changed, a mailbox or an account
// moved. Both sides are listed whole, and what is linked is found again by its
// id, mark or meeting. Nothing is written to either calendar. What then differs
// is for a person to approve: review sees to that before anything is stored.
func (e *Engine) Accept(ctx context.Context, review func() error) (Look, error) {
	if err := e.remember(ctx); err != nil {
		return Look{}, err
	}
	other := false
	for _, s := range event.Sides() {
		now, err := e.checkIdentity(ctx, s, "")
		if err != nil {
			return Look{}, err
		}
		if known := e.marks.identity[s]; known == "" || now == "" || now == known {
			continue
		}
		// The old cursor is of another mailbox, and tells of its deletions.
		other, e.marks.identity[s], e.marks.cursors[s] = true, "", ""
	}
	if !other {
		return Look{}, ErrSameAccount
	}
	if err := review(); err != nil {
		e.marks.loaded = false
		return Look{}, err
	}
	e.idle = false
	l, err := e.Look(ctx, true)
	e.marks.loaded = false
	return l, err
}

// stranger is the look at a person of whom another account or mailbox is
// there: nothing of it is known, and nothing is done.
func (e *Engine) stranger(ctx context.Context, who *IdentityError) (Look, error) {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return Look{}, fmt.Errorf("load state: %w", err)
	}
	out := Look{First: !snap.Approved}
	out.Plan.Halt = &plan.Halt{Reason: plan.Reason{Code: plan.IdentityChanged, From: who.Side}}
	for _, l := range snap.Links {
		if l.State == plan.Live {
			out.Linked++
		}
	}
	return out, nil
}
