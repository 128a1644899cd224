package ui

import (
	"syscall"
	"time"
)

// rusageThread asks for the calling thread alone.
const rusageThread = 1

// busy is how long the calling thread has computed. What else the machine does
// meanwhile does not count.
func busy() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(rusageThread, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
