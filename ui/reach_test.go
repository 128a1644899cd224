package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lockstep/ui/part"
	"lockstep/ui/say"
)

// controls are everything that can be used now, by what a person would call it.
func (s *stage) controls() map[fyne.Focusable]string {
	s.Helper()
	out := map[fyne.Focusable]string{}
	inList := map[fyne.CanvasObject]bool{} // a list is one stop: its rows are chosen by the arrow keys
	k := &keyboard{stage: s}
	s.walk(func(o fyne.CanvasObject) {
		if l, ok := o.(*widget.List); ok && l.Length() > 0 {
			out[l] = "a list"
			walk(l, func(in fyne.CanvasObject) { inList[in] = true })
			return
		}
		f, ok := o.(fyne.Focusable)
		if d, can := o.(fyne.Disableable); !ok || inList[o] || can && d.Disabled() {
			return
		}
		name := k.nameOf(o)
		switch o := o.(type) {
		case *widget.Check:
			name = "box " + o.Text
		case *widget.Select:
			name = "choice " + o.Selected
		case *part.Choice:
			name = "choice " + o.Selected
		case *part.Entry:
			name = "field " + name + o.PlaceHolder
		}
		out[f] = name
	})
	return out
}

// TestKeyboard_ReachesEverything goes through every screen by Tab: whatever can
// be used is come to, and the way goes round.
func TestKeyboard_ReachesEverything(t *testing.T) {
	for _, c := range screens() {
		t.Run(c.name, func(t *testing.T) {
			s := c.stand(t, say.English, fyne.NewSize(firstWidth, firstHeight))
			missing := s.controls()
			if len(missing) == 0 {
				t.Fatal("nothing can be used")
			}
			canvas := s.w.win.Canvas()
			for range 3 * len(missing) {
				canvas.FocusNext()
				f := canvas.Focused()
				if f == nil {
					t.Fatal("the keyboard is nowhere")
				}
				delete(missing, f)
			}
			for f, name := range missing {
				t.Errorf("Tab never comes to %q (%T)", name, f)
			}
		})
	}
}

// TestKeyboard_ShowsWhereItIs checks that what has the focus looks different.
func TestKeyboard_ShowsWhereItIs(t *testing.T) {
	s := screens()[0].stand(t, say.English, fyne.NewSize(firstWidth, firstHeight))
	canvas := s.w.win.Canvas()
	seen := map[string]string{}
	for f, name := range s.controls() {
		if _, list := f.(*widget.List); list {
			continue // it shows the focus at a row, once an arrow key is pressed
		}
		canvas.Unfocus()
		before := fmt.Sprint(test.RenderObjectToMarkup(f.(fyne.CanvasObject)))
		canvas.Focus(f)
		if after := fmt.Sprint(test.RenderObjectToMarkup(f.(fyne.CanvasObject))); after == before {
			t.Errorf("nothing shows that the keyboard is at %q", name)
		}
		seen[name] = name
	}
	if len(seen) < 10 {
		t.Errorf("looked at %d controls", len(seen))
	}
}
