package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
)

// secretsFile is the name of the file of secrets in the home folder.
const secretsFile = "secrets.age"

// fileRing keeps secrets in one file behind a passphrase. It asks for the passphrase when it first needs it and keeps
// the opened identity, not the passphrase. Every call reads the file anew: another process may have written it.
type fileRing struct {
	home       string
	passphrase func(context.Context) (string, error)
	wait       time.Duration // for the lock of another process
	cost       int           // scrypt work factor of a new file

	// turn holds a token while a call is under way. A person who types a passphrase holds it, so that he is asked
	// once and not once for each secret; whoever waits for it can give up.
	turn chan struct{}
	// opened is the identity that was last taken out of a file, and the block that it came from.
	opened struct {
		block    []byte
		identity *age.X25519Identity
	}
}

var _ Keyring = (*fileRing)(nil)

func newFileRing(home string, passphrase func(context.Context) (string, error), wait time.Duration, cost int) *fileRing {
	return &fileRing{home: home, passphrase: passphrase, wait: wait, cost: cost, turn: make(chan struct{}, 1)}
}

// HasFile tells whether this home keeps its secrets in a file behind a passphrase. Where it has none, a passphrase
// that is asked for is a new one, and worth asking for twice.
func HasFile(home string) bool {
	_, err := os.Stat(filepath.Join(home, secretsFile))
	return err == nil
}

func (r *fileRing) path() string { return filepath.Join(r.home, secretsFile) }

func (r *fileRing) Get(ctx context.Context, name string) (Secret, error) {
	release, err := r.takeTurn(ctx)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	defer release()
	entries, err := r.load(ctx)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	value, ok := entries[name]
	if !ok {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, ErrNotFound)
	}
	return New(string(value)), nil
}

func (r *fileRing) Set(ctx context.Context, name string, s Secret) error {
	err := r.change(ctx, func(entries map[string][]byte) error {
		entries[name] = []byte(s.Reveal())
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep secret %q: %w", name, err)
	}
	return nil
}

func (r *fileRing) Delete(ctx context.Context, name string) error {
	err := r.change(ctx, func(entries map[string][]byte) error {
		if _, ok := entries[name]; !ok {
			return ErrNotFound
		}
		delete(entries, name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget secret %q: %w", name, err)
	}
	return nil
}

func (r *fileRing) takeTurn(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load gives all entries; a file that does not exist has none.
func (r *fileRing) load(ctx context.Context) (map[string][]byte, error) {
	var c container
	var exists bool
	err := locked(ctx, r.home, false, r.wait, func() (err error) {
		c, exists, err = r.read()
		return err
	})
	if err != nil || !exists {
		return nil, err
	}
	if err := r.open(ctx, c); err != nil {
		return nil, err
	}
	return r.entries(c)
}

// change rewrites the file with what edit makes of its entries. The passphrase is asked for outside the lock: a
// person may think for minutes. If meanwhile another process put a file with another identity there, it starts over.
func (r *fileRing) change(ctx context.Context, edit func(map[string][]byte) error) error {
	release, err := r.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer release()
	for {
		again, err := r.tryChange(ctx, edit)
		if err != nil || !again {
			return err
		}
	}
}

func (r *fileRing) tryChange(ctx context.Context, edit func(map[string][]byte) error) (again bool, err error) {
	var c container
	var exists bool
	err = locked(ctx, r.home, false, r.wait, func() (err error) {
		c, exists, err = r.read()
		return err
	})
	if err != nil {
		return false, err
	}
	if exists {
		err = r.open(ctx, c)
	} else {
		err = r.create(ctx)
	}
	if err != nil {
		return false, err
	}
	err = locked(ctx, r.home, true, r.wait, func() error {
		now, existsNow, err := r.read()
		if err != nil {
			return err
		}
		if existsNow != exists || exists && !bytes.Equal(now.identity, r.opened.block) {
			again = true
			return nil
		}
		return r.write(now, existsNow, edit)
	})
	return again, err
}

// write puts the edited entries in place of the file. The caller holds the lock.
func (r *fileRing) write(now container, exists bool, edit func(map[string][]byte) error) error {
	entries := map[string][]byte{}
	if exists {
		var err error
		if entries, err = r.entries(now); err != nil {
			return err
		}
	}
	if err := edit(entries); err != nil {
		return err
	}
	sealed, err := sealEntries(entries, r.opened.identity)
	if err != nil {
		return err
	}
	return writeFile(r.path(), encodeContainer(container{identity: r.opened.block, entries: sealed}))
}

// read reads the file without opening it. The caller holds the lock.
func (r *fileRing) read() (c container, exists bool, err error) {
	content, err := os.ReadFile(r.path())
	if errors.Is(err, os.ErrNotExist) {
		return container{}, false, nil
	}
	if err != nil {
		return container{}, false, fmt.Errorf("read file of secrets: %w", err)
	}
	c, err = decodeContainer(content)
	if err != nil {
		return container{}, false, fmt.Errorf("read %s: %w", r.path(), err)
	}
	return c, true, nil
}

// open makes sure that the identity of this file is at hand.
func (r *fileRing) open(ctx context.Context, c container) error {
	if r.opened.identity != nil && bytes.Equal(r.opened.block, c.identity) {
		return nil
	}
	passphrase, err := r.ask(ctx)
	if err != nil {
		return err
	}
	id, err := openIdentity(c.identity, passphrase)
	if err != nil {
		return err
	}
	r.opened.block, r.opened.identity = c.identity, id
	return nil
}

// create makes the identity of a file that is yet to be written.
func (r *fileRing) create(ctx context.Context) error {
	passphrase, err := r.ask(ctx)
	if err != nil {
		return err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("make identity: %w", err)
	}
	block, err := sealIdentity(id, passphrase, r.cost)
	if err != nil {
		return err
	}
	r.opened.block, r.opened.identity = block, id
	return nil
}

func (r *fileRing) ask(ctx context.Context) (string, error) {
	passphrase, err := r.passphrase(ctx)
	if err != nil {
		return "", fmt.Errorf("ask for the passphrase: %w", err)
	}
	return passphrase, nil
}

// entries opens the second part with the identity at hand.
func (r *fileRing) entries(c container) (map[string][]byte, error) {
	entries, err := openEntries(c.entries, r.opened.identity)
	if wrong := (*age.NoIdentityMatchError)(nil); errors.As(err, &wrong) {
		return nil, fmt.Errorf("open %s: its two parts do not belong together: %w", r.path(), ErrDamaged)
	}
	return entries, err
}
