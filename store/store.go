// Package store keeps an office in one SQLite file: links, mirrors, journal,
// history, people and settings. It implements package state and nothing else.
//
// Calendar text is sealed with a key before it reaches a row, so that neither
// the file nor its WAL nor a backup shows a colleague's calendar, and no
// secret is ever in it. The package must not know an engine, an adapter or a
// front end, and takes its keys from the caller.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as ours (PRAGMA application_id): "LkSp".
const applicationID = 0x4c6b5370

// Options are what Open needs besides the path.
type Options struct {
	// Seal is the key that calendar text is encrypted with.
	Seal [32]byte
	// Now is the clock that backups are named by.
	Now func() time.Time
}

// Store is one office's file. Its methods are safe for concurrent use.
type Store struct {
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB
	seal  *sealer
	path  string
	now   func() time.Time
}

var (
	_ state.Office  = (*Store)(nil)
	_ state.History = (*Store)(nil)
	_ state.Book    = (*Store)(nil)
)

// Open opens or makes the file at path, with mode 0600. A schema older than
// ours is backed up and brought up to date; a newer one is
// state.ErrNewerSchema, a file that is no intact database state.ErrDamaged:
// neither is touched.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	seal, err := newSealer(o.Seal)
	if err != nil {
		return nil, err
	}
	if err := private(path); err != nil {
		return nil, err
	}
	s := &Store{seal: seal, path: path, now: o.Now}
	if s.write, err = sql.Open("sqlite", dsn(path, "immediate")); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn(path, "deferred")); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.write.Close())
	}
	s.read.SetMaxOpenConns(4)
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(readable(err), s.Close())
	}
	return s, nil
}

// private makes the file before SQLite does, so that it is never open to others.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make store folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the office's own
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	return f.Close()
}

// dsn holds every pragma, because a pragma set on one connection of a pool is
// not set on the next.
func dsn(path, lock string) string {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)",
	}}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// Close writes the WAL back and lets go of the file.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// prepare checks the file and brings its schema up to date.
func (s *Store) prepare(ctx context.Context) error {
	var id, version int
	if err := s.write.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if id != 0 && id != applicationID {
		return fmt.Errorf("%w: it belongs to another program", state.ErrDamaged)
	}
	if version > 0 {
		if err := s.intact(ctx); err != nil {
			return err
		}
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	slices.Sort(steps)
	if version > len(steps) {
		return fmt.Errorf("%w: its schema is %d, ours %d", state.ErrNewerSchema, version, len(steps))
	}
	if version == len(steps) {
		return nil
	}
	if version > 0 {
		if err := s.backup(ctx, version); err != nil {
			return err
		}
	}
	for n := version; n < len(steps); n++ {
		if err := s.migrate(ctx, steps[n], n+1); err != nil {
			return err
		}
	}
	return nil
}

// intact is SQLite's quick check of the file's structure.
func (s *Store) intact(ctx context.Context) error {
	var said string
	if err := s.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("check store: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", state.ErrDamaged, said)
	}
	return nil
}

// backup copies the file before a migration changes it.
func (s *Store) backup(ctx context.Context, version int) error {
	to := fmt.Sprintf("%s.schema%d.%s.bak", s.path, version, s.now().UTC().Format("20060102T150405"))
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("back up store: %w", err)
	}
	return os.Chmod(to, 0o600)
}

func (s *Store) migrate(ctx context.Context, name string, version int) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read migration: %w", err)
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("migrate store to schema %d: %w", version, err)
		}
		// Pragmas take no parameters; both values are numbers of ours.
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", version, applicationID))
		return err
	})
}

// tx runs do in one durable transaction of the writer.
func (s *Store) tx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return readable(fmt.Errorf("begin transaction: %w", err))
	}
	if err := do(tx); err != nil {
		return readable(errors.Join(err, undone(tx.Rollback())))
	}
	if err := tx.Commit(); err != nil {
		return readable(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// undone forgives a rollback that the database has already done itself.
func undone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// readable tells damage from everything else.
func readable(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", state.ErrDamaged, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("the disk is full: %w", err)
		}
	}
	return err
}

// Person is one person's part of the file.
func (s *Store) Person(id event.PersonID) state.Store { return &person{s, id} }

// Index looks over all people.
func (s *Store) Index() state.Index { return (*index)(s) }

// placeholders is "?,?,…" n times.
func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?,", n), ",")
}

// unix and instant keep times as microseconds; 0 is the zero time.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
