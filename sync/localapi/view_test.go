package localapi

import (
	"testing"

	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// A direction is told of who has one of his own alone.
func TestPersonOf_TellsHisOwnDirection(t *testing.T) {
	for _, c := range []struct {
		own  state.OwnRules
		want string
	}{
		{state.OwnRules{}, ""},
		{state.OwnRules{Direction: plan.Publish}, ""},
		{state.OwnRules{HasDirection: true}, DirectionTwoWay},
		{state.OwnRules{HasDirection: true, Direction: plan.Publish}, DirectionPublish},
		{state.OwnRules{HasDirection: true, Direction: plan.Collect}, DirectionCollect},
	} {
		if got := PersonOf(state.Person{Own: c.own}).Direction; got != c.want {
			t.Errorf("%+v: %q, want %q", c.own, got, c.want)
		}
	}
}

// A change names its pair also where it has ended it.
func TestLinkOf(t *testing.T) {
	ended := state.PastChange{Was: &plan.Link{ID: "l1"}}
	if got := linkOf(ended); got != "l1" {
		t.Errorf("of an unlink: %q, want l1", got)
	}
	if got := linkOf(state.PastChange{Link: "l2", Was: &plan.Link{ID: "l1"}}); got != "l2" {
		t.Errorf("of a pair: %q, want l2", got)
	}
	if got := linkOf(state.PastChange{}); got != "" {
		t.Errorf("of neither: %q", got)
	}
}
