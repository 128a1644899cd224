package plan

import "lockstep/sync/event"

// row is what the mirror knows of an entry. One date of a series has no row of
// its own: it is there while the series produces it.
func (u *undoer) row(s event.Side, id event.ID) *Mirrored {
	series, original, one := event.SplitOccurrence(id)
	if !one {
		return u.rows[s][id]
	}
	whole := u.rows[s][series]
	if whole == nil {
		return nil
	}
	out := &Mirrored{Item: occurrenceOf(&whole.Item, original, event.Event{}), Presence: whole.Presence, Problem: whole.Problem}
	if whole.Presence != Present {
		return out
	}
	e, there := event.OccurrenceAt(whole.Item.Event, original)
	if out.Item.Event = e; !there {
		out.Presence = Gone
	}
	return out
}

// busy tells whether an entry, or the series that it is a date of, is under an
// open journal entry.
func (u *undoer) busy(s event.Side, id event.ID) bool {
	of, one := seriesOf(s, id)
	return u.in.Busy[s][id] || one && u.in.Busy[s][of.id]
}
