package ews

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pattern is the kind of a recurrence.
type Pattern int

// The patterns of appointments, in the order of the schema.
const (
	PatternNone Pattern = iota
	RelativeYearly
	AbsoluteYearly
	RelativeMonthly
	AbsoluteMonthly
	Weekly
	Daily
	// Regenerating stands for the four patterns that count from when the one before was done. They belong to tasks and are never written.
	Regenerating
)

func patternNames() []string {
	return []string{
		"", "RelativeYearlyRecurrence", "AbsoluteYearlyRecurrence", "RelativeMonthlyRecurrence", "AbsoluteMonthlyRecurrence",
		"WeeklyRecurrence", "DailyRecurrence", "Regenerating",
	}
}

// String returns the wire name.
func (p Pattern) String() string { return enumName("Pattern", patternNames(), int(p)) }

// DayOfWeek is a day, or a class of days.
type DayOfWeek int

// The days; the first seven are those of time.Weekday plus one.
const (
	DayNone DayOfWeek = iota
	Sunday
	Monday
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	AnyDay
	Weekday
	WeekendDay
)

func dayNames() []string {
	return []string{"", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Day", "Weekday", "WeekendDay"}
}

// String returns the wire name.
func (d DayOfWeek) String() string { return enumName("DayOfWeek", dayNames(), int(d)) }

// DayIndex is the position of a day in its month.
type DayIndex int

// The positions.
const (
	IndexNone DayIndex = iota
	First
	Second
	Third
	Fourth
	Last
)

func indexNames() []string { return []string{"", "First", "Second", "Third", "Fourth", "Last"} }

// String returns the wire name.
func (i DayIndex) String() string { return enumName("DayIndex", indexNames(), int(i)) }

// RangeKind says how a recurrence ends.
type RangeKind int

// The ranges.
const (
	RangeNoEnd RangeKind = iota
	RangeEndDate
	RangeNumbered
)

func rangeNames() []string {
	return []string{"NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence"}
}

// String returns the wire name.
func (r RangeKind) String() string { return enumName("RangeKind", rangeNames(), int(r)) }

// Recurrence is the rule of a series. Which members count depends on Pattern and Range.
type Recurrence struct {
	Pattern    Pattern
	Interval   int         // RelativeMonthly, AbsoluteMonthly, Weekly: 1-99; Daily: 1-999
	Days       []DayOfWeek // one for the relative patterns, one or more for Weekly
	Index      DayIndex    // relative patterns
	DayOfMonth int         // absolute patterns; 31 means the last day in shorter months
	Month      time.Month  // yearly patterns
	FirstDay   DayOfWeek   // Weekly; DayNone leaves it to the server

	Range RangeKind
	Start Date
	End   Date // RangeEndDate, inclusive
	Count int  // RangeNumbered, 1-999
}

const (
	maxInterval      = 99
	maxDailyInterval = 999
	maxCount         = 999
)

// decodeRecurrence reads a pattern and a range. What it does not know entirely it refuses: half a rule would be another rule.
func decodeRecurrence(n *node) (*Recurrence, error) {
	r := &Recurrence{}
	ranges := 0
	for i := range n.all() {
		k := &n.kids[i]
		if strings.HasSuffix(k.name, "Regeneration") {
			return &Recurrence{Pattern: Regenerating}, nil
		}
		if p, ok := enumValue(patternNames(), k.name); ok && p > 0 && Pattern(p) != Regenerating {
			if r.Pattern != PatternNone {
				return nil, errors.New("recurrence has more than one pattern")
			}
			r.Pattern = Pattern(p)
			if err := r.decodePattern(k); err != nil {
				return nil, err
			}
			continue
		}
		g, ok := enumValue(rangeNames(), k.name)
		if !ok {
			return nil, errors.New("recurrence has a part that is not known")
		}
		ranges++
		r.Range = RangeKind(g)
		if err := r.decodeRange(k); err != nil {
			return nil, err
		}
	}
	if r.Pattern == PatternNone || ranges != 1 {
		return nil, errors.New("recurrence has no pattern or not exactly one range")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Recurrence) decodePattern(n *node) error {
	for i := range n.all() {
		k := &n.kids[i]
		var err error
		switch k.name {
		case "Interval":
			r.Interval, err = parseInt(k.word())
		case "DayOfMonth":
			r.DayOfMonth, err = parseInt(k.word())
		case "DaysOfWeek":
			for _, w := range strings.Fields(k.word()) {
				d, ok := enumValue(dayNames(), w)
				if !ok {
					return errors.New("recurrence has an unknown day")
				}
				r.Days = append(r.Days, DayOfWeek(d))
			}
		case "FirstDayOfWeek":
			d, ok := enumValue(dayNames(), k.word())
			if !ok {
				return errors.New("recurrence has an unknown first day of the week")
			}
			r.FirstDay = DayOfWeek(d)
		case "DayOfWeekIndex":
			x, ok := enumValue(indexNames(), k.word())
			if !ok {
				return errors.New("recurrence has an unknown position of the day")
			}
			r.Index = DayIndex(x)
		case "Month":
			r.Month = monthOf(k.word())
		default:
			return errors.New("recurrence pattern has a part that is not known")
		}
		if err != nil {
			return fmt.Errorf("recurrence pattern: %w", err)
		}
	}
	return nil
}

func (r *Recurrence) decodeRange(n *node) error {
	var err error
	if r.Start, err = parseDate(n.childWord("StartDate")); err != nil {
		return fmt.Errorf("recurrence start: %w", err)
	}
	switch r.Range {
	case RangeNoEnd:
	case RangeEndDate:
		if r.End, err = parseDate(n.childWord("EndDate")); err != nil {
			return fmt.Errorf("recurrence end: %w", err)
		}
	case RangeNumbered:
		if r.Count, err = parseInt(n.childWord("NumberOfOccurrences")); err != nil {
			return fmt.Errorf("number of occurrences: %w", err)
		}
	}
	return nil
}

func monthOf(name string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if m.String() == name {
			return m
		}
	}
	return 0
}

// check refuses rules that the schema or the server does not know.
func (r *Recurrence) check() error {
	limit := 0
	relative, absolute, yearly := false, false, false
	switch r.Pattern {
	case PatternNone:
		return errors.New("recurrence has no pattern")
	case RelativeYearly:
		relative, yearly = true, true
	case AbsoluteYearly:
		absolute, yearly = true, true
	case RelativeMonthly:
		relative, limit = true, maxInterval
	case AbsoluteMonthly:
		absolute, limit = true, maxInterval
	case Weekly:
		limit = maxInterval
		if len(r.Days) == 0 {
			return errors.New("weekly recurrence has no day")
		}
	case Daily:
		limit = maxDailyInterval
	case Regenerating:
		return errors.New("recurrence of a task")
	default:
		return errors.New("recurrence pattern is not known")
	}
	switch {
	case limit > 0 && (r.Interval < 1 || r.Interval > limit):
		return fmt.Errorf("recurrence interval is not between 1 and %d", limit)
	case relative && (len(r.Days) != 1 || r.Index < First || r.Index > Last):
		return errors.New("relative recurrence needs one day and its position")
	case absolute && (r.DayOfMonth < 1 || r.DayOfMonth > 31):
		return errors.New("day of the month is not between 1 and 31")
	case yearly && (r.Month < time.January || r.Month > time.December):
		return errors.New("yearly recurrence has no month")
	}
	for _, d := range append([]DayOfWeek{Sunday}, r.Days...) {
		if d < Sunday || d > WeekendDay {
			return errors.New("recurrence has an unknown day")
		}
	}
	return r.checkRange()
}

func (r *Recurrence) checkRange() error {
	if r.Start == (Date{}) {
		return errors.New("recurrence has no start")
	}
	switch r.Range {
	case RangeNoEnd:
	case RangeEndDate:
		if r.End == (Date{}) {
			return errors.New("recurrence has no end")
		}
	case RangeNumbered:
		if r.Count < 1 || r.Count > maxCount {
			return fmt.Errorf("number of occurrences is not between 1 and %d", maxCount)
		}
	default:
		return errors.New("recurrence range is not known")
	}
	return nil
}

// encodeRecurrence writes the element in the order of the schema.
func encodeRecurrence(e *encoder, r *Recurrence) {
	if r == nil {
		e.fail("write recurrence: none given")
		return
	}
	if err := r.check(); err != nil {
		e.fail("write recurrence: %w", err)
		return
	}
	e.open("t:Recurrence")
	name := "t:" + r.Pattern.String()
	e.open(name)
	days := make([]string, len(r.Days))
	for i, d := range r.Days {
		days[i] = d.String()
	}
	switch r.Pattern {
	case PatternNone, Regenerating:
	case RelativeYearly:
		e.text("t:DaysOfWeek", days[0])
		e.text("t:DayOfWeekIndex", r.Index.String())
		e.text("t:Month", r.Month.String())
	case AbsoluteYearly:
		e.int("t:DayOfMonth", r.DayOfMonth)
		e.text("t:Month", r.Month.String())
	case RelativeMonthly:
		e.int("t:Interval", r.Interval)
		e.text("t:DaysOfWeek", days[0])
		e.text("t:DayOfWeekIndex", r.Index.String())
	case AbsoluteMonthly:
		e.int("t:Interval", r.Interval)
		e.int("t:DayOfMonth", r.DayOfMonth)
	case Weekly:
		e.int("t:Interval", r.Interval)
		e.text("t:DaysOfWeek", strings.Join(days, " "))
		switch {
		case r.FirstDay == DayNone:
		case e.version.Has(FeatureFirstDayOfWeek):
			e.text("t:FirstDayOfWeek", r.FirstDay.String())
		case r.Interval > 1 && slices.Min(r.Days) < r.FirstDay && slices.Max(r.Days) >= r.FirstDay:
			// Exchange 2007 begins weeks on Sunday and would put the earlier days into others.
			e.fail("write recurrence: a server of version %s does not know on which day weeks begin", e.version)
		}
	case Daily:
		e.int("t:Interval", r.Interval)
	}
	e.close(name)
	name = "t:" + r.Range.String()
	e.open(name)
	e.text("t:StartDate", r.Start.String())
	switch r.Range {
	case RangeNoEnd:
	case RangeEndDate:
		e.text("t:EndDate", r.End.String())
	case RangeNumbered:
		e.int("t:NumberOfOccurrences", r.Count)
	}
	e.close(name)
	e.close("t:Recurrence")
}
