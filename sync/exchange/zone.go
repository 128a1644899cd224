package exchange

import (
	"time"

	"lockstep/resources/zones"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// location is the zone of that name; UTC for one that is none.
func location(name string) *time.Location {
	loc, err := event.LoadZone(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// nameOf is the IANA name for the id of a zone: an id of Windows, or a name
// that a program without Windows' table has put in its place.
func nameOf(id string) (string, bool) {
	if name, ok := zones.ToIANA(id); ok {
		return name, true
	}
	if _, ok := zones.ToWindows(id); ok {
		name, _ := zoneOf(id)
		return name, true
	}
	return "", false
}

// zoneOf is the zone that an item names, or whose rules it brings along; false
// where neither tells.
func (r reader) zoneOf(it *ews.CalendarItem) (string, bool) {
	id := it.StartTimeZone
	if id == "" {
		id = it.MeetingTimeZone
	}
	if name, ok := nameOf(id); ok {
		return name, true
	}
	if it.Rules == nil || !it.Start.Zoned {
		return "", false
	}
	owner, _ := zoneOf(r.zone)
	for _, name := range append([]string{owner}, zones.Names()...) {
		if follows(location(name), it.Rules, it.Start.Time) {
			return name, true
		}
	}
	return "", false
}

// follows tells whether the clocks of loc show what rules say, for two years
// from a moment on and at either side of each switch.
func follows(loc *time.Location, rules *ews.ZoneRules, from time.Time) bool {
	same := func(t time.Time) bool {
		_, offset := t.In(loc).Zone()
		return rules.Offset(t) == time.Duration(offset)*time.Second
	}
	until := from.AddDate(2, 0, 0)
	for t := from; t.Before(until); t = t.Add(12 * time.Hour) {
		if !same(t) {
			return false
		}
	}
	for t := from.In(loc); ; {
		next := event.NextBound(t)
		if next.IsZero() || next.After(until) {
			return true
		}
		if !same(next.Add(-time.Second)) || !same(next) {
			return false
		}
		t = next.In(loc)
	}
}
