package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// filled is a closed store with something in it.
func filled(t testing.TB) string {
	t.Helper()
	path := dbPath(t)
	s := opened(t, path)
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(0, 50)))
	ok(t, s.Close())
	return path
}

// refused demands that opening fails with want and changes no file.
func refused(t *testing.T, path string, o Options, sc schema, want error) {
	t.Helper()
	before := contents(t, filepath.Dir(path))
	s, err := open(t.Context(), path, o, sc)
	if err == nil {
		_ = s.Close()
	}
	if !errors.Is(err, want) {
		t.Fatalf("Open = %v, want %v", err, want)
	}
	if d := cmp.Diff(before, contents(t, filepath.Dir(path))); d != "" {
		t.Errorf("the folder was changed by a refused opening (-before +after):\n%.400s", d)
	}
}

func ours(t testing.TB) schema {
	t.Helper()
	sc, err := newSchema(migrations)
	ok(t, err)
	return sc
}

// raw runs statements on a file without the store.
func raw(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	for _, q := range statements {
		_, err := db.ExecContext(t.Context(), q)
		ok(t, err)
	}
	ok(t, db.Close())
}

func TestOpen_RefusesTheWrongKeyAndChangesNothing(t *testing.T) {
	path := filled(t)
	o := options()
	o.Seal[31]++
	refused(t, path, o, ours(t), state.ErrWrongKey)
	if _, err := Open(t.Context(), path, o); errors.Is(err, state.ErrDamaged) {
		t.Errorf("a wrong key is told as damage: %v", err)
	}
	if got := len(loaded(t, opened(t, path).Person(anna)).Mirror[event.Exchange]); got != 50 {
		t.Errorf("%d rows with the right key, want 50", got)
	}
}

func TestOpen_RefusesTheWrongKeyBesideALiveWAL(t *testing.T) {
	path := dbPath(t)
	s := opened(t, path) // not closed: its last writes are in the WAL
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(0, 5)))
	o := options()
	o.Seal[0]++
	if _, err := Open(t.Context(), path, o); !errors.Is(err, state.ErrWrongKey) {
		t.Fatalf("Open = %v, want %v", err, state.ErrWrongKey)
	}
	if got := len(loaded(t, s.Person(anna)).Mirror[event.Exchange]); got != 5 {
		t.Errorf("%d rows left, want 5", got)
	}
}

func TestOpen_RefusesANewerSchemaUntouched(t *testing.T) {
	path := filled(t)
	s, err := open(t.Context(), path, options(), stepped(t, "CREATE TABLE later (x)"))
	ok(t, err)
	ok(t, s.Close())
	refused(t, path, options(), ours(t), state.ErrNewerSchema)
}

func TestOpen_RefusesAnotherProgramsFile(t *testing.T) {
	for name, statements := range map[string][]string{
		"marked":            {"PRAGMA application_id = 77", "CREATE TABLE theirs (x)"},
		"unmarked":          {"CREATE TABLE theirs (x)"},
		"unmarked, version": {"PRAGMA user_version = 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "theirs.db")
			raw(t, path, statements...)
			refused(t, path, options(), ours(t), state.ErrDamaged)
		})
	}
}

func TestOpen_RefusesDamageUntouched(t *testing.T) {
	cases := map[string]func(b []byte) []byte{
		"cut in half":        func(b []byte) []byte { return b[:len(b)/2] },
		"cut in the header":  func(b []byte) []byte { return b[:60] },
		"one page":           func(b []byte) []byte { return b[:4096] },
		"garbage":            func([]byte) []byte { return []byte(strings.Repeat("not a database ", 1000)) },
		"short garbage":      func([]byte) []byte { return []byte("x") },
		"flipped header":     func(b []byte) []byte { b[3] ^= 0xff; return b },
		"flipped page types": func(b []byte) []byte { return flipPages(b, 0, 1) },
		"flipped cells":      func(b []byte) []byte { return flipPages(b, 8, 24) },
		"zeroed middle":      func(b []byte) []byte { clear(b[len(b)/4 : 3*len(b)/4]); return b },
	}
	for name, harm := range cases {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			b, err := os.ReadFile(path)
			ok(t, err)
			ok(t, os.WriteFile(path, harm(b), 0o600))
			refused(t, path, options(), ours(t), state.ErrDamaged)
		})
	}
}

