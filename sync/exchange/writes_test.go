package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/internal/faultscript"
)

func helsinki(t testing.TB, start, end string) event.Span {
	t.Helper()
	return span(t, start, end, "Europe/Helsinki")
}

func span(t testing.TB, start, end, zone string) event.Span {
	t.Helper()
	from, err := event.ParseWall(start)
	if err != nil {
		t.Fatal(err)
	}
	to, err := event.ParseWall(end)
	if err != nil {
		t.Fatal(err)
	}
	return event.Span{Start: from, End: to, Zone: zone}
}

func at(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

func (r *rig) anna() full {
	ep, _ := r.conn.Endpoint(anna, "Europe/Helsinki").(full)
	return ep
}

// put makes an entry in Anna's calendar, past the endpoint.
func (r *rig) put(t testing.TB, it ewssim.Item) event.ID {
	t.Helper()
	if it.Start.IsZero() {
		it.Start, it.End = at(10, 7), at(10, 8)
	}
	s, err := r.Put(anna, "", it)
	if err != nil {
		t.Fatal(err)
	}
	return event.ID(s.ID)
}

// stored is an entry as the server holds it.
func (r *rig) stored(t testing.TB, id event.ID) ewssim.Stored {
	t.Helper()
	all, err := r.Items(anna, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if event.ID(s.ID) == id {
			return s
		}
	}
	t.Fatalf("no item has this id")
	return ewssim.Stored{}
}

func get(t testing.TB, ep endpoint.Endpoint, id event.ID) event.Item {
	t.Helper()
	got, err := ep.Get(t.Context(), []event.ID{id})
	if err != nil || got[0].Item == nil {
		t.Fatalf("get: %v, %v", err, got)
	}
	return *got[0].Item
}

func apply(t testing.TB, ep endpoint.Endpoint, op endpoint.Op) endpoint.Result {
	t.Helper()
	rs := ep.Apply(t.Context(), []endpoint.Op{op})
	if len(rs) != 1 {
		t.Fatalf("%d results for one op", len(rs))
	}
	return rs[0]
}

func wants(t testing.TB, e *endpoint.Error, k endpoint.Kind, s endpoint.Scope, code string) {
	t.Helper()
	if e == nil {
		t.Fatalf("no error, want %v (%v, %s)", k, s, code)
		return
	}
	if e.Kind != k || e.Scope != s || code != "" && e.Code != code {
		t.Errorf("error = %v, want %v (%v), %s", e, k, s, code)
	}
}

func TestApply_ChangeOfAnotherFieldKeepsFormattingAndSensitivity(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	const rich = `<html><body><b>Bold</b> agenda</body></html>`
	for _, secrecy := range []string{"Normal", "Personal", "Private", "Confidential"} {
		id := r.put(t, ewssim.Item{Subject: "x", Body: ewssim.Body{HTML: true, Text: rich}, Sensitivity: secrecy})
		it := get(t, ep, id)
		if it.Private != (secrecy != "Normal") || it.Notes != "Bold agenda" {
			t.Errorf("%s: private %v, notes %q", secrecy, it.Private, it.Notes)
		}
		want := it.Event
		want.Subject, want.Notes, want.When = "y", "ruined", helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")
		res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldSubject | event.FieldWhen | event.FieldPrivate})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		s := r.stored(t, id)
		if s.Subject != "y" || s.Body.Text != rich || !s.Body.HTML || s.Sensitivity != secrecy {
			t.Errorf("%s: stored subject %q, body %q, sensitivity %s", secrecy, s.Subject, s.Body.Text, s.Sensitivity)
		}
		if res.Before == nil || res.Before.Subject != "x" {
			t.Errorf("%s: before-image %+v", secrecy, res.Before)
		}
	}
}

