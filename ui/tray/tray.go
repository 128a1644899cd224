// Package tray is the icon beside the clock, its menu and the notifications
// that pop up there. What they say comes from package model; this package only
// puts it on the desktop's own pieces.
//
// It knows no Fyne, and reaches a desktop through two small interfaces, so that
// all of it but a few lines runs in tests without one. Nothing here waits for
// the office: a click starts what it starts and returns.
package tray

import (
	"runtime"
	"slices"
	"time"

	"lockstep/resources/icons"
	"lockstep/ui/model"
	"lockstep/ui/say"
)

// Host is a desktop's notification area. It may be called from any goroutine.
type Host interface {
	Icon(picture []byte)
	// Tapped is called when the icon itself is clicked, where hosts tell.
	Tapped(do func())
	Tooltip(text string)
	Menu
	Separator()
}

// Menu is where entries can be put: the menu itself, or an entry that opens one.
type Menu interface {
	// Add puts an entry at the end. The click function is called on a goroutine
	// of the host's; nil for an entry that opens a menu.
	Add(title string, click func()) Item
}

// Item is an entry of the menu.
type Item interface {
	Menu
	Title(text string)
	Show(visible bool)
}

// Commands are what the menu can ask for. They return at once.
type Commands struct {
	// Open opens the window at a page; empty: at the one it was at.
	Open func(page string)
	// Cause tells what stands behind the state.
	Cause func()
	// Sync brings one person in step now, or everybody when address is empty.
	Sync func(address string)
	// Pause stops until then; the zero time resumes.
	Pause func(until time.Time)
	Quit  func()
}

// Tray is the icon with its menu. It is built once and changed in place: hosts
// close an open menu that is built anew. Show is called from one goroutine.
type Tray struct {
	host     Host
	do       Commands
	now      func() time.Time
	shown    model.Tray
	labels   []label
	state    Item
	sync     Item
	people   []*personItem
	pause    Item
	resume   Item
	preview  Item
	undo     Item
	waiting  Item
	history  Item
	settings Item
}

// personItem is an entry of the menu that stands for whom it is given.
type personItem struct {
	item    Item
	address string
}

// New builds the menu on a host.
func New(h Host, do Commands, now func() time.Time) *Tray {
	t := &Tray{host: h, do: do, now: now}
	page := func(name string) func() { return func() { do.Open(name) } }
	h.Tapped(page(""))
	t.add(h, say.Key("Open Lockstep"), page(""))
	t.state = h.Add("Lockstep", do.Cause)
	h.Separator()
	t.sync = t.add(h, say.Key("Sync now"), nil)
	t.add(t.sync, say.Key("Everyone"), func() { do.Sync("") })
	t.pause = t.add(h, say.Key("Pause"), nil)
	for _, p := range pauses() {
		t.add(t.pause, p.title, func() { do.Pause(p.until(t.now())) })
	}
	t.resume = t.add(h, say.Key("Resume"), func() { do.Pause(time.Time{}) })
	t.resume.Show(false)
	t.preview = t.add(h, say.Key("Preview changes…"), page(model.PagePreview))
	t.undo = t.add(h, say.Key("Undo last run…"), page(model.PageUndo))
	t.undo.Show(false)
	t.waiting = t.add(h, say.Key("Needs attention…"), page(model.PageAttention))
	t.waiting.Show(false)
	t.history = t.add(h, say.Key("History…"), page(model.PageHistory))
	h.Separator()
	t.settings = t.add(h, say.Key("Settings…"), page(model.PageSettings))
	t.add(h, say.Key("Help"), page(model.PageHelp))
	h.Separator()
	t.add(h, model.QuitWord(runtime.GOOS), do.Quit)
	return t
}

// label is an entry with a text that stays.
type label struct {
	item Item
	key  string
}

// add puts an entry with a text that stays at the end of a menu.
func (t *Tray) add(m Menu, key string, click func()) Item {
	it := m.Add(say.Of(key), click)
	t.labels = append(t.labels, label{it, key})
	return it
}

// Speak says what stays in the language that is in use now. What Show tells
// changes with the next Show.
func (t *Tray) Speak() {
	for _, l := range t.labels {
		l.item.Title(say.Of(l.key))
	}
	t.shown.Waiting = -1
}

// forever is how long a pause without end lasts.
const forever = 100 * 365 * 24 * time.Hour

// pause is a length of time that can be chosen.
type pause struct {
	title string // a key
	until func(now time.Time) time.Time
}

func pauses() []pause {
	hours := func(n int) func(time.Time) time.Time {
		return func(now time.Time) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	}
	return []pause{
		{say.Key("1 hour"), hours(1)},
		{say.Key("2 hours"), hours(2)},
		{say.Key("4 hours"), hours(4)},
		{say.Key("Until tomorrow"), tomorrow},
		{say.Key("Until you resume"), func(now time.Time) time.Time { return now.Add(forever) }},
	}
}

// morning is when a pause until tomorrow ends.
const morning = 6

func tomorrow(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, morning, 0, 0, 0, now.Location())
}

// Show brings icon and menu up to date. What has not changed is not touched.
func (t *Tray) Show(m model.Tray) {
	if m.Picture != t.shown.Picture {
		t.host.Icon(icons.Tray(m.Picture))
	}
	if m.Line != t.shown.Line {
		t.state.Title(m.Line)
		t.host.Tooltip(say.T("Lockstep: {{.State}}", "State", m.Line))
	}
	if m.Paused != t.shown.Paused || m.NotSetUp != t.shown.NotSetUp {
		t.pause.Show(!m.Paused && !m.NotSetUp)
		t.resume.Show(m.Paused && !m.NotSetUp)
	}
	if m.NotSetUp != t.shown.NotSetUp {
		for _, it := range []Item{t.sync, t.preview, t.history, t.settings} {
			it.Show(!m.NotSetUp)
		}
	}
	if m.Undo != t.shown.Undo {
		t.undo.Show(m.Undo)
	}
	if m.Waiting != t.shown.Waiting {
		t.waiting.Title(say.T("Needs attention ({{.N}})…", "N", m.Waiting))
		t.waiting.Show(m.Waiting > 0)
	}
	if !slices.Equal(m.People, t.shown.People) {
		t.seat(m.People)
	}
	t.shown = m
}

// seat gives each person an entry. Entries are used again, and those left over
// are hidden, because no host can take one away without building all anew.
func (t *Tray) seat(people []model.TrayPerson) {
	for len(t.people) < len(people) {
		p := &personItem{}
		p.item = t.sync.Add("", func() { t.do.Sync(p.address) })
		t.people = append(t.people, p)
	}
	for i, p := range t.people {
		p.item.Show(i < len(people))
		if i < len(people) {
			p.address = people[i].Address
			p.item.Title(people[i].Name)
		}
	}
}
