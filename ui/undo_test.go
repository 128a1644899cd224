package ui

import (
	"context"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/model"
)

// undoer is an agent with a run that can be taken back.
type undoer struct {
	previewer
	undo    localapi.Undo
	done    localapi.Undo
	runs    []localapi.Run
	asked   []localapi.UndoRequest
	written []localapi.UndoRequest
}

func (f *undoer) Runs(context.Context, int) ([]localapi.Run, error) { return f.runs, f.fail }

func (f *undoer) PreviewUndo(_ context.Context, q localapi.UndoRequest) (localapi.Undo, error) {
	f.asked = append(f.asked, q)
	return f.undo, f.fail
}

func (f *undoer) Undo(_ context.Context, q localapi.UndoRequest) (localapi.Undo, error) {
	f.written = append(f.written, q)
	return f.done, f.fail
}

func lastRun() *undoer {
	made := rowOf("u1", "delete", localapi.GroupDelete, event.Business, "Absence", "2026-11-26T09:00:00", "2026-11-26T17:00:00", plan.Reason{Code: plan.UndoneMade, From: event.Business})
	moved := rowOf("u2", "update", localapi.GroupChange, event.Exchange, "Retrospective", "2026-11-25T13:00:00", "2026-11-25T14:00:00", plan.Reason{Code: plan.UndoneChange, From: event.Exchange, Count: 1})
	lost := rowOf("u3", "skip", localapi.GroupLeave, event.Exchange, "Client lunch", "2026-11-30T11:30:00", "2026-11-30T12:30:00", plan.Reason{Code: plan.UndoChanged, From: event.Exchange})
	a := &undoer{undo: localapi.Undo{
		Run: 17, Name: "Anna Virtanen", Address: "anna@office.test", Digest: "u", Lost: []localapi.Row{lost}, Mailed: []localapi.Row{moved}, Rows: []localapi.Row{made, moved},
	}}
	a.done = localapi.Undo{
		Run: 17, Name: "Anna Virtanen", Lost: []localapi.Row{lost}, Held: 2,
		Written: map[string]map[string]int{"business": {"delete": 1}, "exchange": {"update": 1}},
	}
	return a
}

// TestUndo shows what taking a run back would do, what stays as it is first,
// and does exactly that.
func TestUndo(t *testing.T) {
	a := lastRun()
	s := open(t, a, "")
	s.w.ShowUndo(17, "anna@office.test", 0)
	s.sees("Undo run 17")
	s.sees("Undo 2 changes")
	s.sees("1 entry stays as it is. It stands first, with the reason.")
	b := s.w.pages[PageUndo].(*kept).page.(*undo).board
	if r, _, _ := b.view.At(0); r.ID != "u3" {
		t.Errorf("first stands %s, want what cannot be undone", r.ID)
	}
	s.shot("undo-light")
	s.press("Undo 2 changes")
	s.sees("2 changes are taken back.")
	s.sees("2 pairs are on hold until one side changes.")
	s.shot("undo-done")
	if len(a.written) != 1 || a.written[0].Run != 17 || a.written[0].Digest != "u" {
		t.Errorf("asked for %+v, want what was shown", a.written)
	}
}

// TestUndo_OfTheLastRun checks the page that is opened from the tray.
func TestUndo_OfTheLastRun(t *testing.T) {
	a := lastRun()
	a.runs = []localapi.Run{{ID: 19}, {ID: 18, Written: map[string]map[string]int{"exchange": {"create": 2}}}, {ID: 17}}
	s := open(t, a, PageUndo)
	s.sees("Undo 2 changes")
	if len(a.asked) != 1 || a.asked[0].Run != 18 {
		t.Errorf("asked for %+v, want the newest run that changed anything", a.asked)
	}
}

// TestUndo_OfOneEntry checks that one change alone can be taken back.
func TestUndo_OfOneEntry(t *testing.T) {
	a := lastRun()
	s := open(t, a, "")
	s.w.ShowUndo(17, "anna@office.test", 4)
	s.sees("Undo one entry of run 17")
	s.press("Undo 2 changes")
	s.until("it is asked for", func() bool { return len(a.written) == 1 })
	if q := a.written[0]; q.Item != "4" || q.Who != "anna@office.test" {
		t.Errorf("asked for %+v, want the one change", q)
	}
}

// TestUndo_WithNothingToUndo says so, and leads to the history; a run that is
// there is shown again.
func TestUndo_WithNothingToUndo(t *testing.T) {
	a := lastRun()
	undo := a.undo
	s := open(t, a, PageUndo)
	s.sees("Nothing to undo")
	s.sees("None of the last runs has changed anything.")
	s.w.Show(PageOverview)
	a.fail = &localapi.Error{Code: localapi.CodeNoRun}
	s.w.ShowUndo(12, "anna@office.test", 0)
	s.sees("The history no longer holds that.")
	if s.shows("Back to history") {
		t.Error("there are two ways to the history")
	}
	s.press("Open the history")
	if s.w.shown != PageHistory {
		t.Errorf("it leads to %s", s.w.shown)
	}
	a.fail, a.undo = nil, undo
	s.w.ShowUndo(17, "anna@office.test", 0)
	s.sees("Undo 2 changes")
	s.sees("Back to history")
}

// TestUndo_OfWhatStaysIsNoFailure: what stays was shown before, so that the rest
// is taken back is what was wanted.
func TestUndo_OfWhatStaysIsNoFailure(t *testing.T) {
	a := lastRun()
	if r := model.UndoResult(a.done); r.Bad {
		t.Errorf("%q is a failure", r.What)
	}
	a.done.Stopped = true
	if r := model.UndoResult(a.done); !r.Bad {
		t.Errorf("%q is none", r.What)
	}
}
