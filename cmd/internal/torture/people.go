package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// token is what the oracle knows of one entry.
type token struct {
	name  string
	owner int
	guest int  // another person in it; -1: none
	made  side // where
	// base are the values that stood on both sides at the last rest.
	base values
	// said is the last value that people on a side gave a field since then.
	said [2]values
	// gone: somebody deleted it since then.
	gone bool
	// rested: both sides have been seen to hold it.
	rested bool
}

func (t *token) touched() bool { return len(t.said[business])+len(t.said[exchange]) > 0 }

// crowd are the people of an office, who edit at random.
type crowd struct {
	*office
	rng    *rand.Rand
	tokens map[string]*token
	made   int
	value  int
	// alone keeps people from giving one field a value on both sides, where
	// which of them is the newer cannot be told.
	alone bool
	edits int
	// traceless: something was deleted in Severa, which only a complete listing shows.
	traceless bool
}

func newCrowd(o *office, rng *rand.Rand) *crowd {
	return &crowd{office: o, rng: rng, tokens: map[string]*token{}}
}

// moment is some hour of the next weeks, never the same twice in a run.
func (c *crowd) moment() (start, end time.Time) {
	c.value++
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 3+c.rng.IntN(40))
	start = day.Add(time.Duration(c.rng.IntN(40))*15*time.Minute + time.Duration(c.value%15)*time.Minute)
	return start, start.Add(45 * time.Minute)
}

// create makes an entry on a side, with a guest in one of three.
func (c *crowd) create() error {
	c.made++
	t := &token{
		name: fmt.Sprintf("tok%04d", c.made), owner: c.rng.IntN(people), guest: -1,
		made: side(c.rng.IntN(2)), said: [2]values{{}, {}},
	}
	if c.rng.IntN(3) == 0 {
		t.guest = (t.owner + 1 + c.rng.IntN(people-1)) % people
	}
	c.tokens[t.name] = t
	start, end := c.moment()
	name := t.name + " made"
	t.base = values{subject: name, when: span(start, end), location: "", notes: ""}
	if t.made == business {
		a := severasim.Activity{
			Name: name, Start: start, End: end, HasDuration: true,
			TypeGUID: c.severa.TypeOf(severasim.CalendarEntry), OwnerGUID: c.users[t.owner],
		}
		if t.guest >= 0 {
			a.Participants = []severasim.Participant{{Who: c.users[t.guest], Type: severasim.UserParticipant, Status: severasim.Accepted}}
		}
		_, err := c.severa.AddActivity(a)
		return err
	}
	return c.invite(t, name, start, end)
}

// invite makes an entry in Exchange; a meeting stands in both mailboxes under one UID.
func (c *crowd) invite(t *token, name string, start, end time.Time) error {
	it := ewssim.Item{Subject: name, Start: start, End: end, StartZone: zoneThere, EndZone: zoneThere, FreeBusy: "Busy"}
	if t.guest < 0 {
		_, err := c.exchange.Put(address(t.owner), "", it)
		return err
	}
	const meeting, received = 1, 2 // bits of the appointment's state
	it.State, it.RequestSent = meeting, true
	it.Organizer = ewssim.Person{Address: address(t.owner)}
	it.Required = []ewssim.Attendee{{Person: ewssim.Person{Address: address(t.guest)}, Response: "Accept"}}
	made, err := c.exchange.Put(address(t.owner), "", it)
	if err != nil {
		return err
	}
	it.UID, it.State, it.RequestSent, it.MyResponse = made.UID, meeting|received, false, "Accept"
	_, err = c.exchange.Put(address(t.guest), "", it)
	return err
}

// some chooses an entry that want accepts.
func (c *crowd) some(want func(*token) bool) *token {
	var names []string
	for name, t := range c.tokens {
		if !t.gone && want(t) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return c.tokens[names[c.rng.IntN(len(names))]]
}

// edit gives one field of an entry a value that it never had.
func (c *crowd) edit() error {
	v, err := c.look()
	if err != nil {
		return err
	}
	s := side(c.rng.IntN(2))
	field := fields()[c.rng.IntN(len(fields()))]
	t := c.some(func(t *token) bool {
		// The guests' copies of a meeting that was made in Exchange follow by mail, which no server here sends.
		if t.guest >= 0 && t.made == exchange {
			return false
		}
		if _, also := t.said[1-s][field]; also && c.alone {
			return false
		}
		return s == business && len(v.severa[t.name]) == 1 || s == exchange && own(v.exchange[t.name], t.owner) != nil
	})
	if t == nil {
		return nil
	}
	start, end := c.moment()
	c.value++
	text := fmt.Sprintf("%s %d", field, c.value)
	if field == subject {
		text = t.name + " " + text
	}
	t.said[s][field] = text
	if field == when {
		t.said[s][field] = span(start, end)
	}
	if s == business {
		return c.severa.EditActivity(v.severa[t.name][0].GUID, func(a *severasim.Activity) {
			switch field {
			case subject:
				a.Name = text
			case when:
				a.Start, a.End = start, end
			case location:
				a.Location = text
			case notes:
				a.Notes = text
			}
		})
	}
	return c.exchange.Edit(own(v.exchange[t.name], t.owner).ID, func(it *ewssim.Item) {
		switch field {
		case subject:
			it.Subject = text
		case when:
			it.Start, it.End = start, end
		case location:
			it.Location = text
		case notes:
			it.Body = ewssim.Body{Text: text}
		}
	})
}

// own is the owner's copy; nil when it is not there or there twice.
func own(copies []copyThere, owner int) *copyThere {
	var found *copyThere
	for i := range copies {
		if copies[i].person == owner {
			if found != nil {
				return nil
			}
			found = &copies[i]
		}
	}
	return found
}

// remove deletes an entry that nobody has touched since both sides held it.
func (c *crowd) remove() error {
	t := c.some(func(t *token) bool { return t.rested && !t.touched() && t.guest < 0 })
	if t == nil {
		return nil
	}
	v, err := c.look()
	if err != nil {
		return err
	}
	t.gone = true
	if c.rng.IntN(2) == 0 {
		c.traceless = true
		return c.severa.RemoveActivity(v.severa[t.name][0].GUID)
	}
	return c.exchange.Drop(own(v.exchange[t.name], t.owner).ID, false)
}

// work is what people do between two syncs.
func (c *crowd) work() error {
	for range 3 + c.rng.IntN(4) {
		c.edits++
		var err error
		switch n := c.rng.IntN(10); {
		case n < 3 && len(c.tokens) < 60:
			err = c.create()
		case n < 4:
			err = c.remove()
		default:
			err = c.edit()
		}
		if err != nil {
			return fmt.Errorf("edit as a person: %w", err)
		}
	}
	return nil
}
