package memory_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
)

// meeting is an hour on the nth of May.
func meeting(subject string, n int) event.Event {
	d := event.Date{Year: 2026, Month: time.May, Day: n}
	return event.Event{
		Subject: subject,
		When:    event.Span{Start: event.Wall{Date: d, Hour: 9}, End: event.Wall{Date: d, Hour: 10}, Zone: "Europe/Helsinki"},
	}
}

func window() event.Window {
	return event.Window{From: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
}

// pull lists to the end: the ids told of, those gone, those unreadable.
func pull(t *testing.T, ep endpoint.Endpoint, since endpoint.Cursor) (items, gone, bad map[event.ID]bool, next endpoint.Cursor) {
	t.Helper()
	items, gone, bad = map[event.ID]bool{}, map[event.ID]bool{}, map[event.ID]bool{}
	for {
		d, err := ep.Changes(t.Context(), since, window())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Changes {
			items[c.ID], gone[c.ID], bad[c.ID] = c.Item != nil, c.Gone, c.Err != nil
		}
		if since = d.Next; !d.More {
			return items, gone, bad, since
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCalendar_DraggedEntryIsGoneByItsIDAndFoundByItsMark(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	ep := c.Endpoint(anna)
	id := c.PutItem(anna, event.Item{Event: meeting("a", 5), UID: "uid", Stamp: event.Stamp{Office: "o", Key: "k"}})
	_, _, _, next := pull(t, ep, "")
	must(t, c.Drag(anna, id))
	if _, gone, _, _ := pull(t, ep, next); !gone[id] {
		t.Errorf("no tombstone for an entry that left the folder")
	}
	byKey, err := ep.(endpoint.Finder).FindStamped(t.Context(), "k")
	if err != nil || len(byKey) != 1 || byKey[0].ID == id {
		t.Errorf("found %+v, %v by its mark, want the entry under a new id", byKey, err)
	}
	byUID, err := ep.(endpoint.Finder).FindUID(t.Context(), "uid")
	if err != nil || len(byUID) != 1 {
		t.Errorf("found %d by its UID, %v, want 1", len(byUID), err)
	}
	if len(c.List(anna)) != 0 {
		t.Errorf("it is still in the calendar")
	}
}

func TestCalendar_RestoredEntryIsBackUnderItsID(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	ep := c.Endpoint(anna)
	id := c.Put(anna, meeting("a", 5))
	_, _, _, next := pull(t, ep, "")
	must(t, c.Remove(anna, id))
	if err := c.Remove(anna, id); err == nil {
		t.Errorf("an entry was deleted twice")
	}
	must(t, c.Restore(anna, id))
	if items, gone, _, _ := pull(t, ep, next); !items[id] || gone[id] {
		t.Errorf("a restored entry: told %v, gone %v", items[id], gone[id])
	}
}

func TestCalendar_MovedMailboxHasNewIDsAndNoTombstones(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	ep := c.Endpoint(anna)
	old := c.PutItem(anna, event.Item{Event: meeting("a", 5), Stamp: event.Stamp{Key: "k"}})
	_, _, _, next := pull(t, ep, "")
	c.Rehome(anna)
	if _, err := ep.Changes(t.Context(), next, window()); !endpoint.Is(err, endpoint.CursorExpired) {
		t.Errorf("a cursor of the old mailbox: %v, want cursor_expired", err)
	}
	items, gone, _, _ := pull(t, ep, "")
	if items[old] || gone[old] || len(items) != 1 {
		t.Errorf("listed %v, gone %v, want one entry under a new id", items, gone)
	}
}

func TestCalendar_CursorsExpire(t *testing.T) {
	now := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	o := memory.LikeExchange(func() time.Time { return now })
	o.CursorLife = time.Hour
	c := memory.NewCalendar(o)
	ep := c.Endpoint(anna)
	_, _, _, next := pull(t, ep, "")
	now = now.Add(time.Hour)
	_, _, _, next = pull(t, ep, next)
	now = now.Add(time.Hour + time.Second)
	if _, err := ep.Changes(t.Context(), next, window()); !endpoint.Is(err, endpoint.CursorExpired) {
		t.Errorf("a cursor after its life: %v, want cursor_expired", err)
	}
	_, _, _, next = pull(t, ep, "")
	if _, err := c.Endpoint(boss).Changes(t.Context(), next, window()); !endpoint.Is(err, endpoint.CursorExpired) {
		t.Errorf("somebody else's cursor: %v, want cursor_expired", err)
	}
	c.ExpireCursors()
	if _, err := ep.Changes(t.Context(), next, window()); !endpoint.Is(err, endpoint.CursorExpired) {
		t.Errorf("an expired cursor: %v, want cursor_expired", err)
	}
}

func TestCalendar_GarbledEntryIsUnreadableUntilItIsEdited(t *testing.T) {
	c := memory.NewCalendar(memory.LikeBusiness(clock()))
	ep := c.Endpoint(anna)
	id, fine := c.Put(anna, meeting("a", 5)), c.Put(anna, meeting("b", 6))
	must(t, c.Garble(anna, id))
	items, _, bad, next := pull(t, ep, "")
	if !bad[id] || !items[fine] {
		t.Errorf("listed %v, unreadable %v", items, bad)
	}
	got, err := ep.Get(t.Context(), []event.ID{id})
	if err != nil || got[0].Err == nil || got[0].Err.Code == "" || got[0].Err.Scope != endpoint.ScopeItem {
		t.Errorf("get = %+v, %v, want an error of the item with a code", got, err)
	}
	must(t, c.Edit(anna, id, func(it *event.Item) { it.Subject = "again" }))
	if items, _, _, _ := pull(t, ep, next); !items[id] {
		t.Errorf("an edited entry is not told of")
	}
}

func TestCalendar_BrokenUntilMended(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	lost := &endpoint.Error{Op: "open mailbox", Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden}
	c.Break(anna, lost)
	for range 2 {
		if _, err := c.Endpoint(anna).Changes(t.Context(), "", window()); !endpoint.Is(err, endpoint.Forbidden) {
			t.Errorf("error = %v, want forbidden", err)
		}
	}
	if _, err := c.Endpoint(boss).Changes(t.Context(), "", window()); err != nil {
		t.Errorf("somebody else's calendar: %v", err)
	}
	c.Break(anna, nil)
	pull(t, c.Endpoint(anna), "")
}

func TestCalendar_AccountThatChangedHasAnotherIdentity(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	who := func() string {
		out, err := c.Endpoint(anna).(endpoint.Identifier).Identity(t.Context())
		must(t, err)
		return out
	}
	before := who()
	c.SetAccount("another")
	if after := who(); after == before {
		t.Errorf("identity is still %q", after)
	}
}

// A shared entry passes to the next when its owner leaves, and is deleted
// with the last.
func TestCalendar_SharedEntryPassesToTheNext(t *testing.T) {
	c := memory.NewCalendar(memory.LikeBusiness(clock()))
	e := meeting("a", 5)
	e.Attendees = []event.Attendee{{Address: string(anna)}}
	id := c.Put(boss, e)
	if got := c.List(anna); len(got) != 1 || got[0].Standing != event.StandingParticipant || got[0].Organizer != string(boss) {
		t.Fatalf("anna sees %+v", got)
	}
	leave := func(p event.PersonID) {
		it := c.List(p)[0]
		r := c.Endpoint(p).Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Leave, Target: it.Ref}})
		if r[0].Err != nil {
			t.Fatal(r[0].Err)
		}
	}
	leave(boss)
	got := c.List(anna)
	if len(got) != 1 || got[0].ID != id || got[0].Standing != event.StandingOwner || len(got[0].Attendees) != 0 || len(c.List(boss)) != 0 {
		t.Fatalf("once the owner has left anna sees %+v, the owner %d", got, len(c.List(boss)))
	}
	leave(anna)
	if len(c.List(anna)) != 0 || len(c.Trash(anna)) != 1 {
		t.Errorf("once the last has left: %d there, %d in the trash", len(c.List(anna)), len(c.Trash(anna)))
	}
}

func TestCalendar_ParticipantMayNotMoveASharedEntry(t *testing.T) {
	c := memory.NewCalendar(memory.LikeBusiness(clock()))
	e := meeting("a", 5)
	e.Attendees = []event.Attendee{{Address: string(anna)}}
	c.Put(boss, e)
	it := c.List(anna)[0]
	r := c.Endpoint(anna).Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Update, Target: it.Ref, Want: meeting("a", 6), Fields: event.FieldWhen}})
	if r[0].Err == nil || r[0].Err.Kind != endpoint.Forbidden || c.List(anna)[0].Version != it.Version {
		t.Errorf("error = %v, want forbidden and nothing changed", r[0].Err)
	}
}

