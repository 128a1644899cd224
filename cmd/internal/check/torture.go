package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// machines are the packages whose tests play made-up histories, with the share that each gets of them: one of many
// people, or of several worlds, costs as much as ten of one.
var machines = []struct {
	pkg, test string
	share     float64
}{
	{"./sync/engine", "^TestMachine_", 0.9},
	{"./sync/engine", "^TestWorlds_", 0.1},
	{"./sync/office", "^TestMachine", 0.1},
}

// histories plays so many, which nobody has played before, and prints the seed
// that brings them back.
func histories(n int) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error {
		seed := rand.Uint32() //nolint:gosec // to be repeated, not to be secret
		for _, m := range machines {
			part := int(float64(n) * m.share)
			fmt.Fprintf(r.out, "%d histories in %s, -rapid.seed=%d\n", part, m.pkg, seed)
			if err := r.play(ctx, m.pkg, m.test, part, seed); err != nil {
				return err
			}
		}
		return nil
	}
}

// play runs the tests of a package with so many histories each. The package
// comes first: after a flag that go does not know, all is the test program's.
func (r *runner) play(ctx context.Context, pkg, test string, n int, seed uint32) error {
	var printed bytes.Buffer
	beside := *r
	beside.out = io.MultiWriter(r.out, &printed)
	err := beside.do(ctx, withoutC, "go", "test", "-count=1", "-timeout=3h", "-v", "-run="+test, pkg,
		"-rapid.checks="+strconv.Itoa(n), "-rapid.seed="+strconv.FormatUint(uint64(seed), 10))
	if err != nil {
		return err
	}
	return played(printed.String(), n)
}

// played demands that a test has played all histories, for go is content with none.
func played(printed string, n int) error {
	if !strings.Contains(printed, fmt.Sprintf("OK, passed %d tests", n)) {
		return fmt.Errorf("no test has played %d histories", n)
	}
	return nil
}

// mutants breaks rules one by one and demands that a test notices each.
func mutants(ctx context.Context, r *runner) error {
	return r.do(ctx, withoutC, "go", "run", "./cmd/internal/mutants")
}

// together runs a check that mostly waits beside others that work, and shows what it printed at the end.
func together(waits func(context.Context, *runner) error, work ...func(context.Context, *runner) error) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error {
		var printed bytes.Buffer
		beside := *r
		beside.out = &printed
		ended := make(chan error, 1)
		go func() { ended <- waits(ctx, &beside) }()
		var errs []error
		for _, do := range work {
			errs = append(errs, do(ctx, r))
		}
		errs = append(errs, <-ended)
		_, _ = printed.WriteTo(r.out)
		return errors.Join(errs...)
	}
}

// torture disturbs the real program.
func torture(kills, others int) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error {
		return r.do(ctx, withoutC, "go", "run", "./cmd/internal/torture",
			"-kills", strconv.Itoa(kills), "-others", strconv.Itoa(others), "-limit", limit(kills).String())
	}
}

// limit is the longest that so many kills may take.
func limit(kills int) time.Duration {
	return 10*time.Minute + time.Duration(kills)*10*time.Second
}
