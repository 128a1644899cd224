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
	if e.Recurrence != nil {
		return codeSeries
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
	zone, windows := zoneOf(s.Zone)
	start, end := s.Instants(time.UTC)
	if s.AllDay {
		zone, windows = zoneOf(c.zone)
		if loc, err := time.LoadLocation(zone); err == nil {
			start, end = s.Instants(loc)
		}
	}
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
	return n
}

// change is the update that writes some fields of want over an entry; ok is
// false where nothing is to be written. A state or reminder that nobody chose
// never takes the place of one that somebody did.
func (c *calendar) change(before *ews.CalendarItem, op endpoint.Op) (ch ews.ItemChange, written event.FieldSet, ok bool) {
	e := c.Normalize(op.Want)
	ch.Ref = refOf(op.Target)
	for _, f := range (op.Fields & fields).Each() {
		set := []ews.FieldURI(nil)
		switch f {
		case event.FieldSubject:
			ch.Item.Subject, set = e.Subject, []ews.FieldURI{ews.FieldSubject}
		case event.FieldWhen:
			c.setTimes(&ch.Item, e.When)
			set = timeFields()
		case event.FieldLocation:
			ch.Item.Location, set = e.Location, []ews.FieldURI{ews.FieldLocation}
		case event.FieldNotes:
			ch.Item.Body, set = ews.Body{Type: ews.BodyText, Text: e.Notes}, []ews.FieldURI{ews.FieldBody}
		case event.FieldPrivate:
			if e.Private != (before.Sensitivity != ews.SensitivityNormal) {
				ch.Item.Sensitivity, set = sensitivity(e.Private), []ews.FieldURI{ews.FieldSensitivity}
			}
		case event.FieldShowAs:
			if op.Want.ShowAs != event.ShowUnset {
				ch.Item.FreeBusy, set = freeBusy(e.ShowAs), []ews.FieldURI{ews.FieldFreeBusy}
			}
		case event.FieldReminder:
			if e.Reminder.Set {
				ch.Item.ReminderIsSet, ch.Item.ReminderMinutes = true, e.Reminder.Minutes
				set = []ews.FieldURI{ews.FieldReminderIsSet, ews.FieldReminderMinutes}
			}
		}
		if len(set) > 0 {
			written |= f
			ch.Set = append(ch.Set, set...)
		}
	}
	if op.Stamp != (event.Stamp{}) {
		ch.SetExtended, ch.DeleteExtended = writeStamp(op.Stamp)
	}
	return ch, written, len(ch.Set)+len(ch.SetExtended)+len(ch.DeleteExtended) > 0
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
