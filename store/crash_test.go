package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const victim = "LOCKSTEP_STORE_TEST_VICTIM"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		fmt.Println("error", work(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// work does one create after the other for ever and tells each step once it
// is said to be durable.
func work(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, options())
	if err != nil {
		return err
	}
	p := s.Person(anna)
	for n := 0; ; n++ {
		open, _, err := p.Begin(ctx, state.Run{Person: anna, Started: start()}, []state.Intent{making(entry(n))})
		if err != nil || len(open) != 1 {
			return errors.Join(err, fmt.Errorf("%d entries opened", len(open)))
		}
		fmt.Println("begun", n)
		if err := p.MarkSent(ctx, []state.EntryID{open[0].ID}, start()); err != nil {
			return err
		}
		fmt.Println("sent", n)
		if err := p.Settle(ctx, []state.Settled{applied(open[0])}); err != nil {
			return err
		}
		fmt.Println("settled", n)
	}
}

// Nothing that was said to be done is lost by a kill, at whatever step.
func TestStore_SurvivesAKill(t *testing.T) {
	for lines := 1; lines <= 9; lines++ {
		t.Run(fmt.Sprint("after step ", lines), func(t *testing.T) {
			path := dbPath(t)
			last := kill(t, path, lines)
			var step string
			var n int
			if _, err := fmt.Sscanf(last, "%s %d", &step, &n); err != nil {
				t.Fatalf("the victim said %q: %v", last, err)
			}
			snap := loaded(t, opened(t, path).Person(anna))
			phase, open := state.Phase(-1), len(snap.Open) == 1
			if open {
				phase = snap.Open[0].Phase
				same(t, "the intent", snap.Open[0].Intent, making(entry(len(snap.Links))))
			}
			// The victim may have got further than it said, but never less far.
			done := n
			if step == "settled" {
				done++
			}
			if len(snap.Links) < done || len(snap.Mirror[event.Business]) != len(snap.Links) {
				t.Errorf("%d links and %d rows after %q", len(snap.Links), len(snap.Mirror[event.Business]), last)
			}
			if step == "sent" && len(snap.Links) == n && (!open || phase != state.Sent) {
				t.Errorf("after %q the entry is open %v in phase %v, want it sent", last, open, phase)
			}
			if step == "begun" && len(snap.Links) == n && !open {
				t.Errorf("after %q the entry is not in the journal", last)
			}
		})
	}
}

// kill starts a victim, ends it by force after it told so many steps and
// returns the last one it told.
func kill(t *testing.T, path string, lines int) (last string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+path)
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	scan := bufio.NewScanner(out)
	for n := 0; scan.Scan(); n++ {
		last = scan.Text()
		if n+1 == lines {
			ok(t, cmd.Process.Kill())
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	if last == "" || strings.HasPrefix(last, "error") {
		t.Fatalf("the victim failed: %q", last)
	}
	return last
}

func TestStore_FullDiskUndoesAndGoesOn(t *testing.T) {
	s := opened(t, dbPath(t))
	p := s.Person(anna)
	ok(t, p.SavePull(t.Context(), event.Exchange, page(0, 20)))
	open := begun(t, p, start(), making(entry(1)), making(entry(2)))
	sent(t, p, open)
	before := loaded(t, p)

	limit := func(pages int) {
		_, err := s.write.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		ok(t, err)
	}
	limit(1) // SQLite raises it to what the file has
	big := entry(3)
	big.Notes = strings.Repeat("long ", 10_000)
	done := applied(open[0])
	done.After = &big
	link := plan.Link{Base: [2]event.Event{big.Event, big.Event}}
	for name, do := range map[string]func(context.Context) error{
		"SavePull":  func(ctx context.Context) error { return p.SavePull(ctx, event.Exchange, page(20, 512)) },
		"SaveLinks": func(ctx context.Context) error { return p.SaveLinks(ctx, []plan.Link{link, link}) },
		"Settle":    func(ctx context.Context) error { return p.Settle(ctx, []state.Settled{applied(open[1]), done}) },
		"Begin": func(ctx context.Context) error {
			_, _, err := p.Begin(ctx, state.Run{Person: anna}, []state.Intent{making(big)})
			return err
		},
	} {
		err := do(t.Context())
		if !errors.Is(err, state.ErrDiskFull) || errors.Is(err, state.ErrDamaged) {
			t.Errorf("%s on a full disk = %v, want %v", name, err, state.ErrDiskFull)
		}
		same(t, "the state after "+name, loaded(t, p), before)
	}

	limit(1 << 20)
	ok(t, p.SavePull(t.Context(), event.Exchange, page(20, 512)))
	ok(t, p.Settle(t.Context(), []state.Settled{applied(open[1]), done}))
	got := loaded(t, p)
	if len(got.Mirror[event.Exchange]) != 532 || len(got.Links) != 2 {
		t.Errorf("%d rows and %d links once there is room, want 532 and 2", len(got.Mirror[event.Exchange]), len(got.Links))
	}
	runs, err := s.Runs(t.Context(), 0)
	ok(t, err)
	if len(runs) != 1 {
		t.Errorf("%d runs, want only the one whose Begin went well", len(runs))
	}
}

// A writer that is stopped half-way leaves the connection fit for the next.
func TestStore_CancelledWriteUndoesAndGoesOn(t *testing.T) {
	s := opened(t, dbPath(t))
	p := s.Person(anna)
	stored := 0
	for n := range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			timer := time.NewTimer(time.Duration(n) * 300 * time.Microsecond)
			defer timer.Stop()
			<-timer.C
			cancel()
		}()
		err := p.SavePull(ctx, event.Exchange, page(stored, 100))
		<-stop
		if err == nil {
			stored += 100
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("SavePull = %v, want it cancelled", err)
		}
		var got int
		ok(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM mirror").Scan(&got))
		if got != stored {
			t.Fatalf("%d rows after %v, want %d", got, err, stored)
		}
	}
}
