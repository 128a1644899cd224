package ews_test

import (
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ews"
)

var update = flag.Bool("update", false, "write the golden requests anew")

func stamp() ews.ExtendedFieldURI {
	return ews.ExtendedFieldURI{PropertySetID: "6f1d0a5e-91a6-4d3e-8a0f-3f2a5b8c7d10", PropertyName: "Stamp", PropertyType: "String"}
}

func zones(it ews.CalendarItem) ews.CalendarItem {
	it.MeetingTimeZone, it.StartTimeZone, it.EndTimeZone = "FLE Standard Time", "FLE Standard Time", "FLE Standard Time"
	return it
}

func fullItem() ews.CalendarItem {
	return zones(ews.CalendarItem{
		ItemClass: "IPM.Appointment", Subject: "Budget <Q1> & \x00more", Sensitivity: ews.SensitivityPrivate,
		Body: ews.Body{Text: "line one\r\nline two"}, Categories: []string{"Red", "Blue"}, Importance: ews.ImportanceHigh,
		ReminderIsSet: true, ReminderMinutes: 10, UID: "040000008200E00074C5B7101A82E008", Location: `Room "1"`,
		Start: ews.At(time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)), End: ews.At(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)),
		FreeBusy: ews.FreeBusyWorkingElsewhere, IsResponseRequested: true,
		Required:  []ews.Attendee{{Recipient: ews.Recipient{Name: "Ben", Address: "ben@example.com", RoutingType: "SMTP"}}},
		Optional:  []ews.Attendee{{Recipient: ews.Recipient{Address: "eve@example.com"}}},
		Resources: []ews.Attendee{{Recipient: ews.Recipient{Address: "room@example.com"}}},
		Extended: []ews.ExtendedProperty{
			{URI: stamp(), Value: "sim:1"},
			{URI: ews.ExtendedFieldURI{DistinguishedSet: "PublicStrings", PropertyName: "Tags", PropertyType: "StringArray"}, Values: []string{"a", "b"}},
			{URI: ews.ExtendedFieldURI{DistinguishedSet: "Appointment", PropertyID: 33332, PropertyType: "String"}, Value: "Helsinki"},
		},
		Recurrence: &ews.Recurrence{
			Pattern: ews.Weekly, Interval: 2, Days: []ews.DayOfWeek{ews.Monday, ews.Thursday}, FirstDay: ews.Monday,
			Range: ews.RangeEndDate, Start: ews.Date{Year: 2026, Month: 3, Day: 2}, End: ews.Date{Year: 2026, Month: 6, Day: 29},
		},
	})
}

// allWritable are given out of order on purpose.
func allWritable() []ews.FieldURI {
	return []ews.FieldURI{
		ews.FieldRecurrence, ews.FieldEnd, ews.FieldStart, ews.FieldIsAllDay, ews.FieldEndTimeZone, ews.FieldStartTimeZone, ews.FieldMeetingTimeZone,
		ews.FieldSubject, ews.FieldItemClass, ews.FieldBody, ews.FieldSensitivity, ews.FieldCategories, ews.FieldImportance, ews.FieldReminderMinutes,
		ews.FieldReminderIsSet, ews.FieldUID, ews.FieldLocation, ews.FieldFreeBusy, ews.FieldIsResponseRequested, ews.FieldResources, ews.FieldOptional,
		ews.FieldRequired, ews.FieldSubject,
	}
}

