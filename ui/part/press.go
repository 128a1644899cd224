package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// press is what everything that can be pressed has in common: it is reached by
// the keyboard, shows where the focus is by a ring, lights up under the mouse
// and can be out of use.
type press struct {
	widget.DisableableWidget
	under   *Area // the thing's own colour
	hover   *Area // laid over it
	ring    *Area // shows the focus
	content fyne.CanvasObject
	// air is around the content; height is the whole thing's.
	air, height float32
	onPress     func()
	// OnEscape is called when Escape is typed here: a dialog's way out, because
	// a focused widget gets the keys and not the window.
	OnEscape func()
	// Pointed is called when the mouse or the focus comes to it or leaves it.
	Pointed func(bool)
	focused bool
	hovered bool
	radius  float32
}

// ringWidth is how far the ring of the focus stands outside the edge.
const ringWidth float32 = 2

func (p *press) init(self fyne.Widget, radius, air, height float32, content fyne.CanvasObject, pressed func()) {
	p.radius, p.air, p.height, p.content, p.onPress = radius, air, height, content, pressed
	p.under, p.hover, p.ring = NewArea("", "", radius), NewArea("", "", radius), NewArea("", "", radius+ringWidth)
	p.ring.width = ringWidth
	p.ExtendBaseWidget(self)
}

// Tapped presses it.
func (p *press) Tapped(*fyne.PointEvent) { p.do() }

func (p *press) do() {
	if p.Disabled() || p.onPress == nil {
		return
	}
	p.onPress()
}

// FocusGained shows the ring.
func (p *press) FocusGained() { p.focused = true; p.show(); p.pointed(true) }

// FocusLost hides it.
func (p *press) FocusLost() { p.focused = false; p.show(); p.pointed(false) }

// TypedRune is nothing to it.
func (p *press) TypedRune(rune) {}

// TypedKey presses it by Space or Enter.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		p.do()
	}
	if e.Name == fyne.KeyEscape && p.OnEscape != nil {
		p.OnEscape()
	}
}

// MouseIn lights it up.
func (p *press) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.show(); p.pointed(true) }

// MouseMoved is nothing to it.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is MouseIn's end.
func (p *press) MouseOut() { p.hovered = false; p.show(); p.pointed(false) }

func (p *press) pointed(at bool) {
	if p.Pointed != nil {
		p.Pointed(at)
	}
}

// show draws the ring and the light as they are.
func (p *press) show() {
	ring, hover := fyne.ThemeColorName(""), fyne.ThemeColorName("")
	if p.focused {
		ring = theme.ColorNamePrimary
	}
	if p.hovered && !p.Disabled() {
		hover = theme.ColorNameHover
	}
	p.ring.Paint("", ring)
	p.hover.Paint(hover, "")
}

// CreateRenderer is for Fyne.
func (p *press) CreateRenderer() fyne.WidgetRenderer { return &pressRenderer{p} }

type pressRenderer struct{ p *press }

func (r *pressRenderer) Layout(size fyne.Size) {
	p := r.p
	for _, a := range []*Area{p.under, p.hover} {
		a.Move(fyne.Position{})
		a.Resize(size)
	}
	p.ring.Move(fyne.NewPos(-ringWidth, -ringWidth))
	p.ring.Resize(size.AddWidthHeight(2*ringWidth, 2*ringWidth))
	p.content.Move(fyne.NewPos(p.air, 0))
	p.content.Resize(size.SubtractWidthHeight(2*p.air, 0))
}

func (r *pressRenderer) MinSize() fyne.Size {
	m := r.p.content.MinSize()
	m.Width += 2 * r.p.air
	if r.p.height > 0 {
		m.Height = r.p.height
	}
	return m
}

func (r *pressRenderer) Refresh() {
	r.p.show()
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(r.p.Size())
}

func (r *pressRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.ring, r.p.under, r.p.hover, r.p.content}
}

func (r *pressRenderer) Destroy() {}
