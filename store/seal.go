package store

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"lockstep/sync/state"
)

// sealer encrypts values of rows. Each value is bound to its place, so that
// one moved to another row does not open.
type sealer struct{ aead cipher.AEAD }

func newSealer(key [32]byte) (*sealer, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("make sealing key: %w", err)
	}
	return &sealer{aead}, nil
}

// close seals a value as JSON: a random nonce, then the ciphertext.
func (s *sealer) close(place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", place, err)
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("make nonce: %w", err)
	}
	return s.aead.Seal(nonce, nonce, plain, []byte(place)), nil
}

// errSealed: a value does not open with our key.
var errSealed = errors.New("sealed with another key, or altered")

// open reads what close sealed for the same place.
func (s *sealer) open(place string, sealed []byte, v any) error {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return fmt.Errorf("open %s: %w: %w", place, state.ErrDamaged, errSealed)
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(place))
	if err != nil {
		return fmt.Errorf("open %s: %w: %w", place, state.ErrDamaged, errSealed)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("read %s: %w", place, err)
	}
	return nil
}
