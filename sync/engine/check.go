package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Drift is a way in which what is stored and what the systems hold differ.
type Drift string

// The kinds. Their words are in ui/model.
const (
	// DriftInDoubt: a request may have been carried out, and nobody has looked yet.
	DriftInDoubt Drift = "in_doubt"
	// DriftUndecided: what became of a request is for a person to say.
	DriftUndecided Drift = "undecided"
	// DriftTwice: two links hold one entry.
	DriftTwice Drift = "linked_twice"
	// DriftGone: a link's entry is not there any more.
	DriftGone Drift = "entry_gone"
	// DriftUnreadable: a link's entry cannot be read.
	DriftUnreadable Drift = "entry_unreadable"
	// DriftUnmarked: a link's entry bears no mark.
	DriftUnmarked Drift = "mark_missing"
	// DriftForeign: a link's entry bears the mark of another office.
	DriftForeign Drift = "mark_foreign"
	// DriftElsewhere: the mark names another business entry than the link.
	DriftElsewhere Drift = "mark_elsewhere"
	// DriftUnlinked: an entry bears our mark and has no link.
	DriftUnlinked Drift = "marked_unlinked"
)

// Finding is one case of drift. It names entries by id, never by their text.
type Finding struct {
	Drift Drift      `json:"kind"`
	Side  event.Side `json:"-"`
	ID    event.ID   `json:"id,omitempty"`
}

// Check compares what is stored with what both systems hold, entry by entry,
// and changes nothing anywhere.
func (e *Engine) Check(ctx context.Context) ([]Finding, error) {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load state: %w", err)
	}
	var seen [2]map[event.ID]endpoint.Got
	for _, s := range event.Sides() {
		if seen[s], err = e.look(ctx, s, snap.Links); err != nil {
			return nil, err
		}
	}
	return drift(snap, seen, e.Office, e.Endpoints[event.Exchange].Capabilities().Keys), nil
}

// look reads the ends of all links on a side.
func (e *Engine) look(ctx context.Context, s event.Side, links []plan.Link) (map[event.ID]endpoint.Got, error) {
	var ids []event.ID
	for _, l := range links {
		if id := l.Refs[s].ID; id != "" && l.State != plan.Never && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	out := map[event.ID]endpoint.Got{}
	for part := range slices.Chunk(ids, 50) {
		got, err := e.Endpoints[s].Get(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("look at %s entries: %w", s, err)
		}
		for _, g := range got {
			out[g.ID] = g
		}
	}
	return out, nil
}

// drift is pure: what differs, in a fixed order.
func drift(snap state.Snapshot, seen [2]map[event.ID]endpoint.Got, office string, marks bool) []Finding {
	var out []Finding
	add := func(d Drift, s event.Side, id event.ID) { out = append(out, Finding{d, s, id}) }
	for _, open := range snap.Open {
		switch open.Phase {
		case state.Sent:
			add(DriftInDoubt, open.Intent.Action.Side, "")
		case state.Unsure:
			add(DriftUndecided, open.Intent.Action.Side, "")
		case state.Intended:
		}
	}
	linked := [2]map[event.ID]int{{}, {}}
	for _, l := range snap.Links {
		for _, s := range event.Sides() {
			if id := l.Refs[s].ID; id != "" {
				if linked[s][id]++; linked[s][id] == 2 {
					add(DriftTwice, s, id)
				}
			}
		}
		if l.State != plan.Never {
			driftOfLink(add, l, seen, office, marks)
		}
	}
	for _, m := range snap.Mirror[event.Exchange] {
		st := m.Item.Stamp
		if marks && m.Presence == plan.Present && st.Office == office && st.Partner != "" && !st.Left && linked[event.Exchange][m.Item.ID] == 0 {
			add(DriftUnlinked, event.Exchange, m.Item.ID)
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Drift, b.Drift), cmp.Compare(a.Side, b.Side), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// driftOfLink looks at the two ends of a link.
func driftOfLink(add func(Drift, event.Side, event.ID), l plan.Link, seen [2]map[event.ID]endpoint.Got, office string, marks bool) {
	for _, s := range event.Sides() {
		id := l.Refs[s].ID
		g, ok := seen[s][id]
		switch {
		case !ok:
		case g.Err != nil && g.Err.Kind == endpoint.NotFound:
			add(DriftGone, s, id)
		case g.Err != nil:
			add(DriftUnreadable, s, id)
		}
	}
	id := l.Refs[event.Exchange].ID
	g := seen[event.Exchange][id]
	if _, _, part := event.SplitOccurrence(id); g.Item == nil || !marks || part {
		return // an occurrence is never marked: a mark would make an exception of it
	}
	switch st := g.Item.Stamp; {
	case st == (event.Stamp{}):
		add(DriftUnmarked, event.Exchange, id)
	case st.Office != office:
		add(DriftForeign, event.Exchange, id)
	case st.Partner != l.Refs[event.Business].ID:
		add(DriftElsewhere, event.Exchange, id)
	}
}

// Remark forgets the marks of entries that a check found without one, so that
// the next run marks them again. Nothing is written to a calendar here.
func (e *Engine) Remark(ctx context.Context, found []Finding) error {
	bare := map[event.ID]bool{}
	for _, f := range found {
		if f.Drift == DriftUnmarked {
			bare[f.ID] = true
		}
	}
	if len(bare) == 0 {
		return nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	var links []plan.Link
	for _, l := range snap.Links {
		if bare[l.Refs[event.Exchange].ID] {
			l.Stamp = event.Stamp{}
			links = append(links, l)
		}
	}
	e.idle = false
	if err := e.Store.SaveLinks(ctx, links); err != nil {
		return fmt.Errorf("forget marks: %w", err)
	}
	return nil
}
