package plan

import (
	"cmp"
	"slices"
	"time"

	"lockstep/sync/event"
)

// free decides on every entry that no link holds.
func (p *planner) free() {
	if p.in.Policy.Withdraw {
		return
	}
	p.answered()
	p.nevers()
	p.leftPartners()
	parted := p.parted()
	m := newMatcher(p.candidates(parted), Rules{
		Office: p.in.Office, Shared: p.in.Shared, Fields: p.shared, Normalize: p.in.Normalize, Digest: p.in.Digest,
	}, p.zones)
	m.parted = parted
	m.byStamp()
	m.byUID()
	m.byContents()
	for _, pair := range m.pairs {
		p.matched(pair)
	}
	for _, t := range m.ties {
		p.tied(t)
	}
	p.rest()
}

// rest decides on the entries that nothing on the other side belongs to. What
// their own marks say is settled for all of them before looks tie any: a mark
// says more, and which comes first must not depend on the order of the entries.
func (p *planner) rest() {
	var fresh, kept [2][]*event.Item
	for _, s := range event.Sides() {
		for i := range p.in.Mirror[s] {
			row := &p.in.Mirror[s][i]
			it := &row.Item
			switch {
			case p.taken[s][it.ID] || s == event.Business && p.inFlight[it.ID]:
			case row.Presence == Unreadable:
				p.illegible(s, row)
			case row.Presence != Present:
			case p.unwanted(s, it) != nil:
				kept[s] = append(kept[s], it)
			case !p.waits(s, it):
				fresh[s] = append(fresh[s], it)
			}
		}
		slices.SortFunc(fresh[s], func(a, b *event.Item) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, s := range event.Sides() {
		for _, it := range fresh[s] {
			if !p.taken[s][it.ID] && !p.madeTwice(s, it) && !p.looksAlike(s, it) {
				p.anew(s, it)
			}
		}
	}
	for _, s := range event.Sides() {
		for _, it := range kept[s] {
			if !p.taken[s][it.ID] {
				var have [2]*event.Item
				have[s] = it
				p.skip(s, "", have, *p.unwanted(s, it))
			}
		}
	}
}

// at is the entry if it is there and free.
func (p *planner) at(s event.Side, id event.ID) *event.Item {
	row := p.rows[s][id]
	if row == nil || row.Presence != Present || p.taken[s][id] {
		return nil
	}
	return &row.Item
}

func (p *planner) said(s event.Side, id event.ID, c Choice) bool {
	a, ok := p.answers[place{s, id}]
	return ok && a.Choice == c
}

// answered ties what a person tied, in a fixed order should two answers claim
// the same entry.
func (p *planner) answered() {
	for _, s := range event.Sides() {
		var ids []event.ID
		for at, a := range p.answers {
			if at.side == s && a.Choice == PairWith {
				ids = append(ids, at.id)
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			other := p.answers[place{s, id}].Partner
			mine, theirs := p.at(s, id), p.at(s.Other(), other)
			if mine == nil || theirs == nil || p.said(s.Other(), other, NeverSync) {
				continue
			}
			var have [2]*event.Item
			have[s], have[s.Other()] = mine, theirs
			if st := have[event.Exchange].Stamp; p.ours(st) && st.Partner == have[event.Business].ID {
				p.reunite(have, true)
				continue
			}
			p.pair(have, event.Business, 0, AsAnswered)
		}
	}
}

func (p *planner) pair(have [2]*event.Item, rewrite event.Side, fields event.FieldSet, why Code) {
	p.take(have)
	p.keys[have[event.Business].ID] = have[event.Exchange].Stamp.Key
	a := Action{Kind: Pair, Side: rewrite, Have: have, Fields: fields, Reason: Reason{Code: why}}
	if fields == 0 && why != SameStamp {
		p.propose(&a)
	}
	p.add(a)
}

// propose says in what the two differ that a Pair ties, and who would win. It
// is carried out if a person has said which side is right.
func (p *planner) propose(a *Action) {
	b, x := a.Have[event.Business], a.Have[event.Exchange]
	differ := p.cross(b.Event, x.Event)
	if veiled(b) || veiled(x) {
		differ &^= TextFields
	}
	if differ == 0 {
		return
	}
	switch said, answered := p.linkAnswer(Link{Refs: [2]event.Ref{b.Ref, x.Ref}}); {
	case answered && said.Choice == TakeBusiness:
		a.Side, a.Fields, a.Reason.Code = event.Exchange, differ, AsAnswered
		return
	case answered && said.Choice == TakeExchange:
		a.Side, a.Fields, a.Reason.Code = event.Business, differ, AsAnswered
		return
	}
	a.Differ = differ
	for _, f := range differ.Each() {
		a.Decisions = append(a.Decisions, p.proposal(a.Have, f))
	}
}

func (p *planner) proposal(have [2]*event.Item, f event.FieldSet) FieldDecision {
	for _, s := range event.Sides() {
		if event.Diff(have[s.Other()].Event, event.Event{})&f == 0 {
			return FieldDecision{Field: f, Winner: s, Reason: Reason{Code: OnlyFilled, From: s}}
		}
	}
	w, why, _ := p.winner(&merging{have: have}, f)
	return FieldDecision{Field: f, Winner: w, Reason: why}
}

func (p *planner) take(have [2]*event.Item) {
	for _, s := range event.Sides() {
		if have[s] != nil {
			p.taken[s][have[s].ID] = true
		}
	}
}

// leftPartners are the business entries whose Exchange end bears the mark
// that it be left alone: they must not come into being there once more.
func (p *planner) leftPartners() {
	for i := range p.in.Mirror[event.Exchange] {
		row := &p.in.Mirror[event.Exchange][i]
		if st := row.Item.Stamp; row.Presence != Gone && st.Left && st.Office == p.in.Office && st.Partner != "" {
			p.left[st.Partner] = true
		}
	}
}

// nevers are links for what a person said of Exchange entries that have none.
// The answer only knows the id of today; the link has the entry marked. The
// business entry that its mark names is kept out along with it.
func (p *planner) nevers() {
	var ids []event.ID
	for at, a := range p.answers {
		if at.side == event.Exchange && a.Choice == NeverSync {
			ids = append(ids, at.id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		it := p.at(event.Exchange, id)
		if it == nil || it.Stamp.Left || p.foreign(*it) {
			continue
		}
		l := Link{State: Never, UID: it.UID, Stamp: it.Stamp}
		l.Refs[event.Exchange], l.Base[event.Exchange] = it.Ref, it.Event
		if p.ours(it.Stamp) {
			if b := p.at(event.Business, it.Stamp.Partner); b != nil {
				l.Refs[event.Business], l.Base[event.Business] = b.Ref, b.Event
				p.taken[event.Business][b.ID], p.linked[b.ID] = true, Never
			}
		}
		p.refreshed = append(p.refreshed, l)
	}
}

// parted are the Exchange entries that a person has parted from what looks like
// them, or from what may have been made of them. What a colleague's copy of the
// same meeting has brought is neither: it stays theirs as well, and to make one
// beside it would put the meeting there twice. Who wants two of it says so when
// another copy of his is tied to it.
func (p *planner) parted() map[event.ID]bool {
	out := map[event.ID]bool{}
	for at, a := range p.answers {
		it := p.at(at.side, at.id)
		if at.side == event.Exchange && a.Choice == KeepSeparate && it != nil && it.UID != "" && !p.ours(it.Stamp) {
			out[at.id] = true
		}
	}
	return out
}

// candidates are the entries that Match may tie. The mark of a copy names
// what another entry is linked with, and that of another installation names
// nothing of ours: both are matched as if they bore none.
func (p *planner) candidates(parted map[event.ID]bool) (out [2][]*event.Item) {
	for _, s := range event.Sides() {
		for i := range p.in.Mirror[s] {
			row := &p.in.Mirror[s][i]
			it := &row.Item
			if row.Presence != Present || p.taken[s][it.ID] ||
				p.said(s, it.ID, NeverSync) || p.said(s, it.ID, KeepSeparate) && (s == event.Business || !parted[it.ID]) {
				continue
			}
			if s == event.Business {
				if !p.inFlight[it.ID] && !p.left[it.ID] {
					out[s] = append(out[s], it)
				}
				continue
			}
			switch st := it.Stamp; {
			case st.Left && st.Office == p.in.Office, it.Cancelled && !p.ours(st):
				continue
			case p.ours(st) && p.pinned[event.Business][st.Partner]:
				p.taken[s][it.ID] = true // the create that made it is not settled
				continue
			case p.ours(st) && p.taken[event.Business][st.Partner], p.foreign(*it):
				plain := *it
				plain.Stamp = event.Stamp{}
				it = &plain
			}
			out[s] = append(out[s], it)
		}
	}
	return out
}

func (p *planner) matched(m Pairing) {
	var have [2]*event.Item
	for _, s := range event.Sides() {
		have[s] = &p.rows[s][m.IDs[s]].Item
	}
	inside := p.in.Window.Holds(have[0].Event) || p.in.Window.Holds(have[1].Event)
	switch {
	case p.foreign(*have[event.Exchange]):
		// Making the business entry anew would put it there twice.
		p.take(have)
		p.skip(event.Exchange, "", have, Reason{Code: OtherOffice})
	case m.Code == SameStamp:
		p.reunite(have, inside)
	case inside:
		p.pair(have, event.Business, 0, m.Code)
	}
}

// reunite ties two entries by our mark after the link was lost. The digest in
// the mark tells which of them has changed since they last agreed.
func (p *planner) reunite(have [2]*event.Item, inside bool) {
	b, x := have[event.Business], have[event.Exchange]
	differ := p.cross(b.Event, x.Event)
	if veiled(b) || veiled(x) {
		differ &^= TextFields
	}
	if differ == 0 {
		p.pair(have, event.Business, 0, SameStamp)
		return
	}
	said, answered := p.linkAnswer(Link{Refs: [2]event.Ref{b.Ref, x.Ref}})
	switch {
	case answered && said.Choice == TakeBusiness:
		p.pair(have, event.Exchange, differ, AsAnswered)
		return
	case answered && said.Choice == TakeExchange:
		p.pair(have, event.Business, differ, AsAnswered)
		return
	}
	same := [2]bool{
		event.Business: p.agrees(b.Event, x.Stamp) ||
			p.agrees(p.in.Normalize[event.Exchange](b.Event), x.Stamp),
		event.Exchange: p.agrees(x.Event, x.Stamp),
	}
	switch {
	case same[event.Business] && same[event.Exchange]:
		p.pair(have, event.Business, 0, SameStamp)
	case same[event.Business]:
		p.pair(have, event.Business, differ, SameStamp)
	case same[event.Exchange]:
		p.pair(have, event.Exchange, differ, SameStamp)
	case p.said(event.Business, b.ID, PairWith), p.said(event.Exchange, x.ID, PairWith):
		p.pair(have, event.Business, 0, AsAnswered)
	case inside:
		p.take(have)
		p.add(Action{
			Kind: Ask, Side: event.Business, Have: have, Fields: differ,
			Candidates: []event.ID{x.ID}, Reason: Reason{Code: DiffersUnmarked},
		})
	}
}

// agrees tells whether st is the mark of exactly this content.
func (p *planner) agrees(e event.Event, st event.Stamp) bool {
	return st.Digest != "" && p.in.Digest != nil &&
		p.in.Digest(p.zones.agreed(e, p.shared, p.in.Normalize)) == st.Digest
}

// tied asks about every entry of a tie, each with all it may belong to.
func (p *planner) tied(t Tie) {
	inside := false
	for _, s := range event.Sides() {
		for _, id := range t.IDs[s] {
			inside = inside || p.in.Window.Holds(p.rows[s][id].Item.Event)
		}
	}
	if !inside {
		return
	}
	for _, s := range event.Sides() {
		for _, id := range t.IDs[s] {
			var have [2]*event.Item
			have[s] = &p.rows[s][id].Item
			p.take(have)
			others := t.IDs[s.Other()]
			p.ask("", have, others, Reason{Code: Ambiguous, From: s, Count: len(others)})
		}
	}
}

func (p *planner) illegible(s event.Side, row *Mirrored) {
	if row.Item.When != (event.Span{}) && !p.in.Window.Holds(row.Item.Event) {
		return
	}
	var have [2]*event.Item
	have[s] = &row.Item
	p.skip(s, "", have, Reason{Code: CannotRead, From: s, Detail: row.Problem})
}

// waits deals with an entry of which no copy shall be made yet: its mark or its
// meeting says that there is one, or will be.
func (p *planner) waits(s event.Side, it *event.Item) bool {
	var have [2]*event.Item
	have[s] = it
	separate := p.said(s, it.ID, KeepSeparate)
	if s == event.Business && !separate && p.maybeAwaited(it) {
		p.await(s, have)
		return true
	}
	return s == event.Exchange && (p.marked(have, separate) || p.meeting(have, separate))
}

// anew makes the copy of a new entry.
func (p *planner) anew(s event.Side, it *event.Item) {
	why := Reason{Code: OnlyThere, From: s}
	if of, ok := seriesOf(s, it.ID); ok {
		why.Code, why.Detail = OneOfSeries, p.expanded.why[of]
	} else if veiled(it) && byDate(it) {
		why.Code = DateIsPrivate
	}
	if _, held := p.in.Shared[it.UID]; s == event.Exchange && it.UID != "" && held {
		why.Code = AsAnswered // beside the one that holds the meeting, see meeting
	}
	p.create(s, "", it, why)
}

// unwanted is why an entry is left where it is, nil if it is not.
func (p *planner) unwanted(s event.Side, it *event.Item) *Reason {
	business := s == event.Business
	ownMark := !business && it.Stamp.Office == p.in.Office
	why := func(c Code) *Reason { return &Reason{Code: c} }
	switch {
	case p.said(s, it.ID, NeverSync):
		return why(LeftAlone)
	case !business && p.foreign(*it):
		return why(OtherOffice)
	case ownMark && it.Stamp.Left, business && p.left[it.ID]:
		return why(LeftAlone)
	case it.Cancelled:
		return why(Cancelled)
	case declined(it):
		return &Reason{Code: Declined, From: s}
	case business && it.Kind.Group == event.GroupProjectTask:
		return why(ProjectTask)
	case !p.in.Window.Holds(it.Event) || !p.covered(s.Other(), it.Event):
		return why(OutsideWindow)
	case p.tooOld(it):
		return why(TooOld)
	case business && p.in.Policy.Types != nil && !p.in.Policy.Types[it.Kind.ID]:
		return why(TypeNotChosen)
	case p.keptPrivate(s, it):
		if byDate(it) {
			return &Reason{Code: PrivateKept, From: s, Detail: "date"}
		}
		return &Reason{Code: PrivateKept, From: s}
	case !business && p.in.Policy.In.Excludes(*it) != "":
		return &Reason{Code: FilteredOut, From: s, Detail: p.in.Policy.In.Excludes(*it)}
	}
	return p.closed[s.Other()]
}

// tooOld tells whether an entry ended before a first sync looks back. What a
// first sync left for its age stays left when it has been approved: later only
// what was made since that moment is taken up, however long ago it took place.
func (p *planner) tooOld(it *event.Item) bool {
	past := p.in.Policy.FirstPast
	if past == 0 {
		past = 30 * 24 * time.Hour
	}
	since := p.in.Now.Add(-past)
	w := p.in.Window
	if (event.Window{From: since.In(w.From.Location()), To: w.To}).Holds(it.Event) {
		return false
	}
	return p.in.First || !it.Created.After(since)
}

// marked deals with an Exchange entry that bears our mark but was not
// matched; false: it is a copy that a person made, and new.
func (p *planner) marked(have [2]*event.Item, separate bool) bool {
	it := have[event.Exchange]
	if !p.ours(it.Stamp) || separate {
		return false
	}
	partner := it.Stamp.Partner
	row := p.rows[event.Business][partner]
	state, linked := p.linked[partner]
	switch {
	case linked && state == Never, p.said(event.Business, partner, NeverSync):
		p.skip(event.Exchange, "", have, Reason{Code: LeftAlone})
	case p.former(it.Stamp):
		p.ask("", have, []event.ID{partner}, Reason{Code: Ambiguous, From: event.Exchange, Count: 1})
	case p.taken[event.Business][partner], p.said(event.Business, partner, KeepSeparate):
		return false
	case row != nil && row.Presence == Unreadable:
		p.skip(event.Exchange, "", have, Reason{Code: CannotRead, From: event.Business, Detail: row.Problem})
	default:
		p.ask("", have, nil, Reason{Code: PartnerUnknown})
	}
	return true
}

// former tells whether an entry was the Exchange end of a link before the one
// that it has now: it was deleted, made again, and taken back out of the trash.
// A copy that a person made bears the very key of its original.
func (p *planner) former(st event.Stamp) bool {
	key := p.keys[st.Partner]
	return key != "" && st.Key != "" && key != st.Key
}

// meeting deals with a copy of a meeting that is, or will be, in the business
// system through somebody's copy; false: this copy makes the business entry.
func (p *planner) meeting(have [2]*event.Item, separate bool) bool {
	it := have[event.Exchange]
	if id, ok := p.in.Shared[it.UID]; ok && it.UID != "" {
		switch {
		case !p.taken[event.Business][id] || p.pinned[event.Business][id]:
			p.await(event.Exchange, have)
			return true
		case !separate:
			p.ask("", have, []event.ID{id}, Reason{Code: Ambiguous, From: event.Exchange, Count: 1})
			return true
		}
		return false
	}
	if p.colleagues(it) || p.in.Planned[it.UID] && it.UID != "" {
		p.await(event.Exchange, have)
		return true
	}
	return false
}

// colleagues tells whether it is a copy of a meeting that a colleague called.
func (p *planner) colleagues(it *event.Item) bool {
	return it.Meeting && !p.own(it.Organizer) && p.in.Colleagues[it.Organizer]
}

// maybeAwaited tells whether a business entry may be what a colleague's engine
// is making of a meeting that lies here as well: Shared, which is read after the
// mirror, holds every such create from before its request until its link.
// Contents need not agree, because the organiser may have moved the meeting: a
// copy made now would be a second one.
func (p *planner) maybeAwaited(it *event.Item) bool {
	if it.Standing != event.StandingParticipant || !p.in.Colleagues[it.Organizer] || p.own(it.Organizer) {
		return false
	}
	if p.held == nil {
		p.held = map[event.ID]bool{}
		for _, id := range p.in.Shared {
			p.held[id] = true
		}
		p.awaits = slices.ContainsFunc(p.in.Mirror[event.Exchange], func(row Mirrored) bool {
			x := &row.Item
			id, shared := p.in.Shared[x.UID]
			return row.Presence == Present && !p.taken[event.Exchange][x.ID] && !p.ours(x.Stamp) &&
				shared && x.UID != "" && id == ""
		})
	}
	return p.awaits && !p.held[it.ID]
}

func (p *planner) await(s event.Side, have [2]*event.Item) {
	p.add(Action{Kind: Await, Side: s, Have: have, Reason: Reason{Code: ColleagueMakesIt}})
}
