package store

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// TestOpen_ReadsAFileOfSchema1 opens a file as the first schema left it. With
// -update it is made anew, which only is right as long as no such file is in
// anybody's hands; after that a change needs a step of its own.
func TestOpen_ReadsAFileOfSchema1(t *testing.T) {
	fixture := filepath.Join("testdata", "schema1.db.gz")
	path := dbPath(t)
	if *update {
		writeFixture(t, fixture)
	}
	packed, err := os.ReadFile(fixture)
	ok(t, err)
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	ok(t, err)
	body, err := io.ReadAll(unpacked)
	ok(t, err)
	ok(t, os.MkdirAll(filepath.Dir(path), 0o700))
	ok(t, os.WriteFile(path, body, 0o600))

	s := opened(t, path)
	snap := loaded(t, s.Person(anna))
	if len(snap.Mirror[event.Exchange]) != 3 || len(snap.Links) != 1 || len(snap.Open) != 1 || snap.Open[0].Phase != state.Sent {
		t.Errorf("read %d rows, %d links, %d open entries, want 3, 1 and 1", len(snap.Mirror[event.Exchange]), len(snap.Links), len(snap.Open))
	}
	same(t, "an entry", snap.Mirror[event.Exchange][2].Item, entry(2))
	people, err := s.People(t.Context())
	ok(t, err)
	same(t, "people", people, []state.Person{{ID: anna, Name: "Anna"}})
	same(t, "tables of the file and of a new one (a change of a step needs -update before the first release, a new step after it)",
		tables(t, s), tables(t, opened(t, dbPath(t))))
}

var update = flag.Bool("update", false, "make the fixture anew")

func writeFixture(t *testing.T, to string) {
	t.Helper()
	path := dbPath(t)
	s := opened(t, path)
	p := s.Person(anna)
	ok(t, p.SavePull(t.Context(), event.Exchange, page(0, 3)))
	open := begun(t, p, start(), making(entry(0)), making(entry(1)))
	sent(t, p, open)
	ok(t, p.Settle(t.Context(), []state.Settled{applied(open[0])}))
	ok(t, s.SavePeople(t.Context(), []state.Person{{ID: anna, Name: "Anna"}}))
	ok(t, s.Close())
	body, err := os.ReadFile(path)
	ok(t, err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(body)
	ok(t, err)
	ok(t, w.Close())
	ok(t, os.WriteFile(to, packed.Bytes(), 0o600))
}

func tables(t *testing.T, s *Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	ok(t, each(t.Context(), s.read, func(r *sql.Rows) error {
		var name string
		var text sql.NullString
		err := r.Scan(&name, &text)
		out[name] = text.String
		return err
	}, "SELECT name, sql FROM sqlite_schema"))
	return out
}
