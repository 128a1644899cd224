package crashtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// ErrKilled is what every call meets once the fuse has blown.
var ErrKilled = errors.New("killed by the test")

// Fuse counts steps and blows at one of them. It is safe for concurrent use:
// several wrapped things may share one.
type Fuse struct {
	*count
	wait func() // before each step; may be nil
}

type count struct {
	mu    sync.Mutex
	at    int
	steps int
	blown bool
}

// At is a fuse that blows at step n, counted from 1; 0: never.
func At(n int) *Fuse { return &Fuse{count: &count{at: n}} }

// Waiting is the same fuse for one of several that share it: each of his steps
// waits first, so that a test can say whose step comes next.
func (f *Fuse) Waiting(wait func()) *Fuse { return &Fuse{count: f.count, wait: wait} }

// Steps is how many steps have been taken.
func (f *Fuse) Steps() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps
}

// Blown tells whether the step was reached.
func (f *Fuse) Blown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.blown
}

// step counts one step and tells whether all is over.
func (f *Fuse) step() error {
	if f.wait != nil {
		f.wait()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.blown {
		f.steps++
		f.blown = f.steps == f.at
	}
	if f.blown {
		return ErrKilled
	}
	return nil
}

// call makes one call between its two steps.
func (f *Fuse) call(do func() error) error {
	if err := f.step(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return f.step()
}

// maxSteps is where a history is taken for an endless one.
const maxSteps = 100_000

// EveryStep plays a history again and again, each time with death at the next
// step, until it comes to its end alive. It returns how many deaths there
// were. play sets up a fresh world, runs the history through the fuse, starts
// anew without it over what survived, and judges the end.
func EveryStep(t *testing.T, play func(t *testing.T, f *Fuse)) (deaths int) {
	t.Helper()
	for n := 1; n <= maxSteps; n++ {
		f := At(n)
		if !t.Run(fmt.Sprintf("step_%03d", n), func(t *testing.T) { play(t, f) }) {
			t.Fatalf("the first death that does harm is at step %d", n)
		}
		if !f.Blown() {
			return n - 1
		}
	}
	t.Fatalf("the history is not at its end after %d steps", maxSteps)
	return 0
}

// Step is one step of something that is no call: one request of many that an
// Endpoint sends. It is ErrKilled when the fuse blows or has blown.
func (f *Fuse) Step() error { return f.step() }
