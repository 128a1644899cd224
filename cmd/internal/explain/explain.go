// Package explain puts errors of the programs' composition into words: what
// happened, and what to do. Words for what the servers said are package
// model's; these are for the machine that the program runs on, its home folder
// and its keyring.
package explain

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
	"lockstep/ui/model"
	"lockstep/ui/say"
)

// Failure is an error in words.
type Failure struct {
	model.Advice
	// Usage: what was asked for makes no sense, so that asking again will not help.
	Usage bool
}

// Error finds the words for an error.
func Error(err error) Failure {
	if e, ok := errors.AsType[*localapi.Error](err); ok {
		return explainAgent(e)
	}
	if f, ok := explainHome(err); ok {
		return f
	}
	if f, ok := explainSecrets(err); ok {
		return f
	}
	if errors.Is(err, context.Canceled) {
		return failed(say.T("Interrupted."), say.T("Nothing is lost; what was begun is finished or found out about next time."))
	}
	return failed(err.Error()+".", say.T("If it stays, look into the log in the home folder's logs."))
}

func failed(what, do string) Failure {
	return Failure{Advice: model.Advice{What: what, Do: do}}
}

// explainHome covers the home folder and the store in it.
func explainHome(err error) (Failure, bool) {
	rule, isRule := errors.AsType[*policy.Error](err)
	home, isHome := errors.AsType[*wire.HomeError](err)
	path, isPath := errors.AsType[*fs.PathError](err)
	switch {
	case isRule:
		return failed(say.T("The policy of your organisation in {{.Where}} cannot be followed, so nothing is done: {{.Why}}.", "Where", rule.Where, "Why", strings.Join(rule.Say, "; ")),
			say.T("Ask who administers this PC to mend it.")), true
	case errors.Is(err, wire.ErrBusy):
		return failed(say.T("Another Lockstep process works on this home folder."),
			say.T("Wait until it is done, or name another folder with --home.")), true
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) || errors.Is(err, state.ErrDiskFull):
		return failed(say.T("The disk is full, so nothing more can be noted down."),
			say.T("Make room and try again. Nothing is lost: what was sent is found again.")), true
	case isHome:
		return failed(say.T("The home folder {{.Folder}} cannot be used: {{.Why}}.", "Folder", home.Home, "Why", Root(home.Err)),
			say.T("Make it writable for you, or name another with --home DIR or LOCKSTEP_HOME.")), true
	case errors.Is(err, state.ErrNewerSchema):
		return failed(say.T("This home folder was last used by a newer version of Lockstep."), say.T("Install that version or a later one.")), true
	case errors.Is(err, state.ErrWrongKey):
		return failed(say.T("The store in this home folder was encrypted with another key than the keyring holds."),
			say.T("Sign in as the user who set it up, or bring back the file of secrets. To begin anew, move office.db aside: every pair is found again by the marks in the calendars.")), true
	case errors.Is(err, state.ErrDamaged):
		return failed(say.T("The store in this home folder is damaged ({{.Why}}).", "Why", err),
			say.T("Move office.db aside and sync again: every pair is found again by the marks in the calendars.")), true
	case errors.Is(err, wire.ErrKeysMissing):
		return failed(say.T("The keys of this home folder are not in the keyring."),
			say.T("Sign in as the user who set it up, or bring back the file of secrets. To begin anew, move office.db aside: every pair is found again by the marks in the calendars.")), true
	case isPath && errors.Is(err, fs.ErrPermission):
		return failed(say.T("{{.File}} cannot be used: {{.Why}}.", "File", path.Path, "Why", path.Err),
			say.T("Make it writable for you, or name another with --home DIR or LOCKSTEP_HOME.")), true
	}
	return Failure{}, false
}

