//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// TestDoor_OpensByThePassphraseThatIsTyped runs a resident whose secrets are in
// a file, and opens it as the window does: with a wrong passphrase, then with
// the right one.
func TestDoor_OpensByThePassphraseThatIsTyped(t *testing.T) {
	t.Setenv("LOCKSTEP_PASSPHRASE", "")
	if err := os.Unsetenv("LOCKSTEP_PASSPHRASE"); err != nil {
		t.Fatal(err)
	}
	runtime, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtime) })
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	ctx, quit := context.WithCancel(t.Context())
	d := &door{home: t.TempDir(), quit: quit}
	opened := make(chan struct{})
	desktop := &screen{}
	r := &resident{
		now: time.Now, popup: &screen{}, quit: quit, told: filepath.Join(t.TempDir(), "told.json"), door: d,
		window: desktop.window, ready: func(context.Context) error { return nil },
		open: func(ctx context.Context) (bureau, error) {
			ask := d.passphrase()
			if ask == nil {
				return nil, fmt.Errorf("open: %w", secret.ErrNoKeyring)
			}
			if p, err := ask(ctx); err != nil || p != "right" {
				return nil, errors.Join(err, secret.ErrPassphrase)
			}
			close(opened)
			return &desk{changed: make(chan struct{})}, nil
		},
	}
	ended := make(chan struct{})
	go func() { defer close(ended); r.work(ctx, nil) }()
	defer func() { quit(); <-ended }()
	closed := func(want localapi.ClosedWhy) *localapi.Client {
		t.Helper()
		for t.Context().Err() == nil {
			c, err := localapi.Reach(t.Context(), localapi.Address(d.home))
			if err != nil {
				continue // it is just being tried again
			}
			_, err = c.Status(t.Context(), 0)
			if e, ok := errors.AsType[*localapi.Error](err); ok && e.Closed != nil && e.Closed.Why == want {
				return c
			}
			c.Close()
		}
		return nil
	}
	c := closed(localapi.ClosedNoKeyring)
	r.openWindow(ctx, "", nil)
	r.asked.Wait()
	r.lead(ctx)
	r.asked.Wait()
	if want := []string{"", model.PageClosed}; !slices.Equal(desktop.pages, want) {
		t.Errorf("a click on the icon opened the window at %q, want %q", desktop.pages, want)
	}
	if err := c.Unlock(t.Context(), localapi.UnlockRequest{Passphrase: "wrong"}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c = closed(localapi.ClosedWrong)
	defer c.Close()
	if err := c.Unlock(t.Context(), localapi.UnlockRequest{Passphrase: "right"}); err != nil {
		t.Fatal(err)
	}
	<-opened
}

// TestDoor_TellsSecretsFromOtherTrouble holds each state of the secrets against
// what the window is told.
func TestDoor_TellsSecretsFromOtherTrouble(t *testing.T) {
	d := &door{home: t.TempDir()}
	for _, c := range []struct {
		err  error
		file string
		want localapi.ClosedWhy
	}{
		{secret.ErrNoKeyring, "", localapi.ClosedNoKeyring},
		{secret.ErrLocked, "", localapi.ClosedLocked},
		{secret.ErrNoKeyring, "keyring-service", localapi.ClosedLost},
		{secret.ErrPassphrase, "", localapi.ClosedWrong},
		{errors.New("disk"), "", ""},
	} {
		if c.file != "" {
			if err := os.WriteFile(filepath.Join(d.home, c.file), []byte("Lockstep x\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		why, ok := d.closed(fmt.Errorf("open: %w", c.err))
		if why != c.want || ok != (c.want != "") {
			t.Errorf("%v is %q, %v", c.err, why, ok)
		}
	}
}
