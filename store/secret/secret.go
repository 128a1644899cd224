package secret

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
)

// redacted is what a secret looks like wherever it is printed, logged or marshalled.
const redacted = "REDACTED"

// maxSecret bounds one secret, in bytes. The largest one kept here is a cache of OAuth tokens of some 20 KiB.
const maxSecret = 1 << 20

// Errors that callers tell apart with errors.Is. Their texts say what to do.
var (
	// ErrNotFound means that no secret has this name.
	ErrNotFound = errors.New("no secret of this name is kept")
	// ErrLocked means that the secrets are there but closed: the keyring waits for its password, or the file for its
	// passphrase. A write that ended with ErrLocked may still take effect when the keyring is unlocked.
	ErrLocked = errors.New("the secrets are locked")
	// ErrNoKeyring means that there is no place to keep secrets in, or that it does not answer.
	ErrNoKeyring = errors.New("no keyring answers")
	// ErrPassphrase means that the passphrase does not open the file, or is empty.
	ErrPassphrase = errors.New("the passphrase is wrong")
	// ErrDamaged means that what was read is not what was written, whatever the passphrase.
	ErrDamaged = errors.New("the kept secrets are damaged")
	// ErrTooLarge means that the secret is larger than what can be kept (1 MiB).
	ErrTooLarge = errors.New("the secret is too large")
)

// Keyring keeps secrets by name. Its methods may be called from several goroutines, and several processes may use
// the same home folder. A call that fails leaves the secret as it was, unless the error is ErrLocked or comes from a
// context: then it is not known whether a write took effect.
type Keyring interface {
	// Get gives the secret of this name, or ErrNotFound.
	Get(ctx context.Context, name string) (Secret, error)
	// Set keeps the secret under this name and replaces the one before; its value may be empty, and any bytes.
	Set(ctx context.Context, name string, s Secret) error
	// Delete forgets the secret of this name, or returns ErrNotFound.
	Delete(ctx context.Context, name string) error
}

// Fingerprinter is a Keyring that knows the fingerprint of a value before it is
// kept. Each Keyring of this package is one.
type Fingerprinter interface {
	Fingerprint(ctx context.Context, name, value string) (string, error)
}

// Secret is a value that must not be seen. The zero Secret is empty. Secrets are compared by what Reveal or
// Fingerprint gives, not by ==.
type Secret struct {
	// The value is behind a pointer because fmt asks no method of an unexported field of someone else's struct, nor
	// of anything printed with %p: it prints what it finds, and of a pointer that is the address.
	value       *string
	fingerprint string
}

// New makes a Secret of a value that was typed or received.
func New(value string) Secret { return Secret{value: &value} }

// Reveal gives the value. Nothing else does.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsEmpty tells whether there is no value.
func (s Secret) IsEmpty() bool { return s.Reveal() == "" }

// Fingerprint tells two versions of one secret apart without telling the value: 32 hex digits, an HMAC-SHA-256 under
// a random key that is kept beside the secrets of this home and nowhere else. The same value under another name or in
// another home has another fingerprint. It is empty for a Secret that did not come from a Keyring.
func (s Secret) Fingerprint() string { return s.fingerprint }

// String gives REDACTED.
func (Secret) String() string { return redacted }

// GoString gives REDACTED.
func (Secret) GoString() string { return redacted }

// Format writes REDACTED for every verb: fmt would otherwise print the fields for those that are not for strings.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText gives REDACTED, so that no encoder writes the value.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives REDACTED.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Kind says where a Keyring keeps its secrets.
type Kind int

// The zero Kind stands for no choice.
const (
	KindAny    Kind = iota // the keyring of the operating system, else the file
	KindOS                 // the keyring of the operating system
	KindFile               // a file behind a passphrase
	KindMemory             // nowhere: gone when the process ends
)

// String gives a word for messages.
func (k Kind) String() string {
	switch k {
	case KindAny:
		return "any"
	case KindOS:
		return "system keyring"
	case KindFile:
		return "passphrase file"
	case KindMemory:
		return "memory"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// names allows what every keyring of every system takes as it is.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+/-]{0,99}$`)

// check refuses names and values that no keyring is asked to keep.
func check(name string, s Secret) error {
	if !names.MatchString(name) {
		return fmt.Errorf("name of secret %q: use 1 to 100 letters, digits and . _ @ + / - and begin with a letter or digit", name)
	}
	if len(s.Reveal()) > maxSecret {
		return fmt.Errorf("secret %q has %d bytes, the limit is %d: %w", name, len(s.Reveal()), maxSecret, ErrTooLarge)
	}
	return nil
}
