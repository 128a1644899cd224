package tray

import (
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/systray"
)

// Run puts the icon into the desktop's notification area, calls ready with it
// and blocks until quit is called from any goroutine; on macOS it must be the
// main one. Where the desktop has no such area the program works on unseen; see
// HasHost.
func Run(ready func(Host)) {
	a := area{tapped: new(atomic.Pointer[func()]), shown: &shown{}}
	for _, after := range published {
		defer time.AfterFunc(after, a.again).Stop()
	}
	// Desktops are told at the start whether a click on the icon does something.
	systray.SetOnTapped(func() {
		if do := a.tapped.Load(); do != nil {
			(*do)()
		}
	})
	systray.Run(func() { ready(a) }, nil)
}

// Quit ends Run.
func Quit() { systray.Quit() }

// published is when what is shown is said once more after the start. On a bus the
// library offers a copy of icon and text that it has made a moment before, and
// loses what it is told in between: an office that fails at once would have the
// icon of one that starts, for as long as nothing changes.
var published = []time.Duration{time.Second / 4, time.Second, 5 * time.Second}

// area is the notification area. The library keeps it as one for the process.
type area struct {
	tapped *atomic.Pointer[func()]
	shown  *shown
}

// shown is what the area was told last.
type shown struct {
	mu      sync.Mutex
	icon    []byte
	tooltip string
}

var _ Host = area{}

// Icon shows a picture.
func (a area) Icon(picture []byte) {
	a.shown.mu.Lock()
	defer a.shown.mu.Unlock()
	a.shown.icon = picture
	systray.SetIcon(picture)
}

// Tooltip is the text beside it.
func (a area) Tooltip(text string) {
	a.shown.mu.Lock()
	defer a.shown.mu.Unlock()
	a.shown.tooltip = text
	systray.SetTitle("Lockstep")
	systray.SetTooltip(text)
}

// again says what is shown once more.
func (a area) again() {
	a.shown.mu.Lock()
	defer a.shown.mu.Unlock()
	if a.shown.icon != nil {
		systray.SetIcon(a.shown.icon)
	}
	if a.shown.tooltip != "" {
		systray.SetTooltip(a.shown.tooltip)
	}
}

// Tapped is told of clicks on the icon. Hosts that open the menu at a click
// never tell.
func (a area) Tapped(do func()) { a.tapped.Store(&do) }

func (area) Separator() { systray.AddSeparator() }

func (area) Add(title string, click func()) Item {
	return listen(systray.AddMenuItem(title, ""), click)
}

// entry is an entry of the menu.
type entry struct{ item *systray.MenuItem }

var _ Item = entry{}

func (e entry) Add(title string, click func()) Item {
	return listen(e.item.AddSubMenuItem(title, ""), click)
}

func (e entry) Title(text string) { e.item.SetTitle(text) }

func (e entry) Show(visible bool) {
	if visible {
		e.item.Show()
	} else {
		e.item.Hide()
	}
}

// listen calls click for each click. The library drops a click that nobody
// waits for, so each entry has a goroutine of its own; it ends with the process.
func listen(item *systray.MenuItem, click func()) Item {
	if click != nil {
		go func() {
			for range item.ClickedCh {
				click()
			}
		}()
	}
	return entry{item}
}
