package model

import (
	"lockstep/sync/doctor"
	"lockstep/ui/say"
)

// CheckTitle is what a check tests, as a title.
func CheckTitle(c doctor.Check, side string) string {
	w, ok := checkWords()[c]
	if !ok {
		return string(c)
	}
	switch c {
	case doctor.CheckReach, doctor.CheckProxy, doctor.CheckTLS:
		if side != "" {
			return w.title + " (" + systemOf(side) + ")"
		}
	case doctor.CheckPC, doctor.CheckService, doctor.CheckAuth, doctor.CheckSignIn, doctor.CheckImpersonation, doctor.CheckMailbox,
		doctor.CheckCalendar, doctor.CheckProperty, doctor.CheckNotify, doctor.CheckThrottle, doctor.CheckClocks, doctor.CheckZones,
		doctor.CheckBusiness, doctor.CheckMatch, doctor.CheckOthers, doctor.CheckStore, doctor.CheckDesktop, doctor.CheckRetirement:
	}
	return w.title
}

// checkWhy is why a check matters.
func checkWhy(c doctor.Check) string { return checkWords()[c].why }

type checkText struct{ title, why string }

func checkWords() map[doctor.Check]checkText {
	return map[doctor.Check]checkText{
		doctor.CheckPC:            {"Clock and time zone of this PC", say.Key("Times are compared and shown by this PC's clock.")},
		doctor.CheckReach:         {"Name and port of the server", say.Key("Without a connection nothing can be read or written.")},
		doctor.CheckProxy:         {"The way there", say.Key("A proxy that is set has to let the program through.")},
		doctor.CheckTLS:           {"Encryption and certificate", say.Key("The certificate proves that the password goes to the right server and to nobody else.")},
		doctor.CheckService:       {"Exchange's web service", say.Key("Lockstep speaks to Exchange by its web service (EWS) alone.")},
		doctor.CheckAuth:          {"Ways to sign in", say.Key("Server and office.toml have to agree on how the account signs in.")},
		doctor.CheckSignIn:        {"Sign-in", say.Key("Without a sign-in no calendar opens. Lockstep tries a password at most twice, so that the account is not locked.")},
		doctor.CheckImpersonation: {"Acting for the person", say.Key("One account keeps everybody's calendar in step, so it has to be allowed to act for them.")},
		doctor.CheckMailbox:       {"The person's mailbox", say.Key("The calendar to keep in step lies in it.")},
		doctor.CheckCalendar:      {"Reading and writing the calendar", say.Key("Entries are read, made, changed and deleted there.")},
		doctor.CheckProperty:      {"The mark on an entry", say.Key("By a hidden mark Lockstep knows its entries again, also on a new PC. Without it there would be duplicates.")},
		doctor.CheckNotify:        {"Notifications", say.Key("With them a change is on the other side within seconds instead of at the next look.")},
		doctor.CheckThrottle:      {"Pauses that the server asks for", say.Key("A server that holds the account back makes everything late.")},
		doctor.CheckClocks:        {"The servers' clocks", say.Key("Which of two changes is newer is told by the clocks.")},
		doctor.CheckZones:         {"The person's time zone", say.Key("All-day entries and series begin at midnight of a zone.")},
		doctor.CheckBusiness:      {"Severa", say.Key("The activities are read and written there.")},
		doctor.CheckMatch:         {"The person in both systems", say.Key("People are paired by their e-mail addresses.")},
		doctor.CheckOthers:        {"Other programs at work", say.Key("Two programs that keep the same calendar in step make duplicates of each other's entries.")},
		doctor.CheckStore:         {"Lockstep's own store", say.Key("It remembers which entries belong together.")},
		doctor.CheckDesktop:       {"This desktop", say.Key("The icon is where Lockstep tells how it is doing.")},
		doctor.CheckRetirement:    {"What ends soon", say.Key("A server that its maker no longer mends is a risk for everybody who signs in there.")},
	}
}
