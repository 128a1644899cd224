package plan

import "lockstep/sync/event"

// rejoin ties a link again of which one end was deleted, where that end is
// there once more under another id: the undo of a colleague's run has made the
// activity anew. Without it, what is here would get a second copy beside it, or
// be deleted for one. A link on hold stays so, with what is there as agreed.
func (p *planner) rejoin(l *Link, ends *[2]end) {
	for _, gone := range event.Sides() {
		here := gone.Other()
		if ends[gone].Presence != Gone || ends[here].Presence != Present || l.Refs[gone].ID == "" {
			continue
		}
		if _, part := seriesOf(gone, l.Refs[gone].ID); part {
			continue // its series tells which occurrences it has
		}
		it := p.anewOf(gone, l, ends[here].item)
		if it == nil {
			continue
		}
		p.taken[gone][it.ID] = true
		if gone == event.Business {
			p.linked[it.ID] = l.State
		}
		l.Refs[gone] = event.Ref{ID: it.ID} // its version counts as unseen
		if l.State == Held {
			l.Base[gone] = it.Event
		}
		ends[gone] = end{Present, it, ""}
	}
}

// anewOf is the free entry of s that a colleague's link names as the meeting of
// l, or the only one that looks just like the end that l still has; for a link
// that is worked on, one that is equal to it in everything.
func (p *planner) anewOf(s event.Side, l *Link, here *event.Item) *event.Item {
	if id, shared := p.in.Shared[l.UID]; s == event.Business && l.UID != "" && shared && !p.said(s, id, NeverSync) {
		if it := p.at(s, id); it != nil {
			return it
		}
	}
	alike := event.AllFields
	if l.State == Held {
		alike = event.FieldSubject | event.FieldWhen | event.FieldRecurrence
	}
	var only *event.Item
	for _, n := range p.near(s.Other(), here) {
		ends := [2]*event.Item{}
		ends[s], ends[s.Other()] = n.Item, here
		if p.cross(ends[event.Business].Event, ends[event.Exchange].Event)&alike != 0 || p.said(s, n.ID, NeverSync) {
			continue
		}
		if only != nil {
			return nil
		}
		only = n.Item
	}
	return only
}

// Doubtful tells whether p would make a second copy of what looks just like an
// entry on side s that is linked already. Where s tells of no deletions, that
// entry may have been made anew under another id.
func Doubtful(p Plan, links []Link, mirror []Mirrored, s event.Side) bool {
	type looks struct {
		subject string
		when    event.Span
	}
	made := map[looks]bool{}
	for _, a := range p.Actions {
		if it := a.Have[s]; a.Kind == Create && a.Side != s && it != nil && it.Subject != "" {
			made[looks{it.Subject, it.When}] = true
		}
	}
	if len(made) == 0 {
		return false
	}
	linked := map[event.ID]bool{}
	for _, l := range links {
		linked[l.Refs[s].ID] = true
	}
	for i := range mirror {
		row := &mirror[i]
		if row.Presence == Present && linked[row.Item.ID] && made[looks{row.Item.Subject, row.Item.When}] {
			return true
		}
	}
	return false
}
