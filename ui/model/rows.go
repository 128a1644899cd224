package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Row is one action of a plan in words.
type Row struct {
	ID    string // names the row for a choice
	What  string // "create in Severa"
	When  string // of the entry, on its own clocks
	Entry string // its subject; a private entry's is not shown
	Why   string
}

// Count is how often a What occurs.
type Count struct {
	What string
	N    int
}

// Group is one person's plan in words, ordered by what is done.
type Group struct {
	Name, Address string
	Counts        []Count
	Rows          []Row
	// Untold is how many people outside the office would not hear of it, Mails
	// how many mails would be sent.
	Untold, Mails int
	// Masked: subjects are not shown.
	Masked bool
	// Halt is why nothing of it would be written; Trouble why there is no plan.
	Halt    *Advice
	Trouble *Advice
	// Notes are what the person should know besides.
	Notes []string
}

// privateEntry stands for the subject of a private entry.
const privateEntry = "(private)"

// hiddenEntry stands for the subject of another person's entry.
const hiddenEntry = "(hidden)"

// guestNote is what is said of a guest's plan.
const guestNote = "Not switched on: gets a copy of what others who are switched on share with this person in Severa. Nothing else of this mailbox is read."

// Groups puts a preview into words.
func Groups(p localapi.Preview) []Group {
	var out []Group
	for _, person := range p.People {
		rows := person.Rows
		if person.Halt != nil {
			rows = slices.Concat(person.Withheld, person.Rows)
		}
		g := Group{Name: person.Name, Address: person.Address, Notes: Foreign(person.Foreign)}
		if person.Guest {
			g.Notes = append([]string{guestNote}, g.Notes...)
		}
		g.Rows, g.Counts = Rows(rows)
		for _, c := range person.Groups {
			g.Untold += c.Untold
			g.Mails += c.Mails
		}
		g.Masked = slices.ContainsFunc(g.Rows, func(r Row) bool { return r.Entry == hiddenEntry })
		if person.Halt != nil {
			h := Halted(*person.Halt)
			g.Halt = &h
		}
		if person.Trouble != nil {
			t := Trouble(*person.Trouble)
			g.Trouble = &t
		}
		out = append(out, g)
	}
	return out
}

// Rows puts actions into words, sorted by what is done and then by time.
func Rows(actions []localapi.Row) ([]Row, []Count) {
	sorted := slices.Clone(actions)
	slices.SortStableFunc(sorted, func(a, b localapi.Row) int {
		if d := rank(a.Kind) - rank(b.Kind); d != 0 {
			return d
		}
		if d := strings.Compare(a.Side, b.Side); d != 0 {
			return d
		}
		return strings.Compare(subjectOf(a).Start, subjectOf(b).Start)
	})
	var rows []Row
	var counts []Count
	for _, a := range sorted {
		e := subjectOf(a)
		r := Row{ID: a.ID, What: What(a), When: When(e), Entry: Subject(e), Why: why(a)}
		rows = append(rows, r)
		if len(counts) == 0 || counts[len(counts)-1].What != r.What {
			counts = append(counts, Count{What: r.What})
		}
		counts[len(counts)-1].N++
	}
	return rows, counts
}

// rank orders kinds of action by how much a person should look at them.
func rank(kind string) int {
	order := []string{
		plan.Delete.String(), plan.Leave.String(), plan.Create.String(), plan.Update.String(), plan.Pair.String(),
		plan.Ask.String(), plan.Await.String(), plan.Stamp.String(), plan.Unlink.String(), plan.Skip.String(),
	}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return len(order)
}

// What says what an action does.
func What(r localapi.Row) string {
	system := systemName(r.Side)
	switch r.Kind {
	case plan.Create.String():
		if r.Reason.Code == plan.UndoneRemoved {
			return "take back in " + system
		}
		return "create in " + system
	case plan.Update.String():
		return "change in " + system
	case plan.Delete.String():
		return "delete in " + system
	case plan.Leave.String():
		return "take out in " + system
	case plan.Stamp.String():
		return "mark in " + system
	case plan.Pair.String():
		if r.Reason.Code == plan.UndonePair {
			return "put on hold"
		}
		return "pair"
	case plan.Unlink.String():
		return "unlink"
	case plan.Await.String():
		return "wait"
	case plan.Ask.String():
		return "decision needed"
	case plan.Skip.String():
		return "leave alone"
	default:
		return r.Kind
	}
}

