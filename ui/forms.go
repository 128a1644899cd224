package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// forms are the fields of a page by the keys that they have in a draft.
type forms struct {
	w      *Window
	fields map[string]*part.Field
	// draft is the page's draft with what was typed.
	draft func() localapi.Draft
}

func newForms(w *Window, draft func() localapi.Draft) *forms {
	return &forms{w: w, fields: map[string]*part.Field{}, draft: draft}
}

// field is a line of a form. When the person leaves it, the agent is asked what
// is wrong with it; that it is empty is said only when he wants to go on.
func (f *forms) field(key, label, help string, input fyne.CanvasObject) *part.Field {
	var check func(string) string
	if e, ok := input.(*part.Entry); ok && !e.Password {
		check = func(text string) string {
			if text != "" {
				f.ask(key)
			}
			return ""
		}
	}
	out := part.NewField(label, input, help, check)
	f.fields[key] = out
	return out
}

// ask has one field looked at.
func (f *forms) ask(key string) {
	q := localapi.CheckRequest{Draft: f.draft(), Keys: []string{key}}
	background(f.w, func(ctx context.Context) (localapi.Checked, error) { return f.w.Agent.CheckSetup(ctx, q) },
		func(c localapi.Checked, err error) {
			if err != nil {
				return // it is looked at again when he goes on
			}
			f.fields[key].SetWrong("")
			f.wrong(c.Problems, false)
		})
}

// wrong shows problems at their fields. clear takes away the old ones before. It
// tells which had no field here.
func (f *forms) wrong(problems []localapi.FieldProblem, clear bool) (rest []localapi.FieldProblem) {
	if clear {
		for _, x := range f.fields {
			x.SetWrong("")
		}
	}
	for _, p := range problems {
		if x := f.fields[p.Key]; x != nil {
			x.SetWrong(model.FieldWrong(p))
		} else {
			rest = append(rest, p)
		}
	}
	return rest
}

// chain lets Enter lead from each entry to the next, and from the last one on.
func chain(w *Window, on func(), entries ...*part.Entry) {
	for i, e := range entries {
		if i+1 < len(entries) {
			e.OnSubmitted = func(string) { w.win.Canvas().Focus(entries[i+1]) }
		} else {
			e.OnSubmitted = func(string) { on() }
		}
	}
}

// checkRows are tests as the list of them shows them.
func checkRows(lines []model.Checked) []part.CheckRow {
	out := make([]part.CheckRow, len(lines))
	for i, l := range lines {
		out[i] = part.CheckRow{State: checkState(l.State), Title: l.Title, Note: l.Note}
	}
	return out
}

func checkState(s model.CheckState) part.State {
	switch s {
	case model.CheckPassed:
		return part.StateOK
	case model.CheckWarned:
		return part.StateAttention
	case model.CheckFailed:
		return part.StateFailed
	case model.CheckRunning:
		return part.StateSyncing
	case model.CheckNotRun:
	}
	return part.StateWaiting
}
