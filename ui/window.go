package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

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
	// greeted: the setup has been opened by itself if it had to be. It is not
	// opened again, so that Finish later is taken at its word.
	greeted bool
	// undoing is what the page of an undo is to show next.
	undoing localapi.UndoRequest
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
	narrowWidth             float32 = 1000 // below it the navigation is folded
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
	if item := w.items[w.shown]; item != nil {
		item.SetOn(false)
	}
	w.shown = d.name
	if item := w.items[d.name]; item != nil {
		item.SetOn(true)
	}
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
		w.Speak(tag)
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

// frame is the navigation beside the page.
func (w *Window) frame() fyne.CanvasObject {
	list := part.Column(2)
	for _, d := range descriptions() {
		if d.title == nil {
			continue
		}
		item := part.NewNavItem(d.title(), d.icon, func() { w.Show(d.name) })
		item.Pointed = func(at bool) { w.label.show(w.folded && at, item) }
		w.items[d.name] = item
		list.Add(item)
	}
	w.foot = part.NewStatus(part.StateWaiting, say.T("Asking the agent"),
		part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Two: true})
	foot := newTap(part.Padded(part.Gap, part.GapWide, w.foot.Object), func() { w.Show(model.CausePage(w.status)) })
	side := container.NewBorder(nil, part.Column(part.Gap, part.Line(), foot), nil, nil, list)
	w.nav = container.NewStack(part.NewArea(part.ColorSidebar, "", 0), part.Padded(part.GapWide, part.Gap, side))
	w.label = newNavLabel()
	body := container.New(navLayout{w}, w.nav, w.place, w.label.object)
	return container.NewStack(part.NewArea(theme.ColorNameBackground, "", 0), body)
}

// navLayout puts the navigation beside the page, whole or folded.
type navLayout struct{ w *Window }

func (l navLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(minWidth, minHeight) }

func (l navLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var width float32
	l.w.narrow(size.Width < narrowWidth)
	if l.w.nav.Visible() {
		width = part.NavWidth
		if l.w.folded {
			width = part.NavRailWidth
		}
	}
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(width, size.Height))
	o[1].Move(fyne.NewPos(width, 0))
	o[1].Resize(fyne.NewSize(size.Width-width, size.Height))
}

// fold narrows the navigation to its icons for a page that needs the width.
func (w *Window) fold(folded bool) {
	w.wide = folded
	w.dressNav(folded || w.slim)
	w.win.Content().Refresh()
}

// narrow folds it in a window in which the pages need its place.
func (w *Window) narrow(slim bool) {
	if w.slim == slim {
		return
	}
	w.slim = slim
	w.dressNav(w.wide || slim)
}

func (w *Window) dressNav(folded bool) {
	w.folded = folded
	w.label.object.Hide()
	for _, item := range w.items {
		item.Fold(folded)
	}
	w.foot.Fold(folded)
}

// shortcuts: Ctrl+1 and so on lead to the pages in their order, F5 brings
// everybody in step, Ctrl+W closes.
func (w *Window) shortcuts() {
	number := 0
	for _, d := range descriptions() {
		if d.title == nil {
			continue
		}
		number++
		key := fyne.KeyName(rune('0' + number))
		w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) { w.Show(d.name) })
	}
	w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyTab, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) {
		if k, ok := w.pages[w.shown].(*kept); ok {
			if p, ok := k.page.(tabbed); ok {
				p.nextTab()
			}
		}
	})
	w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyW, Modifier: fyne.KeyModifierShortcutDefault},
		func(fyne.Shortcut) { w.win.Close() })
}

// follow hands each new status over until the window closes.
func (w *Window) follow() {
	var seen uint64
	for w.ctx.Err() == nil {
		s, err := w.Agent.Status(w.ctx, seen)
		if w.ctx.Err() != nil {
			return
		}
		if e, ok := errors.AsType[*localapi.Error](err); ok && e.Closed != nil {
			w.Do(func() { w.closed(e.Closed.Why) })
		} else if err != nil {
			w.Do(w.lost)
		}
		if err != nil {
			if !w.wait(retryAgent) {
				return
			}
			seen = 0
			continue
		}
		seen = s.Seq
		w.Do(func() { w.hear(s) })
	}
}

// retryAgent is how often an agent that does not answer is asked again.
const retryAgent = 2 * time.Second

func (w *Window) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-w.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// hear takes a status in.
func (w *Window) hear(s office.Status) {
	w.status, w.heard = s, true
	if w.shown == model.PageClosed {
		w.Show(PageOverview)
	}
	w.foot.Set(stateOf(s.Health), model.FootLine(s, w.Now()))
	waiting, tone := model.Waiting(s), part.ToneWarning
	if s.Health == office.StoppedForSafety {
		tone = part.ToneError
	}
	if item := w.items[PageAttention]; item != nil {
		item.SetBadge(waiting, tone)
	}
	w.pages[w.shown].update(s)
	if s.NotSetUp && !w.greeted {
		w.Show(model.PageSetup)
	}
	w.greeted = true
}

// closed says why the office cannot be opened, in the place of every page.
func (w *Window) closed(why localapi.ClosedWhy) {
	if w.shown != model.PageClosed {
		w.Show(model.PageClosed)
	}
	if k, ok := w.pages[model.PageClosed].(*kept); ok {
		k.page.(*closedPage).show(why) //nolint:forcetypeassert // made by newClosed
	}
}

// lost says that the agent is not there.
func (w *Window) lost() {
	w.foot.Set(part.StateOffline, say.T("The agent does not answer"))
}

// background asks the agent without keeping the window waiting, and comes back
// with the answer unless the window has closed.
func background[T any](w *Window, ask func(context.Context) (T, error), then func(T, error)) {
	go func() {
		v, err := ask(w.ctx)
		if w.ctx.Err() != nil {
			return
		}
		w.Do(func() { then(v, err) })
	}()
}

// stateOf is how a health looks.
func stateOf(h office.Health) part.State {
	switch h {
	case office.UpToDate:
		return part.StateOK
	case office.Syncing:
		return part.StateSyncing
	case office.Paused, office.Standby:
		return part.StatePaused
	case office.Offline:
		return part.StateOffline
	case office.SlowedDown:
		return part.StateSlowed
	case office.NeedsAttention:
		return part.StateAttention
	case office.SignInAgain:
		return part.StateSignIn
	case office.StoppedForSafety:
		return part.StateStopped
	}
	return part.StateWaiting
}

// tap makes anything something to press.
type tap struct {
	widget.BaseWidget
	content fyne.CanvasObject
	pressed func()
}

func newTap(content fyne.CanvasObject, pressed func()) *tap {
	t := &tap{content: content, pressed: pressed}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped presses it.
func (t *tap) Tapped(*fyne.PointEvent) { t.pressed() }

// CreateRenderer is for Fyne.
func (t *tap) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.content) }
