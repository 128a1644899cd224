package ewssim

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var recorded string // folder with every envelope of this run

// TestMain checks every envelope that crossed the wire in this package's tests
// against the published schemas, in one go at the end.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ewssim")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	recorded = dir
	code := m.Run()
	if code == 0 {
		code = validateAll(dir)
	}
	if code == 0 {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// schemaFile finds the schema of envelopes; "" when it is not there.
func schemaFile() string {
	for _, dir := range []string{os.Getenv("LOCKSTEP_EWS_SCHEMA"), "../../../../shared/contract/ews"} {
		if dir == "" {
			continue
		}
		p := filepath.Join(dir, "envelope.xsd")
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return ""
}

func validateAll(dir string) int {
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(files) == 0 {
		return 0
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.Contains(f, ".refused.") })
	xsd := schemaFile()
	tool, err := exec.LookPath("xmllint")
	if xsd == "" || err != nil {
		fmt.Fprintln(os.Stderr, "envelopes not validated: no schema or no xmllint (set LOCKSTEP_EWS_SCHEMA, install libxml2-utils)")
		if os.Getenv("CI") == "true" {
			return 1
		}
		return 0
	}
	out, err := exec.CommandContext(context.Background(), tool, append([]string{"--noout", "--schema", xsd}, files...)...).CombinedOutput()
	if err == nil {
		fmt.Fprintf(os.Stderr, "%d envelopes follow the schema\n", len(files))
		return 0
	}
	shown := 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " validates") {
			continue
		}
		fmt.Fprint(os.Stderr, line)
		if shown++; shown > 12 {
			break
		}
	}
	fmt.Fprintln(os.Stderr, "envelopes do not follow the schema, kept in", dir)
	return 1
}
