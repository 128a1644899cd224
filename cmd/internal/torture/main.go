package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

// job is one lane's part.
type job struct {
	mode   mode
	rounds int
	seed   uint64
}

// options are the flags.
type options struct {
	seed   uint64
	kills  int
	others int
	lanes  int
	only   string
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	var limit time.Duration
	flags := flag.NewFlagSet("torture", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "seed", 0, "repeat the run of this seed; 0: any")
	flags.IntVar(&o.kills, "kills", 60, "how often the program is killed")
	flags.IntVar(&o.others, "others", 10, "how often it is disturbed in each other way")
	flags.IntVar(&o.lanes, "lanes", 4, "how many offices are tortured at once")
	flags.StringVar(&o.only, "only", "", "only this way: kill, cut, lost, slow, disk, clock or order")
	flags.DurationVar(&limit, "limit", 15*time.Minute, "the longest it may take")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if o.seed == 0 {
		o.seed = rand.Uint64()>>32 | 1 //nolint:gosec // to be repeated, not to be secret
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "lockstep-torture-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	fmt.Fprintf(out, "seed %d (repeat with -seed %d)\n", o.seed, o.seed)
	t, err := torture(ctx, dir, o, out)
	if err != nil {
		return err
	}
	t.print(out)
	if o.only == "" || o.only == "order" {
		if err := traced(ctx, dir, o.seed, out); err != nil {
			return err
		}
	}
	if t.failed() {
		return fmt.Errorf("something was lost, twice or stuck; see above (seed %d)", o.seed)
	}
	return os.RemoveAll(dir)
}

// jobs shares the work among lanes, the most patient ways first.
func jobs(o options) []job {
	const most = 20                         // rounds in one office, so that offices differ
	rng := rand.New(rand.NewPCG(o.seed, 1)) //nolint:gosec // to be repeated, not to be secret
	var out []job
	for _, m := range modes() {
		n := o.others
		if m.name == "kill" {
			n = o.kills
		}
		if o.only != "" && o.only != m.name {
			n = 0
		}
		for n > 0 {
			part := min(n, most)
			out = append(out, job{m, part, rng.Uint64()})
			n -= part
		}
	}
	return out
}

// torture plays all jobs, some at once.
func torture(ctx context.Context, dir string, o options, out io.Writer) (table, error) {
	t := table{began: time.Now(), tallies: map[string]*tally{}}
	program, err := build(ctx, dir)
	if err != nil {
		return t, err
	}
	var mu sync.Mutex
	var errs []error
	var work sync.WaitGroup
	slots := make(chan struct{}, o.lanes)
	for i, j := range jobs(o) {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			say := func(format string, args ...any) {
				mu.Lock()
				defer mu.Unlock()
				fmt.Fprintf(out, "%s, lane %d: %s\n", j.mode.name, i, fmt.Sprintf(format, args...))
			}
			got, err := playJob(ctx, program, filepath.Join(dir, fmt.Sprint("lane", i)), j, say)
			mu.Lock()
			defer mu.Unlock()
			t.add(j.mode, got)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s, lane %d: %w", j.mode.name, i, err))
			}
		})
	}
	work.Wait()
	t.took = time.Since(t.began)
	return t, errors.Join(errs...)
}

// traced shows the order of system calls on a lane of its own.
func traced(ctx context.Context, dir string, seed uint64, out io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	home := filepath.Join(dir, "order")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	l, err := newLane(ctx, filepath.Join(dir, "lockstepctl"), home, seed, say)
	if err != nil {
		return err
	}
	order, err := traceOrder(ctx, l)
	return errors.Join(sayOrder(out, order, err), l.Close())
}

func playJob(ctx context.Context, program, dir string, j job, say func(string, ...any)) (tally, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return tally{}, fmt.Errorf("make folder: %w", err)
	}
	l, err := newLane(ctx, program, dir, j.seed, say)
	if err != nil {
		return tally{}, err
	}
	err = l.play(ctx, j.mode, j.rounds)
	return l.tally, errors.Join(err, l.Close())
}
