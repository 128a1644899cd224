package matrix

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets the many small offices leave their garbage for longer: there is
// much of it, and little that stays.
func TestMain(m *testing.M) {
	debug.SetGCPercent(500)
	os.Exit(m.Run())
}
