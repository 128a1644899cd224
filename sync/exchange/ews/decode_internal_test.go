package ews

import (
	"bufio"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const fullItemXML = `<t:CalendarItem xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<t:ItemId Id="I1" ChangeKey="C1"/><t:ParentFolderId Id="F1" ChangeKey="FC"/><t:ItemClass>IPM.Appointment</t:ItemClass>
<t:Subject> Budget </t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="Text" IsTruncated="true">text</t:Body>
<t:Categories><t:String>Red</t:String><t:String>Blue</t:String></t:Categories><t:Importance>High</t:Importance>
<t:DateTimeCreated>2026-01-02T03:04:05Z</t:DateTimeCreated><t:ReminderIsSet>1</t:ReminderIsSet><t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>
<t:HasAttachments>false</t:HasAttachments>
<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="6F1D0A5E-91A6-4D3E-8A0F-3F2A5B8C7D10" PropertyName="Stamp" PropertyType="String"/><t:Value>sim:1</t:Value></t:ExtendedProperty>
<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="Appointment" PropertyId="33332" PropertyType="StringArray"/><t:Values><t:Value>a</t:Value><t:Value>b</t:Value></t:Values></t:ExtendedProperty>
<t:EffectiveRights><t:Delete>true</t:Delete><t:Modify>false</t:Modify><t:Read>true</t:Read></t:EffectiveRights><t:LastModifiedTime>2026-01-02T03:04:06.5Z</t:LastModifiedTime>
<t:UID>040000</t:UID><t:Start>2026-03-02T09:00:00+02:00</t:Start><t:End>2026-03-02T10:00:00</t:End><t:OriginalStart>2026-03-02T07:00:00Z</t:OriginalStart>
<t:IsAllDayEvent>false</t:IsAllDayEvent><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Location>Room</t:Location><t:When>ignored</t:When>
<t:IsMeeting>true</t:IsMeeting><t:IsCancelled>false</t:IsCancelled><t:IsRecurring>true</t:IsRecurring><t:MeetingRequestWasSent>true</t:MeetingRequestWasSent>
<t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:MyResponseType>Organizer</t:MyResponseType>
<t:Organizer><t:Mailbox><t:Name>Anna</t:Name><t:EmailAddress>anna@example.com</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:Organizer>
<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>ben@example.com</t:EmailAddress></t:Mailbox><t:ResponseType>Accept</t:ResponseType><t:LastResponseTime>2026-01-01T00:00:00Z</t:LastResponseTime></t:Attendee></t:RequiredAttendees>
<t:AppointmentSequenceNumber>2</t:AppointmentSequenceNumber><t:AppointmentState>1</t:AppointmentState>
<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-02+02:00</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>
<t:FirstOccurrence><t:ItemId Id="O1"/><t:Start>2026-03-02T07:00:00Z</t:Start><t:End>2026-03-02T08:00:00Z</t:End><t:OriginalStart>2026-03-02T07:00:00Z</t:OriginalStart></t:FirstOccurrence>
<t:ModifiedOccurrences><t:Occurrence><t:ItemId Id="O2" ChangeKey="C"/><t:Start>2026-03-09T08:00:00Z</t:Start><t:End>2026-03-09T09:00:00Z</t:End><t:OriginalStart>2026-03-09T07:00:00Z</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>
<t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-03-16T07:00:00Z</t:Start></t:DeletedOccurrence></t:DeletedOccurrences>
<t:StartTimeZone Id="FLE Standard Time" Name="(UTC+02:00) Helsinki"><t:Periods><t:Period Bias="-PT2H" Name="Standard" Id="x"/></t:Periods></t:StartTimeZone><t:EndTimeZone Id="FLE Standard Time"/>
<t:IsOrganizer>true</t:IsOrganizer></t:CalendarItem>`

func decodeText(t *testing.T, s string) CalendarItem {
	t.Helper()
	n, err := parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return decodeItem(n)
}

func zulu(s string) DateTime {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return DateTime{Raw: s, Time: t.UTC(), Zoned: true}
}

func TestDecodeItem_ReadsEveryProperty(t *testing.T) {
	got := decodeText(t, fullItemXML)
	want := CalendarItem{
		Element: "CalendarItem", ID: ItemID{"I1", "C1"}, ParentFolder: FolderID{"F1", "FC"}, ItemClass: "IPM.Appointment", Subject: " Budget ",
		Sensitivity: SensitivityPrivate, Body: Body{Type: BodyText, Text: "text", Truncated: true}, Categories: []string{"Red", "Blue"},
		Importance: ImportanceHigh, DateTimeCreated: zulu("2026-01-02T03:04:05Z"), ReminderIsSet: true, ReminderMinutes: 15,
		Extended: []ExtendedProperty{
			{URI: ExtendedFieldURI{PropertySetID: "6F1D0A5E-91A6-4D3E-8A0F-3F2A5B8C7D10", PropertyName: "Stamp", PropertyType: "String"}, Value: "sim:1"},
			{URI: ExtendedFieldURI{DistinguishedSet: "Appointment", PropertyID: 33332, PropertyType: "StringArray"}, Values: []string{"a", "b"}},
		},
		EffectiveRights: Rights{Delete: true, Read: true}, LastModified: zulu("2026-01-02T03:04:06.5Z"), UID: "040000",
		Start: zulu("2026-03-02T09:00:00+02:00"), End: DateTime{Raw: "2026-03-02T10:00:00", Time: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)},
		OriginalStart: zulu("2026-03-02T07:00:00Z"), FreeBusy: FreeBusyOOF, Location: "Room", IsMeeting: true, IsRecurring: true, MeetingRequestWasSent: true,
		Type: TypeMaster, MyResponse: ResponseOrganizer, Organizer: Recipient{Name: "Anna", Address: "anna@example.com", RoutingType: "SMTP"},
		Required:       []Attendee{{Recipient: Recipient{Address: "ben@example.com"}, Response: ResponseAccept, LastResponseTime: zulu("2026-01-01T00:00:00Z")}},
		SequenceNumber: 2, State: 1,
		Recurrence: &Recurrence{
			Pattern: Weekly, Interval: 1, Days: []DayOfWeek{Monday}, Range: RangeNumbered, Start: Date{2026, 3, 2}, Count: 10,
		},
		FirstOccurrence: &Occurrence{ItemID{ID: "O1"}, zulu("2026-03-02T07:00:00Z"), zulu("2026-03-02T08:00:00Z"), zulu("2026-03-02T07:00:00Z")},
		Modified:        []Occurrence{{ItemID{"O2", "C"}, zulu("2026-03-09T08:00:00Z"), zulu("2026-03-09T09:00:00Z"), zulu("2026-03-09T07:00:00Z")}},
		Deleted:         []DateTime{zulu("2026-03-16T07:00:00Z")}, StartTimeZone: "FLE Standard Time", EndTimeZone: "FLE Standard Time", IsOrganizer: true,
	}
	want.Present = got.Present
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("item differs (-want +got):\n%s", diff)
	}
	for _, f := range []FieldURI{FieldSubject, FieldStart, FieldIsOrganizer, fieldExtended} {
		if !got.Has(f) {
			t.Errorf("%s is not marked as present", f)
		}
	}
	for _, f := range []FieldURI{FieldOptional, FieldLastOccurrence, FieldMeetingTimeZone} {
		if got.Has(f) {
			t.Errorf("%s is marked as present", f)
		}
	}
	if p, ok := got.ExtendedValue(ExtendedFieldURI{PropertySetID: "6f1d0a5e-91a6-4d3e-8a0f-3f2a5b8c7d10", PropertyName: "Stamp"}); !ok || p.Value != "sim:1" {
		t.Errorf("stamp is %+v, %v", p, ok)
	}
}

