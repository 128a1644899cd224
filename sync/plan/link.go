package plan

import "lockstep/sync/event"

// end is what is known of one end of a link.
type end struct {
	Presence
	item    *event.Item // last known; nil if nothing is
	problem string
}

// link decides on one link, in the order of the truth table.
func (p *planner) link(l Link) {
	said, answered := p.linkAnswer(l)
	choice := said.Choice
	ends := p.ends(l)
	frozen := !p.inWindow(l, ends)
	if l.State != Never && answered && choice == NeverSync {
		l.State = Never // for good: the answer only knows the ids of today
		p.refreshed = append(p.refreshed, l)
	}
	if l.State == Never {
		p.leaveAlone(l, ends, frozen)
		return
	}
	if !p.relink(&l, &ends) {
		return
	}
	p.catchUp(&l, &ends)
	p.rejoin(&l, &ends)
	frozen = !p.inWindow(l, ends)
	if p.in.Policy.Guest && l.State == Live && ends[event.Exchange].Presence == Gone && ends[event.Business].Presence != Gone {
		l.State = Never
		p.refreshed = append(p.refreshed, l)
		p.leaveAlone(l, ends, frozen)
		return
	}
	p.seen.count(p, l, ends, frozen)
	if p.in.Policy.Withdraw {
		p.withdraw(l, ends[event.Exchange], frozen)
		return
	}
	have := live(ends)
	switch {
	case ends[0].Presence == Gone && ends[1].Presence == Gone:
		p.add(Action{Kind: Unlink, Link: l.ID, Reason: Reason{Code: BothGone}})
	case frozen:
		p.frozen(l, ends, choice, answered)
	case ends[0].Presence == Unreadable || ends[1].Presence == Unreadable:
		p.unreadable(l, ends)
	case ends[0].Presence == Missing || ends[1].Presence == Missing:
		p.vanished(l, ends, choice, answered)
	case p.unlike(have) != nil:
		p.skip(spokenOf(have), l.ID, have, *p.unlike(have))
	case p.leftOut(l, ends) != nil:
		p.skip(spokenOf(have), l.ID, have, *p.leftOut(l, ends))
	case ends[0].Presence == Gone:
		p.deleted(l, event.Business, ends, choice, answered)
	case ends[1].Presence == Gone:
		p.deleted(l, event.Exchange, ends, choice, answered)
	case have[0].Cancelled || have[1].Cancelled:
		p.skip(spokenOf(have), l.ID, have, Reason{Code: Cancelled})
	case l.State == Live && declined(have[event.Exchange]):
		p.declines(l, have)
	default:
		p.merge(l, have, said)
	}
}

// linkAnswer is what a person said of either end. That it be left alone goes
// before everything else.
func (p *planner) linkAnswer(l Link) (said Answer, answered bool) {
	for _, s := range event.Sides() {
		a, ok := p.answers[place{s, l.Refs[s].ID}]
		if !ok || l.Refs[s].ID == "" || a.Choice == PairWith || a.Choice == KeepSeparate {
			continue
		}
		if !answered || a.Choice == NeverSync {
			said, answered = a, true
		}
	}
	return said, answered
}

func (p *planner) ends(l Link) (out [2]end) {
	for _, s := range event.Sides() {
		row := p.rows[s][l.Refs[s].ID]
		switch {
		case l.Refs[s].ID == "" && l.State != Live:
			out[s].Presence = Gone
		case row == nil:
			out[s].Presence = Missing
		default:
			out[s] = end{row.Presence, &row.Item, row.Problem}
		}
	}
	return out
}

// live are the ends whose entry is there, or was when it was last readable.
func live(ends [2]end) (have [2]*event.Item) {
	for _, s := range event.Sides() {
		if ends[s].Presence != Gone {
			have[s] = ends[s].item
		}
	}
	return have
}

func spokenOf(have [2]*event.Item) event.Side {
	if have[event.Business] == nil {
		return event.Exchange
	}
	return event.Business
}

// inWindow tells whether the link is worked on at all: its old span or its
// new one reaches into the window. A mirror that was never asked about that
// span says nothing by not having the entry.
func (p *planner) inWindow(l Link, ends [2]end) bool {
	w := p.in.Window
	in := false
	for _, s := range event.Sides() {
		if l.Refs[s].ID == "" {
			continue
		}
		in = in || w.Holds(l.Base[s]) ||
			ends[s].Presence == Present && w.Holds(ends[s].item.Event)
	}
	if !in {
		return false
	}
	for _, s := range event.Sides() {
		if ends[s].item == nil && l.Refs[s].ID != "" && !p.covered(s, l.Base[s]) {
			return false
		}
	}
	return true
}

