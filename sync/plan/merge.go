package plan

import (
	"time"

	"lockstep/sync/event"
)

// merging is the work sheet of one link with both ends there.
type merging struct {
	link Link
	// said is what a person has answered about it; its zero value says nothing.
	said Answer
	have [2]*event.Item
	// real are the ends with what a person has typed into single dates of a
	// copy that is to tell nothing; typed are those dates.
	real  [2]*event.Item
	typed [2][]event.Date
	// write are the fields to write on each side, decided how they were settled.
	write   [2]event.FieldSet
	decided [2][]FieldDecision
	// kept are fields that differ and may not be written, by the side that
	// would have to change; why is the first reason of each side.
	kept [2]event.FieldSet
	why  [2]Reason
	// back are fields of a published copy that a person has edited.
	back event.FieldSet
	// hidden are fields of our copy of an entry that has become private.
	hidden event.FieldSet
	// follow are fields of a participant's copy that follow its organiser's.
	follow event.FieldSet
	// stay are fields of it that a person has edited: their base stays, so that
	// they are known to be his.
	stay event.FieldSet
	// people are those to be in the business entry, where write says so.
	people []event.Attendee
	// parts of a series to write on each side, where both ends are series.
	parts [2]event.Parts
	// open are fields that a person must decide on.
	open     event.FieldSet
	question Reason
	asked    []FieldDecision
	// told are fields that an answer settles one by one. Where another field is
	// open they are asked about along with it: the next answer takes the place of
	// this one, and must not lose what it said.
	told []FieldDecision
}

// right is the side that a person has said is right in a field.
func (m *merging) right(f event.FieldSet) (event.Side, bool) {
	switch c := m.said.Choice; {
	case c == TakeBusiness:
		return event.Business, true
	case c == TakeExchange:
		return event.Exchange, true
	case c == TakeByField && m.said.Right[event.Business].Has(f):
		return event.Business, true
	case c == TakeByField && m.said.Right[event.Exchange].Has(f):
		return event.Exchange, true
	}
	return event.Business, false
}

// ownFields are what an attendee may change in his copy on side s without
// touching the meeting.
func ownFields(s event.Side) event.FieldSet {
	if s == event.Exchange {
		return event.FieldShowAs | event.FieldReminder | event.FieldPrivate
	}
	return event.FieldShowAs | event.FieldReminder
}

// merge brings both ends together field by field.
func (p *planner) merge(l Link, have [2]*event.Item, said Answer) {
	have = p.knownExceptions(l, have)
	if said.torn(have) {
		said = Answer{}
	}
	m := &merging{link: l, said: said, have: have, real: have}
	p.untyped(m)
	have = m.have
	var changed [2]event.FieldSet
	for _, s := range event.Sides() {
		changed[s] = event.Diff(have[s].Event, l.Base[s]) & p.shared
		if !p.departures(have[s].Event, l.Base[s]).Empty() {
			changed[s] |= event.FieldRecurrence & p.shared
		}
	}
	moved := changed[0] | changed[1]
	if veiled(have[0]) || veiled(have[1]) {
		p.concealed(m, changed)
		moved &^= TextFields
	}
	if moved != 0 {
		differ := p.cross(have[0].Event, have[1].Event) & moved
		for _, f := range differ.Each() {
			switch {
			case f == event.FieldRecurrence && p.series(m):
			case !changed[event.Exchange].Has(f):
				if p.follows(m, f) {
					m.follow |= f
				}
				p.carry(m, f, event.Business)
			case !changed[event.Business].Has(f) && p.in.Policy.Direction == Publish:
				m.back |= f
				p.carry(m, f, event.Business)
			case !changed[event.Business].Has(f):
				p.carry(m, f, event.Exchange)
			default:
				p.conflict(m, f)
			}
		}
	}
	p.joined(m)
	switch {
	case m.open != 0:
		for _, d := range m.told {
			m.open |= d.Field
			m.asked = append(m.asked, d)
		}
		p.add(Action{
			Kind: Ask, Side: event.Business, Link: l.ID, Have: have,
			Fields: m.open, Decisions: m.asked, Reason: m.question,
		})
	case changed[0]|changed[1]|m.hidden == 0 && l.State == Held:
		p.skip(event.Business, l.ID, have, Reason{Code: OnHold})
		p.refresh(m)
	default:
		p.write(m)
	}
}

// cross are the shared fields in which two entries differ, seen from either
// side: what one of them cannot hold is no difference.
func (p *planner) cross(b, e event.Event) event.FieldSet {
	return event.Diff(p.in.Normalize[event.Exchange](b), e) &
		event.Diff(p.in.Normalize[event.Business](e), b) & p.shared
}

