package exchange

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// readFields are what GetItem is asked for.
func readFields() []ews.FieldURI {
	return []ews.FieldURI{
		ews.FieldItemClass, ews.FieldSubject, ews.FieldSensitivity, ews.FieldCategories, ews.FieldBody, ews.FieldDateTimeCreated, ews.FieldReminderIsSet,
		ews.FieldReminderMinutes, ews.FieldLastModified, ews.FieldUID, ews.FieldStart, ews.FieldEnd, ews.FieldIsAllDay, ews.FieldFreeBusy,
		ews.FieldLocation, ews.FieldIsMeeting, ews.FieldIsCancelled, ews.FieldType, ews.FieldMyResponse, ews.FieldOrganizer, ews.FieldRequired,
		ews.FieldOptional, ews.FieldResources, ews.FieldState, ews.FieldMeetingTimeZone, ews.FieldStartTimeZone, ews.FieldEndTimeZone, ews.FieldIsOrganizer,
		ews.FieldOriginalStart, ews.FieldRecurrence, ews.FieldLastOccurrence, ews.FieldModified, ews.FieldDeleted,
	}
}

func readShape() ews.Shape {
	return ews.Shape{Fields: readFields(), Extended: append(stampFields(), toolFields()...)}
}

// entryElement is the element of calendar entries.
const entryElement = "CalendarItem"

// isEntry tells calendar entries from whatever else lies in a calendar folder.
func isEntry(it *ews.CalendarItem) bool {
	const (
		class = "IPM.Appointment"
		// What a series keeps of a changed occurrence, [MS-OXOCAL] 2.2.10.1.3.
		exception = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"
	)
	if it.Element != entryElement {
		return false
	}
	if it.Type == ews.TypeException && strings.EqualFold(it.ItemClass, exception) {
		return true
	}
	return !it.Has(ews.FieldItemClass) || strings.EqualFold(it.ItemClass, class) || len(it.ItemClass) > len(class) && strings.EqualFold(it.ItemClass[:len(class)+1], class+".")
}

// reader turns items of the wire into ours.
type reader struct {
	zone string        // of the calendar's owner
	skew time.Duration // the server's clock is ahead by this much
}

// item reads one entry; of a series, all but what its changed occurrences have
// of their own. What cannot be understood is a trouble of the entry as a whole:
// half an entry would be taken for an edit. An occurrence is read as an entry
// of its own: so it comes with an invitation to it alone.
func (r reader) item(op string, it *ews.CalendarItem) (event.Item, *endpoint.Error) {
	bad := func(k endpoint.Kind, code string) (event.Item, *endpoint.Error) {
		return event.Item{}, itemError(op, event.ID(it.ID.ID), k, code)
	}
	switch {
	case len(it.Problems) > 0:
		return bad(endpoint.Internal, codeMalformed+" "+string(it.Problems[0].Field))
	case !it.Has(ews.FieldStart) || !it.Has(ews.FieldEnd) || it.ID.ChangeKey == "":
		return bad(endpoint.Internal, codeIncomplete)
	case it.Body.Truncated:
		return bad(endpoint.Internal, codeTruncated)
	}
	when, days, code := r.placed(it)
	if code != "" {
		return bad(endpoint.Internal, code)
	}
	out := event.Item{
		Ref: event.Ref{ID: event.ID(it.ID.ID), Version: event.Version(it.ID.ChangeKey)},
		Event: event.Event{
			Subject: oneLine(it.Subject), When: when, Location: oneLine(it.Location), Notes: notes(it.Body.Text),
			Private: it.Sensitivity != ews.SensitivityNormal, ShowAs: showAs(it.FreeBusy), Attendees: attendees(it),
		},
		Stamp: readStamp(it), Tool: toolOf(it), UID: canonicalUID(it.UID), Organizer: lower(it.Organizer.Address), Standing: standing(it),
		Categories: it.Categories, Unprintable: unprintable(it),
		Cancelled: it.IsCancelled || it.State&stateCancelled != 0,
		Declined:  it.MyResponse == ews.ResponseDecline,
		Created:   r.clock(it.DateTimeCreated), Modified: r.clock(it.LastModified),
	}
	out.Meeting = it.IsMeeting || it.State&stateMeeting != 0 || len(out.Attendees) > 0
	if it.ReminderIsSet {
		out.Reminder = event.Reminder{Set: true, Minutes: min(max(it.ReminderMinutes, 0), maxReminder)}
	}
	if it.Type == ews.TypeMaster {
		if code := r.series(it, &out, days); code != "" {
			return bad(endpoint.Invalid, code)
		}
	}
	return out, nil
}

// unprintable are the texts of an entry of which characters did not come: no
// XML can hold them, and each was read as a sign that stands for it.
func unprintable(it *ews.CalendarItem) (out event.FieldSet) {
	for f, s := range map[event.FieldSet]string{
		event.FieldSubject: it.Subject, event.FieldLocation: it.Location, event.FieldNotes: it.Body.Text,
	} {
		if strings.ContainsRune(s, unicode.ReplacementChar) {
			out |= f
		}
	}
	return out
}

