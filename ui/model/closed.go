package model

import (
	"unicode/utf8"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// PageClosed is the page of an office that cannot be opened.
const PageClosed = "closed"

// ClosedPage is what a closed office says.
type ClosedPage struct {
	Title, Text, Button string
	// Passphrase: one is asked for; New: it is a new one, so it is typed twice.
	Passphrase, New bool
	// Wrong is what was wrong with the last one.
	Wrong string
}

// ClosedOf is the page for each reason.
func ClosedOf(why localapi.ClosedWhy) ClosedPage {
	switch why {
	case localapi.ClosedLocked:
		return ClosedPage{
			Title:  say.T("The keyring is locked"),
			Text:   say.T("Passwords and the key of the store are in this system's keyring, and it waits for its password. Unlock it: a window of the system may be waiting behind this one. Nothing is lost meanwhile."),
			Button: say.T("Try again"),
		}
	case localapi.ClosedLost:
		return ClosedPage{
			Title:  say.T("The keyring does not answer"),
			Text:   say.T("Passwords and the key of the store are in this system's keyring, and it is not there. Sign in to the desktop as usual, or start its service (GNOME Keyring, KWallet). A passphrase file cannot stand in for it: the key is in the keyring."),
			Button: say.T("Try again"),
		}
	case localapi.ClosedNoKeyring:
		return ClosedPage{
			Title:  say.T("There is no keyring"),
			Text:   say.T("Lockstep keeps passwords in the system's keyring, and this computer has none that answers. Start one (GNOME Keyring, KWallet) and try again, or choose a passphrase: then they go to an encrypted file, and the passphrase is asked for at each start."),
			Button: say.T("Use a passphrase file"), Passphrase: true, New: true,
		}
	case localapi.ClosedWrong:
		return ClosedPage{
			Title:  say.T("The passphrase is needed"),
			Text:   say.T("Passwords and the key of the store are in an encrypted file. Calendars are kept in step again once it is open."),
			Button: say.T("Open"), Passphrase: true, Wrong: say.T("This passphrase does not open the file. Try another one."),
		}
	case localapi.ClosedPassphrase:
	}
	return ClosedPage{
		Title:  say.T("The passphrase is needed"),
		Text:   say.T("Passwords and the key of the store are in an encrypted file. Calendars are kept in step again once it is open."),
		Button: say.T("Open"), Passphrase: true,
	}
}

// shortestPassphrase is how short a new one may be.
const shortestPassphrase = 8

// PassphraseWrong is what is wrong with what was typed; empty: nothing.
func PassphraseWrong(p ClosedPage, typed, twice string) string {
	switch {
	case !p.Passphrase:
		return ""
	case typed == "":
		return say.T("Fill this in.")
	case p.New && utf8.RuneCountInString(typed) < shortestPassphrase:
		return say.T("Use at least {{.N}} characters.", "N", shortestPassphrase)
	case p.New && typed != twice:
		return PassphrasesDiffer()
	}
	return ""
}

// PassphrasesDiffer is said when the second is not the first.
func PassphrasesDiffer() string { return say.T("This is not the same. Type it once more.") }
