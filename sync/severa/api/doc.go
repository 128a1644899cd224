// Package api is the REST client of Visma Severa: wire types, sign-in, paging, pacing and errors.
//
// It speaks the documented contract (https://api.severa.visma.com/rest-api-doc and the OpenAPI file
// https://api.severa.visma.com/psapublicrest/openapidocs/v1.0/doc.json) and nothing else. It is not
// allowed to know anything of this module: no calendar vocabulary, no rules of the office, no store.
// It decides nothing about what an answer means for a person's calendar; it says what the server
// said, and says so when it cannot tell.
//
// Three promises matter more than the rest:
//
//   - A write is sent at most once. Reads may be repeated by the caller; a write whose answer was
//     lost comes back as [OutcomeUnknown] and is for the caller to settle. Three answers that refuse a
//     write let it be sent again: a 401 (RFC 9110, section 15.5.2: it has not been applied), with
//     a new token; a 400 to the first patch that carries a value other than text, with that
//     value written the other way, since the documents leave open which of the two is meant; and
//     a 429 to a POST, since the quota refuses a request before it is processed, after a short pause.
//   - An answer that cannot be read is an error, never an empty list, and a 404 counts as "gone" only
//     when it looks like one from the API and not like the page of a proxy in between.
//   - No error text and no log line holds a body, a name, a note, an address, a token or the secret.
package api
