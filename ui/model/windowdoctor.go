package model

import (
	"lockstep/sync/doctor"
	"lockstep/ui/say"
)

// windowCure is what was found and what mends it, for who sits before a window:
// where the words for the command line name a file or a command, it names a page.
func windowCure(l doctor.Line) cureText {
	if l.State == doctor.Passed || l.Cause == "" {
		return cureText{what: passedNote(l)}
	}
	if l.Cause == doctor.CauseNeeds {
		return cureText{what: say.T("Waits for: {{.What}}", "What", checkName(doctor.Check(l.Fact("needs"))))}
	}
	w, ok := cures()[l.Cause]
	if !ok {
		return found(l)
	}
	w.what, w.do = say.Of(w.what), say.Of(w.do)
	if do := windowMend(l.Cause); do != "" {
		w.do = do
	}
	if found := l.Fact("found_url"); found != "" {
		w.do = say.T("The server was found at another address: {{.URL}}. Enter it under Connections.", "URL", found)
	}
	return filled(l, w)
}

// passedNote is what is worth telling of a check that passed.
func passedNote(l doctor.Line) string {
	switch l.Check {
	case doctor.CheckReach:
		return l.Fact("connected")
	case doctor.CheckProxy:
		return l.Fact("proxy")
	case doctor.CheckService:
		return l.Fact("product")
	case doctor.CheckPC, doctor.CheckTLS, doctor.CheckAuth, doctor.CheckSignIn, doctor.CheckImpersonation, doctor.CheckMailbox,
		doctor.CheckCalendar, doctor.CheckProperty, doctor.CheckNotify, doctor.CheckThrottle, doctor.CheckClocks, doctor.CheckZones,
		doctor.CheckBusiness, doctor.CheckMatch, doctor.CheckOthers, doctor.CheckStore, doctor.CheckDesktop, doctor.CheckRetirement:
	}
	return l.Person
}

