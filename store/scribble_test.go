package store

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"lockstep/sync/event"
)

// TestOpen_SurvivesScribbles opens files that something has written into:
// either they are refused, or all that is in them can be asked for, and a
// check can be made. (Fuzzing would have to build all of SQLite for it.)
func TestOpen_SurvivesScribbles(t *testing.T) {
	seed := dbPath(t)
	s := opened(t, seed)
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(0, 3)))
	begun(t, s.Person(anna), start(), making(entry(1)))
	ok(t, s.Close())
	whole, err := os.ReadFile(seed)
	ok(t, err)
	rng := rand.New(rand.NewPCG(7, 7))
	refused, rounds := 0, 300
	if testing.Short() {
		rounds = 50
	}
	for range rounds {
		body := append([]byte(nil), whole...)
		for range 1 + rng.IntN(4) {
			at, n := rng.IntN(len(body)), 1+rng.IntN(64)
			if rng.IntN(3) == 0 {
				at = rng.IntN(100) // the header
			}
			for i := at; i < min(at+n, len(body)); i++ {
				body[i] = byte(rng.Uint32())
			}
		}
		path := filepath.Join(t.TempDir(), "office.db")
		ok(t, os.WriteFile(path, body, 0o600))
		s, err := Open(t.Context(), path, options())
		if err != nil {
			refused++
			continue
		}
		_, _ = s.Person(anna).Load(t.Context())
		_, _ = s.People(t.Context())
		_, _ = s.Settings(t.Context())
		_, _ = s.Check(t.Context(), true)
		_ = s.Close()
	}
	if refused == 0 || refused == rounds {
		t.Errorf("%d of %d were refused: nothing was tried", refused, rounds)
	}
	t.Logf("%d of %d were refused", refused, rounds)
}
