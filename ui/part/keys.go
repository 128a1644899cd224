package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A widget that has the keyboard gets every key, and the window none. What can
// stand in a dialog therefore tells of Escape and Enter itself, and a field
// hands on the shortcuts that are not its own.

// Answering is what can have the keyboard in a dialog.
type Answering interface {
	// Answers says how the dialog is left, and how it is gone through with.
	Answers(leave, act func())
}

var (
	_ Answering = (*Entry)(nil)
	_ Answering = (*Choice)(nil)
	_ Answering = (*Radio)(nil)
)

// Answers has Escape leave a dialog; Enter and Space press the thing itself.
func (p *press) Answers(leave, _ func()) { p.OnEscape = leave }

// Answers has Escape leave a dialog and Enter go through with it.
func (e *Entry) Answers(leave, act func()) {
	e.escaped = leave
	if e.OnSubmitted == nil {
		e.OnSubmitted = func(string) { act() }
	}
}

// TypedKey types.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && e.escaped != nil {
		e.escaped()
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut does what a field has a shortcut for, and hands the others to
// the window.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	e.Entry.TypedShortcut(s)
	if _, ok := s.(*desktop.CustomShortcut); !ok {
		return
	}
	if window, ok := fyne.CurrentApp().Driver().CanvasForObject(e).(fyne.Shortcutable); ok {
		window.TypedShortcut(s)
	}
}

// Choice is a list of which one is chosen, for a dialog.
type Choice struct {
	widget.Select
	leave, act func()
}

// NewChoice is one of which the first is chosen.
func NewChoice(options []string) *Choice {
	c := &Choice{}
	c.Options = options
	c.ExtendBaseWidget(c)
	c.SetSelectedIndex(0)
	return c
}

// Answers has Escape leave a dialog and Enter go through with it.
func (c *Choice) Answers(leave, act func()) { c.leave, c.act = leave, act }

// TypedKey opens the list, or goes through it.
func (c *Choice) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape && c.leave != nil:
		c.leave()
	case (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) && c.act != nil:
		c.act()
	default:
		c.Select.TypedKey(k)
	}
}
