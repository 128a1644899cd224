package store

import (
	"context"
	"database/sql"
	"fmt"

	"lockstep/sync/state"
)

// BeginNotice notes that people are about to be told of a change.
func (s *Store) BeginNotice(ctx context.Context, n state.Notice) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		var known, told int
		err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM history WHERE entry = ?1), (SELECT count(*) FROM notices WHERE entry = ?1)", n.Entry).Scan(&known, &told)
		switch {
		case err != nil:
			return fmt.Errorf("find change: %w", err)
		case known == 0:
			return state.ErrUnknownRun
		case told > 0:
			return state.ErrNoticed
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO notices (entry, by, at, people) VALUES (?, ?, ?, ?)", n.Entry, n.By, unix(n.At), n.People); err != nil {
			return fmt.Errorf("store notice: %w", err)
		}
		return nil
	})
}

// EndNotice notes that they have been, or that nobody was.
func (s *Store) EndNotice(ctx context.Context, e state.EntryID, sent bool) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		q := "UPDATE notices SET sent = 1 WHERE entry = ?"
		if !sent {
			q = "DELETE FROM notices WHERE entry = ? AND sent = 0"
		}
		if _, err := tx.ExecContext(ctx, q, e); err != nil {
			return fmt.Errorf("store notice: %w", err)
		}
		return nil
	})
}
