package severasim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var icalDays = [7]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// text writes the rule in the form of RFC 5545, section 3.3.10; first is the
// date of the start. That the service uses this form is inferred.
func (r *Recurrence) text(first time.Time, rules calendarRules) string {
	parts := []string{"FREQ=" + strings.ToUpper(r.Frequency.String())}
	if r.Interval > 1 && !r.EveryWeekday {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Interval))
	}
	switch {
	case r.Frequency == Daily && r.EveryWeekday:
		parts = append(parts, "BYDAY=MO,TU,WE,TH,FR")
	case r.Frequency == Weekly:
		var days []string
		for i := range 7 {
			if w := (i + 1) % 7; r.Days[w] {
				days = append(days, icalDays[w])
			}
		}
		if len(days) > 0 {
			parts = append(parts, "BYDAY="+strings.Join(days, ","))
		}
		if rules.sundayFirst && r.Interval > 1 {
			parts = append(parts, "WKST=SU")
		}
	case r.Frequency == Yearly:
		parts = append(parts, "BYMONTH="+strconv.Itoa(int(r.month(first))))
	}
	if r.Frequency == Monthly || r.Frequency == Yearly {
		parts = append(parts, r.dayText(first)...)
	}
	if r.Max > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.Max))
	} else if !r.Until.IsZero() {
		parts = append(parts, "UNTIL="+r.Until.Format("20060102"))
	}
	return strings.Join(parts, ";")
}

func (r *Recurrence) dayText(first time.Time) []string {
	if r.Ordinal == 0 {
		day := r.DayOfMonth
		if day == 0 {
			day = first.Day()
		}
		return []string{"BYMONTHDAY=" + strconv.Itoa(day)}
	}
	pos := int(r.Ordinal)
	if r.Ordinal == Last {
		pos = -1
	}
	switch r.Option {
	case OnDay:
		return []string{"BYMONTHDAY=" + strconv.Itoa(pos)}
	case OnWeekDay:
		return []string{"BYDAY=MO,TU,WE,TH,FR", "BYSETPOS=" + strconv.Itoa(pos)}
	case OnWeekendDay:
		return []string{"BYDAY=SA,SU", "BYSETPOS=" + strconv.Itoa(pos)}
	default:
		return []string{fmt.Sprintf("BYDAY=%d%s", pos, icalDays[r.Option])}
	}
}

// month is the month of a yearly rule.
func (r *Recurrence) month(first time.Time) time.Month {
	if r.Month == 0 {
		return first.Month()
	}
	return r.Month
}

// last returns the start date of the last occurrence; ok is false for a series without end.
func (r *Recurrence) last(first time.Time, rules calendarRules) (last time.Time, ok bool) {
	if r.endless() {
		return time.Time{}, false
	}
	r.dates(first, rules, func(d time.Time) bool { last, ok = d, true; return true })
	return last, ok
}
