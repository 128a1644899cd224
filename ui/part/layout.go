package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// The distances of the grid, in pixels.
const (
	GapTight  float32 = 4
	Gap       float32 = 8
	GapWide   float32 = 12
	GapBlocks float32 = 16
	Margin    float32 = 24
)

// Row puts things side by side at their smallest width, in the middle of the
// row's height.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap: gap}, objects...)
}

// Wide is a Row whose thing at place grow takes the width that is left.
func Wide(gap float32, grow int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap: gap, grow: grow, grows: true}, objects...)
}

// Tops puts things side by side at their smallest width, each from the top: what
// is higher than the others does not move their first line.
func Tops(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// Column puts things below each other, each as wide as the column.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Padded puts air around a thing.
func Padded(vertical, horizontal float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), o)
}

// Between puts as much air as there is between what stands before and after it
// in a row.
func Between() fyne.CanvasObject { return layout.NewSpacer() }

// Line is a thin horizontal line.
func Line() fyne.CanvasObject {
	return container.New(fixed{height: 1}, fill(theme.ColorNameSeparator, 0))
}

// Tall makes a thing exactly height pixels high.
func Tall(height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(fixed{height: height}, o)
}

// Narrow makes a thing exactly width pixels wide.
func Narrow(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(fixed{width: width}, o)
}

// AtMost makes a thing as wide as there is room, and no wider than width: lines
// that are longer are hard to read.
func AtMost(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(atMost{width}, o)
}

type atMost struct{ width float32 }

func (l atMost) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (l atMost) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(min(size.Width, l.width), size.Height))
}

// Middle puts a thing in the middle of the height, at its full width.
func Middle(o fyne.CanvasObject) *fyne.Container { return container.New(rowLayout{grows: true}, o) }

// rowLayout is a horizontal box whose things keep their own height, centred.
// A spacer takes the width that is left, unless one of the things does.
type rowLayout struct {
	gap   float32
	grow  int
	grows bool
}

func (l rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		m := o.MinSize()
		size.Width += m.Width
		size.Height = max(size.Height, m.Height)
	}
	if shown > 1 {
		size.Width += l.gap * float32(shown-1)
	}
	return size
}

func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := max(size.Width-l.MinSize(objects).Width, 0)
	var x float32
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		_, spacer := o.(layout.SpacerObject)
		if l.grows && i == l.grow || !l.grows && spacer {
			m.Width += left
			left = 0
			if l.grows {
				// What wraps is as high as its width makes it.
				o.Resize(fyne.NewSize(m.Width, o.Size().Height))
				m.Height = o.MinSize().Height
			}
		}
		o.Resize(fyne.NewSize(m.Width, min(m.Height, size.Height)))
		o.Move(fyne.NewPos(x, max(size.Height-m.Height, 0)/2))
		x += m.Width + l.gap
	}
}

// Halves puts two things side by side, equally wide.
func Halves(gap float32, a, b fyne.CanvasObject) *fyne.Container {
	return container.New(halves{gap}, a, b)
}

type halves struct{ gap float32 }

func (l halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	one := o[0].MinSize().Max(o[1].MinSize())
	return fyne.NewSize(2*one.Width+l.gap, one.Height)
}

func (l halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - l.gap) / 2
	for i, c := range o {
		c.Move(fyne.NewPos(float32(i)*(width+l.gap), 0))
		c.Resize(fyne.NewSize(width, size.Height))
	}
}

// fixed gives one thing a fixed width or height; 0 leaves it.
type fixed struct{ width, height float32 }

func (l fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	if l.width > 0 {
		size.Width = l.width
	}
	if l.height > 0 {
		size.Height = l.height
	}
	return size
}

func (l fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// Grid puts things in columns of one width; the things of a row are equally high.
func Grid(columns int, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(gridLayout{columns, gap}, objects...)
}

type gridLayout struct {
	columns int
	gap     float32
}

func (l gridLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var width, height float32
	for at := 0; at < len(o); at += l.columns {
		var row fyne.Size
		for _, c := range o[at:min(at+l.columns, len(o))] {
			row = row.Max(c.MinSize())
		}
		width, height = max(width, row.Width), height+row.Height+l.gap
	}
	return fyne.NewSize(width*float32(l.columns)+l.gap*float32(l.columns-1), max(height-l.gap, 0))
}

func (l gridLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - l.gap*float32(l.columns-1)) / float32(l.columns)
	var y float32
	for at := 0; at < len(o); at += l.columns {
		row := o[at:min(at+l.columns, len(o))]
		var height float32
		for _, c := range row {
			// What wraps is as high as its width makes it.
			c.Resize(fyne.NewSize(width, c.Size().Height))
			height = max(height, c.MinSize().Height)
		}
		for i, c := range row {
			c.Move(fyne.NewPos(float32(i)*(width+l.gap), y))
			c.Resize(fyne.NewSize(width, height))
		}
		y += height + l.gap
	}
}

// Reveal scrolls what Scroll has made as far as a thing in it is seen.
func Reveal(scrolled *fyne.Container, o fyne.CanvasObject) {
	s := scrolled.Objects[0].(*container.Scroll) //nolint:forcetypeassert // Scroll makes it
	for range 2 {
		s.Refresh() // what has just been shown has no place yet, and what wraps in it no height
	}
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	top := place(o).Y - place(s.Content).Y - scrollAir
	bottom := top + o.Size().Height + scrollAir + GapWide
	s.ScrollToOffset(fyne.NewPos(0, min(max(s.Offset.Y, bottom-s.Size().Height), top)))
}

// scrollAir is how much room a scrolled page has around its things: for the ring
// of the focus, which a scroll would cut.
const scrollAir float32 = 4

// Scroll scrolls a thing up and down. It stands out by the room that it leaves
// around the thing, so that the thing is in line with what is not scrolled.
func Scroll(o fyne.CanvasObject) *fyne.Container {
	return container.New(outLayout{}, container.NewVScroll(Padded(scrollAir, scrollAir, o)))
}

type outLayout struct{}

func (outLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	return fyne.NewSize(max(m.Width-2*scrollAir, 0), m.Height)
}

func (outLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(-scrollAir, -scrollAir))
	o[0].Resize(size.AddWidthHeight(2*scrollAir, scrollAir))
}
