package event

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Occurrence is one entry that a series shows. Event holds the series' content
// with what the occurrence has of its own over it, and no Recurrence.
type Occurrence struct {
	Original Wall // when the rule puts it, on the clock of the series' zone
	Event    Event
}

// Occurrences lists what a series shows inside w, in the order of Original. A
// moved occurrence counts where it was moved to. What is deleted is not there,
// an exception whose Original the rule does not produce neither; a rule that
// cannot be (see Check) and a single entry show nothing.
//
// The rule is read as Exchange reads it: a day that a month lacks falls on the
// month's last, and the wall clock stays when the clocks change. Only the days
// around w are looked at, however old the series is.
func Occurrences(e Event, w Window) []Occurrence {
	if e.Recurrence == nil || w.IsZero() {
		return nil
	}
	loc := e.zone(w.From.Location())
	long := daysBetween(e.When.Start.Date, e.When.End.Date) + 2
	first, last := DateOf(w.From.In(loc)).AddDays(-long), DateOf(w.To.In(loc)).AddDays(1)
	var out []Occurrence
	for _, d := range e.Recurrence.days(e.When.Start.Date, first, last) {
		original := e.When.On(d)
		if _, own := e.Recurrence.override(original); own || e.Recurrence.deleted(original) {
			continue
		}
		if o := e.occurrence(original); w.Holds(o) {
			out = append(out, Occurrence{original, o})
		}
	}
	for _, x := range e.Recurrence.Overrides {
		if o, ok := OccurrenceAt(e, x.Original); ok && w.Holds(o) {
			out = append(out, Occurrence{x.Original, o})
		}
	}
	slices.SortFunc(out, func(a, b Occurrence) int { return a.Original.Compare(b.Original) })
	return out
}

// OccurrenceAt is the entry that a series shows for the occurrence that its
// rule puts at original; false where the rule puts none, or it is deleted.
func OccurrenceAt(e Event, original Wall) (Event, bool) {
	if e.Recurrence == nil || e.Recurrence.deleted(original) || !e.Produces(original) {
		return Event{}, false
	}
	return e.occurrence(original), true
}

// Produces tells whether the rule of a series puts an occurrence at original,
// be it there, changed or deleted.
func (e Event) Produces(original Wall) bool {
	return e.Recurrence != nil && original == e.When.On(original.Date) &&
		len(e.Recurrence.days(e.When.Start.Date, original.Date, original.Date)) == 1
}

// OriginalAt finds the occurrence that the rule of a series puts at an instant,
// for systems that name occurrences by instants. Of an hour that the clocks
// show twice either is taken. An all-day series is read on the clocks of days.
func OriginalAt(e Event, at time.Time, days *time.Location) (Wall, bool) {
	loc := e.zone(days)
	for _, ahead := range [...]int{0, -1, 1} { // a clock that jumps at midnight changes the day
		original := e.When.On(DateOf(at.In(loc)).AddDays(ahead))
		if (original.In(loc).Equal(at) || original == WallOf(at.In(loc))) && e.Produces(original) {
			return original, true
		}
	}
	return Wall{}, false
}

// zone is the zone in which a series repeats.
func (e Event) zone(days *time.Location) *time.Location {
	if e.When.AllDay {
		return days
	}
	return e.When.Location()
}

// On is the wall clock at which an entry of this span starts on another day.
func (s Span) On(d Date) Wall {
	w := s.Start
	w.Date = d
	return w
}

// occurrence is the series' content at original, with its override.
func (e Event) occurrence(original Wall) Event {
	r := e.Recurrence
	e.Recurrence = nil
	e.When = e.When.startingAt(original)
	if x, ok := r.override(original); ok {
		e = Take(e, x.Event, x.Fields&^FieldRecurrence)
	}
	return e
}

// startingAt moves s to another start and keeps the reading of the clocks at
// its end. Where a jump of the clocks would end it before it begins, it keeps
// its length instead.
func (s Span) startingAt(start Wall) Span {
	days := daysBetween(s.Start.Date, start.Date)
	out := s
	out.Start = start
	out.End.Date = s.End.AddDays(days)
	if s.AllDay {
		return out
	}
	if from, to := out.Instants(time.UTC); to.Before(from) {
		length := s.End.In(time.UTC).Sub(s.Start.In(time.UTC))
		out.End = WallOf(from.Add(max(length, 0)).In(s.Location()))
	}
	return out
}

func (r *Recurrence) override(original Wall) (Override, bool) {
	for _, x := range r.Overrides {
		if x.Original == original {
			return x, true
		}
	}
	return Override{}, false
}

func (r *Recurrence) deleted(original Wall) bool { return slices.Contains(r.Deleted, original) }

