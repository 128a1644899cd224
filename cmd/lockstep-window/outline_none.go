//go:build !desktoptest && (cgo || ci)

package main

import "lockstep/ui"

// answerOutline tells nobody what the window shows.
func answerOutline(*ui.Window) {}
