package main

import (
	"context"
	"os"
	"runtime"
	"time"

	"lockstep/cmd/internal/autostart"
	"lockstep/cmd/internal/wire"
)

// starter lets the desktop start this very program for a home folder.
type starter struct{ home string }

var _ wire.Autostart = starter{}

func autostarter(home string) wire.Autostart { return starter{home} }

func (starter) Enabled() (bool, error) { return autostart.Enabled() }
func (starter) Disable() error         { return autostart.Disable() }

func (s starter) Enable(delay time.Duration) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	// An image that is mounted for one run names the file that stays.
	if image := os.Getenv("APPIMAGE"); image != "" {
		program = image
	}
	e := autostart.Entry{Program: program, Delay: delay}
	if usual, err := usualHome(); err != nil || usual != s.home {
		e.Home = s.home
	}
	return autostart.Enable(e)
}

// usualHome is the home that a desktop's own start finds, whatever the
// environment of this one says.
func usualHome() (string, error) {
	home, err := wire.DefaultHome(wire.Place{GOOS: runtime.GOOS, UserHome: os.UserHomeDir, Program: os.Executable, Getenv: func(name string) string {
		if name == "LOCKSTEP_HOME" {
			return ""
		}
		return os.Getenv(name)
	}})
	if err != nil {
		return "", err
	}
	return wire.Canonical(home)
}

// wait lets a desktop come up first; false when it is told to end meanwhile.
func wait(ctx context.Context, delay time.Duration) bool {
	due := time.NewTimer(delay)
	defer due.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-due.C:
		return true
	}
}