func TestDecodeItem_OneBadPropertyCostsOnlyItself(t *testing.T) {
	const good = `<t:ItemId Id="I"/><t:Subject>kept</t:Subject>`
	for _, tc := range []struct {
		name, bad string
		field     FieldURI
	}{
		{"extended property without a value", `<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="g" PropertyName="Stamp" PropertyType="Binary"/></t:ExtendedProperty>`, "extended:Stamp"},
		{"extended property without a name", `<t:ExtendedProperty><t:Value>x</t:Value></t:ExtendedProperty>`, fieldExtended},
		{"start that is no time", `<t:Start>tomorrow</t:Start>`, FieldStart},
		{"empty start", `<t:Start/>`, FieldStart},
		{"flag that is neither", `<t:IsAllDayEvent>perhaps</t:IsAllDayEvent>`, FieldIsAllDay},
		{"unknown sensitivity", `<t:Sensitivity>Odd</t:Sensitivity>`, FieldSensitivity},
		{"number that is none", `<t:ReminderMinutesBeforeStart>soon</t:ReminderMinutesBeforeStart>`, FieldReminderMinutes},
		{"recurrence without a range", `<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence></t:Recurrence>`, FieldRecurrence},
		{"body without a type", `<t:Body>x</t:Body>`, FieldBody},
		{"deleted occurrence without a start", `<t:DeletedOccurrences><t:DeletedOccurrence/></t:DeletedOccurrences>`, FieldDeleted},
		{"attendee with an odd answer", `<t:RequiredAttendees><t:Attendee><t:Mailbox/><t:ResponseType>Shrug</t:ResponseType></t:Attendee></t:RequiredAttendees>`, FieldRequired},
	} {
		t.Run(tc.name, func(t *testing.T) {
			it := decodeText(t, `<t:CalendarItem xmlns:t="x">`+good+tc.bad+`<t:Location>kept</t:Location></t:CalendarItem>`)
			if it.Subject != "kept" || it.Location != "kept" || it.ID.ID != "I" {
				t.Errorf("the rest of the item was lost: %+v", it)
			}
			if len(it.Problems) != 1 || it.Problems[0].Field != tc.field || it.Problems[0].Reason == "" {
				t.Errorf("problems are %+v, want one of %s", it.Problems, tc.field)
			}
		})
	}
}

