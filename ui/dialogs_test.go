package ui

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// typed presses a key where the keyboard is, as the toolkit does.
func (s *stage) typed(key fyne.KeyName) {
	s.Helper()
	f := s.w.win.Canvas().Focused()
	if f == nil {
		s.Fatal("the keyboard is nowhere")
	}
	f.TypedKey(&fyne.KeyEvent{Name: key})
}

// control presses a key with Ctrl held, where nothing has the keyboard that takes
// shortcuts itself.
func (s *stage) control(key fyne.KeyName, modifier fyne.KeyModifier) {
	s.w.keys.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: modifier})
}

func (s *stage) inDialog() bool { return s.w.win.Canvas().Overlays().Top() != nil }

// stop goes to a stop of a dialog, counted from the one where the keyboard begins.
func (s *stage) stop(number int) {
	for range number {
		s.w.win.Canvas().FocusNext()
	}
}

// TestDialog_AnswersEscapeAndEnterWhereverTheKeyboardIs goes to each kind of
// thing that a dialog may hold.
func TestDialog_AnswersEscapeAndEnterWhereverTheKeyboardIs(t *testing.T) {
	const (
		field = iota
		choice
		radio
		cancel
		yes
	)
	for _, c := range []struct {
		name        string
		stop        int
		key         fyne.KeyName
		stays       bool
		done, picks int
	}{
		{"Escape in a field", field, fyne.KeyEscape, false, 0, 0},
		{"Escape at a choice", choice, fyne.KeyEscape, false, 0, 0},
		{"Escape at a way", radio, fyne.KeyEscape, false, 0, 0},
		{"Escape at what leaves it", cancel, fyne.KeyEscape, false, 0, 0},
		{"Escape at what does it", yes, fyne.KeyEscape, false, 0, 0},
		{"Enter in a field", field, fyne.KeyReturn, false, 1, 0},
		{"Enter at a choice", choice, fyne.KeyEnter, false, 1, 0},
		{"Enter at a way", radio, fyne.KeyReturn, true, 0, 1},
		{"Enter at what leaves it", cancel, fyne.KeyReturn, false, 0, 0},
		{"Enter at what does it", yes, fyne.KeyReturn, false, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, &fake{status: nine()}, PageOverview)
			s.sees("Anna Virtanen")
			canvas := s.w.win.Canvas()
			canvas.FocusNext()
			before := canvas.Focused()
			done, picks := 0, 0
			entry := part.NewEntry("")
			body := part.Column(part.Gap, entry, container.NewStack(part.NewChoice([]string{"one", "two"})),
				part.NewRadio("a way", part.Style{}, func() { picks++ }))
			ask(s.w, "Well?", body, "Do it", func() bool { done++; return true }, entry)
			if canvas.Focused() != fyne.Focusable(entry) {
				t.Fatalf("the keyboard begins at %T", canvas.Focused())
			}
			s.stop(c.stop)
			s.typed(c.key)
			if s.inDialog() != c.stays || done != c.done || picks != c.picks {
				t.Errorf("it stays: %v, done %d times, picked %d times; want %v, %d and %d", s.inDialog(), done, picks, c.stays, c.done, c.picks)
			}
			if !c.stays && canvas.Focused() != before {
				t.Errorf("the keyboard is at %T afterwards, not back where it was", canvas.Focused())
			}
		})
	}
}

// dialogs are all that the program asks.
func dialogs() []screen {
	var out []screen
	for _, c := range screens() {
		switch c.name {
		case "stopped-allow", "demo-add", "rooms", "certificate-changed":
			out = append(out, c)
		}
	}
	return append(out,
		screen{"stopped-account", PageStopped, func() localapi.Agent {
			a := halted()
			a.status.People[0].Halt = string(plan.IdentityChanged)
			p := &a.fresh.People[0]
			p.Halt, p.Withheld = &plan.Reason{Code: plan.IdentityChanged, From: event.Exchange}, nil
			return a
		}, func(s *stage) {
			s.sees("It is still the same person…")
			s.press("It is still the same person…")
		}},
		screen{"history-tell", PageHistory, func() localapi.Agent { return untold(2) }, func(s *stage) {
			s.sees("Today 09:58")
			s.row("Today 09:58")
			s.row("Old workshop")
			s.sees("2 people outside the office were not told")
			s.press("Send update to 2 people")
			s.sees("Send a mail to 2 people?")
		}})
}

