package exchange

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// settleSlack is how much older than its request an entry may look: clocks are
// known to the second, and an answer can be slow.
const settleSlack = 10 * time.Minute

// Settle finds out what became of an Op. A create is looked for by its key, in
// the calendar, wherever it may have been dragged, and in Deleted Items.
func (c *calendar) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	if op.Kind == endpoint.Create {
		return c.settleCreate(ctx, op.Stamp.Key, sentAt)
	}
	got, err := c.Get(ctx, []event.ID{op.Target.ID})
	if err != nil {
		return endpoint.Outcome{}, err
	}
	removal := op.Kind == endpoint.Delete || op.Kind == endpoint.Leave
	if e := got[0].Err; e != nil {
		if !removal || e.Kind != endpoint.NotFound {
			return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
		}
		if _, _, one := event.SplitOccurrence(op.Target.ID); one {
			// The series is there without it; or it is not there, which is no work of ours.
			if e.Code == codeNoOccurrence {
				return endpoint.Outcome{Kind: endpoint.Applied}, nil
			}
			return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
		}
		// Not under this id. An entry that lies elsewhere was not removed by us.
		hits, err := c.FindStamped(ctx, op.Stamp.Key)
		if err != nil {
			return endpoint.Outcome{}, err
		}
		if len(hits) > 0 {
			return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
		}
		return endpoint.Outcome{Kind: endpoint.Applied}, nil
	}
	it := got[0].Item
	out := endpoint.Outcome{Kind: endpoint.NotApplied, Item: it}
	switch op.Kind {
	case endpoint.Update:
		if event.Diff(it.Event, c.Normalize(op.Want))&op.Fields&fields == 0 {
			out.Kind = endpoint.Applied
		}
	case endpoint.Mark:
		if it.Stamp == op.Stamp {
			out.Kind = endpoint.Applied
		}
	case endpoint.Create, endpoint.Delete, endpoint.Leave:
	}
	return out, nil
}

func (c *calendar) settleCreate(ctx context.Context, key event.Key, sentAt time.Time) (endpoint.Outcome, error) {
	const op = "look for created exchange entry"
	if key == "" {
		return endpoint.Outcome{Kind: endpoint.Unsure}, nil
	}
	terms := []ews.PropertyValue{keyTerm(key)}
	hits, err := c.search(ctx, op, []ews.FolderRef{calendarFolder()}, 1, terms)
	if err != nil {
		return endpoint.Outcome{}, err
	}
	out, known, err := c.livingCreate(ctx, op, hits, terms)
	if known || err != nil {
		return out, err
	}
	hits, trashed, err := c.searchElsewhere(ctx, op, terms, true)
	if err != nil {
		return endpoint.Outcome{}, err
	}
	out, known, err = c.livingCreate(ctx, op, hits, terms)
	if known || err != nil {
		return out, err
	}
	old, err := c.readHits(ctx, op, trashed, terms)
	if err != nil {
		return endpoint.Outcome{}, err
	}
	for _, h := range old[0] {
		// An entry that is made again bears the key of its first life, which may
		// lie in Deleted Items too.
		if h.Item != nil && (h.Item.Created.IsZero() || !h.Item.Created.Before(sentAt.Add(-settleSlack))) {
			return endpoint.Outcome{Kind: endpoint.Applied, Item: h.Item, Gone: true}, nil
		}
	}
	return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
}

// livingCreate is the outcome of a create whose key these entries bear; not
// known where none is left.
func (c *calendar) livingCreate(ctx context.Context, op string, hits []hit, terms []ews.PropertyValue) (out endpoint.Outcome, known bool, err error) {
	got, err := c.readHits(ctx, op, hits, terms)
	if err != nil {
		return endpoint.Outcome{}, false, err
	}
	switch found := got[0]; {
	case len(found) == 1 && found[0].Item != nil:
		return endpoint.Outcome{Kind: endpoint.Applied, Item: found[0].Item}, true, nil
	case len(found) > 0:
		// Copies, or one that cannot be read: for a person to say.
		return endpoint.Outcome{Kind: endpoint.Unsure, Candidates: items(found)}, true, nil
	}
	return endpoint.Outcome{}, false, nil
}
