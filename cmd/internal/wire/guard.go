package wire

import (
	"context"
	"errors"
	"sync"
	"time"

	"lockstep/sync/state"
)

// maxFailedSignIns is how often one secret is tried in vain: directories lock
// an account after as few as three.
const maxFailedSignIns = 2

// ErrSignInStopped says that this secret was refused too often to be tried again.
var ErrSignInStopped = errors.New("sign-in is stopped after two refused attempts with this password; set the right one")

// guard counts refused sign-ins of one account in the store, so that they add
// up over lanes and restarts. It serves both clients, whose interfaces for it
// have the same shape.
type guard struct {
	book    state.SignIns
	account string
	secret  string // fingerprint, not the secret
	now     func() time.Time

	mu    sync.Mutex
	clear bool // the store is known to hold no failure
}

// left is how often this secret may still be tried.
func (g *guard) left(ctx context.Context) int {
	n, err := g.book.FailedSignIns(ctx, g.account, g.secret)
	if err != nil {
		return 0
	}
	return max(0, maxFailedSignIns-n)
}

// Allow is ErrSignInStopped once this secret has been refused twice.
func (g *guard) Allow(ctx context.Context) error {
	n, err := g.book.FailedSignIns(ctx, g.account, g.secret)
	if err != nil {
		return err
	}
	if n >= maxFailedSignIns {
		return ErrSignInStopped
	}
	return nil
}

// again lets a secret that was refused too often be tried once more: a person
// has typed it again, who may know that it is right by now.
func (g *guard) again(ctx context.Context) error {
	n, err := g.book.FailedSignIns(ctx, g.account, g.secret)
	if err != nil || n < maxFailedSignIns {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear = false
	if err := g.book.ClearFailedSignIns(ctx, g.account); err != nil {
		return err
	}
	for range maxFailedSignIns - 1 {
		if err := g.book.AddFailedSignIn(context.WithoutCancel(ctx), g.account, g.secret, g.now()); err != nil {
			return err
		}
	}
	return nil
}

// Failed counts a refusal.
func (g *guard) Failed(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear = false
	// A refusal that is not counted because the caller gave up would be one too many.
	return g.book.AddFailedSignIn(context.WithoutCancel(ctx), g.account, g.secret, g.now())
}

// Succeeded forgets all refusals. It writes only where there may be any.
func (g *guard) Succeeded(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.clear {
		return nil
	}
	if err := g.book.ClearFailedSignIns(ctx, g.account); err != nil {
		return err
	}
	g.clear = true
	return nil
}
