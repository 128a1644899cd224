package ewssim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
)

// icalRuleInto reads an RRULE as far as Exchange can store it.
func (d *draft) icalRuleInto(s string) error {
	m := map[string]string{}
	for _, part := range strings.Split(s, ";") {
		k, v, _ := strings.Cut(part, "=")
		m[strings.ToUpper(k)] = strings.ToUpper(v)
	}
	r := &recur.Rule{Interval: 1}
	for k, to := range map[string]*int{"INTERVAL": &r.Interval, "COUNT": &r.Count, "BYMONTHDAY": &r.DayOfMonth, "BYSETPOS": &r.Index} {
		if v := m[k]; v != "" {
			n, err := strconv.Atoi(v)
			if err != nil {
				return fmt.Errorf("%s of the rule is not a number", k)
			}
			*to = n
		}
	}
	if v := m["BYMONTH"]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			return errors.New("BYMONTH of the rule is not a number")
		}
		r.Month = time.Month(n)
	}
	if v := m["UNTIL"]; len(v) >= 8 {
		t, err := time.Parse("20060102", v[:8])
		if err != nil {
			return errors.New("UNTIL of the rule is not a date")
		}
		r.Until = recur.DayOf(t)
	}
	if err := readByDay(m["BYDAY"], r); err != nil {
		return err
	}
	if r.Index == -1 {
		r.Index = recur.Last
	}
	r.FirstDay = time.Monday
	if i := slices.Index(icalDays[:], m["WKST"]); i >= 0 {
		r.FirstDay = time.Weekday(i)
	}
	relative := r.Days != 0
	switch m["FREQ"] {
	case "DAILY":
		r.Pattern, r.Days = recur.Daily, 0
	case "WEEKLY":
		r.Pattern = recur.Weekly
	case "MONTHLY":
		r.Pattern = map[bool]recur.Pattern{true: recur.RelativeMonthly, false: recur.AbsoluteMonthly}[relative]
	case "YEARLY":
		if r.Interval != 1 {
			return errors.New("a yearly interval above one cannot be stored")
		}
		r.Pattern = map[bool]recur.Pattern{true: recur.RelativeYearly, false: recur.AbsoluteYearly}[relative]
		r.Interval = 0
	default:
		return fmt.Errorf("the frequency %q cannot be stored", m["FREQ"])
	}
	d.rule = r
	return nil
}

func readByDay(s string, r *recur.Rule) error {
	if s == "" {
		return nil
	}
	for _, word := range strings.Split(s, ",") {
		if len(word) < 2 {
			return errors.New("BYDAY of the rule is not a day")
		}
		i := slices.Index(icalDays[:], word[len(word)-2:])
		if i < 0 {
			return errors.New("BYDAY of the rule is not a day")
		}
		r.Days |= 1 << i
		if num := word[:len(word)-2]; num != "" {
			n, err := strconv.Atoi(num)
			if err != nil {
				return errors.New("BYDAY of the rule is not a day")
			}
			r.Index = n
		}
	}
	return nil
}

// completeRule takes from the start what an RRULE leaves to it.
func (d *draft) completeRule() error {
	loc := d.c.srv.locate(d.zoneFor("StartTimeZone"))
	start, err := parseTime(d.texts["Start"], loc)
	if err != nil {
		return errors.New("a series needs a start")
	}
	r, t := d.rule, start.In(loc)
	r.Start = recur.DayOf(t)
	if r.Pattern == recur.Weekly && r.Days == 0 {
		r.Days = 1 << t.Weekday()
	}
	if (r.Pattern == recur.AbsoluteMonthly || r.Pattern == recur.AbsoluteYearly) && r.DayOfMonth == 0 {
		r.DayOfMonth = t.Day()
	}
	if (r.Pattern == recur.AbsoluteYearly || r.Pattern == recur.RelativeYearly) && r.Month == 0 {
		r.Month = t.Month()
	}
	return nil
}
