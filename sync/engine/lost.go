package engine

import (
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// known are entries that a lost create cannot have made, by side.
type known struct {
	// linked: a link of this person's holds them.
	linked [2]map[event.ID]bool
	// made: an earlier create of this round was found to have made them.
	made [2]map[event.ID]bool
	// mirrored: they were there at a pull. None is made between a request and the
	// look at what became of it, so the request had not been sent yet.
	mirrored [2]map[event.ID]bool
}

func knownIn(snap state.Snapshot) known {
	var out known
	for _, s := range event.Sides() {
		out.linked[s], out.made[s], out.mirrored[s] = map[event.ID]bool{}, map[event.ID]bool{}, map[event.ID]bool{}
		for id := range linksByID(snap.Links, s) {
			out.linked[s][id] = true
		}
		for id := range linkedSeries(snap.Links, s) {
			out.linked[s][id] = true
		}
		for _, row := range snap.Mirror[s] {
			out.mirrored[s][row.Item.ID] = true
		}
	}
	return out
}

// unlinked are the candidates of an unsure entry that no link holds by now.
func unlinked(snap state.Snapshot, en state.Entry) []event.ID {
	linked := knownIn(snap).linked[en.Intent.Action.Side]
	return slices.DeleteFunc(slices.Clone(en.Candidates), func(id event.ID) bool { return linked[id] })
}

// tied are entries on s that a link will need though it does not name them, with
// the UID of the meeting if it has one: series of which links hold occurrences,
// and what a person has yet to say of what was made of it.
func tied(snap state.Snapshot, s event.Side) map[event.ID]string {
	out := linkedSeries(snap.Links, s)
	for _, en := range snap.Open {
		if have := en.Intent.Action.Have[s]; en.Phase == state.Unsure && have != nil {
			out[have.ID] = have.UID
		}
	}
	return out
}

// twins counts the entries that are creates of the same content on the same
// side as the first.
func twins(entries []state.Entry) int {
	first, n := entries[0].Intent.Action, 0
	for _, en := range entries {
		a := en.Intent.Action
		if a.Kind == plan.Create && a.Side == first.Side && event.Diff(a.Want, first.Want) == 0 {
			n++
		}
	}
	return n
}

// judge narrows what a lost create may have made down to what this person owns
// and what is not known. A colleague's link says nothing: he may
// have taken up, as a guest, the very entry that the lost create has made. As
// long as there are no more candidates than entries still to be accounted for,
// they are what these made: equal in content, so it does not matter which is
// which. More than that is for a person, and so is what else was made since, if
// there is no candidate: whatever somebody has changed it to, it may be ours, and
// to make ours again would make two of it.
func judge(k known, a plan.Action, out endpoint.Outcome, left int) endpoint.Outcome {
	var free, others []event.Item
	for _, c := range out.Candidates {
		// A mark is copied with its entry, so on a side of marks a link says nothing.
		linked := a.Side == event.Business && k.linked[a.Side][c.ID]
		if !linked && k.free(a.Side, c) {
			free = append(free, c)
		}
	}
	for _, c := range out.Others {
		if !k.linked[a.Side][c.ID] && k.free(a.Side, c) {
			others = append(others, c)
		}
	}
	switch {
	case len(out.Candidates)+len(out.Others) == 0:
		return out // the side cannot tell at all
	case len(free)+len(others) == 0:
		return endpoint.Outcome{Kind: endpoint.NotApplied}
	case len(free) == 0:
		return endpoint.Outcome{Kind: endpoint.Unsure, Candidates: others}
	case len(free) <= left:
		return endpoint.Outcome{Kind: endpoint.Applied, Item: &free[0]}
	}
	return endpoint.Outcome{Kind: endpoint.Unsure, Candidates: free}
}

// free tells whether an entry that no link holds may be what a lost create made.
func (k known) free(s event.Side, c event.Item) bool {
	foreign := s == event.Business && c.Standing == event.StandingParticipant
	return !k.made[s][c.ID] && !k.mirrored[s][c.ID] && !foreign
}
