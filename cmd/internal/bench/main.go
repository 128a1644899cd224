package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"

	"lockstep/sync/event"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if role := os.Getenv(roleVar); role != "" {
		if err := play(ctx, role, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	people := flag.Int("people", 20, "people of the measured office")
	items := flag.Int("items", 100, "entries of each of them")
	large := flag.Int("large", 10_000, "entries of the large first sync; 0 leaves it out")
	profile := flag.String("profile", "", "file in which to keep the CPU profile of the large first sync")
	flag.Parse()
	if err := report(ctx, os.Stdout, size{*people, *items}, *large, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// report measures everything, prints it, and fails if something costs more
// than it may.
func report(ctx context.Context, w io.Writer, n size, large int, profile string) error {
	r, err := newRig(ctx, n)
	if err != nil {
		return err
	}
	rows, err := r.jobs(ctx)
	r.Close()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Traffic of %d people with %d entries each\n\n", n.People, n.Items)
	if err := table(w, rows); err != nil {
		return err
	}
	var missed error
	if large > 0 {
		l, err := measureLarge(ctx, large, profile)
		if err != nil {
			return err
		}
		l.print(w)
		if err := l.check(); large <= 10_000 && err != nil {
			missed = err
		}
	}
	p, err := measureProgram(ctx)
	if err != nil {
		return err
	}
	p.print(w)
	return errors.Join(missed, p.check())
}

// table prints what jobs cost, one line per job and side.
func table(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "job\twrites\tside\trequests\tsign-ins\tconnections\tKiB out\tKiB in\tof which")
	for _, r := range rows {
		for _, s := range []event.Side{event.Exchange, event.Business} {
			x := r.Sides[s]
			job, writes := r.Job, fmt.Sprint(r.Writes)
			if s == event.Business {
				job, writes = "", ""
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", job, writes, s, x.total(), x.SignIns, x.Conns, x.Out>>10, x.In>>10, parts(x.Requests))
		}
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print table: %w", err)
	}
	return nil
}

// parts lists requests by kind, the most frequent first.
func parts(m map[string]int) string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprint(m[name], " ", name)
	}
	return strings.Join(names, ", ")
}
