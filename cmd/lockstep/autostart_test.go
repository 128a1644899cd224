package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestStarter_NamesTheHomeUnlessItIsTheUsualOne(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads the file that a desktop of Linux has")
	}
	dir := t.TempDir()
	for name, value := range map[string]string{
		"XDG_CONFIG_HOME": dir, "XDG_DATA_HOME": dir, "LOCKSTEP_HOME": filepath.Join(dir, "other"), "APPIMAGE": "/opt/Lockstep.AppImage",
	} {
		t.Setenv(name, value)
	}
	usual, err := usualHome()
	if err != nil {
		t.Fatal(err)
	}
	for home, want := range map[string]string{
		usual:                       "Exec=/opt/Lockstep.AppImage --minimized --delay 5s\n",
		filepath.Join(dir, "other"): "Exec=/opt/Lockstep.AppImage --minimized --delay 5s --home " + filepath.Join(dir, "other") + "\n",
	} {
		if err := (starter{home}).Enable(5 * time.Second); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "autostart", "org.lockstep.Lockstep.desktop"))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("for %s: %s, %v, want %s", home, text, err, want)
		}
	}
}
