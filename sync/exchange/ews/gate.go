package ews

import (
	"context"
	"sync/atomic"
)

// gate lets one sign-in at a time through, over all lanes. Without it a wrong password would be shown once per lane before the first refusal
// is known, and a directory locks an account after a few.
type gate struct {
	turn  chan struct{}
	guard SignInGuard
	// ok is set while the last verdict on the secret was good.
	ok atomic.Bool
	// ever is set once the secret has been accepted by the server.
	ever atomic.Bool
}

func newGate(g SignInGuard) *gate { return &gate{turn: make(chan struct{}, 1), guard: g} }

// enter waits for the turn and asks the guard. The caller calls leave when err is nil.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := g.guard.Allow(ctx); err != nil {
		g.leave()
		return &Error{Class: ClassAuth, Err: err}
	}
	return nil
}

func (g *gate) leave() { <-g.turn }

// failed records a refusal and returns the error of the call. After an earlier success with the same secret a refusal is most likely
// throttling in disguise, so that the class is Throttled as long as the guard allows another attempt.
func (g *gate) failed(ctx context.Context, cause error) *Error {
	g.ok.Store(false)
	ctx = context.WithoutCancel(ctx)
	e := &Error{Class: ClassAuth, HTTPStatus: 401, Sent: true, Err: cause}
	if err := g.guard.Failed(ctx); err != nil {
		e.Err = err
		return e
	}
	if g.ever.Load() && g.guard.Allow(ctx) == nil {
		e.Class, e.RetryAfter = ClassThrottled, busyPause
	}
	return e
}

// succeeded records an accepted sign-in.
func (g *gate) succeeded(ctx context.Context) error {
	g.ever.Store(true)
	if g.ok.Swap(true) {
		return nil
	}
	return g.guard.Succeeded(context.WithoutCancel(ctx))
}
