package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// TestSim_IsSyncedWhileOthersEdit is the office of two terminals: the
// simulators in one, setup and syncs in the other, and edits by clients that
// nobody here wrote.
func TestSim_IsSyncedWhileOthersEdit(t *testing.T) {
	t.Parallel()
	need(t, "python3-exchangelib", "/usr/bin/python3", "-c", "import exchangelib")
	need(t, "curl", "curl", "--version")
	need(t, "jq", "jq", "--version")
	dir := t.TempDir()
	r := &rig{t: t, program: filepath.Join(dir, "lockstepctl"), home: filepath.Join(dir, "home"), file: filepath.Join(dir, "office.toml")}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	r.env = append(os.Environ(), "LOCKSTEP_HOME="+r.home, "LOCKSTEP_PASSPHRASE=open sesame", "DBUS_SESSION_BUS_ADDRESS=unix:path="+dir+"/none")
	access := startSim(t, r, "--people", "2", "--items", "10")
	r.office = &sample.Open{Access: decode[sample.Access](t, access)}
	r.setUp()
	r.ok("", "preview")
	r.sync(exitOK, "--approve-first")

	foreign(t, access, "/usr/bin/python3", "testdata/foreign/edit_exchange.py")
	foreign(t, access, "sh", "testdata/foreign/edit_severa.sh")
	r.sync(exitOK)
	both := map[string]map[string][]listed{
		"Exchange": list(t, access, "/usr/bin/python3", "testdata/foreign/list_exchange.py"),
		"Severa":   list(t, access, "sh", "testdata/foreign/list_severa.sh"),
	}
	for _, maker := range []string{"exchangelib", "curl"} {
		made := map[string][]string{}
		for side, entries := range both {
			for _, of := range entries {
				for _, e := range of {
					if strings.HasPrefix(e.Subject, "Series by "+maker) {
						made[side] = append(made[side], e.Start+" "+e.End+" "+e.Subject)
					}
				}
			}
			slices.Sort(made[side])
		}
		if diff := cmp.Diff(made["Exchange"], made["Severa"]); diff != "" {
			t.Errorf("the series by %s (-exchangelib +curl and jq):\n%s", maker, diff)
		}
		if text := strings.Join(made["Severa"], "\n"); len(made["Severa"]) != 5 || strings.Count(text, "renamed") != 1 {
			t.Errorf("of the series by %s, of six dates with one moved, one renamed and one deleted, there is\n%s", maker, text)
		}
	}
	for side, entries := range both {
		for _, subject := range []string{"Made by exchangelib – äö", "Made by curl – äö"} {
			n := 0
			for _, of := range entries {
				for _, e := range of {
					if e.Subject == subject {
						n++
					}
				}
			}
			if n != 1 {
				t.Errorf("%s has %d entries %q, want 1", side, n, subject)
			}
		}
	}
	for n := range 20 {
		if got := r.sync(exitOK); got.Writes != 0 {
			t.Fatalf("idle sync %d wrote %d times", n+1, got.Writes)
		}
	}
}

// startSim runs lockstepctl sim and gives the line that it prints when ready.
func startSim(t *testing.T, r *rig, args ...string) string {
	t.Helper()
	c := r.command(context.WithoutCancel(t.Context()), append([]string{"sim"}, args...)...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the simulators printed nothing: %v\n%s", c.Wait(), errs.String())
	}
	t.Cleanup(func() {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if lines.Scan() {
			t.Errorf("the simulators printed a second line: %s", lines.Text())
		}
		if err := c.Wait(); err != nil {
			t.Errorf("the simulators ended with %v\n%s", err, errs.String())
		}
	})
	return lines.Text()
}

func foreign(t *testing.T, access string, cmd ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), cmd[0], cmd[1:]...)
	c.Env = append(os.Environ(), opensslConf)
	c.Stdin = strings.NewReader(access)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// TestRun_OffersItsOfficeToOtherCommands starts the loop and has the other
// commands reach it, since it holds the home.
func TestRun_OffersItsOfficeToOtherCommands(t *testing.T) {
	t.Parallel()
	r := newRig(t, sample.Options{People: 2, Entries: 6})
	// A socket's path is short, and the test's own folder is not.
	runtime, err := os.MkdirTemp("", "ls") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtime) })
	r.env = append(r.env, "XDG_RUNTIME_DIR="+runtime)
	r.sync(exitOK, "--approve-first")

	c := r.command(context.WithoutCancel(t.Context()), "run")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the loop listens", func() bool {
		found, err := filepath.Glob(filepath.Join(runtime, "*.sock"))
		return err == nil && len(found) > 0
	})
	var s office.Status
	eventually(t, "everybody is in step", func() bool {
		s = decode[office.Status](t, r.ok("", "status", "--json"))
		return s.Health == office.UpToDate
	})
	if s.Health != office.UpToDate || len(s.People) != 2 {
		t.Errorf("status of the running office = %+v", s)
	}
	if people := decode[[]localapi.Person](t, r.ok("", "people", "--json")); len(people) != 2 {
		t.Errorf("people of the running office = %+v", people)
	}
	if got := r.sync(exitOK); got.Writes != 0 {
		t.Errorf("a sync by the running office wrote %d times", got.Writes)
	}
	if text := r.ok("not the password", "secret", "set", "exchange"); !strings.Contains(text, "signs in with it from now on") {
		t.Errorf("setting a secret under a running office printed %q", text)
	}
	eventually(t, "the running office signs in with the new secret, and is refused", func() bool {
		return decode[office.Status](t, r.ok("", "status", "--json")).Health == office.SignInAgain
	})
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("run ended with %v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "Stopped.") {
		t.Errorf("run printed\n%s", out.String())
	}
}

// eventually asks another process's state until it is as wanted.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	for end := time.Now().Add(2 * time.Minute); !is(); <-ask.C {
		if time.Now().After(end) {
			t.Fatalf("after two minutes it is not so that %s", what)
		}
	}
}
