package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// program is what the command line costs before it does anything.
type program struct {
	MiB   float64
	Start time.Duration // the shortest of some, with its end
	Floor time.Duration // the same of a program that does nothing
}

// measureProgram builds the command line as it is shipped and starts it.
func measureProgram(ctx context.Context) (program, error) {
	var p program
	dir, err := os.MkdirTemp("", "lockstep-bench-")
	if err != nil {
		return p, fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "lockstepctl")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "lockstep/cmd/lockstepctl")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return p, fmt.Errorf("build lockstepctl: %w: %s", err, out)
	}
	nothing := filepath.Join(dir, "nothing.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return p, fmt.Errorf("write floor: %w", err)
	}
	floor := filepath.Join(dir, "nothing")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", floor, nothing).CombinedOutput(); err != nil {
		return p, fmt.Errorf("build floor: %w: %s", err, out)
	}
	info, err := os.Stat(file)
	if err != nil {
		return p, fmt.Errorf("look at lockstepctl: %w", err)
	}
	p.MiB = float64(info.Size()) / (1 << 20)
	if p.Start, err = quickest(ctx, file, "version"); err != nil {
		return p, err
	}
	p.Floor, err = quickest(ctx, floor)
	return p, err
}

// quickest is the shortest of ten runs: the one the machine disturbed least.
func quickest(ctx context.Context, file string, args ...string) (time.Duration, error) {
	best := time.Hour
	for range 10 {
		begin := time.Now()
		if out, err := exec.CommandContext(ctx, file, args...).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("run %s: %w: %s", filepath.Base(file), err, out)
		}
		best = min(best, time.Since(begin))
	}
	return best, nil
}

// What the command line may cost.
const (
	maxMiB = 40
	// maxStart is the start in starts of a program that does nothing, which takes
	// a millisecond or more on today's machines: under 50 ms by a wide margin.
	maxStart = 25
)

// check compares the command line with what it may cost.
func (p program) check() error {
	var out error
	if p.MiB >= maxMiB {
		out = fmt.Errorf("lockstepctl is %.1f MiB large, to stay under %d", p.MiB, maxMiB)
	}
	if ratio := p.ratio(); ratio >= maxStart || p.Start >= 50*time.Millisecond {
		out = errors.Join(out, fmt.Errorf("lockstepctl version takes %s, %.1f times a program that does nothing, to stay under 50 ms and %d", p.Start, ratio, maxStart))
	}
	return out
}

func (p program) ratio() float64 { return float64(p.Start) / float64(p.Floor) }

func (p program) print(w io.Writer) {
	fmt.Fprintf(w, "\nlockstepctl\n\nfile size        %.1f MiB (to stay under 40)\nstart of version %.1f ms (to stay under 50), %.1f times a program that does nothing\n",
		p.MiB, float64(p.Start.Microseconds())/1000, p.ratio())
}
