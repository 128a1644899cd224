package ews_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

const annaAddress = "anna@example.com"

// sim is a simulated Exchange with a service account that may act for everybody, and the mailbox of Anna.
type sim struct {
	*ewssim.Server
	running *ewssim.Running

	mu       sync.Mutex
	recorded []ewssim.Exchange
}

func newSim(t *testing.T, o ewssim.Options, tls bool) *sim {
	t.Helper()
	s := &sim{}
	o.Record = func(x ewssim.Exchange) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.recorded = append(s.recorded, x)
	}
	o.Now = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	s.Server = ewssim.New(o)
	s.AddAccount(testUser, testSecret)
	if err := s.AddMailbox(ewssim.MailboxInfo{Primary: annaAddress, Aliases: []string{"a@example.com"}, Name: "Anna", Zone: "FLE Standard Time"}); err != nil {
		t.Fatal(err)
	}
	s.AllowImpersonation(testUser)
	r, err := s.Start("127.0.0.1:0", tls)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	s.running = r
	return s
}

func (s *sim) options() ews.Options {
	return ews.Options{
		URL: s.running.URL, Domain: testDomain, User: testUser, Password: testSecret, CAFile: s.running.CAPEM, Now: time.Now, Timeout: 30 * time.Second,
	}
}

// validateAll checks everything that went over the wire, in both directions.
func (s *sim) validateAll(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := t.TempDir()
	for i, x := range s.recorded {
		for kind, b := range map[string][]byte{"request": x.Request, "response": x.Response} {
			if len(b) == 0 || x.Op == "GetStreamingEvents" && kind == "response" {
				continue // a stream is a sequence of documents, which servers write with another prefix than the schema says
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d_%s_%s.xml", i, x.Op, kind)), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	validate(t, dir)
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func day(d, h int) ews.DateTime { return ews.At(time.Date(2026, 3, d, h, 0, 0, 0, time.UTC)) }

// writableNow are the properties of fullItem that every generation takes.
func writableNow() []ews.FieldURI {
	return slices.DeleteFunc(allWritable(), func(f ews.FieldURI) bool { return f == ews.FieldUID || f == ews.FieldIsResponseRequested })
}

func TestSim_LifecycleInEveryGeneration(t *testing.T) {
	for _, g := range []ewssim.Generation{
		ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2013SP1, ewssim.Exchange2016, ewssim.Exchange2019, ewssim.ExchangeSE,
	} {
		t.Run(g.String(), func(t *testing.T) {
			s := newSim(t, ewssim.Options{Version: g}, g == ewssim.Exchange2016)
			c := newClient(t, s.options())
			lifecycle(t, c.Mailbox(annaAddress))
			if n := len(s.Mail()); n != 0 {
				t.Errorf("%d mails were sent, want none", n)
			}
			if got := c.Stats().Total().Handshakes; got < 1 || got > 2 {
				t.Errorf("%d handshakes, want 1, or 2 where the machine is starved", got)
			}
			s.validateAll(t)
		})
	}
}

// lifecycle creates a series and a single item, reads, changes and deletes them.
func lifecycle(t *testing.T, m *ews.Mailbox) {
	ctx := t.Context()
	shape := ews.Shape{Fields: ews.CalendarFields(), Extended: []ews.ExtendedFieldURI{stamp()}}
	full := fullItem()
	full.Required, full.Optional, full.Resources = full.Required[:1], nil, nil
	fields := slices.DeleteFunc(writableNow(), func(f ews.FieldURI) bool { return f == ews.FieldOptional || f == ews.FieldResources })
	single := zones(ews.CalendarItem{Subject: "single", Start: day(4, 7), End: day(4, 8), FreeBusy: ews.FreeBusyTentative})
	made := must(m.CreateItem(ctx, calendar(), []ews.NewItem{
		{Item: full, Fields: fields},
		{Item: single, Fields: []ews.FieldURI{
			ews.FieldSubject, ews.FieldStart, ews.FieldEnd, ews.FieldFreeBusy, ews.FieldReminderIsSet, ews.FieldStartTimeZone, ews.FieldEndTimeZone, ews.FieldMeetingTimeZone,
		}},
	}, ews.SendToNone))(t)
	for i, r := range made {
		if r.Err != nil {
			t.Fatalf("item %d: %v", i, r.Err)
		}
	}
	page := must(m.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendar(), Shape: ews.Shape{Extended: []ews.ExtendedFieldURI{stamp()}}}))(t)
	if len(page.Changes) != 2 || !page.Last {
		t.Fatalf("feed has %d changes, last %v; want 2 and true", len(page.Changes), page.Last)
	}

	got := must(m.GetItem(ctx, []ews.ItemRef{ews.Ref(made[0].Item.ID), ews.Ref(made[1].Item.ID), ews.Ref(ews.ItemID{ID: "AAMkAGone"}), ews.OccurrenceRef(made[0].Item.ID, 2)}, shape))(t)
	if got[0].Err != nil || got[1].Err != nil || got[3].Err != nil {
		t.Fatalf("items cannot be read: %v, %v, %v", got[0].Err, got[1].Err, got[3].Err)
	}
	if c := ews.ClassOf(got[2].Err); c != ews.ClassItemNotFound && c != ews.ClassInvalid {
		t.Errorf("a made-up id gives %v", got[2].Err)
	}
	checkSeries(t, full, got[0].Item)
	occ := got[3].Item
	if occ.Type != ews.TypeOccurrence || !occ.Start.Time.After(full.Start.Time) {
		t.Errorf("second occurrence is a %s at %s", occ.Type, occ.Start.Raw)
	}
	back := must(m.GetItem(ctx, []ews.ItemRef{ews.MasterRef(occ.ID)}, ews.Shape{Fields: []ews.FieldURI{ews.FieldType}}))(t)
	if back[0].Err != nil || back[0].Item.ID.ID != made[0].Item.ID.ID {
		t.Errorf("the master of the occurrence is %+v", back[0])
	}

	change := lifecycleSearchAndChange(t, m, made, occ)
	stale := must(m.UpdateItem(ctx, []ews.ItemChange{change}, ews.UpdateOptions{}))(t)
	wantClass(t, stale[0].Err, ews.ClassPrecondition)

	lifecycleAfter(t, m, made, page, shape)
}

// lifecycleSearchAndChange finds the two items by stamp and by view, and changes the single one and an occurrence.
func lifecycleSearchAndChange(t *testing.T, m *ews.Mailbox, made []ews.ItemResult, occ ews.CalendarItem) ews.ItemChange {
	t.Helper()
	ctx := t.Context()
	found := must(m.FindItem(ctx, ews.FindRequest{Folder: calendar(), Property: stamp(), Equals: "sim:1"}))(t)
	if len(found.Items) != 1 || found.Items[0].ID.ID != made[0].Item.ID.ID {
		t.Errorf("search finds %+v", found)
	}
	view := must(m.FindItemView(ctx, ews.ViewRequest{Folder: calendar(), Start: day(1, 0).Time, End: day(20, 0).Time, Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldStart, ews.FieldType}}}))(t)
	if len(view.Items) < 4 {
		t.Errorf("view has %d items, want the single one and the occurrences", len(view.Items))
	}

	change := ews.ItemChange{
		Ref: ews.Ref(made[1].Item.ID), Set: []ews.FieldURI{ews.FieldSubject, ews.FieldStart, ews.FieldEnd, ews.FieldStartTimeZone, ews.FieldEndTimeZone, ews.FieldMeetingTimeZone},
		Item:        zones(ews.CalendarItem{Subject: "moved", Start: day(5, 7), End: day(5, 9)}),
		SetExtended: []ews.ExtendedProperty{{URI: stamp(), Value: "sim:2"}},
	}
	changed := must(m.UpdateItem(ctx, []ews.ItemChange{change, {Ref: ews.Ref(occ.ID), Item: ews.CalendarItem{Subject: "special"}, Set: []ews.FieldURI{ews.FieldSubject}}}, ews.UpdateOptions{}))(t)
	for i, r := range changed {
		if r.Err != nil {
			t.Fatalf("change %d: %v", i, r.Err)
		}
	}
	return change
}

