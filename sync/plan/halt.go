package plan

import (
	"slices"
	"time"

	"lockstep/sync/event"
)

// sideFloor is the number of links below which an empty or shrunken side says
// nothing.
const sideFloor = 4

// limits are Limits with the defaults filled in.
func (l Limits) orDefault() Limits {
	for _, v := range []struct {
		field *int
		value int
	}{
		{&l.DeleteFloor, 5},
		{&l.DeletePercent, 10},
		{&l.DeleteRun, 50},
		{&l.DeleteDay, 50},
		{&l.ShrinkPercent, 50},
		{&l.ShiftFloor, 10},
		{&l.ShiftPercent, 80},
		{&l.CreateFloor, 50},
		{&l.CreatePercent, 50},
	} {
		if *v.field == 0 {
			*v.field = v.value
		}
	}
	return l
}

// tally is what the links show of a person's two calendars as a whole.
type tally struct {
	links  int
	linked [2]int // of links in the window: those with an end on this side
	lost   [2]int // and of these, ends that are not there while the other may be
	there  [2]int // ends that are there
	shift  [2]map[time.Duration]int
	// known are series of which any occurrence is linked, counted those of
	// which one has been looked at.
	known, counted map[place]bool
}

// count takes down one link. All occurrences of one series count as one: what
// becomes of them is a single act of a person.
func (t *tally) count(p *planner, l Link, ends [2]end, frozen bool) {
	if l.State == Held {
		return // what an undo took away says nothing about the side as a whole
	}
	of, part := p.expanded.of[l.ID]
	if !part || !t.known[of] {
		t.links++
	}
	if part && t.known == nil {
		t.known, t.counted = map[place]bool{}, map[place]bool{}
	}
	if part {
		t.known[of] = true
	}
	if frozen || ends[0].Presence == Gone && ends[1].Presence == Gone || part && t.counted[of] {
		return
	}
	if part {
		t.counted[of] = true
	}
	var moved [2]time.Duration
	for _, s := range event.Sides() {
		if l.Refs[s].ID == "" {
			continue
		}
		t.linked[s]++
		switch ends[s].Presence {
		case Gone, Missing:
			t.lost[s]++
		case Present:
			t.there[s]++
			moved[s] = p.offset(l.Base[s].When, ends[s].item.When)
		case Unreadable:
		}
	}
	if moved[0] == moved[1] {
		return // at rest, or moved on both sides alike
	}
	for _, s := range event.Sides() {
		if moved[s] == 0 {
			continue
		}
		if t.shift[s] == nil {
			t.shift[s] = map[time.Duration]int{}
		}
		t.shift[s][moved[s]]++
	}
}

// offset is by how much a whole entry moved; 0 if it did not, or changed its
// length or kind.
func (p *planner) offset(from, to event.Span) time.Duration {
	if from == to || from.AllDay != to.AllDay {
		return 0
	}
	a, b := p.zones.of(from), p.zones.of(to)
	start := to.Start.In(b).Sub(from.Start.In(a))
	if end := to.End.In(b).Sub(from.End.In(a)); end != start {
		return 0
	}
	return start
}

// halt is why nothing of the plan may be written, nil if it may.
func (p *planner) halt() *Reason {
	lim := p.in.Policy.Limits.orDefault()
	for _, check := range [...]func(Limits) *Reason{
		p.haltShrunk, p.haltShifted, p.haltDeletes, p.haltCreates,
	} {
		if why := check(lim); why != nil {
			return why
		}
	}
	return nil
}

func (p *planner) haltShrunk(lim Limits) *Reason {
	t := &p.seen
	for _, s := range event.Sides() {
		switch {
		case t.linked[s] < sideFloor || lim.ShrinkPercent > 100:
		case t.lost[s] == t.linked[s]:
			return &Reason{Code: SideEmpty, From: s, Count: t.lost[s]}
		case t.lost[s]*100 > lim.ShrinkPercent*t.linked[s]:
			return &Reason{
				Code: SideShrank, From: s, Count: t.lost[s], Limit: lim.ShrinkPercent * t.linked[s] / 100,
			}
		}
	}
	return nil
}

