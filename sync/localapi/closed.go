package localapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// CodeClosed says that the office cannot be opened before somebody has done
// something about its secrets: see Closed.
const CodeClosed Code = "closed"

// Closed is why an office is closed.
type Closed struct {
	Why ClosedWhy `json:"why"`
}

// ClosedWhy is what is the matter with the secrets of an office.
type ClosedWhy string

// Why an office is closed.
const (
	ClosedLocked     ClosedWhy = "keyring_locked"   // the keyring waits for its password
	ClosedLost       ClosedWhy = "keyring_lost"     // the keyring that has the secrets does not answer
	ClosedNoKeyring  ClosedWhy = "no_keyring"       // there is none, and no secrets yet: a passphrase begins a file
	ClosedPassphrase ClosedWhy = "passphrase"       // the file waits for its passphrase
	ClosedWrong      ClosedWhy = "wrong_passphrase" // the one that was typed does not open it
)

// Unlocker is an Agent that can be told how to open its office.
type Unlocker interface {
	// Unlock tries again: with a passphrase, or because the keyring is open now.
	// It returns at once; whether it helped is what the next Status says.
	Unlock(ctx context.Context, q UnlockRequest) error
}

// UnlockRequest opens a closed office. An empty passphrase only tries again.
type UnlockRequest struct {
	Passphrase Secret `json:"passphrase,omitempty"`
}

// Unlock tells a closed office how to open.
func (c *Client) Unlock(ctx context.Context, q UnlockRequest) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/unlock", q)
	return err
}

var _ Unlocker = (*Client)(nil)

// Reach is Dial for who can also do something about a closed office.
func Reach(ctx context.Context, address string) (*Client, error) {
	c := newClient(address)
	if err := c.greet(ctx); err != nil {
		if _, ok := errors.AsType[*Error](err); ok {
			return c, nil
		}
		return nil, fmt.Errorf("%w: %w", ErrNoAgent, err)
	}
	return c, nil
}

// Await is Reach that waits until somebody answers, or ctx ends: an agent that
// opens its office anew is nobody for a moment.
func Await(ctx context.Context, address string) (*Client, error) {
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for {
		c, err := Reach(ctx, address)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-again.C:
		}
	}
}

// askAgain is how often Await looks.
const askAgain = 50 * time.Millisecond

// Door is what can be done at a closed office. Both return at once.
type Door struct {
	Unlock func(UnlockRequest)
	Quit   func()
}

// ServeClosed answers for an office that is closed, until ctx ends: every call
// gets the reason, but for those of the Door. The listener is one that only the same user
// can reach (see Listen).
func ServeClosed(ctx context.Context, l net.Listener, why ClosedWhy, d Door, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/unlock", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		q, err := body[UnlockRequest](r)
		if err == nil {
			d.Unlock(q)
		}
		answer(r.Context(), w, struct{}{}, err, log)
	})
	mux.HandleFunc("POST /v1/quit", func(w http.ResponseWriter, r *http.Request) {
		answer(r.Context(), w, struct{}{}, nil, log)
		d.Quit()
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(r.Context(), w, nil, &Error{Code: CodeClosed, Message: "the office is closed", Closed: &Closed{Why: why}}, log)
	})
	return listenTo(ctx, l, mux)
}