// lifecycleAfter reads what became of the changes, deletes, and follows the feed.
func lifecycleAfter(t *testing.T, m *ews.Mailbox, made []ews.ItemResult, page ews.SyncPage, shape ews.Shape) {
	t.Helper()
	ctx := t.Context()
	again := must(m.GetItem(ctx, []ews.ItemRef{ews.Ref(made[0].Item.ID), ews.Ref(made[1].Item.ID)}, shape))(t)
	if n := len(again[0].Item.Modified); n != 1 {
		t.Errorf("the series has %d exceptions, want 1", n)
	}
	if it := again[1].Item; it.Subject != "moved" || !it.Start.Time.Equal(day(5, 7).Time) || !it.End.Time.Equal(day(5, 9).Time) {
		t.Errorf("the changed item is %q from %s to %s", it.Subject, it.Start.Raw, it.End.Raw)
	}
	if p, ok := again[1].Item.ExtendedValue(stamp()); !ok || p.Value != "sim:2" {
		t.Errorf("stamp is %+v", p)
	}

	errs := must(m.DeleteItem(ctx, []ews.ItemRef{ews.OccurrenceRef(made[0].Item.ID, 3), ews.Ref(made[1].Item.ID), ews.Ref(made[1].Item.ID)}, ews.DeleteOptions{}))(t)
	if errs[0] != nil || errs[1] != nil {
		t.Errorf("deletions: %v, %v", errs[0], errs[1])
	}
	wantClass(t, errs[2], ews.ClassItemNotFound)
	next := must(m.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendar(), State: page.State}))(t)
	var kinds []string
	for _, x := range next.Changes {
		kinds = append(kinds, x.Kind.String())
	}
	slices.Sort(kinds)
	if diff := cmp.Diff([]string{"delete", "upsert"}, kinds); diff != "" {
		t.Errorf("feed after the changes (-want +got):\n%s", diff)
	}
	moved := must(m.MoveItem(ctx, []ews.ItemRef{ews.Ref(made[0].Item.ID)}, ews.FolderRef{Name: ews.FolderDeletedItems}))(t)
	if moved[0].Err != nil || m.Version().Has(ews.FeatureReturnNewItemIDs) && moved[0].Item.ID.ID == "" {
		t.Errorf("move gives %+v", moved[0])
	}
	_, err := m.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendar(), State: "rubbish"})
	wantClass(t, err, ews.ClassCursorExpired)
}

