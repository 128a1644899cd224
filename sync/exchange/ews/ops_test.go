package ews_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ews"
)

// scripted starts a server that answers every call with the same text, and returns a mailbox on it.
func scripted(t *testing.T, answer string) *ews.Mailbox {
	t.Helper()
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { write(w, http.StatusOK, answer) })
	return newClient(t, s.options()).Mailbox("anna@example.com")
}

func item(id string) string {
	return `<m:Items><t:CalendarItem><t:ItemId Id="` + id + `" ChangeKey="C"/></t:CalendarItem></m:Items>`
}

func refs(ids ...string) []ews.ItemRef {
	var out []ews.ItemRef
	for _, id := range ids {
		out = append(out, ews.Ref(ews.ItemID{ID: id}))
	}
	return out
}

func TestGetFolder_TellsRightsAndCount(t *testing.T) {
	rs, err := scripted(t, response("GetFolder", success("GetFolder", folderAnswer))).GetFolder(t.Context(), calendar())
	if err != nil {
		t.Fatal(err)
	}
	want := ews.Folder{
		ID: ews.FolderID{ID: "F1", ChangeKey: "K1"}, Class: "IPF.Appointment", DisplayName: "Calendar", TotalCount: 7, HasRights: true,
		EffectiveRights: ews.Rights{CreateAssociated: true, CreateContents: true, CreateHierarchy: true, Delete: true, Modify: true, Read: true},
	}
	if diff := cmp.Diff(want, rs[0].Folder); diff != "" {
		t.Error(diff)
	}
}

func TestBatch_KeepsOrderAndOutcomePerItem(t *testing.T) {
	const op = "GetItem"
	stopped := `<m:GetItemResponseMessage ResponseClass="Warning"><m:ResponseCode>ErrorBatchProcessingStopped</m:ResponseCode><m:Items/></m:GetItemResponseMessage>`
	m := scripted(t, response(op, success(op, item("A")), failure(op, "ErrorItemNotFound", ""), success(op, item("C")), failure(op, "ErrorItemCorrupt", ""), stopped))
	rs, err := m.GetItem(t.Context(), refs("A", "B", "C", "D", "E", "F"), ews.Shape{})
	if err != nil {
		t.Fatal(err)
	}
	if rs[0].Item.ID.ID != "A" || rs[0].Err != nil || rs[2].Item.ID.ID != "C" || rs[2].Err != nil {
		t.Errorf("good items are %+v and %+v", rs[0], rs[2])
	}
	wantClass(t, rs[1].Err, ews.ClassItemNotFound)
	wantClass(t, rs[3].Err, ews.ClassInvalid)
	wantClass(t, rs[4].Err, ews.ClassUnavailable)
	wantClass(t, rs[5].Err, ews.ClassProtocol) // the server forgot it
}

func TestBatch_AForgottenWriteIsOpen(t *testing.T) {
	const op = "CreateItem"
	m := scripted(t, response(op, success(op, item("A")), success(op, "<m:Items/>")))
	one := ews.NewItem{Item: ews.CalendarItem{Subject: "x"}, Fields: []ews.FieldURI{ews.FieldSubject}}
	rs, err := m.CreateItem(t.Context(), calendar(), []ews.NewItem{one, one, one}, ews.SendToNone)
	if err != nil {
		t.Fatal(err)
	}
	if rs[0].Err != nil || rs[0].Item.ID.ChangeKey != "C" {
		t.Errorf("first result is %+v", rs[0])
	}
	wantClass(t, rs[1].Err, ews.ClassUnknown)
	wantClass(t, rs[2].Err, ews.ClassUnknown)
}

func TestBatch_MoreAnswersThanQuestionsAreNone(t *testing.T) {
	const op = "GetItem"
	m := scripted(t, response(op, success(op, item("A")), success(op, item("B"))))
	_, err := m.GetItem(t.Context(), refs("A"), ews.Shape{})
	wantClass(t, err, ews.ClassProtocol)
}

