package severa

import (
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

const (
	anyDay   event.Weekdays = 1<<7 - 1
	workDays event.Weekdays = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	weekend  event.Weekdays = 1<<time.Saturday | 1<<time.Sunday
)

// ruleOf reads the rule of a series that begins on first. The week of a
// fortnightly rule begins on weekStart, of which the service says nothing. ok is
// false for a rule that breaks the documented form.
func ruleOf(r api.Recurrence, first event.Date, weekStart time.Weekday) (out event.Recurrence, ok bool) {
	out.Interval, out.FirstDay, ok = 1, weekStart, true
	day := first.In(time.UTC)
	p := r.Pattern
	switch {
	case r.Frequency == api.Daily && p.Daily != nil && p.Daily.EveryWeekday:
		out.Frequency, out.Days = event.Weekly, workDays
	case r.Frequency == api.Daily && p.Daily != nil:
		out.Frequency = event.Daily
		if p.Daily.Interval != nil {
			out.Interval = max(*p.Daily.Interval, 1)
		}
	case r.Frequency == api.Weekly && p.Weekly != nil:
		out.Frequency, out.Interval, out.Days = event.Weekly, max(p.Weekly.Interval, 1), weekdaysOf(*p.Weekly)
		if out.Days == 0 {
			out.Days = 1 << day.Weekday()
		}
	case r.Frequency == api.Monthly && p.Monthly != nil:
		out.Frequency, out.Interval = event.Monthly, max(p.Monthly.Interval, 1)
		ok = monthDay(&out, p.Monthly.DayOfMonth, p.Monthly.Ordinal, p.Monthly.OrdinalDay, first.Day)
	case r.Frequency == api.Yearly && p.Yearly != nil:
		out.Frequency, out.Month = event.Yearly, first.Month
		if p.Yearly.Month != "" {
			i := slices.Index(months(), p.Yearly.Month)
			out.Month, ok = time.Month(i+1), i >= 0
		}
		ok = ok && monthDay(&out, p.Yearly.DayOfMonth, p.Yearly.Ordinal, p.Yearly.OrdinalDay, first.Day)
	default:
		return out, false
	}
	if n := r.Range.MaxOccurrences; n != nil {
		out.Count = max(*n, 0)
	}
	if u := r.Range.Until; !u.IsZero() {
		out.Until = event.Date(u)
	}
	return out, ok && out.Check() == nil && out.Interval <= maxInterval && out.Count <= maxCount
}

// maxInterval and maxCount are far beyond what anybody plans.
const (
	maxInterval = 999
	maxCount    = 10_000
)

func monthDay(out *event.Recurrence, day *int, o api.Ordinal, kind api.OrdinalDay, fallback int) bool {
	if o == "" {
		out.DayOfMonth = fallback
		if day != nil {
			out.DayOfMonth = *day
		}
		return true
	}
	n := slices.Index(ordinals(), o)
	days, ok := ordinalDays(kind)
	if out.Ordinal, out.Days = n+1, days; o == api.Last {
		out.Ordinal = -1
	}
	return ok && n >= 0
}

// ruleTo writes a rule in its normal form (see settledRule); false for one that
// the service has no words for.
func ruleTo(r event.Recurrence) (*api.Recurrence, bool) {
	out := &api.Recurrence{}
	var day *int
	var o api.Ordinal
	var kind api.OrdinalDay
	switch {
	case r.Ordinal != 0:
		i := slices.IndexFunc(optionDays(), func(d event.Weekdays) bool { return d == r.Days&anyDay })
		if i < 0 {
			return nil, false
		}
		kind, o = options()[i], api.Last
		if r.Ordinal > 0 {
			o = ordinals()[r.Ordinal-1]
		}
	case r.Frequency == event.Monthly || r.Frequency == event.Yearly:
		day = &r.DayOfMonth
	}
	switch r.Frequency {
	case event.Daily:
		out.Frequency, out.Pattern.Daily = api.Daily, &api.DailyPattern{Interval: &r.Interval}
	case event.Weekly:
		out.Frequency, out.Pattern.Weekly = api.Weekly, weeklyTo(r)
	case event.Monthly:
		out.Frequency = api.Monthly
		out.Pattern.Monthly = &api.MonthlyPattern{Interval: r.Interval, DayOfMonth: day, Ordinal: o, OrdinalDay: kind}
	case event.Yearly:
		if r.Interval != 1 {
			return nil, false
		}
		out.Frequency = api.Yearly
		out.Pattern.Yearly = &api.YearlyPattern{DayOfMonth: day, Month: months()[r.Month-1], Ordinal: o, OrdinalDay: kind}
	}
	if r.Count > 0 {
		out.Range.MaxOccurrences = &r.Count
	}
	if !r.Until.IsZero() {
		out.Range.Until = api.Date(r.Until)
	}
	return out, true
}

func weeklyTo(r event.Recurrence) *api.WeeklyPattern {
	d := r.Days
	return &api.WeeklyPattern{
		Interval: r.Interval, Monday: d.Has(time.Monday), Tuesday: d.Has(time.Tuesday), Wednesday: d.Has(time.Wednesday),
		Thursday: d.Has(time.Thursday), Friday: d.Has(time.Friday), Saturday: d.Has(time.Saturday), Sunday: d.Has(time.Sunday),
	}
}

func weekdaysOf(w api.WeeklyPattern) (out event.Weekdays) {
	for d, on := range [...]bool{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday} {
		if on {
			out |= 1 << d
		}
	}
	return out
}

func months() []api.Month {
	return []api.Month{
		api.January, api.February, api.March, api.April, api.May, api.June,
		api.July, api.August, api.September, api.October, api.November, api.December,
	}
}

// ordinals are in the order of the numbers 1 to 4 and -1.
func ordinals() []api.Ordinal {
	return []api.Ordinal{api.First, api.Second, api.Third, api.Fourth, api.Last}
}

func options() []api.OrdinalDay {
	return []api.OrdinalDay{
		api.Sunday, api.Monday, api.Tuesday, api.Wednesday, api.Thursday, api.Friday, api.Saturday,
		api.WeekDay, api.WeekendDay, api.AnyDay,
	}
}

func optionDays() []event.Weekdays {
	return []event.Weekdays{1, 2, 4, 8, 16, 32, 64, workDays, weekend, anyDay}
}

func ordinalDays(kind api.OrdinalDay) (event.Weekdays, bool) {
	i := slices.Index(options(), kind)
	if i < 0 {
		return 0, false
	}
	return optionDays()[i], true
}

// settledRule is the form in which a series is compared: its span is that of
// its first occurrence, and what can be said in two ways is said in one. A day
// that some months lack is the last of the month where that is the same; a count
// becomes a last day where the service may count otherwise; the week begins on Monday
// where that makes no difference. Exceptions are left as they are.
func settledRule(e event.Event) event.Event {
	r := *e.Recurrence
	if r.Check() != nil {
		return e
	}
	e.Recurrence = &r
	if r.Ordinal != 0 || r.Frequency < event.Monthly {
		r.DayOfMonth = 0
	}
	if r.Ordinal == 0 && r.Frequency != event.Weekly {
		r.Days = 0
	}
	if r.Frequency != event.Yearly {
		r.Month = 0
	}
	if first, ok := firstOf(e); ok {
		e.When = startingOn(e.When, first.Date)
	}
	if r.Count > 0 && (!r.Until.IsZero() || r.DayOfMonth > 28) {
		if last, ok := lastOf(e); ok {
			r.Count, r.Until = 0, last.Date
		}
	}
	if lastDay(r) {
		r.DayOfMonth, r.Ordinal, r.Days = 0, -1, anyDay
	}
	if r.Frequency != event.Weekly || sameWeeks(e, r.FirstDay, time.Monday) {
		r.FirstDay = time.Monday
	}
	return e
}

// lastDay tells whether a day of the month, clamped to what each month has, is
// always the last of it.
func lastDay(r event.Recurrence) bool {
	switch {
	case r.Ordinal != 0 || r.DayOfMonth == 0:
		return false
	case r.Frequency == event.Yearly && r.Month == time.February:
		return r.DayOfMonth > 28
	case r.Frequency == event.Yearly:
		return r.DayOfMonth > time.Date(2001, r.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	return r.DayOfMonth == 31
}

// bare is a series without its exceptions.
func bare(e event.Event) event.Event {
	r := *e.Recurrence
	r.Overrides, r.Deleted = nil, nil
	e.Recurrence = &r
	return e
}

// period is about how many days pass between two occurrences, at most.
func period(r event.Recurrence) int {
	days := [...]int{event.Daily: 1, event.Weekly: 7, event.Monthly: 31, event.Yearly: 366}[r.Frequency]
	return days * (r.Interval + 1)
}

// spread lists what the rule of a series puts into some days from its start on.
func spread(e event.Event, days int) []event.Occurrence {
	from := e.When.Start.In(e.When.Location()).Add(-24 * time.Hour)
	return event.Occurrences(bare(e), event.Window{From: from, To: from.AddDate(0, 0, days+3)})
}

func firstOf(e event.Event) (event.Wall, bool) {
	os := spread(e, period(*e.Recurrence))
	if len(os) == 0 {
		return event.Wall{}, false
	}
	return os[0].Original, true
}

// longest is how many days a series is followed to find its end.
const longest = 100 * 366

// lastOf is the last occurrence that the rule of a counted series puts.
func lastOf(e event.Event) (event.Wall, bool) {
	days := period(*e.Recurrence) * e.Recurrence.Count
	if days > longest {
		return event.Wall{}, false
	}
	os := spread(e, days)
	if len(os) == 0 {
		return event.Wall{}, false
	}
	return os[len(os)-1].Original, true
}

// startingOn moves a span to begin on another day.
func startingOn(s event.Span, d event.Date) event.Span {
	days := int(d.In(time.UTC).Sub(s.Start.Date.In(time.UTC)) / (24 * time.Hour))
	s.Start.Date, s.End.Date = d, s.End.AddDays(days)
	return s
}

// sameWeeks tells whether a weekly rule puts the same occurrences whichever of
// two days its weeks begin on. The pattern is the same again after each interval.
func sameWeeks(e event.Event, a, b time.Weekday) bool {
	r := *e.Recurrence
	if a == b || r.Interval == 1 || r.Days&(r.Days-1) == 0 {
		return true
	}
	with := func(d time.Weekday) []event.Occurrence {
		x := r
		x.FirstDay = d
		e.Recurrence = &x
		return spread(e, 14*r.Interval+14)
	}
	return slices.EqualFunc(with(a), with(b), func(x, y event.Occurrence) bool { return x.Original == y.Original })
}

// sameClocks tells whether two zones show the same time throughout the years
// that a series of that start is planned for.
func sameClocks(a, b string, start event.Date) bool {
	if a == b {
		return true
	}
	la, err := time.LoadLocation(a)
	if err != nil {
		return false
	}
	lb, err := time.LoadLocation(b)
	if err != nil {
		return false
	}
	end := start.AddDays(15 * 366).In(time.UTC)
	for t := start.AddDays(-2).In(time.UTC); t.Before(end); {
		_, oa := t.In(la).Zone()
		_, ob := t.In(lb).Zone()
		if oa != ob {
			return false
		}
		_, na := t.In(la).ZoneBounds()
		_, nb := t.In(lb).ZoneBounds()
		if !na.Equal(nb) {
			return false
		}
		if na.IsZero() {
			return true
		}
		if next := t.Add(time.Hour); na.Before(next) {
			na = next // the bounds at a year's end may stand still
		}
		t = na
	}
	return true
}
