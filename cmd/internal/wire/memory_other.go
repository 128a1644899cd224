//go:build !linux

package wire

// forgetCode is left to the system: it takes from a program that rests what it
// does not use.
func forgetCode() {}
