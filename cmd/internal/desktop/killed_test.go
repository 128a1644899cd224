//go:build linux

package desktop_test

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/cmd/internal/desktop/outline"
)

// TestKilled_WindowInMidPreview kills the window while it shows a preview. The
// agent goes on, and the window that is opened next shows the same preview, with
// the same ticks.
func TestKilled_WindowInMidPreview(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "20")
	o.setUp("")
	anna, day := o.access.People[0].Email, time.Now().Add(72*time.Hour).Truncate(time.Hour)
	o.begin("--minimized")
	o.until("the icon is there", func() bool { return len(o.Icons()) == 1 })
	o.must(o.Choose("Preview changes…"))
	o.window("Nothing has been written yet")
	all := o.label("Write [0-9]+ changes")
	o.untick()
	write := o.label("Write [0-9]+ changes")
	if write == all {
		t.Fatalf("nothing was taken out: %q", write)
	}
	note := o.note()
	o.picture("1-before")
	o.book(anna, "Booked while there was no window", day) // a preview that is read anew has it

	o.must(syscall.Kill(o.windowProcess(), syscall.SIGKILL))
	o.until("the window is gone", func() bool { return len(o.Windows(t.Context(), "Lockstep")) == 0 })
	if o.Ended("lockstep") {
		t.Fatal("the agent has ended with its window")
	}
	o.must(o.Choose("Preview changes…"))
	o.window("Nothing has been written yet")
	o.label(write)
	if got := o.note(); got != note {
		t.Errorf("it says %q, before it said %q", got, note)
	}
	o.picture("2-after")
	o.leave()
}

// TestKilled_NotByQuitting quits while a slow server is being written to: the
// entry in hand is finished, and the next start goes on without a second copy.
func TestKilled_NotByQuitting(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4", "--latency", "150ms")
	o.setUp("")
	anna, day := o.access.People[0].Email, time.Now().Add(72*time.Hour).Truncate(time.Hour)
	const n = 10
	for i := range n {
		o.enter(anna, entry(i), day.Add(time.Duration(i)*time.Hour))
	}
	o.begin("--minimized")
	o.until("the icon is there", func() bool { return len(o.Icons()) == 1 })
	o.must(o.Choose("Preview changes…"))
	o.window("Nothing has been written yet")
	o.click(o.label("Write [0-9]+ changes"))
	o.must(o.Shown(t.Context(), "some of it is written", func(w outline.Window) bool {
		for _, text := range w.Texts() {
			done, rest, ok := strings.Cut(text, " of ")
			i, err := strconv.Atoi(done)
			if ok && err == nil && i > 0 && strings.HasSuffix(rest, " written") {
				return true
			}
		}
		return false
	}))
	o.leave() // within five seconds

	o.ctl("", "sync", "--once", "--approve-first")
	for i := range n {
		o.once(anna, entry(i), day.Add(time.Duration(i)*time.Hour))
	}
}

func entry(i int) string { return fmt.Sprintf("Entry %d of many", i) }

// untick takes the first row out that can be.
func (o *site) untick() {
	o.t.Helper()
	o.must(o.ClickAt(o.t.Context(), "a row's box", func(w outline.Window) (outline.Thing, bool) {
		for i, t := range ticks(w) {
			if i > 0 && !t.Disabled && t.Text == "on" { // the first is the head's
				return t, true
			}
		}
		return outline.Thing{}, false
	}))
	o.must(o.Shown(o.t.Context(), "a row is taken out", func(w outline.Window) bool {
		for _, t := range ticks(w) {
			if !t.Disabled && t.Text == "off" {
				return true
			}
		}
		return false
	}))
}

func ticks(w outline.Window) (out []outline.Thing) {
	for _, t := range w.Things {
		if t.Kind == outline.Tick {
			out = append(out, t)
		}
	}
	return out
}

// note is the line that says of what the preview is, and when it was read.
func (o *site) note() string {
	o.t.Helper()
	w, err := o.Outline(o.t.Context())
	o.must(err)
	for _, text := range w.Texts() {
		if strings.Contains(text, "Nothing has been written yet") {
			return text
		}
	}
	o.t.Fatalf("nothing says when it was read: %q", w.Texts())
	return ""
}

// windowProcess is the number of the program that draws the window.
func (o *site) windowProcess() int {
	o.t.Helper()
	windows := o.Windows(o.t.Context(), "Lockstep")
	if len(windows) != 1 {
		o.t.Fatalf("%d windows, want one", len(windows))
	}
	out, err := o.Output(o.t.Context(), "xdotool", "getwindowpid", windows[0])
	o.must(err)
	pid, err := strconv.Atoi(strings.TrimSpace(out))
	o.must(err)
	return pid
}
