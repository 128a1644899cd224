//go:build !windows

package localapi

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

func TestWindow_IsOneAndComesToTheFront(t *testing.T) {
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	home, log := t.TempDir(), slog.New(slog.DiscardHandler)
	if err := Raise(t.Context(), home, "preview"); !errors.Is(err, ErrNoWindow) {
		t.Errorf("raise = %v, want %v", err, ErrNoWindow)
	}
	shown := make(chan string, 1)
	release, err := HoldWindow(t.Context(), home, func(page string) { shown <- page }, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := HoldWindow(t.Context(), home, nil, log); !errors.Is(err, ErrWindow) {
		t.Errorf("a second window: %v, want %v", err, ErrWindow)
	}
	for _, page := range []string{"preview", ""} {
		if err := Raise(t.Context(), home, page); err != nil {
			t.Fatal(err)
		}
		if got := <-shown; got != page {
			t.Errorf("shown %q, want %q", got, page)
		}
	}
	if err := Raise(t.Context(), t.TempDir(), ""); !errors.Is(err, ErrNoWindow) {
		t.Errorf("another home: %v, want %v", err, ErrNoWindow)
	}
	release()
	release()
	if err := Raise(t.Context(), home, ""); !errors.Is(err, ErrNoWindow) {
		t.Errorf("after its end: %v, want %v", err, ErrNoWindow)
	}
	again, err := HoldWindow(t.Context(), home, nil, log)
	if err != nil {
		t.Fatalf("the window cannot be opened again: %v", err)
	}
	again()
}

// TestOpenWindow_WaitsForOneThatEnds: a window that is closing, or was killed,
// has the lock for a moment and answers nobody.
func TestOpenWindow_WaitsForOneThatEnds(t *testing.T) {
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	home, log := t.TempDir(), slog.New(slog.DiscardHandler)
	ending := flock.New(filepath.Join(home, windowLock))
	if ok, err := ending.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	left := time.AfterFunc(300*time.Millisecond, func() { _ = ending.Close() })
	defer left.Stop()
	shown := make(chan string, 1)
	release, err := OpenWindow(t.Context(), home, "preview", func(page string) { shown <- page }, log)
	if err != nil || release == nil {
		t.Fatalf("release is nil: %v, %v", release == nil, err)
	}
	defer release()
	second, err := OpenWindow(t.Context(), home, "history", nil, log)
	if err != nil || second != nil {
		t.Fatalf("a second window: %v", err)
	}
	if got := <-shown; got != "history" {
		t.Errorf("shown %q, want what the second was opened for", got)
	}
}
