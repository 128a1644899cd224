// Package endpoint says what a side must offer to be kept in step: one
// person's calendar behind one small interface, with its changes, its writes
// and its errors in terms that an engine can act on.
//
// It holds interfaces, plain types and the rules that every implementation
// keeps; endpointtest proves them. It must not know plans, stores or engines,
// nor any particular system.
package endpoint

import (
	"context"
	"time"

	"lockstep/sync/event"
)

// Endpoint is one person's calendar on one side. Methods may be called from
// one goroutine at a time per Endpoint; several Endpoints may share one
// connection and are then called concurrently. A cancelled context returns
// promptly, as Unavailable around the context's error (OutcomeUnknown for a
// write that was on its way). Every error of the error results, and every Err inside a result,
// is an *Error.
type Endpoint interface {
	// Capabilities is constant.
	Capabilities() event.Capabilities

	// Normalize is e as this side would hand it back after storing it: the
	// fields it declares, in its own rendering (trimmed, cut, in its zone),
	// the others at their zero value. It is pure and idempotent, and distinct
	// inputs stay distinct in every declared field as far as the system can
	// hold the difference.
	Normalize(e event.Event) event.Event

	// Changes lists what changed since a cursor, one page a call. The empty
	// Cursor begins a complete enumeration of w (where the side can limit it;
	// else of everything). Between pages the caller passes Delta.Next. A
	// failed call has moved nothing.
	Changes(ctx context.Context, since Cursor, w event.Window) (Delta, error)

	// Get reads entries by id: one Got per id, in order. The error is for the
	// call as a whole; a single entry's trouble is in its Got.
	Get(ctx context.Context, ids []event.ID) ([]Got, error)

	// Settle finds out what became of an Op whose answer never came or was
	// never recorded. It only reads.
	Settle(ctx context.Context, op Op, sentAt time.Time) (Outcome, error)

	// Apply carries out ops: one Result per Op, in order. It sends each Op at
	// most once. When a trouble of the calendar or the account stops it, the
	// Ops that were not sent carry that Error, of a Kind that says so
	// (anything but OutcomeUnknown).
	Apply(ctx context.Context, ops []Op) []Result
}