// covered tells whether the mirror of s would hold e if it were there.
func (p *planner) covered(s event.Side, e event.Event) bool {
	c := p.in.Covers[s]
	return c.IsZero() || c.Holds(e)
}

// unlike is why two ends cannot be merged, one of which became a series that
// the other side cannot hold; nil if they can.
func (p *planner) unlike(have [2]*event.Item) *Reason {
	for _, s := range event.Sides() {
		if have[s] == nil || have[s].Recurrence == nil || have[s.Other()] != nil && have[s.Other()].Recurrence != nil {
			continue
		}
		why := p.unheld(s, have[s].Event)
		if why != nil && have[s.Other()] != nil {
			why.Code = SeriesStays
		}
		if why != nil {
			return why
		}
	}
	return nil
}

// withdrawn is why a linked business entry has become one that is kept to
// itself; empty if it has not. An entry whose type was never one that goes out
// came from Exchange and stays in step, and so does one that is private: its
// type follows from that, and Exchange keeps it from others' eyes.
func (p *planner) withdrawn(l Link, b *event.Item) Code {
	types := p.in.Policy.Types
	switch {
	case b == nil:
		return ""
	case b.Kind.Group == event.GroupProjectTask:
		return ProjectTask
	case types != nil && !types[b.Kind.ID] && types[l.Base[event.Business].Kind.ID] && !b.Private:
		return TypeNotChosen
	}
	return ""
}

func (p *planner) leaveAlone(l Link, ends [2]end, frozen bool) {
	have := live(ends)
	before := len(p.actions)
	switch {
	case ends[0].Presence == Gone && ends[1].Presence == Gone:
		p.add(Action{Kind: Unlink, Link: l.ID, Reason: Reason{Code: BothGone}})
	case frozen:
	default:
		if ends[event.Exchange].Presence == Present {
			p.mark(l, have)
		}
		if len(p.actions) == before {
			p.skip(spokenOf(have), l.ID, have, Reason{Code: LeftAlone})
		}
	}
}

// relink finds the Exchange end again that got another id: an entry dragged
// to another folder, a mailbox that was moved. It is known by our mark or by
// the meeting's UID. False: several entries claim to be it.
func (p *planner) relink(l *Link, ends *[2]end) bool {
	x := event.Exchange
	there := ends[x].Presence == Present ||
		ends[x].Presence == Unreadable && ends[x].problem != MovedElsewhere
	_, part := seriesOf(x, l.Refs[x].ID)
	if there || part || l.Refs[x].ID == "" {
		return true
	}
	found := keyed(p.lost()[lostKey{partner: l.Refs[event.Business].ID}], l.Stamp.Key,
		func(it *event.Item) event.Stamp { return it.Stamp })
	if len(found) == 0 && l.UID != "" {
		found = p.lost()[lostKey{uid: l.UID}]
	}
	free := make([]*event.Item, 0, len(found))
	for _, it := range found {
		if !p.taken[x][it.ID] {
			free = append(free, it)
		}
	}
	if len(free) == 0 {
		return true
	}
	first, sole := oldest(free)
	if a, ok := p.answers[place{event.Business, l.Refs[event.Business].ID}]; ok && a.Choice == PairWith {
		for _, it := range free {
			if it.ID == a.Partner {
				first, sole = it, true
			}
		}
	}
	if !sole {
		ids := make([]event.ID, len(free))
		for i, it := range free {
			ids[i] = it.ID
			p.taken[x][it.ID] = true
		}
		have := live(*ends)
		have[x] = nil
		p.ask(l.ID, have, ids, Reason{Code: Ambiguous, Count: len(ids)})
		return false
	}
	p.taken[x][first.ID] = true
	l.Refs[x] = event.Ref{ID: first.ID} // the new version counts as unseen
	ends[x] = end{Present, first, ""}
	return true
}

// catchUp ties a link whose business end is not there to the one that the mark
// on its Exchange end names: the end was made again, and our store is a backup
// that does not know of it.
func (p *planner) catchUp(l *Link, ends *[2]end) {
	const b, x = event.Business, event.Exchange
	if l.Refs[b].ID == "" || ends[b].Presence != Gone && ends[b].Presence != Missing || ends[x].Presence != Present {
		return
	}
	st := ends[x].item.Stamp
	if !p.ours(st) || st.Partner == l.Refs[b].ID {
		return
	}
	it := p.at(b, st.Partner)
	if it == nil {
		return
	}
	p.taken[b][it.ID] = true
	l.Refs[b] = event.Ref{ID: it.ID} // its version counts as unseen
	ends[b] = end{Present, it, ""}
}

