//go:build !windows

package localapi

import (
	"errors"
	"log/slog"
	"os"
	"testing"
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
