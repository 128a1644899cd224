package statetest

import (
	"fmt"
	"strings"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// scrubbed: what must not be kept goes from wherever it is, in one person's
// part alone, and nothing else does.
func scrubbed(b *bench) {
	l := ends("b1", "e1")
	l.Base = [2]event.Event{item("b1", 5).Event, item("e1", 5).Event}
	l = b.link(anna, l)
	other := ends("b1", "e1")
	other.Base = l.Base
	other = b.link(bert, other)
	b.pull(state.Pull{Next: "c", Privacy: "busy_only"})
	if got := b.load(anna).Privacy[event.Business]; got != "" {
		b.Errorf("privacy mark = %q after a page of changes, want none", got)
	}
	b.pull(state.Pull{Next: "c", Privacy: "busy_only", EnumID: "n1"})
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5)), is(item("b2", 5))}, Next: "c", Privacy: "busy_only", EnumID: "n1", Last: true})
	was, after := item("b1", 5), item("b1", 6)
	update := state.Intent{Action: plan.Action{Kind: plan.Update, Side: event.Business, Link: l.ID, Have: [2]*event.Item{&was}}}
	open, _ := b.begin(anna, update)
	b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Applied, Link: &l, Before: &was, After: &after, At: at(2)})

	bare := func(s event.Side, it event.Item, _ plan.Link) (event.Item, bool) {
		if s != event.Business || it.ID != "b1" {
			return it, false
		}
		it.Subject = "Busy"
		return it, true
	}
	b.ok(b.anna().Scrub(b.Context(), bare, bare))
	snap := b.load(anna)
	if got := snap.Privacy; got != [2]string{"busy_only", ""} {
		b.Errorf("privacy marks = %q", got)
	}
	all := fmt.Sprintf("%+v", snap)
	changes, err := b.now.Changes(b.Context(), open[0].Run)
	b.ok(err)
	for _, c := range changes {
		all += fmt.Sprintf("%+v %+v %+v", c.Before, c.After, c.Was)
	}
	if strings.Contains(all, "Entry b1") {
		b.Errorf("the text is still there: %s", all)
	}
	if !strings.Contains(all, "Entry b2") || !strings.Contains(all, "Entry e1") {
		b.Errorf("other text is gone: %s", all)
	}
	b.same("the rest of a link", snap.Links[0].Refs, l.Refs)
	b.same("somebody else's link", b.load(bert).Links, []plan.Link{other})

	b.ok(b.anna().Scrub(b.Context(), func(_ event.Side, it event.Item, _ plan.Link) (event.Item, bool) { return it, false }, bare))
	b.same("what nothing had to go from", b.load(anna), snap)

	// The history still knows which entries a link tied that has ended.
	end := state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Business, Link: l.ID, Have: [2]*event.Item{&was}}}
	open, _ = b.begin(anna, end)
	b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Applied, Unlink: l.ID, Before: &was, At: at(3)})
	seen := 0
	b.ok(b.anna().Scrub(b.Context(), bare, func(s event.Side, it event.Item, of plan.Link) (event.Item, bool) {
		seen++
		b.same("the ends of the link of "+string(it.ID), of.Refs, l.Refs)
		return it, false
	}))
	if seen < 4 {
		b.Errorf("the history told of %d entries, want those of an update and a delete with their links", seen)
	}
}
