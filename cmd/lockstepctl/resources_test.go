package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/severasim"
)

const blueRoom = "blue.room@office.test"

// room makes a mailbox for a resource, and gives what puts it into activities.
func (r *rig) room() severasim.Participant {
	r.t.Helper()
	r.office.Exchange.AddAccount("blue.room", "a room's own")
	if err := r.office.Exchange.AddMailbox(ewssim.MailboxInfo{Primary: blueRoom, Name: "Blue room", Zone: "FLE Standard Time", Account: "blue.room"}); err != nil {
		r.t.Fatal(err)
	}
	return severasim.Participant{Who: "5a1b0000-0000-0000-0000-00000000b1ue", Type: severasim.ResourceParticipant, Name: "Blue room"}
}

// taken lists the subjects of what a mailbox shows.
func (r *rig) taken(email string) (out []string) {
	r.t.Helper()
	items, err := r.office.Exchange.Items(email, "calendar")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, it := range items {
		if !it.Associated {
			out = append(out, it.Subject)
		}
	}
	slices.Sort(out)
	return out
}

func (r *rig) shows(email, when string, want ...string) {
	r.t.Helper()
	slices.Sort(want)
	if got := r.taken(email); !slices.Equal(got, want) {
		r.t.Errorf("%s: the mailbox shows %q, want %q", when, got, want)
	}
}

// booked is an activity of the first person's on the given day, with a room.
func (r *rig) booked(name string, day int, room severasim.Participant, edit ...func(*severasim.Activity)) string {
	r.t.Helper()
	start := time.Now().Add(time.Duration(day) * 24 * time.Hour).Truncate(time.Hour)
	a := severasim.Activity{
		Name: name, Start: start, End: start.Add(time.Hour), HasDuration: true, Location: "upstairs",
		TypeGUID: r.office.Severa.TypeOf(severasim.CalendarEntry), OwnerGUID: r.office.Severa.Users()[0].GUID,
		Participants: []severasim.Participant{room},
	}
	for _, f := range edit {
		f(&a)
	}
	guid, err := r.office.Severa.AddActivity(a)
	if err != nil {
		r.t.Fatal(err)
	}
	return guid
}

// calm demands that a sync has nothing to write.
func (r *rig) calm(when string) {
	r.t.Helper()
	r.resetCounters()
	r.sync(0, "--full")
	if n := r.writes(); n != 0 {
		r.t.Errorf("%s: %d writes with nothing to do", when, n)
	}
}

// offDate takes a participant off the nth date of a series.
func (r *rig) offDate(series string, n int, who severasim.Participant) {
	r.t.Helper()
	var dates []string
	for _, a := range r.office.Severa.Agenda(r.office.Severa.Users()[0].GUID, time.Now(), time.Now().AddDate(0, 2, 0)) {
		if a.Parent == series {
			dates = append(dates, a.GUID)
		}
	}
	if err := r.office.Severa.RemoveParticipant(dates[n], who.Who); err != nil {
		r.t.Fatal(err)
	}
}