func TestApply_WhatNobodyChoseOverwritesNothing(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	id := r.put(t, ewssim.Item{Subject: "x", FreeBusy: "OOF", ReminderSet: true, ReminderMinutes: 30})
	it := get(t, ep, id)
	want := it.Event
	want.ShowAs, want.Reminder = event.ShowUnset, event.Reminder{}
	res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldShowAs | event.FieldReminder})
	if res.Err != nil || !res.Exact || res.Item.Ref != it.Ref {
		t.Errorf("result = %+v, want the entry untouched", res)
	}
	if n := r.WriteTotal(); n != 0 {
		t.Errorf("%d writes, want none", n)
	}
	if s := r.stored(t, id); s.FreeBusy != "OOF" || s.ReminderMinutes != 30 || !s.ReminderSet {
		t.Errorf("stored state %s, reminder %v %d", s.FreeBusy, s.ReminderSet, s.ReminderMinutes)
	}
	made := apply(t, ep, endpoint.Op{Kind: endpoint.Create, Want: event.Event{Subject: "n", When: it.When}, Stamp: event.Stamp{Office: "o", Key: "k"}})
	if s := r.stored(t, made.Item.ID); s.ReminderSet || s.FreeBusy != "Busy" {
		t.Errorf("created with reminder %v, state %s; want none, and busy", s.ReminderSet, s.FreeBusy)
	}
}

// meeting puts a copy of Olaf's meeting into Anna's calendar, or one of her own.
func (r *rig) meeting(t testing.TB, own bool) event.ID {
	t.Helper()
	it := ewssim.Item{
		Subject: "Board", State: 1, Organizer: ewssim.Person{Name: "Anna", Address: "Anna@Office.test"},
		Required:  []ewssim.Attendee{{Person: ewssim.Person{Name: "Zed", Address: "Zed@Elsewhere.test"}, Response: "Accept"}},
		Optional:  []ewssim.Attendee{{Person: ewssim.Person{Name: "Olaf", Address: olaf}, Response: "Tentative"}},
		Resources: []ewssim.Attendee{{Person: ewssim.Person{Address: "room@office.test"}, Response: "Decline"}},
	}
	if !own {
		it.State, it.MyResponse = 3, "Accept"
		it.Organizer = ewssim.Person{Name: "Olaf", Address: olaf}
		it.Optional = nil
		it.Required = append(it.Required, ewssim.Attendee{Person: ewssim.Person{Address: anna}})
	}
	return r.put(t, it)
}

func TestGet_ReadsWhoIsInAMeeting(t *testing.T) {
	r := newRig(t, rigOptions{})
	it := get(t, r.anna(), r.meeting(t, true))
	want := []event.Attendee{
		{Address: olaf, Name: "Olaf", Role: event.RoleOptional, Response: event.ResponseTentative},
		{Address: "room@office.test", Role: event.RoleResource, Response: event.ResponseDeclined},
		{Address: "zed@elsewhere.test", Name: "Zed", Response: event.ResponseAccepted},
	}
	if d := cmp.Diff(want, it.Attendees); d != "" {
		t.Errorf("attendees (-want +got):\n%s", d)
	}
	if it.Organizer != anna || it.Standing != event.StandingOwner || !it.Meeting || it.Cancelled {
		t.Errorf("own meeting: organiser %q, %v, meeting %v, cancelled %v", it.Organizer, it.Standing, it.Meeting, it.Cancelled)
	}
	id := r.meeting(t, false)
	it = get(t, r.anna(), id)
	if it.Organizer != olaf || it.Standing != event.StandingParticipant || !it.Meeting {
		t.Errorf("copy: organiser %q, %v, meeting %v", it.Organizer, it.Standing, it.Meeting)
	}
	if err := r.Edit(string(id), func(i *ewssim.Item) { i.State |= 4 }); err != nil {
		t.Fatal(err)
	}
	if it = get(t, r.anna(), id); !it.Cancelled {
		t.Error("a cancelled meeting is not told as one")
	}
}

func TestApply_AnAttendeesCopyTakesAMarkOrIsLeft(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2016} {
		for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
			t.Run(g.String()+" "+access.String(), func(t *testing.T) { attendeesCopy(t, g, access) })
		}
	}
}

