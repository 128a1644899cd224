package engine

import (
	"context"
	"fmt"
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Rows are the rows of the plan as of the last pull about which a person has a
// choice, or has made one; each by the name that a preview gives it. It reads
// nothing from either side.
func (e *Engine) Rows(ctx context.Context) ([]Decision, error) {
	snap, p, err := e.plan(ctx)
	if err != nil {
		return nil, err
	}
	said := map[event.Side]map[event.ID]bool{event.Business: {}, event.Exchange: {}}
	for _, a := range snap.Answers {
		said[a.Side][a.ID] = true
	}
	actions := p.Actions
	if p.Halt != nil {
		actions = slices.Concat(p.Halt.Withheld, actions)
	}
	var out []Decision
	for _, a := range actions {
		d := Decision{Action: a, Choices: plan.RowChoices(a)}
		if a.Kind == plan.Ask && a.Reason.Code == plan.OutcomeUnsure {
			d = e.unsureRow(snap, a)
		}
		d.ID = a.Row()
		cleared := slices.Contains(d.Choices, plan.Release)
		for s, have := range a.Have {
			cleared = cleared || have != nil && said[event.Side(s)][have.ID]
		}
		if cleared {
			d.Choices = append(d.Choices, plan.Clear)
		}
		if len(d.Choices) > 0 {
			d.Candidates = look(snap, a.Side.Other(), a.Candidates)
			out = append(out, d)
		}
	}
	return out, nil
}

// unsureRow is the question of the journal that a row of the plan stands for.
func (e *Engine) unsureRow(snap state.Snapshot, a plan.Action) Decision {
	for _, en := range snap.Open {
		source := en.Intent.Action.Have[a.Side]
		if en.Phase == state.Unsure && source != nil && a.Have[a.Side] != nil && source.ID == a.Have[a.Side].ID {
			return e.unsure(snap, en)
		}
	}
	return Decision{Action: a}
}

// choose makes a choice about the row of that name.
func (e *Engine) choose(ctx context.Context, row string, said plan.Answer) error {
	rows, err := e.Rows(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(d Decision) bool { return d.ID == row })
	if i < 0 {
		return ErrNoDecision
	}
	d, c, partner := rows[i], said.Choice, said.Partner
	if err := fits(d, said); err != nil {
		return err
	}
	e.idle = false
	switch {
	case c == plan.Clear:
		return e.clear(ctx, d)
	case d.Entry != 0:
		if c == plan.PairWith && !slices.Contains(d.Action.Candidates, partner) {
			return ErrNoChoice
		}
		return e.closeUnsure(ctx, d, c, partner)
	case d.Action.Kind == plan.Skip:
		return e.release(ctx, d.Action, c)
	case c == plan.PairWith:
		return e.pairWith(ctx, d.Action, partner)
	case d.Action.Kind == plan.Pair:
		// Of either end, which will not be tied any more; each names the other, to
		// be taken back with it.
		for _, s := range event.Sides() {
			a := plan.Answer{Side: s, ID: d.Action.Have[s].ID, Choice: c, Partner: d.Action.Have[s.Other()].ID}
			if err := e.say(ctx, a); err != nil {
				return err
			}
		}
		return nil
	}
	said.Partner = ""
	return e.answer(ctx, d.Action, said)
}

// clear takes a choice back. What a run has already carried out is taken back
// into step as it is now.
func (e *Engine) clear(ctx context.Context, d Decision) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	if l, ok := linksByLinkID(snap.Links)[d.Action.Link]; ok && l.State != plan.Live && slices.Contains(d.Choices, plan.Release) {
		return e.release(ctx, d.Action, plan.Release)
	}
	for _, a := range snap.Answers {
		of, with := d.Action.Have[a.Side], d.Action.Have[a.Side.Other()]
		if of == nil || of.ID != a.ID {
			if with == nil || with.ID != a.Partner || a.Choice == plan.PairWith {
				continue
			}
		}
		if err := e.say(ctx, plan.Answer{Side: a.Side, ID: a.ID, Choice: plan.Clear}); err != nil {
			return err
		}
	}
	return nil
}

// pairWith ties one end of a row to an entry of the other side that is there
// and that neither a link nor another answer holds.
func (e *Engine) pairWith(ctx context.Context, a plan.Action, partner event.ID) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	for _, s := range event.Sides() {
		have, to := a.Have[s], s.Other()
		if have == nil || !pairable(snap, s, have.ID, partner) {
			continue
		}
		if theirs := a.Have[to]; theirs != nil && theirs.ID != partner {
			// The end that is left over is tied to nothing by an older answer.
			if err := e.say(ctx, plan.Answer{Side: to, ID: theirs.ID, Choice: plan.Clear}); err != nil {
				return err
			}
		}
		if err := e.say(ctx, plan.Answer{Side: to, ID: partner, Choice: plan.Clear}); err != nil {
			return err
		}
		return e.say(ctx, plan.Answer{Side: s, ID: have.ID, Choice: plan.PairWith, Partner: partner})
	}
	return ErrNoChoice
}

// pairable tells whether an entry of s can be tied to one of the other side that
// a person names. Neither an occurrence of a series nor one that is kept part by
// part is an entry of its own, and a series is never a single entry's.
func pairable(snap state.Snapshot, s event.Side, id, partner event.ID) bool {
	mine, theirs := present(snap, s, id), present(snap, s.Other(), partner)
	if mine == nil || theirs == nil || (mine.Recurrence == nil) != (theirs.Recurrence == nil) {
		return false
	}
	_, linked := linksByID(snap.Links, s.Other())[partner]
	_, parted := linkedSeries(snap.Links, s.Other())[partner]
	return !linked && !parted && !slices.ContainsFunc(snap.Answers, func(a plan.Answer) bool {
		return a.Side == s && a.ID != id && a.Choice == plan.PairWith && a.Partner == partner
	})
}
