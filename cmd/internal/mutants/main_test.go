package main

import (
	"go/format"
	"path/filepath"
	"testing"
)

// TestMutants_StandInTheSource notices when a line that a mutant breaks has changed.
func TestMutants_StandInTheSource(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range mutants() {
		_, text, err := m.applied(root)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if _, err := format.Source(text); err != nil {
			t.Errorf("%s is no Go: %v", m.name, err)
		}
		if seen[m.name] {
			t.Errorf("%s is there twice", m.name)
		}
		seen[m.name] = true
	}
}
