package plan

import (
	"time"

	"lockstep/sync/event"
)

// Turn is one write of one field, as a link's trail keeps it: keyed digests of
// what stood there and of what was put in its place. They are only compared.
type Turn struct {
	Field   event.FieldSet
	Was, Is string
	// Answered: a person had said which side is right. What went before it
	// counts no more.
	Answered bool
	At       time.Time
}

// trailKept is how long a turn counts, and mostReturns at which return of a
// field a person is asked instead.
const (
	trailKept   = 24 * time.Hour
	mostReturns = 3
)

// Turns are what an applied action adds to the trail of its link: one turn for
// each of the given fields that it changed. What an undo puts back is a person's
// will and no turn.
func Turns(a Action, fields event.FieldSet, at time.Time, normalize [2]func(event.Event) event.Event, digest func(event.Event) string) []Turn {
	over := a.Have[a.Side]
	if a.Kind != Update || a.Hold != nil || over == nil || digest == nil {
		return nil
	}
	answered := answeredFields(a.Decisions) != 0
	was, is := viewed(event.Business, over.Event, normalize), viewed(event.Business, a.Want, normalize)
	var out []Turn
	for _, f := range fields.Each() {
		t := Turn{Field: f, Was: trace(was, f, digest), Is: trace(is, f, digest), Answered: answered, At: at}
		if t.Was != t.Is {
			out = append(out, t)
		}
	}
	return out
}

// trace is the digest of one field of an entry as it is viewed, whichever side
// it is seen on.
func trace(seen event.Event, f event.FieldSet, digest func(event.Event) string) string {
	return digest(zones(nil).canonical(event.Only(seen, f)))
}

// damped settles a field that would be written with from's content, unless that
// were one return too many: then a person says which side is right, and until
// he has the link waits. False: it waits.
func (p *planner) damped(m *merging, f event.FieldSet, from event.Side) (event.Side, *FieldDecision, bool) {
	why := p.backAndForth(m, f, from)
	if why == nil {
		return from, nil, true
	}
	if right, ok := m.right(f); ok {
		return right, &FieldDecision{Field: f, Winner: right, Reason: Reason{Code: AsAnswered, From: right}}, true
	}
	p.wait(m, FieldDecision{Field: f, Winner: from, Reason: *why})
	return from, nil, false
}

// wait leaves a field to a person.
func (p *planner) wait(m *merging, d FieldDecision) {
	if m.open == 0 {
		m.question = d.Reason
	}
	m.open |= d.Field
	m.asked = append(m.asked, d)
}

// backAndForth tells whether writing from's content of f would take the field
// back, once too often within a day, to a value that it had, over a value that
// it had too. Both must be known: somebody who types something new is at work,
// and no program.
func (p *planner) backAndForth(m *merging, f event.FieldSet, from event.Side) *Reason {
	to := from.Other()
	trail := p.in.Trail[m.link.ID]
	if len(trail) == 0 || p.in.Digest == nil || p.barred(m, to, f) != nil {
		return nil
	}
	had, returns := map[string]bool{}, 0
	for _, t := range trail {
		if t.Field != f || p.in.Now.Sub(t.At) >= trailKept {
			continue
		}
		switch {
		case t.Answered:
			had, returns = map[string]bool{}, 0
		case had[t.Was] && had[t.Is]:
			returns++
		}
		had[t.Is] = true
		had[t.Was] = had[t.Was] || !t.Answered
	}
	if returns+1 < mostReturns {
		return nil
	}
	is := trace(viewed(event.Business, m.have[from].Event, p.in.Normalize), f, p.in.Digest)
	was := trace(viewed(event.Business, m.have[to].Event, p.in.Normalize), f, p.in.Digest)
	if !had[is] || !had[was] {
		return nil
	}
	return &Reason{Code: BackAndForth, From: from, Count: returns + 1}
}
