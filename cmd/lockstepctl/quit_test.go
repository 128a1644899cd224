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
