package severa_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa"
	"lockstep/sync/severa/severasim"
)

// room is a resource as an activity shows it.
func room(id, name string) severasim.Participant {
	return severasim.Participant{Who: id, Type: severasim.ResourceParticipant, Name: name}
}

// book makes an activity of an owner's with a resource in it.
func (o *office) book(owner, name string, day int, with severasim.Participant, edit ...func(*severasim.Activity)) string {
	o.Helper()
	start := time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	a := severasim.Activity{
		Name: name, OwnerGUID: owner, TypeGUID: o.sim.TypeOf(severasim.CalendarEntry),
		HasDuration: true, Start: start, End: start.Add(time.Hour), Participants: []severasim.Participant{with},
	}
	for _, f := range edit {
		f(&a)
	}
	id, err := o.sim.AddActivity(a)
	if err != nil {
		o.Fatal(err)
	}
	return id
}

func weekly(a *severasim.Activity) {
	a.Recurrence = &severasim.Recurrence{Frequency: severasim.Weekly, Max: 6}
}

// asked counts the requests for participants since the last time.
func (o *office) asked() int {
	n := o.sim.Counts().Requests["GET /v1/activities/{guid}/activityparticipants"]
	o.sim.ResetCounts()
	return n
}

func resourceSwitches() map[string]severasim.Switches {
	return map[string]severasim.Switches{
		"as documented": {}, "quiet": {QuietParticipants: true}, "the owner too": {OwnerIsParticipant: true},
	}
}

func TestResource_ShowsWhatItIsBookedFor(t *testing.T) {
	for name, sw := range resourceSwitches() {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
			blue, car := room("AAAA-blue", "Blue room"), room("bbbb-car", "The car")
			single := o.book(o.boss, "Board", 0, blue)
			series := o.book(o.ben, "Standup", 1, blue, weekly)
			other := o.book(o.anna, "Trip", 2, car)
			task := o.book(o.anna, "Task", 3, blue, func(a *severasim.Activity) { a.TypeGUID = o.sim.TypeOf(severasim.Task) })
			o.put(o.anna, "Alone", 4)

			seen, err := o.conn.Resources(t.Context(), year())
			if err != nil {
				t.Fatal(err)
			}
			want := []severa.Resource{{ID: "aaaa-blue", Name: "Blue room", Entries: 2}, {ID: "bbbb-car", Name: "The car", Entries: 1}}
			if len(seen) != 2 || seen[0] != want[0] || seen[1] != want[1] {
				t.Errorf("seen %+v, want %+v", seen, want)
			}
			ep := o.endpoint(severa.ResourceAccount("AAAA-blue"))
			if !ep.Capabilities().ReadOnly {
				t.Error("a resource's calendar may be written")
			}
			d := o.changes(ep, "")
			if len(d.Changes) != 2 {
				t.Fatalf("%d entries, want 2: %+v", len(d.Changes), d.Changes)
			}
			for id, owner := range map[string]string{single: "boss@office.test", series: "ben@office.test"} {
				c, ok := find(d, id)
				if !ok || c.Item == nil {
					t.Fatalf("%s is not listed: %v", id, c.Err)
				}
				got := o.item(ep, id)
				if got.Version != c.Item.Version || event.Diff(got.Event, c.Item.Event) != 0 {
					t.Errorf("read alone it is another: %+v, want %+v", got, *c.Item)
				}
				if c.Item.Standing != event.StandingParticipant || c.Item.Organizer != owner {
					t.Errorf("standing %v of %q", c.Item.Standing, c.Item.Organizer)
				}
			}
			for _, id := range []string{other, task} {
				if _, ok := find(d, id); ok {
					t.Errorf("%s is listed", id)
				}
			}
			mine, _ := find(d, single)
			for _, kind := range []endpoint.OpKind{endpoint.Update, endpoint.Delete, endpoint.Leave, endpoint.Create} {
				r := ep.Apply(t.Context(), []endpoint.Op{{Kind: kind, Target: mine.Item.Ref, Want: mine.Item.Event, Fields: event.FieldSubject, Sure: true}})
				if r[0].Err == nil || r[0].Err.Kind != endpoint.Forbidden {
					t.Errorf("%v: %v", kind, r[0].Err)
				}
			}
			if n := o.sim.Counts().Writes; len(n) != 0 {
				t.Errorf("writes: %v", n)
			}
		})
	}
}

