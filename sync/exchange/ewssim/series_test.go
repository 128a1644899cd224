package ewssim

import (
	"strings"
	"testing"
)

const daily = `<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-27</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>`

const fleZone = `<t:StartTimeZone Id="FLE Standard Time"/><t:EndTimeZone Id="FLE Standard Time"/>`

func viewBody(from, to, fields string) string {
	return `<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", fields) + `<m:CalendarView StartDate="` + from + `" EndDate="` + to + `"/><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`
}

func texts(ns []*node, name string) string {
	var out []string
	for _, n := range ns {
		out = append(out, n.KidText(name))
	}
	return strings.Join(out, " ")
}

func TestCalendarView_ExpandsAcrossDaylightSaving(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	n := o.ok(viewBody("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", field1("calendar:Start")+field1("calendar:CalendarItemType")))
	items := all(n, "CalendarItem")
	// 09:00 in Helsinki; the clocks go forward on 29 March.
	if got, want := texts(items, "Start"), "2026-03-27T07:00:00Z 2026-03-28T07:00:00Z 2026-03-29T06:00:00Z 2026-03-30T06:00:00Z 2026-03-31T06:00:00Z"; got != want {
		t.Errorf("starts = %s\nwant     %s", got, want)
	}
	if got := texts(items, "CalendarItemType"); got != strings.TrimSpace(strings.Repeat("Occurrence ", 5)) {
		t.Errorf("types = %s", got)
	}
	master := o.get(m)
	if got := master.Kid("LastOccurrence").KidText("Start"); got != "2026-03-31T06:00:00Z" {
		t.Errorf("last occurrence starts %s", got)
	}
	if got := master.Path("Recurrence", "NumberedRecurrence").KidText("StartDate"); got != "2026-03-27+02:00" {
		t.Errorf("range starts %s, want 2026-03-27+02:00", got)
	}
	if got := code(o.call(viewBody("2026-03-01T00:00:00Z", "2028-03-02T00:00:00Z", ""))); got != "ErrorCalendarViewRangeTooBig" {
		t.Errorf("a view of over two years gave %s", got)
	}
}

func TestOccurrences_AreChangedAndDeletedOneByOne(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	occ := func(i string) string {
		return `<t:OccurrenceItemId RecurringMasterId="` + m.id + `" InstanceIndex="` + i + `"/>`
	}
	state := one(t, o.ok(syncBody("", "512")), "SyncState").Text
	up := o.ok(updateBody("AlwaysOverwrite", "SendToNone", occ("2"), setField("item:Subject", "<t:Subject>moved</t:Subject>")+
		setField("calendar:Start", "<t:Start>2026-03-28T08:00:00Z</t:Start>")+setField("calendar:End", "<t:End>2026-03-28T08:15:00Z</t:End>")))
	exc := refOf(one(t, up, "ItemId"))
	o.ok(deleteBody("MoveToDeletedItems", occ("3")))
	for i, want := range map[string]string{"3": "ErrorCalendarOccurrenceIsDeletedFromRecurrence", "6": "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "0": "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"} {
		if got := code(o.call(`<m:GetItem>` + shapeXML("IdOnly", "") + `<m:ItemIds>` + occ(i) + `</m:ItemIds></m:GetItem>`)); got != want {
			t.Errorf("occurrence %s gave %s, want %s", i, got, want)
		}
	}
	it := o.get(exc)
	for name, want := range map[string]string{"CalendarItemType": "Exception", "Subject": "moved", "Start": "2026-03-28T08:00:00Z", "OriginalStart": "2026-03-28T07:00:00Z"} {
		if got := it.KidText(name); got != want {
			t.Errorf("exception's %s = %q, want %q", name, got, want)
		}
	}
	master := o.get(m)
	if got := len(master.Kid("ModifiedOccurrences").All()); got != 1 {
		t.Errorf("%d modified occurrences, want 1", got)
	}
	if got := master.Path("DeletedOccurrences", "DeletedOccurrence").KidText("Start"); got != "2026-03-29T06:00:00Z" {
		t.Errorf("deleted occurrence = %s", got)
	}
	n := o.ok(syncBody(state, "512"))
	if got := one(t, one(t, n, "Update"), "ItemId").Attr("Id"); got != m.id {
		t.Error("the feed names something else than the master")
	}
	// From the occurrence back to its master.
	n = o.ok(`<m:GetItem>` + shapeXML("IdOnly", "") + `<m:ItemIds><t:RecurringMasterItemId OccurrenceId="` + exc.id + `"/></m:ItemIds></m:GetItem>`)
	if got := one(t, n, "ItemId").Attr("Id"); got != m.id {
		t.Error("RecurringMasterItemId gave another item")
	}
	if got := code(o.call(updateBody("AlwaysOverwrite", "SendToNone", occ("4"), setField("calendar:End", "<t:End>2026-04-02T07:00:00Z</t:End>")+setField("calendar:Start", "<t:Start>2026-04-02T06:00:00Z</t:Start>")))); got != "ErrorOccurrenceCrossingBoundary" {
		t.Errorf("moving past the neighbour gave %s", got)
	}
	// A changed pattern resets exceptions; the master's subject does not touch them.
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", m.xml("ItemId"), setField("item:Subject", "<t:Subject>new</t:Subject>")))
	if got := o.get(exc).KidText("Subject"); got != "moved" {
		t.Errorf("exception's subject = %q after the master's changed, want moved", got)
	}
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", m.xml("ItemId"), setField("calendar:Recurrence", strings.Replace(daily, ">5<", ">4<", 1))))
	if o.get(m).Kid("ModifiedOccurrences") != nil || o.get(m).Kid("DeletedOccurrences") != nil {
		t.Error("exceptions survived a change of the pattern")
	}
}

func TestSeries_KeepsItsLastOccurrence(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("x", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + strings.Replace(daily, ">5<", ">2<", 1))
	occ := func(i string) string {
		return `<t:OccurrenceItemId RecurringMasterId="` + m.id + `" InstanceIndex="` + i + `"/>`
	}
	o.ok(deleteBody("HardDelete", occ("1")))
	if got := code(o.call(deleteBody("HardDelete", occ("2")))); got != "ErrorRecurrenceHasNoOccurrence" {
		t.Errorf("deleting the last occurrence gave %s", got)
	}
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", m.xml("ItemId"), `<t:DeleteItemField>`+field1("calendar:Recurrence")+`</t:DeleteItemField>`))
	if got := o.get(m).KidText("CalendarItemType"); got != "Single" {
		t.Errorf("type without the recurrence = %s, want Single", got)
	}
}

func TestAllDay_IsRoundedInTheCreationZone(t *testing.T) {
	tests := map[string]struct{ head, inner, start, end string }{
		"own zone":           {"", `<t:Start>2026-03-03T10:00:00Z</t:Start><t:End>2026-03-03T11:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>` + fleZone, "2026-03-02T22:00:00Z", "2026-03-03T22:00:00Z"},
		"midnights stay":     {"", `<t:Start>2026-03-03T00:00:00+02:00</t:Start><t:End>2026-03-05T00:00:00+02:00</t:End><t:IsAllDayEvent>1</t:IsAllDayEvent>` + fleZone, "2026-03-02T22:00:00Z", "2026-03-04T22:00:00Z"},
		"utc without a zone": {"", `<t:Start>2026-03-03T10:00:00Z</t:Start><t:End>2026-03-03T11:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>`, "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"},
		"spring forward":     {"", `<t:Start>2026-03-29T00:00:00+02:00</t:Start><t:End>2026-03-29T12:00:00+03:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>` + fleZone, "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
		"2007 zone":          {version("Exchange2007_SP1"), `<t:Start>2026-03-03T00:00:00</t:Start><t:End>2026-03-04T00:00:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent><t:MeetingTimeZone TimeZoneName="FLE Standard Time"/>`, "2026-03-02T22:00:00Z", "2026-03-03T22:00:00Z"},
		"zone context":       {version("Exchange2010") + `<t:TimeZoneContext><t:TimeZoneDefinition Id="FLE Standard Time"/></t:TimeZoneContext>`, `<t:Start>2026-03-03T00:00:00</t:Start><t:End>2026-03-04T00:00:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>`, "2026-03-02T22:00:00Z", "2026-03-03T22:00:00Z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, Options{})
			if tt.head != "" {
				o.head = tt.head
			}
			r := o.create(`<t:Subject>x</t:Subject>` + tt.inner)
			o.head = version("Exchange2010")
			it := o.get(r)
			if got := it.KidText("Start") + " " + it.KidText("End"); got != tt.start+" "+tt.end {
				t.Errorf("span = %s, want %s %s", got, tt.start, tt.end)
			}
		})
	}
}

func TestZoneAlone_KeepsTheWallClock(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z") + fleZone)
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", r.xml("ItemId"),
		setField("calendar:StartTimeZone", `<t:StartTimeZone Id="UTC"/>`)+setField("calendar:EndTimeZone", `<t:EndTimeZone Id="UTC"/>`)))
	if got := o.get(r).KidText("Start"); got != "2026-03-03T10:00:00Z" {
		t.Errorf("start = %s, want 2026-03-03T10:00:00Z", got)
	}
}

func (o *office) occurrence(m ref, n string) *node {
	o.t.Helper()
	return o.ok(`<m:GetItem>`+shapeXML("AllProperties", "")+`<m:ItemIds><t:OccurrenceItemId RecurringMasterId="`+m.id+`" InstanceIndex="`+n+`"/></m:ItemIds></m:GetItem>`).
		Path("GetItemResponse", "ResponseMessages", "GetItemResponseMessage", "Items").First()
}

func setTimes(start, end string) string {
	return setField("calendar:Start", "<t:Start>"+start+"</t:Start>") + setField("calendar:End", "<t:End>"+end+"</t:End>")
}

func TestOccurrences_StayBetweenTheirNeighbours(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	second := refOf(o.occurrence(m, "2").Kid("ItemId")).xml("ItemId")
	for _, c := range []struct{ name, start, end, want string }{
		{"onto the day before", "2026-03-27T20:00:00Z", "2026-03-27T21:00:00Z", "ErrorOccurrenceCrossingBoundary"},
		{"past the next", "2026-03-31T10:00:00Z", "2026-03-31T11:00:00Z", "ErrorOccurrenceCrossingBoundary"},
		{"into the next", "2026-03-28T07:00:00Z", "2026-03-29T06:15:00Z", "ErrorOccurrenceTimeSpanTooBig"},
		{"up to the next", "2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "NoError"},
	} {
		if got := code(o.call(updateBody("AlwaysOverwrite", "SendToNone", second, setTimes(c.start, c.end)))); got != c.want {
			t.Errorf("moved %s: %s, want %s", c.name, got, c.want)
		}
	}
	long := timed("too long", "2026-03-27T07:00:00Z", "2026-03-28T07:15:00Z") + daily + fleZone
	if got := code(o.call(createBody(calendarItem(long), "SendToNone"))); got != "ErrorOccurrenceTimeSpanTooBig" {
		t.Errorf("a series that overlaps itself gave %s", got)
	}
}

// Another rule in the middle of an update resets the exceptions, unless the
// server looks at the rule only when all is done.
func TestRule_SetAndSetBack(t *testing.T) {
	for lazy, kept := range map[bool]bool{false: false, true: true} {
		o := newOffice(t, Options{Switches: Switches{LazyRules: lazy}})
		m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
		o.ok(deleteBody("HardDelete", `<t:OccurrenceItemId RecurringMasterId="`+m.id+`" InstanceIndex="2"/>`))
		o.ok(updateBody("AlwaysOverwrite", "SendToNone", m.xml("ItemId"), setField("calendar:Recurrence", daily)))
		if o.get(m).Kid("DeletedOccurrences") == nil {
			t.Error("the same rule once more has reset the exceptions")
		}
		o.ok(updateBody("AlwaysOverwrite", "SendToNone", m.xml("ItemId"),
			setField("calendar:Recurrence", strings.Replace(daily, ">5<", ">4<", 1))+setField("calendar:Recurrence", daily)))
		if got := o.get(m).Kid("DeletedOccurrences") != nil; got != kept {
			t.Errorf("lazy %v: deletions kept = %v, want %v", lazy, got, kept)
		}
	}
}

func TestOccurrences_HaveTheKeyOfTheirMasterOrTheirOwn(t *testing.T) {
	for own, want := range map[bool]string{false: "ErrorIrresolvableConflict", true: "NoError"} {
		o := newOffice(t, Options{Switches: Switches{OccurrenceKeys: own}})
		m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
		two, three := refOf(o.occurrence(m, "2").Kid("ItemId")), refOf(o.occurrence(m, "3").Kid("ItemId"))
		subject := setField("item:Subject", "<t:Subject>new</t:Subject>")
		changed := refOf(one(t, o.ok(updateBody("NeverOverwrite", "SendToNone", two.xml("ItemId"), subject)), "ItemId"))
		if got := code(o.call(updateBody("NeverOverwrite", "SendToNone", three.xml("ItemId"), subject))); got != want {
			t.Errorf("own keys %v: a change of another occurrence with its old key gave %s, want %s", own, got, want)
		}
		if again := refOf(o.occurrence(m, "2").Kid("ItemId")); again.key != changed.key {
			t.Errorf("own keys %v: the exception's key was %s and is %s", own, changed.key, again.key)
		}
		if now := refOf(o.get(m).Kid("ItemId")); now.key == m.key {
			t.Error("the master's change key has not moved")
		}
	}
}

// Who is invited to one occurrence alone has an entry for it without a series.
func TestInvitation_ToOneOccurrenceLeavesAnOrphan(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("stand-up", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	second := refOf(o.occurrence(m, "2").Kid("ItemId"))
	with := `<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>` + ben + `</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>`
	o.ok(updateBody("AlwaysOverwrite", "SendToAllAndSaveCopy", second.xml("ItemId"), setField("calendar:RequiredAttendees", with)))
	got, err := o.Items(ben, "calendar")
	if err != nil || len(got) != 1 || got[0].Rule != nil {
		t.Fatalf("Ben has %d entries, %v, want one without a series", len(got), err)
	}
	o.as = "ben"
	it := o.get(ref{id: got[0].ID})
	if kind, start, orig := it.KidText("CalendarItemType"), it.KidText("Start"), it.KidText("OriginalStart"); kind != "Exception" || start != "2026-03-28T07:00:00Z" || orig != start {
		t.Errorf("Ben's entry is a %s from %s, originally %s", kind, start, orig)
	}
	o.as = "anna"
	o.ok(updateBody("AlwaysOverwrite", "SendToAllAndSaveCopy", second.xml("ItemId"), setTimes("2026-03-28T08:00:00Z", "2026-03-28T08:15:00Z")))
	if got, _ = o.Items(ben, "calendar"); len(got) != 1 || got[0].Start.Hour() != 8 {
		t.Errorf("after an update Ben has %d entries, from %v", len(got), got[0].Start)
	}
	o.ok(updateBody("AlwaysOverwrite", "SendToAllAndSaveCopy", second.xml("ItemId"), `<t:DeleteItemField>`+field1("calendar:RequiredAttendees")+`</t:DeleteItemField>`))
	if got, _ = o.Items(ben, "calendar"); got[0].State&4 == 0 {
		t.Error("Ben's entry is not called off although he is no longer in it")
	}
	if n := len(o.Mail()); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
}
