package engine

import (
	"context"
	"fmt"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// replaced is a cursor that the listing of a whole side takes the place of.
type replaced struct {
	endpoint endpoint.Endpoint
	side     event.Side
	cursor   endpoint.Cursor
	listed   map[event.ID]bool // so far
}

// replaces is nil where there is no cursor yet, or none that tells of deletions.
func (e *Engine) replaces(s event.Side, c endpoint.Cursor) *replaced {
	if c == "" || !e.Endpoints[s].Capabilities().Tombstones {
		return nil
	}
	return &replaced{endpoint: e.Endpoints[s], side: s, cursor: c, listed: map[event.ID]bool{}}
}

// page takes a page of the listing, adds to the last one what was deleted since
// the cursor, and returns the cursor to store with it. It asks after the
// listing, so that nothing can be deleted in between.
func (b *replaced) page(ctx context.Context, d *endpoint.Delta, window event.Window) (endpoint.Cursor, error) {
	if b == nil {
		return d.Next, nil
	}
	for _, c := range d.Changes {
		if c.Item != nil {
			b.listed[c.ID] = true
		}
	}
	if d.More {
		return b.cursor, nil
	}
	for c, more := b.cursor, true; more; {
		old, err := b.endpoint.Changes(ctx, c, window)
		if endpoint.Is(err, endpoint.CursorExpired) {
			break // what it did not tell is missing, which proves nothing
		}
		if err != nil {
			return "", fmt.Errorf("list %s deletions: %w", b.side, err)
		}
		for _, ch := range old.Changes {
			// Of what was listed and deleted after that, the next pull tells.
			if ch.Gone && !b.listed[ch.ID] {
				d.Changes = append(d.Changes, ch)
			}
		}
		c, more = old.Next, old.More
	}
	return d.Next, nil
}
