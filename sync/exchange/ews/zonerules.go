package ews

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// ZoneRules are the rules of a time zone as an item brings them along. They matter only where the zone's id says nothing, as those of programs that make
// zones of their own do. Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/timezonedefinition.
type ZoneRules struct {
	eras []zoneEra // by from; the first has the zero time
}

// zoneEra is a run of years with one set of rules: either no switch and one offset, or the switches of a year.
type zoneEra struct {
	from     time.Time // wall clock, as if in UTC
	offset   time.Duration
	switches []zoneSwitch
}

// zoneSwitch puts the clocks on a new offset once a year.
type zoneSwitch struct {
	offset  time.Duration // east of UTC, from then on
	month   time.Month
	day     int          // of the month; 0: see nth
	weekday time.Weekday // the nth of the month, -1 for the last
	nth     int
	clock   time.Duration // after midnight, on the clocks before the switch
}

// Offset is how far the clocks are ahead of UTC at t.
func (z *ZoneRules) Offset(t time.Time) time.Duration {
	t = t.UTC()
	e := z.eras[0]
	for _, next := range z.eras[1:] {
		if !next.from.After(t) {
			e = next
		}
	}
	if len(e.switches) == 0 {
		return e.offset
	}
	// The year before and the year after: a clock far from UTC is in another year than t.
	var last time.Time
	offset := e.offset
	for year := t.Year() - 1; year <= t.Year()+1; year++ {
		for i, s := range e.switches {
			before := e.switches[(i+len(e.switches)-1)%len(e.switches)].offset
			at := s.in(year).Add(-before)
			if !at.After(t) && !at.Before(last) {
				last, offset = at, s.offset
			}
		}
	}
	return offset
}

// in is the wall clock of the switch in a year, as if in UTC.
func (s zoneSwitch) in(year int) time.Time {
	first := time.Date(year, s.month, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case s.day > 0:
		return first.AddDate(0, 0, s.day-1).Add(s.clock)
	case s.nth < 0:
		last := first.AddDate(0, 1, -1)
		return last.AddDate(0, 0, -(int(last.Weekday()-s.weekday+7) % 7)).Add(s.clock)
	}
	return first.AddDate(0, 0, int(s.weekday-first.Weekday()+7)%7+7*(s.nth-1)).Add(s.clock)
}

// sortSwitches puts them in the order of a year.
func sortSwitches(list []zoneSwitch) {
	slices.SortStableFunc(list, func(a, b zoneSwitch) int { return a.in(2000).Compare(b.in(2000)) })
}

var errZoneRules = errors.New("time zone has a part that is not known")

// decodeZoneRules reads a TimeZoneDefinition; nil where it has no rules, or rules that are not understood entirely.
func decodeZoneRules(n *node) *ZoneRules {
	offsets := map[string]time.Duration{}
	for i := range n.child("Periods").all() {
		p := &n.child("Periods").kids[i]
		bias, err := parseDuration(p.attr("Bias"))
		if err != nil {
			return nil
		}
		offsets[p.attr("Id")] = -bias
	}
	groups := map[string]zoneEra{}
	for i := range n.child("TransitionsGroups").all() {
		g := &n.child("TransitionsGroups").kids[i]
		e, err := decodeZoneGroup(g, offsets)
		if err != nil {
			return nil
		}
		groups[g.attr("Id")] = e
	}
	z := &ZoneRules{}
	for i := range n.child("Transitions").all() {
		t := &n.child("Transitions").kids[i]
		to := t.child("To")
		e, ok := groups[to.word()]
		if to.attr("Kind") == "Period" {
			e.offset, ok = offsets[to.word()]
		}
		if t.name == "AbsoluteDateTransition" {
			at, err := parseDateTime(t.childStr("DateTime"))
			ok = ok && err == nil
			e.from = at.Time
		} else {
			ok = ok && t.name == "Transition" && i == 0
		}
		if !ok {
			return nil
		}
		z.eras = append(z.eras, e)
	}
	if len(z.eras) == 0 || !z.eras[0].from.IsZero() {
		return nil
	}
	return z
}

