//go:build !linux

package ui

import "time"

var started = time.Now()

// busy is how long the tests run: this system does not tell what of it the
// calling thread has computed.
func busy() time.Duration { return time.Since(started) }
