//go:build !linux

package secret

// reach has nothing to look for: the keyrings of Windows and macOS are parts of the system.
func reach() error { return nil }
