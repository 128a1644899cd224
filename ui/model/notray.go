package model

import "lockstep/ui/say"

// NoTray is what is said on a desktop that shows no icons of programs, and what
// to do about it.
func NoTray() (what, do string) {
	return say.T("This desktop shows no icons of programs, so Lockstep's is not seen."),
		say.T("Lockstep goes on when this window is closed. Start it once more to open the window again. On GNOME the extension AppIndicator brings the icon.")
}
