package office

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// leads are the meetings that people of those addresses lead, who are kept in
// step. It is asked for where copies of colleagues wait for theirs, which is
// rare: whole calendars are loaded for it.
func (o *Office) leads(ctx context.Context, organizers []string) (map[string]plan.Lead, error) {
	people, err := o.People(ctx)
	if err != nil {
		return nil, err
	}
	settings, _ := o.now()
	out := map[string]plan.Lead{}
	for _, p := range people {
		own := ownAddresses(settings, p)
		if !p.Enabled || p.Guest || p.Withdraw || p.Resource != "" ||
			!slices.ContainsFunc(organizers, func(a string) bool { return own[a] }) {
			continue
		}
		snap, err := o.State.Person(p.ID).Load(ctx)
		if err != nil {
			return nil, fmt.Errorf("load state: %w", err)
		}
		maps.Copy(out, plan.Leads(snap.Links, snap.Mirror, underWay(snap.Open)))
	}
	return out, nil
}

// underWay are the entries that something is being written to.
func underWay(open []state.Entry) (out [2]map[event.ID]bool) {
	out = [2]map[event.ID]bool{{}, {}}
	for _, e := range open {
		for s, have := range e.Intent.Action.Have {
			if have != nil {
				out[s][have.ID] = true
			}
		}
	}
	return out
}

// moved tells whether a run has changed entries in Exchange that colleagues may
// hold copies of.
func moved(r PersonResult) bool { return r.Written[event.Exchange][plan.Update.String()] > 0 }

// couldFollow tells whether a run has left copies that wait for a colleague's.
func couldFollow(r PersonResult) bool { return r.Err == nil && len(r.Plan.Heeds) > 0 }
