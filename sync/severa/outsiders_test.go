package severa_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/severasim"
)

const kimAndZed = "—— Also invited (this list is kept by Lockstep) ——\nKim Low <kim@elsewhere.test>\nzed@elsewhere.test\n————"

// People who are no users are a text below the notes, and no part of them.
func TestApply_OutsidersAreATextBelowTheNotes(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	want := meeting(1, "ben@office.test", "kim@elsewhere.test", "zed@elsewhere.test")
	want.Attendees[1].Name, want.Notes = "Kim <Low>", "agenda"
	r := o.apply(anna, createOp(want))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	id := string(r.Item.ID)
	raw := func() string { a, _ := o.sim.Activity(id); return a.Notes }
	update := func(fields event.FieldSet, set func(*event.Event)) event.Event {
		t.Helper()
		it := o.item(anna, id)
		e := it.Event
		set(&e)
		if r := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: e, Fields: fields}); r.Err != nil {
			t.Fatal(r.Err)
		}
		return o.item(anna, id).Event
	}
	same := func(when, got, want string) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", when, d)
		}
	}
	who := func() string {
		var out []string
		for _, a := range o.item(anna, id).Attendees {
			out = append(out, a.Address)
		}
		return strings.Join(out, " ")
	}
	same("made", raw(), "agenda\n\n"+kimAndZed)
	same("read", o.item(anna, id).Notes, "agenda")
	same("who", who(), "ben@office.test kim@elsewhere.test zed@elsewhere.test")
	if a, _ := o.sim.Activity(id); len(a.Participants) != 1 {
		t.Errorf("%d participants, want Ben alone", len(a.Participants))
	}

	update(event.FieldNotes, func(e *event.Event) { e.Notes = "new agenda" })
	same("new notes", raw(), "new agenda\n\n"+kimAndZed)
	update(event.FieldSubject|event.FieldWhen, func(e *event.Event) { e.Subject = "other"; e.When = meeting(2).When })
	same("moved", raw(), "new agenda\n\n"+kimAndZed)
	update(event.FieldAttendees, func(e *event.Event) { e.Attendees = e.Attendees[1:2] })
	same("without zed and ben", raw(), "new agenda\n\n"+strings.Replace(kimAndZed, "\nzed@elsewhere.test", "", 1))
	same("who is left", who(), "kim@elsewhere.test")

	// What a person writes around it stays, and is notes.
	edit := func(text string) {
		t.Helper()
		if err := o.sim.EditActivity(id, func(a *severasim.Activity) { a.Notes = text }); err != nil {
			t.Fatal(err)
		}
	}
	edit("before\n\n" + kimAndZed + "\nafter")
	same("read with words around it", o.item(anna, id).Notes, "before\nafter")
	update(event.FieldNotes, func(e *event.Event) { e.Notes += "!" })
	same("written with words around it", raw(), "before\nafter!\n\n"+kimAndZed)

	// Who takes the list away has taken these people out of it.
	edit("agenda")
	same("who is left without it", who(), "")
	update(event.FieldNotes, func(e *event.Event) { e.Notes = "agenda 2" })
	same("it does not come back by itself", raw(), "agenda 2")
	update(event.FieldAttendees, func(e *event.Event) { e.Attendees = nil })
	same("nothing to take out", raw(), "agenda 2")

	// A copy of the list that comes back from Exchange does not pile up.
	update(event.FieldNotes|event.FieldAttendees, func(e *event.Event) {
		e.Notes, e.Attendees = "agenda\n\n"+kimAndZed, []event.Attendee{{Address: "kim@elsewhere.test", Name: "Kim Low"}, {Address: "zed@elsewhere.test"}}
	})
	same("once", raw(), "agenda\n\n"+kimAndZed)
}

func TestApply_ASeriesListsNoOutsiders(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	want := meeting(1, "kim@elsewhere.test")
	want.Recurrence = &event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 3}
	r := o.apply(anna, createOp(want))
	if r.Err != nil || len(r.Item.Attendees) != 0 {
		t.Fatalf("create: %v, attendees %v", r.Err, r.Item.Attendees)
	}
	if a, _ := o.sim.Activity(string(r.Item.ID)); a.Notes != want.Notes {
		t.Errorf("notes %q, want %q", a.Notes, want.Notes)
	}
}
