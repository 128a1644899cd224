// Package recur expands the recurrence patterns of Exchange into days.
//
// It shares no code with any client and uses no recurrence library, so that a
// client's own expansion is judged by an independent one. It knows no zone and
// no clock time: a pattern is a set of calendar days, and the caller puts the
// time of day of the series on each.
//
// Patterns and ranges are those of the EWS types schema
// (https://learn.microsoft.com/exchange/client-developer/web-service-reference/recurrence-recurrencetype).
package recur

import (
	"errors"
	"fmt"
	"time"
)

// Day counts calendar days since 1970-01-01.
type Day int32

// DayOf returns the calendar day of t in t's own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400) //nolint:gosec // days of any year that the server knows fit
}

// Date returns the day's year, month and day of month.
func (d Day) Date() (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// String returns the day as yyyy-mm-dd.
func (d Day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// Pattern is one of the six patterns of calendar items.
type Pattern int

// The patterns.
const (
	Daily Pattern = iota + 1
	Weekly
	AbsoluteMonthly
	RelativeMonthly
	AbsoluteYearly
	RelativeYearly
)

var patternNames = map[Pattern]string{
	Daily: "DailyRecurrence", Weekly: "WeeklyRecurrence",
	AbsoluteMonthly: "AbsoluteMonthlyRecurrence", RelativeMonthly: "RelativeMonthlyRecurrence",
	AbsoluteYearly: "AbsoluteYearlyRecurrence", RelativeYearly: "RelativeYearlyRecurrence",
}

// String returns the pattern's element name in the schema.
func (p Pattern) String() string { return patternNames[p] }

// Days is a set of weekdays; bit n is time.Weekday(n).
type Days uint8

// Sets that have a name of their own in the schema.
const (
	EveryDay   Days = 0x7f
	Weekdays   Days = 0x3e
	WeekendDay Days = 0x41
)

// Has reports whether w is in the set.
func (d Days) Has(w time.Weekday) bool { return d&(1<<uint(w)) != 0 }

// Last is the index of the last such day of a month.
const Last = 5

// Rule is a pattern with its range. Count and Until are exclusive; with neither
// the series has no end. The zero value is not valid.
type Rule struct {
	Pattern    Pattern
	Interval   int // days, weeks or months; yearly patterns have none
	Days       Days
	FirstDay   time.Weekday
	DayOfMonth int
	Index      int // 1 to 4, or Last
	Month      time.Month
	Start      Day // first day of the range
	Until      Day // last day, inclusive; 0 for none
	Count      int // number of occurrences; 0 for none
}

// ErrRule reports a rule that the schema or the server refuses.
var ErrRule = errors.New("invalid recurrence")

// Check refuses what Exchange refuses: the bounds are those that the server
// documents for each element.
func (r Rule) Check() error {
	switch {
	case r.Pattern == Daily && (r.Interval < 1 || r.Interval > 999):
		return fmt.Errorf("%w: interval %d is not within 1 to 999", ErrRule, r.Interval)
	case r.hasInterval() && r.Pattern != Daily && (r.Interval < 1 || r.Interval > 99):
		return fmt.Errorf("%w: interval %d is not within 1 to 99", ErrRule, r.Interval)
	case (r.Pattern == Weekly || r.relative()) && r.Days == 0:
		return fmt.Errorf("%w: no day of the week", ErrRule)
	case r.relative() && (r.Index < 1 || r.Index > Last):
		return fmt.Errorf("%w: day index %d", ErrRule, r.Index)
	case (r.Pattern == AbsoluteMonthly || r.Pattern == AbsoluteYearly) && (r.DayOfMonth < 1 || r.DayOfMonth > 31):
		return fmt.Errorf("%w: day of month %d is not within 1 to 31", ErrRule, r.DayOfMonth)
	case (r.Pattern == AbsoluteYearly || r.Pattern == RelativeYearly) && (r.Month < 1 || r.Month > 12):
		return fmt.Errorf("%w: month %d", ErrRule, r.Month)
	case r.Count < 0 || r.Count > 999:
		return fmt.Errorf("%w: %d occurrences are not within 1 to 999", ErrRule, r.Count)
	case r.Until != 0 && r.Until < r.Start:
		return fmt.Errorf("%w: ends before it starts", ErrRule)
	case r.Pattern < Daily || r.Pattern > RelativeYearly:
		return fmt.Errorf("%w: unknown pattern", ErrRule)
	}
	return nil
}

func (r Rule) hasInterval() bool { return r.Pattern >= Daily && r.Pattern <= RelativeMonthly }

func (r Rule) relative() bool { return r.Pattern == RelativeMonthly || r.Pattern == RelativeYearly }
