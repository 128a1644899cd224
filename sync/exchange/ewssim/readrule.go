package ewssim

import (
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

var dayBits = map[string]recur.Days{
	"Sunday": 1 << 0, "Monday": 1 << 1, "Tuesday": 1 << 2, "Wednesday": 1 << 3, "Thursday": 1 << 4, "Friday": 1 << 5, "Saturday": 1 << 6,
	"Day": recur.EveryDay, "Weekday": recur.Weekdays, "WeekendDay": recur.WeekendDay,
}

var patterns = map[string]recur.Pattern{
	"DailyRecurrence": recur.Daily, "WeeklyRecurrence": recur.Weekly,
	"AbsoluteMonthlyRecurrence": recur.AbsoluteMonthly, "RelativeMonthlyRecurrence": recur.RelativeMonthly,
	"AbsoluteYearlyRecurrence": recur.AbsoluteYearly, "RelativeYearlyRecurrence": recur.RelativeYearly,
}

// readRule reads a Recurrence: one pattern, then one range.
func (c *call) readRule(n *xmlnode.Node) (*recur.Rule, error) {
	if len(n.Kids) != 2 {
		return nil, invalid(n, "Recurrence needs one pattern and one range")
	}
	p, rng := n.Kids[0], n.Kids[1]
	r := &recur.Rule{Pattern: patterns[p.Name]}
	if r.Pattern == 0 {
		return nil, invalid(p, "the element %q is not a pattern of calendar items", p.Name)
	}
	if err := c.readPattern(p, r); err != nil {
		return nil, err
	}
	return r, c.readRange(rng, r)
}

func (c *call) readPattern(p *xmlnode.Node, r *recur.Rule) error {
	for _, k := range p.Kids {
		var err error
		switch k.Name {
		case "Interval":
			r.Interval, err = parseInt(k.Text)
		case "DayOfMonth":
			r.DayOfMonth, err = parseInt(k.Text)
		case "DaysOfWeek":
			if err := c.readDays(k, r); err != nil {
				return err
			}
		case "FirstDayOfWeek":
			r.FirstDay, err = weekday(k)
		case "DayOfWeekIndex":
			for i, name := range indexNames {
				if name == k.Text {
					r.Index = i
				}
			}
		case "Month":
			for m := time.January; m <= time.December; m++ {
				if m.String() == k.Text {
					r.Month = m
				}
			}
		default:
			return invalid(k, "the element %q is not allowed in %s", k.Name, p.Name)
		}
		if err != nil {
			return invalid(k, "%s: %v", k.Name, err)
		}
	}
	return nil
}

func (c *call) readDays(k *xmlnode.Node, r *recur.Rule) error {
	for _, name := range strings.Fields(k.Text) {
		bits, ok := dayBits[name]
		if !ok {
			return invalid(k, "%q is not a day of the week", name)
		}
		if r.Pattern == recur.Weekly && bits&(bits-1) != 0 && c.at(v2013SP1) {
			return problemf("ErrorCalendarInvalidDayForWeeklyRecurrence", "A weekly recurrence cannot use Day, Weekday or WeekendDay.")
		}
		r.Days |= bits
	}
	return nil
}

func weekday(n *xmlnode.Node) (time.Weekday, error) {
	for w := time.Sunday; w <= time.Saturday; w++ {
		if w.String() == n.Text {
			return w, nil
		}
	}
	return 0, invalid(n, "%q is not a day of the week", n.Text)
}

var lastEnd = recur.DayOf(time.Date(4500, 9, 1, 0, 0, 0, 0, time.UTC))

func (c *call) readRange(n *xmlnode.Node, r *recur.Rule) error {
	start, err := parseDate(n.KidText("StartDate"))
	if err != nil {
		return invalid(n, "StartDate: %v", err)
	}
	r.Start = recur.DayOf(start)
	switch n.Name {
	case "NoEndRecurrence":
	case "EndDateRecurrence":
		end, err := parseDate(n.KidText("EndDate"))
		if err != nil {
			return invalid(n, "EndDate: %v", err)
		}
		if r.Until = recur.DayOf(end); r.Until > lastEnd {
			return problemf("ErrorRecurrenceEndDateTooBig", "The end of the recurrence is after 4500-09-01.")
		}
	case "NumberedRecurrence":
		r.Count, err = parseInt(n.KidText("NumberOfOccurrences"))
		if err != nil || r.Count < 1 {
			return invalid(n, "NumberOfOccurrences is not a number from 1 to 999")
		}
	default:
		return invalid(n, "the element %q is not a range", n.Name)
	}
	return nil
}
