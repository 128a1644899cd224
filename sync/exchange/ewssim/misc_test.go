package ewssim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFindItem_RestrictsSortsAndPages(t *testing.T) {
	o := newOffice(t, Options{})
	for i, cat := range []string{"red", "blue", "red", "green"} {
		o.create(fmt.Sprintf(`<t:Subject>item %d</t:Subject><t:Categories><t:String>%s</t:String></t:Categories><t:Start>2026-03-0%dT08:00:00Z</t:Start><t:End>2026-03-0%dT09:00:00Z</t:End>`, i, cat, i+2, i+2))
	}
	cmp := func(op, uri, v string) string {
		return `<t:` + op + `>` + field1(uri) + `<t:FieldURIOrConstant><t:Constant Value="` + v + `"/></t:FieldURIOrConstant></t:` + op + `>`
	}
	contains := `<t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase">` + field1("item:Subject") + `<t:Constant Value="ITEM 2"/></t:Contains>`
	tests := map[string]struct{ restriction, want string }{
		"category": {cmp("IsEqualTo", "item:Categories", "red"), "item 0,item 2"},
		"time":     {cmp("IsGreaterThanOrEqualTo", "calendar:Start", "2026-03-04T08:00:00Z"), "item 2,item 3"},
		"offset":   {cmp("IsLessThan", "calendar:Start", "2026-03-03T10:00:00+02:00"), "item 0"},
		"and":      {`<t:And>` + cmp("IsEqualTo", "item:Categories", "red") + contains + `</t:And>`, "item 2"},
		"or":       {`<t:Or>` + cmp("IsEqualTo", "item:Categories", "blue") + contains + `</t:Or>`, "item 1,item 2"},
		"not":      {`<t:Not>` + cmp("IsEqualTo", "item:Categories", "red") + `</t:Not>`, "item 1,item 3"},
		"exists":   {`<t:Exists>` + field1("calendar:Location") + `</t:Exists>`, ""},
		"boolean":  {cmp("IsEqualTo", "calendar:IsAllDayEvent", "0"), "item 0,item 1,item 2,item 3"},
	}
	find := func(restriction, view string) *node {
		return o.ok(`<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", field1("item:Subject")) + view + `<m:Restriction>` + restriction + `</m:Restriction><m:SortOrder><t:FieldOrder Order="Ascending">` + field1("calendar:Start") + `</t:FieldOrder></m:SortOrder><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := find(tt.restriction, `<m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/>`)
			var got []string
			for _, s := range all(n, "Subject") {
				got = append(got, s.Text)
			}
			if g := strings.Join(got, ","); g != tt.want {
				t.Errorf("found %q, want %q", g, tt.want)
			}
			if r := one(t, n, "RootFolder"); r.Attr("IncludesLastItemInRange") != "true" {
				t.Error("IncludesLastItemInRange is not true")
			}
		})
	}
	n := find(cmp("IsNotEqualTo", "item:Subject", "none"), `<m:IndexedPageItemView MaxEntriesReturned="3" Offset="0" BasePoint="Beginning"/>`)
	if r := one(t, n, "RootFolder"); r.Attr("IncludesLastItemInRange") != "false" || r.Attr("IndexedPagingOffset") != "3" || r.Attr("TotalItemsInView") != "4" {
		t.Errorf("first page says %v", r.Attrs)
	}
	bad := `<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", "") + `<m:Restriction>` + cmp("IsEqualTo", "calendar:UID", "x") + `</m:Restriction><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`
	if got := code(o.call(bad)); got != "ErrorUnsupportedPathForQuery" {
		t.Errorf("restriction on the UID gave %s", got)
	}
}

func TestPageOf_CoversEverythingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(t, "n")
		size := rapid.IntRange(1, 12).Draw(t, "size")
		base := rapid.SampledFrom([]string{"Beginning", "End"}).Draw(t, "base")
		seen := make([]int, n)
		offset := 0
		for range n + 2 {
			view := &node{Attrs: []attr{{Name: "MaxEntriesReturned", Value: itoa(size)}, {Name: "Offset", Value: itoa(offset)}, {Name: "BasePoint", Value: base}}}
			p, next, last, err := pageOf(view, n, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for i := p.from; i < p.to; i++ {
				seen[i]++
			}
			if last {
				break
			}
			offset = next
		}
		if slices.ContainsFunc(seen, func(k int) bool { return k != 1 }) {
			t.Fatalf("pages show entries %v times", seen)
		}
	})
}

func TestAutoResolve_MergesByProperty(t *testing.T) {
	o := newOffice(t, Options{})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	if err := o.Edit(r.id, func(it *Item) { it.Location = "room 1" }); err != nil {
		t.Fatal(err)
	}
	if got := code(o.call(updateBody("AutoResolve", "SendToNone", r.xml("ItemId"), setField("calendar:Location", "<t:Location>room 2</t:Location>")))); got != "ErrorIrresolvableConflict" {
		t.Errorf("the same property: %s, want ErrorIrresolvableConflict", got)
	}
	o.ok(updateBody("AutoResolve", "SendToNone", r.xml("ItemId"), setField("item:Subject", "<t:Subject>y</t:Subject>")))
	it := o.get(r)
	if it.KidText("Subject") != "y" || it.KidText("Location") != "room 1" {
		t.Errorf("merged item has %q and %q, want y and room 1", it.KidText("Subject"), it.KidText("Location"))
	}
	for name, tt := range map[string]struct{ target, updates, want string }{
		"no key":         {`<t:ItemId Id="` + r.id + `"/>`, setField("item:Subject", "<t:Subject>z</t:Subject>"), "ErrorChangeKeyRequiredForWriteOperations"},
		"bad key":        {`<t:ItemId Id="` + r.id + `" ChangeKey="AAAA"/>`, setField("item:Subject", "<t:Subject>z</t:Subject>"), "ErrorInvalidChangeKey"},
		"two properties": {r.xml("ItemId"), setField("item:Subject", "<t:Subject>z</t:Subject><t:Sensitivity>Private</t:Sensitivity>"), "ErrorIncorrectUpdatePropertyCount"},
		"other property": {r.xml("ItemId"), setField("item:Subject", "<t:Location>z</t:Location>"), "ErrorUpdatePropertyMismatch"},
		"append":         {r.xml("ItemId"), `<t:AppendToItemField>` + field1("item:Subject") + `<t:CalendarItem><t:Subject>z</t:Subject></t:CalendarItem></t:AppendToItemField>`, "ErrorInvalidPropertyAppend"},
		"delete start":   {r.xml("ItemId"), `<t:DeleteItemField>` + field1("calendar:Start") + `</t:DeleteItemField>`, "ErrorInvalidPropertyDelete"},
	} {
		if got := code(o.call(updateBody("AutoResolve", "SendToNone", tt.target, tt.updates))); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if got := o.get(r).KidText("Subject"); got != "y" {
		t.Errorf("a refused update left the subject %q", got)
	}
}

func TestFolders_AreMadeFoundSyncedAndDeleted(t *testing.T) {
	o := newOffice(t, Options{})
	hier := func(state string) *node {
		if state != "" {
			state = `<m:SyncState>` + state + `</m:SyncState>`
		}
		return o.ok(`<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>` + state + `</m:SyncFolderHierarchy>`)
	}
	state := one(t, hier(""), "SyncState").Text
	n := o.ok(`<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderId><m:Folders><t:CalendarFolder><t:DisplayName>Team &amp; co</t:DisplayName></t:CalendarFolder></m:Folders></m:CreateFolder>`)
	id := refOf(one(t, n, "FolderId"))
	if len(id.id) != 120 {
		t.Errorf("folder id has %d characters, want 120", len(id.id))
	}
	n = o.ok(`<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:Restriction><t:IsEqualTo>` + field1("folder:DisplayName") + `<t:FieldURIOrConstant><t:Constant Value="Team &amp; co"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds><t:DistinguishedFolderId Id="root"/></m:ParentFolderIds></m:FindFolder>`)
	if got := one(t, n, "FolderId").Attr("Id"); got != id.id {
		t.Error("FindFolder found another folder")
	}
	if got := one(t, n, "RootFolder").Attr("IncludesLastItemInRange"); got != "true" {
		t.Errorf("IncludesLastItemInRange = %q", got)
	}
	n = hier(state)
	if got := one(t, one(t, n, "Create"), "FolderId").Attr("Id"); got != id.id {
		t.Error("the hierarchy reports another folder")
	}
	state = one(t, n, "SyncState").Text
	o.ok(`<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>` + id.xml("FolderId") + `</m:FolderIds></m:DeleteFolder>`)
	if got := one(t, one(t, hier(state), "Delete"), "FolderId").Attr("Id"); got != id.id {
		t.Error("the hierarchy reports another folder deleted")
	}
	if got := code(o.call(`<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>` + calendarID + `</m:FolderIds></m:DeleteFolder>`)); got != "ErrorDeleteDistinguishedFolder" {
		t.Errorf("deleting the calendar gave %s", got)
	}
}

func TestConfiguration_IsKept(t *testing.T) {
	o := newOffice(t, Options{})
	const name = `Name="Lease"><t:DistinguishedFolderId Id="calendar"/></`
	get := `<m:GetUserConfiguration><m:UserConfigurationName ` + name + `m:UserConfigurationName><m:UserConfigurationProperties>All</m:UserConfigurationProperties></m:GetUserConfiguration>`
	put := func(op, data string) string {
		return `<m:` + op + `><m:UserConfiguration><t:UserConfigurationName ` + name + `t:UserConfigurationName><t:XmlData>` + data + `</t:XmlData></m:UserConfiguration></m:` + op + `>`
	}
	if got := code(o.call(get)); got != "ErrorItemNotFound" {
		t.Errorf("before it is made: %s", got)
	}
	if got := code(o.call(put("UpdateUserConfiguration", "eA=="))); got != "ErrorItemNotFound" {
		t.Errorf("update before it is made: %s", got)
	}
	o.ok(put("CreateUserConfiguration", "eA=="))
	if got := code(o.call(put("CreateUserConfiguration", "eA=="))); got != "ErrorItemSave" {
		t.Errorf("made twice: %s", got)
	}
	o.ok(put("UpdateUserConfiguration", "eHk="))
	if got := one(t, o.ok(get), "XmlData").Text; got != "eHk=" {
		t.Errorf("XmlData = %q, want eHk=", got)
	}
	o.ok(`<m:DeleteUserConfiguration><m:UserConfigurationName ` + name + `m:UserConfigurationName></m:DeleteUserConfiguration>`)
	if got := code(o.call(get)); got != "ErrorItemNotFound" {
		t.Errorf("after it went: %s", got)
	}
	n := o.ok(`<m:GetUserConfiguration><m:UserConfigurationName Name="OWA.UserOptions"><t:DistinguishedFolderId Id="root"/></m:UserConfigurationName><m:UserConfigurationProperties>Dictionary</m:UserConfigurationProperties></m:GetUserConfiguration>`)
	if got := one(t, n, "DictionaryValue").KidText("Value"); got != fle {
		t.Errorf("owner's zone = %q, want %q", got, fle)
	}
}

func TestDirectory_ResolvesNamesAndLists(t *testing.T) {
	o := newOffice(t, Options{})
	resolve := func(s string) *node {
		return o.call(`<m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory"><m:UnresolvedEntry>` + s + `</m:UnresolvedEntry></m:ResolveNames>`)
	}
	if err := o.AddMailbox(MailboxInfo{Primary: "anton@office.test", Name: "Anton Berg"}); err != nil {
		t.Fatal(err)
	}
	if err := o.AddMailbox(MailboxInfo{Primary: "ANTON@office.test"}); err == nil {
		t.Error("an address was given twice")
	}
	for entry, want := range map[string]string{"virt": "NoError", "an": "ErrorNameResolutionMultipleResults", "zoe": "ErrorNameResolutionNoResults", "smtp:a.virtanen@office.test": "NoError"} {
		if got := code(resolve(entry)); got != want {
			t.Errorf("%s: %s, want %s", entry, got, want)
		}
	}
	if err := o.SetMembers("anton@office.test", Person{Name: "Ben Lind", Address: ben}); err != nil {
		t.Fatal(err)
	}
	n := o.ok(`<m:ExpandDL><m:Mailbox><t:EmailAddress>anton@office.test</t:EmailAddress></m:Mailbox></m:ExpandDL>`)
	if got := one(t, n, "EmailAddress").Text; got != ben {
		t.Errorf("member = %q, want %q", got, ben)
	}
}

