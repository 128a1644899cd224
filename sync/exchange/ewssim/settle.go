package ewssim

import (
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

// settle brings a draft into the state in which the server stores it. It
// refuses what the server refuses.
func (d *draft) settle() error {
	if d.isNew {
		d.defaults()
	}
	if !d.it.IsCalendar() {
		return nil
	}
	old := *d.it
	if err := d.settleTimes(); err != nil {
		return err
	}
	if err := d.settleRule(&old); err != nil {
		return err
	}
	d.settleMeeting()
	return nil
}

var classOf = map[string]string{
	"CalendarItem": "IPM.Appointment", "Contact": "IPM.Contact", "Task": "IPM.Task", "Message": "IPM.Note",
	"PostItem": "IPM.Post", "DistributionList": "IPM.DistList", "Item": "IPM.Note",
}

func (d *draft) defaults() {
	it := d.it
	if it.ItemClass == "" {
		it.ItemClass = classOf[it.Elem]
	}
	if !it.IsCalendar() {
		return
	}
	if !d.touch["ReminderIsSet"] {
		it.ReminderSet = true
	}
	if !d.touch["ReminderMinutesBeforeStart"] {
		it.ReminderMinutes = 15
	}
	if it.FreeBusy == "" {
		it.FreeBusy = "Busy"
	}
	if it.UID == "" {
		it.UID = d.c.srv.newUID()
	}
	if it.Organizer.Address == "" {
		it.Organizer = store.Person{Name: d.box.Name, Address: d.box.Primary}
	}
}

// zoneFor is the zone in which a time without offset is meant.
func (d *draft) zoneFor(name string) string {
	if z := d.zones[name]; z != "" {
		return z
	}
	if d.c.zone != "" {
		return d.c.zone
	}
	return "UTC"
}

func (d *draft) settleTimes() error {
	it, srv := d.it, d.c.srv
	oldStart, oldEnd := it.Start, it.End
	oldSZ, oldEZ := it.StartZone, it.EndZone
	if d.isNew {
		it.StartZone, it.EndZone = d.zoneFor("StartTimeZone"), d.zoneFor("EndTimeZone")
		if d.zones["EndTimeZone"] == "" && d.zones["StartTimeZone"] != "" {
			it.EndZone = it.StartZone
		}
	}
	if z := d.zones["StartTimeZone"]; z != "" {
		it.StartZone = z
	}
	if z := d.zones["EndTimeZone"]; z != "" {
		it.EndZone = z
	}
	if err := d.timeInto("Start", "StartTimeZone", &it.Start); err != nil {
		return err
	}
	if err := d.timeInto("End", "EndTimeZone", &it.End); err != nil {
		return err
	}
	if !d.isNew {
		// A zone alone keeps the wall clock and moves the instant.
		if d.texts["Start"] == "" && it.StartZone != oldSZ {
			it.Start = sameWall(oldStart, srv.locate(oldSZ), srv.locate(it.StartZone))
		}
		if d.texts["End"] == "" && it.EndZone != oldEZ {
			it.End = sameWall(oldEnd, srv.locate(oldEZ), srv.locate(it.EndZone))
		}
	}
	d.fillMissing()
	if it.End.Before(it.Start) {
		return problemf("ErrorCalendarEndDateIsEarlierThanStartDate", "The end of the item is before its start.")
	}
	if it.AllDay {
		it.Start, it.End = wholeDays(it.Start.In(srv.locate(it.StartZone)), it.End.In(srv.locate(it.EndZone)))
	}
	if it.End.Sub(it.Start) > maxDuration {
		return problemf("ErrorCalendarDurationIsTooLong", "The item lasts longer than five years.")
	}
	return nil
}

func (d *draft) timeInto(name, zoneName string, to *time.Time) error {
	text, ok := d.texts[name]
	if !ok {
		return nil
	}
	t, err := parseTime(text, d.c.srv.locate(d.zoneFor(zoneName)))
	if err != nil {
		return invalid(d.c.req, "%s: %v", name, err)
	}
	if t.Year() < 1601 || t.Year() > 4500 {
		return problemf("ErrorCalendarOutOfRange", "The date is out of range.")
	}
	*to = t.Truncate(time.Second)
	return nil
}

// fillMissing puts an item without times into the current half hour.
func (d *draft) fillMissing() {
	it := d.it
	if it.Start.IsZero() && it.End.IsZero() {
		it.Start = d.c.srv.now().Truncate(30 * time.Minute)
	}
	if it.Start.IsZero() {
		it.Start = it.End.Add(-30 * time.Minute)
	}
	if it.End.IsZero() {
		it.End = it.Start.Add(30 * time.Minute)
	}
}

func sameWall(t time.Time, from, to *time.Location) time.Time {
	w := t.In(from)
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, to).UTC()
}

