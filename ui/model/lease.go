package model

import (
	"fmt"

	"lockstep/sync/office"
	"lockstep/ui/say"
)

// Lease says which installation writes for a person; empty where there is
// nothing that he should know.
func Lease(l office.Lease) string {
	switch l.State {
	case office.LeaseStandby:
		if l.Until.IsZero() {
			return say.T("read-only here: {{.Holder}} keeps it in step", "Holder", l.Holder)
		}
		return say.T("read-only here: {{.Holder}} keeps it in step (until {{.Time}} at least)", "Holder", l.Holder, "Time", say.Clock(l.Until.Local()))
	case office.LeaseUnprotected:
		return say.T("no second PC would be noticed: the account may not leave a note in this mailbox")
	}
	return ""
}

// lasting is until when a lease binds; it is renewed for as long as its holder runs.
func lasting(l office.Lease) string {
	if l.Until.IsZero() {
		return ""
	}
	return " (until " + l.Until.Local().Format("15:04") + " at least)"
}

// StandbyAdvice says that another installation writes, and how to write from
// here.
func StandbyAdvice(l office.Lease, withheld int) Advice {
	a := Advice{
		What: fmt.Sprintf("Read-only here: %s keeps this calendar in step%s", l.Holder, lasting(l)),
		Do:   "To write from this PC instead: `lockstepctl takeover`. When that PC is gone, this one goes on by itself.",
	}
	if withheld > 0 {
		a.What += ", and " + count(withheld, "write is", "writes are") + " left to it"
	}
	a.What += "."
	return a
}
