package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// SetAside gives a damaged store another name in its folder, with all that
// SQLite keeps beside it, and tells which. Nothing is deleted: whoever knows
// how may still read it. A store that is open must not be set aside.
func SetAside(path string, now time.Time) (name string, err error) {
	base := path + ".damaged-" + now.UTC().Format("20060102T150405")
	aside := base
	for n := 2; ; n++ { // a second one within the second
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.%d", base, n)
	}
	// The file goes first: a death between two renames leaves a WAL without a
	// file, which the next start takes for damage again and sets aside too.
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Rename(path+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set store aside: %w", err)
		}
	}
	return filepath.Base(aside), nil
}
