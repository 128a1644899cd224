package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/sample"
	"lockstep/sync/localapi"
)

// TestMain lets the test binary be the program, under its name.
func TestMain(m *testing.M) {
	// Most of the time a script waits: for Severa's quota, or for a server to be
	// reached again.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"lockstepctl": func() { os.Exit(realMain(testPolicy)) }})
}

// testPolicy reads what LOCKSTEP_TEST_POLICY names instead of the machine's policy.
func testPolicy() (policy.Set, error) {
	path := os.Getenv("LOCKSTEP_TEST_POLICY")
	text, err := os.ReadFile(path)
	if path == "" || errors.Is(err, os.ErrNotExist) {
		return policy.Set{}, nil
	}
	if err != nil {
		return policy.Set{}, err
	}
	l, err := policy.Parse(policy.Machine, path, text)
	return policy.Resolve(l), err
}

// rig is an office in this process and the program in others.
type rig struct {
	t       *testing.T
	program string
	env     []string
	home    string
	file    string
	office  *sample.Open
	rules   string // what office.toml says besides
}

// newRig starts servers with a running clock and sets a home up for them.
func newRig(t *testing.T, o sample.Options) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, program: filepath.Join(dir, "lockstepctl"), home: filepath.Join(dir, "home"), file: filepath.Join(dir, "office.toml")}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	r.env = append(os.Environ(), "LOCKSTEP_HOME="+r.home, "LOCKSTEP_PASSPHRASE=open sesame", "DBUS_SESSION_BUS_ADDRESS=unix:path="+dir+"/none", "XDG_RUNTIME_DIR=")
	o.Now, o.Rate = time.Now, -1
	made, err := sample.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if r.office, err = made.Start("127.0.0.1:0", "127.0.0.1:0", false); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.office.Close(); err != nil {
			t.Error(err)
		}
	})
	r.setUp()
	return r
}

// setUp makes a home folder for the office.
func (r *rig) setUp() {
	r.t.Helper()
	if err := os.WriteFile(r.file, []byte(officeFile(r.office.Access)+r.rules), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.ok("", "setup", "--file", r.file)
	r.ok(r.office.Access.Exchange.Password, "secret", "set", "exchange")
	r.ok(r.office.Access.Severa.ClientSecret, "secret", "set", "severa")
}

func (r *rig) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, r.program, args...)
	c.Env = r.env
	return c
}

// run runs the program to its end.
func (r *rig) run(stdin string, args ...string) (stdout, stderr string, code int) {
	r.t.Helper()
	c := r.command(r.t.Context(), args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("lockstepctl %v: %v", args, err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// ok runs the program and demands exit code 0.
func (r *rig) ok(stdin string, args ...string) string {
	r.t.Helper()
	out, errs, code := r.run(stdin, args...)
	if code != 0 {
		r.t.Fatalf("lockstepctl %v: exit code %d\n%s%s", args, code, out, errs)
	}
	return out
}

// sync syncs once and gives the report.
func (r *rig) sync(want int, args ...string) syncReport {
	r.t.Helper()
	out, errs, code := r.run("", append([]string{"sync", "--once", "--json"}, args...)...)
	if code != want {
		r.t.Fatalf("sync %v: exit code %d, want %d\n%s%s", args, code, want, out, errs)
	}
	return decode[syncReport](r.t, out)
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("read JSON: %v\n%s", err, text)
	}
	return v
}

// writes counts what both servers were made to change since the counters were reset.
func (r *rig) writes() int {
	return r.office.Exchange.WriteTotal() + r.office.Severa.Counts().TotalWrites()
}

func (r *rig) resetCounters() {
	r.office.Exchange.ResetCounters()
	r.office.Severa.ResetCounts()
}

// kinds counts the rows of a preview by kind.
func kinds(p localapi.Preview) map[string]int {
	out := map[string]int{}
	for _, person := range p.People {
		for _, row := range person.Rows {
			out[row.Kind]++
		}
	}
	return out
}
