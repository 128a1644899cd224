package model

import (
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// PageRules is the page of the rules.
const PageRules = "rules"

// SetupStep is one page of the setup.
type SetupStep int

// The pages of the setup in their order.
const (
	StepWelcome SetupStep = iota
	StepBusiness
	StepExchange
	StepRights
	StepPeople
	StepWhat
	StepRules
	StepRehearsal
)

// SetupSteps lists them.
func SetupSteps() []SetupStep {
	return []SetupStep{StepWelcome, StepBusiness, StepExchange, StepRights, StepPeople, StepWhat, StepRules, StepRehearsal}
}

// Key names a step where the agent keeps how far a setup has got.
func (s SetupStep) Key() string {
	return [...]string{"welcome", "severa", "exchange", "rights", "people", "what", "rules", "rehearsal"}[s]
}

// StepOf is the step of a key; the first where there is none of it.
func StepOf(key string) SetupStep {
	for _, s := range SetupSteps() {
		if s.Key() == key {
			return s
		}
	}
	return StepWelcome
}

// Label names the step in the list.
func (s SetupStep) Label() string {
	switch s {
	case StepWelcome:
		return say.T("Welcome")
	case StepBusiness:
		return say.T("Business system")
	case StepExchange:
		return "Exchange"
	case StepRights:
		return say.T("Rights")
	case StepPeople:
		return say.T("People")
	case StepWhat:
		return say.T("What to sync")
	case StepRules:
		return say.T("Rules")
	case StepRehearsal:
		return say.T("Rehearsal")
	}
	return ""
}

// Title is the question that the step asks, and Note what to know about it.
func (s SetupStep) Title() string {
	switch s {
	case StepWelcome:
		return say.T("Keep Severa and Outlook in step")
	case StepBusiness:
		return say.T("Where are the activities?")
	case StepExchange:
		return say.T("Where are the calendars?")
	case StepRights:
		return say.T("May the account act for your colleagues?")
	case StepPeople:
		return say.T("Who takes part?")
	case StepWhat:
		return say.T("What is kept in step?")
	case StepRules:
		return say.T("Which rules hold?")
	case StepRehearsal:
	}
	return say.T("Rehearsal")
}

// Note is what to know about the step.
func (s SetupStep) Note() string {
	switch s {
	case StepWelcome:
		return say.T("Eight pages, about ten minutes. At the end you see everything that would be written, and decide then.")
	case StepBusiness:
		return say.T("Lockstep signs in to Severa with a client id and a client secret. An administrator of Severa makes them once and gives them to you.")
	case StepExchange:
		return say.T("Lockstep signs in with one account that may act for the colleagues you choose later.")
	case StepRights:
		return say.T("One account keeps everybody's calendar in step. Exchange has to allow it; an administrator does that once.")
	case StepPeople:
		return say.T("Start with a few colleagues. You can add the rest at any time.")
	case StepWhat:
		return say.T("What goes to the other side, and for which days.")
	case StepRules:
		return say.T("The usual answers are chosen. You can change them at any time under Rules.")
	case StepRehearsal:
	}
	return ""
}

// Continue is what the button to the next step says.
func (s SetupStep) Continue(chosen int) string {
	switch s {
	case StepWelcome:
		return say.T("Start")
	case StepBusiness:
		return say.T("Continue to Exchange")
	case StepExchange:
		return say.T("Continue to rights")
	case StepRights:
		return say.T("Continue to people")
	case StepPeople:
		return say.N("Continue with {{.N}}", "Continue with {{.N}}", chosen)
	case StepWhat:
		return say.T("Continue to rules")
	case StepRules:
		return say.T("Show what would be written")
	case StepRehearsal:
	}
	return say.T("Continue")
}

// WindowSide is what the windows call a side: people know their calendar as
// Outlook, whatever server holds it.
func WindowSide(s event.Side) string {
	if s == event.Business {
		return "Severa"
	}
	return "Outlook"
}

// SecretsKept says where a password or a secret that is typed goes.
func SecretsKept(in string) string {
	switch in {
	case "system keyring":
		return say.T("It is kept in the keyring of this system.")
	case "passphrase file":
		return say.T("It is kept in an encrypted file behind your passphrase.")
	case "memory":
		return say.T("It is forgotten when Lockstep ends.")
	}
	return ""
}

// SecretHint stands in the field of a secret that is there already.
func SecretHint(there bool) string {
	if there {
		return say.T("Kept; type only to change it")
	}
	return ""
}

// FieldWrong is what is wrong with a field of a form and how to mend it. The
// agent's own words for it are those of its file.
func FieldWrong(p localapi.FieldProblem) string {
	switch p.Code {
	case localapi.FieldMissing:
		return say.T("Fill this in.")
	case localapi.FieldZone:
		return say.T("There is no such time zone. Write it as Europe/Helsinki.")
	case localapi.FieldURL:
		return say.T("This is no address. It begins with https://.")
	case localapi.FieldUserIn:
		return say.T("Leave user and password out of the address; they have fields of their own.")
	case localapi.FieldPlain:
		return say.T("With http everybody on the network could read the secret. Use https.")
	case localapi.FieldFile:
		return say.T("This file cannot be read. Check its name and whether you may open it.")
	case localapi.FieldPEM:
		return say.T("This file holds no certificate. Ask the administrator for it in PEM form.")
	case localapi.FieldPin:
		return say.T("This is no fingerprint. It has 64 digits from 0 to 9 and a to f.")
	case localapi.FieldWord:
		return say.T("Choose one of the offered values.")
	case localapi.FieldNumber:
		return say.T("This number is out of its bounds.")
	case localapi.FieldTime:
		return say.T("This is no usable length of time. Write it as 30s, 5m or 2h.")
	case localapi.FieldAddress:
		return say.T("This is no e-mail address.")
	case localapi.FieldTwice:
		return say.T("Somebody is named twice.")
	case localapi.FieldNobody:
		return say.T("Choose at least one colleague.")
	case localapi.FieldLocked:
		return say.T("Your organisation has fixed this.")
	case localapi.FieldInvalid:
	}
	return p.Say
}