func TestBatch_OfNothingSendsNothing(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	a, err1 := m.GetItem(t.Context(), nil, ews.Shape{})
	b, err2 := m.CreateItem(t.Context(), calendar(), nil, ews.SendToNone)
	c, err3 := m.UpdateItem(t.Context(), nil, ews.UpdateOptions{})
	d, err4 := m.DeleteItem(t.Context(), nil, ews.DeleteOptions{})
	if err := errors.Join(err1, err2, err3, err4); err != nil || len(a)+len(b)+len(c)+len(d) != 0 || len(s.recorded()) != 0 {
		t.Errorf("empty batches gave %v and %d requests", err, len(s.recorded()))
	}
}

func TestWrites_RefuseBeforeSending(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	change := []ews.ItemChange{{Ref: ews.Ref(ews.ItemID{ID: "A"}), Item: ews.CalendarItem{Subject: "x"}, Set: []ews.FieldURI{ews.FieldSubject}}}
	keyed := []ews.ItemChange{{Ref: ews.Ref(ews.ItemID{ID: "A", ChangeKey: "C"})}}
	calls := map[string]func() error{
		"update without change key": func() error { _, err := m.UpdateItem(t.Context(), change, ews.UpdateOptions{}); return err },
		"update of nothing":         func() error { _, err := m.UpdateItem(t.Context(), keyed, ews.UpdateOptions{}); return err },
		"unknown send mode": func() error {
			_, err := m.UpdateItem(t.Context(), change, ews.UpdateOptions{Conflict: ews.AlwaysOverwrite, Send: 77})
			return err
		},
		"changed attendees of a deletion": func() error {
			_, err := m.DeleteItem(t.Context(), refs("A"), ews.DeleteOptions{Send: ews.SendToChangedAndSaveCopy})
			return err
		},
		"deletion without an id": func() error { _, err := m.DeleteItem(t.Context(), refs(""), ews.DeleteOptions{}); return err },
		"occurrence zero": func() error {
			_, err := m.DeleteItem(t.Context(), []ews.ItemRef{ews.OccurrenceRef(ews.ItemID{ID: "A"}, 0)}, ews.DeleteOptions{})
			return err
		},
		"page of 513": func() error {
			_, err := m.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar(), Max: 513})
			return err
		},
		"no folder": func() error { _, err := m.GetFolder(t.Context(), ews.FolderRef{}); return err },
		"view backwards": func() error {
			_, err := m.FindItemView(t.Context(), ews.ViewRequest{Folder: calendar(), Start: time.Unix(2e9, 0), End: time.Unix(1e9, 0)})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			if e := wantClass(t, call(), ews.ClassInvalid); e.Sent {
				t.Error("error says that something was sent")
			}
		})
	}
	if n := len(s.recorded()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestSyncFolderItems_ReadsEveryKindOfChange(t *testing.T) {
	const op = "SyncFolderItems"
	m := scripted(t, response(op, success(op, `<m:SyncState>S2</m:SyncState><m:IncludesLastItemInRange>false</m:IncludesLastItemInRange><m:Changes>`+
		`<t:Create><t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/></t:CalendarItem></t:Create>`+
		`<t:Update><t:Message><t:ItemId Id="B" ChangeKey="2"/></t:Message></t:Update>`+
		`<t:Delete><t:ItemId Id="C"/></t:Delete><t:ReadFlagChange><t:ItemId Id="D"/><t:IsRead>true</t:IsRead></t:ReadFlagChange></m:Changes>`)))
	p, err := m.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range p.Changes {
		got = append(got, c.Kind.String()+" "+c.Item.ID.ID+" "+c.Item.Element)
	}
	want := []string{"upsert A CalendarItem", "upsert B Message", "delete C ", "read flag D "}
	if diff := cmp.Diff(want, got); diff != "" || p.State != "S2" || p.Last {
		t.Errorf("page is %+v\n%s", p, diff)
	}
}

func TestSyncFolderItems_NeverAdvancesOnHalfAnAnswer(t *testing.T) {
	const op = "SyncFolderItems"
	for name, content := range map[string]string{
		"no state":        `<m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes/>`,
		"no end mark":     `<m:SyncState>S</m:SyncState><m:Changes/>`,
		"change without":  `<m:SyncState>S</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes><t:Create/></m:Changes>`,
		"delete of what":  `<m:SyncState>S</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes><t:Delete/></m:Changes>`,
		"unknown element": `<m:SyncState>S</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes><t:Vanish/></m:Changes>`,
	} {
		t.Run(name, func(t *testing.T) {
			p, err := scripted(t, response(op, success(op, content))).SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar(), State: "S1"})
			wantClass(t, err, ews.ClassProtocol)
			if p.State != "" {
				t.Errorf("a state came back: %q", p.State)
			}
		})
	}
}

