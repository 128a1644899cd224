package ui

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

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

// mark shows in the navigation that a page is up, or no longer is.
func (w *Window) mark(name string, on bool) {
	if item := w.items[cmp.Or(describe(name).under, name)]; item != nil {
		item.SetOn(on)
	}
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

// shortcuts: Ctrl+1 and so on lead to the pages in their order, Ctrl+Tab to the
// next view of a page, Ctrl+W closes. They lead nowhere from a dialog, which
// waits for an answer, and from a page that stands alone.
func (w *Window) shortcuts() {
	add := func(key fyne.KeyName, modifier fyne.KeyModifier, do func(fyne.Shortcut)) {
		s := &desktop.CustomShortcut{KeyName: key, Modifier: modifier}
		w.keys.AddShortcut(s, do)
		w.win.Canvas().AddShortcut(s, do)
	}
	free := func() bool { return w.win.Canvas().Overlays().Top() == nil && !describe(w.shown).alone }
	number := 0
	for _, d := range descriptions() {
		if d.title == nil {
			continue
		}
		number++
		key := fyne.KeyName(rune('0' + number))
		add(key, fyne.KeyModifierShortcutDefault, func(fyne.Shortcut) {
			if free() {
				w.Show(d.name)
			}
		})
	}
	add(fyne.KeyTab, fyne.KeyModifierControl, func(fyne.Shortcut) {
		if k, ok := w.pages[w.shown].(*kept); ok && free() {
			if p, ok := k.page.(tabbed); ok {
				p.nextTab()
			}
		}
	})
	add(fyne.KeyW, fyne.KeyModifierShortcutDefault, func(fyne.Shortcut) { w.win.Close() })
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