// blocked is why field f of the entry on side s must stay as it is.
func (p *planner) blocked(s event.Side, it *event.Item, f event.FieldSet) *Reason {
	if c := p.shut(s, f); c != nil {
		return c
	}
	if it.Standing == event.StandingParticipant && !ownFields(s).Has(f) {
		return &Reason{Code: NotOrganizer, From: s.Other()}
	}
	return nil
}

// barred is why field f of m must stay as it is on side s.
func (p *planner) barred(m *merging, s event.Side, f event.FieldSet) *Reason {
	if s == event.Exchange && m.follow.Has(f) {
		return nil
	}
	return p.blocked(s, m.have[s], f)
}

// settle has the content of from written to the other side, if it may be.
func (p *planner) settle(m *merging, f event.FieldSet, from event.Side, d *FieldDecision) {
	to := from.Other()
	if why := p.barred(m, to, f); why != nil {
		if m.kept[to] == 0 {
			m.why[to] = *why
		}
		m.kept[to] |= f
		return
	}
	m.write[to] |= f
	if d == nil {
		return
	}
	m.decided[to] = append(m.decided[to], *d)
	if d.Reason.Code == AsAnswered {
		m.told = append(m.told, *d)
	}
}

// carry settles a field that from alone has changed.
func (p *planner) carry(m *merging, f event.FieldSet, from event.Side) {
	if right, d, ok := p.damped(m, f, from); ok {
		p.settle(m, f, right, d)
	}
}

// conflict decides on a field that both sides changed differently.
func (p *planner) conflict(m *merging, f event.FieldSet) {
	winner, why, ask := p.winner(m, f)
	d := FieldDecision{Field: f, Winner: winner, Reason: why}
	switch {
	case ask:
		p.wait(m, d)
	case why.Code == AsAnswered:
		p.settle(m, f, winner, &d)
	default:
		if _, _, ok := p.damped(m, f, winner); ok {
			p.settle(m, f, winner, &d)
		}
	}
}

// winner is the side whose content of f stays. In this order: what a person
// said; the side that cannot be written at all; the office's rule. By field,
// the side that holds only a participant's copy is right, because what is
// seen there comes from the organiser and cannot be changed from here; of two
// copies that both may be written the newer is.
func (p *planner) winner(m *merging, f event.FieldSet) (w event.Side, why Reason, ask bool) {
	const b, x = event.Business, event.Exchange
	if w, ok := m.right(f); ok {
		return w, Reason{Code: AsAnswered, From: w}, false
	}
	if (p.shut(b, f) == nil) != (p.shut(x, f) == nil) {
		if p.shut(x, f) != nil {
			w = x
		}
		return w, Reason{Code: RuleWins, From: w}, false
	}
	switch p.in.Policy.Winner {
	case BusinessWins:
		return b, Reason{Code: RuleWins, From: b}, false
	case ExchangeWins:
		return x, Reason{Code: RuleWins, From: x}, false
	case AskAlways:
		return b, Reason{Code: AskedByRule}, true
	case ByField:
	}
	fixed := [2]bool{p.blocked(b, m.have[b], f) != nil, p.blocked(x, m.have[x], f) != nil}
	switch {
	case fixed[b]: // of both: nothing can be written, whoever is right
		return b, Reason{Code: OrganizerWins, From: b}, false
	case fixed[x]:
		return x, Reason{Code: OrganizerWins, From: x}, false
	}
	return p.newer(m)
}

// Trusts tells whether a clock that is off by so much can tell which of two
// changes is newer.
func (p Policy) Trusts(skew time.Duration) bool {
	limit := p.MaxSkew
	if limit == 0 {
		limit = 5 * time.Minute
	}
	return skew.Abs() <= limit
}

// newer compares the times at which both ends were last changed, as far as
// the servers' clocks can be trusted.
func (p *planner) newer(m *merging) (w event.Side, why Reason, ask bool) {
	for _, s := range event.Sides() {
		if skew := p.in.Skew[s]; !p.in.Policy.Trusts(skew) {
			return s, Reason{Code: ClockUnsure, From: s, Ahead: skew}, true
		}
	}
	b, x := m.have[event.Business].Modified, m.have[event.Exchange].Modified
	switch {
	case b.IsZero() || x.IsZero() || b.Equal(x):
		return event.Business, Reason{Code: SameAge}, true
	case x.After(b):
		return event.Exchange, Reason{Code: NewerWins, From: event.Exchange, Ahead: x.Sub(b)}, false
	default:
		return event.Business, Reason{Code: NewerWins, From: event.Business, Ahead: b.Sub(x)}, false
	}
}