func attendeesCopy(t *testing.T, g ewssim.Generation, access ews.Access) {
	r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}, access: access})
	ep := r.anna()
	id := r.meeting(t, false)
	it := get(t, ep, id)
	want := it.Event
	want.Subject = "mine now"
	for _, k := range []endpoint.OpKind{endpoint.Update, endpoint.Delete} {
		op := endpoint.Op{Kind: k, Target: it.Ref, Want: want, Fields: event.FieldSubject, Notify: endpoint.NotifyAll}
		wants(t, apply(t, ep, op).Err, endpoint.Forbidden, endpoint.ScopeItem, "not_organizer")
	}
	if n := r.WriteTotal(); n != 0 {
		t.Errorf("%d writes, want none", n)
	}
	stamp := event.Stamp{Office: "o", Partner: "p", Key: "k"}
	marked := apply(t, ep, endpoint.Op{Kind: endpoint.Mark, Target: it.Ref, Stamp: stamp, Notify: endpoint.NotifyAll})
	if marked.Err != nil {
		t.Fatal(marked.Err)
	}
	if now := get(t, ep, id); now.Stamp != stamp || event.Diff(now.Event, it.Event) != 0 {
		t.Errorf("marked: %+v", now)
	}
	left := apply(t, ep, endpoint.Op{Kind: endpoint.Leave, Target: marked.Item.Ref, Notify: endpoint.NotifyAll})
	if left.Err != nil || left.Notified != 0 {
		t.Errorf("leave: %+v", left)
	}
	trash, err := r.Items(anna, "deleteditems")
	if err != nil || len(trash) != 1 {
		t.Errorf("%d items in Deleted Items, %v; want the one that was left", len(trash), err)
	}
	if mails := r.Mail(); len(mails) != 0 {
		t.Errorf("%d mails, want none", len(mails))
	}
}

func TestApply_CountsWhoIsToldOfAMeeting(t *testing.T) {
	for _, c := range []struct {
		notify endpoint.Notify
		kind   endpoint.OpKind
		want   int
	}{
		{endpoint.NotifyNobody, endpoint.Update, 0},
		{endpoint.NotifyChanged, endpoint.Update, 0},
		{endpoint.NotifyAll, endpoint.Update, 3},
		{endpoint.NotifyNobody, endpoint.Delete, 0},
		{endpoint.NotifyChanged, endpoint.Delete, 0},
		{endpoint.NotifyAll, endpoint.Delete, 3},
		{endpoint.NotifyAll, endpoint.Mark, 0},
		{endpoint.NotifyAll, endpoint.Leave, 0},
	} {
		t.Run(fmt.Sprintf("%v %d", c.kind, c.notify), func(t *testing.T) {
			r := newRig(t, rigOptions{})
			ep := r.anna()
			it := get(t, ep, r.meeting(t, true))
			want := it.Event
			want.Location = "Room 9"
			res := apply(t, ep, endpoint.Op{
				Kind: c.kind, Target: it.Ref, Want: want, Fields: event.FieldLocation, Notify: c.notify, Stamp: event.Stamp{Office: "o", Key: "k"},
			})
			if res.Err != nil || res.Notified != c.want || len(r.Mail()) != c.want {
				t.Errorf("error %v, %d told, %d mails, want %d", res.Err, res.Notified, len(r.Mail()), c.want)
			}
		})
	}
}

func TestApply_RefusesSeriesAndImpossibleTimesBeforeSending(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	good := event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")}
	series := good
	series.Recurrence = &event.Recurrence{Frequency: event.Yearly, Interval: 2, Month: time.March, DayOfMonth: 11}
	ancient := good
	ancient.When = helsinki(t, "1492-10-12T02:00:00", "1492-10-12T03:00:00")
	none := event.Event{Subject: "no time"}
	backwards := event.Event{When: event.AllDay(event.Date{Year: 2026, Month: 3, Day: 9}, event.Date{Year: 2026, Month: 3, Day: 7})}
	var ops []endpoint.Op
	for i, e := range []event.Event{series, good, ancient, none, backwards} {
		ops = append(ops, endpoint.Op{Kind: endpoint.Create, Want: e, Stamp: event.Stamp{Office: "o", Key: event.Key(fmt.Sprint(i))}})
	}
	for i, res := range ep.Apply(t.Context(), ops) {
		if i == 1 {
			if res.Err != nil {
				t.Errorf("the good one: %v", res.Err)
			}
			continue
		}
		wants(t, res.Err, endpoint.Invalid, endpoint.ScopeItem, "")
	}
	if n := r.WriteTotal(); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	wants(t, apply(t, ep, endpoint.Op{Kind: endpoint.Mark, Target: event.Ref{ID: "x"}}).Err, endpoint.Precondition, endpoint.ScopeItem, "")
}

