package memory

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"lockstep/sync/event"
)

// Options say what kind of system a Calendar is. The zero value is a plain
// one: it holds every field, promises nothing and keeps texts as they come.
type Options struct {
	Side event.Side
	// Now is the system's clock. Without it every look at the clock is a
	// second later than the last, from the first of January 2026 on.
	Now func() time.Time
	// Caps is what every Endpoint declares. No Fields means all of them, and
	// a Batch of 0 means 1.
	Caps event.Capabilities

	// Shared: one entry belongs to its owner and to all its attendees, as in
	// a business system. Otherwise everybody has a mailbox with copies.
	Shared bool
	// Windowed: a complete enumeration is limited to the window asked for.
	Windowed bool
	// PageSize is the most entries in one Delta; 0 means 50.
	PageSize int
	// CursorLife is how long a cursor is good; 0: for ever.
	CursorLife time.Duration
	// Bare: writes answer with the new Ref alone, nothing is read after them.
	Bare bool

	// Holds is the system's verdict on a series of the other side; nil: whole
	// if it declares FieldRecurrence, else not at all.
	Holds func(event.Event) (event.Hold, string)
	// Wipes: a new rule or hour of a series takes its exceptions away, and a
	// deleted occurrence only comes back with a new rule.
	Wipes bool
	// RefusesDay tells which exceptions the system will not take.
	RefusesDay func(series event.Event, day event.Date) bool
	// Known are the days of which exceptions are told; zero: all.
	Known event.Window

	// What the system makes of what it is given.
	Zone         string // all times are kept in it; empty: as written
	WholeMinutes bool   // seconds are dropped
	Trim         bool   // blanks around subject and location are dropped
	PlainText    bool   // control characters are dropped from texts
	MaxText      int    // characters of subject and location; 0: any number
}

// LikeExchange is a system with a mailbox for everybody, tombstones, marks,
// preconditions and batches.
func LikeExchange(now func() time.Time) Options {
	return Options{
		Side: event.Exchange, Now: now, PageSize: 50, MaxText: 255, PlainText: true, Wipes: true,
		Caps: event.Capabilities{
			Fields: event.AllFields &^ (event.FieldKind | event.FieldDone),
			Batch:  20, Tombstones: true, Keys: true, Preconditions: true,
		},
	}
}

// LikeBusiness is a system with shared entries, one request per write and
// none of Exchange's promises; it trims texts and keeps whole minutes in the
// office's zone.
func LikeBusiness(now func() time.Time) Options {
	return Options{
		Side: event.Business, Now: now, PageSize: 50, Shared: true, Windowed: true,
		Zone: "Europe/Helsinki", WholeMinutes: true, Trim: true, MaxText: 200,
		Caps: event.Capabilities{
			Fields: event.AllFields &^ (event.FieldShowAs | event.FieldReminder),
			Batch:  1,
		},
	}
}

// withDefaults fills in what the zero value stands for.
func (o Options) withDefaults() Options {
	if o.Caps.Fields == 0 {
		o.Caps.Fields = event.AllFields
	}
	o.Caps.Batch = max(o.Caps.Batch, 1)
	if o.PageSize <= 0 {
		o.PageSize = 50
	}
	if o.Now == nil {
		ticks := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		o.Now = func() time.Time {
			ticks = ticks.Add(time.Second)
			return ticks
		}
	}
	return o
}

// normalize is what the system makes of e.
func (o Options) normalize(e event.Event) event.Event {
	e = event.Only(e, o.Caps.Fields)
	e.Subject = o.line(e.Subject)
	e.Location = o.line(e.Location)
	e.Notes = o.text(e.Notes)
	e.When = o.span(e)
	if !e.Reminder.Set {
		e.Reminder.Minutes = 0
	}
	e.Attendees = people(e.Attendees)
	if e.Recurrence != nil {
		return o.series(e)
	}
	return e
}

// line is a text of one line as the system keeps it. Cutting comes between
// two trims, because the cut may lay a blank bare.
func (o Options) line(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if o.PlainText {
		s = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, s)
	}
	if o.Trim {
		s = strings.TrimSpace(s)
	}
	if r := []rune(s); o.MaxText > 0 && len(r) > o.MaxText {
		s = string(r[:o.MaxText])
		if o.Trim {
			s = strings.TrimSpace(s)
		}
	}
	return s
}

// text is a text of many lines as the system keeps it.
func (o Options) text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if !o.PlainText {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// span is a time as the system keeps it. A series stays in the zone that it
// was written in, and so does a reading that the system's own clocks show
// twice: in their zone it would be another instant.
func (o Options) span(e event.Event) event.Span {
	s := e.When
	if s.AllDay {
		return event.AllDay(s.Start.Date, s.End.Date)
	}
	if o.WholeMinutes {
		s.Start.Second, s.End.Second = 0, 0
	}
	if e.Recurrence != nil || o.Zone == "" {
		return s
	}
	if r := s.Rezone(o.Zone); r.Same(s) {
		return r
	}
	return s
}

// people are attendees sorted by their lower-case address, each once.
func people(as []event.Attendee) []event.Attendee {
	var out []event.Attendee
	for _, a := range as {
		if a.Address = strings.ToLower(a.Address); a.Address != "" {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b event.Attendee) int { return strings.Compare(a.Address, b.Address) })
	return slices.CompactFunc(out, func(a, b event.Attendee) bool { return a.Address == b.Address })
}

// refused is why the system will never take e; empty if it will.
func refused(e event.Event) string {
	s := e.When
	if s.AllDay {
		if !s.End.In(time.UTC).After(s.Start.In(time.UTC)) {
			return "EndNotAfterStart"
		}
		return ""
	}
	if _, err := event.LoadZone(s.Zone); err != nil || s.Zone == "" {
		return "UnknownTimeZone"
	}
	if start, end := s.Instants(time.UTC); end.Before(start) {
		return "EndBeforeStart"
	}
	return ""
}
