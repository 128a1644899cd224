package sample

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Kind is what an entry of the sample is there to show.
type Kind int

// The kinds.
const (
	OnlyExchange Kind = iota // an appointment
	OnlySevera               // an activity, sometimes with colleagues in it
	OnBoth                   // the same in both systems, never linked
	PrivateExchange
	PrivateSevera
	Meeting // in Exchange, with colleagues and people from outside
	Twins   // two of one title on one day, in both systems
	Old     // over for more than 30 days
	Task    // a project task
	WholeDay
	Series  // weekly, in Exchange
	Absence // whole days across a change of the clocks, in Severa
)

// Entry is one thing in people's calendars. People are indices into Office.People.
type Entry struct {
	Kind                     Kind
	Subject, Location, Notes string
	Start, End               time.Time
	AllDay, Private          bool
	Owner                    int
	Inside                   []int // colleagues who take part
	Outside                  []int // indices of guests
	Severa, Exchange         bool  // where it is at first
	Deleted                  bool  // by an edit
	// Weeks is how often a series takes place; one of them is on the next day
	// an hour later, and one was left out.
	Weeks int
}

// Which weeks of a series depart from it.
const (
	movedWeek = 1
	leftWeek  = 3
)

// Occurrences are when an entry takes place: once, or each week that was not left out.
func (e Entry) Occurrences() []Entry {
	if e.Weeks == 0 {
		return []Entry{e}
	}
	var out []Entry
	for n := range e.Weeks {
		if n == leftWeek {
			continue
		}
		one := e
		one.Start, one.End = e.Start.AddDate(0, 0, 7*n), e.End.AddDate(0, 0, 7*n)
		if n == movedWeek {
			one.Start, one.End = moved(one.Start), moved(one.End)
		}
		out = append(out, one)
	}
	return out
}

func moved(t time.Time) time.Time { return t.AddDate(0, 0, 1).Add(time.Hour) }

// highlights are what each kind of difficulty looks like, once: a series, whole
// days across a change of the clocks, a meeting of three.
func highlights(people []Person, monday time.Time) []Entry {
	loc := zone(people[0].Zone)
	at := func(day, hour int) time.Time {
		d := monday.AddDate(0, 0, day)
		return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, loc)
	}
	change := 14 // the day before which the clocks change
	for _, before := at(change, 12).Zone(); ; change++ {
		if _, after := at(change, 12).Zone(); after != before {
			break
		}
	}
	out := []Entry{
		{
			Kind: Series, Subject: "Viikon aloitus", Location: "Neuvotteluhuone Sälen", Notes: "Joka viikko.",
			Start: at(7, 9), End: at(7, 10), Exchange: true, Weeks: 8,
		},
		{
			Kind: Absence, Subject: "Kevätloma", Start: at(change-2, 0), End: at(change+3, 0), AllDay: true, Severa: true,
		},
	}
	if len(people) >= 3 {
		out = append(out, Entry{
			Kind: Meeting, Subject: "Kolmen kokous", Location: "Café Åäö", Start: at(9, 13), End: at(9, 14),
			Inside: []int{1, 2}, Outside: []int{0}, Exchange: true,
		})
	}
	return out
}

// members are all of the office who have the entry.
func (e Entry) members() []int { return append([]int{e.Owner}, e.Inside...) }

// kindOf gives each twenty entries in a row the same mixture.
func kindOf(i int) Kind {
	return []Kind{
		OnlyExchange, OnlySevera, OnBoth, OnlyExchange, Meeting, OnlySevera, PrivateExchange, OnBoth, OnlyExchange, WholeDay,
		OnlySevera, OnlyExchange, Old, OnBoth, OnlySevera, Twins, PrivateSevera, OnlyExchange, Task, OnlySevera,
	}[i%20]
}

// maker makes entries of which no two of one person have subject and day in
// common, but for twins: those that look alike would be a question to him.
type maker struct {
	rng    *rand.Rand
	people []Person
	monday time.Time // midnight UTC of the week in which the sample is set
	taken  map[slot]bool
}

type slot struct {
	person  int
	subject string
	day     string
}

