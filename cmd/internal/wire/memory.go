package wire

import (
	"os"
	"runtime/debug"
)

// SaveMemory lets the heap grow by half before garbage is collected, instead
// of to its double: an office's program stays for weeks, and its largest
// moment, the first sync, decides how much it keeps. Who sets GOGC has his way.
func SaveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