// TestResources_ARoomShowsWhenItIsTaken: a mailbox that was paired by hand gets
// what a room is booked for, follows it, and never gives anything back.
func TestResources_ARoomShowsWhenItIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t, sample.Options{People: 2, Entries: -1})
	r.sync(0, "--approve-first")
	room := r.room()
	meeting := r.booked("Board", 2, room)
	moved := r.booked("Moved", 3, room)
	left := r.booked("Left", 4, room)
	series := r.booked("Standup", 5, room, func(a *severasim.Activity) {
		a.Recurrence = &severasim.Recurrence{Frequency: severasim.Weekly, Max: 5}
	})
	r.booked("Diagnosis", 6, room, func(a *severasim.Activity) {
		a.TypeGUID, a.Location = r.office.Severa.TypeOf(severasim.Personal), "Ward 4"
	})
	start := time.Now().Add(200 * time.Hour).Truncate(time.Hour)
	if _, err := r.office.Exchange.Put(blueRoom, "", ewssim.Item{Subject: "Booked in Outlook", Start: start, End: start.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	r.sync(0)
	r.shows(blueRoom, "not paired", "Booked in Outlook")
	if out := r.ok("", "resources"); !strings.Contains(out, "not paired") || !strings.Contains(out, "Blue room") {
		t.Errorf("resources = %s", out)
	}
	for name, args := range map[string][]string{
		"shows one resource":  {"Green room", blueRoom},
		"No mailbox has the":  {"Blue room", "nobody@office.test"},
		"already kept in ste": {"Blue room", r.office.People[0].Email},
	} {
		if _, errs, code := r.run("", append([]string{"resources", "pair"}, args...)...); code != exitFailed || !strings.Contains(errs, name) {
			t.Errorf("pair %q: exit code %d, %s", args, code, errs)
		}
	}
	r.ok("", "resources", "pair", "blue room", blueRoom)
	if out := r.ok("", "people"); !strings.Contains(out, "a resource") {
		t.Errorf("people = %s", out)
	}
	r.resetCounters()
	out := r.ok("", "preview", "--person", blueRoom)
	if !strings.Contains(out, "5 create in Exchange") || !strings.Contains(strings.Join(strings.Fields(out), " "), "your rules do not write to Severa") || strings.Contains(out, "Diagnosis") {
		t.Errorf("the preview of the room:\n%s", out)
	}
	r.sync(exitApproval)
	if n := r.writes(); n != 0 {
		t.Errorf("%d writes before approval: %v, %v", n, r.office.Exchange.Writes(), r.office.Severa.Counts().Writes)
	}
	r.sync(0, "--approve-first")
	r.shows(blueRoom, "paired", "Board", "Booked in Outlook", "Busy", "Left", "Moved", "Standup")
	if n := r.office.Severa.Counts().TotalWrites(); n != 0 {
		t.Errorf("%d writes to Severa", n)
	}
	if busy := r.held(blueRoom, "Busy")[0]; busy.Location != "" || busy.Body.Text != "" {
		t.Errorf("of what is private the room tells %q, %q", busy.Location, busy.Body.Text)
	}
	r.calm("paired")

	at := r.held(blueRoom, "Moved")[0].Start
	if err := r.office.Severa.EditActivity(moved, func(a *severasim.Activity) { a.Start, a.End = a.Start.Add(2*time.Hour), a.End.Add(2*time.Hour) }); err != nil {
		t.Fatal(err)
	}
	if err := r.office.Severa.RemoveParticipant(left, room.Who); err != nil {
		t.Fatal(err)
	}
	r.offDate(series, 2, room)
	if err := r.office.Exchange.Edit(r.held(blueRoom, "Board")[0].ID, func(it *ewssim.Item) { it.Subject = "Mine now" }); err != nil {
		t.Fatal(err)
	}
	r.sync(0, "--full")
	r.shows(blueRoom, "changed", "Board", "Booked in Outlook", "Busy", "Moved", "Standup")
	if got := r.held(blueRoom, "Moved")[0].Start; got.Sub(at) != 2*time.Hour {
		t.Errorf("the copy moved by %v", got.Sub(at))
	}
	if got := r.held(blueRoom, "Standup")[0]; len(got.Deleted) != 1 {
		t.Errorf("the room stays booked on the date that it was taken off: %d dates gone", len(got.Deleted))
	}
	if a, _ := r.office.Severa.Activity(meeting); a.Name != "Board" {
		t.Errorf("Severa calls it %q", a.Name)
	}
	r.calm("changed")
	if mail := r.office.Exchange.Mail(); len(mail) != 0 {
		t.Errorf("%d mails", len(mail))
	}

	r.ok("", "resources", "unpair", blueRoom)
	r.rename(meeting, "Board of directors")
	r.sync(0)
	r.shows(blueRoom, "unpaired", "Board", "Booked in Outlook", "Busy", "Moved", "Standup")
	r.ok("", "resources", "pair", room.Who, blueRoom)
	r.sync(0)
	r.shows(blueRoom, "paired again", "Board of directors", "Booked in Outlook", "Busy", "Moved", "Standup")

	r.ok("", "resources", "unpair", "Blue room", "--remove-copies")
	out = r.ok("", "preview", "--person", blueRoom)
	if !strings.Contains(out, "4 delete in Exchange") || !strings.Contains(out, "this mailbox no") {
		t.Errorf("the preview of the removal:\n%s", out)
	}
	r.sync(exitApproval)
	r.shows(blueRoom, "not approved", "Board of directors", "Booked in Outlook", "Busy", "Moved", "Standup")
	out, _, _ = r.run("", "preview", "--json")
	r.sync(0, "--approve", decode[struct{ Digest string }](t, out).Digest)
	r.shows(blueRoom, "given up", "Booked in Outlook")
	if out := r.ok("", "resources"); !strings.Contains(out, "off ") {
		t.Errorf("resources = %s", out)
	}
	if _, there := r.office.Severa.Activity(meeting); !there {
		t.Error("the activity went with its copy")
	}

	car := severasim.Participant{Who: "00ca", Type: severasim.ResourceParticipant, Name: "The car"}
	r.booked("Trip", 2, car)
	r.ok("", "resources", "pair", "The car", blueRoom)
	on := map[string]bool{}
	for _, x := range decode[[]localapi.Resource](t, r.ok("", "resources", "--json")) {
		on[x.Name] = x.Enabled
	}
	if !on["The car"] || on["Blue room"] {
		t.Errorf("after the mailbox was given to another resource, on are %v", on)
	}
	r.sync(0, "--approve-first")
	r.shows(blueRoom, "given to another", "Booked in Outlook", "Trip")
}

// TestResources_AreStoppedForSafetyLikePeople: what takes a room out of many
// activities at once waits for a person's word, and the doctor knows a room.
func TestResources_AreStoppedForSafetyLikePeople(t *testing.T) {
	t.Parallel()
	r := newRig(t, sample.Options{People: 2, Entries: -1})
	room := r.room()
	var booked []string
	for day := range 12 {
		booked = append(booked, r.booked("Booked", day+1, room))
	}
	r.ok("", "resources", "pair", room.Who, blueRoom)
	r.sync(0, "--approve-first")
	if n := len(r.held(blueRoom, "Booked")); n != 12 {
		t.Fatalf("the room shows %d entries, want 12", n)
	}
	if out := r.ok("", "doctor", "--person", blueRoom); strings.Contains(out, "✕") {
		t.Errorf("doctor = %s", out)
	}
	for _, id := range booked[:9] {
		if err := r.office.Severa.RemoveParticipant(id, room.Who); err != nil {
			t.Fatal(err)
		}
	}
	r.sync(exitHalted, "--full")
	if n := len(r.held(blueRoom, "Booked")); n != 12 {
		t.Errorf("the room shows %d entries before anybody said so, want 12", n)
	}
	if out, _, code := r.run("", "resume", "--person", blueRoom); code != exitHalted || !strings.Contains(out, "9 delete in Exchange") {
		t.Errorf("exit code %d; what is withheld:\n%s", code, out)
	}
	r.ok("", "resume", "--person", blueRoom, "--allow-once", "9")
	if n := len(r.held(blueRoom, "Booked")); n != 3 {
		t.Errorf("the room shows %d entries, want 3", n)
	}
	if a, there := r.office.Severa.Activity(booked[0]); !there || len(a.Participants) != 0 {
		t.Error("the activity went with the room, or the room came back")
	}
}