func systemName(side string) string {
	if side == event.Business.String() {
		return SideName(event.Business)
	}
	return SideName(event.Exchange)
}

func otherSystem(side string) string {
	if side == event.Business.String() {
		return SideName(event.Exchange)
	}
	return SideName(event.Business)
}

// subjectOf is the entry that an action is about, as it is now.
func subjectOf(r localapi.Row) localapi.Entry {
	side := event.Business
	if r.Side == event.Exchange.String() {
		side = event.Exchange
	}
	if e, ok := r.Entries[side.String()]; ok {
		return e
	}
	if e, ok := r.Entries[side.Other().String()]; ok {
		return e
	}
	if r.Want != nil {
		return *r.Want
	}
	return localapi.Entry{}
}

// why is the reason, with what is changed and who will not hear of it.
func why(r localapi.Row) string {
	s := Reason(r.Reason)
	if r.Kind == plan.Pair.String() && len(r.Differ) > 0 {
		return s + "; they differ in " + proposal(r) + "; neither is written over"
	}
	if r.Group == localapi.GroupDecide && len(r.Candidates) > 0 && len(r.Decisions) == 0 {
		var all []string
		for _, c := range r.Candidates {
			all = append(all, candidate(c))
		}
		return s + " There: " + strings.Join(all, "; ")
	}
	if len(r.Decisions) > 0 {
		var parts []string
		for _, d := range r.Decisions {
			parts = append(parts, fields(strings.Split(d.Field, ","))+": "+Reason(d.Reason))
		}
		s = strings.Join(parts, "; ")
	} else if len(r.Fields) > 0 {
		between := ": "
		if r.Reason.Code == plan.ChangedThere {
			between = " "
		}
		s = fields(r.Fields) + between + s
	}
	if len(r.Cut) > 0 {
		s += fmt.Sprintf("; not all of its %s fits into %s: shorten it in %s to have the same in both", fields(r.Cut), systemName(r.Side), otherSystem(r.Side))
	}
	if len(r.Unprintable) > 0 {
		s += fmt.Sprintf("; without characters of its %s that %s cannot hold: take them out in %s to have the same in both",
			fields(r.Unprintable), systemName(r.Side), otherSystem(r.Side))
	}
	e := subjectOf(r)
	if e.Recurs != nil {
		s += "; " + recurs(*e.Recurs)
	}
	if n := wholeDays(e); n > 1 {
		s += fmt.Sprintf("; %d whole days", n)
	}
	if e.Private && r.Kind == plan.Create.String() && r.Want != nil {
		s += "; " + privately(e, *r.Want)
	}
	if r.Dropped > 0 {
		s += fmt.Sprintf("; its new rule has no place for %s in %s: enter by hand what shall stay of them",
			count(r.Dropped, "changed or deleted date", "changed or deleted dates"), systemName(r.Side))
	}
	if r.Mails > 0 {
		s += fmt.Sprintf("; %s would be mailed", people(r.Mails))
	}
	if r.Untold > 0 {
		s += fmt.Sprintf("; %s outside the office will not be told", people(r.Untold))
	}
	return s
}

// wholeDays is how many days an entry lasts; 0 for one of hours.
func wholeDays(e localapi.Entry) int {
	from, err := time.Parse(time.DateOnly, e.Start)
	to, bad := time.Parse(time.DateOnly, e.End)
	if !e.AllDay || err != nil || bad != nil {
		return 0
	}
	return int(to.Sub(from) / (24 * time.Hour))
}

