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
	var lost []Link
	wanted := map[string]int{} // by how many lost links
	for _, l := range links {
		if !present[l.Refs[s].ID] && l.Refs[s].ID != "" {
			lost = append(lost, l)
			wanted[l.UID]++
		}
	}
	var out []Link
	for _, l := range lost {
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
