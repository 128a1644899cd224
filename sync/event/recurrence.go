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
	return r.Rule() == o.Rule() && slices.Equal(r.Deleted, o.Deleted) &&
		slices.EqualFunc(r.Overrides, o.Overrides, func(x, y Override) bool {
			return x.Original == y.Original && x.Fields == y.Fields &&
				Diff(Only(x.Event, x.Fields), Only(y.Event, y.Fields)) == 0
		})
}

// lastEnd is an instant by which the last occurrence of a series has surely
// ended, exceptions included; the end of w where it has no end.
func (r *Recurrence) lastEnd(e Event, w Window) time.Time {
	first, end := e.When.Instants(w.From.Location())
	long := end.Sub(first)
	if r.Count == 0 && r.Until.IsZero() || r.Check() != nil {
		return w.To
	}
	loc := e.zone(w.From.Location())
	start, until, near := e.When.Start.Date, r.Until, e.When.Start.Date
	if r.Count > 0 {
		until = Date{9999, time.December, 31}
	} else {
		near = until.AddDays(-r.period())
		if near.In(loc).After(w.From) {
			return w.To // it takes place at least once in the last of its periods
		}
	}
	var last time.Time
	if days := r.days(start, near, until); len(days) > 0 {
		last = days[len(days)-1].AddDays(1).In(loc).Add(long)
	}
	for _, x := range r.Overrides {
		if x.Fields.Has(FieldWhen) {
			if _, until := x.Event.When.Instants(w.From.Location()); until.After(last) {
				last = until
			}
		}
	}
	return last.UTC()
}

// period is a number of days in which the rule puts an occurrence for sure.
func (r *Recurrence) period() int {
	return (r.Interval + 1) * [...]int{1, 7, 31, 366}[r.Frequency]
}