// clock is a time of the server's clock on ours.
func (r reader) clock(t ews.DateTime) time.Time {
	if t.Time.IsZero() {
		return time.Time{}
	}
	return t.Time.Add(-r.skew).UTC()
}

// The bits of AppointmentState, https://learn.microsoft.com/exchange/client-developer/web-service-reference/appointmentstate.
const (
	stateMeeting   = 1
	stateReceived  = 2
	stateCancelled = 4
)

// standing: a copy that any sign calls received is an attendee's. A mistake in
// this direction only keeps us from writing.
func standing(it *ews.CalendarItem) event.Standing {
	meeting := it.IsMeeting || it.State&stateMeeting != 0
	switch {
	case it.State&stateReceived != 0,
		meeting && it.Has(ews.FieldIsOrganizer) && !it.IsOrganizer,
		meeting && !it.Has(ews.FieldState) && !it.Has(ews.FieldIsOrganizer) && it.MyResponse != ews.ResponseOrganizer:
		return event.StandingParticipant
	}
	return event.StandingOwner
}

func showAs(f ews.FreeBusy) event.ShowAs {
	switch f {
	case ews.FreeBusyFree:
		return event.ShowFree
	case ews.FreeBusyTentative:
		return event.ShowTentative
	case ews.FreeBusyOOF:
		return event.ShowOutOfOffice
	case ews.FreeBusyWorkingElsewhere:
		return event.ShowElsewhere
	case ews.FreeBusyBusy, ews.FreeBusyNoData:
	}
	return event.ShowBusy
}

// attendees are the other people of a meeting, each once.
func attendees(it *ews.CalendarItem) []event.Attendee {
	var out []event.Attendee
	organizer := lower(it.Organizer.Address)
	for role, list := range [][]ews.Attendee{it.Required, it.Optional, it.Resources} {
		for _, a := range list {
			address := lower(a.Address)
			known := slices.ContainsFunc(out, func(o event.Attendee) bool { return o.Address == address })
			if address == "" || address == organizer || known {
				continue
			}
			out = append(out, event.Attendee{Address: address, Name: strings.TrimSpace(a.Name), Role: event.Role(role), Response: response(a.Response)})
		}
	}
	slices.SortFunc(out, func(a, b event.Attendee) int { return strings.Compare(a.Address, b.Address) })
	return out
}

func response(r ews.ResponseType) event.Response {
	switch r {
	case ews.ResponseAccept, ews.ResponseOrganizer:
		return event.ResponseAccepted
	case ews.ResponseTentative:
		return event.ResponseTentative
	case ews.ResponseDecline:
		return event.ResponseDeclined
	case ews.ResponseUnknown, ews.ResponseNone:
	}
	return event.ResponseNone
}

// span reads when an entry takes place, or tells why that cannot be read.
func (r reader) span(it *ews.CalendarItem) (event.Span, string) {
	s, _, code := r.placed(it)
	return s, code
}

// placed is span, with the zone on whose clocks whole days were read.
func (r reader) placed(it *ews.CalendarItem) (s event.Span, days *time.Location, code string) {
	if !it.Start.Zoned || !it.End.Zoned {
		return event.Span{}, nil, codeIncomplete // a time without offset has no moment
	}
	start, end := it.Start.Time, it.End.Time
	zone, known := r.zoneOf(it)
	if !it.IsAllDay {
		if !known {
			zone, _ = zoneOf(r.zone) // the moment stays; only its reading is ours
		}
		return spanOf(start, end, zone), time.UTC, ""
	}
	endZone := zone
	if z, ok := nameOf(it.EndTimeZone); ok && known {
		endZone = z
	}
	if known {
		if s, ok := wholeDays(start, end, zone, endZone); ok {
			return s, location(zone), ""
		}
	}
	// Items of foreign programs bear rules of their own or none. Midnights on
	// the owner's clocks, or in UTC, can be nothing but days.
	for _, zone := range []string{r.zone, utc} {
		if s, ok := wholeDays(start, end, zone, zone); ok {
			return s, location(zone), ""
		}
	}
	if !known {
		return event.Span{}, nil, codeUnknownZone
	}
	return event.Span{}, nil, codeOddDays
}

// wholeDays are the days between two midnights, each on the clocks of its own
// zone; false where they are not midnights.
func wholeDays(start, end time.Time, startZone, endZone string) (event.Span, bool) {
	first, ok := midnight(start, startZone)
	last, also := midnight(end, endZone)
	if !ok || !also || !midnightBefore(first, last) {
		return event.Span{}, false
	}
	return event.AllDay(first, last), true
}

// midnight is the day that begins at t on the clocks of zone.
func midnight(t time.Time, zone string) (event.Date, bool) {
	loc, err := event.LoadZone(zone)
	if err != nil {
		return event.Date{}, false
	}
	d := event.DateOf(t.In(loc))
	return d, d.Midnight().In(loc).Equal(t)
}
