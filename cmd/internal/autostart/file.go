//go:build !windows

package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Enabled tells whether the desktop starts the program.
func Enabled() (bool, error) {
	path, err := file()
	if err != nil {
		return false, err
	}
	if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for autostart: %w", err)
	}
	return true, nil
}

// Enable lets the desktop start the program, in the place of what it started before.
func Enable(e Entry) error {
	path, err := file()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make autostart folder: %w", err)
	}
	if err := os.WriteFile(path, []byte(content(e)), 0o600); err != nil {
		return fmt.Errorf("write autostart: %w", err)
	}
	return nil
}

// Disable takes that back.
func Disable() error {
	path, err := file()
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove autostart: %w", err)
	}
	return nil
}
