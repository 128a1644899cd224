package engine

import (
	"context"
	"errors"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// reworded sends a batch. A write to the dates of a series tells all exceptions
// that shall stand after it; of a series whose text is not stored it would take
// the text of single dates away. That is read for the request alone. A write
// for which it cannot be read is not sent.
func (r *run) reworded(ctx context.Context, links map[plan.LinkID]plan.Link, batch []state.Entry, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	var at []int
	var sent []endpoint.Op
	for i, op := range ops {
		a := batch[i].Intent.Action
		if hidesDates(links[a.Link], a) {
			var err *endpoint.Error
			if op.Want.Recurrence, err = r.wordsOf(ctx, a.Side, op); err != nil {
				out[i].Err = err
				continue
			}
		}
		at, sent = append(at, i), append(sent, op)
	}
	if len(sent) == 0 {
		return out
	}
	results := r.send(ctx, batch[0].Intent.Action, sent)
	if len(results) != len(sent) {
		return results // which is told as the fault that it is
	}
	for n, i := range at {
		out[i] = results[n]
	}
	return out
}

// hidesDates tells whether a writes the dates of a series that is known without
// its text. One that we made tells nothing, and shall not.
func hidesDates(l plan.Link, a plan.Action) bool {
	have := a.Have[a.Side]
	return a.Kind == plan.Update && a.Fields.Has(event.FieldRecurrence) && a.Want.Recurrence != nil &&
		have != nil && have.Veil != (event.Veil{}) && have.Recurrence != nil && l.Origin != plan.OriginOf(a.Side.Other())
}

// wordsOf is the rule that op wants with the text that single dates have now.
func (r *run) wordsOf(ctx context.Context, s event.Side, op endpoint.Op) (*event.Recurrence, *endpoint.Error) {
	want := op.Want.Recurrence
	got, err := r.Endpoints[s].Get(ctx, []event.ID{op.Target.ID})
	var failed *endpoint.Error
	switch {
	case errors.As(err, &failed):
		return want, failed
	case err != nil || len(got) != 1:
		return want, &endpoint.Error{Op: "read series", Side: s, ID: op.Target.ID, Scope: endpoint.ScopeItem, Kind: endpoint.Unavailable, Err: err}
	case got[0].Err != nil:
		return want, got[0].Err
	case got[0].Item == nil || got[0].Item.Recurrence == nil:
		return want, nil // it is not what the write expects, which its precondition says
	}
	now := *got[0].Item.Recurrence
	out := op.Want
	out.Recurrence = want.WithFields(&now, plan.TextFields, nil)
	out, _ = event.Rekey(out)
	return out.Recurrence, nil
}
