package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Tabs choose one of a few views. Fyne's AppTabs have no stop for the keyboard
// and stand in a bar of their own colour.
type Tabs struct {
	// Object is the row of names; what is chosen is shown by who made it.
	Object *fyne.Container
	tabs   []*tab
	on     int
	change func(int)
}

// NewTabs are tabs of which the first is chosen. change is told of another one.
func NewTabs(change func(int), names ...string) *Tabs {
	t := &Tabs{change: change}
	row := Row(0)
	for i, n := range names {
		one := newTab(n, func() { t.Select(i) })
		t.tabs = append(t.tabs, one)
		row.Add(one)
	}
	t.Object = Column(0, row, Line())
	t.dress()
	return t
}

// On is which one is chosen.
func (t *Tabs) On() int { return t.on }

// Select chooses one.
func (t *Tabs) Select(i int) {
	if i == t.on || i < 0 || i >= len(t.tabs) {
		return
	}
	t.on = i
	t.dress()
	t.change(i)
}

// Next chooses the one after, and after the last the first.
func (t *Tabs) Next() { t.Select((t.on + 1) % len(t.tabs)) }

func (t *Tabs) dress() {
	for i, one := range t.tabs {
		one.set(i == t.on)
	}
}

type tab struct {
	press
	label *Text
	line  *Area
}

func newTab(name string, pressed func()) *tab {
	b := &tab{label: NewText(name, Style{Whole: true}), line: NewArea("", "", 0)}
	under := container.NewBorder(nil, Tall(2, b.line), nil, nil, Padded(0, GapWide, Middle(Row(0, b.label))))
	b.init(b, 4, 0, 36, under, pressed)
	return b
}

func (b *tab) set(on bool) {
	s, line := Style{Color: theme.ColorNamePlaceHolder, Whole: true}, fyne.ThemeColorName("")
	if on {
		s, line = Style{Color: theme.ColorNamePrimary, Bold: true, Whole: true}, theme.ColorNamePrimary
	}
	b.label.Set(b.label.Text(), s)
	b.line.Paint(line, "")
	b.Refresh()
}
