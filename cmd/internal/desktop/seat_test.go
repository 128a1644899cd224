//go:build linux

package desktop_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"lockstep/cmd/internal/desktop"
	"lockstep/cmd/internal/desktop/outline"
	"lockstep/resources/icons"
	"lockstep/ui/model"
)

// What a person does before the window, by what stands in it.

func (o *site) sees(words string) {
	o.t.Helper()
	o.must(o.Sees(o.t.Context(), words))
}

func (o *site) press(label string) {
	o.t.Helper()
	o.must(o.Press(o.t.Context(), label))
}

func (o *site) typeIn(label, text string) {
	o.t.Helper()
	o.must(o.Type(o.t.Context(), label, text))
}

func (o *site) click(text string, below ...string) {
	o.t.Helper()
	o.must(o.Click(o.t.Context(), text, below...))
}

// label waits for something that can be used and is called like a pattern, and
// gives the whole of it: "Write 48 changes".
func (o *site) label(pattern string) (whole string) {
	o.t.Helper()
	like := regexp.MustCompile("^" + pattern + "$")
	o.must(o.Shown(o.t.Context(), "something is called "+pattern, func(w outline.Window) bool {
		i := slices.IndexFunc(w.Things, func(t outline.Thing) bool {
			return t.Kind == outline.Text && !t.Disabled && like.MatchString(t.Text)
		})
		if i >= 0 {
			whole = w.Things[i].Text
		}
		return i >= 0
	}))
	return whole
}

// soon is how long the window may take to answer a key or a click on a loaded
// machine. What is late by more has waited for something else to be drawn.
const soon = 8 * time.Second

// answers fails unless the window shows some words soon.
func (o *site) answers(words string) {
	o.t.Helper()
	began := time.Now()
	o.sees(words)
	if took := time.Since(began); took > soon {
		o.t.Errorf("the window shows %q only after %v", words, took)
	}
}

// window waits for the window, and for what it shows.
func (o *site) window(words string) {
	o.t.Helper()
	o.until("there is a window", func() bool { return len(o.Windows(o.t.Context(), "Lockstep")) == 1 })
	o.sees(words)
}

// iconIs waits until the tray shows the icon of a state.
func (o *site) iconIs(state string) {
	o.t.Helper()
	want, err := png.Decode(bytes.NewReader(icons.Tray(state)))
	o.must(err)
	o.until("the icon is that of "+state, func() bool {
		got, err := o.Icon()
		if err != nil || int(got.Width) != want.Bounds().Dx() || int(got.Height) != want.Bounds().Dy() || len(got.Data) != int(4*got.Width*got.Height) {
			return false
		}
		for i := range int(got.Width * got.Height) {
			_, _, _, alpha := want.At(i%int(got.Width), i/int(got.Width)).RGBA()
			if got.Data[4*i] != byte(alpha>>8) {
				return false
			}
		}
		return true
	})
}

// line is the whole line of the tray's menu that begins with some words.
func (o *site) line(begins string) string {
	o.t.Helper()
	entries, err := o.Menu()
	o.must(err)
	for _, l := range desktop.Labels(entries) {
		if strings.HasPrefix(l, begins) {
			return l
		}
	}
	o.t.Fatalf("the menu has no line that begins with %q: %q", begins, desktop.Labels(entries))
	return ""
}

// told are the notices so far.
func (o *site) told() []desktop.Popup {
	o.t.Helper()
	all, err := o.Popups(o.t.Context())
	o.must(err)
	return all
}

// leave quits by the tray's menu, which takes five seconds at most.
func (o *site) leave() {
	o.t.Helper()
	began := time.Now()
	o.must(o.Choose(model.QuitWord("linux")))
	if code, err := o.Wait(o.t.Context(), "lockstep"); err != nil || code != 0 {
		o.t.Fatalf("it left with code %d, %v", code, err)
	}
	if took := time.Since(began); took > mostLeaving {
		o.t.Errorf("it left after %v, want %v at most", took, mostLeaving)
	}
	o.until("the icon is gone", func() bool { return len(o.Icons()) == 0 })
}

// mostLeaving is what a session that ends gives its programs.
const mostLeaving = 5 * time.Second

// autostarts are the commands that the desktop starts when a person signs in.
func (o *site) autostarts() (out []string) {
	o.t.Helper()
	files, err := filepath.Glob(filepath.Join(o.Dir, "home", ".config", "autostart", "*.desktop"))
	o.must(err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		o.must(err)
		for line := range strings.Lines(string(text)) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "Exec="); ok {
				out = append(out, command)
			}
		}
	}
	return out
}

// holds tells whether a notice is among those that popped up.
func holds(all []desktop.Popup, title, body string) bool {
	return slices.Contains(all, desktop.Popup{Title: title, Body: body})
}
