package autostart

import (
	"fmt"
	"os"
	"path/filepath"
)

// file is a launch agent of the user's own, which launchd starts when he signs in.
func file() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the user's folder: %w", err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", id+".plist"), nil
}

func content(e Entry) string { return e.launchAgent() }
