// Package scripts embeds the templates of the PowerShell scripts that an
// Exchange administrator runs so that Lockstep's account may act for people.
// It is data alone: what goes into them, and how it is quoted, is the business
// of who renders them. Every *.tmpl defines the blocks "title", "about",
// "names", "grant", "check" and "undo"; frame.ps1.tmpl puts those together.
package scripts

import "embed"

// Files are the templates.
//
//go:embed *.tmpl
var Files embed.FS
