package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// decodes is how a file shows that it takes something apart that others have made.
var decodes = regexp.MustCompile(`json\.(Unmarshal|NewDecoder)|xml\.NewDecoder|toml\.(Unmarshal|NewDecoder)|binary\.(Little|Big)Endian\.Uint|func (parse|decode)[A-Z]\w*\(`)

// unfuzzed are packages that decode and need no fuzzing, with the reason.
var unfuzzed = map[string]string{
	"cmd/internal/bench":                 "a tool of this repository, on its own output",
	"cmd/internal/check":                 "a tool of this repository, on its own files",
	"cmd/internal/desktop":               "a tool of this repository, on what a tool beside it prints",
	"cmd/internal/desktop/outline":       "a tool of this repository, between a window that is built for its test and the test",
	"cmd/internal/envelopes":             "a tool of this repository, on its own files",
	"cmd/internal/icons":                 "a tool of this repository, on its own files",
	"cmd/internal/release":               "a tool of this repository, on its own files",
	"cmd/internal/torture":               "a tool of this repository, on the program's own output",
	"cmd/internal/words":                 "a tool of this repository, on its own files",
	"cmd/lockstep":                       "a note of the program's own, in its user's folder",
	"store":                              "SQLite reads the file, whose build for fuzzing takes minutes; every value of ours is authenticated before it is decoded (TestOpen_SurvivesScribbles)",
	"resources/zones":                    "a table that is built in",
	"ui/say":                             "translations that are built in",
	"sync/exchange/ewssim/internal/zone": "a table that is built in",
}

// TestDecoders_AreAllFuzzed finds each package of ours that decodes, and demands a fuzz target of it.
func TestDecoders_AreAllFuzzed(t *testing.T) {
	r, err := newRunner(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	targets, err := fuzzTargets(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	fuzzed := map[string]bool{}
	for _, target := range targets {
		_, path, _ := strings.Cut(target.pkg, "/")
		fuzzed[path] = true
	}
	found := 0
	err = filepath.WalkDir(r.root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != r.root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !decodes.Match(text) {
			return nil
		}
		rel, err := filepath.Rel(r.root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found++
		rel = filepath.ToSlash(rel)
		if !fuzzed[rel] && unfuzzed[rel] == "" {
			t.Errorf("%s decodes (%s), and its package has no fuzz target", rel, filepath.Base(path))
		}
		return nil
	})
	if err != nil || found < 15 {
		t.Errorf("%d files that decode, %v; want more", found, err)
	}
}
