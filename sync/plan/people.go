package plan

import (
	"slices"
	"strings"

	"lockstep/sync/event"
)

// Who is in a meeting is told by Exchange and written to the business system
// alone: there colleagues become participants, and people from outside, who have
// no place in it, a text. What a person changes of that in the business system
// stays as he left it and goes nowhere; only who is called or called off in
// Exchange from then on is added or taken out.

// tells tells whether that is how people go over.
func (p *planner) tells() bool {
	const who = event.FieldAttendees
	return p.in.Caps[event.Exchange].Tells.Has(who) && p.in.Caps[event.Business].Fields.Has(who) && !p.shared.Has(who)
}

// invited are the people in an Exchange entry besides this person, who called it
// included.
func (p *planner) invited(it *event.Item) []event.Attendee {
	out := slices.DeleteFunc(slices.Clone(it.Attendees), p.stayed)
	if it.Standing == event.StandingParticipant && it.Organizer != "" && !p.own(it.Organizer) && !among(out, it.Organizer) {
		out = append(out, event.Attendee{Address: it.Organizer})
		sortPeople(out)
	}
	return out
}

// stayed tells whether an attendee is a colleague who will not come: he is in
// the meeting no more than if he had deleted his copy.
func (p *planner) stayed(a event.Attendee) bool {
	return a.Response == event.ResponseDeclined && p.in.Colleagues[a.Address]
}

func among(as []event.Attendee, address string) bool {
	return slices.ContainsFunc(as, func(a event.Attendee) bool { return a.Address == address })
}

func sortPeople(as []event.Attendee) {
	slices.SortFunc(as, func(a, b event.Attendee) int { return strings.Compare(a.Address, b.Address) })
}

// joined has the business entry follow who was called or called off in Exchange.
// A colleague who is called off is taken out by his own copy.
func (p *planner) joined(m *merging) {
	const b, x = event.Business, event.Exchange
	was, is := m.link.Base[x], m.have[x].Event
	if !p.tells() || m.link.State != Live || veiled(m.have[b]) || veiled(m.have[x]) ||
		event.Diff(was, is)&event.FieldAttendees == 0 && !slices.ContainsFunc(was.Attendees, p.stayed) {
		return
	}
	called := slices.DeleteFunc(slices.Clone(was.Attendees), p.stayed)
	off := func(a event.Attendee) bool {
		return among(was.Attendees, a.Address) && !among(is.Attendees, a.Address) && !p.in.Colleagues[a.Address]
	}
	people := slices.DeleteFunc(slices.Clone(m.have[b].Attendees), off)
	for _, a := range is.Attendees {
		if !p.stayed(a) && !among(called, a.Address) && !among(people, a.Address) {
			people = append(people, a)
		}
	}
	p.seat(m, people)
}

// seat has these people written to the business entry, if that changes anything.
func (p *planner) seat(m *merging, people []event.Attendee) {
	const b = event.Business
	sortPeople(people)
	want := m.have[b].Event
	want.Attendees = people
	if event.Diff(p.in.Normalize[b](want), m.have[b].Event)&event.FieldAttendees == 0 || p.blocked(b, m.have[b], event.FieldAttendees) != nil {
		return
	}
	m.write[b] |= event.FieldAttendees
	m.people = people
}

// unnamed takes people who are kept as a text out of our copy of an entry of
// which only the time is to be seen.
func (p *planner) unnamed(m *merging) {
	const b = event.Business
	text := func(a event.Attendee) bool { return a.Text }
	if !p.tells() || !slices.ContainsFunc(m.have[b].Attendees, text) {
		return
	}
	m.hidden |= event.FieldAttendees
	p.seat(m, slices.DeleteFunc(slices.Clone(m.have[b].Attendees), text))
}

// declined tells whether this person will not come to a meeting that somebody
// else has called.
func declined(it *event.Item) bool {
	return it != nil && it.Declined && it.Standing == event.StandingParticipant
}

// declines takes this person out of the business entry of a meeting that he has
// declined. What would be deleted by that, because nobody else is in it, must have
// come from his copy and be as it was then.
func (p *planner) declines(l Link, have [2]*event.Item) {
	const b = event.Business
	it := have[b]
	edited := event.Diff(it.Event, l.Base[b])&p.shared != 0
	if !p.onlyLeaves(l, b, it) && (edited || it.Tied || p.in.Caps[b].NoDelete || l.Origin != OriginExchange) {
		p.skip(b, l.ID, have, Reason{Code: Declined, From: event.Exchange})
		return
	}
	p.remove(l, b, it, DeclinedThere)
}
