//go:build !windows

package localapi

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// TestServeClosed_TellsWhyAndTakesAPassphrase checks that a closed office is no
// agent to who wants an office, and can be opened by who asks for it.
func TestServeClosed_TellsWhyAndTakesAPassphrase(t *testing.T) {
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	address := Address(filepath.Join(t.TempDir(), "home"))
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	typed, quit, served := make(chan Secret, 1), make(chan struct{}, 1), make(chan error, 1)
	go func() {
		served <- ServeClosed(ctx, l, ClosedPassphrase, Door{
			Unlock: func(q UnlockRequest) { typed <- q.Passphrase }, Quit: func() { quit <- struct{}{} },
		}, slog.New(slog.DiscardHandler))
	}()
	if _, err := Dial(t.Context(), address); !errors.Is(err, ErrNoAgent) {
		t.Errorf("dial = %v, want no agent", err)
	}
	c, err := Reach(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"status": func() error { _, err := c.Status(t.Context(), 0); return err },
		"prefs":  func() error { _, err := c.Prefs(t.Context()); return err },
		"sync":   func() error { _, err := c.Sync(t.Context(), SyncRequest{}); return err },
	} {
		e, ok := errors.AsType[*Error](ask())
		if !ok || e.Code != CodeClosed || e.Closed == nil || e.Closed.Why != ClosedPassphrase {
			t.Errorf("%s = %+v", name, e)
		}
	}
	if err := c.Unlock(t.Context(), UnlockRequest{Passphrase: "open sesame"}); err != nil || <-typed != "open sesame" {
		t.Errorf("unlock = %v", err)
	}
	if err := c.Quit(t.Context()); err != nil {
		t.Error(err)
	}
	<-quit
	c.Close()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestAwait_WaitsForAnAgentThatOpensAnew: between the office and its door nobody
// answers for a moment, and who asks then is not sent away.
func TestAwait_WaitsForAnAgentThatOpensAnew(t *testing.T) {
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	address := Address(filepath.Join(t.TempDir(), "home"))
	short, enough := context.WithTimeout(t.Context(), 3*askAgain)
	defer enough()
	if _, err := Await(short, address); !errors.Is(err, ErrNoAgent) {
		t.Errorf("nobody comes: %v, want %v", err, ErrNoAgent)
	}
	type answer struct {
		c   *Client
		err error
	}
	got := make(chan answer, 1)
	go func() {
		c, err := Await(t.Context(), address)
		got <- answer{c, err}
	}()
	if _, err := Reach(t.Context(), address); !errors.Is(err, ErrNoAgent) {
		t.Fatalf("somebody is there already: %v", err)
	}
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- ServeClosed(ctx, l, ClosedLost, Door{}, slog.New(slog.DiscardHandler)) }()
	if a := <-got; a.err != nil {
		t.Errorf("it came, and was not waited for: %v", a.err)
	} else {
		a.c.Close()
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
