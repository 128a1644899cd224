//go:build torture

package main

import (
	"os"
	"strings"
	"time"
)

// wallClock is off by what a file says, read afresh at each look, so that
// cmd/internal/torture can let it jump in the middle of a run. It is built in
// for the torture alone and gives no monotonic times, as a clock that was set
// anew does.
func wallClock() func() time.Time {
	path := os.Getenv("LOCKSTEP_TORTURE_CLOCK")
	return func() time.Time {
		now := time.Now().Round(0)
		text, err := os.ReadFile(path)
		if err != nil {
			return now
		}
		off, err := time.ParseDuration(strings.TrimSpace(string(text)))
		if err != nil {
			return now
		}
		return now.Add(off)
	}
}
