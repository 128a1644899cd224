package plan

import (
	"encoding/binary"
	"time"

	"lockstep/sync/event"
)

// zones remembers the zone tables that one call has read, because reading one
// costs more than everything else that is done with an entry. A nil map works
// and remembers nothing.
type zones map[string]*zone

type zone struct {
	loc   *time.Location
	rules string // see event.ZoneRules; empty until asked for
}

func (z zones) of(s event.Span) *time.Location {
	if s.AllDay {
		return time.UTC
	}
	if known, ok := z[s.Zone]; ok {
		return known.loc
	}
	loc := s.Location()
	if z != nil {
		z[s.Zone] = &zone{loc: loc}
	}
	return loc
}

// rules are what tells the zones of two series apart.
func (z zones) rules(s event.Span) string {
	if s.AllDay {
		return ""
	}
	z.of(s)
	known, ok := z[s.Zone]
	if !ok {
		return event.ZoneRules(s.Zone)
	}
	if known.rules == "" {
		known.rules = event.ZoneRules(s.Zone)
	}
	return known.rules
}

// series is the span of a series by what its zone does.
func (z zones) series(s event.Span) event.Span {
	s.Zone = z.rules(s)
	return s
}

// utc is s with both ends on the clocks of UTC; whole days stay as they are.
func (z zones) utc(s event.Span) event.Span {
	if s.AllDay {
		return s
	}
	loc := z.of(s)
	return event.Span{
		Start: event.WallOf(s.Start.In(loc).UTC()),
		End:   event.WallOf(s.End.In(loc).UTC()),
		Zone:  "UTC",
	}
}

// canonical is e in a rendering in which two events that event.Diff calls
// equal are equal value by value.
func (z zones) canonical(e event.Event) event.Event {
	e.Kind = event.Kind{ID: e.Kind.ID}
	e.When = z.canonicalWhen(e)
	if e.Recurrence != nil {
		e.Recurrence = z.canonicalSeries(e.Recurrence)
	}
	if len(e.Attendees) > 0 {
		as := make([]event.Attendee, len(e.Attendees))
		for i, a := range e.Attendees {
			as[i] = event.Attendee{Address: a.Address}
		}
		e.Attendees = as
	}
	return e
}

func (z zones) canonicalWhen(e event.Event) event.Span {
	if e.Recurrence != nil {
		return z.series(e.When)
	}
	return z.utc(e.When)
}

// canonicalSeries is r without what its pattern does not read, and with its
// exceptions rendered alike.
func (z zones) canonicalSeries(r *event.Recurrence) *event.Recurrence {
	rule := r.Rule()
	out := &event.Recurrence{
		Frequency: rule.Frequency, Interval: rule.Interval, Days: rule.Days, Ordinal: rule.Ordinal, DayOfMonth: rule.DayOfMonth,
		Month: rule.Month, FirstDay: rule.FirstDay, Count: rule.Count, Until: rule.Until, Deleted: r.Deleted,
	}
	for _, o := range r.Overrides {
		o.Event = z.canonical(event.Only(o.Event, o.Fields))
		if !o.Fields.Has(event.FieldWhen) {
			o.Event.When = event.Span{}
		}
		out.Overrides = append(out.Overrides, o)
	}
	return out
}

// Canonical is an encoding of the given fields of e: equal bytes for events in
// which event.Diff finds none of these fields different, other bytes for all
// others (a series and a single entry always differ). It is what hashes and keyed digests of content are made over. The
// encoding is part of what is stored (approvals, stamps): it may grow by
// fields, but must not change for those that are there.
func Canonical(e event.Event, fields event.FieldSet) []byte {
	return zones(nil).encode(nil, e, fields)
}

func (z zones) encode(b []byte, e event.Event, fields event.FieldSet) []byte {
	for bit := event.FieldSubject; bit < event.AllFields; bit <<= 1 {
		if fields&bit != 0 {
			b = binary.AppendUvarint(b, uint64(bit))
			b = z.encodeField(b, e, bit)
		}
	}
	return b
}

func (z zones) encodeField(b []byte, e event.Event, field event.FieldSet) []byte {
	switch field {
	case event.FieldSubject:
		return text(b, e.Subject)
	case event.FieldWhen:
		return span(b, z.canonicalWhen(e))
	case event.FieldLocation:
		return text(b, e.Location)
	case event.FieldNotes:
		return text(b, e.Notes)
	case event.FieldPrivate:
		return flag(b, e.Private)
	case event.FieldShowAs:
		return number(b, int(e.ShowAs))
	case event.FieldReminder:
		return number(flag(b, e.Reminder.Set), e.Reminder.Minutes)
	case event.FieldKind:
		return text(b, e.Kind.ID)
	case event.FieldDone:
		return flag(b, e.Done)
	case event.FieldAttendees:
		b = number(b, len(e.Attendees))
		for _, a := range e.Attendees {
			b = text(b, a.Address)
		}
		return b
	case event.FieldRecurrence:
		return z.recurrence(b, e.Recurrence)
	case event.AllFields: // never asked for as one
	}
	return b
}

func (z zones) recurrence(b []byte, r *event.Recurrence) []byte {
	if r == nil {
		return flag(b, false)
	}
	b = pattern(flag(b, true), r)
	b = number(b, len(r.Deleted))
	for _, d := range r.Deleted {
		b = wall(b, d)
	}
	b = number(b, len(r.Overrides))
	for _, o := range r.Overrides {
		one := event.Only(o.Event, o.Fields)
		b = number(wall(b, o.Original), int(o.Fields))
		b = z.encode(b, one, o.Fields)
	}
	return b
}

// pattern is the rule of a series without what departs from it.
func pattern(b []byte, r *event.Recurrence) []byte {
	rule := r.Rule()
	for _, n := range [...]int{
		int(rule.Frequency), rule.Interval, int(rule.Days), rule.Ordinal, rule.DayOfMonth, int(rule.Month), int(rule.FirstDay), rule.Count,
	} {
		b = number(b, n)
	}
	return wall(b, rule.Until.Midnight())
}

func span(b []byte, s event.Span) []byte {
	return text(wall(wall(flag(b, s.AllDay), s.Start), s.End), s.Zone)
}

func wall(b []byte, w event.Wall) []byte {
	for _, n := range [...]int{w.Year, int(w.Month), w.Day, w.Hour, w.Minute, w.Second} {
		b = number(b, n)
	}
	return b
}

func number(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) }

func flag(b []byte, on bool) []byte {
	if on {
		return append(b, 1)
	}
	return append(b, 0)
}

func text(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
