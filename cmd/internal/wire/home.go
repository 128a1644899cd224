package wire

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Names inside a home folder.
const (
	lockName  = "lock"
	storeName = "office.db"
	logsName  = "logs"
)

// ErrBusy says that another process works on this home folder.
var ErrBusy = errors.New("another process works on this home folder")

// HomeError is a home folder that cannot be used.
type HomeError struct {
	Home string
	Err  error
}

// Error names the folder and the cause.
func (e *HomeError) Error() string { return "use home folder " + e.Home + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *HomeError) Unwrap() error { return e.Err }

// Place is what DefaultHome asks of the machine.
type Place struct {
	GOOS     string
	Getenv   func(string) string
	UserHome func() (string, error)
}

// DefaultHome is the folder that the operating system means for such data:
// LOCKSTEP_HOME if set; %LOCALAPPDATA%\Lockstep on Windows, Application Support
// on macOS, else the data folder of the XDG base directory specification.
func DefaultHome(p Place) (string, error) {
	if dir := p.Getenv("LOCKSTEP_HOME"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := p.Getenv("LOCALAPPDATA"); p.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "Lockstep"), nil
	}
	if dir := p.Getenv("XDG_DATA_HOME"); p.GOOS != "windows" && p.GOOS != "darwin" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "lockstep"), nil
	}
	user, err := p.UserHome()
	if err != nil {
		return "", fmt.Errorf("find the user's folder: %w", err)
	}
	switch p.GOOS {
	case "windows":
		return filepath.Join(user, "AppData", "Local", "Lockstep"), nil
	case "darwin":
		return filepath.Join(user, "Library", "Application Support", "Lockstep"), nil
	default:
		return filepath.Join(user, ".local", "share", "lockstep"), nil
	}
}

// Canonical is a home folder's one name, by which all processes find each
// other: absolute, and without links where it exists.
func Canonical(home string) (string, error) {
	abs, err := filepath.Abs(home)
	if err != nil {
		return "", &HomeError{Home: home, Err: err}
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	return abs, nil
}

// claim makes the home folder for this user alone and locks it. The lock is
// released by the system when the process ends, however it ends. left is when
// the process before this one let go of it; zero: unknown.
func claim(home string) (lock *flock.Flock, left time.Time, err error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, left, &HomeError{Home: home, Err: err}
	}
	lock = flock.New(filepath.Join(home, lockName), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, left, &HomeError{Home: home, Err: err}
	}
	if !ok {
		return nil, left, ErrBusy
	}
	if info, err := os.Stat(lock.Path()); err == nil {
		left = info.ModTime()
	}
	return lock, left, nil
}

// leave notes the moment on the lock, and lets go of it.
func leave(lock *flock.Flock, now time.Time) error {
	_ = os.Chtimes(lock.Path(), now, now) // only a hint, see claim
	return lock.Close()
}
