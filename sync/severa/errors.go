package severa

import (
	"errors"
	"strconv"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// The codes of our own that an endpoint.Error bears; all others are Severa's
// exception types or HTTP statuses.
const (
	// CodeSeriesPart: the person is in single occurrences of a series alone.
	CodeSeriesPart = "series_part"
	// CodeSeriesRule: the occurrences of the series are not those of its rule.
	CodeSeriesRule = "series_rule"
	// CodeSeriesException: which of the occurrences a changed one was cannot be told.
	CodeSeriesException = "series_exception"
	// CodeNoOccurrence: the series has no such occurrence any more.
	CodeNoOccurrence = "no_occurrence"
	// CodeSeriesUndelete: a deleted occurrence cannot be brought back.
	CodeSeriesUndelete = "series_undelete"
	// CodeHasHours, CodeHasCustomer and CodeHasPhase: deleting the activity
	// would lose what cannot be made again, so a person decides.
	CodeHasHours    = "has_hours"
	CodeHasCustomer = "has_customer"
	CodeHasPhase    = "has_phase"
	// CodeNotOwner: only the owner may do that. CodeIsOwner: the owner
	// cannot leave, since there is nobody to pass the activity on to.
	CodeNotOwner = "not_owner"
	CodeIsOwner  = "is_owner"
	// CodeOwnerFixed: the activity cannot be given to the next of its people.
	CodeOwnerFixed = "owner_fixed"
	// CodeNoSlot: Severa has no place for a mark.
	CodeNoSlot = "no_slot"
	// CodeLeft: the activity is there and the person is not in it any more.
	CodeLeft = "not_a_participant"
	// CodeStale: the activity is not in the version that was seen.
	CodeStale = "changed_since"
	// CodeUnreadable: the activity breaks the documented form.
	CodeUnreadable = "unreadable"
	// CodeBadTimes: the entry's times make no span.
	CodeBadTimes = "bad_times"
	// CodeNoType: there is no activity type to give to the entry.
	CodeNoType = "no_activity_type"
	// CodeUserUnknown and CodeUserInactive are about the person himself.
	CodeUserUnknown  = "user_unknown"
	CodeUserInactive = "user_inactive"
	// CodeOtherCertificate: the server shows another certificate than the trusted one.
	CodeOtherCertificate = "other_certificate"
	// CodeCursor: the cursor is none of this endpoint's.
	CodeCursor = "not_our_cursor"
)

// fault is an error of our own finding.
func fault(op string, id event.ID, s endpoint.Scope, k endpoint.Kind, code string) *endpoint.Error {
	return &endpoint.Error{Op: op, Side: event.Business, ID: id, Code: code, Scope: s, Kind: k}
}

// failed turns an error of the client into one of the endpoint. A call about one
// entry names it; id is empty for a call about a calendar or the office.
func failed(op string, id event.ID, err error) *endpoint.Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*endpoint.Error](err); ok {
		return e
	}
	out := &endpoint.Error{Op: op, Side: event.Business, ID: id, Scope: endpoint.ScopeCalendar, Kind: endpoint.Internal, Err: err}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return out
	}
	out.RetryAfter = e.RetryAfter
	out.Code = codeOf(e)
	own := endpoint.ScopeCalendar
	if id != "" {
		own = endpoint.ScopeItem
	}
	out.Kind, out.Scope = kindOf(e.Class), own
	switch e.Class {
	case api.Throttled, api.Unavailable, api.HostUnknown:
		out.Scope = endpoint.ScopeCalendar
	case api.Protocol:
		// An entry that cannot be read is its own trouble; an answer that is no
		// answer of the service at all is everybody's.
		if _, row := errors.AsType[*api.RowError](err); row {
			out.Code = CodeUnreadable
		} else {
			out.Scope = endpoint.ScopeCalendar
		}
	case api.OutcomeUnknown:
		out.Scope = endpoint.ScopeItem
	case api.NotFound, api.Invalid, api.Forbidden, api.ScopeMissing, api.Auth, api.Certificate:
	}
	if e.WholeOrganisation() {
		out.Scope = endpoint.ScopeAccount
	}
	return out
}

func kindOf(c api.Class) endpoint.Kind {
	switch c {
	case api.Unavailable, api.HostUnknown:
		return endpoint.Unavailable
	case api.NotFound:
		return endpoint.NotFound
	case api.Invalid:
		return endpoint.Invalid
	case api.Forbidden:
		return endpoint.Forbidden
	case api.ScopeMissing:
		return endpoint.ScopeMissing
	case api.Throttled:
		return endpoint.Throttled
	case api.OutcomeUnknown:
		return endpoint.OutcomeUnknown
	case api.Auth:
		return endpoint.Auth
	case api.Certificate:
		return endpoint.Certificate
	case api.Protocol:
		return endpoint.Internal
	default:
		return endpoint.Internal
	}
}

// codeOf is Severa's own word for the trouble.
func codeOf(e *api.Error) string {
	switch {
	case errors.Is(e, api.ErrPin):
		return CodeOtherCertificate
	case e.Type != "":
		return string(e.Type)
	case e.Class == api.ScopeMissing:
		return string(api.InsufficientAPIScope)
	case e.Status != 0:
		return strconv.Itoa(e.Status)
	default:
		return ""
	}
}

// isNotFound tells whether the service itself said that there is no such thing.
func isNotFound(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Class == api.NotFound
}
