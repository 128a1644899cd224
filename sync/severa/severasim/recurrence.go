package severasim

import (
	"errors"
	"fmt"
	"time"
)

// Frequency is the first word of a recurrence.
type Frequency int

// The frequencies.
const (
	Daily Frequency = iota + 1
	Weekly
	Monthly
	Yearly
)

var frequencyNames = []string{"", "Daily", "Weekly", "Monthly", "Yearly"}

// String returns the name on the wire.
func (f Frequency) String() string { return name(int(f), "Frequency", frequencyNames...) }

// Ordinal is First to Last; 0 means that the day of the month is used.
type Ordinal int

// The ordinals.
const (
	First Ordinal = iota + 1
	Second
	Third
	Fourth
	Last
)

var ordinalNames = []string{"", "First", "Second", "Third", "Fourth", "Last"}

// String returns the name on the wire.
func (o Ordinal) String() string { return name(int(o), "Ordinal", ordinalNames...) }

// DayOption is what an Ordinal counts: a weekday, or one of three groups of days.
type DayOption int

// The day options. The first seven equal time.Weekday.
const (
	OnSunday DayOption = iota
	OnMonday
	OnTuesday
	OnWednesday
	OnThursday
	OnFriday
	OnSaturday
	OnWeekDay    // Monday to Friday
	OnWeekendDay // Saturday and Sunday
	OnDay        // any
)

var dayOptionNames = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "WeekDay", "WeekendDay", "Day"}

// String returns the name on the wire.
func (d DayOption) String() string { return name(int(d), "DayOption", dayOptionNames...) }

func (d DayOption) holds(w time.Weekday) bool {
	weekend := w == time.Saturday || w == time.Sunday
	switch d {
	case OnDay:
		return true
	case OnWeekDay:
		return !weekend
	case OnWeekendDay:
		return weekend
	default:
		return int(d) == int(w)
	}
}

// Recurrence is the rule of a series. Dates are wall-clock dates in the
// series' zone.
type Recurrence struct {
	Frequency    Frequency
	Interval     int        // days, weeks or months; 0 means 1; years have none
	EveryWeekday bool       // Daily: Monday to Friday, Interval does not matter
	Days         [7]bool    // Weekly, by time.Weekday; none set means the day of the start
	DayOfMonth   int        // Monthly, Yearly without Ordinal; 0 means the day of the start
	Month        time.Month // Yearly; 0 means the month of the start
	Ordinal      Ordinal    // Monthly, Yearly
	Option       DayOption  // what Ordinal counts
	Max          int        // number of occurrences; 0 means no such end
	Until        time.Time  // last date, inclusive, as midnight UTC; zero means no such end
}

// maxSteps bounds the work for a rule that hardly ever or never matches.
const maxSteps = 200_000

func (r *Recurrence) clone() *Recurrence {
	if r == nil {
		return nil
	}
	c := *r
	return &c
}

func (r *Recurrence) endless() bool { return r.Max == 0 && r.Until.IsZero() }

func (r *Recurrence) check() error {
	switch {
	case r.Frequency < Daily || r.Frequency > Yearly:
		return errors.New("recurrence.frequency is required: Daily, Weekly, Monthly or Yearly")
	case r.Interval < 0 || r.Interval > 999:
		return fmt.Errorf("recurrence interval %d is out of range", r.Interval)
	case r.DayOfMonth < 0 || r.DayOfMonth > 31:
		return fmt.Errorf("recurrence dayOfMonth %d is out of range", r.DayOfMonth)
	case r.Month < 0 || r.Month > time.December:
		return fmt.Errorf("recurrence month %d is out of range", int(r.Month))
	case r.Ordinal < 0 || r.Ordinal > Last || r.Option < 0 || r.Option > OnDay:
		return errors.New("recurrence dayOrdinal is unknown")
	case r.Max < 0:
		return fmt.Errorf("recurrence maxOccurrences %d is out of range", r.Max)
	}
	return nil
}

// dateOf drops the time of day: the wall-clock date as midnight UTC, on which
// plain day arithmetic is safe.
func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

type calendarRules struct{ sundayFirst, clamp bool }

// dates calls yield with every date of the series in order, first being the
// date of its start, until yield returns false or the series ends.
func (r *Recurrence) dates(first time.Time, rules calendarRules, yield func(time.Time) bool) {
	n := 0
	emit := func(d time.Time) bool {
		if d.Before(first) {
			return true
		}
		if !r.Until.IsZero() && d.After(r.Until) || r.Max > 0 && n >= r.Max {
			return false
		}
		n++
		return yield(d)
	}
	interval := max(r.Interval, 1)
	for step := range maxSteps {
		var more bool
		switch r.Frequency {
		case Weekly:
			more = r.week(weekStart(first, rules).AddDate(0, 0, 7*interval*step), first.Weekday(), emit)
		case Monthly:
			month := time.Date(first.Year(), first.Month()+time.Month(interval*step), 1, 0, 0, 0, 0, time.UTC)
			more = r.inMonth(month, first.Day(), rules, emit)
		case Yearly:
			more = r.inMonth(time.Date(first.Year()+step, r.month(first), 1, 0, 0, 0, 0, time.UTC), first.Day(), rules, emit)
		default:
			more = r.day(first, interval, step, emit)
		}
		if !more || first.Year()+step > 9999 && r.Frequency == Yearly {
			return
		}
	}
}

func weekStart(d time.Time, rules calendarRules) time.Time {
	back := int(d.Weekday())
	if !rules.sundayFirst {
		back = (back + 6) % 7
	}
	return d.AddDate(0, 0, -back)
}

func (r *Recurrence) day(first time.Time, interval, step int, emit func(time.Time) bool) bool {
	if !r.EveryWeekday {
		return emit(first.AddDate(0, 0, interval*step))
	}
	d := first.AddDate(0, 0, step)
	return !OnWeekDay.holds(d.Weekday()) || emit(d)
}

func (r *Recurrence) week(start time.Time, fallback time.Weekday, emit func(time.Time) bool) bool {
	days := r.Days
	if days == [7]bool{} {
		days[fallback] = true
	}
	for i := range 7 {
		d := start.AddDate(0, 0, i)
		if days[d.Weekday()] && !emit(d) {
			return false
		}
	}
	return true
}

func (r *Recurrence) inMonth(month time.Time, fallback int, rules calendarRules, emit func(time.Time) bool) bool {
	length := month.AddDate(0, 1, -1).Day()
	if r.Ordinal != 0 {
		if d, ok := r.nth(month, length); ok {
			return emit(d)
		}
		return true
	}
	day := r.DayOfMonth
	if day == 0 {
		day = fallback
	}
	if day > length {
		if !rules.clamp {
			return true
		}
		day = length
	}
	return emit(month.AddDate(0, 0, day-1))
}

// nth finds the Ordinal-th day of the month that Option holds.
func (r *Recurrence) nth(month time.Time, length int) (time.Time, bool) {
	seen := 0
	var last time.Time
	for day := range length {
		d := month.AddDate(0, 0, day)
		if !r.Option.holds(d.Weekday()) {
			continue
		}
		seen++
		last = d
		if Ordinal(seen) == r.Ordinal && r.Ordinal != Last {
			return d, true
		}
	}
	return last, r.Ordinal == Last && seen > 0
}
