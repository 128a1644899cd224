package severa_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/severasim"
)

// crowd is an office of n people more, all with a calendar.
func crowd(t *testing.T, n int, sw severasim.Switches) (*office, []endpoint.Endpoint, []string) {
	t.Helper()
	var ids []string
	o := newOffice(t, setup{sim: severasim.Options{Switches: sw}, step: time.Millisecond, users: func(s *severasim.Server) {
		for i := range n {
			ids = append(ids, s.AddUser(severasim.User{FirstName: "P", LastName: fmt.Sprint(i), Email: fmt.Sprintf("p%d@office.test", i), Zone: helsinki}))
		}
	}})
	eps := make([]endpoint.Endpoint, n)
	for i, id := range ids {
		eps[i] = o.endpoint(id)
	}
	return o, eps, ids
}

func TestChanges_IdleOfficeOfTwentyCostsThreeRequestsACycle(t *testing.T) {
	o, eps, ids := crowd(t, 20, severasim.Switches{})
	for i, id := range ids {
		o.put(id, "Meeting", i, ids[(i+1)%20], ids[(i+2)%20])
	}
	cursors := make([]endpoint.Cursor, len(eps))
	o.sim.ResetCounts()
	for i, ep := range eps {
		cursors[i] = o.changes(ep, "").Next
	}
	// Each of the 24 users' entries, series and exceptions; empty lists of entries are asked for twice.
	if got, limit := o.sim.Counts().Total(), 3*24+4; got > limit {
		t.Errorf("first listing of 20 people: %d requests, want at most %d: %v", got, limit, o.sim.Counts().Requests)
	}
	for cycle := range 5 {
		o.clock.advance(time.Minute)
		if cycle > 2 {
			o.clock.advance(3 * time.Minute) // out of the overlap
		}
		o.sim.ResetCounts()
		for i, ep := range eps {
			cursors[i] = o.changes(ep, cursors[i]).Next
		}
		if got := o.sim.Counts().Total(); got > 3 {
			t.Errorf("idle cycle %d: %d requests, want at most 3: %v", cycle, got, o.sim.Counts().Requests)
		}
	}
}

func TestChanges_FeedReachesEverybodyWhoTakesPartAndNobodyElse(t *testing.T) {
	o, eps, ids := crowd(t, 4, severasim.Switches{})
	cursors := make([]endpoint.Cursor, len(eps))
	for i, ep := range eps {
		cursors[i] = o.changes(ep, "").Next
	}
	o.clock.advance(time.Minute)
	id := o.put(ids[0], "Meeting", 1, ids[2])
	o.sim.ResetCounts()
	var got []bool
	for i, ep := range eps {
		c, ok := find(o.changes(ep, cursors[i]), id)
		got = append(got, ok)
		if ok && (i == 2) != (c.Item.Standing == event.StandingParticipant) {
			t.Errorf("standing of person %d = %v", i, c.Item.Standing)
		}
	}
	if d := cmp.Diff([]bool{true, false, true, false}, got); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
	if n := o.sim.Counts().Total(); n != 4 {
		t.Errorf("requests = %d, want 3 for the feed and 1 for the participants", n)
	}
}

func TestChanges_ManyChangesCostOneListPerUser(t *testing.T) {
	o, eps, ids := crowd(t, 3, severasim.Switches{})
	next := o.changes(eps[0], "").Next
	o.clock.advance(5 * time.Minute)
	for i := range 60 {
		o.put(ids[0], "Meeting", i%20, ids[1])
	}
	o.sim.ResetCounts()
	d := o.changes(eps[0], next)
	if len(d.Changes) != 60 || len(d.Changes[7].Item.Attendees) != 1 {
		t.Errorf("changes = %d, attendees of one %+v", len(d.Changes), d.Changes[7].Item.Attendees)
	}
	if got, limit := o.sim.Counts().Total(), 3+7; got > limit {
		t.Errorf("requests = %d, want at most %d: %v", got, limit, o.sim.Counts().Requests)
	}
}

// A first sync changes everything. What the feed holds of that is not kept for
// half an hour, and whoever comes late asks for it.
func TestChanges_WhoComesLateMissesNothingOfAMassOfChanges(t *testing.T) {
	for _, c := range []struct {
		name          string
		changed, asks int
	}{{"few", 20, 0}, {"many", 501, 8}} {
		t.Run(c.name, func(t *testing.T) {
			o, eps, ids := crowd(t, 3, severasim.Switches{})
			var next [3]endpoint.Cursor
			for i, ep := range eps {
				next[i] = o.changes(ep, "").Next
			}
			o.clock.advance(time.Minute)
			for i := range c.changed {
				o.put(ids[0], "Meeting", i%20, ids[1], ids[2])
			}
			for range 3 {
				next[0] = o.changes(eps[0], next[0]).Next
				o.clock.advance(3 * time.Minute)
			}
			next[0] = o.changes(eps[0], next[0]).Next
			for i, asks := range []int{c.asks, 0} { // who is as late as another gets what that one was told
				o.sim.ResetCounts()
				if got := len(o.changes(eps[i+1], next[i+1]).Changes); got != c.changed {
					t.Errorf("person %d is told of %d changes, want %d", i+1, got, c.changed)
				}
				if got := o.sim.Counts().Total(); got != asks {
					t.Errorf("person %d costs %d requests, want %d: %v", i+1, got, asks, o.sim.Counts().Requests)
				}
			}
		})
	}
}

