package store

import (
	"fmt"
	"sync"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// A reader sees a page and its cursor together or neither, while writers of
// all people are at work.
func TestStore_ReadersSeeWholeTransactions(t *testing.T) {
	const people, pages = 6, 12
	s := opened(t, dbPath(t))
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for n := range people {
		p := s.Person(event.PersonID(fmt.Sprint("person ", n)))
		writers.Go(func() {
			for i := range pages {
				if err := p.SavePull(t.Context(), event.Exchange, page(i*10, 10)); err != nil {
					t.Errorf("SavePull = %v", err)
				}
				open, _, err := p.Begin(t.Context(), state.Run{Person: "p", Started: start()}, []state.Intent{making(withUID(entry(i), n))})
				if err != nil || len(open) != 1 {
					t.Errorf("Begin = %d entries, %v", len(open), err)
					return
				}
				if err := p.MarkSent(t.Context(), []state.EntryID{open[0].ID}, start()); err != nil {
					t.Errorf("MarkSent = %v", err)
				}
				if err := p.Settle(t.Context(), []state.Settled{applied(open[0])}); err != nil {
					t.Errorf("Settle = %v", err)
				}
			}
		})
		readers.Go(func() {
			for {
				snap, err := p.Load(t.Context())
				if err != nil {
					t.Errorf("Load = %v", err)
					return
				}
				rows := len(snap.Mirror[event.Exchange])
				if want := endpoint.Cursor(fmt.Sprint("after ", rows)); rows > 0 && snap.Cursors[event.Exchange] != want {
					t.Errorf("%d rows with cursor %q", rows, snap.Cursors[event.Exchange])
				}
				if links := len(snap.Links); len(snap.Mirror[event.Business]) != links {
					t.Errorf("%d links with %d rows", links, len(snap.Mirror[event.Business]))
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	for n := range people {
		snap := loaded(t, s.Person(event.PersonID(fmt.Sprint("person ", n))))
		if len(snap.Mirror[event.Exchange]) != pages*10 || len(snap.Links) != pages || len(snap.Open) != 0 {
			t.Errorf("person %d: %d rows, %d links, %d open", n, len(snap.Mirror[event.Exchange]), len(snap.Links), len(snap.Open))
		}
	}
}

func withUID(it event.Item, n int) event.Item {
	it.UID = fmt.Sprint(it.UID, " of ", n)
	return it
}

// A reader that stays in its transaction does not hold up the writer, nor see
// what came after its begin.
func TestStore_WritesWhileAReaderStays(t *testing.T) {
	s := opened(t, dbPath(t))
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(0, 3)))
	tx, err := s.read.BeginTx(t.Context(), nil)
	ok(t, err)
	defer tx.Rollback()
	count := func() (n int) {
		t.Helper()
		ok(t, tx.QueryRowContext(t.Context(), "SELECT count(*) FROM mirror").Scan(&n))
		return n
	}
	if got := count(); got != 3 {
		t.Fatalf("%d rows, want 3", got)
	}
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(3, 3)))
	if got := count(); got != 3 {
		t.Errorf("the reader sees %d rows, want the 3 it began with", got)
	}
	if got := len(loaded(t, s.Person(anna)).Mirror[event.Exchange]); got != 6 {
		t.Errorf("a new reader sees %d rows, want 6", got)
	}
	if _, err := s.read.ExecContext(t.Context(), "DELETE FROM mirror"); err == nil {
		t.Errorf("a connection for reading has written")
	}
}
