package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// The ways in which a window does not come up.
var (
	errNoProgram = errors.New("the program that draws the windows is not installed")
	errNoDisplay = errors.New("the program that draws the windows ended at once")
)

// settle is how long a window must live to count as drawn.
const settle = 5 * time.Second

// windows brings up the window, which is a program of its own.
type windows struct {
	home string
	// find gives the program; start runs it and gives its end, with what it said.
	find  func() (string, error)
	start func(ctx context.Context, program string, args ...string) (ended <-chan end, err error)
	raise func(ctx context.Context, home, page string) error
}

// end is how a program ended.
type end struct {
	err  error
	said string
}

func newWindows(home string) *windows {
	return &windows{home: home, find: findProgram, start: startProgram, raise: localapi.Raise}
}

// open brings the window to the front, or starts its program. It returns once
// the window is there, or will not come: errNoProgram or errNoDisplay.
func (w *windows) open(ctx context.Context, page string, log *slog.Logger) error {
	err := w.raise(ctx, w.home, page)
	if err == nil {
		return nil
	}
	if !errors.Is(err, localapi.ErrNoWindow) {
		log.DebugContext(ctx, "window not raised", "err", err)
	}
	program, err := w.find()
	if err != nil {
		return err
	}
	args := []string{"--home", w.home}
	if page != "" {
		args = append(args, "--page", page)
	}
	// A window outlives the action that opened it, and the agent as well.
	ended, err := w.start(context.WithoutCancel(ctx), program, args...)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoDisplay, err)
	}
	there := time.NewTimer(settle)
	defer there.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-there.C:
		return nil
	case e := <-ended:
		if e.err == nil {
			return nil // somebody closed it, or another one was there
		}
		log.WarnContext(ctx, "window ended at once", "err", e.err, "said", e.said)
		return fmt.Errorf("%w: %w", errNoDisplay, e.err)
	}
}

// windowProgram is its file's name.
func windowProgram() string {
	if runtime.GOOS == "windows" {
		return "lockstep-window.exe"
	}
	return "lockstep-window"
}

// findProgram looks beside our own program first, so that the two are of one version.
func findProgram() (string, error) {
	if own, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(own); err == nil {
			own = real
		}
		beside := filepath.Join(filepath.Dir(own), windowProgram())
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	found, err := exec.LookPath(windowProgram())
	if err != nil {
		return "", errNoProgram
	}
	return found, nil
}

// lastWords bounds what is kept of what a window says before it ends.
const lastWords = 2000

// startProgram runs a program. Its errors may quote nothing of a calendar: they
// are the toolkit's and the system's.
func startProgram(ctx context.Context, program string, args ...string) (<-chan end, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var said tail
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan end, 1)
	go func() { ended <- end{err: cmd.Wait(), said: said.String()} }()
	return ended, nil
}

// tail keeps the first words: what follows an error of a toolkit is its stack.
type tail struct{ strings.Builder }

var _ io.Writer = (*tail)(nil)

// Write takes everything and keeps little.
func (t *tail) Write(p []byte) (int, error) {
	if room := lastWords - t.Len(); room > 0 {
		t.Builder.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// windowNotice says why there is no window.
func windowNotice(err error) model.Notice {
	if errors.Is(err, errNoProgram) {
		return model.NoWindowProgram()
	}
	return model.NoWindow()
}
