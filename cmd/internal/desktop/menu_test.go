//go:build linux

package desktop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lockstep/cmd/internal/desktop/outline"
)

// TestMenu_AsAPersonHasIt opens the menu on the icon by the mouse, in a panel
// that draws both, and goes through it by the keyboard. Its picture is the one
// of the README.
func TestMenu_AsAPersonHasIt(t *testing.T) {
	o := signIn(t, "--people", "3", "--items", "20")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	o.begin("--minimized")
	o.menuSays("Up to date")
	_, _ = o.Output(t.Context(), "display", "-window", "root", "xc:#6b7f99") // it is only nicer to look at

	var icon box
	o.until("the panel has the icon", func() bool {
		all := o.drawn()
		i := slices.IndexFunc(all, func(b box) bool { return b.y == 0 && b.w > 1 && b.w <= b.h })
		if i >= 0 {
			icon = all[i]
		}
		return i >= 0
	})
	o.must(o.Act(t.Context(), "mousemove", strconv.Itoa(icon.x+icon.w/2), strconv.Itoa(icon.h/2), "click", "3"))
	o.until("the menu is open", func() bool { return len(o.menus()) == 1 })
	o.must(o.Key(t.Context(), "Down", "Down", "Down", "Right")) // Sync now
	o.until("the people are there", func() bool { return len(o.menus()) == 2 })
	o.cut("menu", append(o.menus(), icon))

	o.must(o.Key(t.Context(), "Left", "Down", "Down", "Down", "Down", "Down", "Return")) // Settings…
	o.window("Start when I sign in")
	o.until("the menu is closed", func() bool { return len(o.menus()) == 0 })

	// Shortcuts lead from page to page, also while a field has the keyboard.
	o.must(o.Key(t.Context(), "ctrl+5"))
	o.sees("3 of 3 take part")
	field := func(w outline.Window) (outline.Thing, bool) {
		i := slices.IndexFunc(w.Things, func(t outline.Thing) bool { return t.Kind == outline.Field })
		if i < 0 {
			return outline.Thing{}, false
		}
		return w.Things[i], true
	}
	o.must(o.ClickAt(t.Context(), "the search", field))
	o.must(o.Shown(t.Context(), "the keyboard is in the search", func(w outline.Window) bool {
		at, ok := field(w)
		return ok && at.Focused
	}))
	o.must(o.Key(t.Context(), "ctrl+1"))
	o.sees("Next check")
	o.must(o.closeWindow())
	o.leave()
}

// box is a part of the screen.
type box struct{ x, y, w, h int }

// drawn are the visible windows of what draws icons and menus for the panel.
func (o *site) drawn() (out []box) {
	o.t.Helper()
	ids, err := o.Output(o.t.Context(), "xdotool", "search", "--onlyvisible", "--class", "Wrapper")
	if err != nil {
		return nil // none
	}
	for _, id := range strings.Fields(ids) {
		text, err := o.Output(o.t.Context(), "xdotool", "getwindowgeometry", "--shell", id)
		if err != nil {
			continue // it has just gone
		}
		var b box
		for line := range strings.Lines(text) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			into := map[string]*int{"X": &b.x, "Y": &b.y, "WIDTH": &b.w, "HEIGHT": &b.h}[key]
			if into != nil {
				*into, err = strconv.Atoi(value)
				o.must(err)
			}
		}
		out = append(out, b)
	}
	return out
}

// menus are those among them that are higher than anything else there.
func (o *site) menus() []box {
	const twoLines = 60
	return slices.DeleteFunc(o.drawn(), func(b box) bool { return b.h < twoLines })
}

// cut keeps a picture of some parts of the screen, and what is close around them.
func (o *site) cut(name string, parts []box) {
	o.t.Helper()
	if os.Getenv("LOCKSTEP_DESKTOP") == "" {
		return
	}
	const around = 12
	left, bottom := parts[0].x, 0
	for _, b := range parts {
		left, bottom = min(left, b.x), max(bottom, b.y+b.h)
	}
	dir := filepath.Join(o.Dir, "pictures")
	o.must(os.MkdirAll(dir, 0o700))
	_, err := o.Output(o.t.Context(), "import", "-window", "root", "-crop", fmt.Sprintf("1280x%d+%d+0", bottom+around, left-around), "+repage",
		"-strip", filepath.Join(dir, name+".png"))
	o.must(err)
}
