package api

import (
	"context"
	"errors"
	"sync"
)

// ErrSignInStopped is what a guard answers once too many sign-ins have failed with the same secret.
var ErrSignInStopped = errors.New("sign-in is stopped after two refused attempts with this secret; " +
	"check the client id and the secret, then store the secret again")

// SignInGuard counts refused sign-ins, so that a wrong secret is not tried for ever. An implementation
// may keep the count over restarts. All methods may be called concurrently.
type SignInGuard interface {
	// Allow returns an error when no further sign-in may be tried.
	Allow(ctx context.Context) error
	// Failed counts a sign-in that the server refused because of the credentials.
	Failed(ctx context.Context) error
	// Succeeded forgets the failures.
	Succeeded(ctx context.Context) error
}

const maxFailedSignIns = 2

type memoryGuard struct {
	mu     sync.Mutex
	failed int
}

var _ SignInGuard = (*memoryGuard)(nil)

// NewMemoryGuard returns a guard that stops after two refused sign-ins and forgets everything when
// the process ends.
func NewMemoryGuard() SignInGuard { return &memoryGuard{} }

func (g *memoryGuard) Allow(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed >= maxFailedSignIns {
		return ErrSignInStopped
	}
	return nil
}

func (g *memoryGuard) Failed(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed++
	return nil
}

func (g *memoryGuard) Succeeded(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed = 0
	return nil
}
