package plan

import "lockstep/sync/event"

// twinKey names what two entries of one side must share to be looked at.
type twinKey struct {
	subject string
	when    event.Span
}

// madeTwice asks about a business entry that is just like one that we have made
// of an Exchange entry. The business system takes no keys: a create that was on
// its way when another installation took over arrives late, and what it made
// must not go back to Exchange as a second entry. Two equal ones that a person
// typed in are asked about too; that is better than a copy that nobody wants.
func (p *planner) madeTwice(s event.Side, it *event.Item) bool {
	if s != event.Business || p.said(s, it.ID, KeepSeparate) {
		return false
	}
	for _, made := range p.makings()[twinKey{it.Subject, it.When}] {
		if event.Diff(it.Event, made.Event)&p.shared == 0 && it.Standing == made.Standing {
			var have [2]*event.Item
			have[s] = it
			p.take(have)
			p.ask("", have, nil, Reason{Code: MadeTwice, From: s})
			return true
		}
	}
	return false
}

// makings are the business entries that links say we have made, once needed.
func (p *planner) makings() map[twinKey][]*event.Item {
	if p.made != nil {
		return p.made
	}
	p.made = map[twinKey][]*event.Item{}
	for i := range p.in.Links {
		l := &p.in.Links[i]
		row := p.rows[event.Business][l.Refs[event.Business].ID]
		if l.Origin == OriginExchange && l.State != Never && row != nil && row.Presence == Present {
			k := twinKey{row.Item.Subject, row.Item.When}
			p.made[k] = append(p.made[k], &row.Item)
		}
	}
	return p.made
}
