package endpointtest

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// Options tell the suite how to come by a system and what may be written to
// it. Only New is required.
type Options struct {
	// New makes a fresh system, or a fresh calendar in one, without entries,
	// and the hands of the person whose calendar the Endpoint is. A system
	// with small pages is judged more sharply.
	New func(t testing.TB) (endpoint.Endpoint, Hands)
	// Again is another Endpoint of the calendar that an Endpoint of New is for,
	// as another program would have it; nil: the race for a lease is not run.
	Again func(t testing.TB, e endpoint.Endpoint) endpoint.Endpoint
	// Now is the system's clock; without it Settle is told that writes were
	// sent at the beginning of time.
	Now func() time.Time
	// Window is what listings are asked for, and holds every entry that the
	// suite makes; zero: the year 2026 on Helsinki's clocks. At least 60 days.
	Window event.Window
	// Zones are IANA names that times are written in; nil: some of each kind.
	Zones []string
	// Kinds are types that the system knows, at least two where FieldKind is
	// declared; nil: made up.
	Kinds []event.Kind
	// Attendees are addresses that may be invited, at least two where
	// FieldAttendees is declared; nil: made up. None is the person's own.
	Attendees []string
	// TextLimit is how many characters of a subject and a location the system
	// surely keeps; 0: 60.
	TextLimit int
	// Many is how many entries a long listing has; 0: 9.
	Many int
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if o.Window.IsZero() {
		loc, err := time.LoadLocation("Europe/Helsinki")
		if err != nil {
			loc = time.UTC
		}
		o.Window = event.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, loc), To: time.Date(2027, 1, 1, 0, 0, 0, 0, loc)}
	}
	if o.Zones == nil {
		o.Zones = []string{"Europe/Helsinki", "UTC", "America/New_York", "Asia/Kolkata"}
	}
	if o.Kinds == nil {
		o.Kinds = []event.Kind{{ID: "kind-1", Name: "Meeting"}, {ID: "kind-2", Name: "Call"}}
	}
	if o.Attendees == nil {
		o.Attendees = []string{"ann@example.test", "bob@example.test", "cy@example.test"}
	}
	if o.TextLimit == 0 {
		o.TextLimit = 60
	}
	if o.Many == 0 {
		o.Many = 9
	}
	return o
}

// Hands is how the suite acts as a person in the system, past the Endpoint:
// through the system's own programs, or straight in a simulator.
type Hands interface {
	// Put makes an entry of the person's own.
	Put(e event.Event) (event.ID, error)
	// Edit writes some fields over an entry.
	Edit(id event.ID, e event.Event, fields event.FieldSet) error
	// Remove deletes an entry.
	Remove(id event.ID) error
	// List is what the person sees in his calendar. Its IDs are those that
	// the Endpoint uses.
	List() ([]event.Item, error)
	// Trash is what he could take back; ok is false where a system has none.
	Trash() (items []event.Item, ok bool)
	// Mailed counts the mails that the system has sent to other people.
	Mailed() int
	// FailNext lets the next call of the Endpoint that it concerns meet a
	// fault, and is false where the system cannot be made to do that.
	FailNext(f Fault) bool
}

// Sharer is Hands in a system where several people are in one entry, or hold
// copies of it.
type Sharer interface {
	// PutOthers makes an entry of somebody else's that the person is in.
	PutOthers(e event.Event) (event.ID, error)
	// Others tells whether that entry is still there for its owner.
	Others(id event.ID) bool
}

// Copier is Hands in a system where people duplicate entries with their marks.
type Copier interface {
	Copy(id event.ID) error
}

// Garbler is Hands in a system where an entry can be made unreadable for
// programs, malformed or half stored.
type Garbler interface {
	Garble(id event.ID) error
}

// Fault is a trouble that meets one call.
type Fault int

// The faults.
const (
	// NoFault: the call goes well.
	NoFault Fault = iota
	// FailUnavailable: the system is out of order; nothing is done.
	FailUnavailable
	// FailThrottled: too much too fast; nothing is done.
	FailThrottled
	// ExpireCursor: the cursor of the next listing is not good any more.
	ExpireCursor
	// LoseRequest: the write never arrives, and no answer comes.
	LoseRequest
	// LoseAnswer: the write is done, and no answer comes.
	LoseAnswer
	// CancelCall: the call's context has ended. Of Faulty alone.
	CancelCall
)

// String is the name used in messages.
func (f Fault) String() string {
	names := [...]string{
		"no_fault", "fail_unavailable", "fail_throttled", "expire_cursor", "lose_request", "lose_answer", "cancel_call",
	}
	if f < 0 || int(f) >= len(names) {
		return "unknown"
	}
	return names[f]
}
