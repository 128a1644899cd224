package ews

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class says what an error means for the caller. It decides by Class alone, never by text or status.
type Class int

// The classes. Scope is given in brackets.
const (
	// ClassUnclassified is the zero value and is never returned.
	ClassUnclassified Class = iota
	// ClassItemNotFound: the item is deleted, moved or not visible [item].
	ClassItemNotFound
	// ClassPrecondition: the item has changed since its change key was read; nothing was written [item].
	ClassPrecondition
	// ClassInvalid: the server cannot store, read or find this as asked; the same request fails again [item].
	ClassInvalid
	// ClassItemForbidden: the right to do this to the item is missing [item].
	ClassItemForbidden
	// ClassCalendarNotFound: the mailbox or the folder does not exist [calendar].
	ClassCalendarNotFound
	// ClassCalendarForbidden: the account may not open the mailbox or folder, impersonation included [calendar].
	ClassCalendarForbidden
	// ClassThrottled: the server wants a pause of RetryAfter; nothing was done [account].
	ClassThrottled
	// ClassUnavailable: a passing fault, and nothing was sent or surely nothing was done [account].
	ClassUnavailable
	// ClassUnknown: a write whose outcome is open; look before anything is sent again [item].
	ClassUnknown
	// ClassCursorExpired: the SyncState is no longer valid [calendar].
	ClassCursorExpired
	// ClassSubscription: the subscription is lost; subscribe anew and pull once [calendar].
	ClassSubscription
	// ClassAuth: the server refused user and password, or the guard refused a further attempt [account].
	ClassAuth
	// ClassBlocked: the server refuses the account, this program or this address as such [account].
	ClassBlocked
	// ClassProtocol: the answer is not that of an Exchange server, or the address is wrong [account].
	ClassProtocol
	// ClassCertificate: the server's certificate was not accepted; nothing was sent [account].
	ClassCertificate
	// ClassHostUnknown: the name of the server does not resolve; nothing was sent [account].
	ClassHostUnknown
	// ClassVersion: the server does not speak a schema version that this call needs [calendar].
	ClassVersion

	numClasses
)

var classNames = [numClasses]string{
	"unclassified", "item not found", "precondition failed", "invalid", "item forbidden", "calendar not found", "calendar forbidden",
	"throttled", "unavailable", "outcome unknown", "cursor expired", "subscription lost", "sign-in refused", "blocked", "protocol error",
	"certificate refused", "host unknown", "version not supported",
}

// String names the class.
func (c Class) String() string {
	if c < 0 || c >= numClasses {
		return fmt.Sprintf("Class(%d)", int(c))
	}
	return classNames[c]
}

// Error is the one error type of this package. Calls return it as a pointer, wrapped or not; use errors.As or ClassOf.
type Error struct {
	Op         string // operation, for example "GetItem"
	Class      Class
	Code       string        // ResponseCode, for example "ErrorItemNotFound"; empty if there was none
	HTTPStatus int           // 0 if there was no answer
	RetryAfter time.Duration // the pause that the server asked for, 0 if none
	// Sent tells whether bytes of the request may have reached the server.
	Sent bool
	// Primary is the primary address that ErrorNonPrimarySmtpAddress names.
	Primary string
	// Message is the server's own text. It can hold addresses and values of the item: show it to its owner, never log it.
	Message string
	Err     error // the cause, nil if the code says it all
}

// Error tells operation, class, code and status, and the cause where there is one; never the server's text.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("call exchange ")
	b.WriteString(e.Op)
	b.WriteString(": ")
	b.WriteString(e.Class.String())
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		fmt.Fprintf(&b, " (http %d)", e.HTTPStatus)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, or ClassUnclassified if it is none of this package's.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ClassUnclassified
}

// invalid is an error of the request itself, found before anything is sent.
func invalid(op, format string, args ...any) *Error {
	return &Error{Op: op, Class: ClassInvalid, Err: fmt.Errorf(format, args...)}
}
