package ews

import (
	"context"
	"sync"
	"time"
)

// governor holds the whole account back while the server wants a pause.
type governor struct {
	now func() time.Time

	mu    sync.Mutex
	until time.Time
}

// hold lets no call start before d has passed.
func (g *governor) hold(d time.Duration) {
	if d <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := g.now().Add(d); t.After(g.until) {
		g.until = t
	}
}

func (g *governor) left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.IsZero() {
		return 0
	}
	return max(g.until.Sub(g.now()), 0)
}

// wait returns when the pause is over, or at once with a Throttled error if more than limit of it is left.
func (g *governor) wait(ctx context.Context, limit time.Duration) error {
	for {
		left := g.left()
		if left == 0 {
			return nil
		}
		if left > limit {
			return &Error{Class: ClassThrottled, RetryAfter: left}
		}
		t := time.NewTimer(left)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return notSent(ctx.Err())
		}
	}
}
