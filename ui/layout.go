package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lockstep/ui/part"
)

// sheet is a page's usual shape: the title and what can be done on one line, the
// body below, a footer that may be nil.
func sheet(title fyne.CanvasObject, actions []fyne.CanvasObject, body, footer fyne.CanvasObject) fyne.CanvasObject {
	head := part.Row(part.Gap, actions...)
	top := container.NewBorder(nil, nil, nil, container.NewVBox(head), title)
	inner := container.NewBorder(part.Column(0, top, part.Tall(part.GapBlocks, container.NewStack())), nil, nil, nil, body)
	page := part.Padded(part.Margin, part.Margin, inner)
	if footer == nil {
		return page
	}
	return container.NewBorder(nil, footer, nil, nil, page)
}

// titled is a title over a quiet line.
func titled(title, note string) (box fyne.CanvasObject, first, second *part.Text) {
	first, second = part.Heading(title), part.Quiet(note)
	return part.Column(0, first, second), first, second
}
