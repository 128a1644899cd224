package ui

import "lockstep/ui/model"

// ShowUndo brings up what an undo would do: of a run, or of one change in it
// (item; 0: all of it), of the person with that address.
func (w *Window) ShowUndo(run int64, address string, item int64) {
	w.undo = undoOrder{run, address, item}
	w.Show(model.PageUndo)
}

// undoOrder is what the page of an undo is to show.
type undoOrder struct {
	run     int64
	address string
	item    int64
}
