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
	// maxRatio is the start in starts of a program that does nothing, which is
	// what counts on a machine that is busy with other things.
	maxRatio = 25
	maxSize  = 40 << 20
)

// TestProgram_IsSmallAndStartsAtOnce builds the program as it is shipped, and
// one that does nothing. The best of several starts counts, because other work
// on the machine only adds.
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
	source, nothing := filepath.Join(t.TempDir(), "nothing.go"), filepath.Join(t.TempDir(), "nothing")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", nothing, source).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	best, floor := time.Hour, time.Hour
	for range 20 {
		best = min(best, started(t, program, "version"))
		floor = min(floor, started(t, nothing))
	}
	ratio := float64(best) / float64(floor)
	t.Logf("%d MiB, starts in %s, %.1f times a program that does nothing", info.Size()>>20, best, ratio)
	if best > maxStart && ratio > maxRatio {
		t.Errorf("version took %s at best, more than %s and %d times a program that does nothing", best, maxStart, maxRatio)
	}
}

func started(t *testing.T, program string, args ...string) time.Duration {
	t.Helper()
	began := time.Now()
	if err := exec.CommandContext(t.Context(), program, args...).Run(); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}
