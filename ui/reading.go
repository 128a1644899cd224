package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// reading is whether a page asks the agent for its list right now.
type reading struct {
	loading bool
	again   bool // it was asked for while it read
}

// read asks for a page's list; asked for while it reads, it reads once more.
func read[T any](w *Window, r *reading, ask func(context.Context) (T, error), then func(T, error)) {
	if r.loading {
		r.again = true
		return
	}
	r.loading, r.again = true, false
	background(w, ask, func(v T, err error) {
		r.loading = false
		then(v, err)
		if r.again {
			read(w, r, ask, then)
		}
	})
}

// unread stands in the place of a list that could not be read.
func unread(err error, again func()) fyne.CanvasObject {
	a := model.Failure(err)
	return part.Padded(part.Margin, part.Margin, container.NewVBox(part.Banner(part.ToneWarning, "attention", a.What, a.Do,
		part.NewButton(say.T("Read again"), "sync", part.Medium, again))))
}

// fill puts a thing into a box, unless it is there already.
func fill(box *fyne.Container, o fyne.CanvasObject) {
	if len(box.Objects) == 1 && box.Objects[0] == o {
		return
	}
	box.Objects = []fyne.CanvasObject{o}
	box.Refresh()
}
