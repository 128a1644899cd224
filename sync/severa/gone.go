package severa

import (
	"context"
	"sync"
	"time"

	"lockstep/sync/severa/api"
)

// graves are the activities that are known to be gone, with our time of
// learning it. What the feed told of them before is told to nobody any more:
// an entry that was changed and deleted within the overlap of two fetches
// would come back to life, and a copy of it would be made on the other side.
type graves struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (g *graves) bury(id string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at == nil {
		g.at = map[string]time.Time{}
	}
	for other, at := range g.at {
		if !fresh(now.Sub(at), keepFeed) {
			delete(g.at, other)
		}
	}
	g.at[id] = now
}

// hold tells whether an activity is known to be gone since it was asked for.
func (g *graves) hold(id string, asked time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.at[id]
	return ok && !at.Before(asked)
}

// bereave looks at the activities that a fetch of what changed since a moment
// should have told again, and did not. An empty page proves nothing, so each
// is asked for by id.
func (c *Connection) bereave(ctx context.Context, since time.Time, fetched []change) {
	told := map[string]bool{}
	for _, ch := range fetched {
		told[ch.row.GUID] = true
	}
	for id, ch := range c.feed.rows {
		if ch.problem != nil || told[id] || ch.row.LastUpdated.Before(since) || c.graves.hold(id, ch.asked) {
			continue
		}
		_, _ = c.activity(ctx, id) // buries what is gone; after any other answer the row stays
	}
}

// activity reads one by id, and notes that there is none.
func (c *Connection) activity(ctx context.Context, id string) (api.Activity, error) {
	a, err := c.client.Activity(ctx, id)
	if isNotFound(err) {
		c.graves.bury(id, c.now())
	}
	return a, err
}
