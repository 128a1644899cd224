// Command envelopes checks the SOAP envelopes that the simulated Exchange recorded during a test run against the published EWS schemas, and that the run
// exercised every operation often enough. The tests run it; it reads files and starts xmllint, and must not import anything of Lockstep, so that no code
// under test takes part in the verdict.
//
//	go run ./cmd/internal/envelopes -dir DIR [-schema FILE] [-floor=false]
//
// It exits 0 when everything holds or the schema is absent outside of CI, 1 when a check fails, 2 when it is used wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("envelopes", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("dir", getenv("LOCKSTEP_RECORD_EWS"), "folder with the recorded envelopes")
	schema := flags.String("schema", "../shared/contract/ews/envelope.xsd", "schema of a whole envelope")
	floor := flags.Bool("floor", true, "fail when an operation was recorded too seldom")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *dir == "" || flags.NArg() > 0 {
		flags.Usage()
		return 2
	}
	files, err := list(*dir)
	if err != nil {
		return fail(errOut, err)
	}
	counts := tally(files)
	if err := counts.print(out); err != nil {
		return fail(errOut, err)
	}
	var problems []error
	if *floor {
		problems = counts.missing(floors)
	}
	switch err := check(ctx, *dir, *schema, files, out); {
	case errors.Is(err, errAbsent) && getenv("CI") != "true":
		_, _ = fmt.Fprintf(out, "not validated: %v\n", err)
	case err != nil:
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return fail(errOut, problems...)
	}
	return 0
}

func fail(w io.Writer, problems ...error) int {
	for _, p := range problems {
		_, _ = fmt.Fprintf(w, "envelopes: %v\n", p)
	}
	return 1
}

// errAbsent: what validation needs is not on this machine.
var errAbsent = errors.New("absent")

func check(ctx context.Context, dir, schema string, files []file, out io.Writer) error {
	schema, err := filepath.Abs(schema) // xmllint runs in another folder
	if err != nil {
		return fmt.Errorf("find schema: %w", err)
	}
	if _, err := os.Stat(schema); err != nil {
		return fmt.Errorf("schema %s: %w", schema, errAbsent)
	}
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		return fmt.Errorf("xmllint (Debian package libxml2-utils): %w", errAbsent)
	}
	var names []string
	for _, f := range files {
		if f.from != peer {
			names = append(names, f.name)
		}
	}
	bad, err := validate(ctx, linter{tool: tool, schema: schema, dir: dir}, names, runtime.NumCPU())
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return describe(bad)
	}
	_, err = fmt.Fprintf(out, "%d envelopes are valid\n", len(names))
	return err
}