// privately is what the other system gets of a private entry.
func privately(e, want localapi.Entry) string {
	switch {
	case e.Bare:
		return "private, so that only the time that it takes goes over"
	case want.Private:
		return "private there as well"
	default:
		return "private here, and open to colleagues there, as your rules say"
	}
}

// recurs is how often a series takes place, in words.
func recurs(r localapi.Recurs) string {
	s := "every " + r.Every
	if r.Interval > 1 {
		s = fmt.Sprintf("every %d %ss", r.Interval, r.Every)
	}
	switch {
	case r.Count > 0:
		s += ", " + count(r.Count, "time", "times")
	case r.Until != "":
		s += " until " + r.Until
	default:
		s += ", without an end"
	}
	if r.Changed > 0 {
		s += fmt.Sprintf(", %d of them changed", r.Changed)
	}
	if r.Left > 0 {
		s += fmt.Sprintf(", %d left out", r.Left)
	}
	return s
}

// proposal names the fields in which two entries differ and who would win.
func proposal(r localapi.Row) string {
	var parts []string
	for _, d := range r.Decisions {
		side := systemName(d.Winner)
		said := side + "'s would win"
		unsure := []plan.Code{plan.SameAge, plan.ClockUnsure, plan.AskedByRule}
		if d.Reason.Code == plan.OnlyFilled {
			said = "only " + side + " has one"
		} else if slices.Contains(unsure, d.Reason.Code) {
			said = "nobody can say which is newer"
		}
		parts = append(parts, fields([]string{d.Field})+" ("+said+")")
	}
	return strings.Join(parts, ", ")
}

func people(n int) string {
	return say.N("{{.N}} person", "{{.N}} people", n)
}

// fields are the names that people have for fields.
func fields(names []string) string {
	words := map[string]string{
		"subject": "subject", "when": "time", "location": "place", "notes": "notes", "private": "privacy",
		"show_as": "free/busy", "reminder": "reminder", "kind": "activity type", "done": "done",
		"attendees": "people", "recurrence": "recurrence",
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if w, ok := words[n]; ok {
			out[i] = w
		}
	}
	return strings.Join(out, ", ")
}

// Subject is an entry's title as it may be shown.
func Subject(e localapi.Entry) string {
	switch {
	case e.Private:
		return privateEntry
	case e.Masked:
		return hiddenEntry
	case e.Subject == "":
		return "(no subject)"
	}
	return strings.Join(strings.Fields(e.Subject), " ")
}

// unseenEntry stands for an entry of which only the name is known.
const unseenEntry = "an entry that cannot be shown: it is not readable, or outside the days that are kept in step"

func unseen(e localapi.Entry) bool { return e.Subject == "" && e.Start == "" && !e.Masked }

// Named is what an entry is called and when it is.
func Named(e localapi.Entry) string {
	if unseen(e) {
		return unseenEntry
	}
	return Subject(e) + ", " + When(e)
}

// When is an entry's start as it is read: a day, and the time of one that does
// not last all day.
func When(e localapi.Entry) string {
	if e.AllDay {
		day, err := time.Parse(time.DateOnly, e.Start)
		if err != nil {
			return e.Start
		}
		return day.Format("Mon 02 Jan 2006")
	}
	at, err := time.Parse("2006-01-02T15:04:05", e.Start)
	if err != nil {
		return e.Start
	}
	return at.Format("Mon 02 Jan 2006 15:04")
}

// Halted is a safety stop in words.
func Halted(r plan.Reason) Advice {
	do := "Check both calendars. `lockstepctl resume` shows what was withheld and lets it through once; `lockstepctl keep` leaves everything as it is. The limits are in [rules.limits] of office.toml."
	if r.Code == plan.IdentityChanged {
		do = "Check the addresses and accounts of both connections: one person's calendar is never compared with another's. If a sign-in or an address was renamed or moved on purpose, `lockstepctl resume --person EMAIL --accept-account` reads both calendars again and writes nothing."
	}
	return Advice{What: "Stopped for safety: " + Reason(r) + ". Nothing was written for this person.", Do: do}
}
