package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/ui/part"
	"lockstep/ui/say"
)

// area is a rectangle of the window, in pixels at 100 %.
type area struct{ left, top, right, bottom float32 }

func areaOf(at fyne.Position, size fyne.Size) area {
	return area{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
}

// overlaps tells whether two areas share more than a hair.
func (a area) overlaps(b area) bool {
	const hair = 2
	return a.left+hair < b.right && b.left+hair < a.right && a.top+hair < b.bottom && b.top+hair < a.bottom
}

// sticksOut tells by how much an area is outside another one.
func (a area) sticksOut(of area) float32 {
	return max(of.left-a.left, of.top-a.top, a.right-of.right, a.bottom-of.bottom)
}

// thing is a text or something to use, where it is drawn.
type thing struct {
	area
	name   string
	plane  int // what is scrolled together
	inside []fyne.CanvasObject
	object fyne.CanvasObject
}

// judge looks for what a person would find broken: text that is cut or broken
// inside a word, things that lie on each other, and things outside of what
// holds them.
type judge struct {
	words  map[string]bool // what is said alike in every language: names, subjects, addresses
	things []thing
	wrong  []string
	planes int
}

// roof is what an object is in.
type roof struct {
	holder area // the innermost that must hold it
	plane  int
	inside []fyne.CanvasObject
}

func (j *judge) complain(format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(format, args...))
}

// look visits an object that is at a place.
func (j *judge) look(o fyne.CanvasObject, at fyne.Position, r roof) {
	if o == nil || !o.Visible() {
		return
	}
	here := areaOf(at, o.Size())
	name := ""
	switch o := o.(type) {
	case *part.Text:
		name = o.Text()
		here = j.text(o, here)
	case *widget.Select:
		name = "a choice with " + o.Selected
		if !j.words[o.Selected] {
			j.fits(name, o.Selected, theme.Size(theme.SizeNameText), here.right-here.left-3*theme.InnerPadding()-theme.IconInlineSize())
		}
	case *part.Choice:
		name = "a choice with " + o.Selected
		if !j.words[o.Selected] {
			j.fits(name, o.Selected, theme.Size(theme.SizeNameText), here.right-here.left-3*theme.InnerPadding()-theme.IconInlineSize())
		}
	case *widget.Check:
		name = "the box " + o.Text
	case *part.Entry:
		name = "a field with " + o.Text + o.PlaceHolder
	case *part.Button:
		name = "the button " + o.Text()
	}
	if name != "" {
		// A ring of the focus and the room for it may stand out a little.
		if out := here.sticksOut(r.holder); out > 6 {
			j.complain("%q stands out of what holds it by %v pixels", name, out)
		}
		j.things = append(j.things, thing{here, name, r.plane, r.inside, o})
	}
	r.inside = append(r.inside[:len(r.inside):len(r.inside)], o)
	switch o := o.(type) {
	case *container.Scroll:
		j.planes++
		if over := o.Content.Size().Width - o.Size().Width; over > 1 && o.Direction == container.ScrollVerticalOnly {
			j.complain("what is scrolled is %v pixels wider than its place", over)
		}
		endless := here
		if o.Direction == container.ScrollVerticalOnly || o.Direction == container.ScrollBoth {
			endless.top, endless.bottom = -1e6, 1e6
		}
		if o.Direction == container.ScrollHorizontalOnly || o.Direction == container.ScrollBoth {
			endless.left, endless.right = -1e6, 1e6
		}
		j.look(o.Content, at.Add(o.Content.Position()), roof{endless, j.planes, r.inside})
	case *fyne.Container:
		for _, c := range o.Objects {
			j.look(c, at.Add(c.Position()), r)
		}
	case *part.Text, *widget.Select, *part.Choice, *part.Entry, *widget.RichText:
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			j.look(c, at.Add(c.Position()), r)
		}
	}
}

// text looks at a text, and tells where its letters are.
func (j *judge) text(t *part.Text, here area) area {
	text, width := t.Text(), here.right-here.left
	if text == "" || width <= 0 {
		return here
	}
	j.lines(t, text, here)
	return here
}

