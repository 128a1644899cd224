// Package plan decides. From what is known of one person's two calendars
// (mirrors, links, answers, rules) it builds the list of actions that would
// bring them together, each with the reason a person can be told.
//
// It is pure: no context, no error, no clock, no randomness, no logger. The
// same Input gives the same Plan, sorted, whatever the order of its slices.
// It knows only package event; what an action does to the world is the
// engine's business.
//
// The truth table of a link, by what the mirrors say of its two ends:
//
//	present / present   field by field against the base of each side: changed
//	                    on one side: written to the other; on both to the same:
//	                    only the base moves; on both differently: Policy
//	gone    / present   unchanged since the base: Delete (or Leave for a
//	                    participant); changed: a decision, or made again
//	gone    / gone      Unlink
//	missing / any       nothing; a lost right or a short page looks the same
//	unreadable / any    nothing, said once
//	both spans outside  nothing (frozen); a proven deletion there is a decision
//	the window
//
// An entry without a link is first matched (stamp, then UID, then equal
// content), then created on the other side, or left alone with a reason.
package plan