func TestChanges_ConcurrentPeopleShareFetches(t *testing.T) {
	o, eps, ids := crowd(t, 12, severasim.Switches{})
	for i, id := range ids {
		o.put(id, "Meeting", i, ids[(i+1)%12])
	}
	var wg sync.WaitGroup
	for _, ep := range eps {
		wg.Go(func() {
			d, err := ep.Changes(t.Context(), "", year())
			if err != nil || len(d.Changes) != 2 {
				t.Errorf("listed %d, %v", len(d.Changes), err)
				return
			}
			for range 5 {
				if d, err = ep.Changes(t.Context(), d.Next, year()); err != nil {
					t.Error(err)
					return
				}
				it := d.Changes
				_ = it
				_ = ep.Normalize(event.Event{Subject: "x"})
			}
			want := event.Event{Subject: "New", When: event.AllDay(event.Date{Year: 2026, Month: 5, Day: 4}, event.Date{Year: 2026, Month: 5, Day: 5})}
			if r := ep.Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Create, Want: want, Fields: event.AllFields}}); r[0].Err != nil {
				t.Error(r[0].Err)
			}
		})
	}
	wg.Wait()
	if got := len(o.sim.Activities()); got != 24 {
		t.Errorf("activities = %d, want 24", got)
	}
}

func TestChanges_AnOldRoundIsNeverShownAfterNewerNews(t *testing.T) {
	o := newOffice(t, setup{step: time.Millisecond})
	anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
	id := o.put(o.anna, "Old", 1, o.boss)
	next := o.changes(anna, "").Next
	o.clock.advance(2 * time.Minute)
	o.changes(boss, "") // a round of boss's own
	o.clock.advance(time.Second)
	if err := o.sim.EditActivity(id, func(a *severasim.Activity) { a.Name = "New" }); err != nil {
		t.Fatal(err)
	}
	if c, _ := find(o.changes(anna, next), id); c.Item == nil || c.Item.Subject != "New" {
		t.Fatalf("the feed does not tell of the edit: %+v", c)
	}
	if c, _ := find(o.changes(anna, ""), id); c.Item == nil || c.Item.Subject != "New" {
		t.Errorf("an enumeration shows what was there before the edit: %+v", c.Item)
	}
}

func TestChanges_AnEmptyListDoesNotUninviteAnybody(t *testing.T) {
	for _, times := range []int{1, 2} {
		o := newOffice(t, setup{})
		anna := o.endpoint(o.anna)
		id := o.put(o.anna, "Meeting", 1, o.boss)
		before, _ := find(o.changes(anna, ""), id)
		if len(before.Item.Attendees) != 1 {
			t.Fatalf("attendees = %+v", before.Item.Attendees)
		}
		o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: "GET /v1/activities", Who: o.boss, Kind: faultscript.EmptyPage, Times: times}))
		after, _ := find(o.changes(anna, ""), id)
		if d := cmp.Diff(before.Item, after.Item); d != "" {
			t.Errorf("%d empty pages of a colleague change the entry (-before +after):\n%s", times, d)
		}
	}
}

func TestChanges_AnEmptyPageProvesNothing(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	id := o.put(o.anna, "Meeting", 1)
	o.changes(anna, "")
	o.sim.SetFaults(faultscript.New(faultscript.Rule{Kind: faultscript.EmptyPage}))
	d := o.changes(anna, "")
	if len(d.Changes) != 0 || !d.Complete() {
		t.Fatalf("changes = %+v", d.Changes)
	}
	if g := o.get(anna, id); g.Item == nil {
		t.Errorf("get of an entry that a listing left out: %v, want the entry", g.Err)
	}
}

func TestChanges_QuietParticipantsAreNoticedByTheNextEnumeration(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{QuietParticipants: true}}})
	anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
	id := o.put(o.anna, "Meeting", 1)
	o.clock.advance(10 * time.Minute) // out of the feed's reach
	before, _ := find(o.changes(anna, ""), id)
	next := o.changes(boss, "").Next
	if _, err := o.sim.AddParticipant(id, severasim.Participant{Who: o.boss}); err != nil {
		t.Fatal(err)
	}
	after, _ := find(o.changes(anna, ""), id)
	if after.Item.Version == before.Item.Version || len(after.Item.Attendees) != 1 {
		t.Errorf("version %q, was %q; attendees %+v", after.Item.Version, before.Item.Version, after.Item.Attendees)
	}
	if _, ok := find(o.changes(boss, next), id); !ok {
		t.Errorf("who was added is not told by the feed, although it is known by now")
	}
	if err := o.sim.RemoveParticipant(id, o.boss); err != nil {
		t.Fatal(err)
	}
	again, _ := find(o.changes(anna, ""), id)
	if again.Item.Version != before.Item.Version {
		t.Errorf("version without him = %q, want %q", again.Item.Version, before.Item.Version)
	}
}