// Watcher is an Endpoint that hears of changes. What it sends is only a hint
// to pull now; the channel closes when ctx ends or the connection is lost.
type Watcher interface {
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// Finder is an Endpoint that can look entries up by the mark they bear, in
// the whole mailbox and not only in the calendar folder. Several hits for one
// key mean that a person copied the entry.
type Finder interface {
	FindStamped(ctx context.Context, key event.Key) ([]event.Item, error)
	// FindUID looks a meeting up by the identity it has across mailboxes.
	FindUID(ctx context.Context, uid string) ([]event.Item, error)
}

// BulkFinder is a Finder that looks many entries up at the cost of a few.
type BulkFinder interface {
	Finder
	// FindEach is what FindStamped and FindUID find for each of what is
	// wanted, in order. What names nothing finds nothing.
	FindEach(ctx context.Context, wanted []Wanted) ([][]event.Item, error)
}

// Wanted names an entry to look for: by its mark or, where Key is empty, by
// its UID.
type Wanted struct {
	Key event.Key
	UID string
}

// Identifier is an Endpoint that can say which account and mailbox it really
// talks to, so that a changed one is noticed before anything is compared.
type Identifier interface {
	Identity(ctx context.Context) (string, error)
}

// SeriesHolder is an Endpoint that can say how its side could hold a series of
// the other side. Without it a side holds every series whole if it declares
// FieldRecurrence, and none otherwise.
type SeriesHolder interface {
	// HoldSeries is pure. The code names the reason where the verdict is not
	// HoldWhole; it is stable, and its words are in ui/model.
	HoldSeries(e event.Event) (verdict event.Hold, code string)
}

// Restorer is an Endpoint that can take back what a Delete or Leave of ours
// has taken away, as it was: with what no Event holds, such as attachments.
type Restorer interface {
	// Restore carries out Ops of kind Create as Apply does, except that Target
	// is the entry as it was before it was removed. Where that can be taken back
	// it is, and becomes as it was in all that Want tells; where it is not there
	// any more, it is made from Want. Stamp.Key is the key that it has borne, if
	// any.
	Restore(ctx context.Context, ops []Op) []Result
	// Restored finds out what became of such an Op. What lies where the removal
	// has put it is no outcome of it.
	Restored(ctx context.Context, op Op, sentAt time.Time) (Outcome, error)
}

// HoldSeries is how e could hold a series of the other side, whether or not it
// says so itself.
func HoldSeries(e Endpoint, series event.Event) (verdict event.Hold, code string) {
	if h, ok := e.(SeriesHolder); ok {
		return h.HoldSeries(series)
	}
	if e.Capabilities().Fields.Has(event.FieldRecurrence) {
		return event.HoldWhole, ""
	}
	return event.HoldNot, event.HoldNoSeries
}

// Messenger is an Endpoint that can write to people in its person's name.
type Messenger interface {
	// Message sends one mail, at most once. Of an error of Kind OutcomeUnknown
	// nobody knows whether it has left; any other says that it has not.
	Message(ctx context.Context, l Letter) error
}

// Letter is a mail in plain text.
type Letter struct {
	To            []string
	Subject, Text string
}

// Cursor is a side's opaque mark of how far a listing has come. The empty
// Cursor means: from the beginning. It may be long and is only valid for the
// endpoint that gave it.
type Cursor string

// Delta is one page of Changes.
type Delta struct {
	Changes []Change
	// Next continues the listing (More) or begins the next pull (not More).
	Next Cursor
	More bool
	// EnumID is the same on all pages of one complete enumeration and empty
	// on a page of changes. When the last page of an enumeration has been
	// stored, entries that bear another EnumID are absent from it.
	EnumID string
	// Covers is the window that a complete enumeration held; zero: everything.
	Covers event.Window
}

// Complete tells whether the page belongs to a complete enumeration.
func (d Delta) Complete() bool { return d.EnumID != "" }

// Change is one entry that appeared, changed, vanished or cannot be read.
// Exactly one of Item, Gone and Err is set.
type Change struct {
	ID   event.ID
	Item *event.Item
	// Gone is proof of a deletion: a tombstone seen with rights intact.
	Gone bool
	Err  *Error
}

// Got is one answer of Get. NotFound is an Err of that Kind.
type Got struct {
	ID   event.ID
	Item *event.Item
	Err  *Error
}

// OpKind is what an Op does.
type OpKind int

// The writes there are.
const (
	// Create makes an entry.
	Create OpKind = iota
	// Update writes Fields of Want over the entry, leaving all else.
	Update
	// Delete moves the entry to where its owner can take it back from.
	Delete
	// Leave takes only this person out of a shared entry.
	Leave
	// Mark writes the Stamp alone; never any mail.
	Mark
)

// String is the stable name used in logs and JSON.
func (k OpKind) String() string {
	names := [...]string{"create", "update", "delete", "leave", "mark"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Notify is who may be told by mail. The zero value is nobody, so an Op that
// says nothing sends nothing.
type Notify int

// The audiences.
const (
	NotifyNobody Notify = iota
	NotifyChanged
	NotifyAll
)

// Op is one write.
type Op struct {
	Kind OpKind
	// Target is the entry and the version that was seen; empty for a Create.
	Target event.Ref
	// Want holds the whole event after the write. An Update writes only
	// Fields, a Create everything that the side declares.
	Want   event.Event
	Fields event.FieldSet
	// Stamp is written along with a Create or Update where the side has Keys,
	// and is all that a Mark writes. Stamp.Key is the key Settle looks for.
	Stamp  event.Stamp
	Notify Notify
	// Follow lets an Update of time, place or texts through to a participant's
	// copy of a single meeting. Without it, or with a Notify, that is Forbidden
	// where people hold copies of their own.
	Follow bool
	// Sure: a person decided on this Delete, knowing that what is tied to the
	// entry (event.Item.Tied) is lost with it.
	Sure bool
}

// Result is what became of one Op.
type Result struct {
	// Item is the entry after the write as far as it is known. Ref is always
	// set on success; Exact tells whether the rest was read after it. A Delete
	// or Leave has none, but that of one occurrence of a series: there, and
	// after an Update of one, Ref holds the id that was written to and the
	// version that the whole series has now.
	//
	// Item together with an Err tells that a series was written in part: Item
	// is what was read after the last step that worked, Err why the next one
	// did not, of ScopeItem. An Op of many requests that cannot tell how far
	// it came is OutcomeUnknown.
	Item *event.Item
	// Exact: Item was re-read and its version is the one the write returned,
	// so it may become the base.
	Exact bool
	// Before is what was there just before, where the side re-reads anyway.
	Before *event.Item
	// Notified counts the people who were sent mail.
	Notified int
	Err      *Error
}

// OutcomeKind is what Settle found.
type OutcomeKind int

// The outcomes. Unsure is a matter for a person, never for a second try.
const (
	NotApplied OutcomeKind = iota
	Applied
	Unsure
)

// String is the stable name used in logs.
func (k OutcomeKind) String() string {
	names := [...]string{"not_applied", "applied", "unsure"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Outcome is the answer of Settle.
type Outcome struct {
	Kind OutcomeKind
	// Item is the entry as it is now (Applied, or an Update not applied);
	// nil after an applied Delete.
	Item *event.Item
	// Gone: a Create was applied, and somebody has deleted the entry since. A
	// feed that never told of it will not tell of its end either.
	Gone bool
	// Candidates are entries of the content of a lost Create that may be what it
	// made (Unsure).
	Candidates []event.Item
	// Others are what else has been made since a lost Create was sent, on a side
	// without Keys (Unsure): a person may have made another one of what it made.
	// Only who knows which entries are known or linked already can tell whether
	// any is left, so nothing is NotApplied there as long as there is one. Of one
	// that cannot be read the ID alone is told.
	Others []event.Item
}

// Clocked is an Endpoint that knows how far its server's clock is ahead of
// ours, measured on its answers. Item times are already corrected by it.
type Clocked interface {
	Skew() time.Duration
}

// Refresher is an Endpoint whose system is read once for several people: what
// one of them was shown serves the others for a while.
type Refresher interface {
	// Refresh lets Changes show nothing any more that was read before a moment of
	// our clock, when a person asked for how things stand now. It asks the system
	// nothing, and of several moments the latest holds.
	Refresh(since time.Time)
}

// Answering is an Endpoint that knows how its server answers.
type Answering interface {
	// Answered is how long the last answer took, 0 before any, and the name
	// under which the server is sold, empty where that is not known.
	Answered() (took time.Duration, product string)
}
