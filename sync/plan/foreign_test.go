package plan

import (
	"testing"

	"lockstep/sync/event"
)

func TestBuild_CountsMarksOfOtherPrograms(t *testing.T) {
	row := func(id, tool, office string) Mirrored {
		return Mirrored{Item: event.Item{Ref: event.Ref{ID: event.ID(id), Version: "1"}, Tool: tool, Stamp: event.Stamp{Office: office}}}
	}
	gone := row("gone", "ogcs", "")
	gone.Presence = Gone
	in := Input{Office: "ours", Mirror: [2][]Mirrored{event.Exchange: {
		row("a", "dynamics", ""), row("b", "dynamics", "ours"), row("c", "", "theirs"), row("d", "", "ours"), row("e", "", ""), gone,
	}}}
	got := foreignMarks(in)
	if len(got) != 2 || got["dynamics"] != 2 || got["lockstep"] != 1 {
		t.Errorf("got %v, want 2 of dynamics and 1 of lockstep", got)
	}
}
