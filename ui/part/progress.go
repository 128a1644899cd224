package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Progress is a thin bar that knows its number.
type Progress struct {
	// Object is what stands on the page.
	Object *fyne.Container
	bar    *Area
	part   float32
}

// NewProgress is a bar at its beginning.
func NewProgress() *Progress {
	p := &Progress{bar: NewArea(theme.ColorNamePrimary, "", 0)}
	p.Object = container.New(p, p.bar)
	return p
}

// Set says how much of the whole is done.
func (p *Progress) Set(done, whole int) {
	p.part = 0
	if whole > 0 {
		p.part = min(float32(done)/float32(whole), 1)
	}
	p.Layout(nil, p.Object.Size())
}

// MinSize is for Fyne.
func (p *Progress) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 2) }

// Layout is for Fyne.
func (p *Progress) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	p.bar.Move(fyne.Position{})
	p.bar.Resize(fyne.NewSize(size.Width*p.part, size.Height))
}
