package plan

import (
	"slices"

	"lockstep/sync/event"
)

// A participant's copy of a meeting that a colleague has called is written in
// one case alone: where that colleague's own copy, kept in step by this office,
// was brought to the same content from the business side, and nobody was mailed
// about it, so that no mail will bring the copy there. Else the calendars of
// everybody but the organiser would tell an hour at which nobody meets.

// followed are the fields in which it follows: those that an update by the
// organiser would bring.
const followed = event.FieldWhen | event.FieldLocation | event.FieldSubject | event.FieldNotes

// Lead is what an organiser's own copy of a meeting gives to those of others.
type Lead struct {
	// Business is the entry that his copy is tied to.
	Business event.ID
	// Agreed is what that holds and his copy has taken over, in Fields.
	Agreed event.Event
	Fields event.FieldSet
}

// Leads are the meetings, by UID, in which copies of others may follow the ones
// that links tie here. Only what is settled leads: both ends are there and the
// person's own, nothing is on its way, neither has changed since, and no link on
// hold does. Series lead nobody: a participant may have left single dates, and a
// rule that is written anew would bring them back.
func Leads(links []Link, mirror [2][]Mirrored, busy [2]map[event.ID]bool) map[string]Lead {
	var rows [2]map[event.ID]*Mirrored
	out := map[string]Lead{}
	for i := range links {
		l := &links[i]
		if l.Led&followed == 0 || l.State != Live || l.UID == "" {
			continue
		}
		fields := l.Led & followed
		for _, s := range event.Sides() {
			if rows[s] == nil {
				rows[s] = make(map[event.ID]*Mirrored, len(mirror[s]))
				for j := range mirror[s] {
					rows[s][mirror[s][j].Item.ID] = &mirror[s][j]
				}
			}
			row := rows[s][l.Refs[s].ID]
			if row == nil || row.Presence != Present || busy[s][l.Refs[s].ID] || !leads(s, &row.Item) {
				fields = 0
				break
			}
			fields &^= event.Diff(row.Item.Event, l.Base[s])
		}
		if fields != 0 {
			out[l.UID] = Lead{Business: l.Refs[event.Business].ID, Agreed: l.Base[event.Business], Fields: fields}
		}
	}
	return out
}

// leads tells whether an entry is its owner's, and one that others can follow.
func leads(s event.Side, it *event.Item) bool {
	return it.Standing == event.StandingOwner && (s == event.Business || it.Meeting) && !it.Cancelled && it.Recurrence == nil
}

// ledBy is Led of a link once a is applied.
func ledBy(l Link, a Action) event.FieldSet {
	x := a.Have[event.Exchange]
	switch {
	case a.Kind != Update:
		return 0
	case a.Side == event.Business, a.Mails > 0, l.Quiet, a.Hold != nil,
		a.Reason.Code == PutBack, a.Reason.Code == MadePrivate, x == nil || !leads(event.Exchange, x):
		return l.Led &^ a.Fields
	}
	return l.Led | a.Fields&followed
}

// follows tells whether field f of a participant's copy, in which the business
// entry alone has changed, may become what that is. Where nothing but its
// organiser's copy is left to be asked, it notes whose that is.
func (p *planner) follows(m *merging, f event.FieldSet) bool {
	b, x := m.have[event.Business], m.have[event.Exchange]
	_, part := seriesOf(event.Exchange, x.ID)
	switch {
	case !followed.Has(f), x.Standing != event.StandingParticipant, x.UID == "", x.Declined, part:
		return false
	case b.Recurrence != nil, x.Recurrence != nil, p.in.First, p.in.Policy.Guest:
		return false
	case !p.in.Colleagues[x.Organizer], p.own(x.Organizer), p.shut(event.Exchange, f) != nil:
		return false
	}
	lead, ok := p.in.Led[x.UID]
	if ok && lead.Fields.Has(f) && lead.Business == b.ID && event.Diff(lead.Agreed, b.Event)&f == 0 {
		return true
	}
	if !slices.Contains(p.heeds, x.Organizer) {
		p.heeds = append(p.heeds, x.Organizer)
	}
	return false
}
