package plan

import (
	"maps"
	"slices"

	"lockstep/sync/event"
)

// verdict is how the side opposite to s could hold a series of s, and the code
// of the reason where that is not whole.
func (p *planner) verdict(s event.Side, e event.Event) (event.Hold, string) {
	both := p.shared.Has(event.FieldRecurrence)
	hold := p.in.HoldSeries[s.Other()]
	if hold == nil && both {
		return event.HoldWhole, ""
	}
	if hold == nil {
		return event.HoldNot, event.HoldNoSeries
	}
	v, code := hold(e)
	if v == event.HoldWhole && !both {
		return event.HoldNot, event.HoldNoSeries
	}
	return v, code
}

// unheld is why an entry cannot be on the side opposite to s as it is; nil if
// it can.
func (p *planner) unheld(s event.Side, e event.Event) *Reason {
	if e.Recurrence == nil {
		return nil
	}
	if v, code := p.verdict(s, e); v != event.HoldWhole {
		return &Reason{Code: SeriesSkipped, From: s.Other(), Detail: code}
	}
	return nil
}

// expansion is what the links know of series that are kept occurrence by
// occurrence.
type expansion struct {
	// whole are entries that a link holds as they are.
	whole [2]map[event.ID]bool
	// parts are the links of single occurrences, by their series.
	parts [2]map[event.ID][]*Link
	// of names the series of a link that holds an occurrence.
	of map[LinkID]place
	// why is the code for which a series is expanded.
	why map[place]string
	// alike are series that no link holds, by what they look like.
	alike [2]map[look]bool
	// shared are the meetings of which links of any person hold occurrences.
	shared map[string]bool
}

// seriesOf names the series if id is that of an occurrence.
func seriesOf(s event.Side, id event.ID) (place, bool) {
	series, _, ok := event.SplitOccurrence(id)
	return place{s, series}, ok
}

// expand replaces each series that the other side can only hold as single
// entries by what it shows: a row for each occurrence in the window, and for
// each that a link holds. A series once begun in one way is kept in that way.
func (p *planner) expand() {
	x := &expansion{of: map[LinkID]place{}, why: map[place]string{}}
	for _, s := range event.Sides() {
		x.whole[s], x.parts[s] = make(map[event.ID]bool, len(p.in.Links)), map[event.ID][]*Link{}
	}
	p.expanded = x
	p.followHours()
	for i := range p.in.Links {
		l := &p.in.Links[i]
		for s, ref := range l.Refs {
			if of, ok := seriesOf(event.Side(s), ref.ID); ok {
				x.parts[s][of.id] = append(x.parts[s][of.id], l)
				x.of[l.ID] = of
			} else {
				x.whole[s][ref.ID] = true
			}
		}
	}
	for _, s := range event.Sides() {
		p.likeSeries(s)
	}
	for _, s := range event.Sides() {
		p.expandSide(s)
	}
}

// likeSeries indexes the series of s that may be one that the other side has:
// one that is on both sides is tied as it is, and not made there once more date
// by date.
func (p *planner) likeSeries(s event.Side) {
	x := p.expanded
	x.alike[s] = map[look]bool{}
	for i := range p.in.Mirror[s] {
		row := &p.in.Mirror[s][i]
		it := &row.Item
		switch {
		case row.Presence != Present, it.Recurrence == nil, veiled(it), it.Kind.Group == event.GroupProjectTask:
		case x.whole[s][it.ID], len(x.parts[s][it.ID]) > 0, p.said(s, it.ID, KeepSeparate), p.said(s, it.ID, NeverSync):
		default:
			x.alike[s][p.lookOf(it)] = true
		}
	}
}

// inParts tells whether anybody's links hold occurrences of a meeting.
func (p *planner) inParts(uid string) bool {
	if p.expanded.shared == nil {
		p.expanded.shared = map[string]bool{}
		for of := range p.in.Shared {
			if series, _, part := event.SplitOccurrence(event.ID(of)); part {
				p.expanded.shared[string(series)] = true
			}
		}
	}
	return p.expanded.shared[uid]
}

