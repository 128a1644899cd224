package store

import (
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// exec changes the file behind the store's back.
func tamper(t *testing.T, s *Store, q string, args ...any) {
	t.Helper()
	if _, err := s.write.ExecContext(t.Context(), q, args...); err != nil {
		t.Fatal(err)
	}
}

func TestCheck_FindsAndMendsWhatWasTamperedWith(t *testing.T) {
	for _, c := range []struct {
		name   string
		harm   func(s *Store)
		kind   string
		mended bool
	}{
		{"mirror", func(s *Store) {
			tamper(t, s, "UPDATE mirror SET sealed = x'00112233' WHERE id = (SELECT min(id) FROM mirror)")
		}, FlawSealed, true},
		{"mirror of another row", func(s *Store) {
			tamper(t, s, "UPDATE mirror SET sealed = (SELECT sealed FROM mirror ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM mirror)")
		}, FlawSealed, true},
		{"link", func(s *Store) { tamper(t, s, "UPDATE links SET sealed = x'00'") }, FlawSealed, true},
		{"journal", func(s *Store) { tamper(t, s, "UPDATE journal SET sealed = x'00'") }, FlawJournalled, false},
		{"history", func(s *Store) {
			tamper(t, s, "UPDATE history SET sealed = x'00' WHERE entry = (SELECT max(entry) FROM history)")
		}, FlawSealed, true},
		{"two links for one entry", func(s *Store) {
			ok(t, s.Person(anna).SaveLinks(t.Context(), []plan.Link{{UID: "again", Refs: loaded(t, s.Person(anna)).Links[0].Refs}}))
		}, FlawLinkTwice, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := opened(t, dbPath(t))
			p := s.Person(anna)
			ok(t, p.SavePull(t.Context(), event.Exchange, page(0, 3)))
			past(t, s, 1)
			begun(t, p, start(), making(entry(1)))
			it := entry(0)
			ok(t, p.SaveLinks(t.Context(), []plan.Link{{UID: "one", Refs: [2]event.Ref{{ID: "b1"}, it.Ref}}}))
			if flaws, err := s.Check(t.Context(), false); err != nil || len(flaws) != 0 {
				t.Fatalf("a sound store: %+v, %v", flaws, err)
			}
			c.harm(s)
			for _, mend := range []bool{false, true} {
				flaws, err := s.Check(t.Context(), mend)
				if err != nil || len(flaws) != 1 || flaws[0].Kind != c.kind || flaws[0].Person != anna || flaws[0].Mended != (mend && c.mended) {
					t.Fatalf("mend %v: %+v, %v; want one %s", mend, flaws, err, c.kind)
				}
			}
			flaws, err := s.Check(t.Context(), false)
			if err != nil || (len(flaws) == 0) != c.mended {
				t.Errorf("after mending: %+v, %v", flaws, err)
			}
			if c.mended {
				snap := loaded(t, p)
				if c.name == "mirror" && snap.Cursors[event.Exchange] != "" {
					t.Error("a row was taken out, and no complete listing will bring it back")
				}
			}
		})
	}
}
