package secret

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// DefaultTimeout is how long one call to the system's keyring may take: time enough to type a password.
const DefaultTimeout = 30 * time.Second

// serviceFile is in a home that keeps its secrets in the system's keyring, and holds the service name that they have
// there. It outlives a move of the folder.
const serviceFile = "keyring-service"

// probeName is read to see whether a keyring answers. Nothing is ever kept under it.
const probeName = "lockstep-probe"

// Options say how the secrets of one home folder are opened.
type Options struct {
	// Home is the home folder, which exists. Required.
	Home string
	// Passphrase gives the passphrase of the file, from a person or from wherever the caller has it; nil where nobody
	// can be asked. It is called when a secret is first needed, again after a wrong one, and never twice at once. For
	// a home without a file (see HasFile) what it gives becomes the passphrase.
	Passphrase func(context.Context) (string, error)
	// Prefer picks a kind instead of what Open would choose.
	Prefer Kind
	// Timeout bounds each call to the system's keyring, and each wait for another process; 0 means DefaultTimeout.
	Timeout time.Duration
	// Waiting is called when the system's keyring takes longer than two seconds, which means as a rule that it is
	// waiting for a person. It must return at once. May be nil.
	Waiting func()

	sys  provider // for tests; nil means the real one
	cost int      // for tests; 0 means workFactor
}

// Open finds the place where this home keeps its secrets, or chooses one: the keyring of the operating system where
// one answers, else a file behind a passphrase. What a home once used it goes on using, because its secrets are
// there; Prefer overrides that, and then they have to be set again.
//
// The errors are ErrNoKeyring (nowhere to keep secrets, or the system's keyring of this home does not answer) and
// ErrLocked (the file needs a passphrase and nobody can be asked, or the keyring is waiting for its password). Whether
// a passphrase is right shows when the first secret is read.
func Open(ctx context.Context, o Options) (Keyring, Kind, error) {
	if _, err := os.ReadDir(o.Home); err != nil {
		return nil, KindAny, fmt.Errorf("open secrets: look into the home folder: %w", err)
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.sys == nil {
		o.sys = system{}
	}
	if o.cost == 0 {
		o.cost = workFactor
	}
	switch o.Prefer {
	case KindMemory:
		return NewMemory(), KindMemory, nil
	case KindOS:
		return openSystem(ctx, o)
	case KindFile:
		return openFile(o)
	case KindAny:
	}
	if HasFile(o.Home) {
		return openFile(o)
	}
	ring, kind, err := openSystem(ctx, o)
	switch {
	case err == nil || !errors.Is(err, ErrNoKeyring):
		return ring, kind, err
	case usesSystem(o.Home):
		return nil, KindAny, fmt.Errorf("this home keeps its secrets in the system's keyring, which must be reached to go on "+
			"(sign in to the desktop, unlock the keyring, or start its service; or choose a passphrase file and set the secrets again): %w", err)
	case o.Passphrase != nil:
		return openFile(o)
	}
	return nil, KindAny, fmt.Errorf("there is nowhere to keep secrets: start a keyring service (GNOME Keyring, KWallet), "+
		"or give a passphrase (LOCKSTEP_PASSPHRASE, or a terminal to ask for it) and they go to an encrypted file: %w", err)
}

// openFile does not read the file: the passphrase is asked for when a secret is needed.
func openFile(o Options) (Keyring, Kind, error) {
	if o.Passphrase == nil {
		return nil, KindAny, fmt.Errorf("open %s: it needs its passphrase (LOCKSTEP_PASSPHRASE, or a terminal to ask for it): %w",
			filepath.Join(o.Home, secretsFile), ErrLocked)
	}
	return withFingerprints(newFileRing(o.Home, o.Passphrase, o.Timeout, o.cost)), KindFile, nil
}

// openSystem asks the system's keyring for something that is not there: "not found" is the answer of one that works.
func openSystem(ctx context.Context, o Options) (Keyring, Kind, error) {
	service, err := serviceName(o.Home)
	if err != nil {
		return nil, KindAny, err
	}
	ring := newSystemRing(o.sys, service, o.Timeout, o.Waiting)
	if _, err := ring.Get(ctx, probeName); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, KindAny, fmt.Errorf("open the system's keyring: %w", err)
	}
	if !usesSystem(o.Home) {
		if err := writeFile(filepath.Join(o.Home, serviceFile), []byte(service+"\n")); err != nil {
			return nil, KindAny, fmt.Errorf("note where the secrets are: %w", err)
		}
	}
	return withFingerprints(&splitRing{ring: ring, home: o.Home, wait: o.Timeout}), KindOS, nil
}

// UsesKeyring tells whether a home keeps its secrets in the system's keyring.
func UsesKeyring(home string) bool { return usesSystem(home) }

func usesSystem(home string) bool {
	_, err := os.Stat(filepath.Join(home, serviceFile))
	return err == nil
}

// serviceName is the name under which the system's keyring knows the secrets of this home. It is made of the folder's
// path, so that two homes have different ones and a home that was deleted and begun anew finds its keys again; once
// made it is kept in the folder, so that a home that was moved finds them too.
func serviceName(home string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(home, serviceFile))
	if err == nil {
		if name := strings.TrimSpace(string(kept)); strings.HasPrefix(name, "Lockstep ") && len(name) <= 100 {
			return name, nil
		}
		return "", fmt.Errorf("read %s: it does not name a keyring service; remove it and set the secrets again: %w",
			filepath.Join(home, serviceFile), ErrDamaged)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the name of the keyring service: %w", err)
	}
	path, err := filepath.Abs(home)
	if err != nil {
		return "", fmt.Errorf("find the home folder: %w", err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	sum := sha256.Sum256([]byte(path))
	return "Lockstep " + hex.EncodeToString(sum[:6]), nil
}
