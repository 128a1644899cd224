package state

import (
	"context"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// History reads what runs did. It is apart from Store because the engine
// never reads its own past.
type History interface {
	// Runs lists ended and open runs of everybody, newest first.
	Runs(ctx context.Context, limit int) ([]PastRun, error)
	// Changes lists what one run did, in the order it was done.
	Changes(ctx context.Context, r RunID) ([]PastChange, error)
}

// PastRun is a run with its report; Report.Ended is zero while it is open.
type PastRun struct {
	Run
	Report Report
}

// PastChange is one settled entry of a run.
type PastChange struct {
	Entry   EntryID
	Run     RunID
	Person  event.PersonID
	Kind    plan.ActionKind
	Side    event.Side
	Fields  event.FieldSet
	Outcome Outcome
	Reason  plan.Reason
	// Before and After are the entry on Side; nil where there was none, and
	// once they are older than what is kept.
	Before *event.Item
	After  *event.Item
	// Link is the link that the entry ended with, empty if it left none. Was is
	// the link as it had been, nil if there was none; it is forgotten with the images.
	Link     plan.LinkID
	Was      *plan.Link
	Notified int
	At       time.Time
	// Pruned: Before, After and Was are no longer kept.
	Pruned bool
}

// Past is the change as an undo wants it.
func (c PastChange) Past() plan.Past {
	return plan.Past{
		Entry: int64(c.Entry), Kind: c.Kind, Side: c.Side, Fields: c.Fields, Before: c.Before, After: c.After,
		Link: c.Link, Was: c.Was, Notified: c.Notified, Pruned: c.Pruned,
	}
}
