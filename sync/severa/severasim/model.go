package severasim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Category is the group that an activity type belongs to.
type Category int

// The categories of the OpenAPI document. The help centre's names for them are
// Personal, Absence, Calendar entry, To-do and Project task; that SalesEvent is
// the to-do and Task the project task is inferred.
const (
	Personal Category = iota + 1
	Absences
	CalendarEntry
	SalesEvent
	Task
)

var categoryNames = []string{"", "Personal", "Absences", "CalendarEntry", "SalesEvent", "Task"}

// String returns the name on the wire.
func (c Category) String() string { return name(int(c), "Category", categoryNames...) }

// RecurrenceType says what an entry is to a series.
type RecurrenceType int

// The recurrence types.
const (
	Single     RecurrenceType = iota // "None" on the wire
	Occurrence                       // one of a series, as the series has it
	Exception                        // one of a series, changed
	Series                           // the master
)

var recurrenceTypeNames = []string{"None", "Occurrence", "Exception", "Series"}

// String returns the name on the wire.
func (t RecurrenceType) String() string {
	return name(int(t), "RecurrenceType", recurrenceTypeNames...)
}

// ParticipantType is what a participant is.
type ParticipantType int

// The participant types.
const (
	UserParticipant ParticipantType = iota
	ContactParticipant
	ResourceParticipant
	OtherParticipant
)

var participantTypeNames = []string{"User", "Contact", "Resource", "Other"}

// String returns the name on the wire.
func (t ParticipantType) String() string {
	return name(int(t), "ParticipantType", participantTypeNames...)
}

// Status is a participant's answer.
type Status int

// The answers.
const (
	Unknown Status = iota
	Invited
	Accepted
	Tentative
	Declined
)

var statusNames = []string{"Unknown", "Invited", "Accepted", "Tentative", "Declined"}

// String returns the name on the wire.
func (s Status) String() string { return name(int(s), "Status", statusNames...) }

// parseName finds an enum's value by its name on the wire, without case.
func parseName(names []string, text string) (int, bool) {
	if text == "" {
		return 0, false
	}
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, text) })
	return i, i >= 0
}

// User is a person with a licence.
type User struct {
	GUID                string // made when empty
	FirstName, LastName string
	Email, Code, Title  string
	Phone               string
	Inactive            bool
	Zone                string // IANA name; empty means the organisation's
	DefaultType         string // guid of an activity type, may be empty
	UserType            string // FullUser when empty
	OwnsNothing         bool   // cannot be the owner of activities
	Keywords            []string
	Created, Updated    time.Time // set by the server
}

// Name returns the full name.
func (u User) Name() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// ActivityType is a kind of activity.
type ActivityType struct {
	GUID             string // made when empty
	Name, Code       string
	Category         Category
	Inactive         bool
	Default          bool
	Forbidden        bool // the credentials may not list activities of this type
	PaidLeave        *bool
	Created, Updated time.Time // set by the server
}

// Contact is a person at a customer.
type Contact struct {
	GUID                string // made when empty
	FirstName, LastName string
	Email, Phone        string
	JobTitle            string
	CustomerGUID        string
	CustomerName        string
	Inactive            bool
	Created, Updated    time.Time // set by the server
}

// Phase is a part of a project.
type Phase struct {
	GUID                     string // made when empty
	Name, Code               string
	ProjectGUID, ProjectName string
	ProjectNumber            int64
	ProjectOwner             string // user guid
	ParentGUID               string
	Locked, Completed        bool
	Created, Updated         time.Time // set by the server
}

// Participant is one row of an activity's participants.
type Participant struct {
	GUID   string // of the row; made when empty
	Who    string // guid of the user, contact or resource
	Type   ParticipantType
	Status Status
	Name   string // taken from the user or contact where there is one
	Email  string
	Phone  string
}

// Activity is an entry of the calendar: a single one, a series, or one
// occurrence of a series.
type Activity struct {
	GUID                  string // opaque; an occurrence's has the form "series;occurrence"
	Name, Notes, Location string
	Start                 time.Time
	End                   time.Time // zero: none
	AllDay, HasDuration   bool
	Closed, Unassigned    bool
	HasHours              bool
	TypeGUID              string
	OwnerGUID             string
	CustomerGUID          string
	PhaseGUID             string
	TaskStatus            string // project tasks only
	Recurrence            *Recurrence
	Participants          []Participant

	// Set by the server.
	Created, Updated     time.Time
	CreatedBy, UpdatedBy string // user guid; empty: the interface
	RecurrenceType       RecurrenceType
	Parent               string    // occurrences and exceptions: guid of the series
	Original             time.Time // occurrences and exceptions: when the series has it
	Changed              []Change  // series: the occurrences that differ
}

// Change is an occurrence that does not follow its series.
type Change struct {
	Original time.Time
	Removed  bool
}

func (a Activity) clone() Activity {
	a.Recurrence = a.Recurrence.clone()
	a.Participants = slices.Clone(a.Participants)
	a.Changed = slices.Clone(a.Changed)
	return a
}

func (a *Activity) has(who string) bool {
	return slices.ContainsFunc(a.Participants, func(p Participant) bool { return p.Who == who })
}

// endOrStart is what the overlap tests use for an activity without end.
func (a *Activity) endOrStart() time.Time {
	if a.End.IsZero() {
		return a.Start
	}
	return a.End
}

// refusal is why the store did not do as it was told.
type refusal struct {
	kind  refusalKind
	field string // as on the wire, may be empty
	text  string
}

type refusalKind int

const (
	notFound refusalKind = iota
	invalidParameter
	invalidOperation
)

func (r *refusal) Error() string {
	if r.kind == notFound {
		return "not found"
	}
	return r.text
}

func invalid(field, format string, args ...any) error {
	return &refusal{kind: invalidParameter, field: field, text: fmt.Sprintf(format, args...)}
}

func refused(field, format string, args ...any) error {
	return &refusal{kind: invalidOperation, field: field, text: fmt.Sprintf(format, args...)}
}

var errNotFound error = &refusal{kind: notFound}
