package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// guests sets the office up anew with people who are switched on by name and,
// if wanted, the others as guests.
func (r *rig) guests(wanted bool, named ...string) {
	r.t.Helper()
	people := fmt.Sprintf("guests = %t\n", wanted)
	for _, address := range named {
		people += fmt.Sprintf("[[person]]\nsevera = %q\n", address)
	}
	text := strings.Replace(officeFile(r.office.Access), "everyone = true", people, 1)
	if err := os.WriteFile(r.file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.ok("", "setup", "--file", r.file)
}

// held are the entries of somebody's mailbox that have a subject.
func (r *rig) held(email, subject string) []ewssim.Stored {
	r.t.Helper()
	items, err := r.office.Exchange.Items(email, "calendar")
	if err != nil {
		r.t.Fatal(err)
	}
	return slices.DeleteFunc(items, func(it ewssim.Stored) bool { return it.Associated || it.Subject != subject })
}

// rename gives an activity another name, by a person's hand.
func (r *rig) rename(guid, name string) {
	r.t.Helper()
	if err := r.office.Severa.EditActivity(guid, func(a *severasim.Activity) { a.Name = name }); err != nil {
		r.t.Fatal(err)
	}
}

// severaRequests is what one sync asks of Severa.
func (r *rig) severaRequests() (n int) {
	r.t.Helper()
	r.resetCounters()
	r.sync(0)
	for _, count := range r.office.Severa.Counts().Requests {
		n += count
	}
	return n
}

// TestGuests_AreGivenCopiesAndNeverListed: the mailbox of somebody who is not
// switched on gets what he shares with one who is, is never listed, and costs
// Severa nothing.
func TestGuests_AreGivenCopiesAndNeverListed(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	on, guest := r.office.People[0], r.office.People[1]
	users, start := r.office.Severa.Users(), time.Now().Add(72*time.Hour).Truncate(time.Hour)
	add := func(name string, hour int, owner string, with ...severasim.Participant) string {
		guid, err := r.office.Severa.AddActivity(severasim.Activity{
			Name: name, Start: start.Add(time.Duration(hour) * time.Hour), End: start.Add(time.Duration(hour+1) * time.Hour), HasDuration: true,
			TypeGUID: r.office.Severa.TypeOf(severasim.CalendarEntry), OwnerGUID: owner, Participants: with,
		})
		if err != nil {
			t.Fatal(err)
		}
		return guid
	}
	shared := add("shared with the guest", 0, users[0].GUID, severasim.Participant{Who: users[1].GUID})
	unwanted := add("unwanted by the guest", 2, users[0].GUID, severasim.Participant{Who: users[1].GUID})
	add("shared to the end", 6, users[0].GUID, severasim.Participant{Who: users[1].GUID})
	add("the guest's own", 4, users[1].GUID)
	r.guests(true, on.Email)
	out := r.ok("", "people")
	if !strings.Contains(out, "guest") {
		t.Errorf("people = %s", out)
	}
	out, _, _ = r.run("", "preview")
	if !strings.Contains(out, guest.Email) || !strings.Contains(out, "Not switched on") {
		t.Errorf("the preview does not name the guest:\n%s", out)
	}
	if n := r.writes(); n != 0 {
		t.Fatalf("%d writes before any approval", n)
	}
	r.sync(0, "--approve-first")
	for subject, want := range map[string]int{"shared with the guest": 1, "unwanted by the guest": 1, "the guest's own": 0} {
		if n := len(r.held(guest.Email, subject)); n != want {
			t.Errorf("the guest has %d of %q, want %d", n, subject, want)
		}
	}
	if err := r.office.Exchange.Drop(r.held(guest.Email, "unwanted by the guest")[0].ID, false); err != nil {
		t.Fatal(err)
	}
	r.sync(0)
	r.rename(shared, "renamed")
	r.rename(unwanted, "unwanted still")
	r.sync(0)
	if len(r.held(guest.Email, "renamed")) != 1 || len(r.held(guest.Email, "shared with the guest")) != 0 {
		t.Error("the guest's copy does not follow the activity")
	}
	if len(r.held(guest.Email, "unwanted still")) != 0 || len(r.held(on.Email, "unwanted still")) != 1 {
		t.Error("a copy that the guest has deleted was made again, or its activity is gone")
	}
	if err := r.office.Severa.RemoveActivity(shared); err != nil {
		t.Fatal(err)
	}
	r.sync(0, "--full")
	if len(r.held(guest.Email, "renamed")) != 0 {
		t.Error("the guest's copy outlives the activity")
	}
	for c, n := range r.office.Exchange.Requests() {
		if strings.EqualFold(c.Mailbox, guest.Email) && (c.Op == "SyncFolderItems" || c.Op == "Subscribe") {
			t.Errorf("%d × %s on the guest's mailbox", n, c.Op)
		}
	}
	if r.office.Exchange.Requests()[ewssim.Count{Op: "SyncFolderItems", Mailbox: on.Email}] == 0 {
		t.Error("the requests are counted under other names")
	}
	if mail := r.office.Exchange.Mail(); len(mail) != 0 {
		t.Errorf("%d mails", len(mail))
	}
	with := r.severaRequests()
	r.guests(false, on.Email)
	r.sync(0)
	if without := r.severaRequests(); with != without {
		t.Errorf("a sync asks Severa %d times with a guest and %d times without", with, without)
	}
	r.guests(true, on.Email, guest.Email)
	r.sync(exitApproval)
	if n := len(r.held(guest.Email, "the guest's own")); n != 0 {
		t.Error("the first sync of somebody who was a guest was not waited for")
	}
	r.sync(0, "--approve-first")
	for _, subject := range []string{"the guest's own", "shared to the end"} {
		if n := len(r.held(guest.Email, subject)); n != 1 {
			t.Errorf("switched on, he has %d of %q, want 1", n, subject)
		}
	}
}