// followHours renames occurrences that links hold to where the rule puts them
// now: a day has one occurrence at most, so that one whose hour has changed
// along with its series is the same still. Without that it would be deleted on
// the other side, with all that only that side knows of it, and made anew. One
// of which a request is still open is under way by its new name too, or it would
// be made a second time.
func (p *planner) followHours() {
	if !p.holdsParts() {
		return
	}
	series := p.seriesThere()
	// now is what an occurrence is called by now, if it is called otherwise.
	now := func(s int, id event.ID) (event.ID, bool) {
		of, original, part := event.SplitOccurrence(id)
		it := series[s][of]
		if !part || it == nil || it.Produces(original) {
			return "", false
		}
		at := it.When.On(original.Date)
		return event.OccurrenceID(of, at), it.Produces(at)
	}
	for s := range p.in.Busy {
		p.in.Busy[s] = maps.Clone(p.in.Busy[s])
		for _, id := range slices.Collect(maps.Keys(p.in.Busy[s])) {
			if anew, ok := now(s, id); ok && p.in.Busy[s][id] {
				p.in.Busy[s][anew] = true
			}
		}
	}
	held := [2]map[event.ID]bool{{}, {}}
	for i := range p.in.Links {
		for s, ref := range p.in.Links[i].Refs {
			held[s][ref.ID] = true
		}
	}
	p.in.Links = slices.Clone(p.in.Links)
	for i := range p.in.Links {
		l := &p.in.Links[i]
		for s := range l.Refs {
			if id, ok := now(s, l.Refs[s].ID); ok && !held[s][id] {
				held[s][id] = true
				l.Refs[s] = event.Ref{ID: id} // its version counts as unseen
			}
		}
	}
}