// flipPages turns the bytes from to to of every page but the first.
func flipPages(b []byte, from, to int) []byte {
	for at := 4096; at < len(b); at += 4096 {
		for i := from; i < to; i++ {
			b[at+i] ^= 0xff
		}
	}
	return b
}

func TestOpen_RefusesAnEmptyFileThatHasAWAL(t *testing.T) {
	path := filled(t)
	ok(t, os.WriteFile(path+"-wal", []byte("what was not yet written back"), 0o600))
	ok(t, os.Truncate(path, 0))
	refused(t, path, options(), ours(t), state.ErrDamaged)
}

func TestLoad_TellsDamageOfASealedRow(t *testing.T) {
	path := filled(t)
	raw(t, path, "UPDATE mirror SET sealed = x'00' || substr(sealed, 2) WHERE id = (SELECT min(id) FROM mirror)")
	if _, err := opened(t, path).Person(anna).Load(t.Context()); !errors.Is(err, state.ErrDamaged) {
		t.Errorf("Load of an altered row = %v, want %v", err, state.ErrDamaged)
	}
}

func TestLoad_RefusesARowMovedToAnotherPlace(t *testing.T) {
	path := filled(t)
	raw(t, path, `UPDATE mirror SET sealed = (SELECT sealed FROM mirror ORDER BY id DESC LIMIT 1)
		WHERE id = (SELECT min(id) FROM mirror)`)
	if _, err := opened(t, path).Person(anna).Load(t.Context()); !errors.Is(err, state.ErrDamaged) {
		t.Errorf("Load of an exchanged row = %v, want %v", err, state.ErrDamaged)
	}
}

func TestOpen_BacksUpBeforeAMigration(t *testing.T) {
	path := filled(t)
	s, err := open(t.Context(), path, options(), stepped(t, "CREATE TABLE later (x); INSERT INTO later VALUES (1)"))
	ok(t, err)
	if got := len(loaded(t, s.Person(anna)).Mirror[event.Exchange]); got != 50 {
		t.Errorf("%d rows after the migration, want 50", got)
	}
	ok(t, s.Close())
	backups, err := filepath.Glob(path + ".schema1.20260302T080000.*.bak")
	ok(t, err)
	if len(backups) != 1 {
		t.Fatalf("backups %v, want one of schema 1", backups)
	}
	if got := len(loaded(t, opened(t, backups[0]).Person(anna)).Mirror[event.Exchange]); got != 50 {
		t.Errorf("%d rows in the backup, want 50", got)
	}
	again, err := open(t.Context(), path, options(), stepped(t, "CREATE TABLE later (x)"))
	ok(t, err)
	ok(t, again.Close())
	if more, _ := filepath.Glob(path + ".*.bak"); len(more) != 1 {
		t.Errorf("backups after an opening that changed nothing: %v", more)
	}
}

func TestOpen_UndoesAMigrationThatFails(t *testing.T) {
	for name, c := range map[string]struct{ sql, says string }{
		"broken SQL": {"CREATE TABLE later (x); SELECT nonsense FROM nowhere", "nowhere"},
		"orphans":    {"CREATE TABLE later (x); INSERT INTO journal (run, person, phase, claim, making, sealed) VALUES (99, 'p', 0, '', '', '')", "would have no runs"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			for range 2 {
				_, err := open(t.Context(), path, options(), stepped(t, c.sql))
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("Open = %v, want an error with %q", err, c.says)
				}
			}
			if left, _ := filepath.Glob(path + ".*.bak"); len(left) != 0 {
				t.Errorf("attempts that changed nothing left backups: %v", left)
			}
			if got := len(loaded(t, opened(t, path).Person(anna)).Mirror[event.Exchange]); got != 50 {
				t.Errorf("%d rows after it, want 50", got)
			}
		})
	}
}

