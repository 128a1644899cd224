package plan

import (
	"time"

	"lockstep/sync/event"
)

// Code is a stable name for why an action is what it is. Words for people
// are made from it elsewhere, once.
type Code string

// The reasons. Data that belongs to a code is named behind it.
const (
	// Why entries are paired.
	SameStamp   Code = "same_stamp"   // the mark on the Exchange entry names the other
	SameMeeting Code = "same_meeting" // same UID as a meeting already in the business system
	SameContent Code = "same_content" // subject, start and end are equal
	AsAnswered  Code = "as_answered"  // a person said so

	// Why something is written.
	OnlyThere     Code = "only_there"     // From: exists on one side only
	OneOfSeries   Code = "one_of_series"  // From, Detail: an occurrence of a series that the other side holds as single entries, by its code
	ChangedThere  Code = "changed_there"  // From: changed on one side only
	DeletedThere  Code = "deleted_there"  // From: deleted on one side; Detail: the id of the series, of an occurrence
	MadeAgain     Code = "made_again"     // From: deleted there, but changed here
	LeftThere     Code = "left_there"     // From: this person left it there
	DeclinedThere Code = "declined_there" // From: this person declined it there; Detail as of DeletedThere
	MarkMissing   Code = "mark_missing"   // the mark is not on the entry yet
	MarkOutOfDate Code = "mark_outdated"  // the mark tells an older state
	BothGone      Code = "both_gone"      // gone on both sides
	GivenUp       Code = "given_up"       // the mailbox no longer shows the calendar of a resource; Detail as of DeletedThere
	NewerWins     Code = "newer_wins"     // From, Ahead: newer by so much
	OrganizerWins Code = "organizer_wins" // From: the side that holds the organiser's copy
	RuleWins      Code = "rule_wins"      // From: the office's rule names the side
	OnlyFilled    Code = "only_filled"    // From: the other side holds nothing there
	PutBack       Code = "put_back"       // From: published there; a person's edit of the copy is taken back
	MadePrivate   Code = "made_private"   // From: private there; our copy only tells that the time is taken
	DateIsPrivate Code = "date_private"   // From: one date of the series is private there; our copy only tells that the time is taken
	PutBackOnce   Code = "put_back_once"  // From: published there; its copy was deleted and is made again once

	// Why a person is asked.
	SpelledAlike     Code = "spelled_alike"    // Count: same times, the subject is spelled differently
	SameDay          Code = "same_day"         // Count, Ahead: same subject on the same day, so much later
	Ambiguous        Code = "ambiguous"        // Count: several entries match equally well
	DeletedAndEdited Code = "deleted_edited"   // From: deleted there, changed here
	TiedToMore       Code = "tied_to_more"     // From: deleted there; booked hours, a customer or a phase hang on it here
	DeletedFrozen    Code = "deleted_frozen"   // From: deleted there, outside the window
	SameAge          Code = "same_age"         // both changed at the same time
	ClockUnsure      Code = "clock_unsure"     // From, Ahead: that server's clock is off by so much
	BackAndForth     Code = "back_and_forth"   // From: there once more as it was before; Count: returns within a day
	AskedByRule      Code = "asked_by_rule"    // the office's rule is to ask
	OutcomeUnsure    Code = "outcome_unsure"   // Count: a create was sent and never confirmed
	DiffersUnmarked  Code = "differs_unmarked" // both changed while the store was lost
	PartnerUnknown   Code = "partner_unknown"  // the mark names an entry that is not there
	MadeTwice        Code = "made_twice"       // From: just like one there that we have made
	Vanished         Code = "vanished"         // From: not listed any more, without proof of deletion

	// Why something is left alone.
	OutsideWindow    Code = "outside_window"
	TooOld           Code = "too_old"            // ended before a first sync looks back, and was not made since
	ProjectTask      Code = "project_task"       // never kept in step
	TypeNotChosen    Code = "type_not_chosen"    // the office does not send this type out
	PrivateKept      Code = "private_kept"       // From: private entries do not leave that side; Detail "date": one date of it is
	FilteredOut      Code = "filtered_out"       // Detail: the rule that keeps it out
	DirectionClosed  Code = "direction_closed"   // From: the rules write nothing there
	FieldClosed      Code = "field_closed"       // From: this field only flows from there
	SideReadOnly     Code = "side_read_only"     // From: the account may not write there
	NotOrganizer     Code = "not_organizer"      // only the organiser's copy may change that
	ColleagueMakesIt Code = "colleague_makes_it" // a colleague's copy becomes the business entry
	OtherOffice      Code = "other_office"       // marked by another Lockstep installation
	LeftAlone        Code = "left_alone"         // a person said: never
	OnHold           Code = "on_hold"            // undone, and not changed since
	Cancelled        Code = "cancelled"          // the organiser called it off
	Declined         Code = "declined"           // From: this person declined it there, and nothing comes of that here
	CannotRead       Code = "cannot_read"        // Detail: the system's code
	CannotWrite      Code = "cannot_write"       // Detail: the system's code
	SeriesSkipped    Code = "series_skipped"     // From, Detail: that side cannot hold the series, by its code
	SeriesStays      Code = "series_stays"       // the same of what a linked entry has become; its copy stays as it was
	Halted           Code = "halted"             // the person's run is stopped for safety

	// Why an undo does something. Count: so many people were mailed about what
	// is undone, and hear nothing of that.
	UndoneMade     Code = "undone_made"      // From: the run had made it
	UndoneChange   Code = "undone_change"    // From: the run had changed it
	UndoneFollow   Code = "undone_follow"    // From: the run had let a participant's copy follow
	UndoneRemoved  Code = "undone_removed"   // From: taken back to where it was
	UndoneMadeAnew Code = "undone_made_anew" // From: made again from what is known of it
	UndonePair     Code = "undone_pair"      // the run had paired them

	// Why an undo leaves something as it is.
	UndoChanged Code = "undo_changed" // From: changed since
	UndoGone    Code = "undo_gone"    // From: not there any more
	UndoThere   Code = "undo_there"   // From: it is there again
	UndoShared  Code = "undo_shared"  // colleagues have it in their calendars too
	UndoTied    Code = "undo_tied"    // hours, a customer or a phase are tied to it by now
	UndoPruned  Code = "undo_pruned"  // what it was is no longer kept

	// Why a run is halted. Count and Limit belong to all of them.
	TooManyDeletes  Code = "too_many_deletes"
	TooManyToday    Code = "too_many_deletes_today"
	SideShrank      Code = "side_shrank" // From
	SideEmpty       Code = "side_empty"  // From
	AllShifted      Code = "all_shifted" // From, Ahead: by so much
	TooManyCreates  Code = "too_many_creates"
	IdentityChanged Code = "identity_changed" // From
	CalendarRefused Code = "calendar_refused" // From, Detail: the system's code
)

// Series names the series of which an occurrence was deleted; empty for any
// other reason. All of one series count as one deletion.
func (r Reason) Series() string {
	switch r.Code {
	case DeletedThere, LeftThere, DeclinedThere, GivenUp:
		return r.Detail
	default:
		return ""
	}
}

// Reason is a Code with its data. It holds no calendar text.
type Reason struct {
	Code   Code          `json:"code"`
	From   event.Side    `json:"from"`
	Ahead  time.Duration `json:"ahead,omitempty"`
	Count  int           `json:"count,omitempty"`
	Limit  int           `json:"limit,omitempty"`
	Detail string        `json:"detail,omitempty"`
}
