package foreign

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

func TestCurl_FollowsTheFeed(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	sync := func(state string, most int) answer {
		return o.curl(t, "syncfolderitems", values{"State": state, "Max": most}).expect(t, "NoError")
	}
	empty := sync("", 512)
	if got := empty.first("IncludesLastItemInRange").text; got != "true" {
		t.Errorf("IncludesLastItemInRange of an empty folder = %q, want true", got)
	}
	ids, _ := o.entries(t, 5)
	first := sync("", 3)
	second := sync(first.first("SyncState").text, 3)
	if diff := cmp.Diff([]string{"false", "true"}, append(first.texts("IncludesLastItemInRange"), second.texts("IncludesLastItemInRange")...)); diff != "" {
		t.Errorf("IncludesLastItemInRange (-want +got)\n%s", diff)
	}
	if got := len(first.all("Create")) + len(second.all("Create")); got != 5 {
		t.Errorf("entries in two pages = %d, want 5", got)
	}
	if got := first.first("Subject").text; got != "Entry 4" {
		t.Errorf("first entry of the feed = %q, want the newest", got)
	}
	o.curl(t, "deleteitem", values{"IDs": ids[:1]}).expect(t, "NoError")
	known := sync(second.first("SyncState").text, 512)
	if diff := cmp.Diff(ids[:1], known.first("Delete").attrs("ItemId", "Id")); diff != "" {
		t.Errorf("deleted entries for a state that knew them (-want +got)\n%s", diff)
	}
	if got := sync(empty.first("SyncState").text, 512); len(got.all("Delete")) != 0 || len(got.all("Create")) != 4 {
		t.Errorf("a state that never knew the deleted entry hears of %d deletions and %d entries, want 0 and 4", len(got.all("Delete")), len(got.all("Create")))
	}
	o.curl(t, "syncfolderitems", values{"State": "rubbish", "Max": 512}).expect(t, "ErrorInvalidSyncStateData")
	if got := o.curl(t, "syncfolderitems", values{"Max": 513}); got.first("ResponseCode").text == "NoError" {
		t.Error("513 changes in a page were allowed, want at most 512")
	}
}