// entries makes n entries for the people around a Monday.
func entries(people []Person, n int, monday time.Time, seed uint64) []Entry {
	m := &maker{rng: rand.New(rand.NewPCG(seed, 20260302)), people: people, monday: monday, taken: map[slot]bool{}} //nolint:gosec // a sample is to be the same each time
	var out []Entry
	for i := 0; len(out) < n; i++ {
		e := m.entry(kindOf(i), (i+i/20)%len(people))
		out = append(out, e)
		if e.Kind == Twins && len(out) < n {
			twin := e
			twin.Start, twin.End = e.Start.Add(4*time.Hour), e.End.Add(4*time.Hour)
			out = append(out, twin)
		}
	}
	return out
}

func (m *maker) entry(k Kind, owner int) Entry {
	e := Entry{
		Kind: k, Owner: owner, Subject: m.pick(titles), Location: m.pick(places), Notes: m.pick(notes),
		Exchange: true, Severa: true,
	}
	day := m.rng.IntN(70) - 14
	switch k {
	case OnlyExchange:
		e.Severa = false
	case OnlySevera:
		e.Exchange = false
		if m.rng.IntN(3) == 0 {
			e.Inside = m.colleagues(owner, 1+m.rng.IntN(2))
		}
	case OnBoth, Twins, Series, Absence:
	case PrivateExchange:
		e.Severa, e.Private, e.Subject = false, true, m.pick(privateTitles)
	case PrivateSevera:
		e.Exchange, e.Private, e.Subject = false, true, m.pick(privateTitles)
	case Meeting:
		e.Severa = false
		e.Inside = m.colleagues(owner, 1+m.rng.IntN(2))
		e.Outside = m.outside(m.rng.IntN(3))
	case Old:
		day = -40 - m.rng.IntN(50)
		e.Severa = m.rng.IntN(2) == 0
		e.Exchange = !e.Severa
	case Task:
		e.Exchange, e.Subject = false, m.pick(taskTitles)
	case WholeDay:
		e.AllDay, e.Subject = true, m.pick(dayTitles)
		e.Severa = m.rng.IntN(2) == 0
		e.Exchange = !e.Severa
	}
	m.place(&e, day)
	m.settle(&e)
	return e
}

// place sets the time: on a working day, in the owner's zone, so that meetings
// of one person overlap as they do.
func (m *maker) place(e *Entry, day int) {
	date := m.monday.AddDate(0, 0, day)
	for date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		date = date.AddDate(0, 0, 1)
	}
	loc := zone(m.people[e.Owner].Zone)
	if e.AllDay {
		e.Start = time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, loc)
		e.End = e.Start.AddDate(0, 0, 1+m.rng.IntN(3))
		return
	}
	half := 16 + m.rng.IntN(16) // half hours since midnight: 8:00 to 15:30
	e.Start = time.Date(date.Year(), date.Month(), date.Day(), half/2, half%2*30, 0, 0, loc)
	e.End = e.Start.Add(time.Duration(1+m.rng.IntN(4)) * 30 * time.Minute)
}

// settle moves an entry until nobody in it has another of that title on that day.
func (m *maker) settle(e *Entry) {
	step := 7 // days: the same day of the week
	if e.Kind == Old {
		step = -7
	}
	free := func() bool {
		for _, p := range e.members() {
			if m.taken[slot{p, e.Subject, dayOf(e)}] {
				return false
			}
		}
		return true
	}
	for !free() {
		e.Start, e.End = e.Start.AddDate(0, 0, step), e.End.AddDate(0, 0, step)
	}
	for _, p := range e.members() {
		m.taken[slot{p, e.Subject, dayOf(e)}] = true
	}
}

func dayOf(e *Entry) string { return e.Start.Format(time.DateOnly) }

func (m *maker) pick(from []string) string { return from[m.rng.IntN(len(from))] }

// colleagues picks up to n other people.
func (m *maker) colleagues(owner, n int) []int {
	var out []int
	for _, p := range m.rng.Perm(len(m.people)) {
		if p != owner && len(out) < n {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

func (m *maker) outside(n int) []int {
	out := m.rng.Perm(len(guests))[:n]
	slices.Sort(out)
	return out
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // the names are those of the table above
	}
	return loc
}
