// Package plan decides. From what is known of one person's two calendars
// (mirrors, links, answers, rules) it builds the list of actions that would
// bring them together, each with the reason a person can be told.
//
// It is pure: no context, no error, no clock, no randomness, no logger. The
// same Input gives the same Plan, sorted, whatever the order of its slices.
// It knows only package event; what an action does to the world is the
// engine's business. An Input is never changed; a Plan refers to its items.
//
// # Links
//
// The truth table of a live link, by what the mirrors say of its two ends.
// The first row that fits decides.
//
//	an end is under an open entry    nothing at all
//	a person said: never             Skip LeftAlone
//	Exchange end lost, one free      go on with that one (it got a new id); of
//	  entry bears its mark or UID      several the oldest, else Ask Ambiguous
//	business end lost, a free one is  go on with that one (our store is a
//	  named by the Exchange end's mark  backup from before it was made again)
//	gone / gone                      Unlink
//	old and new spans all outside    nothing: frozen. gone / present there: Ask
//	  the window                       DeletedFrozen
//	unreadable / any                 Skip CannotRead
//	missing / any                    Ask Vanished; a lost right or a short page
//	                                   looks the same, so nothing is deleted
//	an end became a series that the  Skip SeriesStays
//	  other side cannot hold
//	the Exchange end, which is not    Skip FilteredOut
//	  our copy, is one that the
//	  office's filter keeps out
//	the business end became a        Skip ProjectTask, TypeNotChosen
//	  project task, or got a type
//	  that does not go out
//	gone / present, unchanged        Delete, or Leave where the copy that is
//	                                   still there is a participant's, or is
//	                                   owned for others by who left a meeting
//	gone / present, and deleting it  Ask TiedToMore
//	  loses what cannot be made again
//	gone / present, changed          Policy.Deleted: Ask DeletedAndEdited, or
//	                                   Create again
//	present / present, called off    Skip Cancelled
//	present / present, declined by   Leave; Delete where nobody is left in what
//	  this person                      his copy has brought, unchanged since;
//	                                   else Skip Declined
//	present / present                merge
//
// Where the business system publishes, a copy that a person deleted is made
// again once (PutBackOnce); one that is deleted again is held.
//
// A held link says OnHold where it would do something, until an end differs
// from its base; then it is merged, or its deleted end made again, and what
// is written makes it live. A side that the office's direction or the
// account's rights close is never written: what would be says so as a Skip.
//
// # Merge
//
// Only fields that both sides declare are compared, each side's content with
// its own base, so that what a system renders in its own way is no change.
// The two sides are compared with each other through Normalize, seen from
// either side: what one of them cannot hold is no difference.
//
//	changed on            the sides now    then
//	one side              differ           Update the other in these fields
//	one side              equal            only the base moves (Refreshed)
//	both                  equal            only the base moves
//	both                  differ           the winner is written, or Ask
//	none, versions moved                   only the versions move (Refreshed)
//
// The winner of a field, first rule that fits: the side a person named, for the
// whole entry or for that field; a
// side that is closed, because the other could not be written there; the
// office's rule; by field, the side that holds a participant's copy where the
// other end is an owner's, because a participant sees what the organiser did
// and cannot change it; else the newer, unless times are equal or unknown
// (Ask SameAge) or a server's clock is too far off (Ask ClockUnsure). One
// question blocks its whole link and no other.
//
// An answer field by field has each end written, one after the other. It ends
// piece by piece: each write names what of it is left for the other end
// (Action.Rest). A series has none: its exceptions are departures from its hour
// and its texts, and those of one side mean something else beside the hour of the
// other. A conflict that comes up before it is carried out is asked about together
// with what was answered.
//
// A field that would for the third time within a day go back to a value that it
// had, over one that it had too, is asked about first (BackAndForth): somebody
// else's program undoes what is written here. The question ends with an answer,
// after which the count begins anew, when the sides agree, or after a day.
//
// A participant's copy is only written in what is his own: how it shows, his
// reminder, on Exchange whether it is private. Any other change that should
// go there is said once as NotOrganizer and its base stays, so that it yields
// to what the organiser does later.
//
// One such change is written all the same (Follows): time, place, subject or
// notes of a single meeting that a colleague has called, changed by the business
// side alone, where that colleague's own copy has taken over the very same
// content from the business side and nobody was mailed about it (Lead). Until
// then the plan names him (Heeds). A copy that was declined, or that somebody
// has changed, follows nobody; neither does a guest's.
//
// Where the business system publishes, what a person changed in a copy is put
// back. A field may flow one way only although entries flow both ways.
//
// The text of a private entry may be concealed (Item.Veil): the engine took it
// out before anything was stored. What stands for it is written over our copy
// (MadePrivate; DateIsPrivate of a series of which one date is), whatever that showed before, unless a person has edited the
// copy; text never flows back to where the entry began, and of two entries that
// were both there before us neither is written over. What is compared besides
// is a keyed digest. The same goes for text of single dates of a series; what
// such dates say where the entry began is not known here, and put into a write
// by the engine.
//
// The mark on the Exchange end is written when nothing else is to be written
// to the link and it does not name the business entry and the state agreed.
// An Update carries it along.
//
// People are told by Exchange and written to the business system alone: who is
// called or called off there since it was agreed on is added or taken out, and
// what a person changes of the people in the business system goes nowhere.
//
// # Entries without a link
//
// First what a person said (pair, keep separate, never), then Match (of a
// meeting's copy that is kept separate by the meeting's UID alone), then
// for each entry alone the first that fits: LeftAlone, OtherOffice,
// Cancelled, Declined, ProjectTask, OutsideWindow, TooOld (later: only if made long ago),
// TypeNotChosen, PrivateKept, FilteredOut, DirectionClosed, SideReadOnly; our mark without its partner:
// Ask PartnerUnknown; our mark of an end that was made again since: Ask; a meeting that a colleague's copy brings: Await; one
// that another entry of this person already is: Ask; a business entry just like one that
// we have made: Ask MadeTwice; a series that the other
// side cannot hold: SeriesSkipped; else Create.
//
// # Series
//
// A series is one entry. How the other side could hold it is that side's
// verdict (Input.HoldSeries): whole, expanded or not. What is held whole is
// linked series to series. What is expanded is replaced, before anything else
// is looked at, by a row for each occurrence in the window, under an id made
// of the series' id and the occurrence's original start; from there on an
// occurrence is an entry like any other, with two exceptions: it is never
// marked, because a mark would make an exception of it, and all occurrences of
// one series count as one wherever a safety stop counts. As the window moves,
// further occurrences come into it. A series stays in the way it was begun in, by
// anybody who has a copy of the meeting; one that looks like a series of the other
// side is never expanded beside it. An occurrence whose series has moved to another
// hour is the same still, and only its time is written.
//
// The row of an occurrence that a link holds is what the series' row is
// (Missing, Unreadable, Gone), and Gone besides where the series is there and
// does not produce it any more. An exception outside the days that a side
// tells exceptions of (KnownWindow) is unknown, not absent.
//
// Two linked series are merged part by part: the rule (pattern and range) is
// one part, the exception of each day another. A part that changed on one side
// flows; one that changed on both is decided as any field is. An Update of the
// rule or the hour carries all exceptions that shall stand after it, because
// some systems drop them then; those that the new rule has no occurrence for
// are counted in Dropped. A change that the other side cannot follow is not
// written, and said as SeriesStays; its copy stays as it was.
//
// Base moves by parts too (After, Found): what a write has not reached is not
// agreed on, and so is written by the next plan instead of being taken for a
// person's deletion.
//
// A Pair with Fields 0 takes each side's own content as agreed: entries that
// were on both sides before us may differ in notes or place, and neither is
// overwritten. A Pair with Fields comes from a mark (the store was lost): its
// digest tells that only one side has changed since, and the next plan writes
// these fields to Side. When the digest fits neither side, a person is asked.
//
// # Giving a calendar up
//
// A mailbox that shall no longer show when a resource is taken is cleared by a
// plan like any other, which is shown and stopped for safety like any other:
// what was made in it for the window's days is deleted, all links end, and
// nothing is made or tied.
//
// # Undo
//
// Undo is another plan, made from what a run is recorded to have done. Entries
// go back to what they were before it where nobody has changed them since, and
// their links are Held: they are merged again when an end changes. A link goes
// on without the end that the undo took away; its mirror row says Gone, so that
// no plan looks for it and no whole listing takes it for lost.
//
// # Halts
//
// A plan that would write is judged as a whole first: a side that is empty or
// lost more than half of its linked entries, entries that all moved by one
// offset, more deletions (of entries, and series that lose dates) than a run or
// a day may have, more creations than a running office ever sees. A halted plan keeps only what asks and tells;
// what it would have written is in Halt.Withheld.
package plan