func TestSyncFolderItems_TellsAnExpiredCursorFromALostFolder(t *testing.T) {
	const op = "SyncFolderItems"
	bad := scripted(t, response(op, failure(op, "ErrorInvalidSyncStateData", "")))
	_, err := bad.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar(), State: "S1"})
	wantClass(t, err, ews.ClassCursorExpired)
	gone := scripted(t, response(op, failure(op, "ErrorSyncFolderNotFound", "")))
	_, err = gone.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar()})
	wantClass(t, err, ews.ClassCalendarNotFound)
	denied := scripted(t, response(op, failure(op, "ErrorAccessDenied", "")))
	_, err = denied.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar()})
	wantClass(t, err, ews.ClassCalendarForbidden)
}

func TestUpdateAndDelete_ReportPerItem(t *testing.T) {
	m := scripted(t, response("UpdateItem", failure("UpdateItem", "ErrorIrresolvableConflict", ""), success("UpdateItem", item("B")+`<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>`)))
	change := func(id string) ews.ItemChange {
		return ews.ItemChange{Ref: ews.Ref(ews.ItemID{ID: id, ChangeKey: "C"}), Item: ews.CalendarItem{Subject: "x"}, Set: []ews.FieldURI{ews.FieldSubject}}
	}
	rs, err := m.UpdateItem(t.Context(), []ews.ItemChange{change("A"), change("B")}, ews.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantClass(t, rs[0].Err, ews.ClassPrecondition)
	if rs[1].Err != nil || rs[1].Item.ID.ID != "B" {
		t.Errorf("second result is %+v", rs[1])
	}
	m = scripted(t, response("DeleteItem", success("DeleteItem", ""), failure("DeleteItem", "ErrorItemNotFound", "")))
	errs, err := m.DeleteItem(t.Context(), refs("A", "B"), ews.DeleteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if errs[0] != nil {
		t.Errorf("first deletion: %v", errs[0])
	}
	wantClass(t, errs[1], ews.ClassItemNotFound)
}

func TestFindItem_NeverTakesAPartForTheWhole(t *testing.T) {
	const op = "FindItem"
	req := ews.FindRequest{Folder: calendar(), Property: stamp(), Exists: true}
	p, err := scripted(t, response(op, success(op, `<m:RootFolder IndexedPagingOffset="2" TotalItemsInView="5" IncludesLastItemInRange="false"><t:Items><t:CalendarItem><t:ItemId Id="A"/></t:CalendarItem><t:CalendarItem><t:ItemId Id="B"/></t:CalendarItem></t:Items></m:RootFolder>`))).FindItem(t.Context(), req)
	if err != nil || p.Last || p.Next != 2 || p.Total != 5 || len(p.Items) != 2 {
		t.Errorf("page is %+v (%v)", p, err)
	}
	_, err = scripted(t, response(op, success(op, `<m:RootFolder><t:Items/></m:RootFolder>`))).FindItem(t.Context(), req)
	wantClass(t, err, ews.ClassProtocol)
}

func TestResolveNames_ListsAddresses(t *testing.T) {
	const op = "ResolveNames"
	several := `<m:ResolveNamesResponseMessage ResponseClass="Warning"><m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode><m:ResolutionSet TotalItemsInView="2" IncludesLastItemInRange="true">` +
		`<t:Resolution><t:Mailbox><t:Name>Anna</t:Name><t:EmailAddress>anna@example.com</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>` +
		`<t:Contact><t:EmailAddresses><t:Entry Key="EmailAddress1">SMTP:anna@example.com</t:Entry><t:Entry Key="EmailAddress2">smtp:a@example.com</t:Entry></t:EmailAddresses></t:Contact></t:Resolution>` +
		`<t:Resolution><t:Mailbox><t:Name>Anne</t:Name></t:Mailbox></t:Resolution></m:ResolutionSet></m:ResolveNamesResponseMessage>`
	found, complete, err := scripted(t, response(op, several)).ResolveNames(t.Context(), "ann")
	if err != nil || !complete {
		t.Fatal(found, complete, err)
	}
	want := []ews.Resolution{
		{Mailbox: ews.Recipient{Name: "Anna", Address: "anna@example.com", RoutingType: "SMTP", MailboxType: "Mailbox"}, Addresses: []string{"anna@example.com", "a@example.com"}},
		{Mailbox: ews.Recipient{Name: "Anne"}},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	found, complete, err = scripted(t, response(op, failure(op, "ErrorNameResolutionNoResults", ""))).ResolveNames(t.Context(), "zoe")
	if err != nil || !complete || len(found) != 0 {
		t.Errorf("no match gave %v, %v, %v", found, complete, err)
	}
}

func TestGetServerTimeZones_ListsIDs(t *testing.T) {
	const op = "GetServerTimeZones"
	got, err := scripted(t, response(op, success(op, `<m:TimeZoneDefinitions><t:TimeZoneDefinition Id="UTC" Name="Zulu"/><t:TimeZoneDefinition Id="FLE Standard Time" Name="Helsinki"/></m:TimeZoneDefinitions>`))).GetServerTimeZones(t.Context())
	if err != nil || len(got) != 2 || got[1] != (ews.ServerTimeZone{ID: "FLE Standard Time", Name: "Helsinki"}) {
		t.Errorf("zones are %v (%v)", got, err)
	}
}

func TestUserConfiguration_ReadsItsParts(t *testing.T) {
	const op = "GetUserConfiguration"
	name := ews.UserConfigurationName{Name: "OWA.UserOptions", Folder: ews.FolderRef{Name: ews.FolderRoot}}
	entry := func(k, v string) string {
		return `<t:DictionaryEntry><t:DictionaryKey><t:Type>String</t:Type><t:Value>` + k + `</t:Value></t:DictionaryKey><t:DictionaryValue><t:Type>String</t:Type><t:Value>` + v + `</t:Value></t:DictionaryValue></t:DictionaryEntry>`
	}
	u, err := scripted(t, response(op, success(op, `<m:UserConfiguration><t:UserConfigurationName Name="OWA.UserOptions"/><t:ItemId Id="U" ChangeKey="C"/><t:Dictionary>`+entry("timezone", "FLE Standard Time")+`</t:Dictionary><t:XmlData>PHgvPg==</t:XmlData></m:UserConfiguration>`))).
		GetUserConfiguration(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if zone, ok := u.Entry("timezone"); !ok || zone != "FLE Standard Time" || string(u.XML) != "<x/>" || u.ID.ID != "U" {
		t.Errorf("configuration is %+v", u)
	}
	_, err = scripted(t, response(op, failure(op, "ErrorItemNotFound", ""))).GetUserConfiguration(t.Context(), name)
	wantClass(t, err, ews.ClassItemNotFound)
	_, err = scripted(t, response(op, success(op, `<m:UserConfiguration><t:XmlData>%%%</t:XmlData></m:UserConfiguration>`))).GetUserConfiguration(t.Context(), name)
	wantClass(t, err, ews.ClassProtocol)
}

func TestVersion_FallsBackAndIsRememberedPerMailbox(t *testing.T) {
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if strings.Contains(body, `"V2`) {
			t.Error("a rolling version name was echoed")
		}
		old := strings.Contains(body, "ben@example.com")
		switch {
		case old && !strings.Contains(body, "Exchange2007_SP1"):
			write(w, 500, envelopeOf(8, 3, faultBody("ErrorInvalidSchemaVersionForMailboxVersion", "")))
		case old:
			write(w, 200, envelopeOf(8, 3, responseBody("GetFolder", success("GetFolder", folderAnswer))))
		default:
			folders(w, r, n, body)
		}
	})
	c := newClient(t, s.options())
	anna, ben := c.Mailbox("Anna@Example.com"), c.Mailbox("ben@example.com")
	for range 2 {
		if err := errors.Join(getFolder(t, ben), getFolder(t, anna)); err != nil {
			t.Fatal(err)
		}
	}
	if ben.Version() != ews.Exchange2007SP1 || anna.Version() != ews.Exchange2016 || c.Mailbox("anna@example.com") != anna {
		t.Errorf("versions are %s and %s", ben.Version(), anna.Version())
	}
	if n := len(s.recorded()); n != 5 {
		t.Errorf("%d requests, want 5: one of them to learn the older version", n)
	}
	_, err := ben.GetServerTimeZones(t.Context())
	wantClass(t, err, ews.ClassVersion)
	if ben.Server() != (ews.Server{Major: 8, Minor: 3, Build: 2507}) {
		t.Errorf("server is %+v", ben.Server())
	}
}

func TestVersion_RemembersWhatAnOlderServerBehindANewerFrontEndRefused(t *testing.T) {
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if strings.Contains(body, `"Exchange2016"`) || strings.Contains(body, `"Exchange2013_SP1"`) {
			write(w, 500, envelope(faultBody("ErrorInvalidSchemaVersionForMailboxVersion", "")))
			return
		}
		folders(w, r, n, body)
	})
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	for range 3 {
		if err := getFolder(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.recorded()); n != 5 || m.Version() != ews.Exchange2013 {
		t.Errorf("%d requests, version %s; want 5 and %s", n, m.Version(), ews.Exchange2013)
	}
	o := s.options()
	o.Version = ews.Exchange2010SP2
	m = newClient(t, o).Mailbox("anna@example.com")
	if err := getFolder(t, m); err != nil || m.Version() != ews.Exchange2010SP2 {
		t.Errorf("a configured version became %s (%v)", m.Version(), err)
	}
}

func TestVersion_GivesUpBelowTheOldest(t *testing.T) {
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		write(w, 500, strings.Replace(envelope(faultBody("ErrorInvalidServerVersion", "")), "ServerVersionInfo", "Nothing", 1))
	})
	wantClass(t, getFolder(t, newClient(t, s.options()).Mailbox("")), ews.ClassVersion)
	if n := len(s.recorded()); n != 7 {
		t.Errorf("%d requests, want one per version", n)
	}
}