// TestDialogs_AreLeftByEscape opens each and leaves it from each of its stops.
// The keyboard begins where Enter harms nobody.
func TestDialogs_AreLeftByEscape(t *testing.T) {
	all := dialogs()
	if len(all) != 6 {
		t.Fatalf("%d dialogs, want 6", len(all))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			for stop, stops := 0, 1; stop < stops; stop++ {
				s := c.stand(t, say.English, fyne.NewSize(firstWidth, firstHeight))
				if !s.inDialog() {
					t.Fatal("no dialog is open")
				}
				begin := s.w.win.Canvas().Focused()
				if stops = len(s.controls()); stops < 2 {
					t.Fatalf("%d stops", stops)
				}
				if b, ok := begin.(*part.Button); stop == 0 && ok && b.Text() != say.T("Cancel") {
					t.Errorf("the keyboard begins at %q", b.Text())
				}
				s.stop(stop)
				where := s.w.win.Canvas().Focused()
				s.typed(fyne.KeyEscape)
				if s.inDialog() {
					t.Errorf("Escape does not leave it from stop %d, %T", stop, where)
				}
			}
		})
	}
}

// shutOut is an agent that refuses everything but the status.
func shutOut(t *testing.T) *fake {
	t.Helper()
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	address := localapi.Address(filepath.Join(dir, "home"))
	l, err := localapi.Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = localapi.ServeClosed(t.Context(), l, localapi.ClosedLocked, localapi.Door{}, slog.New(slog.DiscardHandler)) // until the test ends
	}()
	c, err := localapi.Await(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &fake{Agent: c, status: nine()}
}

// TestShortcuts_LeadToEachPage presses Ctrl and the number of each page on the
// one before it. That a field to type into hands them on is held at a real
// desktop, whose driver gives them to the field.
func TestShortcuts_LeadToEachPage(t *testing.T) {
	agent := shutOut(t)
	var pages []string
	for _, d := range descriptions() {
		if d.title != nil {
			pages = append(pages, d.name)
		}
	}
	if len(pages) != 9 {
		t.Fatalf("%d pages, want 9", len(pages))
	}
	s := open(t, agent, pages[8])
	s.until("the office is told of", func() bool { return s.w.heard })
	for i, page := range pages {
		s.control(fyne.KeyName(rune('1'+i)), fyne.KeyModifierShortcutDefault)
		if s.w.shown != page {
			t.Errorf("Ctrl+%d leads to %q, want %q", i+1, s.w.shown, page)
		}
	}
}

// TestShortcuts_LeadNowhereFromWhatWaitsForAnAnswer checks dialogs and the pages
// that stand alone.
func TestShortcuts_LeadNowhereFromWhatWaitsForAnAnswer(t *testing.T) {
	standing := dialogs()
	for _, c := range screens() {
		if c.name == "closed-keyring" || c.name == "demo" {
			standing = append(standing, c)
		}
	}
	if len(standing) != 8 {
		t.Fatalf("%d screens, want 8", len(standing))
	}
	for _, c := range standing {
		t.Run(c.name, func(t *testing.T) {
			s := c.stand(t, say.English, fyne.NewSize(firstWidth, firstHeight))
			shown := s.w.shown
			for n := range 9 {
				s.control(fyne.KeyName(rune('1'+n)), fyne.KeyModifierShortcutDefault)
				if s.w.shown != shown {
					t.Fatalf("Ctrl+%d leads from %s to %s", n+1, shown, s.w.shown)
				}
			}
		})
	}
}

// TestShortcuts_NextViewAndClose checks Ctrl+Tab on the pages of several views,
// and Ctrl+W.
func TestShortcuts_NextViewAndClose(t *testing.T) {
	for _, page := range []string{model.PageSettings, model.PageRules} {
		s := open(t, connected(), page)
		s.until("the page is there", func() bool { return len(s.texts()) > 20 })
		before := strings.Join(s.texts(), "\n")
		s.control(fyne.KeyTab, fyne.KeyModifierControl)
		s.settle()
		if strings.Join(s.texts(), "\n") == before {
			t.Errorf("Ctrl+Tab changes nothing on %s", page)
		}
	}
	s := open(t, &fake{status: nine()}, PageOverview)
	s.control(fyne.KeyW, fyne.KeyModifierShortcutDefault)
	if s.w.ctx.Err() == nil {
		t.Error("Ctrl+W does not close the window")
	}
}
