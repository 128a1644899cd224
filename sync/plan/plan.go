package plan

import (
	"time"

	"lockstep/sync/event"
)

// LinkID names a link in the store; empty for one that is not stored yet.
type LinkID string

// LinkState is whether a link is worked on.
type LinkState int

// A Live link is merged. A Held one waits after an undo until its source
// changes. A Never link is what a person asked to leave alone; it has one
// end or two and is only there so that no later plan takes the entry up.
const (
	Live LinkState = iota
	Held
	Never
)

// String is the stable name used in JSON.
func (s LinkState) String() string {
	names := [...]string{"live", "held", "never"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Origin tells which side's entry a link began with.
type Origin int

// OriginUnknown: both were there before us, or it was lost with the store.
const (
	OriginUnknown Origin = iota
	OriginBusiness
	OriginExchange
)

// OriginOf is the origin of a link that began with an entry on s.
func OriginOf(s event.Side) Origin {
	if s == event.Business {
		return OriginBusiness
	}
	return OriginExchange
}

// Link is the durable tie of two entries. Base is, per side, the content last
// agreed; it moves field by field, because a one-field write agrees one field.
type Link struct {
	ID    LinkID
	Refs  [2]event.Ref
	Base  [2]event.Event
	State LinkState
	// UID is the meeting's identity over mailboxes, if any.
	UID string
	// Stamp is the mark that the Exchange end is known to bear.
	Stamp  event.Stamp
	Origin Origin
	// Quiet: people may have been mailed about the change that is still to be
	// written, so that writing it mails nobody.
	Quiet bool `json:",omitempty"`
	// Led are fields of a meeting's own copy that were last written from the
	// business side, and of which nobody was mailed: colleagues' copies of the
	// meeting may follow in them.
	Led event.FieldSet `json:",omitempty"`
	// Remade: the Exchange copy of a published entry was deleted once and has
	// been made again.
	Remade bool
}

// Presence is what the mirror knows of an entry.
type Presence int

// Present: as last read. Gone: its deletion is proven. Missing: absent from a
// complete enumeration without proof. Unreadable: it changed into something
// that could not be read; Item is the last readable state.
const (
	Present Presence = iota
	Gone
	Missing
	Unreadable
)

// String is the stable name used in JSON.
func (p Presence) String() string {
	names := [...]string{"present", "gone", "missing", "unreadable"}
	if p < 0 || int(p) >= len(names) {
		return "unknown"
	}
	return names[p]
}

// Mirrored is one row of a mirror.
type Mirrored struct {
	Item     event.Item
	Presence Presence
	// Problem is the system's code for an Unreadable entry.
	Problem string
}

// Winner is who is right when both sides changed the same field differently.
type Winner int

// ByField: the organiser's side for time and place, the newer for the rest.
const (
	ByField Winner = iota
	BusinessWins
	ExchangeWins
	AskAlways
)

// Direction is which way content flows.
type Direction int

// TwoWay keeps both equal; Publish writes only to Exchange, Collect only to
// the business system.
const (
	TwoWay Direction = iota
	Publish
	Collect
)

// AfterDelete is what happens to an entry that one side deleted while the
// other changed it.
type AfterDelete int

// AskDeleted leaves it to a person; KeepChanged makes the deleted end again.
const (
	AskDeleted AfterDelete = iota
	KeepChanged
)

// Limits are the safety stops of one person's run. Zero values mean the
// defaults given at each.
type Limits struct {
	DeleteFloor   int // deletions that never halt; default 5
	DeletePercent int // of linked entries, above the floor; default 10
	DeleteRun     int // in one run, whatever the share; default 50
	DeleteDay     int // per rolling 24 h; default 50
	ShrinkPercent int // a side that lost more than this share; default 50, above 100 never
	ShiftFloor    int // entries moved by one offset; default 10
	ShiftPercent  int // and their share of the linked ones; default 80
	CreateFloor   int // creations that never halt outside a first sync; default 50
	CreatePercent int // of linked entries, above the floor; default 50
}

// Policy is the office's rules as they hold for one person.
type Policy struct {
	Winner    Winner
	Direction Direction
	Deleted   AfterDelete
	// Types are the business system's types that go out to Exchange; nil: all.
	// Project tasks never do.
	Types map[string]bool
	// Fields narrows the direction of single fields; one that is not in it flows
	// as Direction says.
	Fields map[event.FieldSet]Direction
	// Private is, by the side that an entry is on, what the other one gets of
	// those that are private.
	Private [2]Privacy
	// In keeps Exchange entries out of the business system.
	In Filter
	// Guest: the person has not switched sync on. A copy that he deletes is
	// left deleted for good, whatever becomes of the business entry.
	Guest bool
	// Withdraw: the calendar is given up. What was made in Exchange for it, in the
	// days that are kept in step, is taken out again, and nothing is made.
	Withdraw bool
	// Requests: who is called to a meeting from outside the office is mailed
	// when its time or place changes, or it is called off. Else nobody ever is.
	Requests bool
	// FirstPast is how far back a first sync looks; 0 means 30 days. Series
	// that reach into the window are taken however old their start is.
	FirstPast time.Duration
	// MaxSkew above which a server's clock is not trusted for "newest wins";
	// 0 means 5 minutes.
	MaxSkew time.Duration
	Limits  Limits
}

// Input is everything a plan depends on.
type Input struct {
	Now    time.Time
	Window event.Window
	// Covers is what the mirror of each side is known to hold; zero: all.
	Covers [2]event.Window
	Links  []Link
	Mirror [2][]Mirrored
	// Busy are entries under an open journal entry: they are not planned.
	Busy [2]map[event.ID]bool
	// Unsure are lost creates that a person must decide on, by source entry.
	Unsure    []Unsure
	Caps      [2]event.Capabilities
	Normalize [2]func(event.Event) event.Event
	// HoldSeries is how each side could hold a series of the other, and the
	// code of the reason where that is not whole. Nil: whole, if both declare
	// FieldRecurrence, else not at all.
	HoldSeries [2]func(event.Event) (event.Hold, string)
	// Digest is the keyed digest that stamps carry; only compared for equality.
	Digest func(event.Event) string
	// Office is our own name in stamps; Person this person's address.
	Office string
	Person string
	// Own are other lower-case addresses of this person.
	Own map[string]bool
	// Colleagues are the lower-case addresses of everybody kept in step.
	Colleagues map[string]bool
	// Shared maps a meeting's UID to the business entry that any person's link
	// or open claim gives it; an empty ID means it is just being created.
	Shared map[string]event.ID
	// Led tells, by a meeting's UID, in what a participant's copy may follow its
	// organiser's; see Leads.
	Led map[string]Lead
	// Planned are the UIDs of meetings that a preview over several people has
	// already given to one of them; nothing of them is written yet.
	Planned map[string]bool
	// Skew is how far each server's clock is ahead of ours, as measured.
	Skew    [2]time.Duration
	Answers []Answer
	// Trail are the last writes of each link, oldest first.
	Trail  map[LinkID][]Turn
	Policy Policy
	// First: this person was never approved; the plan is a first sync.
	First bool
	// Deleted24h are the deletions written for this person in the last 24 h.
	Deleted24h int
}

// Unsure is a create whose outcome nobody could find out.
type Unsure struct {
	Source     event.Side
	ID         event.ID
	Candidates []event.ID
}

// ActionKind is what an action does.
type ActionKind int

// The actions. Those from Create to Stamp send a request; Pair and Unlink
// only touch our own store; Await, Ask and Skip do nothing but tell.
const (
	// Pair ties two entries that are there on both sides.
	Pair ActionKind = iota
	// Create makes an entry on Side.
	Create
	// Update writes Fields on Side.
	Update
	// Delete removes the entry on Side, recoverably.
	Delete
	// Leave takes this person out of the shared entry on Side.
	Leave
	// Stamp writes our mark on the Exchange end.
	Stamp
	// Unlink forgets a link: both ends are gone, or one left for good.
	Unlink
	// Await: a colleague's copy of the same meeting makes the business entry;
	// this one will be paired with it. On Business: an entry that may be it.
	Await
	// Ask: a person must decide; only this entry waits.
	Ask
	// Skip: left alone, for Reason.
	Skip
)

// String is the stable name used in JSON and approvals.
func (k ActionKind) String() string {
	names := [...]string{"pair", "create", "update", "delete", "leave", "stamp", "unlink", "await", "ask", "skip"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Writes tells whether the action sends a request to a server.
func (k ActionKind) Writes() bool { return k >= Create && k <= Stamp }

// Weak tells whether the action is safe without a person's approval: it
// changes nobody's calendar.
func (k ActionKind) Weak() bool { return k == Pair || k >= Stamp }

// FieldDecision tells how one field that changed on both sides was settled.
type FieldDecision struct {
	Field  event.FieldSet
	Winner event.Side
	Reason Reason
}

// Action is one step of a plan.
type Action struct {
	Kind ActionKind
	// Side is where a writing action writes; for Ask and Skip the side of the
	// entry spoken of.
	Side event.Side
	Link LinkID // empty when there is no link yet
	// Have is what was seen on each side, nil where there is nothing. Its
	// versions are what the write is conditional on.
	Have [2]*event.Item
	// Want is the whole content of the entry on Side after the write.
	Want   event.Event
	Fields event.FieldSet
	// Decisions are the fields of this action that changed on both sides.
	Decisions []FieldDecision
	// Candidates are entries of the opposite side that an Ask offers.
	Candidates []event.ID
	// Cut are the texts of Want that Side cannot hold whole. It keeps what
	// fits; the other side keeps all of it.
	Cut event.FieldSet
	// Unprintable are texts of Want that go to Side without characters that it
	// cannot hold; the other side keeps them.
	Unprintable event.FieldSet
	// Near tells of each of them why it is offered, where that is known.
	Near []Near
	// Differ are fields in which two entries that are paired differ. Neither is
	// written over; Decisions say which would win if a person wanted them equal.
	Differ event.FieldSet
	Reason Reason
	// Rest are the fields of the link that the plan writes to the other end
	// because a person said so: his answer goes on holding for them when this
	// action is done.
	Rest event.FieldSet `json:",omitempty"`
	// Sure: a person decided on a Delete, knowing what is lost with it.
	Sure bool
	// Follows, of an Update, is a participant's copy that becomes what the copy
	// of its organiser, a colleague, has become. Nobody is mailed about it.
	Follows bool `json:",omitempty"`
	// Untold counts people outside the office who are in the entry on Side
	// and do not hear of the change from us unless everybody in it does.
	Untold int
	// Mails counts everybody who is mailed about the change by the system that
	// it is written to, colleagues included; 0: nobody is.
	Mails int
	// Dropped counts exceptions of a series that its new rule has no
	// occurrence for.
	Dropped int
	// Hold, of an undo, is the link as it shall be afterwards; see Undo.
	Hold *Link `json:",omitempty"`
	// Restore, of a Create that undoes a removal, is the entry as it was. It may
	// be taken back from where the removal has put it.
	Restore *event.Item `json:",omitempty"`
}

// Plan is what Build decided. A halted plan has no action that writes.
type Plan struct {
	Actions []Action
	// Refreshed are links whose base or version moves without any action:
	// echoes of our own writes, and both sides changed to the same. Besides,
	// those that a person just asked to leave alone for good; one without ID
	// is new, and only the next plan marks its entry.
	Refreshed []Link
	Halt      *Halt
	// Heeds are the addresses of colleagues whose own copies of their meetings
	// decide whether participants' copies here may follow; sorted.
	Heeds []string
	// Foreign counts Exchange entries that bear the mark of another program
	// that keeps calendars in step, by its name; "lockstep" is another office
	// of ours. Two at work on one calendar undo each other's changes.
	Foreign map[string]int
}

// Halt is a safety stop: nothing is written until a person says so.
type Halt struct {
	Reason Reason
	// Withheld are the writing actions that the plan would have had.
	Withheld []Action
}
