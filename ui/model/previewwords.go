package model

import (
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// entryTitle is an entry's title as a window may show it.
func entryTitle(e localapi.Entry) string {
	switch {
	case e.Private:
		return say.T("Private entry")
	case e.Masked:
		return say.T("Hidden entry")
	case e.Subject == "":
		return say.T("Entry without a subject")
	}
	return Subject(e)
}

// of picks the text for a side. Translations inflect the names of systems, so
// that each side has a text of its own.
func of(side event.Side, severa, outlook string) string {
	if side == event.Business {
		return severa
	}
	return outlook
}

func sideOf(r localapi.Row) event.Side {
	if r.Side == event.Exchange.String() {
		return event.Exchange
	}
	return event.Business
}

// WindowWhat says what is done with a row, for windows.
func WindowWhat(r localapi.Row) string {
	s := sideOf(r)
	switch r.Kind {
	case plan.Create.String():
		if r.Reason.Code == plan.UndoneRemoved || r.Reason.Code == plan.UndoneMadeAnew {
			return of(s, say.T("Bring back in Severa"), say.T("Bring back in Outlook"))
		}
		return of(s, say.T("Create in Severa"), say.T("Create in Outlook"))
	case plan.Update.String():
		if r.Reason.Code == plan.UndoneChange || r.Reason.Code == plan.UndoneFollow {
			return of(s, say.T("Change back in Severa"), say.T("Change back in Outlook"))
		}
		return of(s, say.T("Change in Severa"), say.T("Change in Outlook"))
	case plan.Delete.String():
		return of(s, say.T("Delete in Severa"), say.T("Delete in Outlook"))
	case plan.Leave.String():
		return of(s, say.T("Take out in Severa"), say.T("Take out in Outlook"))
	case plan.Stamp.String():
		return say.T("Mark in Outlook")
	case plan.Pair.String():
		if r.Reason.Code == plan.UndonePair {
			return say.T("Put on hold")
		}
		return say.T("Pair")
	case plan.Unlink.String():
		return say.T("Unlink")
	case plan.Await.String():
		return say.T("Wait")
	case plan.Ask.String():
		return say.T("Needs decision")
	}
	if slices.Contains(undoLeft(), r.Reason.Code) {
		return say.T("Stays as it is")
	}
	return say.T("Skip")
}

// undoLeft are the reasons for which an undo leaves something.
func undoLeft() []plan.Code {
	return []plan.Code{plan.UndoChanged, plan.UndoGone, plan.UndoThere, plan.UndoShared, plan.UndoTied, plan.UndoPruned}
}

// whatIcon is the picture of what is done.
func whatIcon(r localapi.Row) string {
	switch r.Kind {
	case plan.Create.String():
		if r.Reason.Code == plan.UndoneRemoved || r.Reason.Code == plan.UndoneMadeAnew {
			return "undo"
		}
		return "add"
	case plan.Update.String():
		return "edit"
	case plan.Delete.String(), plan.Leave.String():
		return "delete"
	case plan.Stamp.String():
		return "check"
	case plan.Pair.String():
		return "pair"
	case plan.Ask.String():
		return "question"
	case plan.Await.String():
		return "waiting"
	}
	return "skipped"
}

// ShortWhy is a reason in a few words, for a column; the pane has the whole.
func ShortWhy(r localapi.Row) string {
	from := r.Reason.From
	switch r.Reason.Code { //nolint:exhaustive // the others have no shorter words
	case plan.OnlyThere:
		return of(from, say.T("New in Severa"), say.T("New in Outlook"))
	case plan.ChangedThere:
		return changedWhy(r, from)
	case plan.DeletedThere:
		return of(from, say.T("No longer in Severa"), say.T("No longer in Outlook"))
	case plan.SameContent:
		if subjectOf(r).Recurs != nil {
			return say.T("Same series on both sides")
		}
		return say.T("Same entry on both sides")
	case plan.SameStamp:
		return say.T("Known by its mark")
	case plan.PrivateKept:
		return say.T("Private entries stay out")
	case plan.Ambiguous:
		return say.N("One entry fits", "{{.N}} entries fit equally", r.Reason.Count)
	case plan.SpelledAlike, plan.SameDay:
		return say.T("Maybe the same entry")
	case plan.OutsideWindow, plan.TooOld:
		return say.T("Outside the days in step")
	case plan.NewerWins:
		return of(from, say.T("Severa's change is newer"), say.T("Outlook's change is newer"))
	}
	return sentenceCase(WindowReason(r.Reason))
}

// changedWhy names the one thing that has changed, where it is one.
func changedWhy(r localapi.Row, from event.Side) string {
	if len(r.Fields) == 1 {
		switch r.Fields[0] {
		case event.FieldWhen.String():
			return of(from, say.T("Moved in Severa"), say.T("Moved in Outlook"))
		case event.FieldLocation.String():
			return of(from, say.T("Place changed in Severa"), say.T("Place changed in Outlook"))
		case event.FieldSubject.String():
			return of(from, say.T("Renamed in Severa"), say.T("Renamed in Outlook"))
		case event.FieldNotes.String():
			return of(from, say.T("Note changed in Severa"), say.T("Note changed in Outlook"))
		case event.FieldRecurrence.String():
			return of(from, say.T("Repeats otherwise in Severa"), say.T("Repeats otherwise in Outlook"))
		}
	}
	return of(from, say.T("Changed in Severa"), say.T("Changed in Outlook"))
}
