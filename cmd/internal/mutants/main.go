package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	only := flags.String("only", "", "only mutants whose name holds this")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	found, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("find the top of the checkout: %w", err)
	}
	root := strings.TrimSpace(string(found))
	dir, err := os.MkdirTemp("", "lockstep-mutants-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	began, lived := time.Now(), 0
	fmt.Fprintf(out, "| Injected defect | Noticed by | Seconds |\n|---|---|--:|\n")
	for _, m := range mutants() {
		if !strings.Contains(m.name, *only) {
			continue
		}
		at := time.Now()
		by, err := m.try(ctx, root, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if by == "" {
			by = "NOBODY"
			lived++
		}
		fmt.Fprintf(out, "| %s | %s | %.0f |\n", m.name, by, time.Since(at).Seconds())
	}
	fmt.Fprintf(out, "\n%s on %s.\n", time.Since(began).Round(time.Second), began.Format(time.DateOnly))
	if lived > 0 {
		return fmt.Errorf("%d defects were not noticed", lived)
	}
	return nil
}

// applied is the file with the defect in it.
func (m mutant) applied(root string) (path string, text []byte, err error) {
	path = filepath.Join(root, filepath.FromSlash(m.file))
	text, err = os.ReadFile(path)
	if err != nil {
		return "", nil, fmt.Errorf("read what is to be broken: %w", err)
	}
	if n := bytes.Count(text, []byte(m.old)); n != 1 {
		return "", nil, fmt.Errorf("%s holds %q %d times, and not once: the table is out of date", m.file, m.old, n)
	}
	return path, bytes.Replace(text, []byte(m.old), []byte(m.with), 1), nil
}

var (
	failed = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)
	broken = regexp.MustCompile(`\[build failed\]|\[setup failed\]`)
)

// try builds the defect in and names the test that notices; empty: none does.
func (m mutant) try(ctx context.Context, root, dir string) (by string, err error) {
	path, text, err := m.applied(root)
	if err != nil {
		return "", err
	}
	instead, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(instead, text, 0o600); err != nil {
		return "", fmt.Errorf("write defect: %w", err)
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {path: instead}})
	if err != nil {
		return "", fmt.Errorf("write overlay: %w", err)
	}
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		return "", fmt.Errorf("write overlay: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-failfast", "-short", "-timeout=3m", "-vet=off", "-overlay="+overlay, "-run="+m.run, m.pkg)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	printed, err := cmd.CombinedOutput()
	if err == nil {
		return "", nil
	}
	if broken.Match(printed) {
		return "", fmt.Errorf("it does not build: %s", printed)
	}
	if hit := failed.FindSubmatch(printed); hit != nil {
		return "`" + string(hit[1]) + "`", nil
	}
	return "a test that did not end", nil
}