// lostKey is how an entry with a new id is known: exactly one is set.
type lostKey struct {
	partner event.ID
	uid     string
}

// lost indexes the Exchange entries that no link holds, once it is needed.
func (p *planner) lost() map[lostKey][]*event.Item {
	if p.strays != nil {
		return p.strays
	}
	p.strays = map[lostKey][]*event.Item{}
	x := event.Exchange
	for i := range p.in.Mirror[x] {
		row := &p.in.Mirror[x][i]
		it := &row.Item
		_, answered := p.answers[place{x, it.ID}]
		if row.Presence != Present || p.taken[x][it.ID] || answered {
			continue
		}
		switch {
		case p.ours(it.Stamp):
			k := lostKey{partner: it.Stamp.Partner}
			p.strays[k] = append(p.strays[k], it)
		case it.UID != "" && it.Stamp == (event.Stamp{}):
			k := lostKey{uid: it.UID}
			p.strays[k] = append(p.strays[k], it)
		}
	}
	return p.strays
}

func (p *planner) unreadable(l Link, ends [2]end) {
	for _, s := range event.Sides() {
		if ends[s].Presence == Unreadable {
			p.skip(s, l.ID, live(ends), Reason{Code: CannotRead, From: s, Detail: ends[s].problem})
			return
		}
	}
}

// vanished asks about an end that is not listed any more. It is never taken
// for a deletion; a person may have it made again.
func (p *planner) vanished(l Link, ends [2]end, choice Choice, answered bool) {
	from := event.Business
	if ends[from].Presence != Missing {
		from = event.Exchange
	}
	here := from.Other()
	switch {
	case answered && choice == take(here) && ends[here].Presence == Present:
		p.again(l, here, ends[here].item, Reason{Code: MadeAgain, From: from})
	case l.State == Held:
		p.skip(spokenOf(live(ends)), l.ID, live(ends), Reason{Code: OnHold})
	default:
		p.ask(l.ID, live(ends), nil, Reason{Code: Vanished, From: from})
	}
}

// take is the choice that says s is right.
func take(s event.Side) Choice {
	if s == event.Business {
		return TakeBusiness
	}
	return TakeExchange
}

// frozen leaves a link outside the window as it is; only a deletion that a
// person made there is worth a question.
func (p *planner) frozen(l Link, ends [2]end, choice Choice, answered bool) {
	for _, gone := range event.Sides() {
		here := gone.Other()
		if ends[gone].Presence != Gone || ends[here].Presence != Present || l.State == Held {
			continue
		}
		switch {
		case answered && choice == take(gone):
			p.remove(l, here, ends[here].item, DeletedThere)
		case answered && choice == take(here):
			p.again(l, here, ends[here].item, Reason{Code: MadeAgain, From: gone})
		default:
			p.ask(l.ID, live(ends), nil, Reason{Code: DeletedFrozen, From: gone})
		}
	}
}

// deleted decides on a link of which one end was deleted in the window.
func (p *planner) deleted(l Link, gone event.Side, ends [2]end, choice Choice, answered bool) {
	here := gone.Other()
	it := ends[here].item
	edited := event.Diff(remembered(it, l.Base[here]).Event, l.Base[here])&p.shared != 0
	again := Reason{Code: MadeAgain, From: gone}
	switch {
	case l.State == Held && (edited || answered && choice == take(here)) && l.Refs[gone].ID == "" && p.elsewhere(here, it):
		// Nothing was ever made of it, and somebody's copy of the meeting has been since.
		have := [2]*event.Item{}
		have[here] = it
		p.add(Action{Kind: Unlink, Side: here, Link: l.ID, Have: have, Reason: Reason{Code: SameMeeting}})
	case answered && choice == take(gone):
		p.remove(l, here, it, DeletedThere)
	case answered && choice == take(here):
		p.again(l, here, it, again)
	case l.State == Held && !edited:
		p.skip(here, l.ID, live(ends), Reason{Code: OnHold})
	case l.State == Held:
		p.again(l, here, it, again)
	case gone == event.Exchange && p.in.Policy.Direction == Publish:
		p.publishedGone(l, ends, edited)
	case edited && p.in.Policy.Deleted == KeepChanged && !veiled(ends[gone].item):
		p.again(l, here, it, again)
	case p.loses(l, here, it):
		p.ask(l.ID, live(ends), nil, Reason{Code: TiedToMore, From: gone})
	case !edited:
		p.remove(l, here, it, DeletedThere)
	default:
		p.ask(l.ID, live(ends), nil, Reason{Code: DeletedAndEdited, From: gone})
	}
}

