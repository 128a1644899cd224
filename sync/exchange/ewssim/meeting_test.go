package ewssim

import (
	"strings"
	"testing"
	"time"
)

const guests = `<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>ben@office.test</t:EmailAddress></t:Mailbox></t:Attendee><t:Attendee><t:Mailbox><t:Name>Guest</t:Name><t:EmailAddress>guest@elsewhere.test</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>`

func TestMeetings_MailNobodyUnlessAsked(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("quiet", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z") + guests)
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", r.xml("ItemId"), setField("item:Subject", "<t:Subject>still quiet</t:Subject>")))
	o.ok(deleteBody("MoveToDeletedItems", r.xml("ItemId")))
	if got := o.Mail(); len(got) != 0 {
		t.Errorf("%d people were mailed, want 0: %v", len(got), got)
	}
	if got, _ := o.Items(ben, ""); len(got) != 0 {
		t.Errorf("ben got %d items, want 0", len(got))
	}
}

func TestMeetings_ReachInternalAttendees(t *testing.T) {
	o := newOffice(t, Options{})
	n := o.ok(createBody(calendarItem(timed("loud", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")+guests), "SendToAllAndSaveCopy"))
	r := refOf(one(t, n, "ItemId"))
	mail := o.Mail()
	if len(mail) != 2 || !mail[0].Internal || mail[1].Internal || mail[1].To != "guest@elsewhere.test" || mail[0].Kind != MailRequest {
		t.Fatalf("mail = %v, want requests to ben and the guest", mail)
	}
	org, _ := o.Items(anna, "calendar")
	got, _ := o.Items(ben, "calendar")
	if len(got) != 1 || got[0].UID != org[0].UID || got[0].ID == r.id || got[0].State != 3 || got[0].MyResponse != "NoResponseReceived" {
		t.Fatalf("ben's copy = %+v", got)
	}
	copyRef := ref{got[0].ID, got[0].ChangeKey}
	o.as = "ben"
	it := o.get(copyRef)
	for name, want := range map[string]string{"IsOrganizer": "false", "IsMeeting": "true", "AppointmentState": "3", "LegacyFreeBusyStatus": "Tentative"} {
		if got := it.KidText(name); got != want {
			t.Errorf("copy's %s = %q, want %q", name, got, want)
		}
	}
	accept := `<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:AcceptItem>` + copyRef.xml("ReferenceItemId") + `</t:AcceptItem></m:Items></m:CreateItem>`
	o.ok(accept)
	if got := code(o.call(strings.Replace(accept, ` MessageDisposition="SendAndSaveCopy"`, "", 1))); got != "ErrorMessageDispositionRequired" {
		t.Errorf("without a disposition: %s", got)
	}
	o.as = "anna"
	if got := all(o.get(r), "ResponseType")[0].Text; got != "Accept" {
		t.Errorf("organiser sees %q, want Accept", got)
	}
	cancel := `<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:CancelCalendarItem>` + refOf(o.get(r).Kid("ItemId")).xml("ReferenceItemId") + `</t:CancelCalendarItem></m:Items></m:CreateItem>`
	o.ok(cancel)
	after, _ := o.Items(ben, "calendar")
	if after[0].State != 7 {
		t.Errorf("ben's copy has state %d after the cancellation, want 7", after[0].State)
	}
	if got := len(o.Mail()); got != 5 {
		t.Errorf("%d mails, want 5 (2 requests, 1 response, 2 cancellations)", got)
	}
}

func TestResponses_AreRefusedToTheOrganiser(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z") + guests)
	body := `<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:DeclineItem>` + r.xml("ReferenceItemId") + `</t:DeclineItem></m:Items></m:CreateItem>`
	if got := code(o.call(body)); got != "ErrorCalendarIsOrganizerForDecline" {
		t.Errorf("code = %s, want ErrorCalendarIsOrganizerForDecline", got)
	}
}

func TestUpdate_MailsOnlyChangedWhenAsked(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z") + guests)
	one := strings.Replace(guests, `<t:Attendee><t:Mailbox><t:EmailAddress>ben@office.test</t:EmailAddress></t:Mailbox></t:Attendee>`, `<t:Attendee><t:Mailbox><t:EmailAddress>new@elsewhere.test</t:EmailAddress></t:Mailbox></t:Attendee>`, 1)
	o.ok(updateBody("AlwaysOverwrite", "SendOnlyToChanged", r.xml("ItemId"), setField("calendar:RequiredAttendees", one)))
	got := map[string]MailKind{}
	for _, m := range o.Mail() {
		got[m.To] = m.Kind
	}
	if len(got) != 2 || got["new@elsewhere.test"] != MailRequest || got[ben] != MailCancellation {
		t.Errorf("mail = %v, want a request to the new one and a cancellation to ben", got)
	}
}

func TestDelegates_ReachWhatIsShared(t *testing.T) {
	o := newOffice(t, Options{})
	o.as = "ben"
	const shared = `<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>anna@office.test</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`
	get := `<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>` + shared + `</m:FolderIds></m:GetFolder>`
	put := strings.Replace(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), "SendToNone"), calendarID, shared, 1)
	steps := []struct {
		right     Right
		get, make string
	}{
		{RightNone, "ErrorAccessDenied", "ErrorCreateItemAccessDenied"},
		{RightRead, "NoError", "ErrorCreateItemAccessDenied"},
		{RightEdit, "NoError", "NoError"},
	}
	for _, s := range steps {
		if err := o.Share(anna, "calendar", "ben", s.right); err != nil {
			t.Fatal(err)
		}
		if got := code(o.call(get)); got != s.get {
			t.Errorf("right %d: GetFolder gave %s, want %s", s.right, got, s.get)
		}
		if got := code(o.call(put)); got != s.make {
			t.Errorf("right %d: CreateItem gave %s, want %s", s.right, got, s.make)
		}
	}
	items, _ := o.Items(anna, "calendar")
	it := ref{items[0].ID, items[0].ChangeKey}
	if got := code(o.call(deleteBody("MoveToDeletedItems", it.xml("ItemId")))); got != "ErrorCannotDeleteObject" {
		t.Errorf("a delegate's delete gave %s, want ErrorCannotDeleteObject", got)
	}
}

func TestMessages_AreCountedWhenSent(t *testing.T) {
	o := newOffice(t, Options{})
	body := func(how string) string {
		return `<m:CreateItem MessageDisposition="` + how + `"><m:Items><t:Message><t:Subject>hello</t:Subject><t:ToRecipients><t:Mailbox><t:EmailAddress>ben@office.test</t:EmailAddress></t:Mailbox><t:Mailbox><t:EmailAddress>guest@elsewhere.test</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>`
	}
	o.ok(body("SaveOnly"))
	if got := len(o.Mail()); got != 0 {
		t.Errorf("a draft was mailed to %d people", got)
	}
	o.ok(body("SendAndSaveCopy"))
	o.ok(body("SendOnly"))
	if got := len(o.Mail()); got != 4 {
		t.Errorf("%d mails, want 4", got)
	}
	sent, _ := o.Items(anna, "sentitems")
	drafts, _ := o.Items(anna, "drafts")
	inbox, _ := o.Items(ben, "inbox")
	if len(sent) != 1 || len(drafts) != 1 || len(inbox) != 2 {
		t.Errorf("%d sent, %d drafts, %d received; want 1, 1, 2", len(sent), len(drafts), len(inbox))
	}
}

func TestSteering_ChangesOccurrences(t *testing.T) {
	o := newOffice(t, Options{})
	m := o.create(timed("x", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	first := DayOf(time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC))
	if err := o.EditOccurrence(m.id, first+1, func(it *Item) { it.Location = "elsewhere" }); err != nil {
		t.Fatal(err)
	}
	if err := o.DropOccurrence(m.id, first+2); err != nil {
		t.Fatal(err)
	}
	if err := o.EditOccurrence(m.id, first+9, func(*Item) {}); err == nil {
		t.Error("a day without an occurrence was edited")
	}
	n := o.ok(viewBody("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", field1("calendar:Location")+field1("calendar:CalendarItemType")))
	if got := texts(all(n, "CalendarItem"), "CalendarItemType"); got != "Occurrence Exception Occurrence Occurrence" {
		t.Errorf("types = %s", got)
	}
	if got := one(t, n, "Location").Text; got != "elsewhere" {
		t.Errorf("location = %q", got)
	}
	if got := o.WriteTotal(); got != 1 {
		t.Errorf("%d client writes, want 1", got)
	}
}
