package severa_test

import (
	"slices"
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

// The list of a series is that of its master. Dates that were changed have notes
// of their own; their list follows, and makes no exceptions.
func TestApply_OutsidersOfASeriesAreOneList(t *testing.T) {
	for name, sw := range map[string]severasim.Switches{
		"default": {}, "never reset": {MasterPatch: severasim.ResetNever}, "always reset": {MasterPatch: severasim.ResetAlways, PlainExceptionIDs: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
			anna := o.endpoint(o.anna)
			want := meeting(1, "ben@office.test", "kim@elsewhere.test", "zed@elsewhere.test")
			want.Attendees[1].Name, want.Notes = "Kim Low", "agenda"
			want.Recurrence = &event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 4}
			dates := event.Occurrences(want, year())
			want.Recurrence.Overrides = []event.Override{{Original: dates[2].Original, Fields: event.FieldSubject, Event: event.Event{Subject: "other"}}}
			r := o.apply(anna, createOp(want))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			id := string(r.Item.ID)
			check := func(when, notes, list, who string) {
				t.Helper()
				it := o.item(anna, id)
				var people []string
				for _, a := range it.Attendees {
					people = append(people, a.Address)
				}
				if got := strings.Join(people, " "); got != who || it.Notes != notes {
					t.Errorf("%s: read %q with %q, want %q with %q", when, it.Notes, got, notes, who)
				}
				if x := it.Recurrence.Overrides; len(x) != 1 || x[0].Fields != event.FieldSubject {
					t.Errorf("%s: exceptions %v, want one, of its subject", when, x)
				}
				n := 0
				for _, a := range o.sim.Activities() {
					if a.GUID != id && a.Parent != id {
						continue
					}
					n++
					if want := strings.TrimPrefix(notes+"\n\n"+list, "\n\n"); strings.TrimSpace(a.Notes) != strings.TrimSpace(want) {
						t.Errorf("%s: %s has the notes %q, want %q", when, a.Name, a.Notes, want)
					}
				}
				if n != 2 {
					t.Errorf("%s: %d activities, want the series and one exception", when, n)
				}
			}
			update := func(fields event.FieldSet, set func(*event.Event)) {
				t.Helper()
				it := o.item(anna, id)
				e := it.Event
				set(&e)
				if r := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: e, Fields: fields}); r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			check("made", "agenda", kimAndZed, "ben@office.test kim@elsewhere.test zed@elsewhere.test")
			update(event.FieldNotes, func(e *event.Event) { e.Notes = "new agenda" })
			check("new notes", "new agenda", kimAndZed, "ben@office.test kim@elsewhere.test zed@elsewhere.test")
			update(event.FieldAttendees, func(e *event.Event) { e.Attendees = e.Attendees[:2] })
			check("without zed", "new agenda", strings.Replace(kimAndZed, "\nzed@elsewhere.test", "", 1), "ben@office.test kim@elsewhere.test")
			update(event.FieldAttendees|event.FieldNotes, func(e *event.Event) { e.Attendees, e.Notes = e.Attendees[:1], "" })
			check("without anybody from outside", "", "", "ben@office.test")

			update(event.FieldAttendees, func(e *event.Event) { e.Attendees = append(e.Attendees, event.Attendee{Address: "zed@elsewhere.test"}) })
			if err := o.sim.EditActivity(id, func(a *severasim.Activity) { a.Notes = "" }); err != nil {
				t.Fatal(err)
			}
			it := o.item(anna, id)
			if x := it.Recurrence.Overrides; len(it.Attendees) != 1 || slices.ContainsFunc(x, func(o event.Override) bool { return o.Fields.Has(event.FieldAttendees) }) {
				t.Errorf("after a person took the list out of the series it has %v and the exceptions %v", it.Attendees, x)
			}
		})
	}
}
