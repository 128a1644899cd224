//go:build linux

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/cmd/internal/desktop/outline"
)

// outline is where the window tells what it shows.
func (s *Session) outline() string { return filepath.Join(s.runtime, "outline") }

// Outline is what the window shows.
func (s *Session) Outline(ctx context.Context) (outline.Window, error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	return outline.Read(ctx, s.outline())
}

// answer is how long a window may take to say what it shows.
const answer = 10 * time.Second

// Sees waits until the window shows some words.
func (s *Session) Sees(ctx context.Context, words string) error {
	return s.Shown(ctx, "the window shows "+words, func(w outline.Window) bool { return w.Shows(words) })
}

// Shown waits until what the window shows is as wanted.
func (s *Session) Shown(ctx context.Context, what string, so func(outline.Window) bool) error {
	var last outline.Window
	err := s.Until(ctx, what, func() bool {
		w, err := s.Outline(ctx)
		if err == nil {
			last = w
		}
		return err == nil && so(w)
	})
	if err != nil {
		return fmt.Errorf("%w; it shows:\n%s", err, strings.Join(last.Texts(), "\n"))
	}
	return nil
}

// Click points at a text in the window, the first below some headings, and
// presses the left button.
func (s *Session) Click(ctx context.Context, text string, below ...string) error {
	return s.ClickAt(ctx, text, func(w outline.Window) (outline.Thing, bool) { return w.Find(text, below...) })
}

// Tick clicks the box to the right of a text.
func (s *Session) Tick(ctx context.Context, label string) error {
	return s.ClickAt(ctx, label, func(w outline.Window) (outline.Thing, bool) { return w.Labelled(label) })
}

// ClickAt clicks what find finds in the window, once it rests. A person sees
// what he points at, and points again where it has moved meanwhile.
func (s *Session) ClickAt(ctx context.Context, what string, find func(outline.Window) (outline.Thing, bool)) error {
	var at outline.Thing
	err := s.Shown(ctx, what+" can be clicked, and rests", func(w outline.Window) bool {
		was := at
		var ok bool
		at, ok = find(w)
		return ok && at == was
	})
	if err != nil {
		return err
	}
	windows := s.Windows(ctx, "Lockstep")
	if len(windows) == 0 {
		return errors.New("there is no window to click in")
	}
	for moved := true; moved; {
		x, y := at.Middle()
		if err := s.Act(ctx, "mousemove", "--window", windows[0], strconv.Itoa(int(x)), strconv.Itoa(int(y))); err != nil {
			return err
		}
		was := at
		err := s.Shown(ctx, what+" can be clicked still", func(w outline.Window) (ok bool) {
			at, ok = find(w)
			return ok
		})
		if err != nil {
			return err
		}
		moved = at != was
	}
	return s.Act(ctx, "click", "1")
}

// Act does something with keyboard and mouse, and notes it in Dir/acts.log.
func (s *Session) Act(ctx context.Context, args ...string) error {
	if log, err := os.OpenFile(filepath.Join(s.Dir, "acts.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err == nil {
		_, _ = fmt.Fprintln(log, time.Now().Format("15:04:05.000"), args) // it is for who looks into a failure
		_ = log.Close()
	}
	_, err := s.Output(ctx, "xdotool", args...)
	return err
}

// Key presses keys of the keyboard, by xdotool's names for them.
func (s *Session) Key(ctx context.Context, keys ...string) error {
	return s.Act(ctx, append([]string{"key", "--clearmodifiers"}, keys...)...)
}

// Tab presses Tab until the keyboard is at what a label names.
func (s *Session) Tab(ctx context.Context, label string) error { return s.reach(ctx, "Tab", label) }

// TabBack presses Shift+Tab until it is.
func (s *Session) TabBack(ctx context.Context, label string) error {
	return s.reach(ctx, "shift+Tab", label)
}

func (s *Session) reach(ctx context.Context, key, label string) error {
	err := s.Shown(ctx, label+" can be come to", func(w outline.Window) bool {
		_, text := w.Find(label)
		_, field := w.Labelled(label)
		return text || field
	})
	if err != nil {
		return err
	}
	w, err := s.rested(ctx)
	for range mostStops {
		if err != nil {
			return err
		}
		if w.Focused() == label {
			if w, err = s.rested(ctx); err != nil || w.Focused() == label {
				return err
			}
		}
		if err = s.Key(ctx, key); err == nil {
			w, err = s.moved(ctx, w)
		}
	}
	return errors.Join(fmt.Errorf("tab never comes to %q; the window shows:\n%s", label, strings.Join(w.Texts(), "\n")), err)
}

// rested is what the window shows once it has come to rest, or is not going to:
// until a page is laid out, a field may seem to stand beside another one's label.
func (s *Session) rested(ctx context.Context) (last outline.Window, err error) {
	short, cancel := context.WithTimeout(ctx, handling)
	defer cancel()
	same := 0
	_ = s.Until(short, "the window is at rest", func() bool {
		w, failed := s.Outline(ctx)
		if same++; failed != nil || !slices.Equal(w.Things, last.Things) {
			same = 0
		}
		last, err = w, failed
		return same == looksAtRest
	})
	return last, err
}

// looksAtRest is how many looks in a row must show the same.
const looksAtRest = 3

// mostStops is how often Tab may be pressed on a page.
const mostStops = 80

// moved waits until the keyboard is somewhere else, because a key is handled
// when the window gets to it; but not for long, because there may be nowhere else.
func (s *Session) moved(ctx context.Context, from outline.Window) (to outline.Window, err error) {
	short, cancel := context.WithTimeout(ctx, handling)
	defer cancel()
	was, had := focus(from)
	_ = s.Until(short, "the keyboard is elsewhere", func() bool {
		if to, err = s.Outline(short); err != nil {
			return false
		}
		is, has := focus(to)
		return has && (!had || was != is)
	})
	return to, err
}

// handling is how long a window may take to handle a key.
const handling = 3 * time.Second

func focus(w outline.Window) (outline.Thing, bool) {
	for _, t := range w.Things {
		if t.Focused {
			return t, true
		}
	}
	return outline.Thing{}, false
}

// Press comes to what a label names by the keyboard, and presses it.
func (s *Session) Press(ctx context.Context, label string) error {
	if err := s.Tab(ctx, label); err != nil {
		return err
	}
	return s.Key(ctx, "space")
}

// Type comes to a field by its label, and types into it.
func (s *Session) Type(ctx context.Context, label, text string) error {
	if err := s.Tab(ctx, label); err != nil {
		return err
	}
	return s.Write(ctx, text)
}

// Write types where the keyboard is.
func (s *Session) Write(ctx context.Context, text string) error {
	return s.Act(ctx, "type", "--clearmodifiers", "--delay", "4", text)
}