func goldenCalls() map[string]func(ctx context.Context, m *ews.Mailbox) error {
	id := ews.ItemID{ID: "AAMk+/=", ChangeKey: "DwAA"}
	return map[string]func(ctx context.Context, m *ews.Mailbox) error{
		"getfolder": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.GetFolder(ctx, calendar(), ews.FolderRef{ID: ews.FolderID{ID: "F", ChangeKey: "K"}})
			return err
		},
		"syncfolderitems": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendar(), State: "H4sI", Shape: ews.Shape{Extended: []ews.ExtendedFieldURI{stamp()}}})
			return err
		},
		"syncfolderitems_first": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendar(), Max: 10})
			return err
		},
		"getitem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.GetItem(ctx, []ews.ItemRef{ews.Ref(id), ews.OccurrenceRef(id, 3), ews.MasterRef(ews.ItemID{ID: "occ"})},
				ews.Shape{Fields: ews.CalendarFields(), Extended: []ews.ExtendedFieldURI{stamp(), {PropertyTag: "0x3008", PropertyType: "SystemTime"}}})
			return err
		},
		"createitem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.CreateItem(ctx, calendar(), []ews.NewItem{{Item: fullItem(), Fields: allWritable()}, {Item: ews.CalendarItem{Subject: "plain"}, Fields: []ews.FieldURI{ews.FieldSubject}}}, ews.SendToNone)
			return err
		},
		"updateitem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.UpdateItem(ctx, []ews.ItemChange{
				{
					Ref: ews.Ref(id), Item: fullItem(), Set: allWritable(), SetExtended: fullItem().Extended[:1],
					Delete: []ews.FieldURI{ews.FieldLocation}, DeleteExtended: []ews.ExtendedFieldURI{stamp()},
				},
				{Ref: ews.OccurrenceRef(id, 2), Item: fullItem(), Set: []ews.FieldURI{ews.FieldSubject}},
			}, ews.UpdateOptions{})
			return err
		},
		"updateitem_told": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.UpdateItem(ctx, []ews.ItemChange{{Ref: ews.Ref(ews.ItemID{ID: "x"}), SetExtended: fullItem().Extended[:1]}},
				ews.UpdateOptions{Conflict: ews.AlwaysOverwrite, Send: ews.SendToChangedAndSaveCopy})
			return err
		},
		"finditem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindItem(ctx, ews.FindRequest{Folder: calendar(), Property: stamp(), Equals: `a"b<c>`, Shape: ews.Shape{Extended: []ews.ExtendedFieldURI{stamp()}}})
			return err
		},
		"finditem_any": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindItemIn(ctx, ews.FindAnyRequest{
				Folders: []ews.FolderRef{calendar(), {ID: ews.FolderID{ID: "F1"}}}, Offset: 250,
				AnyOf: []ews.PropertyValue{{Property: stamp(), Value: `a"b`}, {Property: ews.UIDProperty(), Value: "AAAA"}},
				Shape: ews.Shape{Extended: []ews.ExtendedFieldURI{stamp()}},
			})
			return err
		},
		"findfolder": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindFolder(ctx, ews.FolderRef{Name: ews.FolderMessageRoot}, ews.FolderRef{ID: ews.FolderID{ID: "F1", ChangeKey: "K1"}})
			return err
		},
		"finditem_exists": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindItem(ctx, ews.FindRequest{Folder: calendar(), Property: stamp(), Exists: true, Offset: 250})
			return err
		},
		"finditem_view": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindItemView(ctx, ews.ViewRequest{
				Folder: calendar(), Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Max: 500,
				Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldStart, ews.FieldType}},
			})
			return err
		},
		"moveitem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.MoveItem(ctx, []ews.ItemRef{ews.Ref(id)}, ews.FolderRef{Name: ews.FolderDeletedItems})
			return err
		},
		"sendmessage": func(ctx context.Context, m *ews.Mailbox) error {
			return m.SendMessage(ctx, ews.Message{To: []string{"zed@example.org", "kim@example.net"}, Subject: "Moved: Fair", Text: "on\nTuesday"})
		},
		"resolvenames": func(ctx context.Context, m *ews.Mailbox) error {
			_, _, err := m.ResolveNames(ctx, "smtp:anna@example.com")
			return err
		},
		"getservertimezones": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.GetServerTimeZones(ctx, "FLE Standard Time", "UTC")
			return err
		},
		"getservertimezones_all": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.GetServerTimeZones(ctx)
			return err
		},
		"getuserconfiguration": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.GetUserConfiguration(ctx, ews.UserConfigurationName{Name: "OWA.UserOptions", Folder: ews.FolderRef{Name: ews.FolderRoot}})
			return err
		},
		"createuserconfiguration": func(ctx context.Context, m *ews.Mailbox) error {
			return m.CreateUserConfiguration(ctx, ews.UserConfiguration{
				Name:       ews.UserConfigurationName{Name: "Lease", Folder: calendar()},
				Dictionary: []ews.DictionaryEntry{{Key: "owner", Values: []string{"a<b"}}, {Key: "until", ValueType: "Integer32", Values: []string{"7"}}},
				XML:        []byte("<x/>"), Binary: []byte{0, 1},
			})
		},
		"updateuserconfiguration": func(ctx context.Context, m *ews.Mailbox) error {
			return m.UpdateUserConfiguration(ctx, ews.UserConfiguration{Name: ews.UserConfigurationName{Name: "Lease", Folder: calendar()}, XML: []byte("<x/>")})
		},
		"createnote": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.CreateNote(ctx, calendar(), ews.Note{Class: "IPM.Note.Test", Subject: "a<b", Extended: fullItem().Extended[:1], Hidden: true})
			return err
		},
		"updatenote": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.UpdateNote(ctx, id, fullItem().Extended[:1])
			return err
		},
		"findnotes": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.FindNotes(ctx, calendar(), true, stamp(), ews.Shape{Fields: []ews.FieldURI{ews.FieldDateTimeCreated}, Extended: []ews.ExtendedFieldURI{stamp()}})
			return err
		},
		"subscribe": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.Subscribe(ctx, calendar())
			return err
		},
		"unsubscribe": func(ctx context.Context, m *ews.Mailbox) error { return m.Unsubscribe(ctx, "S1") },
		"getstreamingevents": func(ctx context.Context, m *ews.Mailbox) error {
			return m.GetStreamingEvents(ctx, []string{"S1", "S2"}, 30*time.Minute, func(ews.Notification) error { return nil })
		},
		"deleteitem": func(ctx context.Context, m *ews.Mailbox) error {
			_, err := m.DeleteItem(ctx, []ews.ItemRef{ews.Ref(id), ews.OccurrenceRef(id, 1), ews.MasterRef(id)}, ews.DeleteOptions{})
			return err
		},
	}
}

