package plan

import "lockstep/sync/event"

// MovedElsewhere is the Problem of an entry that left the calendar folder but
// still exists in its mailbox: that is no deletion.
const MovedElsewhere = "moved_elsewhere"

// Relink finds links whose end on side s is no longer listed while exactly
// one entry that no link holds bears their mark or their UID: the mailbox was
// moved or the entry came back under a new id. The links are returned with
// the new id and everything else as it was, so that nothing is created,
// deleted or compared afresh.
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
		if m.Item.Stamp.Partner != "" && m.Item.Stamp.Office == office {
			byStamp[m.Item.Stamp.Partner] = append(byStamp[m.Item.Stamp.Partner], m.Item)
		}
		if m.Item.UID != "" {
			byUID[m.Item.UID] = append(byUID[m.Item.UID], m.Item)
		}
	}
	var out []Link
	for _, l := range links {
		if present[l.Refs[s].ID] || l.Refs[s].ID == "" {
			continue
		}
		hits := byStamp[l.Refs[s.Other()].ID]
		if len(hits) == 0 && l.UID != "" {
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
