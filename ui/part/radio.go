package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Radio is one of several ways of which one is chosen; the whole of it can be
// pressed, and arrow keys lead from it to the others.
type Radio struct {
	press
	// OnArrow is told of the arrow keys; nil: they do nothing.
	OnArrow    func(fyne.KeyName)
	on         bool
	ring, core *Area
}

// NewRadio is a way that is not chosen yet.
func NewRadio(text string, s Style, pressed func()) *Radio {
	r := &Radio{ring: NewArea("", theme.ColorNameInputBorder, 9), core: NewArea("", "", 5)}
	r.ring.width = 2
	mark := container.New(fixed{width: 18, height: 18}, container.NewStack(r.ring, Padded(GapTight, GapTight, r.core)))
	r.init(r, 6, 0, 0, container.New(rowLayout{gap: Gap, grow: 1, grows: true}, mark, NewText(text, s)), pressed)
	return r
}

// On tells whether it is chosen.
func (r *Radio) On() bool { return r.on }

// SetOn chooses it, or no longer does.
func (r *Radio) SetOn(on bool) {
	r.on = on
	if on {
		r.ring.Paint("", theme.ColorNamePrimary)
		r.core.Paint(theme.ColorNamePrimary, "")
	} else {
		r.ring.Paint("", theme.ColorNameInputBorder)
		r.core.Paint("", "")
	}
}

// TypedKey presses it, or leads on.
func (r *Radio) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		if r.OnArrow != nil {
			r.OnArrow(e.Name)
		}
	default:
		r.press.TypedKey(e)
	}
}

var _ fyne.Focusable = (*Radio)(nil)
