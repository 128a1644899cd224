package secret

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
)

// fingerprintName is the entry with the key of the fingerprints. It is not for callers.
const fingerprintName = "lockstep-fingerprint"

// keySize is the size of every key that is made here, in bytes.
const keySize = 32

// fingerprinting is a Keyring whose secrets know their fingerprint. It is the outermost layer of each Keyring, and
// so the place where names and sizes are checked.
type fingerprinting struct {
	ring Keyring

	mu  sync.Mutex
	key []byte // once known
}

var (
	_ Keyring       = (*fingerprinting)(nil)
	_ Fingerprinter = (*fingerprinting)(nil)
)

func withFingerprints(ring Keyring) Keyring { return &fingerprinting{ring: ring} }

func (r *fingerprinting) Get(ctx context.Context, name string) (Secret, error) {
	if err := r.check(name, Secret{}); err != nil {
		return Secret{}, err
	}
	s, err := r.ring.Get(ctx, name)
	if err != nil {
		return Secret{}, err
	}
	key, err := r.fingerprintKey(ctx)
	if err != nil {
		return Secret{}, err
	}
	s.fingerprint = fingerprint(key, name, s.Reveal())
	return s, nil
}

func (r *fingerprinting) Set(ctx context.Context, name string, s Secret) error {
	if err := r.check(name, s); err != nil {
		return err
	}
	return r.ring.Set(ctx, name, s)
}

func (r *fingerprinting) Delete(ctx context.Context, name string) error {
	if err := r.check(name, Secret{}); err != nil {
		return err
	}
	return r.ring.Delete(ctx, name)
}

// Fingerprint is the one that this value would have under that name.
func (r *fingerprinting) Fingerprint(ctx context.Context, name, value string) (string, error) {
	key, err := r.fingerprintKey(ctx)
	if err != nil {
		return "", err
	}
	return fingerprint(key, name, value), nil
}

func (r *fingerprinting) check(name string, s Secret) error {
	if name == fingerprintName {
		return fmt.Errorf("name of secret %q is reserved: use another", name)
	}
	return check(name, s)
}

// fingerprint is not reversible without the key, not even for a short password, and differs for each name.
func fingerprint(key []byte, name, value string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(name))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// fingerprintKey reads the key of this home, or makes it the first time.
func (r *fingerprinting) fingerprintKey(ctx context.Context) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != nil {
		return r.key, nil
	}
	key, err := readKey(ctx, r.ring, fingerprintName)
	if errors.Is(err, ErrNotFound) {
		key, err = makeKey(ctx, r.ring, fingerprintName)
	}
	if err != nil {
		return nil, err
	}
	r.key = key
	return key, nil
}

// readKey reads one key of 32 bytes.
func readKey(ctx context.Context, ring Keyring, name string) ([]byte, error) {
	s, err := ring.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(s.Reveal())
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("read key %q: not %d bytes in base64: %w", name, keySize, ErrDamaged)
	}
	return key, nil
}

// makeKey keeps a new random key and reads it back: what counts is what the keyring will give the next time, also
// when another process made one in the same moment.
func makeKey(ctx context.Context, ring Keyring, name string) ([]byte, error) {
	fresh := make([]byte, keySize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make key %q: %w", name, err)
	}
	if err := ring.Set(ctx, name, New(base64.StdEncoding.EncodeToString(fresh))); err != nil {
		return nil, err
	}
	return readKey(ctx, ring, name)
}