// repeats are the fields that make out when a series takes place.
const repeats = event.FieldWhen | event.FieldRecurrence

// write plans the updates of a link, says once what may not be written, and
// lets the base follow where nothing is to do.
func (p *planner) write(m *merging) {
	var updates [2]*Action
	for _, to := range event.Sides() {
		updates[to] = p.update(m, to)
	}
	for to, a := range updates {
		if a == nil {
			continue
		}
		if other := updates[1-to]; other != nil {
			a.Rest = other.Answered() & other.Fields
		}
		p.add(*a)
	}
	for _, to := range event.Sides() {
		if m.kept[to] != 0 {
			p.add(Action{
				Kind: Skip, Side: to.Other(), Link: m.link.ID, Have: m.have, Fields: m.kept[to], Reason: m.why[to],
			})
		}
	}
	if m.write[0]|m.write[1] == 0 {
		p.refresh(m)
	}
}

// update is what is to be written to one end; nil if nothing is.
func (p *planner) update(m *merging, to event.Side) *Action {
	fields, from := m.write[to], to.Other()
	if fields == 0 {
		return nil
	}
	want := p.want(m.have[from].Event, m.real[to].Event, fields)
	if to == event.Business && m.people != nil {
		want.Attendees = m.people
	}
	want, fields, dropped := seriesWant(m.have[from].Event, m.real[to].Event, want, m.parts[to], fields)
	want = m.wordless(to, want)
	if why := p.unheld(from, want); why != nil && fields&repeats != 0 {
		m.kept[to], m.why[to] = m.kept[to]|fields&repeats, Reason{Code: SeriesStays, From: why.From, Detail: why.Detail}
		if fields &^= repeats; fields == 0 {
			m.write[to] = 0
			return nil
		}
		want, dropped = p.want(m.have[from].Event, m.real[to].Event, fields), 0
	}
	have := m.have
	have[to] = m.real[to]
	a := Action{
		Kind: Update, Side: to, Link: m.link.ID, Have: have, Fields: fields, Dropped: dropped,
		Want: want, Decisions: m.decided[to],
		Reason: Reason{Code: ChangedThere, From: from}, Follows: to == event.Exchange && fields&m.follow != 0,
	}
	if len(a.Decisions) > 0 {
		a.Reason = a.Decisions[0].Reason // an action has one, whatever its other fields are due to
	} else if fields&m.hidden != 0 && byDate(m.have[from]) {
		a.Reason.Code = DateIsPrivate
	} else if fields&^m.hidden == 0 {
		a.Reason.Code = MadePrivate
	} else if fields&^m.back == 0 {
		a.Reason.Code = PutBack
	}
	if fields&(event.FieldWhen|event.FieldLocation|event.FieldRecurrence) != 0 {
		p.audience(&a, m.link)
	}
	a.Cut, a.Unprintable = p.cut(to, m.have[from], a.Want, fields)
	return &a
}

// want is target with the given fields of source. A single entry keeps the
// zone in which it is written there.
func (p *planner) want(source, target event.Event, fields event.FieldSet) event.Event {
	out := event.Take(target, source, fields)
	if fields.Has(event.FieldWhen) && out.Recurrence == nil && !target.When.AllDay {
		out.When = out.When.Rezone(target.When.Zone)
	}
	return out
}

// refresh moves base and version to what is there, except in fields that
// still wait, and sees to the mark. A link in which nothing moved is not
// mentioned, unless an answer about it is left over that has nothing to settle
// any more: it must not settle the next question.
func (p *planner) refresh(m *merging) {
	l, done := m.link, event.AllFields&^(m.kept[0]|m.kept[1]|m.stay)
	moved := m.said.Takes() && m.kept[0]|m.kept[1] == 0
	for _, s := range event.Sides() {
		it := m.have[s]
		moved = moved || l.Refs[s] != it.Ref || it.UID != "" && l.UID != it.UID ||
			event.Diff(it.Event, l.Base[s])&p.shared&done != 0
	}
	if moved {
		for _, s := range event.Sides() {
			it := m.have[s]
			if l.Refs[s] = it.Ref; s == event.Exchange {
				l.Led &^= event.Diff(it.Event, l.Base[s]) // a person has written there
			}
			l.Base[s] = event.Take(l.Base[s], it.Event, done)
			if it.UID != "" {
				l.UID = it.UID
			}
		}
		p.refreshed = append(p.refreshed, l)
	}
	// The mark of a link on hold only ceases to tell what is agreed: after a
	// loss of the store a person is asked, and neither side passes for changed.
	if l.State == Live || l.State == Held && l.Stamp.Digest != "" {
		p.mark(l, m.have)
	}
}