func checkSeries(t *testing.T, want, got ews.CalendarItem) {
	t.Helper()
	if len(got.Problems) != 0 {
		t.Errorf("problems: %+v", got.Problems)
	}
	if got.Type != ews.TypeMaster || got.Subject != ews.CleanText(want.Subject) || got.Location != want.Location || got.Sensitivity != want.Sensitivity ||
		!got.Start.Time.Equal(want.Start.Time) || !got.End.Time.Equal(want.End.Time) || got.ReminderMinutes != 10 || !got.ReminderIsSet {
		t.Errorf("series comes back as %+v", got)
	}
	if strings.TrimSpace(strings.ReplaceAll(got.Body.Text, "\r", "")) != "line one\nline two" || got.Body.Type != ews.BodyText {
		t.Errorf("body is %q", got.Body.Text)
	}
	if got.Recurrence == nil || got.Recurrence.Pattern != ews.Weekly || got.Recurrence.Interval != 2 || got.Recurrence.Start != want.Recurrence.Start || got.Recurrence.End != want.Recurrence.End {
		t.Errorf("rule is %+v", got.Recurrence)
	}
	if p, ok := got.ExtendedValue(stamp()); !ok || p.Value != "sim:1" {
		t.Errorf("stamp is %+v", p)
	}
	if len(got.Required) != 1 || got.Required[0].Address != "ben@example.com" || !got.IsMeeting {
		t.Errorf("attendees are %+v", got.Required)
	}
}

func TestSim_ServicesAroundTheCalendar(t *testing.T) {
	s := newSim(t, ewssim.Options{}, false)
	c := newClient(t, s.options())
	m := c.Mailbox(annaAddress)
	ctx := t.Context()
	folder := must(m.GetFolder(ctx, calendar(), ews.FolderRef{ID: ews.FolderID{ID: "AAMkAGone"}}))(t)
	if folder[0].Err != nil || !folder[0].Folder.EffectiveRights.CreateContents || folder[1].Err == nil {
		t.Errorf("folders are %+v", folder)
	}
	zones := must(m.GetServerTimeZones(ctx))(t)
	if !slices.ContainsFunc(zones, func(z ews.ServerTimeZone) bool { return z.ID == "FLE Standard Time" }) {
		t.Errorf("%d zones, Helsinki's is not among them", len(zones))
	}
	found, _, err := m.ResolveNames(ctx, "smtp:a@example.com")
	if err != nil || len(found) != 1 || !strings.EqualFold(found[0].Mailbox.Address, annaAddress) {
		t.Errorf("name resolves to %+v (%v)", found, err)
	}
	name := ews.UserConfigurationName{Name: "LockstepTest", Folder: calendar()}
	_, err = m.GetUserConfiguration(ctx, name)
	wantClass(t, err, ews.ClassItemNotFound)
	u := ews.UserConfiguration{Name: name, Dictionary: []ews.DictionaryEntry{{Key: "owner", Values: []string{"me"}}}, XML: []byte("<a/>")}
	if err := m.CreateUserConfiguration(ctx, u); err != nil {
		t.Fatal(err)
	}
	u.Dictionary[0].Values[0] = "you"
	if err := m.UpdateUserConfiguration(ctx, u); err != nil {
		t.Fatal(err)
	}
	got := must(m.GetUserConfiguration(ctx, name))(t)
	if v, ok := got.Entry("owner"); !ok || v != "you" || string(got.XML) != "<a/>" {
		t.Errorf("configuration is %+v", got)
	}
	s.validateAll(t)
}

