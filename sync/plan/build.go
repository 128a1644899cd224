package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lockstep/sync/event"
)

// Build decides what would bring one person's two calendars together.
func Build(in Input) Plan {
	p := newPlanner(in)
	p.claimLinks()
	for _, l := range p.links {
		p.link(*l)
	}
	p.free()
	p.sort()
	out := Plan{Actions: p.actions, Refreshed: p.refreshed}
	if why := p.halt(); why != nil {
		out = halted(out, *why)
	}
	out.Foreign, out.Heeds = foreignMarks(in), p.heeds
	return out
}

// foreignMarks counts the entries that other programs have marked as theirs.
func foreignMarks(in Input) map[string]int {
	var out map[string]int
	for i := range in.Mirror[event.Exchange] {
		row := &in.Mirror[event.Exchange][i]
		tool := row.Item.Tool
		if office := row.Item.Stamp.Office; office != "" && office != in.Office {
			tool = "lockstep"
		}
		if row.Presence != Present || tool == "" {
			continue
		}
		if out == nil {
			out = map[string]int{}
		}
		out[tool]++
	}
	return out
}

// place names an entry.
type place struct {
	side event.Side
	id   event.ID
}

// planner is the work sheet of one Build. Items are referred to where they
// stand in the Input and never changed.
type planner struct {
	in     Input
	shared event.FieldSet
	zones  zones
	// closed says, per side, why nothing at all may be written there.
	closed  [2]*Reason
	rows    [2]map[event.ID]*Mirrored
	answers map[place]Answer
	links   []*Link
	// taken entries belong to a link, to an open journal entry or to a
	// decision already made.
	taken [2]map[event.ID]bool
	// pinned entries are under an open journal entry or in doubt.
	pinned [2]map[event.ID]bool
	// left are business entries whose Exchange end is marked to be left alone.
	left map[event.ID]bool
	// linked are the business entries that a link holds.
	linked map[event.ID]LinkState
	// keys are the keys that the Exchange ends of these business entries bear.
	keys map[event.ID]event.Key
	// inFlight are business entries whose Exchange end is being written.
	inFlight map[event.ID]bool
	// strays are Exchange entries that no link holds, by mark and UID.
	strays map[lostKey][]*event.Item
	seen   tally
	// held are business entries of meetings that somebody's link holds, and
	// awaits tells whether any copy here waits for a colleague; see maybeAwaited.
	held   map[event.ID]bool
	awaits bool
	// expanded tells of series that are kept occurrence by occurrence.
	expanded *expansion

	// made are the business entries that we have made; see makings.
	made map[twinKey][]*event.Item
	// looks are the free entries by what they look like; see likes.
	looks [2]map[look][]likely

	actions   []Action
	refreshed []Link
	heeds     []string
}

func newPlanner(in Input) *planner {
	p := &planner{
		in:       in,
		shared:   SharedFields(in.Caps),
		zones:    zones{},
		answers:  make(map[place]Answer, len(in.Answers)),
		linked:   make(map[event.ID]LinkState, len(in.Links)),
		keys:     make(map[event.ID]event.Key, len(in.Links)),
		inFlight: map[event.ID]bool{},
		left:     map[event.ID]bool{},
	}
	for _, a := range in.Answers {
		p.answers[place{a.Side, a.ID}] = a
	}
	for _, s := range event.Sides() {
		p.closed[s] = closedSide(in, s)
	}
	p.expand()
	in = p.in
	for _, s := range event.Sides() {
		p.taken[s] = map[event.ID]bool{}
		p.rows[s] = make(map[event.ID]*Mirrored, len(in.Mirror[s]))
		for i := range in.Mirror[s] {
			row := &in.Mirror[s][i]
			p.rows[s][row.Item.ID] = row
			if in.Busy[s][row.Item.ID] && s == event.Exchange && p.ours(row.Item.Stamp) {
				p.inFlight[row.Item.Stamp.Partner] = true
			}
		}
		for id, busy := range in.Busy[s] {
			if busy {
				p.taken[s][id] = true
			}
		}
	}
	p.links = make([]*Link, len(in.Links))
	for i := range in.Links {
		p.links[i] = &in.Links[i]
	}
	slices.SortFunc(p.links, compareLinks)
	p.unsure()
	return p
}

func compareLinks(a, b *Link) int {
	if c := cmp.Compare(a.ID, b.ID); c != 0 { // of tens of thousands, all differ in it
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Refs[event.Business].ID, b.Refs[event.Business].ID),
		cmp.Compare(a.Refs[event.Exchange].ID, b.Refs[event.Exchange].ID),
	)
}

// closedSide is the rule or right that forbids every write on s.
func closedSide(in Input, s event.Side) *Reason {
	d := in.Policy.Direction
	switch {
	case d == Publish && s == event.Business, d == Collect && s == event.Exchange:
		return &Reason{Code: DirectionClosed, From: s}
	case in.Caps[s].ReadOnly:
		return &Reason{Code: SideReadOnly, From: s}
	}
	return nil
}

// unsure asks about creates that may or may not have arrived. Until that is
// answered neither the source nor what may have come of it is planned.
func (p *planner) unsure() {
	for _, u := range p.in.Unsure {
		_, answered := p.answers[place{u.Source, u.ID}]
		if answered && !p.in.Busy[u.Source][u.ID] {
			continue
		}
		p.taken[u.Source][u.ID] = true
		for _, id := range u.Candidates {
			p.taken[u.Source.Other()][id] = true
		}
		var have [2]*event.Item
		if row := p.rows[u.Source][u.ID]; row != nil {
			have[u.Source] = &row.Item
		}
		a := Action{
			Kind: Ask, Side: u.Source, Have: have, Candidates: sorted(u.Candidates),
			Reason: Reason{Code: OutcomeUnsure, From: u.Source, Count: len(u.Candidates)},
		}
		p.showCandidates(&a)
		p.add(a)
	}
}

