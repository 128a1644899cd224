//go:build !windows && !darwin

package autostart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEnable_WritesTheUsersOwnFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	want := func(on bool) {
		t.Helper()
		if got, err := Enabled(); err != nil || got != on {
			t.Errorf("enabled = %v, %v, want %v", got, err, on)
		}
	}
	want(false)
	if err := Disable(); err != nil {
		t.Errorf("disable what is not there: %v", err)
	}
	for _, d := range []time.Duration{0, time.Minute} {
		if err := Enable(Entry{Program: "/opt/lockstep", Delay: d}); err != nil {
			t.Fatal(err)
		}
	}
	want(true)
	text, err := os.ReadFile(filepath.Join(dir, "autostart", id+".desktop"))
	if err != nil || !strings.Contains(string(text), "Exec=/opt/lockstep --minimized --delay 1m0s\n") {
		t.Errorf("file = %s, %v, want the second entry", text, err)
	}
	if err := Disable(); err != nil {
		t.Fatal(err)
	}
	want(false)
}