func TestApply_StopsAtATroubleOfTheCalendarAndSendsNothingMore(t *testing.T) {
	r := newRig(t, rigOptions{ex: exchange.Options{Batch: 2}})
	ep := r.anna()
	var ops []endpoint.Op
	for i := range 7 {
		e := event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")}
		ops = append(ops, endpoint.Op{Kind: endpoint.Create, Want: e, Stamp: event.Stamp{Office: "o", Key: event.Key(fmt.Sprint(i))}})
	}
	r.script.Add(faultscript.Rule{Op: "CreateItem", After: 1, Times: 1, Kind: faultscript.DropAfter})
	for i, res := range ep.Apply(t.Context(), ops) {
		switch {
		case i < 2 && res.Err != nil:
			t.Errorf("op %d: %v", i, res.Err)
		case i == 2 || i == 3:
			wants(t, res.Err, endpoint.OutcomeUnknown, endpoint.ScopeCalendar, "")
		case i > 3:
			wants(t, res.Err, endpoint.Unavailable, endpoint.ScopeCalendar, "not_sent")
		}
	}
	if n := r.WriteTotal(); n != 4 {
		t.Errorf("%d entries were made, want 4", n)
	}
}

func TestSettle_ACreateThatWasDeletedOrDraggedSince(t *testing.T) {
	for _, c := range []struct {
		name, folder string
		gone         bool
	}{{"deleted", "deleteditems", true}, {"dragged", "inbox", false}} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, rigOptions{})
			ep := r.anna()
			op := endpoint.Op{
				Kind: endpoint.Create, Stamp: event.Stamp{Office: "o", Key: "lost"},
				Want: event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")},
			}
			made := apply(t, ep, op)
			moved, err := r.Drag(string(made.Item.ID), c.folder)
			if err != nil {
				t.Fatal(err)
			}
			out, err := ep.Settle(t.Context(), op, startOfTests())
			if err != nil || out.Kind != endpoint.Applied || out.Gone != c.gone || out.Item == nil || out.Item.ID != event.ID(moved.ID) {
				t.Errorf("outcome = %+v, %v", out, err)
			}
			hits, err := ep.FindStamped(t.Context(), "lost")
			if err != nil || (len(hits) == 0) != c.gone {
				t.Errorf("found %d by the key, %v", len(hits), err)
			}
			// The same key, sent again long after: what lies in Deleted Items is its first life.
			out, err = ep.Settle(t.Context(), op, startOfTests().Add(time.Hour))
			if err != nil || (out.Kind == endpoint.Applied) == c.gone {
				t.Errorf("outcome of a later create = %+v, %v", out, err)
			}
		})
	}
}

func TestSettle_ARemovalOfWhatAPersonDraggedAway(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	stamp := event.Stamp{Office: "o", Key: "k"}
	made := apply(t, ep, endpoint.Op{
		Kind: endpoint.Create, Stamp: stamp,
		Want: event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")},
	})
	if _, err := r.Drag(string(made.Item.ID), "inbox"); err != nil {
		t.Fatal(err)
	}
	out, err := ep.Settle(t.Context(), endpoint.Op{Kind: endpoint.Delete, Target: made.Item.Ref, Stamp: stamp}, startOfTests())
	if err != nil || out.Kind != endpoint.NotApplied {
		t.Errorf("outcome = %+v, %v, want not applied", out, err)
	}
}