// lines looks at the lines as they are drawn.
func (j *judge) lines(t *part.Text, text string, here area) {
	var drawn []string
	var rich *widget.RichText
	for _, o := range test.WidgetRenderer(t).Objects() {
		rich = o.(*widget.RichText)
	}
	right := float32(0)
	for _, o := range test.WidgetRenderer(rich).Objects() {
		if line, ok := o.(*canvas.Text); ok && line.Visible() {
			drawn = append(drawn, strings.TrimSpace(line.Text))
			right = max(right, rich.Position().X+line.Position().X+fyne.MeasureText(line.Text, line.TextSize, line.TextStyle).Width)
		}
	}
	if said := strings.Join(drawn, " "); !j.words[text] && strings.HasSuffix(said, "…") && !strings.HasSuffix(strings.TrimSpace(text), "…") {
		j.complain("%q is cut: %q", text, said)
	} else if !j.words[text] && len(strings.Fields(said)) != len(strings.Fields(text)) && !strings.Contains(said, "…") {
		j.complain("%q is broken inside a word: %q", text, drawn)
	}
	if over := right - (here.right - here.left); over > 2 {
		j.complain("%q is %v pixels wider than its place", text, over)
	}
	if lacks := t.MinSize().Height - (here.bottom - here.top); lacks > 2 {
		j.complain("%q lacks %v pixels of height", text, lacks)
	}
}

// fits complains where a text has no room.
func (j *judge) fits(name, text string, size, room float32) {
	if over := fyne.MeasureText(text, size, fyne.TextStyle{}).Width - room; over > 1 {
		j.complain("%s: %q is %v pixels wider than its place", name, text, over)
	}
}

// collide looks for things on each other.
func (j *judge) collide() {
	for i, a := range j.things {
		for _, b := range j.things[i+1:] {
			if a.plane != b.plane || !a.overlaps(b.area) || holdsAny(b.inside, a.object) || holdsAny(a.inside, b.object) {
				continue
			}
			j.complain("%q and %q lie on each other", a.name, b.name)
		}
	}
}

func holdsAny(all []fyne.CanvasObject, o fyne.CanvasObject) bool {
	for _, in := range all {
		if in == o {
			return true
		}
	}
	return false
}

// misfits are what is broken in the window as it stands.
func (s *stage) misfits(words map[string]bool) []string {
	s.Helper()
	s.settle()
	j := &judge{words: words}
	root := s.w.win.Content()
	if top := s.w.win.Canvas().Overlays().Top(); top != nil {
		root = top
	}
	j.look(root, root.Position(), roof{holder: areaOf(fyne.Position{}, s.w.win.Canvas().Size())})
	j.collide()
	return j.wrong
}

// TestEverything_Fits looks at every screen in every language in the smallest
// window, and in German in the first one whose navigation is whole: no text of
// the program is cut, nothing lies on anything, and the window does not grow.
func TestEverything_Fits(t *testing.T) {
	for _, c := range screens() {
		t.Run(c.name, func(t *testing.T) {
			words := map[string]map[string]bool{}
			languages := append([]string{say.English}, "de", "fi", "sv", "nl", "nb", "da")
			if testing.Short() {
				languages = languages[:3]
			}
			// What reads alike in English and in Finnish is nobody's word: a name, a
			// subject. A list may cut it, as its row can be opened.
			for _, tag := range []string{say.English, "fi"} {
				words[tag] = map[string]bool{}
				s := c.stand(t, tag, fyne.NewSize(minWidth, minHeight))
				for _, text := range s.texts() {
					words[tag][text] = true
				}
			}
			alike := map[string]bool{}
			for text := range words[say.English] {
				alike[text] = words["fi"][text]
			}
			look := func(tag string, width float32) *stage {
				s := c.stand(t, tag, fyne.NewSize(width, minHeight))
				for _, wrong := range s.misfits(alike) {
					t.Errorf("%s, %v wide: %s", tag, width, wrong)
				}
				if size := s.w.win.Canvas().Size(); size.Width > width || size.Height > minHeight {
					t.Errorf("%s, %v wide: the window grows to %v", tag, width, size)
				}
				return s
			}
			for _, tag := range languages {
				look(tag, minWidth).shot("fit-" + c.name + "-" + tag)
			}
			look("de", narrowWidth).shot("unfolded-" + c.name)
		})
	}
}