func TestZonesIDsAndAvailability_Answer(t *testing.T) {
	o := newOffice(t, Options{})
	n := o.ok(`<m:GetServerTimeZones ReturnFullTimeZoneData="true"/>`)
	if got := len(all(n, "TimeZoneDefinition")); got < 130 {
		t.Errorf("%d zones, want at least 130", got)
	}
	r := o.create(timed("busy", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	convert := func(format, id string) *node {
		return o.call(`<m:ConvertId DestinationFormat="HexEntryId"><m:SourceIds><t:AlternateId Format="` + format + `" Id="` + id + `" Mailbox="x"/></m:SourceIds></m:ConvertId>`)
	}
	if got := code(convert("EwsId", "DUMMY")); got != "ErrorInvalidIdMalformed" {
		t.Errorf("dummy id: %s", got)
	}
	if got := one(t, convert("EwsId", r.id), "AlternateId").Attr("Mailbox"); got != anna {
		t.Errorf("mailbox of an id = %q, want %q", got, anna)
	}
	n = o.call(`<m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>-120</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>04:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>` +
		`<m:MailboxDataArray><t:MailboxData><t:Email><t:Address>anna@office.test</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData><t:MailboxData><t:Email><t:Address>nobody@office.test</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData></m:MailboxDataArray>` +
		`<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-03-03T09:00:00</t:StartTime><t:EndTime>2026-03-03T12:00:00</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>60</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>DetailedMerged</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>`)
	if got := one(t, n, "MergedFreeBusy").Text; got != "020" {
		t.Errorf("merged = %q, want 020", got)
	}
	if got := one(t, n, "CalendarEvent").KidText("StartTime"); got != "2026-03-03T10:00:00" {
		t.Errorf("event starts %s in the asked zone", got)
	}
	if got := texts(all(n, "ResponseMessage"), "ResponseCode"); got != "NoError ErrorMailRecipientNotFound" {
		t.Errorf("codes = %s", got)
	}
}

func TestSteering_ShowsWhatOwnersDo(t *testing.T) {
	o := newOffice(t, Options{})
	st, err := o.Put(anna, "", Item{Subject: "by hand", Start: o.clock.now(), End: o.clock.now()})
	if err != nil {
		t.Fatal(err)
	}
	state := one(t, o.ok(syncBody("", "10")), "SyncState").Text
	if err := o.Edit(st.ID, func(it *Item) { it.Subject = "edited" }); err != nil {
		t.Fatal(err)
	}
	n := o.ok(syncBody(state, "10"))
	if got := refOf(one(t, one(t, n, "Update"), "ItemId")); got.id != st.ID || got.key == st.ChangeKey {
		t.Error("an owner's edit is not in the feed with a new change key")
	}
	state = one(t, n, "SyncState").Text
	k := ExtKey{SetID: "5e2b3c4d-0001-4002-8003-1234567890ab", Name: "Key", Type: "String"}
	if err := o.Edit(st.ID, func(it *Item) { it.SetExt(Ext{Key: k, Values: []string{"v"}}) }); err != nil {
		t.Fatal(err)
	}
	cp, err := o.Copy(st.ID)
	if err != nil || cp.UID == st.UID || len(cp.Ext) != 1 {
		t.Errorf("copy = %+v, %v", cp, err)
	}
	if err := o.Drop(st.ID, false); err != nil {
		t.Fatal(err)
	}
	n = o.ok(syncBody(state, "10"))
	if len(all(n, "Create")) != 1 || len(all(n, "Delete")) != 1 {
		t.Errorf("feed after copy and deletion:\n%s", text(n))
	}
	if got := o.WriteTotal(); got != 0 {
		t.Errorf("owners' edits count as %d client writes", got)
	}
	if err := o.SetQuota(anna, 2); err != nil {
		t.Fatal(err)
	}
	if got := code(o.call(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), "SendToNone"))); got != "ErrorQuotaExceeded" {
		t.Errorf("over the quota: %s", got)
	}
	if err := o.RemoveMailbox(anna); err != nil {
		t.Fatal(err)
	}
	if got := code(o.call(syncBody("", "10"))); got != "ErrorMissingEmailAddress" {
		t.Errorf("without the mailbox: %s", got)
	}
}

func TestBreakExt_HandsOutAPropertyWithoutValue(t *testing.T) {
	var last Exchange
	o := newOffice(t, Options{Record: func(e Exchange) { last = e }})
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	k := ExtKey{SetID: "5e2b3c4d-0001-4002-8003-1234567890ab", Name: "Key", Type: "String"}
	if err := o.BreakExt(r.id, k); err != nil {
		t.Fatal(err)
	}
	n := o.ok(`<m:GetItem>` + shapeXML("IdOnly", `<t:ExtendedFieldURI PropertySetId="`+k.SetID+`" PropertyName="Key" PropertyType="String"/>`) + `<m:ItemIds>` + r.xml("ItemId") + `</m:ItemIds></m:GetItem>`)
	if p := one(t, n, "ExtendedProperty"); p.Kid("Value") != nil || p.Kid("ExtendedFieldURI") == nil {
		t.Errorf("property is not malformed: %s", text(p))
	}
	if last.Op != "GetItem" || len(last.Response) == 0 {
		t.Errorf("the last answer recorded is that of %q, want GetItem", last.Op)
	}
}
