package ews

import (
	"context"
	"errors"
	"sync"
)

// ErrSignInStopped says that the account has failed to sign in too often to be tried again without a person.
var ErrSignInStopped = errors.New("sign-in stopped after repeated failures; check user and password")

// MemoryGuard is a SignInGuard that forgets with the process. It stops after a number of failures in a row.
type MemoryGuard struct {
	limit int

	mu     sync.Mutex
	failed int
}

var _ SignInGuard = (*MemoryGuard)(nil)

// NewMemoryGuard returns a guard that refuses further attempts after limit failures in a row.
func NewMemoryGuard(limit int) *MemoryGuard { return &MemoryGuard{limit: limit} }

// Allow returns ErrSignInStopped once the limit is reached.
func (g *MemoryGuard) Allow(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed >= g.limit {
		return ErrSignInStopped
	}
	return nil
}

// Failed counts one refused attempt.
func (g *MemoryGuard) Failed(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed++
	return nil
}

// Succeeded forgets the refused attempts.
func (g *MemoryGuard) Succeeded(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed = 0
	return nil
}
