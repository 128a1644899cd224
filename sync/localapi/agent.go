package localapi

import (
	"context"
	"time"

	"lockstep/sync/office"
)

// Agent is everything a front end can ask of an office. Its errors are *Error
// where the front end must tell cases apart.
type Agent interface {
	// Status is the first one after the given sequence number; 0 answers at once.
	Status(ctx context.Context, after uint64) (office.Status, error)
	Preview(ctx context.Context, q PreviewRequest) (Preview, error)
	// LastPreview is the last preview of everybody that nobody has acted upon;
	// an *Error with CodeNoPreview where there is none.
	LastPreview(ctx context.Context) (Preview, error)
	// LeaveOut keeps which rows of it shall not be done yet: their ids, by the
	// addresses of the people.
	LeaveOut(ctx context.Context, rows map[string][]string) error
	// Detail is all that is known of one row of it.
	Detail(ctx context.Context, q DetailRequest) (Detail, error)
	// Stop ends the runs that were asked for, once the action in hand is finished.
	Stop(ctx context.Context) error
	Sync(ctx context.Context, q SyncRequest) (Summary, error)
	People(ctx context.Context) ([]Person, error)
	// Switch turns a person on or off.
	Switch(ctx context.Context, address string, on bool, by string) (Person, error)
	// OptOut notes that a person wants to be left out, or no longer does.
	OptOut(ctx context.Context, address string, out bool, by string) (Person, error)
	// TakeOver makes this installation the one that writes for people (addresses;
	// empty: everybody who is switched on), whoever did until now.
	TakeOver(ctx context.Context, who []string) ([]Person, error)
	// Pause stops pulling until a moment; the zero time resumes.
	Pause(ctx context.Context, until time.Time) error
	Runs(ctx context.Context, limit int) ([]Run, error)
	Changes(ctx context.Context, run int64) ([]Change, error)
	PreviewUndo(ctx context.Context, q UndoRequest) (Undo, error)
	Undo(ctx context.Context, q UndoRequest) (Undo, error)
	// Notices lists changes that people from outside the office were not told of;
	// Notify mails them, at most once for each change.
	Notices(ctx context.Context, q NoticeRequest) (Notices, error)
	Notify(ctx context.Context, q NoticeRequest) (Notices, error)
	Decisions(ctx context.Context, q DecisionsRequest) ([]Question, error)
	Resolve(ctx context.Context, q ResolveRequest) (Resolved, error)
	// Resume lets through once what a safety stop withholds, Keep leaves it all
	// as it is.
	Resume(ctx context.Context, q ResumeRequest) (Summary, error)
	Keep(ctx context.Context, q KeepRequest) (Kept, error)
	// Doctor examines the office, or tells how far that is. It is polled as
	// Status is, until the report is not running any more.
	Doctor(ctx context.Context, q DoctorRequest) (DoctorReport, error)
	Papers
	Setter
	Preferences
	Demonstration
}

// Quitter is an Agent that can be asked to end its program. It ends once the
// action in hand is finished.
type Quitter interface {
	Quit(ctx context.Context) error
}

// PreviewRequest asks what would be done.
type PreviewRequest struct {
	Who  []string `json:"who,omitempty"` // addresses; empty: everybody who is switched on
	Full bool     `json:"full,omitempty"`
}

// SyncRequest asks to do it.
type SyncRequest struct {
	Who []string `json:"who,omitempty"`
	// Digest approves what that preview showed; ApproveFirst approves first
	// syncs whatever they hold.
	Digest string `json:"digest,omitempty"`
	// Except are rows of that preview that are not approved; see LeaveOut.
	Except       map[string][]string `json:"except,omitempty"`
	ApproveFirst bool                `json:"approve_first,omitempty"`
	Full         bool                `json:"full,omitempty"`
}

// Code is what kind of trouble an Error is.
type Code string

// The codes.
const (
	CodeUsage     Code = "usage"      // the request makes no sense
	CodeNotSetUp  Code = "not_set_up" // no connections yet
	CodeNobody    Code = "nobody"     // nobody is switched on
	CodeNoPerson  Code = "no_person"  // that address is nobody's
	CodeOptedOut  Code = "opted_out"  // that person wants to be left out
	CodeNoPreview Code = "no_preview" // that digest was never shown
	CodeNoRun     Code = "no_run"     // that run is not in the history
	CodeNoItem    Code = "no_item"    // that run changed no such entry
	CodeNotHisRun Code = "not_his_run"
	CodeNoMail    Code = "no_mail" // no mail can be sent from that mailbox
	// CodeOtherCount: other people would be mailed than were shown.
	CodeOtherCount Code = "other_count"
	CodeNoLease    Code = "no_lease" // the mailbox takes no lease that could be taken over
	CodeDiskFull   Code = "disk_full"
	CodeLocked     Code = "locked" // the organisation has fixed that setting
	CodeNoDemo     Code = "no_demo"
	CodeStopped    Code = "stopped"
	CodeField      Code = "field" // a draft is not right: see Fields
	CodeFailed     Code = "failed"
)

// Error is an answer that is no result.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Trouble is set where a connection is what failed.
	Trouble *Trouble `json:"trouble,omitempty"`
	// Fields is what is wrong in a draft.
	Fields []FieldProblem `json:"fields,omitempty"`
	// Closed is set where the office cannot be opened.
	Closed *Closed `json:"closed,omitempty"`
}

// Error is the message.
func (e *Error) Error() string { return e.Message }