// elsewhere tells whether somebody's copy of a meeting is in the business
// system, or is being made there.
func (p *planner) elsewhere(s event.Side, it *event.Item) bool {
	_, shared := p.in.Shared[it.UID]
	return s == event.Exchange && it.UID != "" && (shared || p.colleagues(it))
}

// publishedGone deals with a copy that a person deleted of what the office
// publishes: once it may have been by mistake, twice it is his will until the
// source changes.
func (p *planner) publishedGone(l Link, ends [2]end, edited bool) {
	if !l.Remade || edited {
		p.again(l, event.Business, ends[event.Business].item, Reason{Code: PutBackOnce, From: event.Business})
		return
	}
	l.State = Held
	p.refreshed = append(p.refreshed, l)
	p.skip(event.Business, l.ID, live(ends), Reason{Code: OnHold})
}

// remove carries a deletion over to here, where it is still there. A
// participant's copy only leaves.
func (p *planner) remove(l Link, here event.Side, it *event.Item, why Code) {
	have := [2]*event.Item{}
	have[here] = it
	if c := p.closed[here]; c != nil {
		p.skip(here, l.ID, have, *c)
		return
	}
	if p.in.Caps[here].NoDelete {
		p.skip(here, l.ID, have, Reason{Code: SideReadOnly, From: here, Detail: "no_delete"})
		return
	}
	p.takeOut(l, here, it, why)
}

// withdraw ends a link of a calendar that is given up. What was in Exchange
// before us stays there, and so does what the window has left behind.
func (p *planner) withdraw(l Link, x end, frozen bool) {
	if frozen || x.Presence != Present || l.Origin != OriginBusiness {
		p.add(Action{Kind: Unlink, Link: l.ID, Reason: Reason{Code: GivenUp}})
		return
	}
	have := [2]*event.Item{event.Exchange: x.item}
	switch c := p.closed[event.Exchange]; {
	case c != nil:
		p.skip(event.Exchange, l.ID, have, *c)
	case p.in.Caps[event.Exchange].NoDelete:
		p.skip(event.Exchange, l.ID, have, Reason{Code: SideReadOnly, From: event.Exchange, Detail: "no_delete"})
	default:
		p.takeOut(l, event.Exchange, x.item, GivenUp)
	}
}

// takeOut deletes an entry that is there, or takes this person out of it.
func (p *planner) takeOut(l Link, here event.Side, it *event.Item, why Code) {
	have := [2]*event.Item{}
	have[here] = it
	a := Action{
		Kind: Delete, Side: here, Link: l.ID, Have: have,
		Reason: Reason{Code: why, From: here.Other()},
	}
	if p.onlyLeaves(l, here, it) {
		if a.Kind = Leave; why == DeletedThere {
			a.Reason.Code = LeftThere
		}
	}
	p.audience(&a, l)
	if of, part := p.expanded.of[l.ID]; part {
		a.Reason.Detail = string(of.id)
	}
	a.Sure = a.Kind == Delete && it.Tied
	p.add(a)
}

// onlyLeaves tells whether a deletion takes this person alone out of an entry.
func (p *planner) onlyLeaves(l Link, here event.Side, it *event.Item) bool {
	return it.Standing == event.StandingParticipant || here == event.Business && p.othersStay(l, it)
}

// loses tells whether a deletion would take what cannot be made again.
func (p *planner) loses(l Link, here event.Side, it *event.Item) bool {
	return it.Tied && !p.onlyLeaves(l, here, it) && p.closed[here] == nil && !p.in.Caps[here].NoDelete
}

// othersStay tells whether a business entry must outlive this person's copy:
// the meeting was called by somebody else, so that deleting the copy only took
// this person out of it, and others are in the entry although he owns it.
func (p *planner) othersStay(l Link, it *event.Item) bool {
	row := p.rows[event.Exchange][l.Refs[event.Exchange].ID]
	return row != nil && row.Item.Standing == event.StandingParticipant && it.Meeting
}
