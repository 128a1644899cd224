package model

import (
	"cmp"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// DemoDays is how many days of a week the demo shows.
const DemoDays = 5

// Demo is both weeks of one person, ready to be drawn.
type Demo struct {
	Title string
	Days  [DemoDays]string
	Today int // negative: another week
	Sides [2][]DemoItem
	// Agree: both calendars hold the same, but for what stays out by a rule.
	Agree bool
	State string
	Note  string
}

// DemoItem is one entry of a week.
type DemoItem struct {
	ID         string
	Day        int
	Start, End int // minutes after midnight
	Title      string
	Note       string
	Look       DemoLook
	Fixed      bool
	From, To   time.Time
}

// DemoLook tells what has become of an entry since the week was last shown.
type DemoLook int

// The looks.
const (
	DemoPlain DemoLook = iota
	DemoNew
	DemoMoved
	DemoPrivate
)

// DemoOf is how a demo's state looks. before is the state that was shown last;
// its zero value marks nothing as new.
func DemoOf(s, before localapi.DemoState, now time.Time) Demo {
	zone := s.From.Location()
	_, week := s.From.ISOWeek()
	d := Demo{Today: -1, Title: say.T("Demo office: {{.Name}}, week {{.Week}}", "Name", demoName(s), "Week", week)}
	for i := range DemoDays {
		day := s.From.AddDate(0, 0, i)
		d.Days[i] = say.T("{{.Weekday}} {{.Day}}", "Weekday", weekday(day), "Day", day.Day())
		if event.DateOf(day) == event.DateOf(now.In(zone)) {
			d.Today = i
		}
	}
	for _, e := range s.Entries {
		side := event.Business
		if e.Side == event.Exchange.String() {
			side = event.Exchange
		}
		if item, ok := demoItem(e, s, before, zone); ok {
			d.Sides[side] = append(d.Sides[side], item)
		}
	}
	for _, items := range d.Sides {
		slices.SortStableFunc(items, func(a, b DemoItem) int {
			return cmp.Or(a.Day-b.Day, a.Start-b.Start, cmp.Compare(a.Title, b.Title))
		})
	}
	d.agree(s)
	return d
}

func demoName(s localapi.DemoState) string {
	for _, p := range s.People {
		if p.Address == s.Person {
			return p.Name
		}
	}
	return s.Person
}

// demoItem is false of what a week of hours cannot show.
func demoItem(e localapi.DemoEntry, s, before localapi.DemoState, zone *time.Location) (DemoItem, bool) {
	start, end := e.Start.In(zone), e.End.In(zone)
	day := 0
	for day < DemoDays && event.DateOf(s.From.AddDate(0, 0, day)) != event.DateOf(start) {
		day++
	}
	if day == DemoDays || e.AllDay {
		return DemoItem{}, false
	}
	item := DemoItem{
		ID: e.ID, Day: day, Start: start.Hour()*60 + start.Minute(), Title: e.Subject, Fixed: e.Fixed, From: e.Start, To: e.End,
	}
	item.End = min(item.Start+int(end.Sub(start).Minutes()), 24*60)
	at := say.Clock(start)
	item.Note = at
	was := slices.IndexFunc(before.Entries, func(o localapi.DemoEntry) bool { return o.Side == e.Side && o.ID == e.ID })
	switch {
	case e.Private:
		item.Look, item.Title = DemoPrivate, say.T("Private")
	case before.Person != s.Person || !before.From.Equal(s.From):
	case was < 0:
		item.Look, item.Note = DemoNew, say.T("{{.Time}}, new", "Time", at)
	case !before.Entries[was].Start.Equal(e.Start):
		item.Look, item.Note = DemoMoved, say.T("{{.Time}}, moved", "Time", at)
	case before.Entries[was].Subject != e.Subject:
		item.Look, item.Note = DemoMoved, say.T("{{.Time}}, renamed", "Time", at)
	}
	return item, true
}

// agree says whether both weeks hold the same.
func (d *Demo) agree(s localapi.DemoState) {
	type same struct {
		subject    string
		start, end int64
	}
	count := map[same]int{}
	private := 0
	for _, e := range s.Entries {
		if e.Private {
			private++
			continue
		}
		step := 1
		if e.Side == event.Exchange.String() {
			step = -1
		}
		count[same{e.Subject, e.Start.Unix(), e.End.Unix()}] += step
	}
	apart := 0
	for _, n := range count {
		apart += max(n, -n)
	}
	if d.Agree = apart == 0; d.Agree {
		d.State = say.T("Both weeks agree")
		if private > 0 {
			d.Note = say.N("apart from one private entry", "apart from {{.N}} private entries", private)
		}
		return
	}
	d.State = say.N("One entry is not the same in both", "{{.N}} entries are not the same in both", apart)
	d.Note = say.T("Sync now brings them together.")
}

// DemoFault is something that can be let happen.
type DemoFault struct{ Fault, Name string }

// DemoFaults are all of them.
func DemoFaults() []DemoFault {
	return []DemoFault{
		{localapi.FaultThrottle, say.T("The servers ask to wait")},
		{localapi.FaultOffline, say.T("The network is gone")},
		{localapi.FaultWrongPassword, say.T("The Exchange password was changed")},
	}
}

// DemoLine is one thing that crossed.
type DemoLine struct{ Icon, Subject, What, Ago string }

// DemoLines are what a run did, the last first. Marks are no news to anybody.
func DemoLines(changes []localapi.Change, now time.Time) []DemoLine {
	var out []DemoLine
	for _, c := range slices.Backward(changes) {
		if c.Kind == plan.Stamp.String() || c.Kind == plan.Unlink.String() {
			continue
		}
		what, icon, _ := deedOf(c)
		if why := WindowReason(c.Reason); why != "" {
			what += ", " + why
		}
		out = append(out, DemoLine{Icon: icon, Subject: Subject(pastEntry(c)), What: what, Ago: Since(c.At, now)})
	}
	return out
}
