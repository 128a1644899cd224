package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Bounds of the program as it is shipped.
const (
	maxStart = 50 * time.Millisecond
	maxSize  = 40 << 20
)

// TestProgram_IsSmallAndStartsAtOnce builds the program as it is shipped. The
// best of several starts counts, because other work on the machine only adds.
func TestProgram_IsSmallAndStartsAtOnce(t *testing.T) {
	program := filepath.Join(t.TempDir(), "lockstepctl")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxSize {
		t.Errorf("the program has %d bytes, more than %d", info.Size(), maxSize)
	}
	best := time.Hour
	for range 20 {
		began := time.Now()
		if err := exec.CommandContext(t.Context(), program, "version").Run(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	t.Logf("%d MiB, starts in %s", info.Size()>>20, best)
	if best > maxStart {
		t.Errorf("version took %s at best, more than %s", best, maxStart)
	}
}
