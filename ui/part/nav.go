package part

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// The widths of the navigation, whole and folded.
const (
	NavWidth     float32 = 200
	NavRailWidth float32 = 56
)

// NavItem leads to a page.
type NavItem struct {
	press
	icon   string
	img    *canvas.Image
	text   *Text
	badge  *fyne.Container
	row    *fyne.Container
	on     bool
	folded bool
	waits  bool // something does, and the badge says how much
}

// NewNavItem is the way to a page.
func NewNavItem(text, icon string, pressed func()) *NavItem {
	n := &NavItem{icon: icon, img: Icon(icon, 18), text: NewText(text, Style{}), badge: container.NewStack()}
	n.row = Wide(Gap, 1, n.img, n.text, n.badge)
	n.init(n, 6, GapWide, 36, n.row, pressed)
	n.dress()
	return n
}

// Text names the page.
func (n *NavItem) Text() string { return n.text.Text() }

// On tells whether its page is the one that is shown.
func (n *NavItem) On() bool { return n.on }

// SetOn tells whether its page is the one that is shown.
func (n *NavItem) SetOn(on bool) { n.on = on; n.dress() }

// SetBadge shows how many things wait there; 0 shows nothing.
func (n *NavItem) SetBadge(count int, t Tone) {
	n.badge.RemoveAll()
	n.waits = count > 0
	if n.waits {
		n.badge.Add(Badge(strconv.Itoa(count), t))
	}
	n.badge.Refresh()
	n.dress()
}

// Fold shows the icon alone, or the whole.
func (n *NavItem) Fold(folded bool) {
	n.folded = folded
	n.dress()
}

func (n *NavItem) dress() {
	under, color := fyne.ThemeColorName(""), theme.ColorNameForeground
	icon := theme.ColorNamePlaceHolder
	if n.on {
		under, color, icon = theme.ColorNameSelection, theme.ColorNamePrimary, theme.ColorNamePrimary
	}
	if n.folded && n.waits {
		icon = theme.ColorNameWarning // there is no place for the badge
	}
	n.under.Paint(under, "")
	n.img.Resource = IconResource(n.icon, icon)
	n.img.Refresh()
	n.text.Set(n.text.Text(), Style{Color: color, Bold: n.on})
	if n.folded {
		n.text.Hide()
		n.badge.Hide()
	} else {
		n.text.Show()
		n.badge.Show()
	}
	n.Refresh()
}
