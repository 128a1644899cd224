package ui

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// noon is the moment at which the tests' offices are.
var noon = time.Date(2026, time.November, 25, 10, 44, 0, 0, time.UTC)

// stage is a window on the toolkit's test driver. What the window hands to the
// toolkit's goroutine waits until the test lets it run, so that there is no
// second goroutine at the widgets.
type stage struct {
	*testing.T
	w    *Window
	jobs chan func()
}

// open opens a window on a page, in the light theme.
func open(t *testing.T, agent localapi.Agent, page string) *stage {
	t.Helper()
	return openIn(t, agent, page, part.ModeLight)
}

func openIn(t *testing.T, agent localapi.Agent, page string, mode part.Mode) *stage {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(part.Theme{Mode: mode})
	s := &stage{T: t, jobs: make(chan func(), 64)}
	s.w = New(Options{App: app, Agent: agent, Do: func(f func()) { s.jobs <- f }, Now: func() time.Time { return noon }, Page: page})
	t.Cleanup(func() { s.w.stop() })
	s.w.Run()
	s.w.win.Resize(fyne.NewSize(firstWidth, firstHeight))
	return s
}

// mostBusy is how long nothing may keep the toolkit's goroutine, and slack how
// much slower than the machines that are promised a test's may be.
const (
	mostBusy = 50 * time.Millisecond
	slack    = 3
)

// watch does something on the toolkit's goroutine and sees to it that it does
// not keep it: nothing is drawn, and nobody can press anything, until it is done.
func (s *stage) watch(what string, f func()) {
	s.Helper()
	if took := spent(f); took > mostBusy*slack {
		s.Errorf("%s keeps the window for %v, want %v at most", what, took, mostBusy)
	}
}

// spent is how long f computes. What it does for the collector does not count:
// it pays for all the windows that the tests have opened.
func spent(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	begun := busy()
	f()
	return busy() - begun
}

// until lets waiting jobs run until something is so.
func (s *stage) until(what string, so func() bool) {
	s.Helper()
	limit := time.NewTimer(time.Minute) // a busy machine may keep the agent waiting
	defer limit.Stop()
	for !so() {
		select {
		case f := <-s.jobs:
			s.watch("a job", f)
		case <-limit.C:
			s.Fatalf("it never came to be: %s; the window shows:\n%s", what, strings.Join(s.texts(), "\n"))
		}
	}
}

// sees waits until a text stands in the window.
func (s *stage) sees(text string) {
	s.Helper()
	s.until("the window shows "+text, func() bool {
		for _, t := range s.texts() {
			if strings.Contains(t, text) {
				return true
			}
		}
		return false
	})
}

// texts is every text that can be seen, in the order of the tree.
func (s *stage) texts() (out []string) {
	s.walk(func(o fyne.CanvasObject) {
		if t, ok := o.(*part.Text); ok && t.Text() != "" {
			out = append(out, t.Text())
		}
	})
	return out
}

// walk visits what can be seen: a dialog, if there is one, else the window.
func (s *stage) walk(visit func(fyne.CanvasObject)) {
	if top := s.w.win.Canvas().Overlays().Top(); top != nil {
		walk(top, visit)
		return
	}
	walk(s.w.win.Content(), visit)
}

// press presses the button or the other thing that can be pressed whose text is text.
func (s *stage) press(text string) {
	s.Helper()
	// A dialog lies on something that can be pressed as well: the innermost counts.
	var found fyne.Tappable
	s.walk(func(o fyne.CanvasObject) {
		t, ok := o.(fyne.Tappable)
		if !ok || found != nil && !holds(found.(fyne.CanvasObject), o) {
			return
		}
		walk(o, func(in fyne.CanvasObject) {
			if label, ok := in.(*part.Text); ok && label.Text() == text {
				found = t
			}
		})
	})
	if found == nil {
		s.Fatalf("nothing to press says %q; the window shows:\n%s", text, strings.Join(s.texts(), "\n"))
	}
	s.watch("pressing "+text, func() { test.Tap(found) })
}

// holds tells whether a thing is in another one.
func holds(outer, inner fyne.CanvasObject) (in bool) {
	walk(outer, func(o fyne.CanvasObject) { in = in || o == inner })
	return in
}

// settle lays out anew what has grown, as the program's driver does by itself.
func (s *stage) settle() {
	for range 2 {
		s.w.win.Content().Refresh()
		if top := s.w.win.Canvas().Overlays().Top(); top != nil {
			top.Refresh()
		}
	}
}

// shot keeps a picture of the window where LOCKSTEP_SHOTS names a folder.
func (s *stage) shot(name string) {
	s.Helper()
	dir := os.Getenv("LOCKSTEP_SHOTS")
	if dir == "" {
		return
	}
	s.settle()
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		s.Fatal(err)
	}
	if err := png.Encode(f, s.w.win.Canvas().Capture()); err != nil {
		s.Fatal(err)
	}
	if err := f.Close(); err != nil {
		s.Fatal(err)
	}
}

// walk visits everything that is visible, parents first.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, visit)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			walk(c, visit)
		}
	}
}

// in speaks another language until the test ends.
func in(t *testing.T, language string) {
	t.Helper()
	if err := say.Use(language); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = say.Use(say.English) })
}

// fake is an agent whose answers the test sets; what it does not set it must
// not be asked for.
type fake struct {
	localapi.Agent
	status office.Status
	runs   []localapi.Run
	synced []localapi.SyncRequest
	paused []time.Time
	fail   error
	noTray bool // the desktop shows no icons
}

func (f *fake) Prefs(context.Context) (localapi.Prefs, error) {
	return localapi.Prefs{NoTray: f.noTray}, nil
}

func (f *fake) Status(ctx context.Context, after uint64) (office.Status, error) {
	if after == f.status.Seq {
		<-ctx.Done()
		return office.Status{}, ctx.Err()
	}
	return f.status, nil
}

func (f *fake) Runs(context.Context, int) ([]localapi.Run, error) { return f.runs, nil }

func (f *fake) Setup(context.Context) (localapi.Setup, error) {
	return localapi.Setup{SetUp: true}, nil
}

func (f *fake) Sync(_ context.Context, q localapi.SyncRequest) (localapi.Summary, error) {
	f.synced = append(f.synced, q)
	return localapi.Summary{}, f.fail
}

func (f *fake) Pause(_ context.Context, until time.Time) error {
	f.paused = append(f.paused, until)
	return f.fail
}

func (f *fake) LastPreview(context.Context) (localapi.Preview, error) {
	return localapi.Preview{}, &localapi.Error{Code: localapi.CodeNoPreview}
}

func (f *fake) Preview(context.Context, localapi.PreviewRequest) (localapi.Preview, error) {
	return localapi.Preview{}, f.fail
}