// TestRequests_AreWhatTheSchemaWants compares each request in each generation with a golden file and validates it. The script answers nothing
// useful, so the outcome of the call does not matter here.
func TestRequests_AreWhatTheSchemaWants(t *testing.T) {
	dir := t.TempDir()
	for name, call := range goldenCalls() {
		for _, v := range []ews.Version{ews.Exchange2007SP1, ews.Exchange2010SP2, ews.Exchange2013SP1, ews.Exchange2016} {
			for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessSMTP, ews.AccessDelegate} {
				if access != ews.AccessPrimary && name != "getfolder" && name != "findfolder" {
					continue
				}
				file := name + "_" + v.String()
				if access == ews.AccessSMTP {
					file += "_smtp"
				}
				if access == ews.AccessDelegate {
					file += "_delegate"
				}
				t.Run(file, func(t *testing.T) { golden(t, dir, file, v, access, call) })
			}
		}
	}
	validate(t, dir)
}

func golden(t *testing.T, dir, file string, v ews.Version, access ews.Access, call func(ctx context.Context, m *ews.Mailbox) error) {
	s := newScript(t, scriptOptions{bearer: true}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { w.WriteHeader(http.StatusNotFound) })
	o := s.options()
	o.Auth, o.Token = ews.AuthBearer, func(context.Context) (string, error) { return "t", nil }
	o.Version, o.Access = v, access
	err := call(t.Context(), newClient(t, o).Mailbox("anna@example.com"))
	path := filepath.Join("testdata", "requests", file+".xml")
	rec := s.recorded()
	if len(rec) != 1 {
		// A call that a generation does not know is refused before anything is sent.
		wantClass(t, err, ews.ClassVersion)
		if _, statErr := os.Stat(path); statErr == nil {
			t.Errorf("nothing was sent, but %s exists", path)
		}
		return
	}
	got := rec[0].body
	if err := os.WriteFile(filepath.Join(dir, file+".xml"), []byte(got), 0o600); err != nil {
		t.Fatal(err)
	}
	pretty := strings.ReplaceAll(got, "><", ">\n<") + "\n"
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pretty), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty); diff != "" {
		t.Errorf("request differs from %s (-want +got):\n%s", path, diff)
	}
}
