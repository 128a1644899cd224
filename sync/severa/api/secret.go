package api

import (
	"fmt"
	"log/slog"
)

const redacted = "REDACTED"

// Secret holds the client secret so that it cannot be printed, logged or marshalled by accident. The
// text sits behind a function, because fmt prints unexported string fields of a surrounding struct.
type Secret struct{ reveal func() string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{reveal: func() string { return text }} }

func (s Secret) text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String returns REDACTED.
func (Secret) String() string { return redacted }

// Format writes REDACTED for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue returns REDACTED.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns REDACTED, which covers JSON as well.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
