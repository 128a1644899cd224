package ewssim

import (
	"slices"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

func (v *view) isException() bool { return v.stored.Exceptions[v.day] != nil }

// kind is the CalendarItemType.
func (v *view) kind() string {
	switch {
	case v.occ && v.isException():
		return "Exception"
	case v.occ:
		return "Occurrence"
	case v.item.Rule != nil:
		return "RecurringMaster"
	case !v.item.Orphan.IsZero():
		return "Exception"
	}
	return "Single"
}

// calendarField writes one property of calendar items; false when it is one
// that the server only keeps.
func (v *view) calendarField(name string) bool {
	it, w := v.item, v.w
	switch name {
	case "UID":
		w.Text("t:UID", it.UID)
	case "RecurrenceId", "OriginalStart":
		v.when(name, it.Orphan)
		if v.occ {
			start, _ := v.c.srv.slot(v.stored, v.day)
			v.when(name, start)
		}
	case "DateTimeStamp":
		v.when(name, it.Created)
	case "Start":
		v.when(name, it.Start)
	case "End":
		v.when(name, it.End)
	case "IsAllDayEvent":
		w.Bool("t:"+name, it.AllDay)
	case "LegacyFreeBusyStatus":
		v.enum(name, it.FreeBusy, "Busy")
	case "Location":
		v.text(name, it.Location)
	case "IsMeeting":
		w.Bool("t:"+name, it.IsMeeting())
	case "IsCancelled":
		w.Bool("t:"+name, it.State&4 != 0)
	case "IsRecurring":
		w.Bool("t:"+name, v.occ || (it.Rule != nil && v.c.srv.opts.Switches.MasterIsRecurring))
	case "MeetingRequestWasSent":
		w.Bool("t:"+name, it.RequestSent)
	case "IsResponseRequested":
		w.Bool("t:"+name, !it.NoResponseRequested)
	case "AllowNewTimeProposal":
		w.Bool("t:"+name, !it.NoNewTimeProposal)
	case "CalendarItemType":
		w.Text("t:"+name, v.kind())
	case "MyResponseType":
		v.enum(name, it.MyResponse, "Unknown")
	case "Duration":
		w.Text("t:"+name, isoLength(it.End.Sub(it.Start)))
	case "AppointmentReplyTime":
		v.when(name, it.ReplyTime)
	case "AppointmentSequenceNumber":
		w.Int("t:"+name, it.Sequence)
	case "AppointmentState":
		w.Int("t:"+name, it.State)
	case "IsOrganizer":
		w.Bool("t:"+name, it.IsOrganizer())
	case "ConflictingMeetingCount", "AdjacentMeetingCount":
		w.Int("t:"+name, 0)
	default:
		return v.calendarMore(name)
	}
	return true
}

func (v *view) calendarMore(name string) bool {
	it, w := v.item, v.w
	switch name {
	case "Organizer":
		v.organizer()
	case "RequiredAttendees":
		v.attendees(name, it.Required)
	case "OptionalAttendees":
		v.attendees(name, it.Optional)
	case "Resources":
		v.attendees(name, it.Resources)
	case "TimeZone":
		if it.Rule != nil || !v.c.srv.prod.truncatesTimeZoneText {
			w.Text("t:"+name, it.StartZone)
		}
	case "MeetingTimeZone":
		if !v.c.at(v2010) && it.StartZone != "" {
			w.Empty("t:"+name, "TimeZoneName", it.StartZone)
		}
	case "StartTimeZone":
		v.zone(name, it.StartZone)
	case "EndTimeZone":
		v.zone(name, it.EndZone)
	case "StartTimeZoneId":
		w.Text("t:"+name, it.StartZone)
	case "EndTimeZoneId":
		w.Text("t:"+name, it.EndZone)
	case "StartWallClock":
		w.Text("t:"+name, it.Start.In(v.c.srv.locate(it.StartZone)).Format(time.RFC3339))
	case "EndWallClock":
		w.Text("t:"+name, it.End.In(v.c.srv.locate(it.EndZone)).Format(time.RFC3339))
	case "IntendedFreeBusyStatus":
		v.enum(name, it.FreeBusy, "Busy")
	case "EnhancedLocation":
		if it.Location != "" {
			w.Open("t:" + name)
			w.Text("t:DisplayName", it.Location)
			w.Close("t:" + name)
		}
	case "Recurrence":
		if it.Rule != nil && !v.occ {
			v.recurrence()
		}
	case "FirstOccurrence", "LastOccurrence", "ModifiedOccurrences", "DeletedOccurrences":
		if it.Rule != nil && !v.occ {
			v.occurrences(name)
		}
	case "ConflictingMeetings", "AdjacentMeetings":
	default:
		return false
	}
	return true
}

func isoLength(d time.Duration) string {
	if d%(24*time.Hour) == 0 && d > 0 {
		return "P" + itoa(int(d/(24*time.Hour))) + "D"
	}
	return isoDurationText(d)
}

func (v *view) organizer() {
	p := v.item.Organizer
	if p.Address == "" {
		p = store.Person{Name: v.box.Name, Address: v.box.Primary}
	}
	v.w.Open("t:Organizer")
	v.mailbox(p, v.sh.full)
	v.w.Close("t:Organizer")
}

// mailbox writes a person; FindItem gives names only.
func (v *view) mailbox(p store.Person, withAddress bool) {
	v.w.Open("t:Mailbox")
	v.w.Text("t:Name", p.Name)
	if withAddress && p.Address != "" {
		v.w.Text("t:EmailAddress", p.Address)
		v.w.Text("t:RoutingType", "SMTP")
		if v.c.at(v2007SP1) {
			kind := "OneOff"
			if v.c.srv.store.Find(p.Address) != nil {
				kind = "Mailbox"
			}
			v.w.Text("t:MailboxType", kind)
		}
	}
	v.w.Close("t:Mailbox")
}

func (v *view) attendees(name string, as []store.Attendee) {
	if len(as) == 0 {
		return
	}
	v.w.Open("t:" + name)
	for _, a := range as {
		v.w.Open("t:Attendee")
		v.mailbox(a.Person, true)
		v.enum("ResponseType", a.Response, "Unknown")
		if !a.At.IsZero() {
			v.when("LastResponseTime", a.At)
		}
		v.w.Close("t:Attendee")
	}
	v.w.Close("t:" + name)
}

func (v *view) zone(name, id string) {
	if id == "" {
		return
	}
	if v.c.srv.opts.Switches.FullZones {
		v.c.writeZone("t:"+name, id, true)
		return
	}
	v.w.Empty("t:"+name, "Id", id, "Name", id)
}

// recurrence writes the rule. The server writes the range's dates with the
// zone's offset on that day.
func (v *view) recurrence() {
	r, w := v.item.Rule, v.w
	w.Open("t:Recurrence")
	p := "t:" + r.Pattern.String()
	w.Open(p)
	if r.Pattern != recur.AbsoluteYearly && r.Pattern != recur.RelativeYearly {
		w.Int("t:Interval", r.Interval)
	}
	switch r.Pattern {
	case recur.Daily:
	case recur.Weekly:
		w.Text("t:DaysOfWeek", dayList(r.Days))
		if v.c.at(v2010) {
			w.Text("t:FirstDayOfWeek", r.FirstDay.String())
		}
	case recur.AbsoluteMonthly, recur.AbsoluteYearly:
		w.Int("t:DayOfMonth", r.DayOfMonth)
	case recur.RelativeMonthly, recur.RelativeYearly:
		w.Text("t:DaysOfWeek", dayNames(r.Days))
		w.Text("t:DayOfWeekIndex", indexNames[r.Index])
	}
	if r.Pattern == recur.AbsoluteYearly || r.Pattern == recur.RelativeYearly {
		w.Text("t:Month", r.Month.String())
	}
	w.Close(p)
	switch {
	case r.Count > 0:
		w.Open("t:NumberedRecurrence")
		v.date("StartDate", r.Start)
		w.Int("t:NumberOfOccurrences", r.Count)
		w.Close("t:NumberedRecurrence")
	case r.Until != 0:
		w.Open("t:EndDateRecurrence")
		v.date("StartDate", r.Start)
		v.date("EndDate", r.Until)
		w.Close("t:EndDateRecurrence")
	default:
		w.Open("t:NoEndRecurrence")
		v.date("StartDate", r.Start)
		w.Close("t:NoEndRecurrence")
	}
	w.Close("t:Recurrence")
}

func (v *view) date(name string, d recur.Day) {
	y, m, day := d.Date()
	t := time.Date(y, m, day, 12, 0, 0, 0, v.c.srv.locate(v.item.StartZone))
	v.w.Text("t:"+name, t.Format("2006-01-02Z07:00"))
}

var indexNames = [...]string{"", "First", "Second", "Third", "Fourth", "Last"}

// dayNames writes a set as the schema does; a set with a name of its own is
// written by that name.
func dayNames(ds recur.Days) string {
	switch ds {
	case recur.EveryDay:
		return "Day"
	case recur.Weekdays:
		return "Weekday"
	case recur.WeekendDay:
		return "WeekendDay"
	}
	return dayList(ds)
}

func dayList(ds recur.Days) string {
	var out []string
	for w := time.Sunday; w <= time.Saturday; w++ {
		if ds.Has(w) {
			out = append(out, w.String())
		}
	}
	return strings.Join(out, " ")
}

func (v *view) occurrences(name string) {
	it, w := v.item, v.w
	switch name {
	case "FirstOccurrence":
		if d, ok := v.edge(false); ok {
			v.occurrenceInfo("t:"+name, d)
		}
	case "LastOccurrence":
		if d, ok := v.edge(true); ok {
			v.occurrenceInfo("t:"+name, d)
		}
	case "ModifiedOccurrences":
		if len(it.Exceptions) == 0 {
			return
		}
		w.Open("t:" + name)
		for _, d := range sortedDays(it.Exceptions) {
			v.occurrenceInfo("t:Occurrence", d)
		}
		w.Close("t:" + name)
	case "DeletedOccurrences":
		if len(it.Deleted) == 0 {
			return
		}
		w.Open("t:" + name)
		for _, d := range sortedDays(it.Deleted) {
			start, _ := v.c.srv.slot(it, d)
			w.Open("t:DeletedOccurrence")
			v.when("Start", start)
			w.Close("t:DeletedOccurrence")
		}
		w.Close("t:" + name)
	}
}

// edge is the first or last occurrence that still is.
func (v *view) edge(last bool) (recur.Day, bool) {
	r := v.item.Rule
	if last && r.Until == 0 && r.Count == 0 {
		return 0, false
	}
	var found recur.Day
	ok := false
	for _, d := range r.All() {
		if v.item.Deleted[d] {
			continue
		}
		found, ok = d, true
		if !last {
			break
		}
	}
	return found, ok
}

func (v *view) occurrenceInfo(elem string, d recur.Day) {
	o := v.c.srv.occurrence(v.stored, d)
	start, _ := v.c.srv.slot(v.stored, d)
	v.w.Open(elem)
	key := v.c.srv.changeKey(target{box: v.box, item: v.stored, occ: true, day: d})
	v.w.Empty("t:ItemId", "Id", occurrenceID(v.box, v.stored, d), "ChangeKey", key)
	v.when("Start", o.Start)
	v.when("End", o.End)
	v.when("OriginalStart", start)
	v.w.Close(elem)
}

func sortedDays[T any](m map[recur.Day]T) []recur.Day {
	out := make([]recur.Day, 0, len(m))
	for d := range m {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}
