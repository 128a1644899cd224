package wire

import (
	"context"
	"errors"
	"fmt"
	"os"

	"lockstep/store/secret"
)

// ForgetSecrets removes from a home what connections sign in with, and with
// keys also everything else that is kept in the keyring for it: nobody can read
// its store after that. It needs no office that can be opened, and makes no
// home. Nothing there to forget is no error.
func ForgetSecrets(ctx context.Context, o Options, keys bool) (err error) {
	home, err := Canonical(o.Home)
	if err != nil {
		return err
	}
	if _, err := os.Stat(home); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lock, _, err := claim(home)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave(lock, o.Now())) }()
	options := secret.Options{Home: home, Prefer: preferred(home), Passphrase: o.Passphrase, Waiting: o.Waiting}
	if keys {
		return secret.Erase(ctx, options)
	}
	ring := o.Ring
	if ring == nil {
		if ring, _, err = secret.Open(ctx, options); err != nil {
			return err
		}
	}
	for _, name := range []string{SecretExchange, SecretSevera} {
		if err := ring.Delete(ctx, name); err != nil && !errors.Is(err, secret.ErrNotFound) {
			return fmt.Errorf("forget secret: %w", err)
		}
	}
	return nil
}

// Free tells whether no process works on a home.
func Free(home string) (bool, error) {
	home, err := Canonical(home)
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(home); errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	lock, _, err := claim(home)
	if errors.Is(err, ErrBusy) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, lock.Close()
}
