package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Pointed is a text that says it more exactly while the mouse is at it.
type Pointed struct {
	widget.BaseWidget
	text        *Text
	near, exact string
	at          bool
}

var _ desktop.Hoverable = (*Pointed)(nil)

// NewPointed is an empty one.
func NewPointed(s Style) *Pointed {
	p := &Pointed{text: NewText("", s)}
	p.ExtendBaseWidget(p)
	return p
}

// Set says something in short, and exactly; an empty exact is the same.
func (p *Pointed) Set(near, exact string) {
	p.near, p.exact = near, exact
	p.dress()
}

func (p *Pointed) dress() {
	if p.at && p.exact != "" {
		p.text.SetText(p.exact)
		return
	}
	p.text.SetText(p.near)
}

// MouseIn says it exactly.
func (p *Pointed) MouseIn(*desktop.MouseEvent) { p.at = true; p.dress() }

// MouseMoved is nothing to it.
func (p *Pointed) MouseMoved(*desktop.MouseEvent) {}

// MouseOut says it in short.
func (p *Pointed) MouseOut() { p.at = false; p.dress() }

// CreateRenderer is for Fyne.
func (p *Pointed) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.text) }
