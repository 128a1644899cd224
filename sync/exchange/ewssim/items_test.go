package ewssim

import (
	"strings"
	"testing"
)

func TestCreateGetUpdateDelete_GoThroughAllStates(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("Plan", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	if len(r.id) != 152 || len(r.key) != 40 {
		t.Errorf("id has %d and change key %d characters, want 152 and 40", len(r.id), len(r.key))
	}
	it := o.get(r)
	for name, want := range map[string]string{
		"Subject": "Plan", "Start": "2026-03-03T08:00:00Z", "End": "2026-03-03T09:00:00Z", "LegacyFreeBusyStatus": "Busy",
		"ReminderIsSet": "true", "ReminderMinutesBeforeStart": "15", "CalendarItemType": "Single", "ItemClass": "IPM.Appointment", "IsOrganizer": "true",
	} {
		if got := it.KidText(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	up := o.ok(updateBody("NeverOverwrite", "SendToNone", r.xml("ItemId"), setField("item:Subject", "<t:Subject>Plan B</t:Subject>")))
	r2 := refOf(one(t, up, "ItemId"))
	if r2.id != r.id || r2.key == r.key {
		t.Errorf("update gave id changed=%v, key changed=%v, want false, true", r2.id != r.id, r2.key != r.key)
	}
	if got := one(t, up, "Count").Text; got != "0" {
		t.Errorf("ConflictResults count = %q, want 0", got)
	}
	if got := code(o.call(updateBody("NeverOverwrite", "SendToNone", r.xml("ItemId"), setField("item:Subject", "<t:Subject>late</t:Subject>")))); got != "ErrorIrresolvableConflict" {
		t.Errorf("stale NeverOverwrite gave %s, want ErrorIrresolvableConflict", got)
	}
	if got := code(o.call(updateBody("NeverOverwrite", "SendToNone", r.xml("ItemId"), setField("calendar:Location", "<t:Location>late</t:Location>")))); got != "ErrorIrresolvableConflict" {
		t.Errorf("stale NeverOverwrite of another property gave %s, want ErrorIrresolvableConflict", got)
	}
	o.ok(deleteBody("MoveToDeletedItems", r2.xml("ItemId")))
	if got := code(o.call(deleteBody("MoveToDeletedItems", r2.xml("ItemId")))); got != "ErrorItemNotFound" {
		t.Errorf("second delete gave %s, want ErrorItemNotFound", got)
	}
	trash, err := o.Items(anna, "deleteditems")
	if err != nil || len(trash) != 1 || trash[0].Subject != "Plan B" {
		t.Errorf("deleted items hold %d items (%v), want Plan B alone", len(trash), err)
	}
	if got := o.WriteTotal(); got != 3 {
		t.Errorf("write counters add up to %d, want 3", got)
	}
}

func TestExtendedProperty_IsStoredFoundAndRemoved(t *testing.T) {
	o := newOffice(t, Options{})
	const path = `<t:ExtendedFieldURI PropertySetId="5e2b3c4d-0001-4002-8003-1234567890ab" PropertyName="Key" PropertyType="String"/>`
	prop := `<t:ExtendedProperty>` + path + `<t:Value>severa:7</t:Value></t:ExtendedProperty>`
	o.create(timed("other", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	r := o.create(`<t:Subject>stamped</t:Subject>` + prop + `<t:Start>2026-03-03T08:00:00Z</t:Start><t:End>2026-03-03T09:00:00Z</t:End>`)
	find := `<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", path) + `<m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/><m:Restriction><t:IsEqualTo>` + path +
		`<t:FieldURIOrConstant><t:Constant Value="severa:7"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`
	n := o.ok(find)
	if got := one(t, n, "ItemId").Attr("Id"); got != r.id {
		t.Error("restriction found another item than the stamped one")
	}
	if got := one(t, n, "Value").Text; got != "severa:7" {
		t.Errorf("value = %q, want severa:7", got)
	}
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", r.xml("ItemId"), `<t:DeleteItemField>`+path+`</t:DeleteItemField>`))
	if got := len(all(o.ok(find), "ItemId")); got != 0 {
		t.Errorf("%d items found after the property went, want 0", got)
	}
}

func TestCreateItem_RefusesWhatTheServerRefuses(t *testing.T) {
	o := newOffice(t, Options{})
	tests := map[string]struct{ body, want string }{
		"order":        {createBody(calendarItem(`<t:Start>2026-03-03T08:00:00Z</t:Start><t:Subject>x</t:Subject>`), "SendToNone"), "ErrorSchemaValidation"},
		"no send":      {strings.Replace(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), ""), ` SendMeetingInvitations=""`, "", 1), "ErrorSendMeetingInvitationsRequired"},
		"end first":    {createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T07:00:00Z")), "SendToNone"), "ErrorCalendarEndDateIsEarlierThanStartDate"},
		"too long":     {createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2036-03-03T07:00:00Z")), "SendToNone"), "ErrorCalendarDurationIsTooLong"},
		"read-only":    {createBody(calendarItem(`<t:Subject>x</t:Subject><t:Size>4</t:Size>`), "SendToNone"), "ErrorInvalidPropertySet"},
		"class":        {createBody(calendarItem(`<t:ItemClass>IPM.Task</t:ItemClass><t:Subject>x</t:Subject>`), "SendToNone"), "ErrorObjectTypeChanged"},
		"enum":         {createBody(calendarItem(`<t:Subject>x</t:Subject><t:Sensitivity>Secret</t:Sensitivity>`), "SendToNone"), "ErrorSchemaValidation"},
		"bad zone":     {createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")+`<t:StartTimeZone Id="Lake Time"/>`), "SendToNone"), "ErrorCalendarInvalidTimeZone"},
		"wrong folder": {strings.Replace(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), "SendToNone"), `Id="calendar"`, `Id="inbox"`, 1), "ErrorCannotCreateCalendarItemInNonCalendarFolder"},
		"bad ext":      {createBody(calendarItem(`<t:Subject>x</t:Subject><t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x9000" PropertyType="String"/><t:Value>x</t:Value></t:ExtendedProperty>`), "SendToNone"), "ErrorNoPropertyTagForCustomProperties"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := code(o.call(tt.body)); got != tt.want {
				t.Errorf("code = %s, want %s", got, tt.want)
			}
		})
	}
	if got, _ := o.Items(anna, ""); len(got) != 0 {
		t.Errorf("%d items were stored, want 0", len(got))
	}
}

func TestMoveItem_GivesANewID(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	n := o.ok(`<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>` + r.xml("ItemId") + `</m:ItemIds></m:MoveItem>`)
	moved := refOf(one(t, n, "ItemId"))
	if moved.id == r.id {
		t.Error("the id did not change")
	}
	if got := code(o.call(`<m:GetItem>` + shapeXML("IdOnly", "") + `<m:ItemIds>` + r.xml("ItemId") + moved.xml("ItemId") + `</m:ItemIds></m:GetItem>`)); got != "ErrorItemNotFound,NoError" {
		t.Errorf("codes of old and new id = %s, want ErrorItemNotFound,NoError", got)
	}
}

func TestImpersonation_ObeysRightsAndAddresses(t *testing.T) {
	o := newOffice(t, Options{})
	o.as = "service"
	get := `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>` + calendarID + `</m:FolderIds></m:GetFolder>`
	tests := []struct{ kind, who, want string }{
		{"PrimarySmtpAddress", anna, "NoError"},
		{"PrimarySmtpAddress", "A.Virtanen@office.test", "ErrorNonPrimarySmtpAddress"},
		{"SmtpAddress", "a.virtanen@OFFICE.test", "NoError"},
		{"PrincipalName", "anna@office.local", "NoError"},
		{"PrimarySmtpAddress", "nobody@office.test", "ErrorNonExistentMailbox"},
	}
	for _, tt := range tests {
		o.head = version("Exchange2010_SP2") + impersonate(tt.kind, tt.who)
		if got := code(o.call(get)); got != tt.want {
			t.Errorf("%s %s: code = %s, want %s", tt.kind, tt.who, got, tt.want)
		}
	}
	o.head = version("Exchange2010_SP2")
	if got := code(o.call(get)); got != "ErrorMissingEmailAddress" {
		t.Errorf("without a mailbox: code = %s, want ErrorMissingEmailAddress", got)
	}
	o.head += impersonate("SmtpAddress", anna)
	o.RevokeImpersonation("service")
	if got := code(o.call(get)); got != "ErrorImpersonateUserDenied" {
		t.Errorf("after revoking: code = %s, want ErrorImpersonateUserDenied", got)
	}
	o.AllowImpersonation("service", ben)
	if got := code(o.call(get)); got != "ErrorImpersonateUserDenied" {
		t.Errorf("outside of the scope: code = %s, want ErrorImpersonateUserDenied", got)
	}
}

func TestSync_ReportsCreateUpdateDelete(t *testing.T) {
	o := newOffice(t, Options{})
	a := o.create(timed("a", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	b := o.create(timed("b", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	n := o.ok(syncBody("", "512"))
	if got := len(all(n, "Create")); got != 2 {
		t.Fatalf("first sync has %d creates, want 2", got)
	}
	if got := one(t, n, "IncludesLastItemInRange").Text; got != "true" {
		t.Errorf("IncludesLastItemInRange = %s, want true", got)
	}
	state := one(t, n, "SyncState").Text
	o.ok(updateBody("AlwaysOverwrite", "SendToNone", a.xml("ItemId"), setField("calendar:Location", "<t:Location>x</t:Location>")))
	o.ok(deleteBody("HardDelete", b.xml("ItemId")))
	c := o.create(timed("c", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	n = o.ok(syncBody(state, "512"))
	for kind, want := range map[string]string{"Create": c.id, "Update": a.id, "Delete": b.id} {
		if got := one(t, one(t, n, kind), "ItemId").Attr("Id"); got != want {
			t.Errorf("%s names another item", kind)
		}
	}
	if got := code(o.call(syncBody("cnViYmlzaA==", "512"))); got != "ErrorInvalidSyncStateData" {
		t.Errorf("rubbish state gave %s, want ErrorInvalidSyncStateData", got)
	}
	if got := code(o.call(syncBody("", "513"))); got != "ErrorSchemaValidation" {
		t.Errorf("513 changes gave %s, want ErrorSchemaValidation", got)
	}
	if err := o.MoveMailbox(anna); err != nil {
		t.Fatal(err)
	}
	if got := code(o.call(syncBody(state, "512"))); got != "ErrorInvalidSyncStateData" {
		t.Errorf("state after a mailbox move gave %s, want ErrorInvalidSyncStateData", got)
	}
	if got := code(o.call(`<m:GetItem>` + shapeXML("IdOnly", "") + `<m:ItemIds>` + a.xml("ItemId") + `</m:ItemIds></m:GetItem>`)); got != "ErrorItemNotFound" {
		t.Errorf("old id after a mailbox move gave %s, want ErrorItemNotFound", got)
	}
}
