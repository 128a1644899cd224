package exchange

import (
	"time"

	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

const (
	maxInterval      = 99 // weeks or months
	maxDailyInterval = 999
	maxCount         = 999
)

// The sets of days that a relative rule can name besides single days.
const (
	everyDay    event.Weekdays = 1<<7 - 1
	workingDays event.Weekdays = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	weekendDays event.Weekdays = 1<<time.Saturday | 1<<time.Sunday
)

// readRule is a rule of the wire in ours, without exceptions; the code tells
// why it has no like.
func readRule(r *ews.Recurrence) (event.Recurrence, string) {
	if r == nil {
		return event.Recurrence{}, codeIncomplete
	}
	out := event.Recurrence{Interval: max(r.Interval, 1), Month: r.Month, DayOfMonth: r.DayOfMonth}
	switch r.Pattern {
	case ews.Daily:
		out.Frequency = event.Daily
	case ews.Weekly:
		out.Frequency = event.Weekly
	case ews.AbsoluteMonthly, ews.RelativeMonthly:
		out.Frequency = event.Monthly
	case ews.AbsoluteYearly, ews.RelativeYearly:
		out.Frequency = event.Yearly
	case ews.Regenerating:
		return out, event.HoldRegenerating
	case ews.PatternNone:
		return out, codeIncomplete
	}
	for _, d := range r.Days {
		out.Days |= daysOf(d)
	}
	if r.FirstDay != ews.DayNone {
		out.FirstDay = time.Weekday(r.FirstDay - ews.Sunday)
	}
	if r.Pattern == ews.RelativeMonthly || r.Pattern == ews.RelativeYearly {
		out.Ordinal, out.DayOfMonth = int(r.Index), 0
		if r.Index == ews.Last {
			out.Ordinal = -1
		}
	}
	switch r.Range {
	case ews.RangeNoEnd:
	case ews.RangeEndDate:
		out.Until = event.Date(r.End)
	case ews.RangeNumbered:
		out.Count = r.Count
	}
	return canonical(out), ""
}

func daysOf(d ews.DayOfWeek) event.Weekdays {
	switch d {
	case ews.AnyDay:
		return everyDay
	case ews.Weekday:
		return workingDays
	case ews.WeekendDay:
		return weekendDays
	case ews.DayNone:
		return 0
	case ews.Sunday, ews.Monday, ews.Tuesday, ews.Wednesday, ews.Thursday, ews.Friday, ews.Saturday:
	}
	return 1 << time.Weekday(d-ews.Sunday)
}

// canonical leaves in a rule what counts for it.
func canonical(r event.Recurrence) event.Recurrence {
	relative := r.Ordinal != 0 && r.Frequency >= event.Monthly
	if r.Frequency != event.Weekly && !relative {
		r.Days = 0
	}
	if r.Frequency != event.Weekly || r.Interval < 2 {
		r.FirstDay = 0
	}
	if !relative {
		r.Ordinal = 0
	}
	if relative || r.Frequency < event.Monthly {
		r.DayOfMonth = 0
	}
	if r.Frequency != event.Yearly {
		r.Month = 0
	}
	if r.Count > 0 {
		r.Until = event.Date{}
	}
	r.Days &= everyDay
	return r
}

// weekOf is the first of the days of the week with which weeks could begin for a
// series to be the same. It counts only where weeks are left out, and there only
// if it puts another day into the week of the first occurrence.
func weekOf(r event.Recurrence, first event.Date) time.Weekday {
	if r.Frequency != event.Weekly || r.Interval < 2 {
		return 0
	}
	start := first.In(time.UTC).Weekday()
	inFirst := func(begin time.Weekday) (days event.Weekdays) {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if r.Days.Has(d) && (d-begin+7)%7 >= (start-begin+7)%7 {
				days |= 1 << d
			}
		}
		return days
	}
	for begin := time.Sunday; begin < r.FirstDay; begin++ {
		if inFirst(begin) == inFirst(r.FirstDay) {
			return begin
		}
	}
	return r.FirstDay
}

