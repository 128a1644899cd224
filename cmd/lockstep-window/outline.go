//go:build desktoptest && (cgo || ci)

package main

import (
	"encoding/json"
	"net"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lockstep/cmd/internal/desktop/outline"
	"lockstep/ui"
	"lockstep/ui/part"
)

// answerOutline tells whoever connects what the window shows, for the test that
// plays a person before a real screen. No program that is installed has it.
func answerOutline(w *ui.Window) {
	path := os.Getenv(outline.Variable)
	if path == "" {
		return
	}
	_ = os.Remove(path) // of a window that was killed
	l, err := net.Listen("unix", path)
	if err != nil {
		return // the test says what it misses
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var out outline.Window
			fyne.DoAndWait(func() { out = outlineOf(w.Fyne().Canvas()) })
			_ = json.NewEncoder(c).Encode(out) // who asked may be gone
			_ = c.Close()
		}
	}()
}

// outlineOf is what can be seen on a canvas.
func outlineOf(c fyne.Canvas) outline.Window {
	o := &outliner{scale: c.Scale(), focused: c.Focused(), place: fyne.CurrentApp().Driver().AbsolutePositionForObject}
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	o.walk(root, frame{to: fyne.NewPos(c.Size().Width, c.Size().Height)}, false)
	return o.out
}

// frame is the part of the window in which something can be seen.
type frame struct{ from, to fyne.Position }

func (f frame) holds(p fyne.Position) bool {
	return p.X >= f.from.X && p.X <= f.to.X && p.Y >= f.from.Y && p.Y <= f.to.Y
}

func (f frame) within(at fyne.Position, size fyne.Size) frame {
	return frame{
		from: fyne.NewPos(max(f.from.X, at.X), max(f.from.Y, at.Y)),
		to:   fyne.NewPos(min(f.to.X, at.X+size.Width), min(f.to.Y, at.Y+size.Height)),
	}
}

type outliner struct {
	scale   float32
	focused fyne.Focusable
	place   func(fyne.CanvasObject) fyne.Position
	out     outline.Window
}

func (o *outliner) walk(at fyne.CanvasObject, seen frame, disabled bool) {
	if at == nil || !at.Visible() {
		return
	}
	if d, ok := at.(fyne.Disableable); ok {
		disabled = disabled || d.Disabled()
	}
	o.add(at, seen, disabled)
	if s, ok := at.(*container.Scroll); ok {
		seen = seen.within(o.place(s), s.Size())
	}
	switch at := at.(type) {
	case *fyne.Container:
		for _, c := range at.Objects {
			o.walk(c, seen, disabled)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(at).Objects() {
			o.walk(c, seen, disabled)
		}
	}
}

// add notes a thing whose middle can be seen, and where the keyboard is.
func (o *outliner) add(at fyne.CanvasObject, seen frame, disabled bool) {
	p, size := o.place(at), at.Size()
	t := outline.Thing{
		Kind: outline.Other, X: p.X * o.scale, Y: p.Y * o.scale, W: size.Width * o.scale, H: size.Height * o.scale, Disabled: disabled,
	}
	f, can := at.(fyne.Focusable)
	t.Focused = can && f == o.focused
	switch at := at.(type) {
	case *part.Text:
		t.Kind, t.Text = outline.Text, at.Text()
	case *part.Entry:
		t.Kind = outline.Field
	case *widget.Check:
		t.Kind, t.Text = outline.Tick, map[bool]string{true: "on", false: "off"}[at.Checked]
	}
	if t.Kind == outline.Other && !t.Focused || t.Kind == outline.Text && t.Text == "" {
		return
	}
	if t.Focused || seen.holds(fyne.NewPos(p.X+size.Width/2, p.Y+size.Height/2)) {
		o.out.Things = append(o.out.Things, t)
	}
}
