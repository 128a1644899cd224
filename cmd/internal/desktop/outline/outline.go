// Package outline is what a window says of what it shows to the test that
// plays a person before it: each text with its place, each field, and where the
// keyboard is. The two ends of it meet on a socket.
//
// Nothing of it is in a program that is installed: the window answers only
// where it was built with the tag desktoptest.
package outline

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
)

// Variable names the environment variable that holds the socket's path.
const Variable = "LOCKSTEP_OUTLINE"

// Kind is what a thing is.
type Kind string

// The kinds.
const (
	Text  Kind = "text"
	Field Kind = "field" // what can be typed into; its text is never told
	Tick  Kind = "tick"  // a box to tick; its text is on or off
	Other Kind = "other" // where the keyboard is, if it is on neither of these
)

// Thing is something that can be seen. Its place is in pixels of the window.
type Thing struct {
	Kind     Kind
	Text     string
	X, Y     float32
	W, H     float32
	Disabled bool // it is in something that cannot be used
	Focused  bool
}

// Window is what one shows: a dialog alone where there is one.
type Window struct {
	Things []Thing
}

// Read asks a window what it shows.
func Read(ctx context.Context, path string) (Window, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return Window{}, fmt.Errorf("ask the window what it shows: %w", err)
	}
	defer c.Close()
	if at, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(at) // a socket can
	}
	var w Window
	if err := json.NewDecoder(c).Decode(&w); err != nil {
		return Window{}, fmt.Errorf("ask the window what it shows: %w", err)
	}
	return w, nil
}

// Texts is every text, from top to bottom as the window has them.
func (w Window) Texts() []string {
	var out []string
	for _, t := range w.Things {
		if t.Kind == Text {
			out = append(out, t.Text)
		}
	}
	return out
}

// Shows tells whether some words stand in the window.
func (w Window) Shows(words string) bool {
	for _, t := range w.Texts() {
		if strings.Contains(t, words) {
			return true
		}
	}
	return false
}

// Find is the text that is exactly text and can be used. Where there are
// several, it is the first below the headings that are named, in their order.
func (w Window) Find(text string, below ...string) (Thing, bool) {
	for _, t := range w.Things {
		switch {
		case t.Kind != Text:
		case len(below) > 0:
			if t.Text == below[0] {
				below = below[1:]
			}
		case t.Text == text && !t.Disabled:
			return t, true
		}
	}
	return Thing{}, false
}

// Focused is the name of what the keyboard is at: the text in it or, of a
// field or a box, the one to the left of it.
func (w Window) Focused() string {
	for _, t := range w.Things {
		if t.Focused {
			return w.name(t)
		}
	}
	return ""
}

// Labelled is the field or the box to the right of a text.
func (w Window) Labelled(label string) (Thing, bool) {
	for _, t := range w.Things {
		if (t.Kind == Field || t.Kind == Tick) && w.name(t) == label {
			return t, true
		}
	}
	return Thing{}, false
}

func (w Window) name(of Thing) (name string) {
	best := float32(-1)
	for _, t := range w.Things {
		if t.Kind != Text {
			continue
		}
		x, y := t.Middle()
		if of.Kind != Field && of.Kind != Tick {
			if x >= of.X && x <= of.X+of.W && y >= of.Y && y <= of.Y+of.H {
				return t.Text
			}
			continue
		}
		if t.Y+t.H > of.Y && t.Y < of.Y+of.H && t.X < of.X && t.X > best {
			name, best = t.Text, t.X
		}
	}
	return name
}

// Middle is where a person points to hit it.
func (t Thing) Middle() (x, y float32) { return t.X + t.W/2, t.Y + t.H/2 }
