package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // reads what the program has left
)

// sent is the journal's word for a request that may have left.
const sent = 1

// inDoubt counts the requests of which the store says that they may have left,
// in a copy of what is on the disk, so that the program's files stay as they are.
func (l *lane) inDoubt(ctx context.Context) (n int, err error) {
	dir, err := os.MkdirTemp(l.home.dir, "copy-")
	if err != nil {
		return 0, fmt.Errorf("copy store: %w", err)
	}
	defer os.RemoveAll(dir)
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(l.home.store() + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("copy store: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "office.db"+end), text, 0o600); err != nil {
			return 0, fmt.Errorf("copy store: %w", err)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "office.db"))
	if err != nil {
		return 0, fmt.Errorf("open copy: %w", err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM journal WHERE phase = ?", sent).Scan(&n); err != nil {
		return 0, fmt.Errorf("read copy: %w", err)
	}
	return n, nil
}
