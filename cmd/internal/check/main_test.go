package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func names(all []stage) (out []string) {
	for _, s := range all {
		out = append(out, s.name)
	}
	return out
}

func TestChoose_KeepsTheOrderOfTheTable(t *testing.T) {
	got, err := choose(stages(), []string{"fuzz", "lint"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lint", "fuzz"}, names(got)); diff != "" {
		t.Errorf("chosen stages (-want +got):\n%s", diff)
	}
	if got, err = choose(stages(), nil); err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.asked {
			t.Errorf("%s runs although nobody asked for it", s.name)
		}
	}
	if got, err = choose(stages(), []string{"vuln"}); err != nil || len(got) != 1 {
		t.Errorf("a stage that was asked for: %v, %v", names(got), err)
	}
	if _, err := choose(stages(), []string{"lnt"}); err == nil {
		t.Error("a stage that does not exist was accepted")
	}
}

func TestRunStages_GoesOnAfterAFailure_StopsAfterAFatalOne(t *testing.T) {
	ran := func(err error, fatal bool) stage {
		return stage{name: "first", fatal: fatal, run: func(context.Context, *runner) error { return err }}
	}
	second := stage{name: "second", run: func(context.Context, *runner) error { return nil }}
	for _, c := range []struct {
		name  string
		first stage
		ran   int
		fails bool
	}{
		{"passed", ran(nil, true), 2, false},
		{"failed", ran(errors.New("broken"), false), 2, true},
		{"failed for good", ran(errors.New("broken"), true), 1, true},
		{"left out", ran(errLeftOut, false), 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			results := runStages(t.Context(), &runner{out: &out}, []stage{c.first, second})
			if len(results) != c.ran {
				t.Errorf("ran %d stages, want %d", len(results), c.ran)
			}
			if err := report(&out, results); (err != nil) != c.fails {
				t.Errorf("report = %v, want an error: %v", err, c.fails)
			}
			if !strings.Contains(out.String(), "all ") {
				t.Errorf("the times are missing from %q", out.String())
			}
		})
	}
}

func TestFuzzTime_StaysWithinTheBudget(t *testing.T) {
	for n, want := range map[int]time.Duration{1: maxFuzzTime, 20: 3 * time.Second, 50: 1200 * time.Millisecond, 1000: 500 * time.Millisecond} {
		if got := fuzzTime(n); got != want {
			t.Errorf("fuzzTime(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestOnlyDeadline_NeverHidesAFailingInput(t *testing.T) {
	if !onlyDeadline("--- FAIL: FuzzX (5.00s)\n    context deadline exceeded\n") {
		t.Error("a bare deadline counts as a failure of the target")
	}
	if onlyDeadline("context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzX/1") {
		t.Error("a failing input was taken for a deadline")
	}
}

func TestFuzzTargets_AreFound(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module lockstep\n\ngo 1.26\n",
		"a/a.go":      "package a\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc FuzzOne(f *testing.F) {}\n\nfunc notFuzzTwo() {}\n",
		"a/x_test.go": "package a_test\n\nimport \"testing\"\n\nfunc FuzzTwo(f *testing.F) {}\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := fuzzTargets(t.Context(), &runner{root: root, out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	want := []target{{"lockstep/a", "FuzzOne"}, {"lockstep/a", "FuzzTwo"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(target{})); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestTogether_TellsOfEveryFailureAndShowsAllOutput(t *testing.T) {
	var out bytes.Buffer
	prints := func(text string, err error) func(context.Context, *runner) error {
		return func(_ context.Context, r *runner) error { _, _ = r.out.Write([]byte(text)); return err }
	}
	first, second := errors.New("first"), errors.New("second")
	err := together(prints("beside\n", first), prints("work\n", nil), prints("more\n", second))(t.Context(), &runner{out: &out})
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("error = %v, want both", err)
	}
	if got := out.String(); got != "work\nmore\nbeside\n" {
		t.Errorf("printed %q", got)
	}
}

func TestPlayed_NoTestRun_IsAnError(t *testing.T) {
	const some = "    machine_test.go:293: [rapid] OK, passed 4500 tests (2m1s)\n--- PASS: TestMachine_X (121s)\nPASS\n"
	for printed, want := range map[string]bool{
		some: true,
		"testing: warning: no tests to run\nPASS\nok  \tlockstep/sync/engine\t0.1s [no tests to run]\n": false,
		"    machine_test.go:293: [rapid] OK, passed 100 tests (3s)\nPASS\n":                            false,
	} {
		if got := played(printed, 4500) == nil; got != want {
			t.Errorf("played(%q): %v, want %v", printed, got, want)
		}
	}
}
