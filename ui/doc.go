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
package ui
