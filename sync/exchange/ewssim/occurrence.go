package ewssim

import (
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

type dayOf = recur.Day

// locate returns the rules of a zone; unknown ones count as UTC.
func (s *Server) locate(id string) *time.Location {
	if loc, ok := s.zones.Location(id); ok {
		return loc
	}
	return time.UTC
}

// slot is when a series puts its occurrence of a day: the master's wall clock
// on that day, in the series' own zones.
func (s *Server) slot(it *store.Item, day dayOf) (start, end time.Time) {
	startLoc, endLoc := s.locate(it.StartZone), s.locate(it.EndZone)
	ms, me := it.Start.In(startLoc), it.End.In(endLoc)
	y, m, d := day.Date()
	h, mi, sec := ms.Clock()
	start = shownAt(y, m, d, h, mi, sec, startLoc)
	days := int(recur.DayOf(me) - recur.DayOf(ms))
	h, mi, sec = me.Clock()
	end = shownAt(y, m, d+days, h, mi, sec, endLoc)
	return start.UTC(), end.UTC()
}

// shownAt is when the clocks of loc show a reading. One that they skip in spring
// is taken after the jump, which time.Date leaves open.
func shownAt(y int, m time.Month, d, h, mi, sec int, loc *time.Location) time.Time {
	t := time.Date(y, m, d, h, mi, sec, 0, loc)
	if hour, minute, _ := t.Clock(); hour == h && minute == mi {
		return t
	}
	_, before := t.Add(-3 * time.Hour).Zone()
	return time.Date(y, m, d, h, mi, sec, 0, time.UTC).Add(-time.Duration(before) * time.Second).In(loc)
}

// occurrence makes the item that a series shows on a day: the master's fields
// with those of an exception over them. It is not stored.
func (s *Server) occurrence(master *store.Item, day dayOf) *store.Item {
	o := *master
	o.Rule, o.Exceptions, o.Deleted = nil, nil, nil
	o.Start, o.End = s.slot(master, day)
	if e := master.Exceptions[day]; e != nil {
		overlay(&o, e)
	}
	return &o
}

// overlay copies the exception's own fields.
func overlay(o, e *store.Item) {
	for name := range e.Over {
		copyField(o, e, name)
	}
	o.Over = e.Over
}

// copyField copies one field between items; what an exception never has of its
// own is not listed.
func copyField(to, from *store.Item, name string) {
	switch name {
	case "Subject":
		to.Subject = from.Subject
	case "Body":
		to.Body = from.Body
	case "Location":
		to.Location = from.Location
	case "Sensitivity":
		to.Sensitivity = from.Sensitivity
	case "Importance":
		to.Importance = from.Importance
	case "Categories":
		to.Categories = from.Categories
	case "LegacyFreeBusyStatus":
		to.FreeBusy = from.FreeBusy
	case "ReminderIsSet", "ReminderMinutesBeforeStart":
		to.ReminderSet, to.ReminderMinutes = from.ReminderSet, from.ReminderMinutes
	case "Start", "End", "StartTimeZone", "EndTimeZone", "IsAllDayEvent":
		to.Start, to.End, to.AllDay = from.Start, from.End, from.AllDay
		to.StartZone, to.EndZone = from.StartZone, from.EndZone
	case "RequiredAttendees", "OptionalAttendees", "Resources":
		to.Required, to.Optional, to.Resources = from.Required, from.Optional, from.Resources
	case "MyResponseType":
		to.MyResponse, to.ReplyTime = from.MyResponse, from.ReplyTime
	case "ExtendedProperty":
		to.Ext = from.Ext
	case "State":
		to.State = from.State
	default:
		if x, ok := from.Prop(name); ok {
			to.SetProp(name, x)
		}
	}
}

// occurrenceID is the id of a series' occurrence.
func occurrenceID(m *store.Mailbox, it *store.Item, day dayOf) string {
	return store.ID{Kind: store.KindOccurrence, Box: m.GUID, Serial: it.Serial, Day: day}.String()
}

// within lists the occurrences that overlap [from, to), in order of their
// original day. An exception counts where it was moved to.
func (s *Server) within(it *store.Item, from, to time.Time) []dayOf {
	loc := s.locate(it.StartZone)
	long := recur.Day(it.End.Sub(it.Start)/(24*time.Hour)) + 2 //nolint:gosec // an item lasts five years at most
	first, last := recur.DayOf(from.In(loc))-long, recur.DayOf(to.In(loc))+1
	var days []dayOf
	for _, d := range it.Rule.Between(first, last) {
		if it.Deleted[d] || it.Exceptions[d] != nil {
			continue
		}
		if start, end := s.slot(it, d); overlaps(start, end, from, to) {
			days = append(days, d)
		}
	}
	for d, e := range it.Exceptions {
		start, end := s.slot(it, d)
		if e.Over["Start"] || e.Over["End"] {
			start, end = e.Start, e.End
		}
		if overlaps(start, end, from, to) {
			days = append(days, d)
		}
	}
	return days
}

// overlaps follows CalendarView: an entry that ends when the view starts, or
// starts when it ends, is not in it; an entry without length is where it starts.
func overlaps(start, end, from, to time.Time) bool {
	if start.Equal(end) {
		return !start.Before(from) && start.Before(to)
	}
	return start.Before(to) && end.After(from)
}