// bare is a rule without its exceptions.
func bare(r event.Recurrence) event.Recurrence {
	r.Overrides, r.Deleted = nil, nil
	return r
}

// writeRule is the rule of a normalized series for the wire. What HoldSeries
// has let through has its like.
func writeRule(e event.Event) *ews.Recurrence {
	r := e.Recurrence
	out := &ews.Recurrence{Interval: r.Interval, Start: ews.Date(e.When.Start.Date), Count: r.Count, DayOfMonth: r.DayOfMonth, Month: r.Month}
	switch relative := r.Ordinal != 0; {
	case r.Frequency == event.Daily:
		out.Pattern = ews.Daily
	case r.Frequency == event.Weekly:
		out.Pattern, out.FirstDay = ews.Weekly, ews.Sunday+ews.DayOfWeek(r.FirstDay)
		for d := time.Sunday; d <= time.Saturday; d++ {
			if r.Days.Has(d) {
				out.Days = append(out.Days, ews.Sunday+ews.DayOfWeek(d))
			}
		}
	case r.Frequency == event.Monthly && relative:
		out.Pattern = ews.RelativeMonthly
	case r.Frequency == event.Monthly:
		out.Pattern = ews.AbsoluteMonthly
	case relative:
		out.Pattern = ews.RelativeYearly
	default:
		out.Pattern = ews.AbsoluteYearly
	}
	if r.Ordinal != 0 {
		d, _ := dayNamed(r.Days)
		out.Days, out.Index = []ews.DayOfWeek{d}, ews.DayIndex(r.Ordinal)
		if r.Ordinal < 0 {
			out.Index = ews.Last
		}
	}
	switch {
	case r.Count > 0:
		out.Range = ews.RangeNumbered
	case !r.Until.IsZero():
		out.Range, out.End = ews.RangeEndDate, ews.Date(r.Until)
	}
	return out
}

// weekLike lets weeks begin on the day that somebody has chosen, where that makes
// no other series: what it means for later changes of the days is his.
func weekLike(rule *ews.Recurrence, e event.Event, chosen time.Weekday) {
	r := *e.Recurrence
	r.FirstDay = chosen
	if r.Frequency == event.Weekly && r.Interval > 1 && weekOf(r, e.When.Start.Date) == e.Recurrence.FirstDay {
		rule.FirstDay = ews.Sunday + ews.DayOfWeek(chosen)
	}
}

// dayNamed is the one word that a relative rule has for a set of days.
func dayNamed(w event.Weekdays) (ews.DayOfWeek, bool) {
	for d := ews.Sunday; d <= ews.WeekendDay; d++ {
		if daysOf(d) == w {
			return d, true
		}
	}
	return ews.DayNone, false
}

// otherRule is a rule that r surely is not, for a server to forget the
// exceptions of r by. It is yearly, so that no length of an entry overlaps.
func otherRule(r *ews.Recurrence) *ews.Recurrence {
	out := &ews.Recurrence{Pattern: ews.AbsoluteYearly, DayOfMonth: r.Start.Day, Month: r.Start.Month, Range: ews.RangeNumbered, Start: r.Start, Count: 2}
	if r.Pattern == ews.AbsoluteYearly && r.Count == out.Count {
		out.Count++
	}
	return out
}

// HoldSeries tells how Exchange can hold a series of the other side. It has all
// six rules, and no year left out.
func (c *calendar) HoldSeries(e event.Event) (event.Hold, string) { return holdSeries(e) }

