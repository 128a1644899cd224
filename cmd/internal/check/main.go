// Command check runs the checks of the project: `make test` is this program without arguments.
//
// It names the stages in one table, runs them in order, prints the time of each and fails if one failed. It only
// starts other tools; it must not import any package of ours, so that it runs while the rest does not compile.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// stage is one row of the table: what is checked, and how.
type stage struct {
	name string
	why  string
	// fatal says that the stages after this one make no sense when it fails.
	fatal bool
	// asked says that it runs only when it is named.
	asked bool
	run   func(context.Context, *runner) error
}

// stages is the table of all checks, in the order in which they run.
func stages() []stage {
	return []stage{
		{name: "setup", why: "install what the checks need", fatal: true, run: setup},
		{name: "lint", why: "golangci-lint with the house's rules", run: lint},
		{name: "vet", why: "go vet for Linux and for Windows", run: vet},
		{name: "tests", why: "unit, property, conformance, crash and command-line tests, without cgo", run: tests},
		{name: "foreign", why: "the simulators, judged by clients that others wrote", run: foreign},
		{name: "desktop", why: "a working day at a desktop: tray, windows, notifications and keyring, all real", run: desktop},
		{name: "envelopes", why: "every SOAP envelope of the tests against Exchange's published schemas", run: envelopes},
		{name: "race", why: "the packages with goroutines under the race detector", run: race},
		{
			name: "torture", why: "5,000 histories, each injected defect, and the real program killed 60 times, cut off and starved",
			run: together(torture(60, 10), histories(5_000), mutants),
		},
		{name: "fuzz", why: "every decoder on random input, for a short time", run: fuzz},
		{name: "setup-window", why: "install what building lockstep-window takes", asked: true, run: setupWindow},
		{name: "desktop-full", why: "the same, with the measures that take minutes", asked: true, run: desktopFull},
		{name: "fuzz-long", why: "every decoder on random input, for a minute each", asked: true, run: fuzzLong},
		{name: "mutants", why: "each injected defect, and the test that notices it", asked: true, run: mutants},
		{
			name: "torture-full", why: "100,000 histories, each injected defect, and the real program killed 500 times", asked: true,
			run: together(torture(500, 100), histories(100_000), mutants),
		},
		{name: "vuln", why: "govulncheck, where its database can be reached", asked: true, run: vuln},
	}
}

// result is how one stage ended.
type result struct {
	name string
	took time.Duration
	err  error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

// run parses the arguments, which are names of stages, and runs those stages; none means all that need not be asked for.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.Usage = func() { usage(flags.Output()) }
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	chosen, err := choose(stages(), flags.Args())
	if err != nil {
		return err
	}
	r, err := newRunner(ctx, out)
	if err != nil {
		return err
	}
	results := runStages(ctx, r, chosen)
	return report(out, results)
}

// choose picks the named stages in the table's order; without a name, those that need not be asked for.
func choose(all []stage, names []string) ([]stage, error) {
	for _, name := range names {
		if !slices.ContainsFunc(all, func(s stage) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no stage %q; run with -h for the list", name)
		}
	}
	if len(names) == 0 {
		return slices.DeleteFunc(all, func(s stage) bool { return s.asked }), nil
	}
	return slices.DeleteFunc(all, func(s stage) bool { return !slices.Contains(names, s.name) }), nil
}

// runStages runs every stage, also after one failed: one run tells all there is to mend.
func runStages(ctx context.Context, r *runner, chosen []stage) []result {
	var results []result
	for _, s := range chosen {
		fmt.Fprintf(r.out, "\n=== %s: %s\n", s.name, s.why)
		began := time.Now()
		err := s.run(ctx, r)
		results = append(results, result{s.name, time.Since(began), err})
		switch {
		case err == nil:
			fmt.Fprintf(r.out, "=== %s: passed in %s\n", s.name, seconds(time.Since(began)))
		case errors.Is(err, errLeftOut):
			fmt.Fprintf(r.out, "=== %s: %v\n", s.name, err)
		default:
			fmt.Fprintf(r.out, "=== %s: FAILED after %s: %v\n", s.name, seconds(time.Since(began)), err)
		}
		if ctx.Err() != nil || s.fatal && err != nil {
			break
		}
	}
	return results
}

// report prints the time of each stage and tells whether all passed.
func report(out io.Writer, results []result) error {
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var failed []string
	var total time.Duration
	for _, res := range results {
		verdict := "passed"
		switch {
		case errors.Is(res.err, errLeftOut):
			verdict = res.err.Error()
		case res.err != nil:
			verdict = "FAILED"
			failed = append(failed, res.name)
		}
		total += res.took
		fmt.Fprintf(table, "%s\t%s\t%s\n", res.name, seconds(res.took), verdict)
	}
	fmt.Fprintf(table, "all\t%s\t\n", seconds(total))
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the times: %w", err)
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: check [STAGE…]\n\nWithout a stage all of them run that are not marked with *, in this order:")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range stages() {
		mark := ""
		if s.asked {
			mark = "*"
		}
		fmt.Fprintf(table, "  %s%s\t%s\n", s.name, mark, s.why)
	}
	_ = table.Flush()
}

func seconds(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