func TestParse_RefusesWhatIsNoDocument(t *testing.T) {
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	for _, s := range []string{
		"", "text", "<a>", "<a></b>", "<a/><b/>", deep, `<?xml version="1.0" encoding="utf-16"?><a/>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
	} {
		if n, err := parse([]byte(s)); err == nil {
			t.Errorf("%q was read as %+v", s, n)
		}
	}
}

func TestSanitize_ChangesOnlyWhatIsIllegal(t *testing.T) {
	for in, want := range map[string]string{
		"plain äö €":              "plain äö €",
		"tab\tline\r\n":           "tab\tline\r\n",
		"a\x00b":                  "a\uFFFDb",
		"&#x1A;&#0;&#26;":         "\uFFFD\uFFFD\uFFFD",
		"&#xD800;&#xFFFF;":        "\uFFFD\uFFFD",
		"&#x41;&#65;&amp;&lt;":    "&#x41;&#65;&amp;&lt;",
		"&#9;&#xA;&#xD;":          "&#9;&#xA;&#xD;",
		"&#99999999999;":          "&#99999999999;",
		"&#x110000;":              "\uFFFD",
		"\xff\xfe":                "\uFFFD\uFFFD",
		"\uFFFE":                  "\uFFFD",
		"&#;&#x;&":                "&#;&#x;&",
		"\uFFFD stays, so does 𝄞": "\uFFFD stays, so does 𝄞",
	} {
		if got := string(sanitize([]byte(in))); got != want {
			t.Errorf("sanitize(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestEscape_TextSurvivesTheParser writes any text and reads it back as CleanText says.
func TestEscape_TextSurvivesTheParser(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text") + string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes"))
		e := &encoder{}
		e.open("a", "b", s)
		e.escape(s, false)
		e.close("a")
		n, err := parse(e.b)
		if err != nil {
			t.Fatalf("%q: %v", e.b, err)
		}
		if want := CleanText(s); n.text != want || n.attr("b") != want {
			t.Fatalf("text %q and attribute %q, want %q", n.text, n.attr("b"), want)
		}
	})
}

func TestRecurrence_SurvivesTheWire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) DayOfWeek {
			return DayOfWeek(rapid.IntRange(int(Sunday), int(WeekendDay)).Draw(t, "day"))
		})
		r := &Recurrence{Pattern: Pattern(rapid.IntRange(int(RelativeYearly), int(Daily)).Draw(t, "pattern")), Start: Date{2026, 3, 2}}
		r.Range = RangeKind(rapid.IntRange(0, 2).Draw(t, "range"))
		switch r.Range {
		case RangeEndDate:
			r.End = Date{2027, 1, 31}
		case RangeNumbered:
			r.Count = rapid.IntRange(1, maxCount).Draw(t, "count")
		case RangeNoEnd:
		}
		switch r.Pattern {
		case RelativeYearly, RelativeMonthly:
			r.Days, r.Index = []DayOfWeek{day.Draw(t, "day")}, DayIndex(rapid.IntRange(1, 5).Draw(t, "index"))
		case AbsoluteYearly, AbsoluteMonthly:
			r.DayOfMonth = rapid.IntRange(1, 31).Draw(t, "day of month")
		case Weekly:
			r.Days, r.FirstDay = rapid.SliceOfN(day, 1, 3).Draw(t, "days"), Monday
		case Daily, PatternNone:
		}
		switch r.Pattern {
		case RelativeYearly, AbsoluteYearly:
			r.Month = time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		case RelativeMonthly, AbsoluteMonthly, Weekly, Daily:
			r.Interval = rapid.IntRange(1, maxInterval).Draw(t, "interval")
		case PatternNone:
		}
		e := &encoder{version: Exchange2016}
		encodeRecurrence(e, r)
		if e.err != nil {
			t.Fatal(e.err)
		}
		n, err := parse([]byte(strings.ReplaceAll(string(e.b), "t:", "")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeRecurrence(n)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEncode_RefusesWhatTheServerWouldMisread(t *testing.T) {
	ok := CalendarItem{Subject: "x", StartTimeZone: "UTC", MeetingTimeZone: "UTC"}
	for _, tc := range []struct {
		name   string
		v      Version
		item   CalendarItem
		fields []FieldURI
	}{
		{"read-only property", Exchange2016, ok, []FieldURI{FieldIsMeeting}},
		{"unknown property", Exchange2016, ok, []FieldURI{"item:Nothing"}},
		{"start without a time", Exchange2016, ok, []FieldURI{FieldStart}},
		{"no free/busy status", Exchange2016, ok, []FieldURI{FieldFreeBusy}},
		{"truncated body", Exchange2016, CalendarItem{Body: Body{Text: "x", Truncated: true}}, []FieldURI{FieldBody}},
		{"empty attendee list", Exchange2016, ok, []FieldURI{FieldRequired}},
		{"attendee without an address", Exchange2016, CalendarItem{Required: make([]Attendee, 1)}, []FieldURI{FieldRequired}},
		{"zone without an id", Exchange2016, CalendarItem{}, []FieldURI{FieldEndTimeZone}},
		{"negative reminder", Exchange2016, CalendarItem{ReminderMinutes: -1}, []FieldURI{FieldReminderMinutes}},
		{"unknown sensitivity", Exchange2016, CalendarItem{Sensitivity: 9}, []FieldURI{FieldSensitivity}},
		{"no recurrence", Exchange2016, ok, []FieldURI{FieldRecurrence}},
		{"weekly without days", Exchange2016, CalendarItem{Recurrence: &Recurrence{Pattern: Weekly, Interval: 1, Start: Date{2026, 1, 1}}}, []FieldURI{FieldRecurrence}},
		{"extended property without a value", Exchange2016, CalendarItem{Extended: []ExtendedProperty{{URI: ExtendedFieldURI{PropertyTag: "0x1", PropertyType: "String"}, Missing: true}}}, nil},
		{"extended property without a type", Exchange2016, CalendarItem{Extended: []ExtendedProperty{{URI: ExtendedFieldURI{PropertyTag: "0x1"}}}}, nil},
	} {
		e := &encoder{version: tc.v}
		encodeNewItem(e, &tc.item, tc.fields)
		if ClassOf(e.err) != ClassInvalid {
			t.Errorf("%s: error is %v, want one of class %s", tc.name, e.err, ClassInvalid)
		}
	}
}

func FuzzDecodeAnswer(f *testing.F) {
	f.Add([]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetItemResponse><ResponseMessages><GetItemResponseMessage ResponseClass="Success"><Items>` +
		fullItemXML + `</Items></GetItemResponseMessage></ResponseMessages></GetItemResponse></s:Body></s:Envelope>`))
	f.Add([]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>a:ErrorServerBusy</faultcode></s:Fault></s:Body></s:Envelope>`))
	f.Add([]byte("<html>"))
	op := operation{name: opGetItem, inputs: 2, write: true, perItem: true}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := decodeAnswer(op, b)
		if err != nil {
			var e *Error
			if errors.As(err, &e) && e.Class == ClassUnclassified {
				t.Error("a fault has no class")
			}
			return
		}
		if len(a.messages) != op.inputs {
			t.Errorf("%d outcomes for %d inputs", len(a.messages), op.inputs)
		}
		for _, r := range a.items(op.name, true) {
			if (r.Err == nil) != (r.Item.ID.ID != "") {
				t.Errorf("a result is neither item nor error: %+v", r)
			}
			if !utf8.ValidString(r.Item.Subject) {
				t.Error("text is not valid utf-8")
			}
		}
	})
}

func FuzzDecodeFolders(f *testing.F) {
	f.Add([]byte(`<RootFolder IndexedPagingOffset="2" IncludesLastItemInRange="false"><Folders><CalendarFolder><FolderId Id="C"/></CalendarFolder><SearchFolder/></Folders></RootFolder>`))
	f.Add([]byte(`<RootFolder IncludesLastItemInRange="true"><Folders><Folder/></Folders></RootFolder>`))
	f.Add([]byte(`<RootFolder/>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := parse(b)
		if err != nil {
			return
		}
		p := decodeFolders(root)
		if p.err != nil && len(p.folders) > 0 {
			t.Errorf("%d folders beside the error", len(p.folders))
		}
		for _, l := range p.folders {
			if l.ID.ID == "" {
				t.Error("a folder has no id")
			}
		}
	})
}

