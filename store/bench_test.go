package store

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

const (
	people  = 20
	entries = 10_000
)

// office is a store with the mirrors of many people.
func office(t testing.TB) *Store {
	t.Helper()
	s := opened(t, dbPath(t))
	for n := range people {
		p := page(n*entries/people, entries/people)
		p.EnumID, p.Last = "e", true
		ok(t, who(s, n).SavePull(t.Context(), event.Exchange, p))
	}
	return s
}

func who(s *Store, n int) state.Store { return s.Person(event.PersonID(fmt.Sprint("person ", n))) }

// loadAll loads everybody as an office that starts does.
func loadAll(t testing.TB, s *Store) (items int) {
	for n := range people {
		items += len(loaded(t, who(s, n)).Mirror[event.Exchange])
	}
	return items
}

// selectAll reads the same rows and nothing more: the floor of any load.
func selectAll(t testing.TB, s *Store) (items int) {
	for n := range people {
		ok(t, each(t.Context(), s.read, func(r *sql.Rows) error {
			var side, presence int
			var id, problem string
			var sealed []byte
			items++
			return r.Scan(&side, &id, &presence, &problem, &sealed)
		}, "SELECT side, id, presence, problem, sealed FROM mirror WHERE person = ?", fmt.Sprint("person ", n)))
	}
	return items
}

// took is the shortest of some tries: the one that the machine disturbed least.
func took(t testing.TB, do func(testing.TB, *Store) int, s *Store, tries int) time.Duration {
	t.Helper()
	best := time.Hour
	for range tries {
		begin := time.Now()
		if got := do(t, s); got != entries {
			t.Fatalf("%d entries, want %d", got, entries)
		}
		best = min(best, time.Since(begin))
	}
	return best
}

// maxLoadRatio is how much dearer than the bare rows a load may be: opening
// seals and reading JSON, and nothing that grows faster than the rows.
const maxLoadRatio = 20

func TestLoad_CostsLittleMoreThanItsRows(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a store")
	}
	s := office(t)
	floor, load := took(t, selectAll, s, 3), took(t, loadAll, s, 3)
	ratio := float64(load) / float64(floor)
	t.Logf("%d entries of %d people: %v, %.1f times the bare rows (%v)", entries, people, load, ratio, floor)
	if ratio > maxLoadRatio {
		t.Errorf("a load takes %.1f times its bare rows, want at most %d", ratio, maxLoadRatio)
	}
}

func BenchmarkLoad(b *testing.B) {
	s := office(b)
	floor := took(b, selectAll, s, 3)
	b.ResetTimer()
	for b.Loop() {
		loadAll(b, s)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-raw-select")
	b.ReportMetric(entries, "entries")
}

// commit is one durable transaction of one small row: the floor of any write.
func commit(t testing.TB, s *Store) time.Duration {
	t.Helper()
	best := time.Hour
	for n := range 20 {
		begin := time.Now()
		ok(t, s.SavePulse(t.Context(), state.Pulse{Person: "p", Waiting: n}))
		best = min(best, time.Since(begin))
	}
	return best
}

func BenchmarkSavePull512(b *testing.B) {
	s := office(b)
	floor := commit(b, s)
	p := page(0, 512)
	for b.Loop() {
		ok(b, who(s, 0).SavePull(b.Context(), event.Exchange, p))
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-commit")
}

func BenchmarkSavePull1(b *testing.B) {
	s := office(b)
	floor := commit(b, s)
	p := page(0, 1)
	for b.Loop() {
		ok(b, who(s, 0).SavePull(b.Context(), event.Exchange, p))
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-commit")
}

func BenchmarkSettle50(b *testing.B) {
	s := office(b)
	floor := commit(b, s)
	n := 0
	for b.Loop() {
		b.StopTimer()
		var in []state.Intent
		for range 50 {
			in = append(in, making(entry(n)))
			n++
		}
		open := begun(b, who(s, 0), start(), in...)
		sent(b, who(s, 0), open)
		var done []state.Settled
		for _, e := range open {
			done = append(done, applied(e))
		}
		b.StartTimer()
		ok(b, who(s, 0).Settle(b.Context(), done))
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-commit")
}
