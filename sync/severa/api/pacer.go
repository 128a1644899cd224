package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// PacerRequests is the quota that the server's own 429 text names: "maximum admitted 10 per 1s".
	PacerRequests = 10
	// PacerWindow is the time that PacerRequests are counted in.
	PacerWindow = time.Second

	// ShortPause is the longest pause that a call sits out by itself; a longer one is handed to the
	// caller, who can end his run in order.
	ShortPause = 5 * time.Second
	// maxRetryAfter bounds what a server can make us wait.
	maxRetryAfter = 24 * time.Hour
)

// Pacer keeps all requests of an office within the quota. It is safe for concurrent use; share one
// among all clients of an organisation.
//
// It hands out ten slots. A slot is free again one second after the ANSWER to its request arrived,
// not after the request was sent: the server counts arrivals, and a request that spent 300 ms in a
// TLS handshake arrives late. Any request that waits for a slot is therefore sent at least a second
// after the arrival of the tenth before it, whatever the network does. A token bucket would allow
// nineteen in a second (its burst and its refill).
type Pacer struct {
	now func() time.Time

	mu     sync.Mutex
	free   []time.Time // when each slot that nobody holds may be used, sorted
	queue  []chan time.Time
	paused time.Time
}

// NewPacer returns a pacer that reads the time from now. Waits themselves use timers, so a frozen
// clock delays but never blocks.
func NewPacer(now func() time.Time) *Pacer {
	return &Pacer{now: now, free: make([]time.Time, PacerRequests)}
}

// PausedError says that the server has asked for a longer pause than a call waits by itself.
type PausedError struct{ Remaining time.Duration }

// Error names the remaining time.
func (e *PausedError) Error() string {
	return fmt.Sprintf("the server asked for a pause, %s are left", e.Remaining.Round(time.Second))
}

// Acquire waits for a slot and for the end of a pause. The release function must be called once the
// answer has arrived or the request has failed. It returns a *PausedError at once when the pause is
// longer than five seconds, and the context's error when that ends first.
func (p *Pacer) Acquire(ctx context.Context) (release func(), err error) {
	if err := p.sitOutPause(ctx); err != nil {
		return nil, err
	}
	usable, err := p.takeSlot(ctx)
	if err != nil {
		return nil, err
	}
	// The cap guards against a clock that was set back.
	if err := sleep(ctx, min(usable.Sub(p.now()), PacerWindow)); err != nil {
		p.giveBack(usable)
		return nil, err
	}
	// A 429 may have come in while this call waited for its slot.
	if err := p.sitOutPause(ctx); err != nil {
		p.giveBack(usable)
		return nil, err
	}
	return sync.OnceFunc(func() { p.giveBack(p.now().Add(PacerWindow)) }), nil
}

// PauseFor stops all requests for d from now; a pause that ends later stays. Durations over a day
// count as a day.
func (p *Pacer) PauseFor(d time.Duration) {
	if d <= 0 {
		return
	}
	until := p.now().Add(min(d, maxRetryAfter))
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.paused) {
		p.paused = until
	}
}

func (p *Pacer) pausedUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused
}

// sitOutPause waits again only when the pause was extended meanwhile, so that it ends under a clock
// that does not move.
func (p *Pacer) sitOutPause(ctx context.Context) error {
	var waited time.Time
	for {
		until := p.pausedUntil()
		left := until.Sub(p.now())
		if left <= 0 || until.Equal(waited) {
			return ctx.Err()
		}
		if left > ShortPause {
			return &PausedError{Remaining: left}
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
		waited = until
	}
}

func (p *Pacer) takeSlot(ctx context.Context) (time.Time, error) {
	p.mu.Lock()
	if len(p.free) > 0 {
		usable := p.free[0]
		p.free = p.free[1:]
		p.mu.Unlock()
		return usable, nil
	}
	turn := make(chan time.Time, 1)
	p.queue = append(p.queue, turn)
	p.mu.Unlock()

	select {
	case usable := <-turn:
		return usable, nil
	case <-ctx.Done():
		p.mu.Lock()
		p.queue = slices.DeleteFunc(p.queue, func(c chan time.Time) bool { return c == turn })
		p.mu.Unlock()
		select {
		case usable := <-turn: // handed over in the same moment
			p.giveBack(usable)
		default:
		}
		return time.Time{}, ctx.Err()
	}
}

func (p *Pacer) giveBack(usable time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) > 0 {
		p.queue[0] <- usable
		p.queue = p.queue[1:]
		return
	}
	i, _ := slices.BinarySearchFunc(p.free, usable, time.Time.Compare)
	p.free = slices.Insert(p.free, i, usable)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asPaused reports the remaining pause when err is one.
func asPaused(err error) (time.Duration, bool) {
	var p *PausedError
	if errors.As(err, &p) {
		return p.Remaining, true
	}
	return 0, false
}
