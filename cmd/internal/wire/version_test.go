package wire_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"lockstep/cmd/internal/version"
)

// TestVersion_IsOneNumber holds what the window program is packaged as equal to what every program says of itself.
func TestVersion_IsOneNumber(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var app struct {
		Details struct{ Name, ID, Version string }
	}
	if err := toml.Unmarshal(text, &app); err != nil {
		t.Fatal(err)
	}
	if got, want := app.Details.Version, version.Number; got != want {
		t.Errorf("FyneApp.toml has version %q, cmd/internal/version has %q", got, want)
	}
	if got, want := app.Details.ID, "org.lockstep.Lockstep"; got != want {
		t.Errorf("FyneApp.toml has ID %q, want %q", got, want)
	}
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`).MatchString(version.Number) {
		t.Errorf("version %q is not a semantic version", version.Number)
	}
}
