package ui

import (
	"strconv"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// ShowUndo brings up what an undo would do: of a run, or of one change in it
// (0: the whole run), of the person with that address.
func (w *Window) ShowUndo(run int64, address string, item int64) {
	w.undoing = localapi.UndoRequest{Run: run, Who: address}
	if item != 0 {
		w.undoing.Item = strconv.FormatInt(item, 10)
	}
	w.Show(model.PageUndo)
}