// wholeDays pulls the start back and the end forward to midnight.
func wholeDays(start, end time.Time) (time.Time, time.Time) {
	s := midnight(start)
	e := midnight(end)
	if !e.Equal(end) || !e.After(s) {
		e = time.Date(e.Year(), e.Month(), e.Day()+1, 0, 0, 0, 0, e.Location())
	}
	return s.UTC(), e.UTC()
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// settleRule checks a series and moves its first occurrence to where the
// pattern puts it. A changed pattern or time resets all exceptions, as Outlook
// and the server do.
func (d *draft) settleRule(old *store.Item) error {
	it := d.it
	if d.noRule {
		it.Rule, it.Exceptions, it.Deleted = nil, nil, nil
		return nil
	}
	before := it.Rule
	if d.rule != nil {
		it.Rule = d.rule
	}
	if it.Rule == nil {
		return nil
	}
	loc := d.c.srv.locate(it.StartZone)
	if d.rule == nil && recur.DayOf(it.Start.In(loc)) != recur.DayOf(old.Start.In(d.c.srv.locate(old.StartZone))) {
		r := *it.Rule
		r.Start = recur.DayOf(it.Start.In(loc))
		it.Rule = &r
	}
	if err := it.Rule.Check(); err != nil {
		return problemf("ErrorCalendarInvalidRecurrence", "The recurrence is not valid: %v.", err)
	}
	first, ok := it.Rule.First()
	if !ok {
		return problemf("ErrorRecurrenceHasNoOccurrence", "The recurrence has no occurrence.")
	}
	it.Start, it.End = d.c.srv.slot(it, first)
	if d.c.srv.overlap(it) {
		return problemf("ErrorOccurrenceTimeSpanTooBig", "Occurrences overlap.")
	}
	changed := d.rule != nil && (before == nil || *before != *it.Rule) || d.reset && !d.c.srv.opts.Switches.LazyRules
	if changed || !it.Start.Equal(old.Start) || !it.End.Equal(old.End) || it.StartZone != old.StartZone || it.AllDay != old.AllDay {
		it.Exceptions, it.Deleted = nil, nil
	}
	return nil
}

// overlap tells whether an occurrence of a series lasts beyond the start of the
// next. The distances come back within a few dozen occurrences.
func (s *Server) overlap(it *store.Item) bool {
	var end time.Time
	for n, day := range it.Rule.All() {
		start, till := s.slot(it, day)
		if n > 1 && start.Before(end) {
			return true
		}
		if n > 60 {
			break
		}
		end = till
	}
	return false
}

// settleMeeting: attendees make a meeting, and once one it stays one.
func (d *draft) settleMeeting() {
	it := d.it
	if len(it.Required)+len(it.Optional)+len(it.Resources) > 0 && it.State&1 == 0 {
		it.State |= 1
		it.MyResponse = "Organizer"
	}
	if it.State&1 == 0 && it.MyResponse == "" {
		it.MyResponse = "Organizer"
	}
}
