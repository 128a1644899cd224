package model

import (
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// Overview is the office at one look.
type Overview struct {
	Title, Note string
	Paused      bool
	People      []OverviewPerson
}

// OverviewPerson is one row of it.
type OverviewPerson struct {
	Name, Address string
	Resource      bool // a room, a car or another thing
	Health        office.Health
	Fresh         bool   // nobody has looked at the calendars yet: Health says nothing
	State         string // in words
	// From is, by event.Side, how long ago a change that was made there came over.
	From [2]string
	// At is the moment of it; empty where none has come.
	At   [2]string
	Next string
	// Page is where his state leads to; empty where there is nothing to do.
	Page string
}

// The pages of the window that a state leads to, by the names that the window
// and the agent have for them.
const (
	PageOverview    = "overview"
	PageAttention   = "attention"
	PagePreview     = "preview"
	PageConnections = "connections"
	PageStopped     = "stopped"
)

// OverviewOf is the office as the first page of the window shows it.
func OverviewOf(s office.Status, now time.Time) Overview {
	o := Overview{Paused: s.Paused.After(now)}
	good, waiting := 0, 0
	for _, p := range s.People {
		if p.Guest {
			continue
		}
		if p.Health <= office.Syncing && !p.Complete.IsZero() {
			good++
		}
		waiting += p.Waiting
		o.People = append(o.People, overviewPerson(p, s, now))
	}
	all := len(o.People)
	switch {
	case all == 0:
		o.Title = say.T("No calendar is kept in step yet")
		return o
	case good == all:
		o.Title = say.N("The calendar is up to date", "All {{.N}} calendars are up to date", all)
	default:
		o.Title = say.N("{{.Good}} of {{.N}} calendar is up to date", "{{.Good}} of {{.N}} calendars are up to date", all, "Good", good)
	}
	o.Note = overviewNote(s, waiting, now)
	return o
}

// overviewNote is what stands in the way, the gravest first; where nothing does,
// how old the oldest look is.
func overviewNote(s office.Status, waiting int, now time.Time) string {
	var parts []string
	last := oldest(s.People)
	switch {
	case waiting > 0 && s.Health == office.NeedsAttention: // told below
	case s.Health > office.Syncing:
		parts = append(parts, sentence(trayLine(s, s.Health, now)))
	case !last.IsZero():
		parts = append(parts, say.T("Oldest look: {{.Ago}}.", "Ago", recently(last, now)))
	}
	if waiting > 0 {
		parts = append(parts, say.N("One entry waits for a decision.", "{{.N}} entries wait for a decision.", waiting))
	}
	return strings.Join(parts, " ")
}

func sentence(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

func overviewPerson(p office.PersonStatus, s office.Status, now time.Time) OverviewPerson {
	o := OverviewPerson{
		Name: p.Name, Address: p.Address, Resource: p.Resource, Health: p.Health,
		Fresh: fresh(p), State: personState(p, s, now), Page: pageFor(p),
	}
	for _, side := range event.Sides() {
		o.From[side] = since(p.Came[side.String()], now)
		if came := p.Came[side.String()]; !came.IsZero() {
			o.At[side] = Moment(came, now)
		}
	}
	switch {
	case p.Health == office.Syncing:
		o.Next = say.T("Running")
	case s.Paused.After(now):
		o.Next = resumes(s.Paused, now)
	case p.Retry.After(now):
		o.Next = say.T("In {{.Time}}", "Time", Ago(p.Retry.Sub(now)))
	case s.EverySeconds > 0:
		o.Next = say.T("Within {{.Time}}", "Time", Ago(time.Duration(s.EverySeconds)*time.Second))
	}
	return o
}

// fresh tells whether somebody's calendars were not looked at yet, without a
// reason that his health tells.
func fresh(p office.PersonStatus) bool { return p.Health == office.UpToDate && p.Complete.IsZero() }

// personState is a person's state in a few words, with the number that matters.
func personState(p office.PersonStatus, s office.Status, now time.Time) string {
	switch p.Health {
	case office.UpToDate:
		if fresh(p) {
			return say.T("Not looked at yet")
		}
		return say.T("Up to date")
	case office.Syncing:
		if p.Total > p.Done {
			return say.T("Syncing {{.Done}} of {{.Total}}", "Done", p.Done, "Total", p.Total)
		}
		return say.T("Syncing")
	case office.Paused:
		return paused(s.Paused, now)
	case office.NeedsAttention:
		switch {
		case p.Waiting > 0:
			return say.N("{{.N}} decision", "{{.N}} decisions", p.Waiting)
		case p.Unapproved:
			return say.T("A plan waits for approval")
		case len(p.Problems) > 0:
			return say.N("{{.N}} entry passed over", "{{.N}} entries passed over", len(p.Problems))
		}
	case office.Standby, office.Offline, office.SlowedDown, office.SignInAgain, office.StoppedForSafety:
	}
	return sentenceCase(HealthName(p.Health))
}

// since is how long ago a change came over.
func since(at, now time.Time) string {
	switch {
	case at.IsZero():
		return say.T("None yet")
	case now.Sub(at) < time.Minute:
		return say.T("Now")
	}
	return Ago(now.Sub(at))
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// pageFor is where something can be done about a person's state.
func pageFor(p office.PersonStatus) string {
	switch p.Health {
	case office.StoppedForSafety:
		return PageStopped
	case office.SignInAgain, office.Offline:
		return PageConnections
	case office.NeedsAttention:
		if p.Unapproved && p.Waiting == 0 {
			return PagePreview
		}
		return PageAttention
	case office.UpToDate, office.Syncing, office.Paused, office.Standby, office.SlowedDown:
	}
	return ""
}

// CausePage is where something can be done about how the office is doing.
func CausePage(s office.Status) string {
	for _, p := range s.People {
		if p.Health == s.Health && !p.Guest {
			if page := pageFor(p); page != "" {
				return page
			}
		}
	}
	return PageOverview
}

// FootLine is the office's state in one short phrase.
func FootLine(s office.Status, now time.Time) string {
	switch some := slices.ContainsFunc(s.People, func(p office.PersonStatus) bool { return !p.Guest }); {
	case !some:
		return say.T("Nobody is switched on")
	case Fresh(s):
		return say.T("Not looked at yet")
	}
	if n := Waiting(s); n > 0 && s.Health == office.NeedsAttention {
		return say.N("{{.N}} decision", "{{.N}} decisions", n)
	}
	if s.Health == office.Paused {
		return paused(s.Paused, now)
	}
	return sentenceCase(HealthName(s.Health))
}

// Fresh tells whether nobody's calendars were looked at yet, so that the health
// of the office says nothing.
func Fresh(s office.Status) bool {
	return s.Health == office.UpToDate && !slices.ContainsFunc(s.People, func(p office.PersonStatus) bool { return !p.Guest && !fresh(p) })
}

// Waiting is how many things wait for a person.
func Waiting(s office.Status) int {
	n := 0
	for _, p := range s.People {
		n += p.Waiting
		if p.Health == office.StoppedForSafety {
			n++
		}
	}
	return n
}

// PauseChoice is one way to pause.
type PauseChoice struct {
	Label string
	Until time.Time
}

// PauseChoices are the ways to pause, the shortest first.
func PauseChoices(now time.Time) []PauseChoice {
	hours := func(n int) PauseChoice {
		return PauseChoice{say.N("{{.N}} hour", "{{.N}} hours", n), now.Add(time.Duration(n) * time.Hour)}
	}
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 7, 0, 0, 0, now.Location())
	return []PauseChoice{
		hours(1), hours(2), hours(4),
		{say.T("Until tomorrow"), tomorrow},
		{say.T("Until I resume"), now.AddDate(100, 0, 0)},
	}
}
