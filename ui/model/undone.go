package model

import (
	"slices"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// NewUndoView is what an undo would do, as a preview is looked at: what stays
// as it is stands first, with the reason.
func NewUndoView(u localapi.Undo) *PreviewView {
	rows := slices.Concat(u.Lost, u.Rows)
	v := NewPreviewView(localapi.Preview{Digest: u.Digest, People: []localapi.PersonPlan{{Name: u.Name, Address: u.Address, Rows: rows}}}, nil)
	v.lostFirst = true
	v.Arrange()
	return v
}

// UndoTitle names an undo, UndoNote says of whose run it is.
func UndoTitle(u localapi.Undo, one bool) string {
	if one {
		return say.T("Undo one entry of run {{.Run}}", "Run", u.Run)
	}
	return say.T("Undo run {{.Run}}", "Run", u.Run)
}

// UndoLabel names what the main button does; false where there is nothing.
func UndoLabel(u localapi.Undo) (string, bool) {
	if len(u.Rows) == 0 {
		return say.T("Nothing to undo"), false
	}
	return say.N("Undo {{.N}} change", "Undo {{.N}} changes", len(u.Rows)), true
}

// UndoWarning tells what an undo does not give back; false where it is all.
func UndoWarning(u localapi.Undo) (what, why string, ok bool) {
	if len(u.Lost) > 0 {
		what = say.N("{{.N}} entry stays as it is. It stands first, with the reason.", "{{.N}} entries stay as they are. They stand first, with the reason.", len(u.Lost))
	}
	if len(u.Mailed) > 0 {
		why = say.N("People were mailed about {{.N}} of the changes. They hear nothing of the undo.",
			"People were mailed about {{.N}} of the changes. They hear nothing of the undo.", len(u.Mailed))
	}
	if what == "" {
		what, why = why, ""
	}
	return what, why, what != ""
}

// UndoResult is what an undo came to.
func UndoResult(u localapi.Undo) Result {
	written := 0
	for _, kinds := range u.Written {
		for kind, n := range kinds {
			if kind != plan.Stamp.String() {
				written += n
			}
		}
	}
	r := Result{What: say.N("{{.N}} change is taken back.", "{{.N}} changes are taken back.", written)}
	var why []string
	switch {
	case u.Stopped:
		r.What, r.Bad = say.N("Stopped. {{.N}} change is taken back, the rest is not.", "Stopped. {{.N}} changes are taken back, the rest is not.", written), true
	case written == 0:
		r.What = say.T("Nothing had to be taken back.")
	}
	if u.Held > 0 {
		why = append(why, say.N("{{.N}} pair is on hold until one side changes.", "{{.N}} pairs are on hold until one side changes.", u.Held))
	}
	if len(u.Lost) > 0 { // as was shown before it was done: no failure
		why = append(why, say.N("{{.N}} entry stays as it is; it stands below with the reason.", "{{.N}} entries stay as they are; they stand below with the reason.", len(u.Lost)))
	}
	if u.Trouble != nil {
		r.Bad = true
		why = append(why, Trouble(*u.Trouble).String())
	}
	r.Why = strings.Join(why, " ")
	return r
}

// LastUndoable is the newest run that has changed anything; false if there is none.
func LastUndoable(runs []localapi.Run) (int64, bool) {
	for _, r := range runs {
		for _, kinds := range r.Written {
			for _, n := range kinds {
				if n > 0 {
					return r.ID, true
				}
			}
		}
	}
	return 0, false
}
