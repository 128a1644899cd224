package main

import (
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
)

// gather puts a meeting that the first person has called into everybody's
// mailbox, as their answers have left it.
func gather(ts *testscript.TestScript, o *sample.Open, subject, days string) {
	n, err := strconv.Atoi(days)
	ts.Check(err)
	start := time.Now().Add(time.Duration(n) * 24 * time.Hour).Truncate(time.Hour)
	it := ewssim.Item{
		Subject: subject, Start: start, End: start.Add(time.Hour), UID: "uid-of-" + subject, State: 1, FreeBusy: "Busy",
		Organizer: ewssim.Person{Name: o.People[0].Name(), Address: o.People[0].Email},
	}
	for _, p := range o.People[1:] {
		it.Required = append(it.Required, ewssim.Attendee{Person: ewssim.Person{Address: p.Email}})
	}
	for _, p := range o.People {
		_, err := o.Exchange.Put(p.Email, "", it)
		ts.Check(err)
		it.State, it.MyResponse = 3, "Accept"
	}
}

// together demands one copy for each, all of one time, of which the guests'
// still tell that they come; and that Severa's one activity tells that time, or not.
func together(ts *testscript.TestScript, o *sample.Open, subject string, severa bool) {
	var at []time.Time
	for i, p := range o.People {
		for _, it := range itemsOf(ts, o, p.Email) {
			if it.Subject != subject {
				continue
			}
			at = append(at, it.Start.UTC())
			if i > 0 && (it.MyResponse != "Accept" || it.FreeBusy != "Busy") {
				ts.Fatalf("the copy of %s has the answer %q and shows %q", p.Email, it.MyResponse, it.FreeBusy)
			}
		}
	}
	if len(at) != len(o.People) {
		ts.Fatalf("%d copies of %q, want one for each of %d", len(at), subject, len(o.People))
	}
	for _, t := range at[1:] {
		if !t.Equal(at[0]) {
			ts.Fatalf("the copies of %q tell %v", subject, at)
		}
	}
	activities := 0
	for _, a := range o.Severa.Activities() {
		if a.Name != subject {
			continue
		}
		if activities++; a.Start.Equal(at[0]) != severa {
			ts.Fatalf("Severa has %q at %v, the copies tell %v", subject, a.Start.UTC(), at[0])
		}
	}
	if activities != 1 {
		ts.Fatalf("Severa has %d activities %q", activities, subject)
	}
}
