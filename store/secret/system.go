package secret

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// provider is the keyring of the operating system as go-keyring offers it: calls that cannot be cancelled and that
// block without limit while a locked keyring waits for its password.
type provider interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
	DeleteAll(service string) error
}

// system is the real one; how it reads and keeps a secret differs by system.
type system struct{}

func (system) Delete(service, user string) error {
	if err := reach(); err != nil {
		return err
	}
	return keyring.Delete(service, user)
}

func (system) DeleteAll(service string) error {
	if err := reach(); err != nil {
		return err
	}
	return keyring.DeleteAll(service)
}

// hintAfter is how long a call may take before the person is told that a keyring may be waiting for him.
const hintAfter = 2 * time.Second

// systemRing keeps secrets in the keyring of the operating system, under one service name for each home.
type systemRing struct {
	sys     provider
	service string
	limit   time.Duration
	waiting func()
	hint    time.Duration
	// turn holds a token while a call is under way. A call that outlives its limit keeps it until the keyring
	// answers: there is at most one goroutine that waits for a keyring which never does, and a write that comes
	// late cannot overtake a newer one.
	turn chan struct{}
}

var _ Keyring = (*systemRing)(nil)

func newSystemRing(sys provider, service string, limit time.Duration, waiting func()) *systemRing {
	return &systemRing{sys: sys, service: service, limit: limit, waiting: waiting, hint: hintAfter, turn: make(chan struct{}, 1)}
}

func (r *systemRing) Get(ctx context.Context, name string) (Secret, error) {
	value, err := r.call(ctx, func() (string, error) { return r.sys.Get(r.service, name) })
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	return New(value), nil
}

func (r *systemRing) Set(ctx context.Context, name string, s Secret) error {
	_, err := r.call(ctx, func() (string, error) { return "", r.sys.Set(r.service, name, s.Reveal()) })
	if err != nil {
		return fmt.Errorf("keep secret %q: %w", name, err)
	}
	return nil
}

func (r *systemRing) Delete(ctx context.Context, name string) error {
	_, err := r.call(ctx, func() (string, error) { return "", r.sys.Delete(r.service, name) })
	if err != nil {
		return fmt.Errorf("forget secret %q: %w", name, err)
	}
	return nil
}

type answer struct {
	value string
	err   error
}

// call runs do in a goroutine of its own and stops waiting for it when the limit is over or the context ends.
func (r *systemRing) call(ctx context.Context, do func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	hint := time.NewTimer(r.hint)
	defer hint.Stop()

	answers := make(chan answer, 1)
	turn := r.turn
	for {
		select {
		case turn <- struct{}{}:
			turn = nil // taken; from here on only the answer matters
			go func() {
				value, err := do()
				<-r.turn
				answers <- answer{value, err}
			}()
		case a := <-answers:
			return a.value, classify(a.err)
		case <-hint.C:
			if r.waiting != nil {
				r.waiting()
			}
		case <-limited.Done():
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return "", fmt.Errorf("the system's keyring has not answered for %s; unlock it (a dialog may be waiting) and try again: %w", r.limit, ErrLocked)
		}
	}
}

// classify gives go-keyring's errors their names here. All but two of them are plain texts of the system.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooLarge
	}
	return fmt.Errorf("%w: %w", ErrNoKeyring, err)
}
