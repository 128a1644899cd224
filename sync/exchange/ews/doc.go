// Package ews is a client for Exchange Web Services: SOAP 1.1 over HTTP/1.1, one file per operation.
//
// It speaks the wire's own words (ItemId, ChangeKey, SyncState, ResponseCode) and is not allowed to know anything of this
// program: no events, no plans, no stamps. It never retries a write whose outcome is open, never follows a redirect, never skips the
// verification of a certificate, and never writes a subject, a body, an attendee or a secret into a log line or an error text.
//
// A Client belongs to one account on one server. It owns a few lanes: TCP connections that are signed in once and then reused, because NTLM
// authenticates the connection and not the request. Client.Mailbox gives a handle to one mailbox; all operations are its methods.
// Both are safe for use by several goroutines.
//
// Reading is lenient: a property that cannot be read is listed in CalendarItem.Problems and costs neither the item nor the batch.
// Writing is strict: elements go out in the order of the published schema, characters that XML 1.0 forbids are left out, and what an
// older server does not know is not sent to it (see Feature).
//
// The protocol is described at https://learn.microsoft.com/exchange/client-developer/web-service-reference/ews-reference-for-exchange.
package ews
