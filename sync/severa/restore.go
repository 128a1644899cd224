package severa

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

var _ endpoint.Restorer = (*calendar)(nil)

// CodeThereAgain says that an entry that was to come back is there already.
const CodeThereAgain = "there_again"

// Restore puts this person back into activities that he has left. The service
// deletes for good, so what was deleted is made anew, with another id.
func (c *calendar) Restore(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	for i, op := range ops {
		out[i] = c.restore(ctx, op)
		e := out[i].Err
		if e == nil || e.Scope == endpoint.ScopeItem {
			continue
		}
		for j := i + 1; j < len(ops); j++ { // an unknown outcome is always one of an item, so these say "not sent"
			out[j] = endpoint.Result{Err: e}
		}
		break
	}
	return out
}

func (c *calendar) restore(ctx context.Context, op endpoint.Op) endpoint.Result {
	const name = "bring back severa activity"
	id := op.Target.ID
	if err := c.writes.enter(ctx); err != nil {
		return endpoint.Result{Err: stopped(name, err)}
	}
	defer c.writes.leave()
	defer c.sawNow()
	_, r, e := c.read(ctx, name, id)
	switch {
	case e == nil:
		return endpoint.Result{Err: fault(name, id, endpoint.ScopeItem, endpoint.Precondition, CodeThereAgain)}
	case e.Code == CodeLeft:
	case e.Kind == endpoint.NotFound && e.Scope == endpoint.ScopeItem:
		return c.create(ctx, name, op)
	default:
		if e.Kind == endpoint.OutcomeUnknown { // a reading has no outcome
			e.Kind = endpoint.Unavailable
		}
		return endpoint.Result{Err: e}
	}
	_, err := c.client.AddParticipant(ctx, api.ParticipantDraft{ActivityGUID: r.row.GUID, ParticipantGUID: c.self, Type: api.ParticipantUser})
	if err != nil {
		return endpoint.Result{Err: failed(name, id, err)}
	}
	return c.reread(ctx, name, id)
}

// Restored looks whether this person is in the activity again, or what was made
// in the place of one that is no more.
func (c *calendar) Restored(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	const name = "look for severa activity brought back"
	it, _, e := c.read(ctx, name, op.Target.ID)
	switch {
	case e == nil:
		return endpoint.Outcome{Kind: endpoint.Applied, Item: it}, nil
	case e.Code == CodeLeft:
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
	case e.Kind == endpoint.NotFound && e.Scope == endpoint.ScopeItem:
		op.Target = event.Ref{}
		return c.Settle(ctx, op, sentAt)
	}
	return endpoint.Outcome{}, e
}
