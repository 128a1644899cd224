package event

import (
	"slices"
	"time"
)

// Frequency is the unit in which a series repeats.
type Frequency int

// The four units that both Exchange and Severa know.
const (
	Daily Frequency = iota
	Weekly
	Monthly
	Yearly
)

// String is the stable name used in JSON.
func (f Frequency) String() string {
	names := [...]string{"daily", "weekly", "monthly", "yearly"}
	if f < 0 || int(f) >= len(names) {
		return "unknown"
	}
	return names[f]
}

// Weekdays is a set of days, bit n for time.Weekday n.
type Weekdays uint8

// Has tells whether d is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Recurrence is the rule of a series and everything that departs from it. The
// first occurrence is the series' own Span; exceptions are keyed by the wall
// clock at which the occurrence would have started, never by a number.
type Recurrence struct {
	Frequency Frequency
	Interval  int // every n units; at least 1
	// Days are the weekdays of a weekly series, or the candidates of which a
	// relative monthly or yearly one takes the Ordinal-th.
	Days Weekdays
	// Ordinal 1 to 4, or -1 for the last; 0: an absolute DayOfMonth.
	Ordinal    int
	DayOfMonth int
	Month      time.Month   // of a yearly series
	FirstDay   time.Weekday // of the week, for weekly intervals above 1
	Count      int          // number of occurrences; 0: see Until
	Until      Date         // last day an occurrence may start; zero: no end
	Overrides  []Override   // sorted by Original
	Deleted    []Wall       // sorted
}

// Override is one occurrence that differs from its series in Fields.
type Override struct {
	Original Wall
	Fields   FieldSet
	Event    Event
}

// Equal compares two rules with all their exceptions; nil equals nil.
func (r *Recurrence) Equal(o *Recurrence) bool {
	if r == nil || o == nil {
		return r == o
	}
	a, b := *r, *o
	a.Overrides, b.Overrides, a.Deleted, b.Deleted = nil, nil, nil, nil
	return samePattern(a, b) && slices.Equal(r.Deleted, o.Deleted) &&
		slices.EqualFunc(r.Overrides, o.Overrides, func(x, y Override) bool {
			return x.Original == y.Original && x.Fields == y.Fields &&
				Diff(Only(x.Event, x.Fields), Only(y.Event, y.Fields)) == 0
		})
}

func samePattern(a, b Recurrence) bool {
	return a.Frequency == b.Frequency && a.Interval == b.Interval && a.Days == b.Days &&
		a.Ordinal == b.Ordinal && a.DayOfMonth == b.DayOfMonth && a.Month == b.Month &&
		a.FirstDay == b.FirstDay && a.Count == b.Count && a.Until == b.Until
}

// lastEnd is an instant by which the last occurrence of a series has surely
// ended, or the end of w when only an expansion could tell.
func (r *Recurrence) lastEnd(s Span, w Window) time.Time {
	if r.Until.IsZero() {
		return w.To
	}
	start, end := s.Instants(w.From.Location())
	loc := w.From.Location()
	if !s.AllDay {
		loc = s.Location()
	}
	return r.Until.AddDays(1).In(loc).Add(end.Sub(start)).UTC()
}
