package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"lockstep/ui/part"
)

// keyboard is somebody who has no mouse. It counts what he does: each text that
// he types and each key that does something; going round by Tab does nothing.
type keyboard struct {
	*stage
	inputs int
}

// typeInto goes to the field of a label and types.
func (k *keyboard) typeInto(label, text string) {
	k.Helper()
	k.tabTo(label)
	f := k.w.win.Canvas().Focused()
	for _, r := range text {
		f.TypedRune(r)
	}
	k.inputs++
}

// key presses a key where the focus is.
func (k *keyboard) key(name fyne.KeyName) {
	k.Helper()
	f := k.w.win.Canvas().Focused()
	if f == nil {
		k.Fatal("the keyboard is nowhere")
	}
	f.TypedKey(&fyne.KeyEvent{Name: name})
	k.inputs++
}

// press goes to what a label names and presses it.
func (k *keyboard) press(label string) {
	k.Helper()
	k.tabTo(label)
	k.key(fyne.KeySpace)
}

// tabTo presses Tab until the focus is at what a label names.
func (k *keyboard) tabTo(label string) {
	k.Helper()
	k.settle()
	c := k.w.win.Canvas()
	var seen []string
	for range 80 {
		if f, ok := c.Focused().(fyne.CanvasObject); ok {
			name := k.nameOf(f)
			if name == label {
				return
			}
			seen = append(seen, name)
		}
		c.FocusNext()
	}
	k.Fatalf("Tab never comes to %q, only to %q", label, seen)
}

// nameOf is the text in a thing, or the label that stands at the left of it.
func (k *keyboard) nameOf(f fyne.CanvasObject) (name string) {
	if _, entry := f.(*part.Entry); !entry {
		walk(f, func(o fyne.CanvasObject) {
			if t, ok := o.(*part.Text); ok && name == "" {
				name = strings.TrimSpace(t.Text())
			}
		})
		return name
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(f)
	best := float32(-1)
	k.walk(func(o fyne.CanvasObject) {
		t, ok := o.(*part.Text)
		if !ok || t.Text() == "" {
			return
		}
		p := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
		level := p.Y+t.Size().Height > at.Y && p.Y < at.Y+f.Size().Height
		if level && p.X < at.X && p.X > best {
			name, best = t.Text(), p.X
		}
	})
	return name
}