func FuzzParseDateTime(f *testing.F) {
	for _, s := range []string{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+02:00", "2026-01-02T03:04:05", "", "2026-13-01T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDateTime(s)
		if err != nil {
			return
		}
		if w, err := wireTime(d.Time); err == nil {
			again, err := parseDateTime(w)
			if err != nil || !again.Time.Equal(d.Time.Truncate(time.Second)) {
				t.Errorf("%q went out as %q and came back as %v (%v)", s, w, again.Time, err)
			}
		}
	})
}

func FuzzDecodeRecurrence(f *testing.F) {
	f.Add([]byte(`<Recurrence><RelativeYearlyRecurrence><DaysOfWeek>Monday</DaysOfWeek><DayOfWeekIndex>Last</DayOfWeekIndex><Month>May</Month></RelativeYearlyRecurrence><NoEndRecurrence><StartDate>2026-03-02Z</StartDate></NoEndRecurrence></Recurrence>`))
	f.Add([]byte(`<Recurrence><DailyRecurrence><Interval>1</Interval></DailyRecurrence><EndDateRecurrence><StartDate>2026-03-02</StartDate><EndDate>2026-04-02-08:00</EndDate></EndDateRecurrence></Recurrence>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := parse(b)
		if err != nil {
			return
		}
		r, err := decodeRecurrence(n)
		if err != nil {
			return
		}
		e := &encoder{version: Exchange2016}
		encodeRecurrence(e, r)
		if e.err != nil {
			t.Errorf("a rule that was read cannot be written: %v", e.err)
		}
	})
}

func TestParse_ReadsAByteOrderMark(t *testing.T) {
	if n, err := parse([]byte("\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>b</a>")); err != nil || n.text != "b" {
		t.Errorf("parsed to %+v (%v)", n, err)
	}
}

// A document of nothing but tags is given up on at once, and not after hours of looking for its end.
func TestNextDocument_OfManyTagsIsReadOnce(t *testing.T) {
	ended := make(chan error, 1)
	go func() {
		_, err := nextDocument(bufio.NewReader(strings.NewReader(strings.Repeat("<b>", maxStreamed/2))))
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "too long") {
			t.Errorf("err = %v, want that it is too long", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("it is still being looked through")
	}
	for _, end := range []string{"</Envelope>", "</s:Envelope >", "<a></soap:Envelope\n>"} {
		doc, err := nextDocument(bufio.NewReader(strings.NewReader(strings.Repeat("<b/>", 1000) + end + "<next>")))
		if err != nil || !strings.HasSuffix(string(doc), end) {
			t.Errorf("the document that ends with %q: %v", end, err)
		}
	}
}
