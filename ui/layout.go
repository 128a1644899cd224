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
	top := container.New(&headLayout{}, title, head)
	inner := container.NewBorder(part.Column(0, top, part.Tall(part.GapBlocks, container.NewStack())), nil, nil, nil, body)
	page := part.Padded(part.Margin, part.Margin, inner)
	if footer == nil {
		return page
	}
	return container.NewBorder(nil, footer, nil, nil, page)
}

// headLayout puts what can be done at the right of the title, and below it where
// the title would have too little room.
type headLayout struct{ width float32 }

// leastTitle is how wide a title is at least beside what can be done.
const leastTitle float32 = 280

func (l *headLayout) below(o []fyne.CanvasObject) bool {
	return l.width > 0 && len(o[1].(*fyne.Container).Objects) > 0 && l.width-o[1].MinSize().Width < leastTitle //nolint:forcetypeassert // sheet makes it
}

func (l *headLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	if l.below(o) {
		return fyne.NewSize(max(a.Width, b.Width), a.Height+part.GapWide+b.Height)
	}
	return fyne.NewSize(a.Width+part.Gap+b.Width, max(a.Height, b.Height))
}

func (l *headLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	b := o[1].MinSize()
	if l.below(o) {
		o[0].Move(fyne.Position{})
		o[0].Resize(fyne.NewSize(size.Width, size.Height-part.GapWide-b.Height))
		o[1].Move(fyne.NewPos(0, size.Height-b.Height))
	} else {
		o[0].Move(fyne.Position{})
		o[0].Resize(fyne.NewSize(max(size.Width-part.Gap-b.Width, 0), size.Height))
		o[1].Move(fyne.NewPos(size.Width-b.Width, 0))
	}
	o[1].Resize(b)
}

// titled is a title over a quiet line.
func titled(title, note string) (box fyne.CanvasObject, first, second *part.Text) {
	first, second = part.Heading(title), part.Quiet(note)
	return part.Column(0, first, second), first, second
}

// splitLayout puts a pane at the left, at its width, beside the rest.
type splitLayout struct{}

func (splitLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

func (splitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := o[0].MinSize().Width
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(w, size.Height))
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(max(size.Width-w, 0), size.Height))
}

// footLayout puts the second thing below the first, without the air of a border.
type footLayout struct{}

func (footLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (footLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[1].MinSize().Height
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, max(size.Height-h, 0)))
	o[1].Move(fyne.NewPos(0, size.Height-h))
	o[1].Resize(fyne.NewSize(size.Width, h))
}

// evenLayout puts things side by side, all equally wide.
type evenLayout struct{ gap float32 }

func (l evenLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, c := range o {
		size = size.Max(c.MinSize())
	}
	size.Width = size.Width*float32(len(o)) + l.gap*float32(max(len(o)-1, 0))
	return size
}

func (l evenLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - l.gap*float32(len(o)-1)) / float32(len(o))
	for i, c := range o {
		c.Move(fyne.NewPos(float32(i)*(width+l.gap), 0))
		c.Resize(fyne.NewSize(width, size.Height))
	}
}

// snugLayout makes a table no higher than its rows need.
type snugLayout struct {
	rows  func() int
	pitch float32
}

func (snugLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (l snugLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, min(size.Height, part.TableHead+float32(l.rows())*l.pitch)))
}
