package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Marked is a text with small pictures right behind it, wherever it ends. What
// has no room is cut from the text, never from the pictures.
func Marked(text *Text, marks ...fyne.CanvasObject) *fyne.Container {
	return container.New(&afterLayout{text: text}, append([]fyne.CanvasObject{text}, marks...)...)
}

type afterLayout struct{ text *Text }

func (l *afterLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := l.text.MinSize()
	for _, o := range objects[1:] {
		if o.Visible() {
			size.Width += o.MinSize().Width + GapTight
			size.Height = max(size.Height, o.MinSize().Height)
		}
	}
	return size
}

func (l *afterLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	room := size.Width
	for _, o := range objects[1:] {
		if o.Visible() {
			room -= o.MinSize().Width + GapTight
		}
	}
	s := l.text.seg.Style
	whole := fyne.MeasureText(l.text.Text(), theme.Size(s.SizeName), s.TextStyle).Width
	x := max(min(room, whole+1), 0)
	// What wraps is as high as its width makes it.
	l.text.Resize(fyne.NewSize(x, l.text.Size().Height))
	height := l.text.MinSize().Height
	l.text.Move(fyne.NewPos(0, (size.Height-height)/2))
	l.text.Resize(fyne.NewSize(x, height))
	for _, o := range objects[1:] {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		o.Move(fyne.NewPos(x+GapTight, (size.Height-m.Height)/2))
		o.Resize(m)
		x += m.Width + GapTight
	}
}
