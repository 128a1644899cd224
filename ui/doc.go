// Package ui holds the windows. They show what the agent says and hand
// commands back; they know no calendar system, no store and no rule.
//
// Everything here runs on the toolkit's one goroutine, but for the functions
// that are given to background, which ask the agent and come back through do.
// What a row says is made in ui/model, how it looks in ui/part.
//
// It names the types of sync/localapi and sync/office itself: what the agent
// hands over goes on to ui/model as it is, and a second name for each of its
// types would help nobody.
//
// # Where the pages differ from how they were drawn
//
// The pages were drawn before they were built, and are held to that: structure,
// order, words, sizes. What is otherwise has its reason.
//
// What Fyne does not do: the title bar is the desktop's; a selected row of a list
// has round corners and a scrolled list a shadow at its end; the lower corners of
// a panel that a list fills are square; boxes to tick and the mark of a choice
// are Fyne's.
//
// What Lockstep does not know or do, and so does not show:
//   - Setup: when somebody was last active (it costs a request a person), and what
//     the doctor alone tries, as the clocks and a test mark.
//   - Overview: one person's pause, as a pause is everybody's. It says "Within
//     3 min", because a notice of a change may come before. Rooms and cars share
//     one picture: Severa says that something is a resource, and not of what kind.
//   - Needs attention: the result is shown and not typed. An answer says of each
//     field which side is right (plan.Answer), and what neither side holds would be
//     an edit of a third party that neither history knows of. The start and the end
//     of a time are chosen together, as it is one field. A series is answered as a
//     whole, because its exceptions depart from its hour and its texts; so are two
//     entries whose link was lost: one of them becomes what was agreed. A
//     suggestion names a side and no people, as who has changed a field is not
//     known; it is given where somebody else organises the meeting, and else only
//     for what loses nothing. Neither system gives an address at which an entry
//     could be opened.
//   - History: no last day for an undo; whether each change can still be taken
//     back is looked at when its undo is shown.
//   - Settings: deletions always go to Deleted Items, and the limits are those
//     that package plan has.
//   - Doctor: no mail, because no mail program can be counted on.
//   - Demo: it begins anew at each start, so there is no button for that; weeks
//     can be turned instead.
package ui
