package exchange

import (
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// The years that Exchange can hold, [MS-OXOCAL] 2.2.1.5 (PidLidAppointmentStartWhole).
const (
	firstYear = 1601
	lastYear  = 4500
)

// refused is why e cannot be written at all; empty if it can. It is asked
// before anything is sent, because one such entry would spoil its batch.
func refused(e event.Event) string {
	if hold, code := holdSeries(e); hold != event.HoldWhole {
		return code
	}
	start, end := e.When.Instants(time.UTC)
	if end.Before(start) {
		return codeBadTime
	}
	if start.Year() <= firstYear || end.Year() >= lastYear {
		return "ErrorCalendarOutOfRange"
	}
	return ""
}

// timeFields go together: the server keeps neither the length nor the moment
// when one of them changes alone.
func timeFields() []ews.FieldURI {
	return []ews.FieldURI{
		ews.FieldStart, ews.FieldEnd, ews.FieldIsAllDay, ews.FieldMeetingTimeZone, ews.FieldStartTimeZone, ews.FieldEndTimeZone,
	}
}

// setTimes writes a normalized span into it. Whole days are midnights on the
// owner's clocks, because the server rounds to midnights of the zone named.
func (c *calendar) setTimes(it *ews.CalendarItem, s event.Span) {
	days, zone := time.UTC, s.Zone
	if s.AllDay {
		zone = c.zone
	}
	zone, windows := zoneOf(zone)
	if s.AllDay {
		if loc, err := event.LoadZone(zone); err == nil {
			days = loc
		}
	}
	start, end := s.Instants(days)
	it.Start, it.End, it.IsAllDay = ews.At(start), ews.At(end), s.AllDay
	it.StartTimeZone, it.EndTimeZone, it.MeetingTimeZone = windows, windows, windows
}

// newItem is the item to create for an event.
func (c *calendar) newItem(want event.Event, s event.Stamp) ews.NewItem {
	e := c.Normalize(want)
	n := ews.NewItem{
		Item: ews.CalendarItem{
			Subject: e.Subject, Location: e.Location, Body: ews.Body{Type: ews.BodyText, Text: e.Notes}, FreeBusy: freeBusy(e.ShowAs),
			ReminderIsSet: e.Reminder.Set, ReminderMinutes: e.Reminder.Minutes, Sensitivity: sensitivity(e.Private),
		},
		// Without a word about the reminder the server sets one.
		Fields: append(timeFields(), ews.FieldSubject, ews.FieldSensitivity, ews.FieldReminderIsSet, ews.FieldFreeBusy),
	}
	c.setTimes(&n.Item, e.When)
	if e.Location != "" {
		n.Fields = append(n.Fields, ews.FieldLocation)
	}
	if e.Notes != "" {
		n.Fields = append(n.Fields, ews.FieldBody)
	}
	if e.Reminder.Set {
		n.Fields = append(n.Fields, ews.FieldReminderMinutes)
	}
	if s != (event.Stamp{}) {
		n.Item.Extended, _ = writeStamp(s)
	}
	if e.Recurrence != nil {
		n.Item.Recurrence = writeRule(e)
		weekLike(n.Item.Recurrence, e, want.Recurrence.FirstDay)
		n.Fields = append(n.Fields, ews.FieldRecurrence)
	}
	return n
}

// change is the update that writes some fields of want over an entry; ok is
// false where nothing is to be written. A state or reminder that nobody chose
// never takes the place of one that somebody did.
//
// A field that is as wanted already is left alone, for what Exchange holds of it
// besides: a text with the same words keeps its formatting.
func (c *calendar) change(before *entry, op endpoint.Op) (ch ews.ItemChange, written event.FieldSet, ok bool) {
	e := c.Normalize(op.Want)
	ch.Ref = refOf(op.Target)
	for _, f := range (event.Diff(before.Item.Event, e) & op.Fields & fields).Each() {
		if set := c.setField(&ch.Item, f, e, &before.raw, op.Want.ShowAs != event.ShowUnset); len(set) > 0 {
			written |= f
			ch.Set = append(ch.Set, set...)
		}
	}
	if op.Stamp != (event.Stamp{}) {
		ch.SetExtended, ch.DeleteExtended = writeStamp(op.Stamp)
	}
	return ch, written, len(ch.Set)+len(ch.SetExtended)+len(ch.DeleteExtended) > 0
}

// setField writes one field of a normalized event into an item and names the
// properties to set; none where the entry is to stay as it is.
func (c *calendar) setField(it *ews.CalendarItem, f event.FieldSet, e event.Event, before *ews.CalendarItem, chosen bool) []ews.FieldURI {
	switch {
	case f == event.FieldSubject:
		it.Subject = e.Subject
		return []ews.FieldURI{ews.FieldSubject}
	case f == event.FieldWhen:
		c.setTimes(it, e.When)
		return timeFields()
	case f == event.FieldLocation:
		it.Location = e.Location
		return []ews.FieldURI{ews.FieldLocation}
	case f == event.FieldNotes:
		it.Body = ews.Body{Type: ews.BodyText, Text: e.Notes}
		return []ews.FieldURI{ews.FieldBody}
	case f == event.FieldPrivate && e.Private != (before.Sensitivity != ews.SensitivityNormal):
		it.Sensitivity = sensitivity(e.Private)
		return []ews.FieldURI{ews.FieldSensitivity}
	case f == event.FieldShowAs && chosen:
		it.FreeBusy = freeBusy(e.ShowAs)
		return []ews.FieldURI{ews.FieldFreeBusy}
	case f == event.FieldReminder && e.Reminder.Set:
		it.ReminderIsSet, it.ReminderMinutes = true, e.Reminder.Minutes
		return []ews.FieldURI{ews.FieldReminderIsSet, ews.FieldReminderMinutes}
	}
	return nil
}

func refOf(r event.Ref) ews.ItemRef {
	return ews.Ref(ews.ItemID{ID: string(r.ID), ChangeKey: string(r.Version)})
}

func sensitivity(private bool) ews.Sensitivity {
	if private {
		return ews.SensitivityPrivate
	}
	return ews.SensitivityNormal
}

func freeBusy(s event.ShowAs) ews.FreeBusy {
	switch s {
	case event.ShowFree:
		return ews.FreeBusyFree
	case event.ShowTentative:
		return ews.FreeBusyTentative
	case event.ShowOutOfOffice:
		return ews.FreeBusyOOF
	case event.ShowElsewhere:
		return ews.FreeBusyWorkingElsewhere
	case event.ShowUnset, event.ShowBusy:
	}
	return ews.FreeBusyBusy
}

// sendMode is who gets mail about a creation, change or deletion. Only a
// change knows people who were added or removed, and ours adds and removes none.
func sendMode(k endpoint.OpKind, n endpoint.Notify) ews.SendMode {
	switch {
	case k == endpoint.Mark || k == endpoint.Leave:
		return ews.SendToNone
	case n == endpoint.NotifyAll:
		return ews.SendToAllAndSaveCopy
	case n == endpoint.NotifyChanged && k == endpoint.Update:
		return ews.SendToChangedAndSaveCopy
	}
	return ews.SendToNone
}

// told is how many people a write to an entry mails.
func told(before event.Item, mode ews.SendMode) int {
	if mode != ews.SendToAllAndSaveCopy {
		return 0
	}
	return len(before.Attendees)
}