func TestCurl_AnswersBatchesItemByItem(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	ids, keys := o.entries(t, 3)
	for i, id := range ids {
		if len(id) < 140 || len(id)%4 != 0 {
			t.Errorf("id %d has %d characters, want at least 140 in whole groups", i, len(id))
		}
	}
	o.curl(t, "deleteitem", values{"IDs": ids[1:2]}).expect(t, "NoError")
	got := o.curl(t, "getitem", values{"IDs": ids, "Fields": []string{"item:Subject"}}).expect(t, "NoError", "ErrorItemNotFound", "NoError")
	if diff := cmp.Diff([]string{"Entry 0", "Entry 2"}, got.texts("Subject")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	changes := []values{{"ID": ids[0], "Key": keys[0]}, {"ID": ids[1]}, {"ID": ids[2], "Key": keys[2]}}
	updated := o.curl(t, "updateitem", values{"Conflict": "NeverOverwrite", "Subject": "One", "Items": changes}).expect(t, "NoError", "ErrorItemNotFound", "NoError")
	if got := updated.all("ConflictResults"); len(got) != 2 {
		t.Errorf("%d conflict results, want one for each success", len(got))
	}
	if got := updated.attrs("ItemId", "ChangeKey"); slices.Contains(got, keys[0]) || slices.Contains(got, keys[2]) {
		t.Error("a change key stayed the same over a change")
	}
	stale := values{"Conflict": "NeverOverwrite", "Subject": "Two", "Items": changes[:1]}
	o.curl(t, "updateitem", stale).expect(t, "ErrorIrresolvableConflict")
	stale["Conflict"] = "AlwaysOverwrite"
	o.curl(t, "updateitem", stale).expect(t, "NoError")
	if got := o.wrote("UpdateItem", anna); got != 3 {
		t.Errorf("entries updated = %d, want 3", got)
	}
}

func TestCurl_ReadsValuesInEveryForm(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	made := o.curl(t, "createitem_forms", nil).expect(t, "NoError")
	master := made.attrs("ItemId", "Id")
	fields := []string{"calendar:Start", "calendar:End", "item:ReminderIsSet", "calendar:IsResponseRequested", "calendar:CalendarItemType", "calendar:Recurrence"}
	got := o.curl(t, "getitem", values{"IDs": master, "Fields": fields}).expect(t, "NoError")
	read := map[string]string{}
	for _, name := range []string{"Start", "End", "ReminderIsSet", "IsResponseRequested", "CalendarItemType", "NumberOfOccurrences"} {
		read[name] = got.first(name).text
	}
	want := map[string]string{
		"Start": "2026-03-02T07:00:00Z", "End": "2026-03-02T08:00:00Z", "ReminderIsSet": "false", "IsResponseRequested": "true",
		"CalendarItemType": "RecurringMaster", "NumberOfOccurrences": "3",
	}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	second := o.curl(t, "getitem", values{"Occurrence": master[0], "Fields": fields}).expect(t, "NoError")
	if got := second.first("Start").text; got != "2026-03-09T07:00:00Z" {
		t.Errorf("start of the second occurrence = %q", got)
	}
	back := o.curl(t, "getitem", values{"Master": second.first("ItemId").attr["Id"]}).expect(t, "NoError")
	if diff := cmp.Diff(master, back.attrs("ItemId", "Id")); diff != "" {
		t.Errorf("master of the occurrence (-want +got)\n%s", diff)
	}

	wall := o.curl(t, "createitem_zoneless", nil).expect(t, "NoError").attrs("ItemId", "Id")
	if got := o.curl(t, "getitem", values{"IDs": wall, "Fields": fields}).first("Start").text; got != "2026-07-01T06:00:00Z" {
		t.Errorf("09:00 without a zone under Finnish summer time = %q, want 06:00Z", got)
	}
}

// exchangelib asks for the fields of every class of item at once.
func TestCurl_PassesOverFieldsOfOtherClasses(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	ids, _ := o.entries(t, 1)
	got := o.curl(t, "getitem", values{
		"IDs": ids, "Fields": strings.Fields("item:Subject contacts:DisplayName task:DueDate message:From meeting:IsOutOfDate calendar:Location"),
		"Indexed": []string{`FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress1"`, `FieldURI="contacts:PhysicalAddress:City" FieldIndex="Home"`},
	}).expect(t, "NoError")
	if got := got.first("Subject").text; got != "Entry 0" {
		t.Errorf("subject = %q", got)
	}
}

func TestCurl_AnswersMeetingByReference(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	o.AddAccount("dora", password)
	if err := o.AddMailbox(ewssim.MailboxInfo{Primary: "dora@office.test", Account: "dora"}); err != nil {
		t.Fatal(err)
	}
	as := func(user, file string, v values) answer {
		got := o.raw(t, request(t, file, v), "--ntlm", "-u", `OFFICE\`+user+":"+password)
		got.node = parse(t, got.body)
		return got.expect(t, "NoError")
	}
	made := as("anna", "createitem_meeting", values{"Attendee": "dora@office.test"})
	copied := as("dora", "finditem", values{"Folder": "calendar"}).first("ItemId").attr
	as("dora", "respond", values{"Answer": "AcceptItem", "Disposition": "SendAndSaveCopy", "ID": copied["Id"], "Key": copied["ChangeKey"]})

	ids := made.attrs("ItemId", "Id")
	got := as("anna", "getitem", values{"IDs": ids, "Fields": []string{"calendar:RequiredAttendees", "calendar:IsMeeting"}})
	if response := got.first("RequiredAttendees").first("ResponseType").text; response != "Accept" {
		t.Errorf("response in the organiser's copy = %q, want Accept", response)
	}
	as("anna", "respond", values{
		"Answer": "CancelCalendarItem", "Disposition": "SendAndSaveCopy", "ID": ids[0], "Key": got.first("ItemId").attr["ChangeKey"], "Text": "Not today",
	})
	var kinds []ewssim.MailKind
	for _, m := range o.Mail() {
		kinds = append(kinds, m.Kind)
	}
	if diff := cmp.Diff([]ewssim.MailKind{ewssim.MailRequest, ewssim.MailResponse, ewssim.MailCancellation}, kinds); diff != "" {
		t.Errorf("mail (-want +got)\n%s", diff)
	}
}

func TestCurl_SpeaksICalendarForDavMail(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	lines := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:by-hand-1\r\nDTSTAMP:20260301T080000Z\r\n" +
		"DTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nSUMMARY:From iCalendar\\, by hand\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	made := o.curl(t, "createitem_mime", values{"Mime": base64.StdEncoding.EncodeToString([]byte(lines))}).expect(t, "NoError")
	got := o.curl(t, "getitem", values{
		"IDs": made.attrs("ItemId", "Id"), "Mime": true, "Fields": []string{"item:Subject", "calendar:Start", "calendar:UID"},
		"Extended": []string{`PropertyTag="0x10f3" PropertyType="String"`},
	}).expect(t, "NoError")
	read := []string{got.first("Subject").text, got.first("Start").text, got.first("Value").text}
	if diff := cmp.Diff([]string{"From iCalendar, by hand", "2026-03-05T09:00:00Z", "entry.EML"}, read); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	mime, err := base64.StdEncoding.DecodeString(got.first("MimeContent").text)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(mime), "BEGIN:VCALENDAR") || !strings.Contains(string(mime), "END:VCALENDAR") {
		t.Errorf("MIME content is no bare iCalendar: %q", mime)
	}
}

func TestCurl_ComputesAndEchoesExtendedFields(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	ids, _ := o.entries(t, 3)
	fields := []string{
		`PropertyTag="0xe23" PropertyType="Integer"`, `PropertyTag="0x3007" PropertyType="SystemTime"`, `PropertyTag="0x3008" PropertyType="SystemTime"`,
		`PropertyTag="0x37" PropertyType="String"`, `PropertyTag="0x1a" PropertyType="String"`, `PropertyTag="0x36" PropertyType="Integer"`,
		`DistinguishedPropertySetId="Appointment" PropertyId="33315" PropertyType="Boolean"`, stampField,
	}
	got := o.curl(t, "getitem", values{"IDs": ids, "Extended": fields}).expect(t, "NoError", "NoError", "NoError")
	last := 0
	for i, item := range got.all("CalendarItem") {
		read := make(map[string]string)
		for _, p := range item.all("ExtendedProperty") {
			a := p.first("ExtendedFieldURI").attr
			read[a["PropertyTag"]+a["PropertyId"]+a["PropertyName"]] = p.first("Value").text
		}
		var number int
		if _, err := fmt.Sscan(read["0xe23"], &number); err != nil || number <= last {
			t.Errorf("number of entry %d = %q after %d, want it to grow", i, read["0xe23"], last)
		}
		last = number
		for _, tag := range []string{"0x3007", "0x3008"} {
			if len(read[tag]) != 20 || !strings.HasSuffix(read[tag], "Z") {
				t.Errorf("time %s = %q, want 20 characters", tag, read[tag])
			}
			delete(read, tag)
		}
		delete(read, "0xe23")
		want := map[string]string{
			"0x37": fmt.Sprintf("Entry %d", i), "0x1a": "IPM.Appointment", "0x36": "0", "33315": "false", "ForeignStamp": fmt.Sprintf("activity;%d", i),
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("entry %d (-want +got)\n%s", i, diff)
		}
	}
}
