package state

import "errors"

// Errors that callers tell apart.
var (
	// ErrUnknownPreview: no preview with this digest was shown, or it is too old.
	ErrUnknownPreview = errors.New("no such preview")
	// ErrUnknownRun: the history holds no such run, or no longer.
	ErrUnknownRun = errors.New("no such run")
	// ErrNewerSchema: a later version of the program has written the store.
	ErrNewerSchema = errors.New("the store was written by a newer version")
	// ErrDamaged: the store's file is not a database, or its integrity is gone.
	ErrDamaged = errors.New("the store is damaged")
	// ErrWrongKey: the file is intact, but sealed with another key; the two do
	// not belong together, and neither is of use without its own partner.
	ErrWrongKey = errors.New("the store and its key do not belong together")
	// ErrDiskFull: there is no room to note anything down; nothing was.
	ErrDiskFull = errors.New("the disk is full")
)
