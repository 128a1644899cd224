package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"lockstep/sync/state"
)

// applicationID marks the file as ours (PRAGMA application_id): "LkSp".
const applicationID = 0x4c6b5370

// sealKey names the row by which a wrong key is told from a damaged file.
const sealKey = "seal"

// schema is the numbered steps that make or change the tables.
type schema struct {
	files fs.FS
	names []string
}

func newSchema(files fs.FS) (schema, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return schema{}, fmt.Errorf("list migrations: %w", err)
	}
	slices.Sort(names)
	return schema{files, names}, nil
}

// private makes the file before SQLite does, so that it is never open to others.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make store folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	return f.Close()
}

// tighten takes the file, and what SQLite has left beside it, from others. A
// WAL made later takes the mode of the file.
func tighten(path string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(path+end, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("protect store: %w", err)
		}
	}
	return nil
}

// inspect judges a file before anything may change it: opening a database in
// WAL mode already rewrites its header, and closing it writes the WAL back.
func inspect(ctx context.Context, path string, steps int, seal *sealer) error {
	head, err := header(path)
	if err != nil {
		return err
	}
	wal, journal := length(path+"-wal"), length(path+"-journal")
	if len(head) == 0 {
		if wal > 0 {
			return fmt.Errorf("%w: the file is empty, but there is a WAL to it", state.ErrDamaged)
		}
		return nil
	}
	if len(head) < headerSize {
		return fmt.Errorf("%w: the file is cut off", state.ErrDamaged)
	}
	if journal > 0 && number(head, 60) == 0 && number(head, 68) == 0 {
		return nil // we were stopped while making it; SQLite undoes that
	}
	q := "mode=ro&_pragma=busy_timeout(10000)"
	if wal <= 0 && journal <= 0 {
		q += "&immutable=1" // makes no files beside it
	}
	db, err := sql.Open("sqlite", uri(path, q))
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	db.SetMaxOpenConns(1)
	return errors.Join(readable(examine(ctx, db, steps, seal)), db.Close())
}

// headerSize is that of the header of an SQLite file
// (https://www.sqlite.org/fileformat.html#the_database_header).
const headerSize = 100

// header is the begin of a file.
func header(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	head, err := io.ReadAll(io.LimitReader(f, headerSize))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read store: %w", err)
	}
	return head, nil
}

// number is one of the header's, which are big-endian.
func number(head []byte, at int) uint32 { return binary.BigEndian.Uint32(head[at:]) }

// length is a file's, or -1 when it is not there.
func length(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

// examine tells whether a file is ours, intact, of a schema that we know and
// sealed with our key.
func examine(ctx context.Context, db *sql.DB, steps int, seal *sealer) error {
	var id, version, tables int
	for q, to := range map[string]*int{
		"PRAGMA application_id": &id, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, q).Scan(to); err != nil {
			return fmt.Errorf("read store: %w", err)
		}
	}
	switch {
	case id == 0 && version == 0 && tables == 0:
		return nil // made, and stopped before the first table
	case id != applicationID:
		return fmt.Errorf("%w: it belongs to another program", state.ErrDamaged)
	case version > steps:
		return fmt.Errorf("%w: its schema is %d, ours %d", state.ErrNewerSchema, version, steps)
	}
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("check store: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", state.ErrDamaged, said)
	}
	var proof string
	if err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", sealKey).Scan(&proof); err != nil {
		return fmt.Errorf("%w: it does not tell its key: %w", state.ErrDamaged, err)
	}
	sealed, err := base64.StdEncoding.DecodeString(proof)
	if err != nil {
		return fmt.Errorf("%w: it does not tell its key: %w", state.ErrDamaged, err)
	}
	if err := seal.open(sealKey, sealed, new(string)); err != nil {
		return state.ErrWrongKey
	}
	return nil
}

// upgrade brings the schema up to date, after a backup of what there was.
func (s *Store) upgrade(ctx context.Context, sc schema) error {
	version, err := s.version(ctx, s.write)
	if err != nil || version >= len(sc.names) {
		return err
	}
	backup := ""
	if version > 0 {
		if backup, err = s.backup(ctx, version); err != nil {
			return err
		}
	}
	for n := version; n < len(sc.names); n++ {
		if err := s.migrate(ctx, sc, n+1); err != nil {
			if backup != "" && n == version {
				// Nothing was changed: the next attempts shall not fill the disk.
				err = errors.Join(err, os.Remove(backup))
			}
			return err
		}
	}
	return nil
}

func (s *Store) version(ctx context.Context, q queryer) (version int, err error) {
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("read schema: %w", err)
	}
	return version, nil
}

// backup copies the file before a migration changes it, durably and under a
// name of its own.
func (s *Store) backup(ctx context.Context, version int) (path string, err error) {
	pattern := fmt.Sprintf("%s.schema%d.%s.*.bak", filepath.Base(s.path), version, s.now().UTC().Format("20060102T150405"))
	f, err := os.CreateTemp(filepath.Dir(s.path), pattern) // mode 0600; VACUUM INTO takes an empty file
	if err != nil {
		return "", fmt.Errorf("back up store: %w", err)
	}
	_, err = s.write.ExecContext(ctx, "VACUUM INTO ?", f.Name())
	// SQLite does not sync what it writes there.
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("back up store: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// migrate takes one step, all of it or nothing. Foreign keys are not enforced
// meanwhile, because a step that makes a table anew would lose its children
// (https://www.sqlite.org/lang_altertable.html#otheralter); they are checked
// before the commit.
func (s *Store) migrate(ctx context.Context, sc schema, to int) error {
	text, err := fs.ReadFile(sc.files, sc.names[to-1])
	if err != nil {
		return fmt.Errorf("read migration: %w", err)
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA foreign_keys = 0"); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	err = s.tx(ctx, func(tx *sql.Tx) error {
		// Another process may have taken the step while we waited.
		version, err := s.version(ctx, tx)
		if err != nil || version >= to {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("migrate store to schema %d: %w", to, err)
		}
		if to == 1 {
			if err := s.proveKey(ctx, tx); err != nil {
				return err
			}
		}
		if err := orphans(ctx, tx); err != nil {
			return fmt.Errorf("migrate store to schema %d: %w", to, err)
		}
		// Pragmas take no parameters; both values are numbers of ours.
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", to, applicationID))
		return err
	})
	_, on := s.write.ExecContext(ctx, "PRAGMA foreign_keys = 1")
	return errors.Join(err, on)
}

// proveKey leaves something that only our key opens.
func (s *Store) proveKey(ctx context.Context, tx *sql.Tx) error {
	sealed, err := s.seal.close(sealKey, "lockstep")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES (?, ?)", sealKey, base64.StdEncoding.EncodeToString(sealed))
	return err
}

// orphans is an error if a row names a parent that is not there.
func orphans(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		if err := r.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		return fmt.Errorf("row %d of %s would have no %s", row.Int64, table, parent)
	}, "PRAGMA foreign_key_check")
}