// holdsParts tells whether a link, or a request that is open, is about an
// occurrence.
func (p *planner) holdsParts() bool {
	part := func(s int, id event.ID) bool {
		_, one := seriesOf(event.Side(s), id)
		return one
	}
	for s, busy := range p.in.Busy {
		for id := range busy {
			if part(s, id) {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.in.Links, func(l Link) bool { return part(0, l.Refs[0].ID) || part(1, l.Refs[1].ID) })
}

// seriesThere are the series that each side has.
func (p *planner) seriesThere() (out [2]map[event.ID]*event.Item) {
	for s := range out {
		out[s] = map[event.ID]*event.Item{}
		for i := range p.in.Mirror[s] {
			if row := &p.in.Mirror[s][i]; row.Presence == Present && row.Item.Recurrence != nil {
				out[s][row.Item.ID] = &row.Item
			}
		}
	}
	return out
}

func (p *planner) expandSide(s event.Side) {
	var out []Mirrored
	copied := false
	for i := range p.in.Mirror[s] {
		row := &p.in.Mirror[s][i]
		if rows, ok := p.instead(s, row); ok {
			if !copied {
				out, copied = append(make([]Mirrored, 0, len(p.in.Mirror[s])+len(rows)), p.in.Mirror[s][:i]...), true
			}
			out = append(out, rows...)
		} else if copied {
			out = append(out, *row)
		}
	}
	if copied {
		p.in.Mirror[s] = out
	}
}

// instead are the rows that stand for a series that is expanded; false: it is
// not, and stays what it is.
func (p *planner) instead(s event.Side, row *Mirrored) ([]Mirrored, bool) {
	it, links := &row.Item, p.expanded.parts[s][row.Item.ID]
	series := row.Presence == Present && it.Recurrence != nil
	if len(links) == 0 && (!series || p.staysWhole(s, it)) {
		return nil, false
	}
	var out []Mirrored
	fresh := false
	if series {
		v, code := p.verdict(s, it.Event)
		if v == event.HoldWhole && s == event.Exchange && p.inParts(it.UID) {
			v, code = event.HoldExpanded, event.HoldColleague
		}
		p.expanded.why[place{s, it.ID}] = code
		fresh = v != event.HoldNot && p.unwanted(s, it) == nil
		if !fresh && len(links) == 0 || v == event.HoldWhole && len(links) == 0 {
			return nil, false
		}
	}
	shown := map[event.ID]bool{}
	if fresh {
		for _, o := range event.Occurrences(it.Event, p.in.Window) {
			v := occurrenceOf(it, o.Original, o.Event)
			shown[v.ID] = true
			out = append(out, Mirrored{Item: v})
		}
	} else if row.Presence == Present {
		out = append(out, *row) // says why, or is what became of the series
	}
	for _, l := range links {
		if id := l.Refs[s].ID; !shown[id] {
			shown[id] = true
			out = append(out, p.linkedOccurrence(s, row, l))
		}
	}
	return out, true
}

// staysWhole tells whether a series that no link holds by its occurrences is
// not even asked about: it is held as it is, marked, or spoken of by a person;
// somebody else's copy of it is in the business system whole; or it may be one
// that the other side has.
func (p *planner) staysWhole(s event.Side, it *event.Item) bool {
	if p.expanded.whole[s][it.ID] || it.Stamp != (event.Stamp{}) || p.in.Busy[s][it.ID] {
		return true
	}
	if _, answered := p.answers[place{s, it.ID}]; answered {
		return !p.said(s, it.ID, KeepSeparate)
	}
	if _, shared := p.in.Shared[it.UID]; shared && it.UID != "" && s == event.Exchange {
		return true
	}
	return !veiled(it) && p.expanded.alike[s.Other()][p.lookOf(it)]
}

// occurrenceOf is one occurrence as an entry of its own. It bears no mark:
// writing one would make an exception of it.
func occurrenceOf(series *event.Item, original event.Wall, e event.Event) event.Item {
	out := *series
	out.ID, out.Event, out.Stamp = event.OccurrenceID(series.ID, original), e, event.Stamp{}
	if series.UID != "" {
		out.UID = string(event.OccurrenceID(event.ID(series.UID), original))
	}
	return out
}

// linkedOccurrence is the row of an occurrence that a link holds and the window
// does not show. It is gone exactly when the series is, or when the series is
// there and does not produce it any more, as far as its exceptions are known.
func (p *planner) linkedOccurrence(s event.Side, row *Mirrored, l *Link) Mirrored {
	_, original, _ := event.SplitOccurrence(l.Refs[s].ID)
	out := Mirrored{Item: occurrenceOf(&row.Item, original, l.Base[s]), Presence: row.Presence, Problem: row.Problem}
	if row.Presence != Present {
		return out
	}
	e, there := event.OccurrenceAt(row.Item.Event, original)
	known := row.Item.KnownWindow.HoldsDay(row.Item.Event, original) || !row.Item.Produces(original)
	switch {
	case known && there:
		out.Item.Event = e
	case known:
		out.Presence = Gone
	}
	return out
}

// known is have with the exceptions of two series that are not known on both
// sides taken from what was last agreed: they are not compared.
func (p *planner) knownExceptions(l Link, have [2]*event.Item) [2]*event.Item {
	for s := range have {
		if have[s].Recurrence == nil || l.Base[s].Recurrence == nil {
			return have
		}
	}
	keep := func(w event.Wall) bool {
		return have[0].KnownWindow.HoldsDay(have[0].Event, w) && have[1].KnownWindow.HoldsDay(have[1].Event, w)
	}
	out := have
	for s, it := range have {
		if r := it.Recurrence.Inside(keep, l.Base[s].Recurrence); r != it.Recurrence {
			item := *it
			item.Recurrence = r
			out[s] = &item
		}
	}
	return out
}

// remembered is a series with what was last agreed of the exceptions that its
// side does not tell.
func remembered(it *event.Item, base event.Event) *event.Item {
	if it.Recurrence == nil || base.Recurrence == nil {
		return it
	}
	out := *it
	out.Recurrence = it.Recurrence.Inside(func(w event.Wall) bool { return it.KnownWindow.HoldsDay(it.Event, w) }, base.Recurrence)
	return &out
}

// again makes the deleted end of a link again from the one that is still here.
func (p *planner) again(l Link, here event.Side, it *event.Item, why Reason) {
	p.create(here, l.ID, remembered(it, l.Base[here.Other()]), why)
}

// series settles the rule and the exceptions of two linked series one by one.
// False: they are not two series, and the field is settled as any other.
func (p *planner) series(m *merging) bool {
	for s, it := range m.have {
		if it.Recurrence == nil || m.link.Base[s].Recurrence == nil {
			return false
		}
	}
	b, x := m.have[event.Business].Event, m.have[event.Exchange].Event
	seen := [2]event.Event{p.in.Normalize[event.Business](x), p.in.Normalize[event.Exchange](b)}
	if seen[0].Recurrence == nil || seen[1].Recurrence == nil {
		return false
	}
	differ := p.departures(seen[event.Exchange], x).And(p.departures(seen[event.Business], b))
	var changed [2]event.Parts
	for s, it := range m.have {
		changed[s] = p.departures(it.Event, m.link.Base[s]).And(differ)
	}
	if changed[0].Empty() || changed[1].Empty() {
		p.carrySeries(m, changed)
		return true
	}
	p.part(m, changed[event.Business].Minus(changed[event.Exchange]), event.Business, nil)
	if there := changed[event.Exchange].Minus(changed[event.Business]); p.in.Policy.Direction == Publish && !there.Empty() {
		m.back |= event.FieldRecurrence
		p.part(m, there, event.Business, nil)
	} else {
		p.part(m, there, event.Exchange, nil)
	}
	both := changed[event.Business].And(changed[event.Exchange])
	if both.Empty() {
		return true
	}
	winner, why, ask := p.winner(m, event.FieldRecurrence)
	d := FieldDecision{Field: event.FieldRecurrence, Winner: winner, Reason: why}
	if !ask {
		p.part(m, both, winner, &d)
		return true
	}
	p.wait(m, d)
	return true
}

// carrySeries settles the parts of a series that one side alone has changed.
func (p *planner) carrySeries(m *merging, changed [2]event.Parts) {
	from, parts := event.Business, changed[event.Business]
	if !changed[event.Exchange].Empty() {
		parts = changed[event.Exchange]
		if p.in.Policy.Direction == Publish {
			m.back |= event.FieldRecurrence
		} else {
			from = event.Exchange
		}
	}
	if parts.Empty() {
		return
	}
	if right, d, ok := p.damped(m, event.FieldRecurrence, from); ok {
		p.part(m, parts, right, d)
	}
}

// departures are the parts in which two series differ. An exception that only
// repeats what its series says becomes one when the series goes another way.
func (p *planner) departures(a, b event.Event) event.Parts {
	if a.Recurrence == nil || b.Recurrence == nil {
		return event.Parts{}
	}
	out := event.SeriesParts(a, b, p.shared)
	if len(a.Recurrence.Overrides)+len(b.Recurrence.Overrides) == 0 {
		return out
	}
	in := [2]map[event.Date]bool{event.Departing(a, p.shared), event.Departing(b, p.shared)}
	for s, days := range in {
		for d := range days {
			if !in[1-s][d] && !slices.Contains(out.Days, d) {
				out.Days = append(out.Days, d)
			}
		}
	}
	slices.SortFunc(out.Days, event.Date.Compare)
	return out
}

// part has some parts of the series of from written to the other side.
func (p *planner) part(m *merging, parts event.Parts, from event.Side, d *FieldDecision) {
	if parts.Empty() {
		return
	}
	to := from.Other()
	p.settle(m, event.FieldRecurrence, from, d)
	if m.write[to].Has(event.FieldRecurrence) {
		m.parts[to].Rule = m.parts[to].Rule || parts.Rule
		m.parts[to].Days = append(m.parts[to].Days, parts.Minus(m.parts[to]).Days...)
	}
}

// seriesWant completes what is written to a series: only the parts that flow,
// and, because a new hour or rule takes the exceptions away on some systems,
// all exceptions that shall stand after it.
func seriesWant(source, target, out event.Event, parts event.Parts, fields event.FieldSet) (event.Event, event.FieldSet, int) {
	if out.Recurrence == nil || fields&(event.FieldWhen|event.FieldRecurrence) == 0 {
		return out, fields, 0
	}
	if !parts.Empty() {
		out.Recurrence = event.TakeParts(target.Recurrence, source.Recurrence, parts)
	}
	had := len(out.Recurrence.Overrides)+len(out.Recurrence.Deleted) > 0
	out, lost := event.Rekey(out)
	if had {
		fields |= event.FieldRecurrence
	}
	return out, fields, lost
}