// A step that makes a parent table anew must not lose its children.
func TestOpen_MigratesAParentTable(t *testing.T) {
	path := filled(t)
	s := opened(t, path)
	begun(t, s.Person(anna), start(), making(entry(1)))
	ok(t, s.Close())
	s, err := open(t.Context(), path, options(), stepped(t, `
		CREATE TABLE runs2 (id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, started INTEGER NOT NULL,
			cause TEXT NOT NULL, ended INTEGER NOT NULL DEFAULT 0, report TEXT NOT NULL DEFAULT '', more TEXT);
		INSERT INTO runs2 SELECT *, '' FROM runs; DROP TABLE runs; ALTER TABLE runs2 RENAME TO runs;`))
	ok(t, err)
	defer s.Close()
	if got := len(loaded(t, s.Person(anna)).Open); got != 1 {
		t.Errorf("%d open entries after it, want 1", got)
	}
	_, err = s.write.ExecContext(t.Context(), "INSERT INTO journal (run, person, phase, claim, making, sealed) VALUES (99, '', 0, '', '', '')")
	if err == nil {
		t.Errorf("foreign keys are no longer enforced after a migration")
	}
}

func TestOpen_ByTwoAtOnceMigratesOnce(t *testing.T) {
	path := filled(t)
	sc := stepped(t, "CREATE TABLE later (x)")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := open(t.Context(), path, options(), sc)
			if err != nil {
				t.Errorf("Open = %v", err)
				return
			}
			if got := len(loaded(t, s.Person(anna)).Mirror[event.Exchange]); got != 50 {
				t.Errorf("%d rows, want 50", got)
			}
			_ = s.Close()
		})
	}
	wg.Wait()
}

// A kill between the making of the file and that of its tables leaves one
// that is nobody's yet.
func TestOpen_TakesAFileThatWasJustBegun(t *testing.T) {
	for name, begin := range map[string]func(path string){
		"empty":  func(path string) { ok(t, os.WriteFile(path, nil, 0o600)) },
		"header": func(path string) { raw(t, path, "PRAGMA journal_mode = WAL", "CREATE TABLE x (x)", "DROP TABLE x") },
	} {
		path := filepath.Join(t.TempDir(), "office.db")
		begin(path)
		s, err := Open(t.Context(), path, options())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ok(t, s.SaveSettings(t.Context(), state.Settings{Office: name}))
		ok(t, s.Close())
	}
}

func TestOpen_KeepsFilesFromOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	path := filled(t)
	ok(t, os.Chmod(path, 0o644)) // as a restored backup may be
	s, err := open(t.Context(), path, options(), stepped(t, "CREATE TABLE later (x)"))
	ok(t, err)
	defer s.Close()
	ok(t, s.Person(anna).SavePull(t.Context(), event.Exchange, page(0, 5)))
	loaded(t, s.Person(anna))
	var seen []string
	err = filepath.WalkDir(filepath.Dir(path), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("mode of %s = %v, want %v", d.Name(), info.Mode().Perm(), want)
		}
		seen = append(seen, strings.TrimPrefix(p, path))
		return nil
	})
	ok(t, err)
	if len(seen) != 5 || !slices.Contains(seen, "-wal") || !slices.Contains(seen, "-shm") {
		t.Errorf("looked at %q, want the folder, the file, its WAL, its index and a backup", seen)
	}
}

func TestOpen_TakesOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "50%41.db", "who?mode=ro.db", "#1.db", "Büro ä.db", "a:b.db", "a&_pragma=query_only(1).db"} {
		path := filepath.Join(t.TempDir(), name)
		s := opened(t, path)
		ok(t, s.SaveSettings(t.Context(), state.Settings{Office: name}))
		ok(t, s.Close())
		info, err := os.Stat(path)
		if err != nil || info.Size() == 0 {
			t.Errorf("%q: %v, want the database there", name, err)
		}
		got, err := opened(t, path).Settings(t.Context())
		ok(t, err)
		same(t, "settings", got, state.Settings{Office: name})
	}
}

func TestOpen_TellsWhyAFolderCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	for _, path := range []string{dir, filepath.Join(dir, "file", "office.db")} {
		if _, err := Open(t.Context(), path, options()); err == nil || !strings.Contains(err.Error(), "store") {
			t.Errorf("Open(%s) = %v, want an error that speaks of the store", fmt.Sprint(filepath.Base(path)), err)
		}
	}
}
