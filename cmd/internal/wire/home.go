package wire

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"lockstep/store/secret"
)

// Names inside a home folder.
const (
	lockName  = "lock"
	stayName  = "resident.lock"
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
	// Program is the path of the program; nil where that does not matter.
	Program func() (string, error)
}

// flagFile beside the program keeps everything beside it, so that the folder
// can be carried from one PC to another.
const (
	flagFile    = "portable.flag"
	carriedHome = "data"
)

// beside is the home folder of a program that is carried around.
func (p Place) beside() (home string, ok bool) {
	if p.Program == nil {
		return "", false
	}
	program, err := p.Program()
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	home = filepath.Join(filepath.Dir(program), carriedHome)
	return home, carried(home)
}

// carried tells whether a home folder lies beside a program that is carried around.
func carried(home string) bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(home), flagFile))
	return err == nil
}

// preferred is where a home keeps its secrets: one that is carried around has
// them with it, behind a passphrase, because the keyring stays at the PC.
func preferred(home string) secret.Kind {
	if carried(home) {
		return secret.KindFile
	}
	return secret.KindAny
}

// DefaultHome is the folder that the operating system means for such data:
// LOCKSTEP_HOME if set; beside a program that is carried around; %LOCALAPPDATA%\Lockstep on Windows, Application Support
// on macOS, else the data folder of the XDG base directory specification.
func DefaultHome(p Place) (string, error) {
	if dir := p.Getenv("LOCKSTEP_HOME"); dir != "" {
		return filepath.Abs(dir)
	}
	if home, ok := p.beside(); ok {
		return home, nil
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

// Stay makes this process the one that keeps the office of a home folder, also
// while the office is closed and its own lock free: that waits for a keyring, or
// is in the hands of a command. It is ErrBusy when another process stays.
func Stay(home string) (leave func(), err error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, &HomeError{Home: home, Err: err}
	}
	lock := flock.New(filepath.Join(home, stayName), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, &HomeError{Home: home, Err: err}
	}
	if !ok {
		return nil, ErrBusy
	}
	return func() { _ = lock.Close() }, nil // the system lets go of it as well
}

// Stays tells whether a process keeps the office of a home folder, whether it
// answers or not.
func Stays(home string) (bool, error) {
	home, err := Canonical(home)
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(home, stayName)); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	leave, err := Stay(home)
	if errors.Is(err, ErrBusy) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	leave()
	return false, nil
}

// leave notes the moment on the lock, and lets go of it.
func leave(lock *flock.Flock, now time.Time) error {
	_ = os.Chtimes(lock.Path(), now, now) // only a hint, see claim
	return lock.Close()
}