func TestGet_OfAnEntryThatThePersonWasTakenOutOfIsNotFound(t *testing.T) {
	o := newOffice(t, setup{})
	boss := o.endpoint(o.boss)
	id := o.put(o.anna, "Meeting", 1, o.boss)
	if it := o.item(boss, id); it.Standing != event.StandingParticipant || it.Organizer != "anna@office.test" || !it.Meeting {
		t.Errorf("item = %v %q %v", it.Standing, it.Organizer, it.Meeting)
	}
	if err := o.sim.RemoveParticipant(id, o.boss); err != nil {
		t.Fatal(err)
	}
	g := o.get(boss, id)
	if g.Err == nil || g.Err.Kind != endpoint.NotFound || g.Err.Scope != endpoint.ScopeItem || g.Err.Code != "not_a_participant" {
		t.Errorf("get = %v, want not_found of the item", g.Err)
	}
}

func TestGet_FarOutsideTheWindowIsAnItem(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	id := o.put(o.anna, "Meeting", 3000)
	if _, listed := find(o.changes(anna, ""), id); listed {
		t.Errorf("an entry of another decade is listed")
	}
	if g := o.get(anna, id); g.Item == nil {
		t.Errorf("get = %v, want the item", g.Err)
	}
}

func TestGet_NotFoundNeedsCredentialsThatWork(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: "GET /heartbeat/authorized", Kind: faultscript.Unavailable}))
	got, err := anna.Get(t.Context(), []event.ID{"no-such"})
	if err == nil {
		t.Fatalf("get = %+v, want an error while nobody vouches for the answer", got)
	}
	if e := endpoint.As(err); e.Kind != endpoint.Unavailable || e.Scope != endpoint.ScopeCalendar {
		t.Errorf("error = %v", e)
	}
}

func TestChanges_OnesOwnWriteIsNeverFollowedByWhatWasThereBefore(t *testing.T) {
	o := newOffice(t, setup{step: time.Millisecond})
	anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
	id := o.put(o.anna, "Old", 1, o.boss)
	nextAnna, nextBoss := o.changes(anna, "").Next, o.changes(boss, "").Next
	o.clock.advance(time.Minute)
	o.changes(boss, nextBoss) // a fetch that anna has not seen yet
	it := o.item(boss, id)
	r := anna.Apply(t.Context(), []endpoint.Op{{
		Kind: endpoint.Update, Target: it.Ref, Want: event.Event{Subject: "New", When: it.When}, Fields: event.FieldSubject,
	}})
	if r[0].Err != nil {
		t.Fatal(r[0].Err)
	}
	c, ok := find(o.changes(anna, nextAnna), id)
	if ok && c.Item.Version != r[0].Item.Version {
		t.Errorf("told %q of version %q after writing %q", c.Item.Subject, c.Item.Version, r[0].Item.Version)
	}
	if !ok {
		t.Errorf("the entry is not told of")
	}
}

func TestRefresh_ShowsWhatWasChangedSinceAFetchForOthers(t *testing.T) {
	o, eps, ids := crowd(t, 20, severasim.Switches{})
	cursors := make([]endpoint.Cursor, len(eps))
	for i, ep := range eps {
		cursors[i] = o.changes(ep, "").Next
	}
	o.clock.advance(time.Minute)
	o.changes(eps[0], cursors[0]) // a fetch that the others have not been shown yet
	o.clock.advance(time.Second)
	id := o.put(ids[1], "Just booked", 1)
	if _, ok := find(o.changes(eps[1], cursors[1]), id); ok {
		t.Errorf("the others are not shown the fetch of one")
	}
	asked := o.clock.now()
	o.sim.ResetCounts()
	for i, ep := range eps {
		ep.(endpoint.Refresher).Refresh(asked)
		if _, ok := find(o.changes(ep, cursors[i]), id); ok != (i == 1) {
			t.Errorf("person %d is told: %v", i, ok)
		}
	}
	if got := o.sim.Counts().Total(); got > 4 {
		t.Errorf("%d requests for all, want one fetch: %v", got, o.sim.Counts().Requests)
	}
	late := o.endpoint(ids[1])
	o.changes(late, "") // a round
	o.clock.advance(time.Second)
	id = o.put(ids[2], "Booked after the round", 2)
	eps[2].(endpoint.Refresher).Refresh(o.clock.now())
	if _, ok := find(o.changes(eps[2], ""), id); !ok {
		t.Errorf("a round from before is shown")
	}
}
