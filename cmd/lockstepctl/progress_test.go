//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

func at(done, total int) office.Status {
	return office.Status{People: []office.PersonStatus{{Done: done, Total: total}, {}}}
}

func TestProgressLine_ShowsABarThatFits(t *testing.T) {
	for _, c := range []struct {
		status office.Status
		took   time.Duration
		width  int
		want   string
	}{
		{at(0, 8), 2 * time.Second, 79, "Syncing  [------------------------------]  0/8  2 s"},
		{at(2, 8), 3 * time.Second, 79, "Syncing  [#######-----------------------]  2/8  3 s"},
		{at(8, 8), 70 * time.Second, 79, "Syncing  [##############################]  8/8  70 s"},
		{at(4, 8), 3 * time.Second, 30, "Syncing  [####-----]  4/8  3 s"},
		{at(4, 8), 3 * time.Second, 24, "Syncing  4/8  3 s"},
		{at(4, 8), 3 * time.Second, 9, "Syncing  "},
		{at(4, 8), 3 * time.Second, 0, ""},
		{office.Status{}, 2 * time.Second, 79, "Syncing  [----------######--------------]  2 s"},
		{office.Status{}, 2200 * time.Millisecond, 79, "Syncing  [-----------######-------------]  2 s"},
	} {
		if d := cmp.Diff(c.want, progressLine("Syncing", c.status, c.took, c.width)); d != "" {
			t.Errorf("%v of %d columns (-want +got):\n%s", c.took, c.width, d)
		}
	}
}

// watched is an agent whose status is told.
type watched struct {
	localapi.Agent
	status func() office.Status
}

func (w watched) Status(context.Context, uint64) (office.Status, error) { return w.status(), nil }

func TestProgress_ComesAfterTwoSecondsAndLeavesAnEmptyLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen bytes.Buffer
		status := at(1, 4)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			drawProgress(ctx, &screen, func() int { return 80 }, watched{status: func() office.Status { return status }}, "Syncing")
		}()
		time.Sleep(progressAfter - time.Millisecond)
		synctest.Wait()
		if screen.Len() > 0 {
			t.Errorf("drawn before its time: %q", screen.String())
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got, want := screen.String(), "\rSyncing  [#######-----------------------]  1/4  2 s"; got != want {
			t.Errorf("drawn first %q, want %q", got, want)
		}
		status = at(2, 4)
		screen.Reset()
		time.Sleep(progressEvery)
		synctest.Wait()
		line := "Syncing  [###############---------------]  2/4  2 s"
		if got, want := screen.String(), "\r"+line; got != want {
			t.Errorf("drawn next %q, want %q", got, want)
		}
		screen.Reset()
		cancel()
		<-done
		if got, want := screen.String(), "\r"+strings.Repeat(" ", len(line))+"\r"; got != want {
			t.Errorf("left %q, want %q", got, want)
		}
	})
}

// onTerminal runs the program with its messages on a terminal and gives what
// was shown there.
func (r *rig) onTerminal(args ...string) (screen string, code int) {
	r.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		r.t.Fatal(err)
	}
	defer master.Close()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 60}); err != nil {
		r.t.Fatal(err)
	}
	c := r.command(r.t.Context(), args...)
	c.Stderr = slave
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	if err := slave.Close(); err != nil {
		r.t.Error(err)
	}
	shown, _ := io.ReadAll(master) // Linux ends a terminal that nobody holds any more with an error
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("lockstepctl %v: %v", args, err)
	}
	return string(shown), c.ProcessState.ExitCode()
}

func TestProgress_IsABarOnATerminalAndNowhereElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, sample.Options{People: 1, Entries: 12})
	slow := func(op string) {
		rules, err := ewssim.ParseFaults(strings.NewReader(fmt.Sprintf("[[rule]]\nop = %q\nkind = \"slow\"\ndelay = \"4s\"\ntimes = 1\n", op)))
		if err != nil {
			t.Fatal(err)
		}
		r.office.Severa.SetFaults(rules)
	}
	reading, writing := regexp.MustCompile(`\rReading calendars  \[-*#+-*\]  \d+ s`), regexp.MustCompile(`\rSyncing  \[#*-*\]  \d+/\d+  \d+ s`)

	slow("GET *")
	screen, code := r.onTerminal("preview")
	if code != exitOK || !reading.MatchString(screen) {
		t.Errorf("preview on a terminal: exit code %d, %q", code, screen)
	}
	if i := strings.LastIndex(strings.TrimSuffix(screen, "\r"), "\r"); i >= 0 && strings.Trim(screen[i:], " \r") != "" {
		t.Errorf("preview leaves %q on its line", screen[i:])
	}
	for _, line := range strings.Split(screen, "\r") {
		if len(line) > 59 {
			t.Errorf("%d columns drawn on a terminal of 60: %q", len(line), line)
		}
	}
	slow("GET *")
	if screen, code := r.onTerminal("preview", "--json", "--full"); code != exitOK || screen != "" {
		t.Errorf("preview --json on a terminal: exit code %d, %q", code, screen)
	}
	slow("POST /v1/activities")
	if screen, code := r.onTerminal("sync", "--once", "--approve-first"); code != exitOK || !writing.MatchString(screen) {
		t.Errorf("sync on a terminal: exit code %d, %q", code, screen)
	}
	slow("GET *")
	if out, errs, code := r.run("", "sync", "--once", "--full"); code != exitOK || errs != "" || strings.ContainsAny(out, "\r[#") {
		t.Errorf("sync into a file: exit code %d, %q, %q", code, out, errs)
	}
}
