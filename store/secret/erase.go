package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Erase forgets everything that is kept for a home folder, in the system's keyring and in files, the keys of its store
// included. It is not asked back, and a passphrase is not needed. Where no keyring answers, and the home never used
// one, there is nothing to forget in it.
func Erase(ctx context.Context, o Options) error {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.sys == nil {
		o.sys = system{}
	}
	service, err := serviceName(o.Home)
	if err != nil {
		return err
	}
	ring := newSystemRing(o.sys, service, o.Timeout, o.Waiting)
	if _, err := ring.call(ctx, func() (string, error) { return "", o.sys.DeleteAll(service) }); err != nil &&
		!errors.Is(err, ErrNotFound) && (!errors.Is(err, ErrNoKeyring) || usesSystem(o.Home)) {
		return fmt.Errorf("forget secrets: %w", err)
	}
	return locked(ctx, o.Home, true, o.Timeout, func() error {
		var failed []error
		for _, name := range []string{secretsFile, serviceFile} {
			if err := os.Remove(filepath.Join(o.Home, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				failed = append(failed, fmt.Errorf("forget secrets: %w", err))
			}
		}
		return errors.Join(append(failed, os.RemoveAll(filepath.Join(o.Home, sealedFolder)))...)
	})
}
