package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lockstep/resources/icons"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// Options are what a Window needs. Page, Version, Desktop, Demo and Folder may
// be empty.
type Options struct {
	App   fyne.App
	Agent localapi.Agent
	// Do runs a function on the toolkit's goroutine: fyne.Do in the program.
	Do   func(func())
	Now  func() time.Time
	Page string // the page to begin with; empty: the overview
	// Version is this program's.
	Version string
	// Desktop is the language of the desktop, for who prefers none; empty: it is
	// not known.
	Desktop string
	// Demo opens the demo office; nil where there is none to open.
	Demo func()
	// Folder is where files are saved unless the person says another place.
	Folder string
}

// Window is the main window.
type Window struct {
	Options
	win  fyne.Window
	ctx  context.Context //nolint:containedctx // the window's life: it ends what was asked for when it closes
	stop context.CancelFunc

	pages  map[string]page
	items  map[string]*part.NavItem
	place  *fyne.Container // holds the page that is shown
	nav    *fyne.Container
	foot   *part.Status
	shown  string
	folded bool      // the navigation shows its icons alone
	wide   bool      // because the page needs the width
	slim   bool      // because the window is narrow
	label  *navLabel // names an icon that is pointed at
	status office.Status
	heard  bool // a status has come
	demo   bool // the agent is a demo's, and ends with it
	// greeted: the setup has been opened by itself if it had to be. It is not
	// opened again, so that Finish later is taken at its word.
	greeted bool
	// undoing is what the page of an undo is to show next.
	undoing localapi.UndoRequest
	keys    fyne.ShortcutHandler // what its canvas has too, which does not tell
}

// page is one page of the window. It is made when it is first opened and kept.
type page interface {
	// content is what the page looks like; it is asked for once.
	content() fyne.CanvasObject
	// open is called each time the page comes up.
	open()
	// update is called with each status while the page is up, and when it comes up.
	update(office.Status)
}

// tabbed is a page of several views; Ctrl+Tab leads to the next one.
type tabbed interface{ nextTab() }

// The smallest and the first size of the window.
const (
	minWidth, minHeight     float32 = 900, 600
	firstWidth, firstHeight float32 = 1100, 720
	// narrowWidth is the width below which the navigation is folded: whole, it
	// leaves a page no less than it has in the smallest window.
	narrowWidth = minWidth + part.NavWidth - part.NavRailWidth
)

// New makes the window. Run shows it.
func New(o Options) *Window {
	w := &Window{Options: o, pages: map[string]page{}, items: map[string]*part.NavItem{}}
	part.SpeakToolkit(model.ToolkitTexts())
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.win = o.App.NewWindow("Lockstep")
	w.win.SetIcon(fyne.NewStaticResource("lockstep.png", icons.App()))
	w.place = container.NewStack()
	w.win.SetContent(w.frame())
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(firstWidth, firstHeight))
	w.win.SetOnClosed(func() {
		w.stop()
		// Fyne 2.8.1 forgets that a window is closing when it is told so twice before
		// it looks (glfw, window.closed): it would stay on the screen, dead.
		o.App.Quit()
	})
	w.shortcuts()
	w.Show(o.Page)
	return w
}

// Run follows the office until the window closes. It does not block.
func (w *Window) Run() {
	go w.follow()
	w.win.Show()
}

// Fyne is the toolkit's window.
func (w *Window) Fyne() fyne.Window { return w.win }

// Show brings a page up; one that does not exist is the overview.
func (w *Window) Show(name string) {
	d := describe(name)
	p := w.pages[d.name]
	if p == nil {
		p = d.make(w)
		w.pages[d.name] = p
	}
	w.mark(w.shown, false)
	w.shown = d.name
	w.mark(d.name, true)
	w.nav.Show()
	if d.alone {
		w.nav.Hide()
	}
	w.fold(d.wide)
	w.place.Objects = []fyne.CanvasObject{w.contentOf(d.name, p)}
	w.place.Refresh()
	p.open()
	if w.heard {
		p.update(w.status)
	}
}

// contentOf keeps a page's content, so that what was typed and where it was
// scrolled to is there when it comes up again.
func (w *Window) contentOf(name string, p page) fyne.CanvasObject {
	if k, ok := p.(*kept); ok {
		return k.object
	}
	k := &kept{page: p, object: p.content()}
	w.pages[name] = k
	return k.object
}

// kept is a page with its content.
type kept struct {
	page
	object fyne.CanvasObject
}

// Speak says everything in another language from now on. The pages are made
// anew, so what was typed and not kept yet is gone.
func (w *Window) Speak(tag string) {
	if tag == say.Tag() || say.Use(tag) != nil {
		return
	}
	part.SpeakToolkit(model.ToolkitTexts())
	w.pages, w.items = map[string]page{}, map[string]*part.NavItem{}
	w.place = container.NewStack()
	w.win.SetContent(w.frame())
	w.Show(w.shown)
	if w.heard {
		w.hear(w.status)
	}
}

// prefer looks and speaks as the person prefers.
func (w *Window) prefer(p localapi.Prefs) {
	w.App.Settings().SetTheme(part.Theme{Mode: map[string]part.Mode{localapi.ThemeLight: part.ModeLight, localapi.ThemeDark: part.ModeDark}[p.Theme]})
	tag := p.Language
	if tag == "" {
		tag = w.Desktop
	}
	if tag != "" {
		w.Do(func() { w.Speak(tag) }) // the theme has had everything drawn anew already
	}
}

// Raise brings the window before the others.
func (w *Window) Raise(name string) {
	if name != "" {
		w.Show(name)
	}
	w.win.Show()
	w.win.RequestFocus()
}
