package endpoint

import (
	"errors"
	"fmt"
	"time"

	"lockstep/sync/event"
)

// Scope is how far a trouble reaches.
type Scope int

// One entry, one person's calendar, or the whole connection.
const (
	ScopeItem Scope = iota
	ScopeCalendar
	ScopeAccount
)

// String is the stable name used in logs and JSON.
func (s Scope) String() string {
	names := [...]string{"item", "calendar", "account"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Kind is what a trouble means for the engine, which decides by Scope and
// Kind alone.
type Kind int

// The kinds of trouble.
const (
	// Internal: an answer that cannot be understood, or a bug of ours.
	Internal Kind = iota
	// NotFound: no such entry (item) or no such mailbox, user or folder (calendar).
	NotFound
	// Precondition: the entry is not in the version the Op named. Nothing was written.
	Precondition
	// Invalid: the system refuses this content, for ever.
	Invalid
	// Forbidden: the account may not do that.
	Forbidden
	// OutcomeUnknown: a write was sent and no readable answer came.
	OutcomeUnknown
	// Throttled: too much too fast; wait RetryAfter. Nothing was written.
	Throttled
	// Unavailable: the system cannot be reached or is out of order. Nothing was written.
	Unavailable
	// CursorExpired: begin again with a complete enumeration.
	CursorExpired
	// Auth: the sign-in was refused.
	Auth
	// Certificate: the server's certificate is not trusted, or has changed.
	Certificate
	// ScopeMissing: the sign-in works but lacks a permission that the office must grant.
	ScopeMissing
)

// String is the stable name used in logs and JSON.
func (k Kind) String() string {
	names := [...]string{
		"internal", "not_found", "precondition", "invalid", "forbidden", "outcome_unknown", "throttled",
		"unavailable", "cursor_expired", "auth", "certificate", "scope_missing",
	}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Error is the one error type of an Endpoint. Its text names the operation,
// the kind and the system's own code, never calendar text or secrets.
type Error struct {
	Op   string // verb and object, "update exchange item"
	Side event.Side
	ID   event.ID // the entry, where there is one
	// Code is the system's own word for the trouble (ErrorItemNotFound, InsufficientApiScope), for support.
	Code       string
	Scope      Scope
	Kind       Kind
	RetryAfter time.Duration // of Throttled and Unavailable; zero: not said
	Err        error
}

// Error is one line, without calendar text.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s (%s)", e.Op, e.Kind, e.Scope)
	if e.Code != "" {
		s += ", " + e.Code
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// As finds the *Error in err. Any other error is wrapped as Internal with
// ScopeCalendar, so that a caller always has something to decide by.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Op: "use endpoint", Scope: ScopeCalendar, Kind: Internal, Err: err}
}

// Is tells whether err is an *Error of that Kind.
func Is(err error, k Kind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == k
}
