package event

import (
	"cmp"
	"fmt"
	"time"
	_ "time/tzdata" // every PC reads the same zone rules, also one without zone files
)

// Date is a day of the Gregorian calendar, of no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day that t shows on its own clock.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String is ISO 8601, YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// IsZero tells whether d names no day.
func (d Date) IsZero() bool { return d == Date{} }

// Compare orders two days.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Before tells whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// AddDays is d moved by n days.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// In is the first instant of d on the clocks of loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Wall is a reading of a wall clock, of no zone, to the second.
type Wall struct {
	Date
	Hour, Minute, Second int
}

// WallOf is what t shows on its own clock; fractions of a second are dropped.
func WallOf(t time.Time) Wall {
	h, m, s := t.Clock()
	return Wall{DateOf(t), h, m, s}
}

// Midnight is the wall clock at the start of d.
func (d Date) Midnight() Wall { return Wall{Date: d} }

const wallLayout = "2006-01-02T15:04:05"

// String is ISO 8601 without offset, YYYY-MM-DDTHH:MM:SS.
func (w Wall) String() string {
	return fmt.Sprintf("%sT%02d:%02d:%02d", w.Date, w.Hour, w.Minute, w.Second)
}

// In is the instant at which the clocks of loc show w. A reading that the
// clocks skip in spring is taken after the jump, by as much as it was skipped;
// one that they show twice in autumn is the first (RFC 5545, 3.3.5).
// time.Date alone leaves both open.
func (w Wall) In(loc *time.Location) time.Time {
	t := time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, w.Second, 0, loc)
	from, to := t.ZoneBounds()
	if shown := WallOf(t); shown != w {
		if shown.Compare(w) < 0 && !to.IsZero() {
			return t.Add(offset(to) - offset(t)) // was taken before the jump
		}
		return t
	}
	if from.IsZero() {
		return t
	}
	if back := offset(from.Add(-1)) - offset(t); back > 0 && t.Add(-back).Before(from) {
		return t.Add(-back)
	}
	return t
}

// offset is how far the clocks that t is shown on are ahead of UTC.
func offset(t time.Time) time.Duration {
	_, s := t.Zone()
	return time.Duration(s) * time.Second
}

// Compare orders two readings as if of one clock that never jumps.
func (w Wall) Compare(o Wall) int {
	return cmp.Or(w.Date.Compare(o.Date), cmp.Compare(w.Hour, o.Hour), cmp.Compare(w.Minute, o.Minute), cmp.Compare(w.Second, o.Second))
}

// ParseWall reads what String wrote.
func ParseWall(s string) (Wall, error) {
	t, err := time.Parse(wallLayout, s)
	if err != nil {
		return Wall{}, fmt.Errorf("read wall clock: %w", err)
	}
	return WallOf(t), nil
}

// MarshalText makes a Wall one JSON string; the zero Wall is empty.
func (w Wall) MarshalText() ([]byte, error) {
	if w == (Wall{}) {
		return nil, nil
	}
	return []byte(w.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (w *Wall) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*w = Wall{}
		return nil
	}
	*w, err = ParseWall(string(b))
	return err
}

// MarshalText makes a Date one JSON string; the zero Date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("read date: %w", err)
	}
	*d = DateOf(t)
	return nil
}

// Span is when an entry takes place. For an all-day entry Start and End are
// midnights of a date pair with exclusive End and Zone is empty; otherwise
// they are wall-clock readings in Zone, an IANA name.
type Span struct {
	AllDay bool
	Start  Wall
	End    Wall
	Zone   string
}

// AllDay is the span of whole days from first up to, not including, end.
func AllDay(first, end Date) Span {
	return Span{AllDay: true, Start: first.Midnight(), End: end.Midnight()}
}

// Between is the span from start to end as the clocks of zone show them.
func Between(start, end time.Time, zone string) (Span, error) {
	loc, err := LoadZone(zone)
	if err != nil {
		return Span{}, fmt.Errorf("read zone %q: %w", zone, err)
	}
	return Span{Start: WallOf(start.In(loc)), End: WallOf(end.In(loc)), Zone: zone}, nil
}

// Location is the zone of s; UTC for an all-day span or an unknown name.
func (s Span) Location() *time.Location {
	if s.AllDay {
		return time.UTC
	}
	loc, err := LoadZone(s.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Instants are the moments at which s begins and ends. An all-day span has
// them on the clocks of days, the zone in which the calendar is looked at.
func (s Span) Instants(days *time.Location) (start, end time.Time) {
	loc := days
	if !s.AllDay {
		loc = s.Location()
	}
	return s.Start.In(loc).UTC(), s.End.In(loc).UTC()
}

// Same tells whether s and o are the same days, or the same two instants in
// whatever zones they are written.
func (s Span) Same(o Span) bool {
	if s == o {
		return true // spares reading the zone
	}
	if s.AllDay || o.AllDay {
		return s.AllDay == o.AllDay && s.Start == o.Start && s.End == o.End
	}
	ss, se := s.Instants(time.UTC)
	os, oe := o.Instants(time.UTC)
	return ss.Equal(os) && se.Equal(oe)
}

// Rezone writes s on the clocks of zone without moving it. All-day spans and
// unknown zones are returned as they are.
func (s Span) Rezone(zone string) Span {
	if s.AllDay || zone == "" || zone == s.Zone {
		return s
	}
	start, end := s.Instants(time.UTC)
	out, err := Between(start, end, zone)
	if err != nil {
		return s
	}
	return out
}

// Window is the span of time that is kept in step: From up to, not including,
// To. The zone of From is the one in which all-day entries are looked at. The
// zero Window holds nothing.
type Window struct {
	From, To time.Time
}

// IsZero tells whether w holds nothing.
func (w Window) IsZero() bool { return w.From.IsZero() && w.To.IsZero() }

// Equal tells whether both name the same instants.
func (w Window) Equal(o Window) bool { return w.From.Equal(o.From) && w.To.Equal(o.To) }

// Holds tells whether e has any part inside w. A series counts when its
// range of dates reaches into w.
func (w Window) Holds(e Event) bool {
	if w.IsZero() {
		return false
	}
	if in, sure := w.roughly(e); sure {
		return in
	}
	start, end := e.When.Instants(w.From.Location())
	if r := e.Recurrence; r != nil {
		end = r.lastEnd(e, w)
	}
	if !end.After(start) {
		end = start.Add(time.Second) // a zero-length entry still takes place
	}
	return start.Before(w.To) && end.After(w.From)
}

// roughly answers Holds without reading a zone, where that is sure: no clock
// on earth is a day away from UTC.
func (w Window) roughly(e Event) (in, sure bool) {
	const day = 24 * time.Hour
	start, end := e.When.Start.In(time.UTC), e.When.End.In(time.UTC)
	if e.Recurrence != nil || end.Before(start) {
		return false, false
	}
	switch {
	case start.After(w.To.Add(day)), end.Before(w.From.Add(-day)):
		return false, true
	case start.After(w.From.Add(day)) && start.Before(w.To.Add(-day)):
		return true, true
	}
	return false, false
}
