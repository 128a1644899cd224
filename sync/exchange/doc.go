// Package exchange is the endpoint over Exchange: one person's calendar folder
// behind endpoint.Endpoint, on top of the EWS client in package ews.
//
// What it holds. Subject, time, place, notes as text, privacy, free/busy state
// and reminder survive a write and a read. Attendees are read into
// event.Item.Attendees and told (event.Capabilities.Tells), for the business
// entry, but they are not a field that is written: the entries that this package makes have no attendees, so that none
// of its writes can invite or disinvite anybody.
//
// Series. A recurring series is one entry: its rule, its deleted occurrences and
// what changed ones have of their own, each under the clock time at which the
// rule puts it. A write compares what is there with what is wanted and sends
// only the difference, so that running it again completes what was cut off. The
// rule and the time of a series are written only where they differ, because the
// server forgets all exceptions then; those that are wanted are written anew,
// but what formatting, files and categories they had of their own is lost, as it
// is in Outlook. The state and the reminder of an exception are put back. An
// occurrence that the server refuses, or does not bring back once it is deleted,
// stays as it is and is told with the server's code: deleting it instead would
// lose an appointment. Ids made by event.OccurrenceID name one occurrence.
//
// Zones. A series of a zone whose id says nothing is read by the rules that came
// along, if some zone has the same; without rules on its owner's clocks, unless
// anything that the server tells of it speaks against that.
//
// Mail. Every write names whom the server mails, which is nobody unless an Op
// says so. A server that mails takes everybody in the meeting. A series is written
// by many requests that mail nobody, and announced by one more that does: its
// subject, as it is, with which everybody gets the series as it has become, once.
// What a delegate can only move to Deleted Items mails nobody.
//
// What it never does. It never overwrites
// a version that it was not told of, and never deletes anything past its
// owner's reach. A change of another field never touches the body (whose
// formatting text cannot hold), nor a sensitivity of Personal or Confidential.
// An attendee's copy of a meeting gets a mark or is left, nothing else.
//
// Preconditions are the server's for updates and marks (NeverOverwrite with the
// change key). Deletions have none in EWS: there the entry is re-read just
// before, and a race of one request remains.
//
// The mark (event.Stamp) is a handful of named string properties in a property
// set of our own. Outlook copies them along when a person duplicates an entry
// and drops them from the copies of people who are invited. An entry that was
// dragged out of the calendar is looked for in every folder of the mailbox,
// those that its owner made included, and counts as deleted only where it is
// nowhere but in Deleted Items or below. Two places stay out of sight: an
// archive mailbox, and, for an account that is a mere delegate, folders on
// which it has no right.
//
// The lease (endpoint.Leaser) is a note in the calendar folder, hidden from
// Exchange 2010 on: see lease.go.
//
// It must not know plans, stores, engines or any other system, decide by the
// text of an error, or put calendar text into logs and errors.
package exchange