func holdSeries(e event.Event) (event.Hold, string) {
	r := e.Recurrence
	if r == nil {
		return event.HoldWhole, ""
	}
	if r.Check() != nil {
		return event.HoldNot, event.HoldPattern
	}
	rule := canonical(*r)
	limit := maxInterval
	switch rule.Frequency {
	case event.Daily:
		limit = maxDailyInterval
	case event.Yearly:
		limit = 1
	case event.Weekly, event.Monthly:
	}
	_, named := dayNamed(rule.Days)
	switch {
	case rule.Frequency == event.Yearly && rule.Interval > limit:
		return event.HoldExpanded, event.HoldYearlyInterval
	case rule.Interval > limit:
		return event.HoldExpanded, event.HoldInterval
	case rule.Ordinal != 0 && !named:
		return event.HoldExpanded, event.HoldPattern
	case rule.Count > maxCount:
		return event.HoldExpanded, event.HoldTooMany
	}
	if _, windows := zoneOf(e.When.Zone); !e.When.AllDay && windows == utc && e.When.Zone != utc && !sameZone(e.When.Zone) {
		return event.HoldExpanded, event.HoldZone
	}
	e.Recurrence = &rule
	return holdTimes(e)
}

// sameZone tells whether a name is one of those that UTC has.
func sameZone(iana string) bool {
	name, _ := zoneOf(iana)
	loc, err := event.LoadZone(iana)
	if err != nil || name != utc {
		return false
	}
	_, winter := time.Date(2026, 1, 1, 0, 0, 0, 0, loc).Zone()
	_, summer := time.Date(2026, 7, 1, 0, 0, 0, 0, loc).Zone()
	return winter == 0 && summer == 0
}

// holdTimes looks at the first occurrences. Of one at an hour that the clocks skip
// Exchange would keep the moment, from which the whole series took another hour;
// and none may reach into the next.
func holdTimes(e event.Event) (event.Hold, string) {
	first, ok := firstOccurrence(e)
	if !ok {
		return event.HoldNot, event.HoldPattern
	}
	start, end := first.When.Instants(time.UTC)
	if start.Year() <= firstYear || end.Year() >= lastYear || e.Recurrence.Until.Year >= lastYear {
		return event.HoldNot, "ErrorCalendarOutOfRange"
	}
	if !first.When.AllDay && event.WallOf(start.In(first.When.Location())) != first.When.Start {
		return event.HoldExpanded, event.HoldHour
	}
	length := first.When.End.In(time.UTC).Sub(first.When.Start.In(time.UTC))
	if length <= shortestGap(*e.Recurrence) {
		return event.HoldWhole, ""
	}
	return event.HoldExpanded, event.HoldOverlap
}

// shortestGap is how close two occurrences of a rule can come.
func shortestGap(r event.Recurrence) time.Duration {
	const day = 24 * time.Hour
	switch r.Frequency {
	case event.Daily:
		return time.Duration(r.Interval) * day
	case event.Weekly:
		least, last := 7*r.Interval, -1
		for i := range 14 {
			d := time.Weekday((i + int(r.FirstDay)) % 7)
			if !r.Days.Has(d) {
				continue
			}
			// Beyond the end of a week the next one that counts follows.
			if last >= 0 && (i < 7 || last >= 7) {
				least = min(least, i-last)
			} else if last >= 0 {
				least = min(least, i-last+7*(r.Interval-1))
			}
			last = i
		}
		return time.Duration(least) * day
	case event.Monthly, event.Yearly:
	}
	// The last of a month and the first of the next are never closer than this.
	if r.Ordinal != 0 {
		return 20 * day
	}
	return 28 * day
}

// firstOccurrence is what the rule of a series begins with, its exceptions aside.
func firstOccurrence(e event.Event) (event.Event, bool) {
	rule := bare(*e.Recurrence)
	e.Recurrence = &rule
	if first, ok := event.OccurrenceAt(e, e.When.Start); ok {
		return first, true
	}
	// No rule lets a hundred months go by before it begins, but for years left out.
	from := e.When.Start.In(time.UTC).AddDate(0, 0, -2)
	for _, years := range []int{1, 9, 100} {
		if all := event.Occurrences(e, event.Window{From: from, To: from.AddDate(years, 0, 0)}); len(all) > 0 {
			return all[0].Event, true
		}
	}
	return event.Event{}, false
}
