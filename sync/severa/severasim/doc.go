// Package severasim is a simulated Visma Severa: the part of its REST service
// that a calendar client needs, over real HTTP, for tests, for the demo office
// and for anyone who wants to try a client without a Severa organisation.
//
// It follows the vendor's OpenAPI document (title "Severa Public Rest API
// Documentation", version 1.0, published at
// https://api.severa.visma.com/psapublicrest/openapidocs/v1.0/doc.json) and the
// help pages of support.severa.com. What these leave open is not guessed once
// and for all: every such fact is a field of [Switches], its zero value is the
// behaviour that seems most likely, and [AllSwitches] lists the others, so that
// a client can be held against all of them.
//
// It also misbehaves on demand, see [faultscript]. The operation names of a
// script are the documented routes: "GET /v1/activities",
// "PATCH /v1/activities/{guid}", "POST /v1/token" and so on; Who is the guid of
// the user whose activities are listed (the first of several), or who owns the
// activity in question. EmptyPage concerns the listing routes alone and
// ExpiredCursor the requests that carry a page token; others pass unharmed.
//
// The store (files store*.go, recurrence*.go) knows nothing of HTTP, and the
// routes (one file per resource) hold no state. The package shares no code with
// the client it judges and may not import it, nor the engine, the store or any
// endpoint. It reads no clock but Options.Now.
//
// Not simulated: sorting other than by name, work hours, invoices, customers,
// the authorization-code sign-in.
//
// [faultscript]: https://pkg.go.dev/lockstep/sync/internal/faultscript
package severasim
