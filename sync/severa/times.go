package severa

import (
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// spanOf writes two instants on the clocks of zone, or in UTC where these show
// one of them twice and the reading would name another moment.
func spanOf(start, end time.Time, zone string) event.Span {
	start, end = start.Truncate(time.Second), end.Truncate(time.Second)
	for _, z := range []string{zone, "UTC"} {
		s, err := event.Between(start, end, z)
		if err != nil {
			continue
		}
		if a, b := s.Instants(time.UTC); a.Equal(start) && b.Equal(end) {
			return s
		}
	}
	return event.Span{Start: event.WallOf(start.UTC()), End: event.WallOf(end.UTC()), Zone: "UTC"}
}

// daysOf reads all-day bounds as days. zones are tried in their order: the first
// in which both bounds are midnights is taken. A missing end means one day.
func daysOf(start, end time.Time, zones []*time.Location) (event.Span, *time.Location, bool) {
	for _, loc := range zones {
		first, ok := midnight(start, loc)
		if !ok {
			continue
		}
		last := first.AddDays(1)
		if !end.IsZero() {
			if last, ok = midnight(end, loc); !ok {
				continue
			}
		}
		if !last.In(time.UTC).After(first.In(time.UTC)) {
			if !end.Equal(start) {
				continue
			}
			last = first.AddDays(1)
		}
		return event.AllDay(first, last), loc, true
	}
	return event.Span{}, nil, false
}

// midnight is the day that begins at t on the clocks of loc.
func midnight(t time.Time, loc *time.Location) (event.Date, bool) {
	d := event.DateOf(t.In(loc))
	return d, d.In(loc).Equal(t)
}

// wired are the bounds of a span as they are sent; an all-day one in the
// midnights of loc.
func wired(s event.Span, loc *time.Location) (start, end api.Time) {
	a, b := s.Instants(loc)
	return api.At(a), api.At(b)
}

// faultOf says why a span cannot be stored, or nothing.
func faultOf(s event.Span) string {
	if s.AllDay {
		if !s.End.In(time.UTC).After(s.Start.In(time.UTC)) {
			return CodeBadTimes
		}
		return ""
	}
	if _, err := event.LoadZone(s.Zone); err != nil || s.Zone == "" {
		return CodeBadTimes
	}
	if start, end := s.Instants(time.UTC); end.Before(start) || start.Year() < 1 || end.Year() > 9999 {
		return CodeBadTimes
	}
	return ""
}
