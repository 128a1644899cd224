package main

import (
	"slices"
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

// invite puts a meeting from outside into the mailbox of one person.
func invite(ts *testscript.TestScript, o *sample.Open, subject, days, person string) {
	d, err := strconv.Atoi(days)
	ts.Check(err)
	n, err := strconv.Atoi(person)
	ts.Check(err)
	to, start := o.People[n].Email, time.Now().Add(time.Duration(d)*24*time.Hour).Truncate(time.Hour)
	_, err = o.Exchange.Put(to, "", ewssim.Item{
		Subject: subject, Start: start, End: start.Add(time.Hour), UID: "uid-of-" + subject, State: 3, MyResponse: "Accept", FreeBusy: "Busy",
		Organizer: ewssim.Person{Name: "Olga", Address: "olga@elsewhere.example"}, Required: []ewssim.Attendee{{Person: ewssim.Person{Address: to}}},
	})
	ts.Check(err)
}

// replies has somebody answer a meeting and keep his copy.
func replies(ts *testscript.TestScript, o *sample.Open, subject, person, answer string) {
	n, err := strconv.Atoi(person)
	ts.Check(err)
	for i, p := range o.People {
		for _, it := range itemsOf(ts, o, p.Email) {
			switch {
			case it.Subject != subject:
			case i == n:
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.MyResponse = answer }))
			case i == 0:
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.Required[n-1].Response = answer }))
			}
		}
	}
}

func seated(ts *testscript.TestScript, o *sample.Open, subject string, people []string) {
	number := map[string]string{}
	for i, p := range o.People {
		n := 0
		for _, it := range itemsOf(ts, o, p.Email) {
			if it.Subject == subject {
				n++
			}
		}
		if n != 1 {
			ts.Fatalf("%s has %d copies of %q", p.Email, n, subject)
		}
		for _, u := range o.Severa.Users() {
			if u.Email == p.Email {
				number[u.GUID] = strconv.Itoa(i)
			}
		}
	}
	var got [][]string
	for _, a := range o.Severa.Activities() {
		if a.Name != subject {
			continue
		}
		in := []string{number[a.OwnerGUID]}
		for _, p := range a.Participants {
			in = append(in, number[p.Who])
		}
		slices.Sort(in[1:])
		got = append(got, in)
	}
	if len(got) != 1 || !slices.Equal(got[0], people) {
		ts.Fatalf("in Severa's activities %q are %v, want %v", subject, got, people)
	}
}