func decodeZoneGroup(g *node, offsets map[string]time.Duration) (zoneEra, error) {
	var e zoneEra
	for i := range g.all() {
		t := &g.kids[i]
		to := t.child("To")
		offset, ok := offsets[to.word()]
		if !ok || to.attr("Kind") != "Period" {
			return e, errZoneRules
		}
		e.offset = offset
		if t.name == "Transition" {
			continue
		}
		s := zoneSwitch{offset: offset}
		var err error
		if s.clock, err = parseDuration(t.childWord("TimeOffset")); err != nil {
			return e, err
		}
		month, err := parseInt(t.childStr("Month"))
		if err != nil || month < 1 || month > 12 {
			return e, errZoneRules
		}
		s.month = time.Month(month)
		switch t.name {
		case "RecurringDayTransition":
			s.nth, err = parseInt(t.childStr("Occurrence"))
			d, known := enumValue(dayNames(), t.childWord("DayOfWeek"))
			if err != nil || s.nth < -1 || s.nth == 0 || s.nth > 4 || !known || DayOfWeek(d) < Sunday || DayOfWeek(d) > Saturday {
				return e, errZoneRules
			}
			s.weekday = time.Weekday(d - int(Sunday))
		case "RecurringDateTransition":
			if s.day, err = parseInt(t.childStr("Day")); err != nil || s.day < 1 || s.day > 31 {
				return e, errZoneRules
			}
		default:
			return e, errZoneRules
		}
		e.switches = append(e.switches, s)
	}
	if len(g.all()) == 0 || len(e.switches) > 0 && len(e.switches) != len(g.all()) {
		return e, errZoneRules
	}
	sortSwitches(e.switches)
	return e, nil
}

// decodeMeetingZone reads the rules in a MeetingTimeZone of Exchange 2007; nil where there are none, or none that are understood.
// Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/meetingtimezone.
func decodeMeetingZone(n *node) *ZoneRules {
	base, err := parseDuration(n.childWord("BaseOffset"))
	if err != nil {
		return nil
	}
	e := zoneEra{offset: -base}
	for _, name := range []string{"Standard", "Daylight"} {
		k := n.child(name)
		if k == nil {
			continue
		}
		s, err := decodeMeetingSwitch(k, base)
		if err != nil {
			return nil
		}
		e.switches = append(e.switches, s)
	}
	if len(e.switches) == 1 {
		e.offset, e.switches = e.switches[0].offset, nil
	}
	sortSwitches(e.switches)
	return &ZoneRules{eras: []zoneEra{e}}
}

func decodeMeetingSwitch(k *node, base time.Duration) (zoneSwitch, error) {
	more, err := parseDuration(k.childWord("Offset"))
	if err != nil {
		return zoneSwitch{}, err
	}
	s := zoneSwitch{offset: -(base + more)}
	at, err := time.Parse("15:04:05", k.childWord("Time"))
	if err != nil {
		return s, errZoneRules
	}
	s.clock = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
	if r := k.child("RelativeYearlyRecurrence"); r != nil {
		d, known := enumValue(dayNames(), r.childWord("DaysOfWeek"))
		nth, placed := enumValue(indexNames(), r.childWord("DayOfWeekIndex"))
		s.month = monthOf(r.childWord("Month"))
		if !known || DayOfWeek(d) < Sunday || DayOfWeek(d) > Saturday || !placed || nth == 0 || s.month == 0 {
			return s, errZoneRules
		}
		s.weekday, s.nth = time.Weekday(d-int(Sunday)), nth
		if DayIndex(nth) == Last {
			s.nth = -1
		}
		return s, nil
	}
	d, err := parseDate(k.childWord("AbsoluteDate"))
	s.month, s.day = d.Month, d.Day
	return s, err
}

var durationForm = regexp.MustCompile(`^(-?)P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d+)?S)?)?$`)

// parseDuration reads an xs:duration without months and years.
func parseDuration(s string) (time.Duration, error) {
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New("value is not a duration")
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+2] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+2])
		if err != nil {
			return 0, fmt.Errorf("read duration: %w", err)
		}
		d += time.Duration(n) * unit
	}
	if m[1] == "-" {
		d = -d
	}
	return d, nil
}