func TestSim_AccessModesAndTheirRefusals(t *testing.T) {
	s := newSim(t, ewssim.Options{}, false)
	wantClass(t, getFolder(t, newClient(t, s.options()).Mailbox("nobody@example.com")), ews.ClassCalendarNotFound)
	o := s.options()
	if e := wantClass(t, getFolder(t, newClient(t, o).Mailbox("a@example.com")), ews.ClassCalendarNotFound); e.Code != "ErrorNonPrimarySmtpAddress" || e.Primary != annaAddress {
		t.Errorf("error is %s and names %q", e.Code, e.Primary)
	}
	o.Access = ews.AccessSMTP
	if err := getFolder(t, newClient(t, o).Mailbox("a@example.com")); err != nil {
		t.Error(err)
	}
	o.Access = ews.AccessDelegate
	c := ews.ClassOf(getFolder(t, newClient(t, o).Mailbox(annaAddress)))
	if c != ews.ClassCalendarForbidden && c != ews.ClassCalendarNotFound {
		t.Errorf("a folder that is not shared gives %s", c)
	}
	if err := s.Share(annaAddress, "", testUser, ewssim.RightEdit); err != nil {
		t.Fatal(err)
	}
	if err := getFolder(t, newClient(t, o).Mailbox(annaAddress)); err != nil {
		t.Error(err)
	}
	s.RevokeImpersonation(testUser)
	wantClass(t, getFolder(t, newClient(t, s.options()).Mailbox(annaAddress)), ews.ClassCalendarForbidden)
}

func TestSim_PullCostsOnePagePerFiveHundredAndTwelve(t *testing.T) {
	const items, batch = 600, 100
	s := newSim(t, ewssim.Options{Switches: ewssim.Switches{RawControls: true}}, false)
	for i := range items {
		it := ewssim.Item{Subject: fmt.Sprintf("n\x01 %d", i), Start: day(2, 7).Time, End: day(2, 8).Time}
		stored, err := s.Put(annaAddress, "", it)
		if err != nil {
			t.Fatal(err)
		}
		if i == 7 {
			if err := s.BreakExt(stored.ID, ewssim.ExtKey{SetID: stamp().PropertySetID, Name: stamp().PropertyName, Type: "String"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := newClient(t, s.options())
	m := c.Mailbox(annaAddress)
	var ids []ews.ItemRef
	state, last := "", false
	for !last {
		p := must(m.SyncFolderItems(t.Context(), ews.SyncRequest{Folder: calendar(), State: state, Shape: ews.Shape{Extended: []ews.ExtendedFieldURI{stamp()}}}))(t)
		for _, x := range p.Changes {
			ids = append(ids, ews.Ref(x.Item.ID))
		}
		state, last = p.State, p.Last
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	read, problems := 0, 0
	for chunk := range slices.Chunk(ids, batch) {
		wg.Go(func() {
			rs, err := m.GetItem(t.Context(), chunk, ews.Shape{Fields: ews.CalendarFields(), Extended: []ews.ExtendedFieldURI{stamp()}})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, r := range rs {
				if r.Err == nil && strings.HasPrefix(r.Item.Subject, "n\uFFFD ") {
					read++
				}
				problems += len(r.Item.Problems)
			}
		})
	}
	wg.Wait()
	if read != items || problems != 1 {
		t.Errorf("%d items read and %d problems, want %d and 1", read, problems, items)
	}
	st := c.Stats()
	if st["SyncFolderItems"].Calls != 2 || st["GetItem"].Calls != items/batch || st.Total().Handshakes > 5 || st.Total().Requests != st.Total().Calls+st.Total().Handshakes {
		t.Errorf("traffic is %+v", st)
	}
}

func TestSim_StreamTellsOfAnEdit(t *testing.T) {
	s := newSim(t, ewssim.Options{KeepAlive: 20 * time.Millisecond, StreamMinute: time.Second}, false)
	m := newClient(t, s.options()).Mailbox(annaAddress)
	id := must(m.Subscribe(t.Context(), calendar()))(t)
	if _, err := s.Put(annaAddress, "", ewssim.Item{Subject: "x", Start: day(2, 7).Time, End: day(2, 8).Time}); err != nil {
		t.Fatal(err)
	}
	events := 0
	if err := m.GetStreamingEvents(t.Context(), []string{id}, time.Minute, func(n ews.Notification) error {
		events += n.Events
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if events == 0 {
		t.Error("the stream told nothing")
	}
	if err := m.Unsubscribe(t.Context(), id); err != nil {
		t.Error(err)
	}
	wantClass(t, m.Unsubscribe(t.Context(), id), ews.ClassSubscription)
	s.validateAll(t)
}
