// Package state says what must be durable for an office to be kept in step:
// per person the links, the mirrors with their cursors, the journal of writes
// in flight and the history; over all people who holds which meeting.
//
// It holds interfaces and plain types; statetest proves an implementation.
// Every method of a Store is one atomic, durable transaction: after it
// returned, a crash loses nothing of it, and after an error nothing of it has
// happened. It must not know any particular database, nor an engine.
package state

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// Office is the durable state of one installation.
type Office interface {
	Person(id event.PersonID) Store
	Index() Index
}

// Index is what one person's plan must know of the others.
type Index interface {
	// Shared maps the UID of each meeting that any person's link or open claim
	// holds to its business entry. The ID is empty while it is being created.
	Shared(ctx context.Context) (map[string]event.ID, error)
}

// Hide gives an entry without its text, and true where that must go.
type Hide func(event.Side, event.Item, plan.Link) (event.Item, bool)

// Store is the durable state of one person.
type Store interface {
	Load(ctx context.Context) (Snapshot, error)
	// SavePull stores one page of changes and the cursor that covers it. A
	// Gone entry that a link holds, or of which it holds an occurrence, stays as a Gone row until the link ends;
	// any other is removed. One with an Err becomes Unreadable and keeps its
	// last readable Item (only the ID, if it was never read); Problem is the
	// error's Code, or its Kind where there is none.
	SavePull(ctx context.Context, s event.Side, p Pull) error
	// SaveLinks stores links whose base moved without a write; one without ID
	// is new. With it ends every answer about its ends that says which side is
	// right (plan.Answer.Takes): the question is no more.
	SaveLinks(ctx context.Context, refreshed []plan.Link) error
	// Scrub takes text out of what is stored: current looks at the mirrors and
	// the bases of links, past at what the history holds. Each gives the entry
	// without its text, and true where it must go. The link is the one of the
	// entry, as far as the history still tells of one that has ended; else it
	// has no refs. Open journal entries stay.
	Scrub(ctx context.Context, current, past Hide) error
	// Begin journals what a run intends. Claims are taken here; an action
	// whose claim somebody holds is refused and the others go on. The run is
	// stored even when nothing was opened. With r.ID set, the intents join
	// that run.
	Begin(ctx context.Context, r Run, intents []Intent) (open []Entry, refused []Refusal, err error)
	// MarkSent is durable before the request leaves. It is an error, and marks
	// none, if one of them is closed or Unsure; one that is Sent may be sent
	// again after a refusal that wrote nothing.
	MarkSent(ctx context.Context, ids []EntryID, at time.Time) error
	// Settle closes entries: journal, link, mirror and history in one commit.
	// It is an error, and closes none, if one of them is not open. The claim
	// of an Applied entry goes over to its Link and is held until that ends;
	// that of a NotApplied or Dropped one is free again. An Applied entry that
	// settles content (all but a Stamp and an Unlink) ends every answer that says
	// which side is right about the entries its action has: it decided this
	// question, and the next one is asked again. Of the fields in Rest it goes on
	// holding, if it held of them (plan.Answer.Left).
	Settle(ctx context.Context, done []Settled) error
	// EndRun stores the report. A zero r is the person's newest open run, for
	// a run whose Begin opened nothing; without any open run, one is recorded
	// that began and ended at rep.Ended.
	EndRun(ctx context.Context, r RunID, rep Report) error
	// Answer stores a person's choice; it replaces an older one on the entry.
	// The choice Clear only ends the older one.
	Answer(ctx context.Context, a plan.Answer) error
}

// Snapshot is everything a plan is built from.
type Snapshot struct {
	Links   []plan.Link
	Mirror  [2][]plan.Mirrored
	Cursors [2]endpoint.Cursor
	// Covers is the window of the last complete enumeration of each side.
	Covers [2]event.Window
	// Swept is when the last complete enumeration of each side ended.
	Swept [2]time.Time
	// Identity is the account and mailbox that each side had at the last pull.
	Identity [2]string
	// Privacy is the mark that the last complete enumeration of each side had.
	Privacy [2]string
	Open    []Entry
	Answers []plan.Answer
	// Trail are the turns of each link over at least the last 24 h, oldest
	// first; those of a link end with it.
	Trail map[plan.LinkID][]plan.Turn
	// Approved: a first sync has been approved and applied.
	Approved bool
	// Deletions are when an action was applied that Removes, over at least the
	// last 24 h; all occurrences of one series count as the last of
	// them. Those that a person has looked at one by one are not among them:
	// runs of CauseUndo and CauseAllowed.
	Deletions []time.Time
}

