package engine

import (
	"context"
	"fmt"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// concealedText marks a mirror from which the text of private entries was kept
// out; the empty mark: it holds everything.
const concealedText = "busy_only"

// privacy is the mark that the mirror of s must have under today's rules.
func (e *Engine) privacy(s event.Side) string {
	_, caps := e.sides()
	if e.Rules().Policy.Conceals(s, caps) {
		return concealedText
	}
	return ""
}

// conceal takes the text out of what the endpoint of s has answered, if it is
// private and that is the rule. Everything that comes from an endpoint goes
// through here before it is stored or planned with.
func (e *Engine) conceal(s event.Side, it *event.Item) *event.Item {
	if it == nil || e.privacy(s) == "" || it.Veil != (event.Veil{}) || !plan.Hides(*it) && !e.series.hidden(s, it.ID) {
		return it
	}
	out := e.bare(s, *it)
	return &out
}

func (e *Engine) bare(s event.Side, it event.Item) event.Item {
	norm, _ := e.sides()
	return plan.Conceal(s, it, norm, e.Digest)
}

// concealAll is changes with the text taken out of private entries, and which
// entries these are.
func (e *Engine) concealAll(s event.Side, changes []endpoint.Change) (out []endpoint.Change, hidden []event.ID) {
	if e.privacy(s) == "" {
		return changes, nil
	}
	out = make([]endpoint.Change, len(changes))
	for i, c := range changes {
		if c.Item = e.conceal(s, c.Item); c.Item != nil && c.Item.Veil != (event.Veil{}) {
			hidden = append(hidden, c.ID)
		}
		out[i] = c
	}
	return out, hidden
}

// concealResult is a result with the text taken out of private entries.
func (e *Engine) concealResult(s event.Side, res endpoint.Result) endpoint.Result {
	res.Item, res.Before = e.conceal(s, res.Item), e.conceal(s, res.Before)
	return res
}

// tighten takes the text of private entries of s out of what was stored before
// the rule said so. The mirror itself is read anew afterwards.
func (e *Engine) tighten(ctx context.Context, s event.Side) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	var ids []event.ID
	for _, m := range snap.Mirror[s] {
		if plan.Hides(m.Item) {
			ids = append(ids, m.Item.ID)
		}
	}
	return e.scrub(ctx, s, snap, ids, true)
}

// turned takes the text out of what is stored of entries that have become
// private, and of what our copies of them held before.
func (e *Engine) turned(ctx context.Context, s event.Side, hidden []event.ID) error {
	if len(hidden) == 0 {
		return nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	open := map[event.ID]bool{} // entries whose text is stored
	for _, m := range snap.Mirror[s] {
		open[m.Item.ID] = m.Item.Veil == (event.Veil{}) && m.Item.When != (event.Span{})
	}
	var ids []event.ID
	for _, id := range hidden {
		if open[id] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return e.scrub(ctx, s, snap, ids, false)
}

// record closes entries of the journal. A write that made its target private
// turned it: the image from before, what was agreed and all that was stored until
// then lose their text first, so that no crash leaves it behind.
func (e *Engine) record(ctx context.Context, settled []state.Settled) error {
	var hidden [2][]event.ID
	for i := range settled {
		s := &settled[i]
		told := s.Before != nil && s.Before.Veil == (event.Veil{})
		if !told || s.After == nil || s.After.Veil == (event.Veil{}) || len(s.Rows) == 0 {
			continue
		}
		side := s.Rows[0].Side // that which was written
		hidden[side] = append(hidden[side], wholeOf(s.Before.ID), wholeOf(s.After.ID))
		before := e.bare(side, *s.Before)
		s.Before, s.Link, s.Was = &before, e.barePast(side, s.Link), e.barePast(side, s.Was)
	}
	for _, s := range event.Sides() {
		if err := e.turned(ctx, s, hidden[s]); err != nil {
			return err
		}
	}
	return e.Store.Settle(ctx, settled)
}

// barePast is l without the text of its end on s.
func (e *Engine) barePast(s event.Side, l *plan.Link) *plan.Link {
	if l == nil {
		return nil
	}
	out := *l
	out.Base[s] = e.bare(s, event.Item{Event: out.Base[s]}).Event
	return &out
}

// scrub conceals entries of s in the mirror, the links and the history, and in
// the history their copies too; with private also everything private that no
// link holds any more.
func (e *Engine) scrub(ctx context.Context, s event.Side, snap state.Snapshot, ids []event.ID, private bool) error {
	mine, copies, linked := map[event.ID]bool{}, map[event.ID]bool{}, map[event.ID]bool{}
	for _, id := range ids {
		mine[id] = true
	}
	for _, l := range snap.Links {
		linked[l.Refs[s.Other()].ID] = true
		if mine[wholeOf(l.Refs[s].ID)] && l.Origin != plan.OriginOf(s.Other()) {
			copies[l.Refs[s.Other()].ID] = true
		}
	}
	must := func(at event.Side, it event.Item, l plan.Link, past bool) bool {
		if at == s {
			return mine[wholeOf(it.ID)] || private && plan.Hides(it)
		}
		copied := copies[it.ID] || mine[wholeOf(l.Refs[s].ID)] && l.Origin != plan.OriginOf(at)
		return past && (copied || private && plan.Hides(it) && !linked[it.ID])
	}
	hide := func(past bool) state.Hide {
		return func(at event.Side, it event.Item, l plan.Link) (event.Item, bool) {
			if it.Veil != (event.Veil{}) || !must(at, it, l, past) {
				return it, false
			}
			return e.bare(at, it), true
		}
	}
	if err := e.Store.Scrub(ctx, hide(false), hide(true)); err != nil {
		return fmt.Errorf("take private text out of the store: %w", err)
	}
	return nil
}

// wholeOf is the entry that an id is part of: of one date its series.
func wholeOf(id event.ID) event.ID {
	if series, _, one := event.SplitOccurrence(id); one {
		return series
	}
	return id
}
