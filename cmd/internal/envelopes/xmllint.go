package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// linter runs xmllint inside dir.
type linter struct{ tool, schema, dir string }

// perCall is how many files one xmllint checks: reading the schema costs as much as reading some hundred envelopes.
const perCall = 400

// validate returns for each invalid file what xmllint says about it, in its order.
func validate(ctx context.Context, l linter, names []string, workers int) (map[string][]string, error) {
	batches := slices.Collect(slices.Chunk(names, perCall))
	found := make([]map[string][]string, len(batches))
	failed := make([]error, len(batches))
	free := make(chan struct{}, max(workers, 1))
	var wg sync.WaitGroup
	for i, batch := range batches {
		free <- struct{}{}
		wg.Go(func() {
			found[i], failed[i] = l.lint(ctx, batch)
			<-free
		})
	}
	wg.Wait()
	all := make(map[string][]string)
	for _, m := range found {
		maps.Copy(all, m)
	}
	return all, errors.Join(failed...)
}

func (l linter) lint(ctx context.Context, names []string) (map[string][]string, error) {
	args := append([]string{"--noout", "--nonet", "--schema", l.schema}, names...)
	cmd := exec.CommandContext(ctx, l.tool, args...)
	cmd.Dir = l.dir
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	bad, valid := verdicts(said.Bytes(), names)
	if valid+len(bad) != len(names) {
		return nil, fmt.Errorf("run xmllint: %d of %d files judged: %w: %s", valid+len(bad), len(names), err, firstLines(said.String(), 5))
	}
	if err != nil && len(bad) == 0 {
		return nil, fmt.Errorf("run xmllint: %w: %s", err, firstLines(said.String(), 5))
	}
	return bad, nil
}

// verdicts reads xmllint's messages. A file that it does not call valid is invalid: those which are no XML at all get no verdict of their own.
func verdicts(said []byte, names []string) (bad map[string][]string, valid int) {
	good := make(map[string]bool)
	reasons := make(map[string][]string)
	lines := bufio.NewScanner(bytes.NewReader(said))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutSuffix(line, " validates"); ok {
			good[name] = true
			continue
		}
		if name, reason, ok := strings.Cut(line, ":"); ok {
			reasons[name] = append(reasons[name], reason)
		}
	}
	bad = make(map[string][]string)
	for _, n := range names {
		switch {
		case good[n]:
			valid++
		case len(reasons[n]) > 0:
			bad[n] = reasons[n]
		case bytes.Contains(said, []byte(n+" fails to validate")):
			bad[n] = []string{"fails to validate"}
		}
	}
	return bad, valid
}

// describe names the first files and reasons: the same mistake is usually in many files.
func describe(bad map[string][]string) error {
	const files, reasons = 20, 3
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%d envelopes do not follow the schema", len(bad))
	for i, name := range slices.Sorted(maps.Keys(bad)) {
		if i == files {
			_, _ = fmt.Fprintf(&b, "\n  and %d more", len(bad)-files)
			break
		}
		_, _ = fmt.Fprintf(&b, "\n  %s", name)
		for _, r := range bad[name][:min(reasons, len(bad[name]))] {
			_, _ = fmt.Fprintf(&b, "\n    line %s", r)
		}
	}
	return errors.New(b.String())
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
