package secret

import (
	"context"
	"fmt"
	"sync"
)

// memoryRing keeps secrets as long as the process lives.
type memoryRing struct {
	mu     sync.Mutex
	values map[string]string
}

var _ Keyring = (*memoryRing)(nil)

// NewMemory makes a Keyring for tests and for the demo office: nothing outlives the process.
func NewMemory() Keyring {
	return withFingerprints(&memoryRing{values: map[string]string{}})
}

func (r *memoryRing) Get(ctx context.Context, name string) (Secret, error) {
	if err := ctx.Err(); err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	value, ok := r.values[name]
	if !ok {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, ErrNotFound)
	}
	return New(value), nil
}

func (r *memoryRing) Set(ctx context.Context, name string, s Secret) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keep secret %q: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values[name] = s.Reveal()
	return nil
}

func (r *memoryRing) Delete(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forget secret %q: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.values[name]; !ok {
		return fmt.Errorf("forget secret %q: %w", name, ErrNotFound)
	}
	delete(r.values, name)
	return nil
}
