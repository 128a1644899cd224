package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"lockstep/store"
	"lockstep/sync/state/statetest"
)

func clock() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func open(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{Seal: [32]byte{1, 2, 3}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore_KeepsTheContract(t *testing.T) {
	statetest.Run(t, statetest.Options{New: func(t testing.TB) func(t testing.TB) statetest.Office {
		path := filepath.Join(t.TempDir(), "office.db")
		var last *store.Store
		t.Cleanup(func() {
			if last != nil {
				_ = last.Close()
			}
		})
		return func(t testing.TB) statetest.Office {
			if last != nil {
				if err := last.Close(); err != nil {
					t.Fatal(err)
				}
			}
			last = open(t, path)
			return last
		}
	}})
}
