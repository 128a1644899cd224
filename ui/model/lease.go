package model

import (
	"fmt"

	"lockstep/sync/office"
)

// Lease says which installation writes for a person; empty where there is
// nothing that he should know.
func Lease(l office.Lease) string {
	switch l.State {
	case office.LeaseStandby:
		return "read-only here: " + l.Holder + " keeps it in step" + lasting(l)
	case office.LeaseUnprotected:
		return "no second PC would be noticed: the account may not leave a note in this mailbox"
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
