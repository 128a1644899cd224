package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/sample"
	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/ui"
	"lockstep/ui/part"
)

// seat is somebody before the window who sees its texts and has a keyboard.
type seat struct {
	*testing.T
	w    *ui.Window
	jobs chan func()
}

func (s *seat) canvas() fyne.Canvas { return s.w.Fyne().Canvas() }

// until lets the window work until something is so.
func (s *seat) until(what string, so func() bool) {
	s.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !so() {
		select {
		case f := <-s.jobs:
			f()
		case <-limit.C:
			s.Fatalf("it never came to be: %s; the window shows:\n%s", what, strings.Join(s.texts(), "\n"))
		}
	}
}

func (s *seat) sees(text string) {
	s.Helper()
	s.until("the window shows "+text, func() bool { return strings.Contains(strings.Join(s.texts(), "\n"), text) })
}

func (s *seat) walk(visit func(fyne.CanvasObject)) {
	if top := s.canvas().Overlays().Top(); top != nil {
		walk(top, visit)
		return
	}
	walk(s.canvas().Content(), visit)
}

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

func (s *seat) texts() (out []string) {
	s.walk(func(o fyne.CanvasObject) {
		if t, ok := o.(*part.Text); ok && t.Text() != "" {
			out = append(out, t.Text())
		}
	})
	return out
}

// tabTo presses Tab until the focus is at what a label names.
func (s *seat) tabTo(label string) {
	s.Helper()
	for range 2 { // what has grown is laid out by the program's driver itself
		s.canvas().Content().Refresh()
	}
	for range 60 {
		if f, ok := s.canvas().Focused().(fyne.CanvasObject); ok && s.nameOf(f) == label {
			return
		}
		s.canvas().FocusNext()
	}
	s.Fatalf("Tab never comes to %q; the window shows:\n%s", label, strings.Join(s.texts(), "\n"))
}

// nameOf is the text in a thing, or the one at the left of a field.
func (s *seat) nameOf(f fyne.CanvasObject) (name string) {
	if _, entry := f.(*part.Entry); !entry {
		walk(f, func(o fyne.CanvasObject) {
			if t, ok := o.(*part.Text); ok && name == "" {
				name = t.Text()
			}
		})
		return name
	}
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	at, best := place(f), float32(-1)
	s.walk(func(o fyne.CanvasObject) {
		t, ok := o.(*part.Text)
		if !ok || t.Text() == "" {
			return
		}
		p := place(t)
		if p.Y+t.Size().Height > at.Y && p.Y < at.Y+f.Size().Height && p.X < at.X && p.X > best {
			name, best = t.Text(), p.X
		}
	})
	return name
}

func (s *seat) types(label, text string) {
	s.Helper()
	s.tabTo(label)
	for _, r := range text {
		s.canvas().Focused().TypedRune(r)
	}
}

func (s *seat) presses(label string) {
	s.Helper()
	s.until(label+" can be pressed", func() bool { return strings.Contains("\n"+strings.Join(s.texts(), "\n")+"\n", "\n"+label+"\n") })
	s.tabTo(label)
	s.canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
}

// TestSetup_AtARealOffice goes through the setup by what stands on the screen,
// with nothing made up but the two servers: the agent, its store and its
// keyring are the program's own.
func TestSetup_AtARealOffice(t *testing.T) {
	made, err := sample.New(sample.Options{Now: time.Now, People: 6, Entries: 6, Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	servers, err := made.Start("127.0.0.1:0", "127.0.0.1:0", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = servers.Close() })
	site, err := wire.Open(t.Context(), wire.Options{
		Home: filepath.Join(t.TempDir(), "home"), Now: time.Now, Ring: secret.NewMemory(),
		Policies: func() (policy.Set, error) { return policy.Set{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	agent := site.Agent()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(part.Theme{Mode: part.ModeLight})
	s := &seat{T: t, jobs: make(chan func(), 64)}
	s.w = ui.New(ui.Options{App: app, Agent: agent, Do: func(f func()) { s.jobs <- f }, Now: time.Now})
	t.Cleanup(func() { s.w.Fyne().Close() })
	s.w.Run()
	s.w.Fyne().Resize(fyne.NewSize(1100, 720))

	access := servers.Access
	s.sees("Keep Severa and Outlook in step")
	s.presses("Start")
	s.sees("Where are the activities?")
	s.presses("Advanced")
	s.types("Address", access.Severa.URL)
	s.types("Client ID", access.Severa.ClientID)
	s.types("Client secret", access.Severa.ClientSecret)
	s.presses("Continue to Exchange")
	s.sees("Trust this certificate?")
	s.presses("Trust this certificate")
	s.sees("Where are the calendars?")
	s.types("Server address", access.Exchange.URL)
	s.types("User name", access.Exchange.Domain+`\`+access.Exchange.User)
	s.types("Password", access.Exchange.Password)
	s.presses("Continue to rights")
	s.sees("Trust this certificate?")
	s.presses("Trust this certificate")
	s.sees("May the account act for your colleagues?")
	s.sees("Test mark")
	s.presses("Continue to people")
	s.sees("5 of 6 take part")
	s.presses("Continue with 5")
	s.sees("Project tasks are never kept in step")
	s.presses("Continue to rules")
	s.sees("When both sides changed the same entry")
	s.presses("Show what would be written")
	s.until("the setup is over", func() bool { return !strings.Contains(strings.Join(s.texts(), "\n"), "Set up Lockstep") })

	people, err := agent.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	on := 0
	for _, p := range people {
		if p.Enabled {
			on++
		}
	}
	if on != 5 {
		t.Errorf("%d people are switched on, want the five who were ticked: %+v", on, people)
	}
	p, err := agent.Preview(t.Context(), localapi.PreviewRequest{})
	if err != nil || len(p.People) != 5 || p.Digest == "" {
		t.Errorf("preview has %d people, %v", len(p.People), err)
	}
	if got, err := agent.Setup(t.Context()); err != nil || got.Kept || !got.SetUp {
		t.Errorf("after the setup: %+v, %v", got, err)
	}
	s.examinesWhoIsOff(agent, people[0])
}

// examinesWhoIsOff has somebody who is off examined on the page People, which
// switches him on in the name of who sits there.
func (s *seat) examinesWhoIsOff(agent localapi.Agent, who localapi.Person) {
	s.Helper()
	if _, err := agent.Switch(s.Context(), who.Address, false, "test"); err != nil {
		s.Fatal(err)
	}
	s.w.Show("people")
	s.sees("4 of")
	s.sees("Success") // of the setup's page Rights
	s.walk(func(o fyne.CanvasObject) {
		if e, ok := o.(*part.Entry); ok && e.PlaceHolder == "Find a colleague" {
			e.SetText(who.Name)
		}
	})
	s.presses("Tick 1 shown")
	s.presses("Examine and switch 1 on")
	s.sees("1 of 1 is switched on.")
	s.sees("Success")
	people, err := agent.People(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	for _, p := range people {
		if p.Address == who.Address && (!p.Enabled || p.SwitchedBy == "" || p.SwitchedBy == "test") {
			s.Errorf("who passed is %+v", p)
		}
	}
}
