package model

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// Advice is a trouble in words: what happened, and what to do about it.
type Advice struct {
	What string
	Do   string
}

// String is both in one line.
func (a Advice) String() string {
	if a.Do == "" {
		return a.What
	}
	return a.What + " " + a.Do
}

// Trouble says what ended a person's run and what to do. The words depend on
// the kind and scope of the trouble and on the codes of our own; the system's
// own code is kept for support.
func Trouble(t localapi.Trouble) Advice {
	system := "The server"
	switch t.Side {
	case event.Business.String():
		system = SideName(event.Business)
	case event.Exchange.String():
		system = SideName(event.Exchange)
	}
	if t.Kind == office.FailedLease {
		return Advice{"Another PC writes for this person now, so the run ended.", "Nothing is lost: what was left is done there. To write from here again: `lockstepctl takeover`."}
	}
	if a, ok := ours(t, system); ok {
		return a
	}
	a := advice(t, system)
	if t.Code != "" {
		a.What += because(t.Code)
	}
	a.What += "."
	return a
}

// ours are the troubles that are found on our own side.
func ours(t localapi.Trouble, system string) (Advice, bool) {
	switch t.Code {
	case localapi.CodeHostUnknown:
		return Advice{system + "'s address names a server that does not exist.", "Check the url of the connection for a typing error, and that this machine has a network."}, true
	case localapi.CodeSecretMissing:
		return Advice{"No password is set for " + system + ".", "Type `lockstepctl secret set " + strings.ToLower(system) + "`."}, true
	case localapi.CodeSetting:
		return Advice{"The connection to " + system + " cannot be opened as it is set up: " + t.Detail + ".", "Correct office.toml, and set the office up with it again."}, true
	case localapi.CodeOtherCertificate:
		return Advice{system + "'s certificate is not the one that was trusted, so nothing was sent.", "Ask the administrator whether it was renewed. `lockstepctl doctor` shows the new one: only if he reads out the same fingerprint, set it as pin_sha256. If nobody has renewed it, somebody may be listening."}, true
	case localapi.CodePersonUnknown:
		return Advice{system + " has nobody with this person's address.", "Check the address, or name the right one in a [[person]] of office.toml; nothing has been unlinked or deleted."}, true
	case string(localapi.CodeDiskFull):
		return Advice{"The disk is full, so nothing more can be noted down.", "Make room; Lockstep goes on by itself, and what was sent is found again."}, true
	}
	return Advice{}, false
}

func advice(t localapi.Trouble, system string) Advice {
	switch t.Kind {
	case "auth":
		return Advice{system + " refuses the sign-in", "Check the account and its password; Lockstep does not try again before the password has changed, so that the account is not locked."}
	case "certificate":
		return Advice{system + "'s certificate is not trusted", "Name the authority's file (ca_file) or the certificate's fingerprint (pin_sha256) in the connection, or have the certificate renewed."}
	case "scope_missing":
		return Advice{system + " accepts the sign-in, but a permission is missing", "Give the credentials the missing scope in Severa: Settings, Integrations, REST API."}
	case "throttled":
		return Advice{system + " asks for a pause" + during(t), "Nothing is lost; Lockstep goes on by itself."}
	case "unavailable":
		return Advice{system + " cannot be reached", "Check the network and the address; Lockstep goes on by itself when it answers."}
	case "outcome_unknown":
		return Advice{system + " did not answer a write", "Nothing is sent twice: the next run first finds out what became of it."}
	case "forbidden":
		return Advice{system + " does not open this calendar to the account", "Ask the administrator for the right to it (impersonation or full access); nothing has been unlinked or deleted."}
	case "not_found":
		return Advice{system + " has no such mailbox or user", "Check the person's address; nothing has been unlinked or deleted."}
	case "cursor_expired":
		return Advice{system + " has forgotten how far Lockstep had read", "The next run reads the calendar anew."}
	case "precondition", "invalid":
		return Advice{system + " refuses a change", "See the entry in the report; the others go on."}
	default:
		return Advice{system + " answered something that cannot be understood", "Nothing was changed because of it. If it stays, send the diagnostics to support."}
	}
}

func during(t localapi.Trouble) string {
	if t.RetrySeconds == 0 {
		return ""
	}
	return fmt.Sprintf(" of %s", Ago(time.Duration(t.RetrySeconds)*time.Second))
}
