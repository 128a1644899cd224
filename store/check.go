package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// The kinds of what Check finds.
const (
	FlawDamaged    = "store_damaged"    // SQLite says that the file is not sound
	FlawOrphan     = "row_orphaned"     // a row names a parent that is not there
	FlawSealed     = "row_unreadable"   // a value does not open with our key
	FlawLinkTwice  = "link_twice"       // two links hold the same entry
	FlawJournalled = "entry_unreadable" // an entry of the journal does not open
)

// Flaw is one thing that is wrong with a store.
type Flaw struct {
	Kind   string
	Table  string
	Person event.PersonID
	// Mended: Check has put it right.
	Mended bool
}

// Check looks through the whole file: its structure, its references, and
// whether each sealed value opens. With mend it puts right what the systems
// can tell again: a mirror's row comes back with a complete listing, a link
// with the mark that its entry bears. What the journal holds is nowhere else,
// and is never touched.
func (s *Store) Check(ctx context.Context, mend bool) ([]Flaw, error) {
	var out []Flaw
	for _, look := range []func(context.Context, bool) ([]Flaw, error){
		s.checkFile, s.checkRows, s.checkLinks,
	} {
		found, err := look(ctx, mend)
		if err != nil {
			return out, readable(fmt.Errorf("check store: %w", err))
		}
		out = append(out, found...)
	}
	if !mend {
		return out, nil
	}
	return out, s.compact(ctx)
}

func (s *Store) checkFile(ctx context.Context, mend bool) ([]Flaw, error) {
	sound := func() (bool, error) {
		var said string
		err := s.write.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said)
		return said == "ok", err
	}
	ok, err := sound()
	if err != nil {
		return nil, err
	}
	var out []Flaw
	if !ok {
		f := Flaw{Kind: FlawDamaged}
		if mend { // an index can be made anew from its table
			if _, err := s.write.ExecContext(ctx, "REINDEX"); err == nil {
				f.Mended, _ = sound()
			}
		}
		out = append(out, f)
	}
	err = each(ctx, s.read, func(r *sql.Rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		if err := r.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		out = append(out, Flaw{Kind: FlawOrphan, Table: table})
		return nil
	}, "PRAGMA foreign_key_check")
	return out, err
}

// badRow is a row whose sealed value does not open.
type badRow struct {
	table  string
	person event.PersonID
	id     int64
	side   event.Side
	entry  string
}

// checkRows opens every sealed value.
func (s *Store) checkRows(ctx context.Context, mend bool) ([]Flaw, error) {
	bad, err := s.badRows(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Flaw, len(bad))
	for i, b := range bad {
		out[i] = Flaw{Kind: FlawSealed, Table: b.table, Person: b.person}
		if b.table == "journal" {
			out[i].Kind = FlawJournalled
			continue
		}
		if mend {
			if err := s.mendRow(ctx, b); err != nil {
				return nil, err
			}
			out[i].Mended = true
		}
	}
	return out, nil
}

func (s *Store) badRows(ctx context.Context) (bad []badRow, err error) {
	var any map[string]any // the form of a value is not the matter here
	look := func(q string, read func(*sql.Rows) (b badRow, place string, sealed []byte, err error)) error {
		return each(ctx, s.read, func(r *sql.Rows) error {
			b, place, sealed, err := read(r)
			if err != nil || len(sealed) == 0 {
				return err
			}
			if err := s.seal.open(place, sealed, &any); errors.Is(err, state.ErrDamaged) {
				bad = append(bad, b)
			}
			return nil
		}, q)
	}
	byID := func(table string, place func(int64) string) func(*sql.Rows) (badRow, string, []byte, error) {
		return func(r *sql.Rows) (b badRow, _ string, sealed []byte, err error) {
			b.table = table
			err = r.Scan(&b.id, &b.person, &sealed)
			return b, place(b.id), sealed, err
		}
	}
	return bad, errors.Join(
		look("SELECT person, side, id, sealed FROM mirror", func(r *sql.Rows) (b badRow, _ string, sealed []byte, err error) {
			b.table = "mirror"
			err = r.Scan(&b.person, &b.side, &b.entry, &sealed)
			return b, mirrorPlace(b.person, b.side, event.ID(b.entry)), sealed, err
		}),
		look("SELECT id, person, sealed FROM links", byID("links", linkPlace)),
		look("SELECT id, person, sealed FROM journal", byID("journal", func(id int64) string { return entryPlace(state.EntryID(id)) })),
		look("SELECT entry, person, sealed FROM history", byID("history", func(id int64) string { return historyPlace(state.EntryID(id)) })),
	)
}

// mendRow takes out a value that no key opens.
func (s *Store) mendRow(ctx context.Context, b badRow) error {
	return s.tx(ctx, func(tx *sql.Tx) (err error) {
		switch b.table {
		case "mirror":
			if _, err = tx.ExecContext(ctx, "DELETE FROM mirror WHERE person = ? AND side = ? AND id = ?", b.person, b.side, b.entry); err == nil {
				// No cursor tells of the entry again: the side is listed whole.
				_, err = tx.ExecContext(ctx, "UPDATE sides SET cursor = '' WHERE person = ? AND side = ?", b.person, b.side)
			}
		case "links":
			err = dropLink(ctx, tx, b.id)
		case "history":
			_, err = tx.ExecContext(ctx, "UPDATE history SET sealed = x'' WHERE entry = ?", b.id)
		}
		return err
	})
}

func dropLink(ctx context.Context, tx *sql.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM claims WHERE link = ?", id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM links WHERE id = ?", id)
	return err
}

// checkLinks finds entries that two links of one person hold. The older link stays.
func (s *Store) checkLinks(ctx context.Context, mend bool) ([]Flaw, error) {
	var out []Flaw
	var ids []int64
	err := each(ctx, s.read, func(r *sql.Rows) error {
		f := Flaw{Kind: FlawLinkTwice, Table: "links", Mended: mend}
		var id int64
		if err := r.Scan(&id, &f.Person); err != nil {
			return err
		}
		ids, out = append(ids, id), append(out, f)
		return nil
	}, `SELECT id, person FROM links AS l WHERE EXISTS (SELECT 1 FROM links AS o WHERE o.person = l.person AND o.id < l.id
		AND (o.business = l.business AND l.business <> '' OR o.exchange = l.exchange AND l.exchange <> ''))`)
	if err != nil || !mend || len(ids) == 0 {
		return out, err
	}
	return out, s.tx(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if err := dropLink(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// compact gives room back that deletions have left, and takes every trace of
// what was deleted from the WAL.
func (s *Store) compact(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, "VACUUM"); err != nil {
		return readable(fmt.Errorf("compact store: %w", err))
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return readable(fmt.Errorf("compact store: %w", err))
	}
	return nil
}