// windowMend is what to do about a cause in the windows; empty where the usual
// words name neither file nor command.
func windowMend(c doctor.Cause) string {
	mends := map[doctor.Cause]string{
		doctor.CausePCZone:          say.T("Nothing, if you are travelling. Otherwise set the zone of this computer, or the office's under Settings."),
		doctor.CauseHostUnknown:     say.T("Check the address under Connections for a typing error. A name that only exists inside the office needs its network, or a VPN."),
		doctor.CauseProxyUnknown:    say.T("Correct the proxy under Settings, Network, or go without."),
		doctor.CauseProxySignIn:     say.T("Correct the proxy's user and password under Settings, Network."),
		doctor.CauseProxyRefuses:    say.T("Ask the proxy's administrator to allow {host}, or let it be reached without under Settings, Network."),
		doctor.CauseProxySettings:   say.T("Correct the proxy under Settings, Network."),
		doctor.CausePlain:           say.T("Let the address under Connections begin with https://."),
		doctor.CauseOldTLS:          say.T("Have the server updated. Until then old encryption can be allowed under Connections, Advanced."),
		doctor.CauseUntrusted:       say.T("Get the authority's certificate from the administrator and name its file under Connections, Advanced. Or compare the fingerprint with the administrator and trust this certificate alone."),
		doctor.CauseSelfSigned:      say.T("Have the server given a certificate of an authority. Or compare the fingerprint with the administrator and trust this certificate alone."),
		doctor.CauseIncomplete:      say.T("Have the administrator install the certificates in between on the server, or name their file under Connections, Advanced."),
		doctor.CauseWrongName:       say.T("Use a name in the address that stands in the certificate. Or compare the fingerprint with the administrator and trust this certificate alone."),
		doctor.CauseChanged:         say.T("Stop and ask the administrator whether the certificate was renewed. Compare the fingerprint, and only then trust the new one. If nobody has renewed it, somebody may be listening."),
		doctor.CauseInspected:       say.T("Have {host} exempted from the inspection. If the office wants it so, name the inspecting authority's file under Connections, Advanced."),
		doctor.CauseCAFile:          say.T("Correct the file under Connections, Advanced; it has to hold certificates in PEM form."),
		doctor.CauseNoService:       say.T("Correct the address under Connections. It usually ends in /EWS/Exchange.asmx."),
		doctor.CauseRedirected:      say.T("If that address is right, use it under Connections."),
		doctor.CauseNoAPI:           say.T("Correct the address under Connections, or leave it empty: Lockstep knows the usual one."),
		doctor.CauseNoAuth:          say.T("Check the address under Connections. If it is right, ask the administrator to switch on the sign-in of the EWS folder."),
		doctor.CauseSetting:         say.T("Correct it under Connections."),
		doctor.CauseNotSetUp:        say.T("Go through the setup; it is under Help."),
		doctor.CauseNTLMOff:         say.T("If it offers Basic, choose Basic under Connections, Advanced. Otherwise the administrator switches Windows authentication on for the EWS folder: Set-WebServicesVirtualDirectory -WindowsAuthentication $true."),
		doctor.CauseBasicOff:        say.T("Choose NTLM under Connections, Advanced; it is the better way anyway."),
		doctor.CauseBasicOnly:       say.T("Have NTLM switched on, and choose it under Connections, Advanced."),
		doctor.CauseNoSecret:        say.T("Type it under Connections."),
		doctor.CauseWrongPassword:   say.T("Check user and domain, and change the password under Connections. If they are right, tell the administrator: a gateway that opens the encryption together with Extended Protection can be the cause."),
		doctor.CauseSignInStopped:   say.T("Change the password under Connections. A new one is tried again."),
		doctor.CausePasswordExpired: say.T("Set a new password in the directory, let it not expire for this account, and change it under Connections."),
		doctor.CauseDelegate:        say.T("Choose full access under Connections; or give the script to the Exchange administrator."),
		doctor.CauseImpersonate:     say.T("Choose impersonation under Connections."),
		doctor.CauseRoleMissing:     say.T("Give the script to the Exchange administrator. It takes effect within a few minutes."),
		doctor.CauseOutOfScope:      say.T("Put the person into the group that the scope names, or have the administrator run the script."),
		doctor.CauseNoRight:         say.T("Give the script to the Exchange administrator. It takes effect within a few minutes."),
		doctor.CauseReadOnly:        say.T("Give the script to the Exchange administrator. For this person, one direction needs no more."),
		doctor.CauseThrottled:       say.T("Give the script to the Exchange administrator: it lets the account ask more often."),
		doctor.CauseNoMailbox:       say.T("Check the address in Severa, or choose the right mailbox under People."),
		doctor.CauseAlias:           say.T("Choose {primary} as the mailbox under People."),
		doctor.CauseMailboxZone:     say.T("If the person works there, nothing. Otherwise correct it in Outlook on the web."),
		doctor.CauseTypeGone:        say.T("Somebody has renamed or removed it. Choose the activity types anew under Rules."),
		doctor.CauseNotInBusiness:   say.T("Correct the e-mail address in Severa."),
		doctor.CauseUserInactive:    say.T("Switch the user on in Severa, or the person off under People."),
		doctor.CauseNobody:          say.T("Correct the addresses in Severa."),
		doctor.CauseStoreDamaged:    say.T("Save the diagnostics under Help and send them to support. Every pair is found again by the marks in the calendars."),
		doctor.CauseStandby:         say.T("Nothing, if that is as it should be. To write from here, take over on the Overview."),
		doctor.CauseNoTray:          say.T("On GNOME install the extension AppIndicator. This window tells the same."),
		doctor.CauseNoAutostart:     say.T("Switch it on under Settings, General."),
	}
	return mends[c]
}

// checkName is a check in the list of the windows, short.
func checkName(c doctor.Check) string {
	switch c {
	case doctor.CheckPC:
		return say.T("Clock and time zone")
	case doctor.CheckReach:
		return say.T("Name and connection")
	case doctor.CheckProxy:
		return say.T("Proxy")
	case doctor.CheckTLS:
		return say.T("Certificate")
	case doctor.CheckService:
		return say.T("Exchange version")
	case doctor.CheckAuth:
		return say.T("Ways to sign in")
	case doctor.CheckSignIn:
		return say.T("Sign-in")
	case doctor.CheckImpersonation:
		return say.T("May act for colleagues")
	case doctor.CheckMailbox:
		return say.T("Mailbox found")
	case doctor.CheckCalendar:
		return say.T("Calendar can be written")
	case doctor.CheckProperty:
		return say.T("Test mark")
	case doctor.CheckNotify:
		return say.T("Change notices")
	case doctor.CheckThrottle:
		return say.T("Pauses")
	case doctor.CheckClocks:
		return say.T("Server clocks")
	case doctor.CheckZones:
		return say.T("Time zones")
	case doctor.CheckBusiness:
		return say.T("Severa rights")
	case doctor.CheckMatch:
		return say.T("In both systems")
	case doctor.CheckOthers:
		return say.T("Other programs")
	case doctor.CheckStore:
		return say.T("Own store")
	case doctor.CheckDesktop:
		return say.T("This desktop")
	case doctor.CheckRetirement:
		return say.T("What ends soon")
	}
	return string(c)
}

// checkReason is why a check matters.
func checkReason(c doctor.Check) string {
	if c == doctor.CheckAuth {
		return say.T("Server and settings have to agree on how the account signs in.")
	}
	return say.Of(checkWhy(c))
}
