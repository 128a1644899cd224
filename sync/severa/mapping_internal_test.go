package severa

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

func testView() view {
	people := newDirectory([]User{
		{ID: "a", Name: "Anna", Address: "anna@office.test", Zone: "Europe/Helsinki", Active: true},
		{ID: "b", Name: "Ben", Address: "ben@office.test", Zone: "America/New_York", Active: true},
		{ID: "t1", Name: "Twin", Address: "twin@office.test", Zone: "UTC", Active: true},
		{ID: "t2", Name: "Twin", Address: "twin@office.test", Zone: "UTC", Active: true},
		{ID: "x", Name: "Gone", Address: "gone@office.test", Zone: "UTC"},
	})
	types := []Type{
		{ID: "plain", Name: "Meeting", Group: event.GroupCalendar, Default: true, Active: true},
		{ID: "secret", Name: "Personal", Group: event.GroupPersonal, Active: true},
	}
	return view{
		self: "a", zone: "Europe/Helsinki", kinds: newKinds(types, ""), people: people, org: "Europe/Helsinki",
		fields: event.FieldSubject | event.FieldWhen | event.FieldLocation | event.FieldNotes |
			event.FieldKind | event.FieldDone | event.FieldAttendees | event.FieldPrivate,
	}
}

func at(s string) api.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return api.At(t)
}

func single(start, end string) api.Activity {
	a := api.Activity{
		GUID: "1", Name: "x", Start: at(start), HasDuration: true, LastUpdated: at("2026-01-01T00:00:00Z"),
		OwnerUser: api.OwnerRef{GUID: "A"}, ActivityType: api.TypeRef{GUID: "plain", Category: api.CategoryCalendarEntry},
	}
	if end != "" {
		a.End = at(end)
	}
	return a
}

func TestItem_ReadsTimes(t *testing.T) {
	day := func(m time.Month, d int) event.Date { return event.Date{Year: 2026, Month: m, Day: d} }
	wall := func(d event.Date, h, m int) event.Wall { return event.Wall{Date: d, Hour: h, Minute: m} }
	for _, c := range []struct {
		name       string
		start, end string
		allDay     bool
		owner      string
		want       event.Span
		code       string
	}{
		{
			name: "any offset", start: "2026-03-02T02:00:00-05:00", end: "2026-03-02T08:30:00Z",
			want: event.Span{Start: wall(day(3, 2), 9, 0), End: wall(day(3, 2), 10, 30), Zone: "Europe/Helsinki"},
		},
		{
			name: "an hour that clocks show twice", start: "2026-10-25T01:30:00Z", end: "2026-10-25T02:00:00Z",
			want: event.Span{Start: wall(day(10, 25), 1, 30), End: wall(day(10, 25), 2, 0), Zone: "UTC"},
		},
		{
			name: "no end", start: "2026-03-02T07:00:00Z",
			want: event.Span{Start: wall(day(3, 2), 9, 0), End: wall(day(3, 2), 9, 0), Zone: "Europe/Helsinki"},
		},
		{name: "ends before it starts", start: "2026-03-02T07:00:00Z", end: "2026-03-02T06:00:00Z", code: CodeBadTimes},
		{name: "days of the documents' example", start: "2026-12-15T22:00:00Z", end: "2026-12-20T22:00:00Z", allDay: true, want: event.AllDay(day(12, 16), day(12, 21))},
		{name: "a day without end", start: "2026-12-15T22:00:00Z", allDay: true, want: event.AllDay(day(12, 16), day(12, 17))},
		{name: "a day of 23 hours", start: "2026-03-28T22:00:00Z", end: "2026-03-29T21:00:00Z", allDay: true, want: event.AllDay(day(3, 29), day(3, 30))},
		{name: "midnights of UTC", start: "2026-03-02T00:00:00Z", end: "2026-03-03T00:00:00Z", allDay: true, want: event.AllDay(day(3, 2), day(3, 3))},
		{name: "midnights of another owner", start: "2026-03-02T05:00:00Z", end: "2026-03-03T05:00:00Z", allDay: true, owner: "B", want: event.AllDay(day(3, 2), day(3, 3))},
		{name: "nobody's midnights", start: "2026-03-02T03:17:00Z", end: "2026-03-03T03:17:00Z", allDay: true, code: CodeBadTimes},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := single(c.start, c.end)
			a.IsAllDay = c.allDay
			if c.owner != "" {
				a.OwnerUser.GUID = c.owner
			}
			it, e := testView().item(a, nil)
			if c.code != "" {
				if e == nil || e.Code != c.code {
					t.Fatalf("error = %v, want %s", e, c.code)
				}
				return
			}
			if e != nil {
				t.Fatal(e)
			}
			if d := cmp.Diff(c.want, it.When); d != "" {
				t.Errorf("when (-want +got):\n%s", d)
			}
		})
	}
}

