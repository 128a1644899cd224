package model

import (
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// WindowTrouble is Trouble for who sits before a window: what to do is done
// there, not at a command line.
func WindowTrouble(t localapi.Trouble) Advice {
	system := systemInWindow(t.Side)
	if t.Kind == office.FailedLease {
		return Advice{say.T("Another computer writes for this person now, so the run ended."), say.T("Nothing is lost: what was left is done there. To write from here again, take over on the Overview.")}
	}
	switch t.Code {
	case localapi.CodeHostUnknown:
		return Advice{say.T("{{.System}}'s address names a server that does not exist.", "System", system), say.T("Check the address for a typing error, and that this computer has a network.")}
	case localapi.CodeSecretMissing:
		return Advice{say.T("No password is set for {{.System}}.", "System", system), say.T("Type it under Connections.")}
	case localapi.CodeSetting:
		return Advice{say.T("The connection to {{.System}} cannot be opened as it is set up: {{.Detail}}.", "System", system, "Detail", t.Detail), say.T("Correct it under Connections.")}
	case localapi.CodeOtherCertificate:
		return Advice{say.T("{{.System}}'s certificate is not the one that was trusted, so nothing was sent.", "System", system), say.T("Ask the administrator whether it was renewed, and compare the fingerprint under Connections with what he reads out. If nobody has renewed it, somebody may be listening.")}
	case localapi.CodePersonUnknown:
		return Advice{say.T("{{.System}} has nobody with this person's address.", "System", system), say.T("Check the address in Severa and in Exchange. Nothing has been unlinked or deleted.")}
	case string(localapi.CodeDiskFull):
		return Advice{say.T("The disk is full, so nothing more can be noted down."), say.T("Make room. Lockstep goes on by itself, and what was sent is found again.")}
	}
	return windowAdvice(t, system)
}

func windowAdvice(t localapi.Trouble, system string) Advice {
	switch t.Kind {
	case "auth":
		return Advice{say.T("{{.System}} refuses the sign-in.", "System", system), say.T("Check the account and change the password under Connections. It is not tried again before, so that the account is not locked.")}
	case "certificate":
		return Advice{say.T("{{.System}}'s certificate is not trusted.", "System", system), say.T("Test the connection and compare the fingerprint, or have the certificate renewed.")}
	case "scope_missing":
		return Advice{say.T("{{.System}} accepts the sign-in, but a permission is missing.", "System", system), say.T("An administrator of Severa adds it: Settings, Integrations, REST API.")}
	case "throttled":
		if t.RetrySeconds > 0 {
			return Advice{say.T("{{.System}} asks for a pause of {{.Time}}.", "System", system, "Time", Ago(time.Duration(t.RetrySeconds)*time.Second)), say.T("Nothing is lost. Lockstep goes on by itself.")}
		}
		return Advice{say.T("{{.System}} asks for a pause.", "System", system), say.T("Nothing is lost. Lockstep goes on by itself.")}
	case "unavailable":
		return Advice{say.T("{{.System}} cannot be reached.", "System", system), say.T("Check the network and the address. Lockstep goes on by itself when it answers.")}
	case "outcome_unknown":
		return Advice{say.T("{{.System}} did not answer a write.", "System", system), say.T("Nothing is sent twice: the next run first finds out what became of it.")}
	case "forbidden":
		return Advice{say.T("{{.System}} does not open this calendar to the account.", "System", system), say.T("Ask the administrator for the right to it. Nothing has been unlinked or deleted.")}
	case "not_found":
		return Advice{say.T("{{.System}} has no such mailbox or user.", "System", system), say.T("Check the person's address. Nothing has been unlinked or deleted.")}
	case "cursor_expired":
		return Advice{say.T("{{.System}} has forgotten how far Lockstep had read.", "System", system), say.T("The next run reads the calendar anew.")}
	case "precondition", "invalid":
		return Advice{say.T("{{.System}} refuses a change.", "System", system), say.T("The entry is listed under Needs attention. The others go on.")}
	}
	return Advice{say.T("{{.System}} answered something that cannot be understood.", "System", system), say.T("Nothing was changed because of it. If it stays, save the diagnostics under Help and send them to support.")}
}
