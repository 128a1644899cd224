package api

import (
	"fmt"
	"strings"
	"time"
)

// Class says what a failed call means to its caller. It is all that a caller needs to decide by.
type Class int

// The classes. Unavailable is the zero value: the mildest that promises nothing.
const (
	// Unavailable: the server could not be asked, or a read got no usable answer this time. A write
	// with this class was never sent.
	Unavailable Class = iota
	// NotFound: the API itself says that there is no such thing.
	NotFound
	// Invalid: the request was refused as it stands, or was not sent because it cannot be right.
	Invalid
	// Forbidden: refused for lack of a right, a licence or an approval; see [Error.WholeOrganisation].
	Forbidden
	// ScopeMissing: the credentials lack a scope; Error.Scopes names it.
	ScopeMissing
	// Throttled: refused before it was processed, because of the quota.
	Throttled
	// OutcomeUnknown: a write was sent and no answer could be read. It may or may not have happened.
	OutcomeUnknown
	// Auth: the sign-in was refused, or sign-in is stopped after too many refusals.
	Auth
	// Protocol: the answer is not what the API documents (a proxy's page, truncated JSON, a redirect).
	Protocol
	// Certificate: the server's certificate was not accepted.
	Certificate
	// HostUnknown: the host name of the base URL does not exist.
	HostUnknown
)

// String returns the class in words.
func (c Class) String() string {
	switch c {
	case Unavailable:
		return "unavailable"
	case NotFound:
		return "not found"
	case Invalid:
		return "invalid"
	case Forbidden:
		return "forbidden"
	case ScopeMissing:
		return "scope missing"
	case Throttled:
		return "throttled"
	case OutcomeUnknown:
		return "outcome unknown"
	case Auth:
		return "sign-in refused"
	case Protocol:
		return "unexpected answer"
	case Certificate:
		return "certificate not accepted"
	case HostUnknown:
		return "host unknown"
	default:
		return fmt.Sprintf("class %d", int(c))
	}
}

// ExceptionType is the type member of the API's error body. Values that the documentation does not
// list are kept when they look like one.
type ExceptionType string

// The documented exception types.
const (
	InternalSystemError                ExceptionType = "InternalSystemError"
	AuthenticationRequired             ExceptionType = "AuthenticationRequired"
	AddonMissing                       ExceptionType = "AddonMissing"
	FeatureIsNotEnabled                ExceptionType = "FeatureIsNotEnabled"
	InvalidParameter                   ExceptionType = "InvalidParameter"
	InvalidOperation                   ExceptionType = "InvalidOperation"
	InvalidRequest                     ExceptionType = "InvalidRequest"
	InsufficientAPIScope               ExceptionType = "InsufficientApiScope"
	InvalidAPIVersion                  ExceptionType = "InvalidApiVersion"
	ConfigurationError                 ExceptionType = "ConfigurationError"
	UserLicenseType                    ExceptionType = "UserLicenseType"
	TermsOfServiceNotApproved          ExceptionType = "TermsOfServiceNotApproved"
	HTTPSRequired                      ExceptionType = "HttpsRequired"
	OrganizationNotActive              ExceptionType = "OrganizationNotActive"
	PermissionDenied                   ExceptionType = "PermissionDenied"
	TrialExpired                       ExceptionType = "TrialExpired"
	NotAvailableInTrial                ExceptionType = "NotAvailableInTrial"
	InvalidRecaptcha                   ExceptionType = "InvalidRecaptcha"
	AddonMissingTermsOfServiceApproval ExceptionType = "AddonMissingTermsOfServiceApproval"
	ExcludedFromTrial                  ExceptionType = "ExcludedFromTrial"
)

// Error is the error of every call of a [Client].
type Error struct {
	// Op names the call, such as "create activity".
	Op string
	// Class is what to decide by.
	Class Class
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// Type is the exception type of the answer, "" when it had none.
	Type ExceptionType
	// Parameter names the parameter or field that the server complained about, "" when unknown.
	Parameter string
	// Scopes are the missing scopes of a ScopeMissing error.
	Scopes []string
	// RetryAfter is how long to wait before asking again; 0 when nobody said.
	RetryAfter time.Duration
	// Sent tells whether the request may have reached the server. False is a promise.
	Sent bool
	// Err is the cause, free of anything that names people, entries or secrets. May be nil.
	Err error
}

// Error returns one line for a log or a person: what was tried, what came of it, and why.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Op, e.Class)
	var facts []string
	if e.Status != 0 {
		facts = append(facts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Type != "" {
		facts = append(facts, string(e.Type))
	}
	if e.Parameter != "" {
		facts = append(facts, "parameter "+e.Parameter)
	}
	if e.RetryAfter > 0 {
		facts = append(facts, "retry after "+e.RetryAfter.Round(time.Second).String())
	}
	if len(facts) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(facts, ", "))
	}
	if len(e.Scopes) > 0 {
		fmt.Fprintf(&b, ": the client credentials lack %s; add the scope in Severa under Settings, Integrations, REST API",
			strings.Join(e.Scopes, ", "))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// WholeOrganisation reports whether the refusal concerns the credentials or the organisation as a
// whole, so that the same call can do no better elsewhere, as opposed to one entry or one person.
func (e *Error) WholeOrganisation() bool {
	switch e.Class {
	case Auth, ScopeMissing, Certificate, HostUnknown:
		return true
	case NotFound, Throttled, OutcomeUnknown, Protocol, Unavailable:
		return false
	case Invalid, Forbidden:
		return organisationTypes[e.Type]
	}
	return false
}

var organisationTypes = map[ExceptionType]bool{
	AddonMissing: true, AddonMissingTermsOfServiceApproval: true, TermsOfServiceNotApproved: true,
	FeatureIsNotEnabled: true, OrganizationNotActive: true, TrialExpired: true, NotAvailableInTrial: true,
	ExcludedFromTrial: true, HTTPSRequired: true, InvalidAPIVersion: true, ConfigurationError: true,
}
