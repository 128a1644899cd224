// Package event is the vocabulary of Lockstep: what a calendar entry is,
// whichever system holds it. Every other package speaks in these words.
//
// It is pure data and pure functions. It must not know a system, a store, a
// network, a logger or the machine's clock: the same values give the same
// answers everywhere. Zone rules come from the table that the Go toolchain
// embeds, so that a PC without zone files reads a calendar as any other does.
package event

import "time"

// Side names one of the two systems. Everything that exists once per system
// is an array indexed by Side.
type Side int

// The two sides.
const (
	Business Side = iota
	Exchange
)

// Sides lists both sides in the order that every per-side array has.
func Sides() [2]Side { return [2]Side{Business, Exchange} }

// Other is the opposite side.
func (s Side) Other() Side { return 1 - s }

// String is the stable, lower-case name used in logs and JSON.
func (s Side) String() string {
	if s == Business {
		return "business"
	}
	return "exchange"
}

// ID identifies an entry on one side. It is opaque: case matters, any
// character may occur (Severa's occurrence ids contain ";"), and Exchange
// gives an entry a new one when it moves to another folder or mailbox.
type ID string

// Version is a side's mark of one state of an entry (a ChangeKey, a
// last-updated time). Two versions are only ever compared for equality.
type Version string

// PersonID names a person (or resource) of the office, as the store knows him.
type PersonID string

// Key is made by us before a create is sent and travels with it, so that an
// entry whose creation was never confirmed can be found again.
type Key string

// Ref points at one state of one entry. An empty ID points at nothing.
type Ref struct {
	ID      ID
	Version Version
}

// ShowAs is how an entry counts in the free/busy view. Only Exchange has it.
type ShowAs int

// The free/busy states of [MS-OXWSCDATA] LegacyFreeBusyType.
const (
	ShowUnset ShowAs = iota
	ShowFree
	ShowTentative
	ShowBusy
	ShowOutOfOffice
	ShowElsewhere
)

// String is the stable name used in JSON.
func (s ShowAs) String() string {
	names := [...]string{"unset", "free", "tentative", "busy", "out_of_office", "elsewhere"}
	if s < 0 || int(s) >= len(names) {
		return "unset"
	}
	return names[s]
}

// Reminder is an alarm before the start. Minutes counts only when Set.
type Reminder struct {
	Set     bool
	Minutes int
}

// Group is the family that a business system's activity type belongs to;
// rules speak of groups where they must not depend on an office's own types.
type Group int

// The groups of Visma Severa's ActivityCategory, as its help centre names them.
const (
	GroupNone Group = iota
	GroupCalendar
	GroupTodo
	GroupProjectTask
	GroupPersonal
	GroupAbsence
)

// String is the stable name used in JSON.
func (g Group) String() string {
	names := [...]string{"none", "calendar", "todo", "project_task", "personal", "absence"}
	if g < 0 || int(g) >= len(names) {
		return "none"
	}
	return names[g]
}

// Kind is the business system's type of an entry. Exchange has none: there it
// is the zero Kind.
type Kind struct {
	ID    string // the business system's id of the type
	Name  string
	Group Group
}

// Role is what an attendee is asked to be.
type Role int

// The roles that both Exchange and the business systems can tell apart.
const (
	RoleRequired Role = iota
	RoleOptional
	RoleResource
)

// Response is what an attendee answered.
type Response int

// The responses of [MS-OXWSCDATA] ResponseTypeType, without Organizer.
const (
	ResponseNone Response = iota
	ResponseAccepted
	ResponseTentative
	ResponseDeclined
)

// Attendee is another person in an entry. Address is lower case and
// identifies him; the organiser or owner is not among the attendees.
type Attendee struct {
	Address  string
	Name     string
	Role     Role
	Response Response
	// Text: the side has no place for him, and keeps him as a text of ours.
	Text bool `json:",omitempty"`
}

// Event is the content of an entry: what both sides can be asked to agree on.
// Fields that a side cannot hold stay at their zero value there; which ones it
// can is told by its Capabilities.
type Event struct {
	Subject    string
	When       Span
	Location   string
	Notes      string // plain text, lines end in \n
	Private    bool
	ShowAs     ShowAs
	Reminder   Reminder
	Kind       Kind
	Done       bool
	Attendees  []Attendee  // sorted by Address, each address once
	Recurrence *Recurrence // nil: a single entry
}

// Standing is what this person's copy of an entry may do to the whole.
type Standing int

// An owner's copy may move and delete the shared entry; a participant only
// leaves it.
const (
	StandingOwner Standing = iota
	StandingParticipant
)

// String is the stable name used in JSON.
func (s Standing) String() string {
	if s == StandingParticipant {
		return "participant"
	}
	return "owner"
}

// Stamp is the mark on an entry that names its partner on the other side; it
// survives the loss of our store. The zero Stamp means: no mark.
type Stamp struct {
	Office  string // which installation set it
	Partner ID     // the entry's id on the business side
	Key     Key    // the key of the create that made the entry, or of its first link
	Digest  string // keyed digest of the state last agreed (see plan.Input.Digest)
	Left    bool   // a person said: never sync this one
}

// Veil stands for text that is not kept: keyed digests by which an entry is
// recognised whose text was taken out. The zero Veil: nothing was.
type Veil struct {
	Subject string
	Text    string // of everything that was taken out
}

// Item is an entry as an endpoint hands it over. A recurring series with its
// exceptions is one Item.
type Item struct {
	Ref
	Event
	Stamp Stamp
	Veil  Veil
	// Tool names another program whose mark the entry bears; empty: none is known.
	Tool string
	// UID identifies the meeting across mailboxes (Exchange: the
	// CleanGlobalObjectId or UID; a business system: empty).
	UID string
	// Organizer is the lower-case address of who called the meeting or owns
	// the activity; empty where the side does not say.
	Organizer string
	Standing  Standing
	// Meeting tells that other people hold copies of it on this side.
	Meeting bool
	// Categories are the colour categories that Exchange shows it under. Rules
	// look at them; they are never written.
	Categories []string
	// Unprintable are texts of which the side holds more than the Event says:
	// characters that no other side can hold.
	Unprintable FieldSet
	// Tied: deleting it loses what cannot be made again, such as booked hours.
	Tied bool
	// Cancelled: the organiser called it off and this copy is left over.
	Cancelled bool
	// Declined: this person has declined, and keeps the copy all the same.
	Declined bool      `json:",omitempty"`
	Created  time.Time // UTC; zero if unknown
	Modified time.Time // UTC, corrected by the server's clock skew; zero if unknown
	// KnownWindow says for which days the side told us the exceptions of a
	// series; overrides outside it are unknown, not absent.
	KnownWindow Window
}

// Capabilities says what a side can hold and promise. It is constant for the
// life of an endpoint.
type Capabilities struct {
	// Fields that survive a write and a read. Only fields that both sides
	// declare are kept in step.
	Fields FieldSet
	// Tells are fields that the side tells of and that no write changes.
	Tells FieldSet
	// Batch is the largest number of Ops of one kind in one Apply; at least 1.
	Batch int
	// Tombstones: Changes reports deletions. Otherwise absence from a
	// complete enumeration plus "gone" by id is the only proof.
	Tombstones bool
	// Keys: an entry can be found by the Key or Stamp it was written with.
	Keys bool
	// Preconditions: a write names the version it saw and is refused by the
	// system itself when that is stale. Otherwise the endpoint re-reads the
	// entry just before the write and a small race remains.
	Preconditions bool
	ReadOnly      bool
	NoDelete      bool
}
