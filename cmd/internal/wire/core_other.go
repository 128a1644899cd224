//go:build !unix

package wire

// LeaveNoCore has nothing to do where a crash of a Go program leaves no dump:
// the runtime keeps Windows Error Reporting away from it.
func LeaveNoCore() {}
