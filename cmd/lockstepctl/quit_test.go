package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
)

// A Lockstep whose secrets are locked holds nothing of its home and runs all
// the same: it is told so, it is asked to end, and it is waited for.
func TestQuit_OfAClosedOffice_IsTrue(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "lockstepctl")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	quit := func(args ...string) string {
		c := exec.CommandContext(t.Context(), program, append([]string{"quit"}, args...)...)
		c.Env = append(os.Environ(), "LOCKSTEP_HOME="+home, "XDG_RUNTIME_DIR=")
		out, _ := c.CombinedOutput()
		return string(out)
	}
	if got := quit("--check"); !strings.Contains(got, "not running") {
		t.Errorf("before anything runs: %q", got)
	}
	real, err := wire.Canonical(home)
	if err != nil {
		t.Fatal(err)
	}
	l, err := localapi.Listen(t.Context(), localapi.Address(real))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	asked, ended := make(chan struct{}, 1), make(chan error, 1)
	door := localapi.Door{Unlock: func(localapi.UnlockRequest) {}, Quit: func() { asked <- struct{}{} }}
	go func() {
		ended <- localapi.ServeClosed(ctx, l, localapi.ClosedLocked, door, slog.New(slog.DiscardHandler))
	}()
	if got := quit("--check"); !strings.Contains(got, "is running") {
		t.Errorf("with a closed office: %q", got)
	}
	if got := quit("--wait", "300ms"); strings.Contains(got, "has ended") {
		t.Errorf("it is said to have ended while it still answers: %q", got)
	}
	<-asked
	go func() {
		<-asked
		end()
	}()
	if got := quit("--wait", time.Minute.String()); !strings.Contains(got, "has ended") {
		t.Errorf("after its end: %q", got)
	}
	<-ended
}

// A program that keeps the office and is stuck is not said to be away.
func TestQuit_OfASilentProgram_SaysSo(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	leave, err := wire.Stay(home)
	if err != nil {
		t.Fatal(err)
	}
	quit := func(args ...string) (code int, out, errs string) {
		var o, e strings.Builder
		code = run(t.Context(), append(append([]string{"quit"}, args...), "--home", home), streams{in: strings.NewReader(""), out: &o, err: &e}, nil)
		return code, o.String(), e.String()
	}
	if code, out, errs := quit(); code != exitFailed || out != "" || !strings.Contains(errs, "has not answered") || !strings.Contains(errs, "end the process") {
		t.Errorf("quit: code %d, %q, %q; want that it does not answer and what to do", code, out, errs)
	}
	if code, out, _ := quit("--check"); code != exitFailed || !strings.Contains(out, "is running") || !strings.Contains(out, "does not answer") {
		t.Errorf("quit --check: code %d, %q; want %d and that it runs and does not answer", code, out, exitFailed)
	}
	leave()
	if code, out, errs := quit(); code != exitOK || !strings.Contains(out, "not running") {
		t.Errorf("after its end: code %d, %q, %q", code, out, errs)
	}
}
