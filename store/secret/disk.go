package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockFile   = "secrets.lock"
	lockPoll   = 20 * time.Millisecond
	privateDir = 0o700
	private    = 0o600
)

// writeFile puts the content in place of the file as a whole: after a crash there is the old content or the new.
func writeFile(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, filepath.Base(path)+".tmp-*") // mode 0600
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(temp.Close()), os.Remove(temp.Name()))
		}
	}()
	if _, err := temp.Write(content); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := temp.Sync(); err != nil {
		return fmt.Errorf("write file to disk: %w", err)
	}
	if err := temp.Close(); err != nil {
		return fmt.Errorf("close file: %w", err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	// The file is in place; a folder that cannot be synced does not undo that.
	syncFolder(dir)
	return nil
}

// syncFolder makes the new name of a file last over a power cut. Windows has no such call.
func syncFolder(dir string) {
	if runtime.GOOS == "windows" {
		return
	}
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// locked runs do while no other process writes the secrets of this home; with exclusive, while none reads them either.
// It waits for the lock for as long as the context lives, at most for wait.
func locked(ctx context.Context, home string, exclusive bool, wait time.Duration, do func() error) error {
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	lock := flock.New(filepath.Join(home, lockFile), flock.SetPermissions(private))
	try := lock.TryRLockContext
	if exclusive {
		try = lock.TryLockContext
	}
	if _, err := try(limited, lockPoll); err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			return fmt.Errorf("lock %s: another program has held it for %s: %w", lockFile, wait, ErrLocked)
		}
		return fmt.Errorf("lock %s: %w", lockFile, err)
	}
	return errors.Join(do(), lock.Close())
}