func sorted(ids []event.ID) []event.ID {
	out := slices.Clone(ids)
	slices.Sort(out)
	return out
}

// claimLinks takes the ends of all links out of what is free. Entries under
// an open journal entry take the link they belong to along. Where two links
// hold one entry, a person must look before either of them does anything.
func (p *planner) claimLinks() {
	p.pinned = p.taken
	var holders [2]map[event.ID]int
	for s := range holders {
		holders[s] = make(map[event.ID]int, len(p.links))
		p.taken[s] = make(map[event.ID]bool, len(p.rows[s]))
		maps.Copy(p.taken[s], p.pinned[s])
		for _, l := range p.links {
			holders[s][l.Refs[s].ID]++
		}
	}
	kept := p.links[:0]
	for _, l := range p.links {
		idle, sole := true, true
		for _, s := range event.Sides() {
			id := l.Refs[s].ID
			if id == "" {
				continue
			}
			idle = idle && !p.pinned[s][id]
			sole = sole && holders[s][id] == 1
			p.taken[s][id] = true
		}
		p.linked[l.Refs[event.Business].ID] = l.State
		p.keys[l.Refs[event.Business].ID] = l.Stamp.Key
		switch {
		case !idle:
		case !sole:
			p.ask(l.ID, p.known(*l), nil, Reason{Code: Ambiguous, Count: 2})
		default:
			kept = append(kept, l)
		}
	}
	p.links = kept
	delete(p.linked, "")
	delete(p.keys, "")
}

// known is what the mirrors last knew of the ends of l.
func (p *planner) known(l Link) (have [2]*event.Item) {
	for _, s := range event.Sides() {
		if row := p.rows[s][l.Refs[s].ID]; row != nil && row.Presence != Gone {
			have[s] = &row.Item
		}
	}
	return have
}

func (p *planner) ours(s event.Stamp) bool {
	return s.Office == p.in.Office && s.Partner != "" && !s.Left
}

// foreign tells whether another installation has marked e.
func (p *planner) foreign(e event.Item) bool {
	return e.Stamp.Office != "" && e.Stamp.Office != p.in.Office
}

func (p *planner) add(a Action) { p.actions = append(p.actions, a) }

func (p *planner) skip(s event.Side, l LinkID, have [2]*event.Item, why Reason) {
	p.add(Action{Kind: Skip, Side: s, Link: l, Have: have, Reason: why})
}

// ask speaks of the business entry, or of the Exchange one where that is all.
func (p *planner) ask(l LinkID, have [2]*event.Item, candidates []event.ID, why Reason) {
	side := event.Business
	if have[side] == nil {
		side = event.Exchange
	}
	a := Action{Kind: Ask, Side: side, Link: l, Have: have, Candidates: sorted(candidates), Reason: why}
	p.showCandidates(&a)
	p.add(a)
}

func (p *planner) showCandidates(a *Action) {
	for _, id := range a.Candidates {
		n := Near{ID: id}
		if row := p.rows[a.Side.Other()][id]; row != nil {
			n.Item = &row.Item
		}
		a.Near = append(a.Near, n)
	}
}

// create makes what from holds on the other side, or says why it must not.
func (p *planner) create(from event.Side, l LinkID, it *event.Item, why Reason) {
	to := from.Other()
	have := [2]*event.Item{}
	have[from] = it
	if c := p.closed[to]; c != nil {
		p.skip(from, l, have, *c)
		return
	}
	if c := p.unheld(from, it.Event); c != nil {
		p.skip(from, l, have, *c)
		return
	}
	want, fields := event.Only(it.Event, p.in.Caps[to].Fields&p.createFields(to)), p.shared&p.createFields(to)
	if to == event.Business && p.tells() && !veiled(it) {
		want.Attendees = p.invited(it)
	}
	cut, unprintable := p.cut(to, it, want, fields)
	p.add(Action{
		Kind: Create, Side: to, Link: l, Have: have, Reason: why,
		Want: want, Fields: fields, Cut: cut, Unprintable: unprintable,
	})
}

// sort puts the plan into an order that depends on its content alone.
func (p *planner) sort() {
	type key struct {
		start time.Time
		ids   [2]event.ID
	}
	type keyed struct {
		key
		Action
	}
	rows := make([]keyed, len(p.actions))
	for i, a := range p.actions {
		k := key{}
		for _, s := range [...]event.Side{a.Side.Other(), a.Side} {
			if have := a.Have[s]; have != nil {
				k.ids[s] = have.ID
				k.start = have.When.Start.In(p.zones.of(have.When))
			}
		}
		rows[i] = keyed{k, a}
	}
	slices.SortStableFunc(rows, func(a, b keyed) int {
		return cmp.Or(
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Side, b.Side), a.start.Compare(b.start),
			cmp.Compare(a.ids[0], b.ids[0]), cmp.Compare(a.ids[1], b.ids[1]),
			cmp.Compare(a.Link, b.Link), cmp.Compare(a.Reason.Code, b.Reason.Code),
		)
	})
	for i := range rows {
		p.actions[i] = rows[i].Action
	}
	slices.Sort(p.heeds)
	slices.SortFunc(p.refreshed, func(a, b Link) int { return compareLinks(&a, &b) })
}
