package model

import (
	"errors"
	"slices"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// NotInHistory tells whether what was asked for is not in the history, or no
// longer.
func NotInHistory(err error) bool {
	e, ok := errors.AsType[*localapi.Error](err)
	return ok && slices.Contains([]localapi.Code{localapi.CodeNoRun, localapi.CodeNoItem, localapi.CodeNotHisRun}, e.Code)
}

// Failure says why a command of the window was not carried out, and what to do
// in the window about it. Where a command line is meant, package explain has
// the words.
func Failure(err error) Advice {
	e, ok := errors.AsType[*localapi.Error](err)
	if !ok {
		return Advice{What: say.T("The agent does not answer."), Do: say.T("It starts again by itself; if it does not, start Lockstep anew.")}
	}
	if e.Trouble != nil {
		return WindowTrouble(*e.Trouble)
	}
	switch e.Code {
	case localapi.CodeNotSetUp:
		return Advice{What: say.T("This office is not set up yet."), Do: say.T("Go through the setup.")}
	case localapi.CodeNobody:
		return Advice{What: say.T("Nobody is switched on."), Do: say.T("Switch somebody on under People.")}
	case localapi.CodeNoPerson:
		return Advice{What: say.T("Nobody of the office has that address."), Do: say.T("Look under People for the addresses.")}
	case localapi.CodeOptedOut:
		return Advice{What: say.T("This person wants to be left out."), Do: say.T("Only that person may take it back.")}
	case localapi.CodeNoResource:
		return Advice{What: say.T("No activity shows this resource any more."), Do: say.T("Read the list again.")}
	case localapi.CodeNoMailbox:
		return Advice{What: say.T("No mailbox has the address {{.Address}}.", "Address", e.Message), Do: say.T("Ask who administers Exchange for the address of the room.")}
	case localapi.CodeNotPaired:
		return Advice{What: say.T("This resource has no mailbox any more."), Do: say.T("Read the list again.")}
	case localapi.CodeTaken:
		return Advice{What: say.T("That mailbox is already kept in step for {{.Name}}.", "Name", e.Message), Do: say.T("Give the resource a mailbox of its own.")}
	case localapi.CodeCollects:
		return Advice{What: say.T("This office writes nothing to Exchange."), Do: say.T("Change the direction under Rules first.")}
	case localapi.CodeNoPreview:
		return Advice{What: say.T("What was shown is too old by now."), Do: say.T("Read again, and look once more.")}
	case localapi.CodeNoRun, localapi.CodeNoItem, localapi.CodeNotHisRun:
		return Advice{What: say.T("The history no longer holds that."), Do: say.T("Open the history again.")}
	case localapi.CodeNotHalted:
		return Advice{What: say.T("No safety stop holds this person any more."), Do: say.T("There is nothing to let through or to keep.")}
	case localapi.CodeOtherAccount:
		return Advice{What: say.T("Another account or mailbox stands behind the address than before."), Do: say.T("Put the address right, or say that it is still the same person.")}
	case localapi.CodeSameAccount:
		return Advice{What: say.T("The account and the mailbox are those they were."), Do: say.T("There is nothing to accept; read again.")}
	case localapi.CodeNotShown:
		return Advice{What: say.T("What is withheld has changed since you looked at it."), Do: say.T("Nothing was written. Look at it again.")}
	case localapi.CodeOtherCount:
		return Advice{What: say.T("Other people would be mailed now than were shown."), Do: say.T("Nothing was sent. Look at it again.")}
	case localapi.CodeNoMail:
		return Advice{What: say.T("No mail can be sent from this mailbox."), Do: say.T("Tell these people yourself.")}
	case localapi.CodeNoDecision, localapi.CodeWhose:
		return Advice{What: say.T("This question no longer waits."), Do: say.T("It may have settled itself; read again.")}
	case localapi.CodeNoChoice, localapi.CodeNoRule, localapi.CodeFields:
		return Advice{What: say.T("That answer does not fit the question."), Do: say.T("Choose another one.")}
	case localapi.CodeNoLease:
		return Advice{What: say.T("There is nothing to take over: the account may not leave a note in this mailbox."), Do: say.T("See that only one PC keeps this office in step.")}
	case localapi.CodeDiskFull:
		return Advice{What: say.T("The disk is full, so nothing more can be noted down."), Do: say.T("Make room and try again. Nothing is lost: what was sent is found again.")}
	case localapi.CodeLocked:
		return Advice{What: say.T("Your organisation has fixed this, so it cannot be changed here."), Do: say.T("Ask who administers this PC.")}
	case localapi.CodeClosed:
		return Advice{What: say.T("The keyring is locked, so nothing can be done yet."), Do: say.T("Unlock it, or type the passphrase in Lockstep's window.")}
	case localapi.CodeStopped:
		return Advice{What: say.T("The run was stopped, as somebody asked."), Do: say.T("What it had not done yet is in the preview.")}
	default:
	}
	return Advice{What: sentence(e.Message), Do: say.T("If it stays, look into the log in the home folder's logs.")}
}
