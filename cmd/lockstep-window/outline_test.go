package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestOutline_IsInNoProgramThatIsInstalled: what a window shows is told to a
// test that plays a person, and to nobody else.
func TestOutline_IsInNoProgramThatIsInstalled(t *testing.T) {
	for tags, want := range map[string]bool{"ci": false, "ci,x11": false, "ci,desktoptest": true} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(strings.Fields(string(out)), "lockstep/cmd/internal/desktop/outline"); got != want {
			t.Errorf("with the tags %s the window can tell what it shows: %v, want %v", tags, got, want)
		}
	}
}