// Root is the innermost error, without the paths around it.
func Root(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func explainSecrets(err error) (Failure, bool) {
	switch {
	case errors.Is(err, secret.ErrPassphrase):
		return failed(say.T("The passphrase does not open the secrets of this home folder."), say.T("Type the right one, or set LOCKSTEP_PASSPHRASE to it.")), true
	case errors.Is(err, secret.ErrLocked):
		return failed(say.T("The secrets of this home folder are locked."),
			say.T("Unlock the keyring; for a file of secrets set LOCKSTEP_PASSPHRASE, or start lockstepctl on a terminal, where it asks.")), true
	case errors.Is(err, secret.ErrNoKeyring):
		return failed(say.T("There is nowhere to keep secrets: no keyring answers."),
			say.T("Start a keyring service (GNOME Keyring, KWallet), or set LOCKSTEP_PASSPHRASE, and they go to an encrypted file.")), true
	case errors.Is(err, secret.ErrDamaged):
		return failed(say.T("The file of secrets is damaged."), say.T("Bring it back from a backup, or remove it and set the secrets again.")), true
	case errors.Is(err, secret.ErrTooLarge):
		return failed(say.T("The secret is too large."), say.T("Give at most 1 MiB.")), true
	}
	return Failure{}, false
}

func explainAgent(e *localapi.Error) Failure {
	if e.Trouble != nil {
		return Failure{Advice: model.Trouble(*e.Trouble)}
	}
	switch e.Code {
	case localapi.CodeUsage:
		return Failure{Advice: model.Advice{What: e.Message + "."}, Usage: true}
	case localapi.CodeStopped:
		return failed("The run was stopped, as somebody asked.", "What it had not done yet is shown by `lockstepctl preview`.")
	case localapi.CodeClosed:
		return failed("Lockstep runs, and its secrets are locked.", "Unlock the keyring, or type the passphrase in its window.")
	case localapi.CodeNotSetUp:
		return failed("This home folder is not set up yet.",
			"Type `lockstepctl setup --example > office.toml`, fill it in, and `lockstepctl setup --file office.toml`.")
	case localapi.CodeNobody:
		return failed("Nobody is switched on.", "See `lockstepctl people`, and switch somebody on with `lockstepctl people enable EMAIL`.")
	case localapi.CodeNoPerson:
		return failed("Nobody of the office has that address.", "See `lockstepctl people` for the addresses; somebody new needs a user in Severa and a mailbox in Exchange with the same address, or a [[person]] in office.toml.")
	case localapi.CodeOptedOut:
		return failed("This person wants to be left out.", "Only he may take that back; then type `lockstepctl people optin EMAIL`, and enable him.")
	case localapi.CodeNoPreview:
		return failed("No preview with that digest is known, or it is too old.", "Type `lockstepctl preview` and approve the digest that it shows.")
	case localapi.CodeNoRun:
		return failed("The history holds no such run.", "See `lockstepctl history` for the numbers.")
	case localapi.CodeNoItem:
		return failed("The run changed no such entry.", "See `lockstepctl history RUN`: the number before each line names its entry.")
	case localapi.CodeNotHalted:
		return failed("No safety stop holds this person.", "There is nothing to let through or to keep; see `lockstepctl status`.")
	case localapi.CodeOtherAccount:
		return failed("Another account or mailbox stands behind this person's address than before, so nothing can be let through or kept.",
			"Put the address or the account right; or, if it was renamed or moved on purpose, type `lockstepctl resume --person EMAIL --accept-account`.")
	case localapi.CodeSameAccount:
		return failed("The account and the mailbox of this person are those they were.", "There is nothing to accept; see `lockstepctl status`.")
	case localapi.CodeNotShown:
		return failed("What is withheld is not what you have last looked at, or more than you allow.",
			"Nothing was written. Type `lockstepctl resume` to see what is withheld now, and allow that number.")
	case localapi.CodeNoDecision:
		return failed("No such decision waits, and no such row can be chosen about.",
			"See `lockstepctl resolve` for what waits, and `lockstepctl preview --all` for the rows; it may have settled itself.")
	case localapi.CodeWhose:
		return Failure{Advice: model.Advice{What: "Several people have a row of that name.", Do: "Say whose is meant with --person."}, Usage: true}
	case localapi.CodeNoChoice:
		return Failure{Advice: model.Advice{What: "That answer does not fit the question.", Do: "See `lockstepctl resolve` for the choices that each decision has. A row of a preview takes never, separate, pair:OTHER and clear where they make sense; an entry is paired with one that no other is paired with."}, Usage: true}
	case localapi.CodeFields:
		return Failure{Advice: model.Advice{What: "That answer does not fit what is asked: " + e.Message + ".", Do: "See `lockstepctl resolve` for the fields of each decision; say of each which side is right, once."}, Usage: true}
	case localapi.CodeNoRule:
		return Failure{Advice: model.Advice{What: "No rule of the office says that.", Do: "Answer it without --always. Rules are: which side is right when both changed, and that what was changed is kept when the other side deleted it."}, Usage: true}
	case localapi.CodeNotHisRun:
		return failed("That run was somebody else's.", "See `lockstepctl history` for whose run it was.")
	case localapi.CodeNoLease:
		return failed("There is nothing to take over: the account may not leave a note in this mailbox, so every PC writes.", "See that only one PC keeps this office in step.")
	case localapi.CodeOtherCount:
		return failed("That is not the number of people who would be mailed.", "Nothing was sent. Type `lockstepctl notify RUN` to see who was not told, and name that number.")
	case localapi.CodeNoMail:
		return failed("No mail can be sent from this mailbox.", "Tell these people yourself.")
	case localapi.CodeNoBook:
		return failed("No offline address book was found there: "+e.Message+".", "`lockstepctl discover ADDRESS` finds where the server says it is.")
	case localapi.CodeNoResource:
		return failed("No activity in the days that are kept in step shows one resource of that name.", "See `lockstepctl resources`, and name it by its id where several have one name.")
	case localapi.CodeNoMailbox:
		return failed("No mailbox has the address "+e.Message+".", "Ask who administers Exchange for the address of the room, or for a mailbox for it.")
	case localapi.CodeTaken:
		return failed("That mailbox is already kept in step for "+e.Message+".", "Give the resource a mailbox of its own, or switch the other one off with `lockstepctl people disable`.")
	case localapi.CodeNotPaired:
		return failed("No resource of that name has a mailbox.", "See `lockstepctl resources` for those that have one.")
	case localapi.CodeCollects:
		return failed("This office writes nothing to Exchange, so no mailbox can show when a resource is taken.", "The direction in [rules] of office.toml says so.")
	case localapi.CodeDiskFull:
		return failed("The disk is full, so nothing more can be noted down.", "Make room and try again. Nothing is lost: what was sent is found again.")
	case localapi.CodeNoDoctor:
		return failed("Nothing can be examined from here.", "Type `lockstepctl doctor` on the PC that keeps the office in step.")
	case localapi.CodeLocked:
		return failed(e.Message+".", "It cannot be changed here; ask who administers this PC. `lockstepctl policy show` tells what is fixed, and where.")
	case localapi.CodeNoDemo:
		return Failure{Advice: model.Advice{What: "This is no demo office.", Do: "Start one with `lockstep --demo`."}, Usage: true}
	case localapi.CodeField:
		return Failure{Advice: model.Advice{What: fields(e), Do: "Nothing was changed. Mend what is named, and save again."}, Usage: true}
	case localapi.CodeFailed:
	}
	return failed(e.Message+".", "If it stays, look into the log in the home folder's logs.")
}

// fields lists what is wrong in a draft.
func fields(e *localapi.Error) string {
	out := "The settings are not right."
	for _, f := range e.Fields {
		out += " " + f.Key + ": " + f.Say + "."
	}
	return out
}
