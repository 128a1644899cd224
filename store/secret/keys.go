package secret

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// The entries with the keys of the store.
const (
	sealName = "store-seal"
	hmacName = "store-hmac"
)

// Keys are the keys of one store: without Seal its calendar text cannot be read, without HMAC it cannot be compared.
type Keys struct {
	Seal Key
	HMAC Key
}

// Key is 32 random bytes that must not be seen. The zero Key has none.
type Key struct {
	raw *string // behind a pointer for the same reason as the value of a Secret
}

func newKey(raw []byte) Key {
	s := string(raw)
	return Key{raw: &s}
}

// Reveal gives a copy of the 32 bytes, or nil for the zero Key.
func (k Key) Reveal() []byte {
	if k.raw == nil {
		return nil
	}
	return []byte(*k.raw)
}

// Format writes REDACTED for every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue gives REDACTED.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives REDACTED, so that no encoder writes the key.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LoadKeys reads the keys of a store that exists. It never makes one: a key made in the place of a lost one would
// turn "the keys are missing" into "the store is unreadable". ErrNotFound means that one of them is missing.
func LoadKeys(ctx context.Context, ring Keyring) (Keys, error) {
	seal, err := readKey(ctx, ring, sealName)
	if err != nil {
		return Keys{}, fmt.Errorf("load keys of the store: %w", err)
	}
	mac, err := readKey(ctx, ring, hmacName)
	if err != nil {
		return Keys{}, fmt.Errorf("load keys of the store: %w", err)
	}
	return Keys{Seal: newKey(seal), HMAC: newKey(mac)}, nil
}

// MakeKeys is for a home that has no store yet: it takes over the keys that a store before it left, because stamps on
// the server were made with them, and makes what is missing. The caller holds the lock of the home.
func MakeKeys(ctx context.Context, ring Keyring) (Keys, error) {
	var k Keys
	for _, part := range []struct {
		name string
		key  *Key
	}{{sealName, &k.Seal}, {hmacName, &k.HMAC}} {
		key, err := readKey(ctx, ring, part.name)
		if errors.Is(err, ErrNotFound) {
			key, err = makeKey(ctx, ring, part.name)
		}
		if err != nil {
			return Keys{}, fmt.Errorf("make keys of the store: %w", err)
		}
		*part.key = newKey(key)
	}
	return k, nil
}
