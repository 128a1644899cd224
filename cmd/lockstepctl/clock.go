//go:build !torture

package main

import "time"

// wallClock is where the program has the time from.
func wallClock() func() time.Time { return time.Now }