func TestResource_FollowsWhoBooksIt(t *testing.T) {
	for name, sw := range resourceSwitches() {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
			blue := room("blue", "Blue room")
			moved := o.book(o.boss, "Moved", 0, blue)
			left := o.book(o.boss, "Left", 1, blue)
			series := o.book(o.boss, "Series", 2, blue, weekly)
			partly := o.put(o.boss, "Partly", 3)
			o.put(o.boss, "Never", 4)
			ep := o.endpoint(severa.ResourceAccount("blue"))
			since := o.changes(ep, "").Next

			o.clock.advance(time.Hour)
			if err := o.sim.EditActivity(moved, func(a *severasim.Activity) { a.Start, a.End = a.Start.Add(time.Hour), a.End.Add(time.Hour) }); err != nil {
				t.Fatal(err)
			}
			if err := o.sim.RemoveParticipant(left, "blue"); err != nil {
				t.Fatal(err)
			}
			c, ok := find(o.changes(ep, since), moved)
			if !ok || c.Item == nil || c.Item.When.Start.Hour != 11 {
				t.Errorf("the feed tells of the move: %v, %+v", ok, c)
			}
			if _, ok := find(o.changes(ep, ""), left); ok {
				t.Error("what it was taken off is still listed")
			}
			if g := o.get(ep, left); g.Err == nil || g.Err.Kind != endpoint.NotFound || g.Err.Code != severa.CodeLeft {
				t.Errorf("taken off: %v", g.Err)
			}

			var dates []string
			for _, a := range o.sim.Agenda(o.boss, year().From, year().To) {
				if a.Parent == series {
					dates = append(dates, a.GUID)
				}
			}
			if err := o.sim.RemoveParticipant(dates[2], "blue"); err != nil {
				t.Fatal(err)
			}
			o.clock.advance(time.Hour)
			c, ok = find(o.changes(ep, ""), series)
			if !ok || c.Item == nil || len(c.Item.Recurrence.Deleted) != 1 {
				t.Fatalf("taken off one date: %v, %+v", ok, c)
			}
			if got := o.item(ep, series); got.Version != c.Item.Version || len(got.Recurrence.Deleted) != 1 {
				t.Errorf("read alone: %+v", got.Recurrence)
			}
			if boss := o.item(o.endpoint(o.boss), series); len(boss.Recurrence.Deleted) != 0 {
				t.Error("a person loses the date with the resource")
			}

			if _, err := o.sim.AddParticipant(partly, blue); err != nil {
				t.Fatal(err)
			}
			o.clock.advance(7 * time.Hour)
			if _, ok := find(o.changes(ep, ""), partly); !ok {
				t.Error("what it was added to is not listed after a while")
			}
		})
	}
}

// An unchanged activity is asked only now and then: nothing else tells of its
// resources, and there may be thousands.
func TestResource_AsksEachActivityOnce(t *testing.T) {
	o := newOffice(t, setup{})
	for i := range 40 {
		o.put(o.anna, "Alone", i)
	}
	mine := o.book(o.boss, "Mine", 50, room("blue", "Blue room"))
	ep := o.endpoint(severa.ResourceAccount("blue"))
	o.asked()
	o.changes(ep, "")
	if n := o.asked(); n != 41 {
		t.Errorf("%d requests for participants at first, want 41", n)
	}
	o.clock.advance(10 * time.Minute)
	if _, ok := find(o.changes(ep, ""), mine); !ok {
		t.Error("the entry is not listed any more")
	}
	if n := o.asked(); n != 1 {
		t.Errorf("%d requests for participants later, want the one of its own entry", n)
	}
}
