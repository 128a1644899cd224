package model

import (
	"net/mail"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// Found says what a search for a server came to, and what to do.
func Found(f localapi.FoundServer, address string) Advice {
	switch {
	case f.URL != "" && f.Cloud:
		return Advice{"The mailbox " + address + " is in Microsoft 365.", "This version keeps mailboxes on the office's own Exchange in step."}
	case f.URL != "":
		return Advice{"The server of " + address + " is " + f.URL + ".", "Write it as url in [exchange] of office.toml."}
	case f.Cloud:
		return Advice{"The mailbox " + address + " is in Microsoft 365.", "This version keeps mailboxes on the office's own Exchange in step."}
	}
	switch f.Why {
	case localapi.FindAddress:
		return Advice{"That is no e-mail address.", "Give the address of a mailbox, such as anna@example.com."}
	case localapi.FindSecret:
		return Advice{"No password is set for Exchange.", "Type `lockstepctl secret set exchange`, or name the account with --user."}
	case localapi.FindRefused:
		return Advice{"The server refuses user and password.", "Check the account and its password; Lockstep does not try again before it has changed, so that the account is not locked."}
	case localapi.FindAsk:
		return Advice{
			"The search is led to another domain: " + strings.Join(f.Ask, ", ") + ". Plain http and the DNS can be forged, so the password was not shown there.",
			"If that server is the office's own, allow it by name: --allow " + f.Ask[0] + ".",
		}
	}
	return Advice{
		"No Exchange server answers for " + address + ".",
		"Ask the administrator for the address of the web service; it usually is https://HOST/EWS/Exchange.asmx.",
	}
}

// WindowFound is the same for who sits before a window, of a search that found
// nothing that can be used.
func WindowFound(f localapi.FoundServer, address string) Advice {
	if f.Cloud {
		return Advice{say.T("The mailbox {{.Address}} is in Microsoft 365.", "Address", address), say.T("This version keeps mailboxes on the office's own Exchange in step.")}
	}
	switch f.Why {
	case localapi.FindAddress:
		return Advice{say.T("That is no e-mail address."), say.T("Write the address of a mailbox, such as anna@example.com.")}
	case localapi.FindSecret:
		return Advice{say.T("No password is set for Exchange."), say.T("Type it, and search again.")}
	case localapi.FindRefused:
		return Advice{say.T("The server refuses user and password."), say.T("Check both. It is not tried again before the password has changed, so that the account is not locked.")}
	}
	return Advice{say.T("No Exchange server answers for {{.Address}}.", "Address", address), say.T("Ask the administrator for the address of the web service. It usually ends in /EWS/Exchange.asmx.")}
}

// Address tells whether something is the address of a mailbox and nothing else.
func Address(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}
