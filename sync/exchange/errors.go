package exchange

import (
	"context"
	"errors"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// Codes of our own, for troubles that no response code names.
const (
	codeMalformed        = "malformed_property"   // a property that cannot be read
	codeIncomplete       = "incomplete_item"      // a property without which an entry is none is missing
	codeTruncated        = "truncated_body"       // the server cut the text, so writing it back would lose the rest
	codeUnknownZone      = "unknown_zone"         // whole days in a zone that is not known
	codeOddDays          = "all_day_not_midnight" // whole days that begin at no midnight
	codeNotOrganizer     = "not_organizer"        // only the organiser may do that
	codeBadTime          = "end_before_start"
	codeBadCursor        = "bad_cursor"
	codeNoID             = "no_id"
	codeNoFolders        = "no_folders"        // a mailbox that lists no folder
	codeOtherCertificate = "other_certificate" // another than the one that is trusted
	codeNotSent          = "not_sent"          // an earlier trouble stopped the batch

	codeSeriesMoving = "series_changing"          // a series that changed each time it was read
	codeOffRule      = "occurrence_off_rule"      // an exception on a day that the rule does not have
	codeNoOccurrence = "occurrence_not_there"     // an occurrence to write that the series does not show
	codeStaysDeleted = "occurrence_stays_deleted" // a deleted occurrence that the server does not bring back
)

// failed translates an error of the client. whole is how far a trouble reaches
// that the client puts on what was asked for: ScopeItem for the answer about
// one entry, ScopeCalendar for that to a whole call.
func failed(op string, err error, whole endpoint.Scope) *endpoint.Error {
	out := &endpoint.Error{Op: op, Side: event.Exchange, Scope: whole, Kind: endpoint.Internal, Err: err}
	if e, ok := errors.AsType[*endpoint.Error](err); ok {
		return e
	}
	e, ok := errors.AsType[*ews.Error](err)
	if !ok {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			out.Kind, out.Scope = endpoint.Unavailable, endpoint.ScopeCalendar
		}
		return out
	}
	out.Code, out.RetryAfter = e.Code, e.RetryAfter
	switch {
	case errors.Is(err, ews.ErrPin):
		out.Code = codeOtherCertificate
	case out.Code == "":
		out.Code = e.Class.String()
	}
	out.Kind, out.Scope = verdict(e, whole)
	return out
}

// verdict is what the client's class means for the engine.
func verdict(e *ews.Error, whole endpoint.Scope) (endpoint.Kind, endpoint.Scope) {
	switch e.Class {
	case ews.ClassItemNotFound:
		return endpoint.NotFound, whole
	case ews.ClassPrecondition:
		return endpoint.Precondition, whole
	case ews.ClassInvalid:
		return endpoint.Invalid, whole
	case ews.ClassItemForbidden:
		return endpoint.Forbidden, whole
	case ews.ClassUnknown:
		return endpoint.OutcomeUnknown, whole
	case ews.ClassCalendarNotFound:
		return endpoint.NotFound, endpoint.ScopeCalendar
	case ews.ClassCalendarForbidden:
		return endpoint.Forbidden, endpoint.ScopeCalendar
	case ews.ClassCursorExpired:
		return endpoint.CursorExpired, endpoint.ScopeCalendar
	case ews.ClassSubscription:
		return endpoint.Unavailable, endpoint.ScopeCalendar
	case ews.ClassVersion:
		return endpoint.Internal, endpoint.ScopeCalendar
	case ews.ClassThrottled:
		return endpoint.Throttled, endpoint.ScopeAccount
	case ews.ClassUnavailable:
		// With a response code it is about one mailbox's server (a move, a
		// stopped store); without one nothing at all can be reached.
		if e.Code != "" || errors.Is(e.Err, context.Canceled) || errors.Is(e.Err, context.DeadlineExceeded) {
			return endpoint.Unavailable, endpoint.ScopeCalendar
		}
		return endpoint.Unavailable, endpoint.ScopeAccount
	case ews.ClassHostUnknown:
		return endpoint.Unavailable, endpoint.ScopeAccount
	case ews.ClassAuth:
		return endpoint.Auth, endpoint.ScopeAccount
	case ews.ClassBlocked:
		return endpoint.Forbidden, endpoint.ScopeAccount
	case ews.ClassCertificate:
		return endpoint.Certificate, endpoint.ScopeAccount
	case ews.ClassProtocol:
		return endpoint.Internal, endpoint.ScopeAccount
	case ews.ClassUnclassified:
	}
	return endpoint.Internal, whole
}

// about is e for one entry.
func about(e *endpoint.Error, id event.ID) *endpoint.Error {
	out := *e
	out.ID = id
	return &out
}

// itemError is a trouble of one entry that we found ourselves.
func itemError(op string, id event.ID, k endpoint.Kind, code string) *endpoint.Error {
	return &endpoint.Error{Op: op, Side: event.Exchange, ID: id, Code: code, Scope: endpoint.ScopeItem, Kind: k}
}
