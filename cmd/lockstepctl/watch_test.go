package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/office"
)

func interrupt(t *testing.T, c *exec.Cmd) {
	t.Helper()
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait()
}

// status --watch tells of a change when it happens, from the running agent.
func TestStatusWatch_TellsOfAPauseAndOfItsEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, sample.Options{People: 1, Entries: 4})
	r.sync(exitOK, "--approve-first")
	run := r.command(context.WithoutCancel(t.Context()), "run")
	said, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { interrupt(t, run) })
	// The home is the agent's once it has said so.
	if first := bufio.NewScanner(said); !first.Scan() {
		t.Fatal("the agent said nothing")
	}
	watch := r.command(context.WithoutCancel(t.Context()), "status", "--watch", "--json")
	out, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { interrupt(t, watch) })
	lines := bufio.NewScanner(out)
	until := func(want office.Health) {
		for lines.Scan() {
			var s office.Status
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				continue // the agent was not up yet, and one status was shown as text
			}
			if s.Health == want {
				return
			}
		}
		t.Fatalf("the watch ended without %s", want)
	}
	r.ok("", "pause", "1h")
	until(office.Paused)
	r.ok("", "unpause")
	until(office.UpToDate)
}