// Pull is one page of a listing, ready to be stored.
type Pull struct {
	Changes []endpoint.Change
	Next    endpoint.Cursor
	// EnumID marks the rows of a complete enumeration; with Last, rows of this
	// side that bear another mark and lie in Covers become Missing.
	EnumID   string
	Last     bool
	Covers   event.Window
	Identity string // empty: unknown, keep
	// Privacy marks a complete enumeration by the rule for private entries
	// under which it was made.
	Privacy string
	At      time.Time
}

// RunID names a run; the store gives it.
type RunID int64

// EntryID names an entry of the journal; the store gives it.
type EntryID int64

// Cause is what started a run.
type Cause string

// The causes.
const (
	CauseFirst    Cause = "first"
	CauseSchedule Cause = "schedule"
	CauseManual   Cause = "manual"
	CauseWatch    Cause = "watch"
	CauseUndo     Cause = "undo"
	// CauseAllowed: a person let through what a safety stop had withheld.
	CauseAllowed Cause = "allowed"
	// CauseRebuilt is no run, but the note that the store was begun anew.
	CauseRebuilt Cause = "rebuilt"
)

// Run is one execution of a plan. ID is zero until Begin has stored it: then
// the entries carry it.
type Run struct {
	ID      RunID
	Person  event.PersonID
	Started time.Time
	Cause   Cause
}

// Intent is an action with the mark that shall go along with it.
type Intent struct {
	Action plan.Action
	Stamp  event.Stamp
	// Claim is held by at most one open entry or link of the office; empty: none.
	Claim string
}

// Phase is how far a journal entry has come.
type Phase int

// An Intended entry was never sent; a Sent one may have been; an Unsure one
// waits for a person.
const (
	Intended Phase = iota
	Sent
	Unsure
)

// String is the stable name used in JSON.
func (p Phase) String() string {
	names := [...]string{"intended", "sent", "unsure"}
	if p < 0 || int(p) >= len(names) {
		return "unknown"
	}
	return names[p]
}

// Entry is one line of the journal.
type Entry struct {
	ID     EntryID
	Run    RunID
	Intent Intent
	Phase  Phase
	SentAt time.Time
	// Candidates are what a lost create may have made (Unsure).
	Candidates []event.ID
}

// Refusal is an action that came second.
type Refusal struct {
	Action plan.Action
	By     event.PersonID
}

// Outcome is how an entry ended.
type Outcome int

// Applied and NotApplied are what the side said; Dropped was never sent;
// StillUnsure stays open in phase Unsure.
const (
	Applied Outcome = iota
	NotApplied
	Dropped
	StillUnsure
)

// String is the stable name used in JSON.
func (o Outcome) String() string {
	names := [...]string{"applied", "not_applied", "dropped", "still_unsure"}
	if o < 0 || int(o) >= len(names) {
		return "unknown"
	}
	return names[o]
}

// Settled closes one entry. Link is stored when set (a new one gets its ID
// there), Unlink ends one; Rows are what the mirrors now know.
type Settled struct {
	Entry      EntryID
	Outcome    Outcome
	Link       *plan.Link
	Unlink     plan.LinkID
	Rows       []Row
	Before     *event.Item // the target as it was
	Was        *plan.Link  // the link as it was, where the history must not hold what is stored
	After      *event.Item // and as it is
	Why        plan.Reason // of a NotApplied or Dropped entry
	Notified   int
	Candidates []event.ID
	At         time.Time
	// Turns are added to the trail of the action's link.
	Turns []plan.Turn
	// Rest are fields for which a person's answer has not been carried out yet.
	Rest event.FieldSet
}

// Row is a change to one mirror: Item nil removes it, unless Gone keeps it as
// the proof of a deletion for a link that goes on without that end.
type Row struct {
	Side event.Side
	ID   event.ID
	Item *event.Item
	Gone bool
}

// Problem is an entry that was passed over, for the report.
type Problem struct {
	Side   event.Side
	ID     event.ID
	Reason plan.Reason
}

// Report is what a run came to.
type Report struct {
	Ended time.Time
	// Written counts applied actions by side and plan.ActionKind name.
	Written  [2]map[string]int
	Paired   int
	PutBack  int // edits of published copies that were taken back
	Untold   int // people outside the office who were not told of a change
	Waiting  int // decisions a person owes
	Problems []Problem
	Notified int
	Halt     *plan.Reason
	// Complete: both sides were pulled, everything approved was settled.
	Complete bool
	// Approved: the person's first sync ended with this run.
	Approved bool
	// Failed is the Kind and Code of what ended the run early; empty if nothing.
	Failed string
}