const streamed = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><soap11:Header xmlns:soap11="http://schemas.xmlsoap.org/soap/envelope/"/><soap11:Body xmlns:soap11="http://schemas.xmlsoap.org/soap/envelope/">` +
	`<m:GetStreamingEventsResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>` +
	`<m:GetStreamingEventsResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>%s</m:GetStreamingEventsResponseMessage></m:ResponseMessages></m:GetStreamingEventsResponse></soap11:Body></Envelope>`

func TestStream_HandsOutEventsUntilTheServerCloses(t *testing.T) {
	note := func(content string) string { return strings.Replace(streamed, "%s", content, 1) }
	event := `<t:ModifiedEvent><t:TimeStamp>2026-01-01T00:00:00Z</t:TimeStamp><t:ItemId Id="A"/><t:ParentFolderId Id="F"/></t:ModifiedEvent>`
	docs := []string{
		note(`<m:ConnectionStatus>OK</m:ConnectionStatus>`),
		`<?xml version="1.0" encoding="utf-8"?>` + note(`<m:Notifications><m:Notification><t:SubscriptionId>S1</t:SubscriptionId><t:StatusEvent/></m:Notification></m:Notifications>`),
		note(`<m:Notifications><m:Notification><t:SubscriptionId>S1</t:SubscriptionId>` + event + event + `</m:Notification></m:Notifications>`),
	}
	end := note(`<m:ConnectionStatus>Closed</m:ConnectionStatus>`)
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if strings.Contains(body, "<m:Subscribe>") {
			write(w, 200, response("Subscribe", success("Subscribe", "<m:SubscriptionId>S1</m:SubscriptionId>")))
			return
		}
		if r.Header.Get("Accept-Encoding") == "gzip" || r.Header.Get("X-PreferServerAffinity") != "true" {
			t.Errorf("stream was opened with headers %v", r.Header)
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		for _, d := range docs {
			_, _ = io.WriteString(w, d)
			w.(http.Flusher).Flush()
		}
		_, _ = io.WriteString(w, end)
	})
	c := newClient(t, s.options())
	m := c.Mailbox("anna@example.com")
	id, err := m.Subscribe(t.Context(), calendar())
	if err != nil || id != "S1" {
		t.Fatal(id, err)
	}
	read := func() (got []ews.Notification, err error) {
		err = m.GetStreamingEvents(t.Context(), []string{id}, time.Minute, func(n ews.Notification) error {
			got = append(got, n)
			return nil
		})
		return got, err
	}
	got, err := read()
	if diff := cmp.Diff([]ews.Notification{{Subscription: "S1", Events: 2}}, got); diff != "" || err != nil {
		t.Errorf("notifications: %v\n%s", err, diff)
	}
	end = strings.NewReplacer(`ResponseClass="Success"`, `ResponseClass="Error"`, "NoError", "ErrorSubscriptionNotFound", "%s", "").Replace(streamed)
	_, err = read()
	wantClass(t, err, ews.ClassSubscription)
	end = ""
	_, err = read()
	wantClass(t, err, ews.ClassUnavailable)
	stop := errors.New("enough")
	err = m.GetStreamingEvents(t.Context(), []string{id}, time.Minute, func(ews.Notification) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error is %v, want that of the handler", err)
	}
}

func TestChannelBinding_SatisfiesAServerThatRequiresIt(t *testing.T) {
	s := newBound(t)
	o := s.options()
	o.PinSHA256 = s.pin()
	if err := getFolder(t, newClient(t, o).Mailbox("anna@example.com")); err != nil {
		t.Error(err)
	}
	o.Binding = ews.BindingOff
	wantClass(t, getFolder(t, newClient(t, o).Mailbox("anna@example.com")), ews.ClassAuth)
}

func TestGuard_A401AfterASuccessIsThrottlingUntilTheGuardStops(t *testing.T) {
	lockOut := false
	s := newScript(t, scriptOptions{bearer: true}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if lockOut || r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		folders(w, r, n, body)
	})
	o := s.options()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o.Auth, o.Now = ews.AuthBasic, func() time.Time { return now }
	c := newClient(t, o)
	m := c.Mailbox("anna@example.com")
	if err := getFolder(t, m); err != nil {
		t.Fatal(err)
	}
	lockOut = true
	wantClass(t, createOne(t, m), ews.ClassThrottled)
	before := len(s.recorded())
	wantClass(t, createOne(t, m), ews.ClassThrottled)
	if len(s.recorded()) != before {
		t.Error("the pause was not kept")
	}
	now = now.Add(2 * time.Minute)
	wantClass(t, createOne(t, m), ews.ClassAuth)
	now = now.Add(time.Hour)
	before = len(s.recorded())
	wantClass(t, createOne(t, m), ews.ClassAuth)
	if len(s.recorded()) != before {
		t.Error("the guard let a third attempt through")
	}
}

func TestSecrets_AreNeverPrinted(t *testing.T) {
	var b bytes.Buffer
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		write(w, 500, envelope(faultBody("ErrorAccessDenied", "")))
	})
	o := s.options()
	o.Log = slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	wantClass(t, createOne(t, newClient(t, o).Mailbox("anna@example.com")), ews.ClassCalendarForbidden)
	o.Log.InfoContext(context.Background(), "options", slog.Any("password", o.Password))
	if !strings.Contains(b.String(), "exchange call failed") {
		t.Errorf("the failure was not logged: %s", b.String())
	}
	for _, secret := range []string{testSecret, "secret", "anna@example.com"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("the log shows %q: %s", secret, b.String())
		}
	}
}

func TestClockSkew_ComesFromTheDateHeader(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		w.Header().Set("Date", now.Add(90*time.Second).Format(http.TimeFormat))
		folders(w, r, n, body)
	})
	o := s.options()
	o.Now = func() time.Time { return now }
	c := newClient(t, o)
	if _, ok := c.ClockSkew(); ok {
		t.Error("the skew is known before any answer")
	}
	if err := getFolder(t, c.Mailbox("")); err != nil {
		t.Fatal(err)
	}
	if d, ok := c.ClockSkew(); !ok || d != 90*time.Second {
		t.Errorf("skew is %s, %v", d, ok)
	}
}
