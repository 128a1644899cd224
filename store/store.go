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
	"net/url"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

//go:embed migrations/*.sql
var migrations embed.FS

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
// ours is backed up and brought up to date. A newer one is
// state.ErrNewerSchema; a file that is no intact database, or another
// program's, state.ErrDamaged; one that our key does not open
// state.ErrWrongKey: none of them is touched.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	sc, err := newSchema(migrations)
	if err != nil {
		return nil, err
	}
	return open(ctx, path, o, sc)
}

func open(ctx context.Context, path string, o Options, sc schema) (*Store, error) {
	seal, err := newSealer(o.Seal)
	if err != nil {
		return nil, err
	}
	if err := private(path); err != nil {
		return nil, err
	}
	if err := inspect(ctx, path, len(sc.names), seal); err != nil {
		return nil, err
	}
	if err := tighten(path); err != nil {
		return nil, err
	}
	s := &Store{seal: seal, path: path, now: o.Now}
	if s.write, err = sql.Open("sqlite", dsn(path, "immediate", writerCache)); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn(path, "deferred", readerCache, "query_only(1)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.write.Close())
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	s.read.SetConnMaxIdleTime(idleReader)
	if err := s.upgrade(ctx, sc); err != nil {
		return nil, errors.Join(readable(err), s.Close())
	}
	return s, nil
}

const (
	// readers is how many can read at once. Each has a cache of its own, so
	// those that only a large piece of work needs are closed after idleReader.
	readers    = 4
	idleReader = 40 * time.Second
	// The cache of a connection, in pages of 4 KiB that take 8 KiB each: enough for
	// the way to a row. The system's own cache is behind it.
	writerCache = "cache_size(96)"
	readerCache = "cache_size(32)"
)

// dsn holds every pragma, because a pragma set on one connection of a pool is
// not set on the next.
func dsn(path, lock string, more ...string) string {
	q := url.Values{"_txlock": {lock}, "_pragma": append([]string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)",
	}, more...)}
	return uri(path, q.Encode())
}

func uri(path, query string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query}
	return u.String()
}

// Close writes the WAL back and lets go of the file.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// tx runs do in one durable transaction of the writer.
func (s *Store) tx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return readable(fmt.Errorf("begin transaction: %w", err))
	}
	if err := do(tx); err != nil {
		// After a full disk or a failed read SQLite has rolled back by itself
		// and says so; in no case is there anything to do about it.
		_ = tx.Rollback()
		return readable(cancelled(ctx, err))
	}
	if err := tx.Commit(); err != nil {
		return readable(cancelled(ctx, fmt.Errorf("commit: %w", err)))
	}
	return nil
}

// cancelled tells a transaction that was rolled back because its context
// ended by that end: database/sql tells it as one that is over.
func cancelled(ctx context.Context, err error) error {
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// undone forgives a rollback that the database has already done itself.
func undone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// readable tells what is wrong with the file from everything else.
func readable(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", state.ErrDamaged, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w: %w", state.ErrDiskFull, err)
		case sqlite3.SQLITE_IOERR:
			if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the index of the WAL
				return fmt.Errorf("%w: %w", state.ErrDiskFull, err)
			}
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("another program is writing to the store: %w", err)
		}
	}
	return err
}

// Person is one person's part of the file.
func (s *Store) Person(id event.PersonID) state.Store { return &person{s, id} }

// Index looks over all people.
func (s *Store) Index() state.Index { return (*index)(s) }

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