func TestItem_ListsOtherActiveUsersWhoHaveAnAddressOfTheirOwn(t *testing.T) {
	a := single("2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z")
	rows := []api.Participant{
		{ParticipantGUID: "B", Type: api.ParticipantUser},
		{ParticipantGUID: "a", Type: api.ParticipantUser},
		{ParticipantGUID: "x", Type: api.ParticipantUser},
		{ParticipantGUID: "t1", Type: api.ParticipantUser},
		{ParticipantGUID: "c", Type: api.ParticipantContact, Email: "carl@client.test"},
	}
	v := testView()
	members := memberIDs(v.people, "a", rows)
	if d := cmp.Diff([]string{"b", "t1"}, members); d != "" {
		t.Errorf("members (-want +got):\n%s", d)
	}
	it, e := v.item(a, members)
	if e != nil {
		t.Fatal(e)
	}
	if d := cmp.Diff([]event.Attendee{{Address: "ben@office.test", Name: "Ben"}}, it.Attendees); d != "" {
		t.Errorf("attendees (-want +got):\n%s", d)
	}
	if !it.Meeting || it.Organizer != "anna@office.test" || it.Standing != event.StandingOwner {
		t.Errorf("meeting %v, organizer %q, standing %v", it.Meeting, it.Organizer, it.Standing)
	}
}

func TestRecurs_KnowsAnOccurrenceByAnySign(t *testing.T) {
	for name, a := range map[string]api.Activity{
		"composite id": {GUID: "1;2"},
		"parent":       {GUID: "1", RecurrenceParentActivityGUID: "2"},
		"rule":         {GUID: "1", Recurrence: &api.Recurrence{}},
		"type":         {GUID: "1", RecurrenceType: api.RecurrenceException},
	} {
		if !recurs(a) {
			t.Errorf("%s: taken for a single entry", name)
		}
	}
	if recurs(api.Activity{GUID: "1", RecurrenceType: api.RecurrenceNone}) {
		t.Errorf("a single entry is taken for a series")
	}
	if got := seriesOf(api.Activity{GUID: "1;2"}); got != "1" {
		t.Errorf("series of 1;2 = %q, want 1", got)
	}
}

func TestMidnights_TryOwnerThenOrganisationThenUTC(t *testing.T) {
	v := testView()
	v.org = "Asia/Tokyo"
	var got []string
	for _, loc := range v.midnights("b")[:3] {
		got = append(got, loc.String())
	}
	if d := cmp.Diff([]string{"America/New_York", "Asia/Tokyo", "UTC"}, got); d != "" {
		t.Errorf("zones (-want +got):\n%s", d)
	}
}

func TestVersion_TellsMembersApart(t *testing.T) {
	a := single("2026-03-02T07:00:00Z", "")
	seen := map[event.Version]bool{}
	for _, members := range [][]string{nil, {"b"}, {"c"}, {"b", "c"}} {
		seen[versionOf(a, members)] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d versions of 4 memberships", len(seen))
	}
	b := a
	b.LastUpdated = api.At(a.LastUpdated.In(time.FixedZone("", 7200)))
	if versionOf(a, nil) != versionOf(b, nil) {
		t.Errorf("one moment in two offsets has two versions")
	}
}

func TestKinds_ChooseNoTypeThatHidesOrNeverSyncs(t *testing.T) {
	types := []Type{
		{ID: "task", Group: event.GroupProjectTask, Default: true, Active: true},
		{ID: "secret", Group: event.GroupPersonal, Active: true},
		{ID: "old", Group: event.GroupPersonal},
		{ID: "absence", Group: event.GroupAbsence, Active: true},
		{ID: "meeting", Group: event.GroupCalendar, Active: true},
	}
	for _, own := range []string{"", "task", "secret", "unknown"} {
		k := newKinds(types, own)
		if k.plain.ID != "meeting" || k.personal.ID != "secret" {
			t.Errorf("own %q: plain %q, personal %q", own, k.plain.ID, k.personal.ID)
		}
	}
	if k := newKinds(types[:3], ""); k.plain.ID != "" {
		t.Errorf("plain = %q of types that all hide or never sync", k.plain.ID)
	}
}

// FuzzItem holds whatever the service may send to two promises: an item or an
// error and never both, and an item that normalizing leaves alone. What is a
// part of a series is told by its callers, who know the series.
func FuzzItem(f *testing.F) {
	f.Add([]byte(`{"guid":"1","name":" a\u0000\r\nb ","startDateTime":"2026-03-02T09:00:00+02:00","endDateTime":null,"isAllDay":true,"lastUpdatedDateTime":"2026-03-02T09:00:00Z","ownerUser":{"guid":"a"},"activityType":{"guid":"t","category":"Personal"}}`))
	f.Add([]byte(`{"guid":"1;2","name":"x","startDateTime":"2026-10-25T01:30:00Z","endDateTime":"2026-10-25T00:30:00Z","lastUpdatedDateTime":"2026-03-02T09:00:00Z"}`))
	f.Add([]byte(`{"guid":"1","startDateTime":"0001-01-01T00:00:00Z","recurrence":{"frequency":"Weekly"},"recurrenceType":"Odd"}`))
	f.Add([]byte(`{"guid":"1","name":"","location":"\ud83d\ude00","startDateTime":"9999-12-31T23:59:59.999Z","endDateTime":"9999-12-31T23:59:59.999Z","lastUpdatedDateTime":"2026-03-02T09:00:00Z"}`))
	v := testView()
	f.Fuzz(func(t *testing.T, data []byte) {
		var a api.Activity
		if json.Unmarshal(data, &a) != nil {
			return
		}
		it, e := v.item(a, []string{"b"})
		if (it == nil) == (e == nil) {
			t.Fatalf("item %v, error %v", it, e)
		}
		if it == nil {
			return
		}
		if it.Kind.ID == "" {
			return // no activity is without a type; what it becomes is the default
		}
		if d := cmp.Diff(it.Event, v.normalize(it.Event), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("normalizing changes what was read (-read +normalized):\n%s", d)
		}
	})
}
