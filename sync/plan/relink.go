package plan

import "lockstep/sync/event"

// MovedElsewhere is the Problem of an entry that left the calendar folder but
// still exists in its mailbox: that is no deletion.
const MovedElsewhere = "moved_elsewhere"

// Relink finds links whose end on side s is no longer listed while exactly
// one entry that no link holds bears their mark or their UID: the mailbox was
// moved or the entry came back under a new id. The links are returned with
// the new id and everything else as it was, so that nothing is created,
// deleted or compared afresh. A UID counts only for an entry without any mark
// and for a link that no other lost link shares it with: one that bears a mark
// belongs to what the mark names.
func Relink(links []Link, mirror [2][]Mirrored, s event.Side, office string) []Link {
	present := map[event.ID]bool{}
	held := map[event.ID]bool{}
	for _, l := range links {
		held[l.Refs[s].ID] = true
	}
	for id := range held {
		if of, ok := seriesOf(s, id); ok {
			held[of.id] = true
		}
	}
	byStamp, byUID := map[event.ID][]event.Item{}, map[string][]event.Item{}
	for _, m := range mirror[s] {
		if m.Presence == Present || m.Presence == Unreadable && m.Problem != MovedElsewhere {
			present[m.Item.ID] = true
		}
		if m.Presence != Present || held[m.Item.ID] {
			continue
		}
		switch st := m.Item.Stamp; {
		case st.Partner != "" && st.Office == office:
			byStamp[st.Partner] = append(byStamp[st.Partner], m.Item)
		case m.Item.UID != "" && st == (event.Stamp{}):
			byUID[m.Item.UID] = append(byUID[m.Item.UID], m.Item)
		}
	}
	lost, wanted := lostLinks(links, s, present)
	var out []Link
	for _, l := range lost {
		if _, original, part := event.SplitOccurrence(l.Refs[s].ID); part {
			uid := meetingOf(l)
			if hits := byUID[uid]; uid != "" && len(hits) == 1 && wanted[uid] == 1 && hits[0].Recurrence != nil {
				l.Refs[s] = event.Ref{ID: event.OccurrenceID(hits[0].ID, original)}
				out = append(out, l)
			}
			continue
		}
		hits := keyed(byStamp[l.Refs[s.Other()].ID], l.Stamp.Key, func(it event.Item) event.Stamp { return it.Stamp })
		if len(hits) == 0 && l.UID != "" && wanted[l.UID] == 1 {
			hits = byUID[l.UID]
		}
		if len(hits) != 1 {
			continue
		}
		l.Refs[s] = hits[0].Ref
		out = append(out, l)
	}
	return out
}

// lostLinks are the links whose end on s is not listed, and by how many lost
// entries each meeting's UID is wanted; a series is one, however many of its
// occurrences are linked.
func lostLinks(links []Link, s event.Side, present map[event.ID]bool) (lost []Link, wanted map[string]int) {
	wanted = map[string]int{}
	seen := map[place]bool{}
	for _, l := range links {
		of, part := seriesOf(s, l.Refs[s].ID)
		if part && present[of.id] || present[l.Refs[s].ID] || l.Refs[s].ID == "" {
			continue
		}
		lost = append(lost, l)
		if !part || !seen[of] {
			wanted[meetingOf(l)]++
		}
		seen[of] = part
	}
	return lost, wanted
}

// meetingOf is the UID of the meeting that l is about; of an occurrence it is
// that of its series.
func meetingOf(l Link) string {
	if series, _, part := event.SplitOccurrence(event.ID(l.UID)); part {
		return string(series)
	}
	return l.UID
}

// keyed are those of the entries marked for a link that bear its very key, or
// all of them if none does: an older end that was taken back out of the trash
// has another one.
func keyed[T any](marked []T, key event.Key, stamp func(T) event.Stamp) []T {
	var out []T
	for _, it := range marked {
		if key != "" && stamp(it).Key == key {
			out = append(out, it)
		}
	}
	if len(out) == 0 {
		return marked
	}
	return out
}