// Check tells why no rule can be made of r. Bounds that a single system sets
// are not its business.
func (r *Recurrence) Check() error {
	relative := r.Ordinal != 0
	switch {
	case r.Frequency < Daily || r.Frequency > Yearly:
		return errors.New("unknown frequency")
	case r.Interval < 1:
		return errors.New("interval below one")
	case r.Count < 0:
		return errors.New("negative count")
	case r.Frequency == Daily:
		return nil
	case r.Frequency == Weekly:
		return when(r.Days&everyDay == 0, "no day of the week")
	case r.Frequency == Yearly && (r.Month < time.January || r.Month > time.December):
		return errors.New("no month of the year")
	case relative && (r.Ordinal < -1 || r.Ordinal > 4):
		return errors.New("unknown ordinal")
	case relative:
		return when(r.Days&everyDay == 0, "no day of the week")
	}
	return when(r.DayOfMonth < 1 || r.DayOfMonth > 31, "no day of the month")
}

func when(wrong bool, text string) error {
	if wrong {
		return errors.New(text)
	}
	return nil
}

const everyDay Weekdays = 1<<7 - 1

// days are the days from first to last, both inclusive, on which the rule of a
// series that begins on start puts an occurrence.
func (r *Recurrence) days(start, first, last Date) []Date {
	if last.Before(start) || r.Check() != nil {
		return nil
	}
	if !r.Until.IsZero() && r.Until.Before(last) {
		last = r.Until
	}
	begin := start
	if r.Count == 0 {
		begin = r.jump(start, first)
	}
	rule, err := rrule.NewRRule(r.option(begin))
	if err != nil {
		return nil
	}
	var out []Date
	for next := rule.Iterator(); ; {
		t, ok := next()
		d := DateOf(t)
		if !ok || last.Before(d) {
			return out
		}
		if !d.Before(first) && !d.Before(start) {
			out = append(out, d)
		}
	}
}

// option writes the rule in the terms of RFC 5545. It has no word for "day 31,
// or the last of a shorter month": the last that exists of the days 28 to 31 is
// just that.
func (r *Recurrence) option(begin Date) rrule.ROption {
	o := rrule.ROption{Dtstart: begin.In(time.UTC), Interval: r.Interval, Count: r.Count}
	switch r.Frequency {
	case Daily:
		o.Freq = rrule.DAILY
		return o
	case Weekly:
		o.Freq, o.Wkst, o.Byweekday = rrule.WEEKLY, ruleDay(r.FirstDay), r.Days.rule()
		return o
	case Monthly:
		o.Freq = rrule.MONTHLY
	case Yearly:
		o.Freq, o.Bymonth = rrule.YEARLY, []int{int(r.Month)}
	}
	if r.Ordinal != 0 {
		o.Byweekday, o.Bysetpos = r.Days.rule(), []int{r.Ordinal}
		return o
	}
	o.Bysetpos = []int{-1}
	for d := min(r.DayOfMonth, 28); d <= r.DayOfMonth; d++ {
		o.Bymonthday = append(o.Bymonthday, d)
	}
	return o
}

func ruleDay(d time.Weekday) rrule.Weekday {
	return [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}[d%7]
}

func (w Weekdays) rule() (out []rrule.Weekday) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if w.Has(d) {
			out = append(out, ruleDay(d))
		}
	}
	return out
}

// jump is the first day of a period that the rule visits, as late as possible
// but not after from's, so that an old series is not counted through.
func (r *Recurrence) jump(start, from Date) Date {
	if !start.Before(from) {
		return start
	}
	switch r.Frequency {
	case Daily:
		return start.AddDays(daysBetween(start, from) / r.Interval * r.Interval)
	case Weekly:
		monday := start.AddDays(-(int(start.In(time.UTC).Weekday()-r.FirstDay+7) % 7))
		if n := daysBetween(monday, from) / 7 / r.Interval; n > 0 {
			return monday.AddDays(n * 7 * r.Interval)
		}
	case Monthly:
		if n := ((from.Year-start.Year)*12 + int(from.Month-start.Month)) / r.Interval; n > 0 {
			return DateOf(time.Date(start.Year, start.Month+time.Month(n*r.Interval), 1, 0, 0, 0, 0, time.UTC))
		}
	case Yearly:
		if n := (from.Year - start.Year) / r.Interval; n > 0 {
			return Date{start.Year + n*r.Interval, time.January, 1}
		}
	}
	return start
}

func daysBetween(a, b Date) int { return int(b.In(time.UTC).Sub(a.In(time.UTC)) / (24 * time.Hour)) }

// OccurrenceMark stands between the series and the occurrence in an
// OccurrenceID. Neither Exchange's ids (base64, also of URLs) nor Severa's
// (GUIDs) contain it.
const OccurrenceMark = "~"

// OccurrenceID names one occurrence of a series that the other side can only
// hold as single entries.
func OccurrenceID(series ID, original Wall) ID {
	return series + OccurrenceMark + ID(original.String())
}

// SplitOccurrence reads what OccurrenceID wrote; false for any other id.
func SplitOccurrence(id ID) (series ID, original Wall, ok bool) {
	at := strings.LastIndex(string(id), OccurrenceMark)
	if at < 0 {
		return "", Wall{}, false
	}
	original, err := ParseWall(string(id[at+1:]))
	if err != nil || OccurrenceID(id[:at], original) != id {
		return "", Wall{}, false
	}
	return id[:at], original, true
}
