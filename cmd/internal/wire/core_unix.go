//go:build unix

package wire

import "syscall"

// LeaveNoCore lets a crash of this program, or of one that it starts, leave no
// image of the memory, in which passwords and calendars stand in clear. Where
// it fails, cores are off or somebody else's business.
func LeaveNoCore() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
