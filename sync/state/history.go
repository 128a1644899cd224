package state

import (
	"context"
	"errors"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// ErrNoticed says that people have been told of a change already, or that
// nobody knows whether they have been.
var ErrNoticed = errors.New("people were told of it already")

// Notice is that a person had people told of a change that nobody was mailed
// about when it was written.
type Notice struct {
	Entry  EntryID
	By     string
	At     time.Time
	People int
	// Sent: the mail has left. Without it nobody knows, and none follows.
	Sent bool
}

// History reads what runs did, and notes who was told of it since. It is apart
// from Store because the engine never reads its own past.
type History interface {
	// Runs lists ended and open runs of everybody, newest first.
	Runs(ctx context.Context, limit int) ([]PastRun, error)
	// Changes lists what one run did, in the order it was done.
	Changes(ctx context.Context, r RunID) ([]PastChange, error)
	// BeginNotice is durable before the mail leaves. It is ErrNoticed where the
	// entry has one, ErrUnknownRun where the history has no such entry.
	BeginNotice(ctx context.Context, n Notice) error
	// EndNotice notes that the mail of an entry has left, or takes the notice
	// back because none did.
	EndNotice(ctx context.Context, e EntryID, sent bool) error
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
	// Notice is set where people were told of it since.
	Notice *Notice
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
