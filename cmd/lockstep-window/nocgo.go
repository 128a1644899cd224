//go:build !cgo && !ci

// Command lockstep-window draws Lockstep's windows, which needs C; this is what
// a build without it has.
package main

import (
	"fmt"
	"os"
)

// main stands in for the program in a build without C, so that the whole tree
// builds there.
func main() {
	fmt.Fprintln(os.Stderr, "lockstep-window: this build draws no windows, because it was made without C. Use lockstepctl.")
	os.Exit(1)
}
