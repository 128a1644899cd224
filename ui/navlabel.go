package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/ui/part"
)

// navLabel names the icon of the folded navigation that is pointed at, or that
// has the focus. It lies over the page and takes no part in its layout.
type navLabel struct {
	object *fyne.Container
	text   *part.Text
}

func newNavLabel() *navLabel {
	l := &navLabel{text: part.NewText("", part.Style{Whole: true})}
	l.object = container.NewStack(part.NewArea(theme.ColorNameOverlayBackground, theme.ColorNameSeparator, 6), part.Padded(part.GapTight, part.Gap, l.text))
	l.object.Hide()
	return l
}

// named is something with a name that may not be shown.
type named interface {
	fyne.CanvasObject
	Text() string
}

func (l *navLabel) show(yes bool, item named) {
	if !yes {
		l.object.Hide()
		return
	}
	l.text.SetText(item.Text())
	size := l.object.MinSize()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(item)
	l.object.Resize(size)
	l.object.Move(fyne.NewPos(part.NavRailWidth+part.GapTight, at.Y+(item.Size().Height-size.Height)/2))
	show(l.object, true)
}

// below names a picture to be pressed while it is pointed at.
func (l *navLabel) below(b *part.Button, within fyne.Canvas) {
	b.Pointed = func(at bool) {
		if !at {
			l.object.Hide()
			return
		}
		l.text.SetText(b.Text())
		size := l.object.MinSize()
		place := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
		x := min(place.X+(b.Size().Width-size.Width)/2, within.Size().Width-size.Width-part.GapTight)
		l.object.Resize(size)
		l.object.Move(fyne.NewPos(max(x, part.GapTight), place.Y+b.Size().Height+part.GapTight))
		l.object.Show()
	}
}
