package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/sync/localapi"
)

func TestWindows_RaisesTheOneThatIsOpen(t *testing.T) {
	var raised []string
	w := &windows{home: "/home/x", raise: func(_ context.Context, home, page string) error {
		raised = append(raised, home, page)
		return nil
	}}
	if err := w.open(t.Context(), "preview", slog.New(slog.DiscardHandler)); err != nil || !slices.Equal(raised, []string{"/home/x", "preview"}) {
		t.Errorf("raised %q, %v", raised, err)
	}
}

func TestWindows_TellsWhetherTheProgramStays(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		end   error
		want  error
	}{
		{"it stays", time.Hour, nil, nil},
		{"it is closed at once", time.Second, nil, nil},
		{"it dies at once", time.Second, errors.New("exit status 1"), errNoDisplay},
		{"it dies later", settle + time.Second, errors.New("exit status 1"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ran []string
				w := &windows{
					home: "/home/x", raise: func(context.Context, string, string) error { return localapi.ErrNoWindow },
					find: func() (string, error) { return "/bin/window", nil },
					start: func(_ context.Context, program string, args ...string) (<-chan end, error) {
						ran = append([]string{program}, args...)
						ended := make(chan end, 1)
						time.AfterFunc(c.after, func() { ended <- end{err: c.end} })
						return ended, nil
					},
				}
				if err := w.open(t.Context(), "history", slog.New(slog.DiscardHandler)); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("error = %v, want %v", err, c.want)
				}
				if want := []string{"/bin/window", "--home", "/home/x", "--page", "history"}; !slices.Equal(ran, want) {
					t.Errorf("ran %q, want %q", ran, want)
				}
			})
		})
	}
}

func TestWindows_FindsAndRunsTheProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for the program is a script of the shell")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	w := newWindows(t.TempDir())
	if err := w.open(t.Context(), "", slog.New(slog.DiscardHandler)); !errors.Is(err, errNoProgram) {
		t.Errorf("error = %v, want %v", err, errNoProgram)
	}
	script := "#!/bin/sh\necho \"no display for $2\" >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, windowProgram()), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	if err := w.open(t.Context(), "", slog.New(slog.NewTextHandler(&log, nil))); !errors.Is(err, errNoDisplay) {
		t.Errorf("error = %v, want %v", err, errNoDisplay)
	}
	if !strings.Contains(log.String(), "no display for "+w.home) {
		t.Errorf("the log has nothing of what it said: %s", log.String())
	}
}