func TestCalendar_WindowedEnumerationHoldsItsWindowOnly(t *testing.T) {
	c := memory.NewCalendar(memory.LikeBusiness(clock()))
	ep := c.Endpoint(anna)
	inside, outside := c.Put(anna, meeting("in", 5)), c.Put(anna, event.Event{Subject: "out", When: event.AllDay(
		event.Date{Year: 2026, Month: time.July, Day: 1}, event.Date{Year: 2026, Month: time.July, Day: 2})})
	d, err := ep.Changes(t.Context(), "", window())
	if err != nil || len(d.Changes) != 1 || d.Changes[0].ID != inside || !d.Covers.Equal(window()) {
		t.Fatalf("delta = %+v, %v, want the entry inside and the window as Covers", d, err)
	}
	must(t, c.Edit(anna, outside, func(it *event.Item) { it.Subject = "moved" }))
	if items, _, _, _ := pull(t, ep, d.Next); !items[outside] {
		t.Errorf("an edit outside the window is not told of")
	}
}

func TestCalendar_TooLargeABatchIsRefusedWhole(t *testing.T) {
	c := memory.NewCalendar(memory.LikeBusiness(clock()))
	op := endpoint.Op{Kind: endpoint.Create, Want: meeting("a", 5)}
	for _, r := range c.Endpoint(anna).Apply(t.Context(), []endpoint.Op{op, op}) {
		if r.Err == nil || r.Err.Kind != endpoint.Internal {
			t.Errorf("error = %v, want internal", r.Err)
		}
	}
	if n := len(c.List(anna)); n != 0 {
		t.Errorf("%d entries were made", n)
	}
}

// What a program made and a person deleted since was made all the same.
func TestEndpoint_SettlesACreateThatAPersonDeleted(t *testing.T) {
	c := memory.NewCalendar(memory.LikeExchange(clock()))
	op := endpoint.Op{Kind: endpoint.Create, Want: meeting("a", 5), Stamp: event.Stamp{Key: "k"}}
	c.FailNext(anna, memory.LoseAnswer)
	if r := c.Endpoint(anna).Apply(t.Context(), []endpoint.Op{op}); r[0].Err == nil {
		t.Fatal("the answer was not lost")
	}
	made := c.List(anna)[0].ID
	must(t, c.Remove(anna, made))
	out, err := c.Endpoint(anna).Settle(t.Context(), op, time.Time{})
	if err != nil || out.Kind != endpoint.Applied || out.Item == nil || out.Item.ID != made {
		t.Errorf("outcome = %+v, %v, want applied and what was made", out, err)
	}
}