func TestApply_NothingOfAnEntryIsInErrorsTexts(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	const private = "Redundancies"
	e := event.Event{Subject: private, Location: private, Notes: private, When: helsinki(t, "2026-03-11T09:00:00", "2036-03-11T08:00:00")}
	res := apply(t, ep, endpoint.Op{Kind: endpoint.Create, Want: e, Stamp: event.Stamp{Office: "o", Key: "k"}})
	wants(t, res.Err, endpoint.Invalid, endpoint.ScopeItem, "ErrorCalendarDurationIsTooLong")
	var wire *ews.Error
	if !errors.As(res.Err, &wire) || strings.Contains(res.Err.Error(), private) {
		t.Errorf("error = %v", res.Err)
	}
}

// A mark is not read before it is written: the server itself must refuse an
// old version, and so must it for an edit between our reading and our writing.
func TestApply_TheServerItselfRefusesAnOldVersion(t *testing.T) {
	var r *rig
	var id event.ID
	edit := func() {
		if err := r.Edit(string(id), func(it *ewssim.Item) { it.Subject = "by hand" }); err != nil {
			t.Error(err)
		}
	}
	armed := false
	r = newRig(t, rigOptions{sim: ewssim.Options{Record: func(x ewssim.Exchange) {
		if armed && x.Op == "GetItem" {
			armed = false
			edit()
		}
	}}})
	ep := r.anna()
	id = r.put(t, ewssim.Item{Subject: "x"})
	old := get(t, ep, id)
	edit()
	stamp := event.Stamp{Office: "o", Key: "k"}
	wants(t, apply(t, ep, endpoint.Op{Kind: endpoint.Mark, Target: old.Ref, Stamp: stamp}).Err, endpoint.Precondition, endpoint.ScopeItem, "")
	now := get(t, ep, id)
	want := now.Event
	want.Subject = "ours"
	armed = true
	op := endpoint.Op{Kind: endpoint.Update, Target: now.Ref, Want: want, Fields: event.FieldSubject, Stamp: stamp}
	wants(t, apply(t, ep, op).Err, endpoint.Precondition, endpoint.ScopeItem, "")
	if s := r.stored(t, id); s.Subject != "by hand" || len(s.Ext) != 0 || r.WriteTotal() != 0 {
		t.Errorf("stored subject %q with %d marks after %d writes", s.Subject, len(s.Ext), r.WriteTotal())
	}
}

// The server compares no versions for a removal, so that one that it was too busy for is looked at again.
func TestApply_ARemovalRefusedForAMomentLooksAgainFirst(t *testing.T) {
	for _, edited := range []bool{false, true} {
		for _, inside := range []bool{false, true} {
			var r *rig
			var id event.ID
			refusals := 0
			r = newRig(t, rigOptions{repeats: 1, sim: ewssim.Options{Switches: ewssim.Switches{BusyInside: inside}, Record: func(x ewssim.Exchange) {
				if x.Op != "DeleteItem" || !strings.Contains(string(x.Response), "ErrorServerBusy") {
					return
				}
				refusals++
				if !edited {
					return
				}
				if err := r.Edit(string(id), func(it *ewssim.Item) { it.Subject = "by hand" }); err != nil {
					t.Error(err)
				}
			}}})
			ep := r.anna()
			id = r.put(t, ewssim.Item{Subject: "x"})
			old := get(t, ep, id)
			r.script.Add(faultscript.Rule{Op: "DeleteItem", Times: 1, Kind: faultscript.Throttle, RetryAfter: 10 * time.Millisecond})
			res := apply(t, ep, endpoint.Op{Kind: endpoint.Delete, Target: old.Ref})
			if refusals != 1 {
				t.Fatalf("%d refusals, want 1", refusals)
			}
			switch {
			case !edited && (res.Err != nil || r.WriteTotal() != 1):
				t.Errorf("inside %v: %v with %d writes, want none and 1", inside, res.Err, r.WriteTotal())
			case edited:
				wants(t, res.Err, endpoint.Precondition, endpoint.ScopeItem, "")
				if r.WriteTotal() != 0 {
					t.Errorf("inside %v: an entry that was edited in the pause is gone", inside)
				}
			}
		}
	}
}
