package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// fuzzBudget bounds the time of all fuzzing together, without the time to build the instrumented tests.
const fuzzBudget = 60 * time.Second

// maxFuzzTime is what one target gets when there are few.
const maxFuzzTime = 5 * time.Second

// target is one fuzz function.
type target struct{ pkg, name string }

var fuzzFunction = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// fuzz gives each fuzz target its share of the budget. A failing input stays under testdata/fuzz of its package.
func fuzz(ctx context.Context, r *runner) error { return fuzzAll(ctx, r, fuzzTime) }

// fuzzLong gives each target a minute.
func fuzzLong(ctx context.Context, r *runner) error {
	return fuzzAll(ctx, r, func(int) time.Duration { return time.Minute })
}

func fuzzAll(ctx context.Context, r *runner, share func(targets int) time.Duration) error {
	targets, err := fuzzTargets(ctx, r)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return fmt.Errorf("%w: no fuzz target", errLeftOut)
	}
	each := share(len(targets))
	fmt.Fprintf(r.out, "%d targets, %s each\n", len(targets), each)
	var failed []error
	for _, t := range targets {
		fmt.Fprintf(r.out, "%s in %s\n", t.name, t.pkg)
		if err := fuzzOne(ctx, r, t, each); err != nil {
			failed = append(failed, fmt.Errorf("%s in %s: %w", t.name, t.pkg, err))
		}
	}
	return errors.Join(failed...)
}

// fuzzTime shares the budget among n targets, within reason.
func fuzzTime(n int) time.Duration {
	each := (fuzzBudget / time.Duration(n)).Truncate(100 * time.Millisecond)
	return max(500*time.Millisecond, min(each, maxFuzzTime))
}

// fuzzOne runs one target. When its time is up in the middle of an input, the go command may report its own deadline
// as a failure without naming an input (https://go.dev/issue/75804); such a target is tried again.
func fuzzOne(ctx context.Context, r *runner, t target, each time.Duration) error {
	for attempt := 0; ; attempt++ {
		var printed bytes.Buffer
		cmd := r.command(ctx, withoutC, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$",
			"-fuzztime="+each.String(), "-fuzzminimizetime=1s", "-parallel=2", t.pkg)
		cmd.Stdout = io.MultiWriter(r.out, &printed)
		cmd.Stderr = cmd.Stdout
		err := cmd.Run()
		if err == nil || attempt >= 2 || !onlyDeadline(printed.String()) {
			return err
		}
	}
}

func onlyDeadline(printed string) bool {
	return strings.Contains(printed, "context deadline exceeded") && !strings.Contains(printed, "Failing input")
}

// fuzzTargets finds every fuzz function by reading the test files, which is faster than building every test.
func fuzzTargets(ctx context.Context, r *runner) ([]target, error) {
	const file = `{{$p.ImportPath}}{{"\t"}}{{$p.Dir}}{{"\t"}}{{.}}{{"\n"}}`
	format := `{{$p := .}}{{range .TestGoFiles}}` + file + `{{end}}{{range .XTestGoFiles}}` + file + `{{end}}`
	out, err := r.ask(ctx, withoutC, "go", "list", "-e", "-f", format, "./...")
	if err != nil {
		return nil, err
	}
	var targets []target
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) != 3 {
			continue
		}
		text, err := os.ReadFile(filepath.Join(fields[1], fields[2]))
		if err != nil {
			return nil, fmt.Errorf("look for fuzz targets: %w", err)
		}
		for _, match := range fuzzFunction.FindAllSubmatch(text, -1) {
			targets = append(targets, target{fields[0], string(match[1])})
		}
	}
	return targets, nil
}