func (p *planner) haltShifted(lim Limits) *Reason {
	t := &p.seen
	for _, s := range event.Sides() {
		for by, n := range t.shift[s] {
			// Above half of all there can be only one offset.
			if n >= lim.ShiftFloor && n*100 >= lim.ShiftPercent*t.there[s] && n*2 > t.there[s] {
				return &Reason{Code: AllShifted, From: s, Ahead: by, Count: n, Limit: lim.ShiftFloor}
			}
		}
	}
	return nil
}

func (p *planner) haltDeletes(lim Limits) *Reason {
	n := p.distinct(Delete, Leave) + p.thinned()
	allowed := min(max(lim.DeleteFloor, p.seen.links*lim.DeletePercent/100), lim.DeleteRun)
	switch {
	case n > allowed:
		return &Reason{Code: TooManyDeletes, Count: n, Limit: allowed}
	case n > 0 && p.in.Deleted24h+n > lim.DeleteDay:
		return &Reason{Code: TooManyToday, Count: p.in.Deleted24h + n, Limit: lim.DeleteDay}
	}
	return nil
}

// distinct counts actions of these kinds; those on occurrences of one series
// are one.
func (p *planner) distinct(kinds ...ActionKind) int {
	n, series := 0, map[place]bool{}
	for i := range p.actions {
		a := &p.actions[i]
		if !slices.Contains(kinds, a.Kind) {
			continue
		}
		of, part := p.expanded.of[a.Link]
		for s, have := range a.Have {
			if have != nil && !part {
				of, part = seriesOf(event.Side(s), have.ID)
			}
		}
		if !part || !series[of] {
			n++
		}
		if part {
			series[of] = true
		}
	}
	return n
}

// thinned counts the series that lose dates by an Update: whoever reads a list
// of occurrences that is short must not empty whole calendars date by date.
func (p *planner) thinned() int {
	n := 0
	for i := range p.actions {
		if p.actions[i].Thins() {
			n++
		}
	}
	return n
}

// Removes tells whether a takes something out of a calendar, which counts in
// the limits of a run and of a day.
func (a *Action) Removes() bool {
	return a.Kind == Delete || a.Kind == Leave || a.Thins()
}

// Thins tells whether a takes dates out of a series that stays.
func (a *Action) Thins() bool {
	have := a.Have[a.Side]
	if a.Kind != Update || have == nil || have.Recurrence == nil || !a.Fields.Has(event.FieldRecurrence) {
		return false
	}
	was, now := have.Recurrence, a.Want.Recurrence
	if now == nil {
		return true
	}
	ends := !now.Until.IsZero() && (was.Until.IsZero() && was.Count == 0 || now.Until.Before(was.Until))
	if ends || now.Count > 0 && (was.Until.IsZero() && was.Count == 0 || now.Count < was.Count) {
		return true
	}
	left := map[event.Date]bool{}
	for _, w := range was.Deleted {
		left[w.Date] = true
	}
	return slices.ContainsFunc(now.Deleted, func(w event.Wall) bool { return !left[w.Date] })
}

func (p *planner) haltCreates(lim Limits) *Reason {
	if p.in.First {
		return nil
	}
	n := p.distinct(Create)
	if allowed := max(lim.CreateFloor, p.seen.links*lim.CreatePercent/100); n > allowed {
		return &Reason{Code: TooManyCreates, Count: n, Limit: allowed}
	}
	return nil
}

// halted is p with everything taken out that changes a calendar or what we
// know of it: bases, pairs and links stay as they are until a person looked.
func halted(p Plan, why Reason) Plan {
	out := Plan{Halt: &Halt{Reason: why}}
	for _, a := range p.Actions {
		switch {
		case a.Kind.Writes():
			out.Halt.Withheld = append(out.Halt.Withheld, a)
		case a.Kind == Await || a.Kind == Ask || a.Kind == Skip:
			out.Actions = append(out.Actions, a)
		}
	}
	return out
}
