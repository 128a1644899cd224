package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Banner tells of something that stands in the way, inside the page, for as
// long as it does: what happened, why, and the buttons, the safest first. A
// page has at most one.
func Banner(t Tone, icon, what, why string, buttons ...*Button) fyne.CanvasObject {
	soft, clear := t.colors()
	border := clear
	if t == ToneNeutral {
		border = theme.ColorNameInputBorder
	}
	text := Column(GapTight, NewText(what, Style{Bold: true, Wrap: true}))
	if why != "" {
		text.Add(Plain(why))
	}
	if len(buttons) > 0 {
		row := Row(Gap)
		for _, b := range buttons {
			row.Add(b)
		}
		text.Add(Padded(GapTight, 0, row))
	}
	picture := container.NewVBox(Tinted(icon, clear, 20))
	return container.NewStack(NewArea(soft, border, 8),
		Padded(GapWide, GapBlocks, container.NewBorder(nil, nil, Padded(0, GapTight, picture), nil, text)))
}
