// Package doctor is the vocabulary of an examination: what is tested before an
// office can be kept in step, in which order, what each test needs before it
// makes sense, and what can be found. It also runs a list of probes in that
// order.
//
// It is not allowed to look at anything itself: the probes are the adapters'
// and the composition root's, the words that a person reads are the front
// end's. It knows no system, and of ours nothing at all.
//
// What is found is told by a Cause and by facts. Facts are technical (a status,
// a header, a fingerprint, a build number); they never hold calendar text, a
// password or a token.
package doctor

import "slices"

// Check is one thing that is tested.
type Check string

// The checks, in the order in which they are made and told.
const (
	CheckPC            Check = "pc"            // clock and time zone of this PC
	CheckReach         Check = "reach"         // name and port of the server
	CheckProxy         Check = "proxy"         // the way there
	CheckTLS           Check = "tls"           // encryption and certificate
	CheckService       Check = "service"       // whether Exchange's web service is at the address
	CheckAuth          Check = "auth"          // the ways to sign in that are offered
	CheckSignIn        Check = "sign_in"       // user and password
	CheckImpersonation Check = "impersonation" // whether the account may act for the person
	CheckMailbox       Check = "mailbox"       // whether there is such a mailbox, and where
	CheckCalendar      Check = "calendar"      // reading and writing the calendar, room in the mailbox
	CheckProperty      Check = "property"      // the mark on an entry, written and read back
	CheckNotify        Check = "notify"        // notifications of changes
	CheckThrottle      Check = "throttle"      // whether the server holds the account back
	CheckClocks        Check = "clocks"        // the servers' clocks
	CheckZones         Check = "zones"         // the person's time zones
	CheckBusiness      Check = "business"      // the business system: sign-in, rights, activity types
	CheckMatch         Check = "match"         // whether the person is in both systems
	CheckOthers        Check = "others"        // other programs at work on the calendar
	CheckStore         Check = "store"         // the store, the disk, the right to write
	CheckDesktop       Check = "desktop"       // icon, start with the session, notifications
	CheckRetirement    Check = "retirement"    // what the makers no longer support
)

// Checks lists them all, in order.
func Checks() []Check {
	return []Check{
		CheckPC, CheckReach, CheckProxy, CheckTLS, CheckService, CheckAuth, CheckSignIn, CheckImpersonation, CheckMailbox,
		CheckCalendar, CheckProperty, CheckNotify, CheckThrottle, CheckClocks, CheckZones, CheckBusiness, CheckMatch, CheckOthers,
		CheckStore, CheckDesktop, CheckRetirement,
	}
}

// Number is the place of a check in the order, from 1; 0 of one that is none.
func (c Check) Number() int { return slices.Index(Checks(), c) + 1 }

// OfPerson tells whether a check is made for each person.
func (c Check) OfPerson() bool {
	return slices.Contains([]Check{
		CheckImpersonation, CheckMailbox, CheckCalendar, CheckProperty, CheckNotify, CheckZones, CheckMatch, CheckOthers,
	}, c)
}

// needs are the checks of the same side without which c makes no sense.
func (c Check) needs() []Check {
	switch c {
	case CheckProxy:
		return []Check{CheckReach}
	case CheckTLS:
		return []Check{CheckReach, CheckProxy}
	case CheckService, CheckBusiness:
		return []Check{CheckTLS}
	case CheckAuth:
		return []Check{CheckService}
	case CheckSignIn:
		return []Check{CheckAuth}
	case CheckImpersonation, CheckThrottle:
		return []Check{CheckSignIn}
	case CheckMailbox:
		return []Check{CheckImpersonation}
	case CheckCalendar:
		return []Check{CheckImpersonation, CheckMailbox}
	case CheckProperty, CheckNotify, CheckZones, CheckOthers:
		return []Check{CheckCalendar}
	case CheckPC, CheckReach, CheckClocks, CheckMatch, CheckStore, CheckDesktop, CheckRetirement:
	}
	return nil
}

// State is what a check came to.
type State string

// The states.
const (
	NotRun  State = "not_run" // nobody has tried yet
	Passed  State = "passed"
	Warned  State = "warned"  // it works, and something about it should be known
	Failed  State = "failed"  // it does not work, and the Cause says why
	Skipped State = "skipped" // it could not be tried; Cause says why
)

// Outcome is what a person's checks came to together.
type Outcome string

// The outcomes.
const (
	OutcomeNotRun  Outcome = "not_run"
	OutcomeSuccess Outcome = "success"
	OutcomeFailure Outcome = "failure"
)
