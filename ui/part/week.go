package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// WeekLook is how an entry of a Week looks.
type WeekLook int

// The looks.
const (
	WeekPlain   WeekLook = iota
	WeekNew              // it has just come
	WeekMoved            // it has just changed
	WeekPrivate          // its text is not shown
)

// WeekEntry is one entry of a Week. Day counts from Monday; Start and End are
// minutes after midnight.
type WeekEntry struct {
	ID          string
	Day         int
	Start, End  int
	Title, Note string
	Look        WeekLook
}

// The hours and days that a Week shows.
const (
	weekFrom, weekTo = 8, 17
	weekDays         = 5
)

// The sizes of a Week in pixels.
const (
	weekHead   = 40
	weekGutter = 48
	weekHour   = 36
	weekMin    = 14
	weekSlack  = 3 // below the letters of a line is air
)

// Week is five working days of one calendar. An entry can be pressed.
type Week struct {
	widget.BaseWidget
	days    [weekDays]string
	today   int // which day is today; negative: none
	entries []WeekEntry
	hour    func(int) string
	pressed func(WeekEntry)
	grid    *fyne.Container
}

// NewWeek is an empty week; hour is how an hour of the day is written.
func NewWeek(hour func(int) string, pressed func(WeekEntry)) *Week {
	w := &Week{hour: hour, pressed: pressed, today: -1}
	w.grid = container.New(weekLayout{w})
	w.ExtendBaseWidget(w)
	return w
}

// Set shows days, named as they are to be read, and their entries.
func (w *Week) Set(days [weekDays]string, today int, entries []WeekEntry) {
	w.days, w.today, w.entries = days, today, entries
	var all []fyne.CanvasObject
	for d, name := range days {
		s := Style{Bold: true, Align: fyne.TextAlignCenter, Color: theme.ColorNamePlaceHolder}
		if d == today {
			s.Color = theme.ColorNamePrimary
		}
		all = append(all, NewText(name, s))
	}
	for h := weekFrom; h <= weekTo; h++ {
		all = append(all, NewText(w.hour(h), Style{Size: theme.SizeNameCaptionText, Color: theme.ColorNamePlaceHolder, Whole: true}))
		all = append(all, rule())
	}
	for range weekDays + 1 {
		all = append(all, rule())
	}
	for _, e := range entries {
		all = append(all, newWeekItem(e, w.pressed))
	}
	w.grid.Objects = all // at once: each Add would lay out a week that is not whole
	w.grid.Refresh()
}

// rule is a thin line, across or down.
func rule() fyne.CanvasObject { return fill(theme.ColorNameSeparator, 0) }

// CreateRenderer is for Fyne.
func (w *Week) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(w.grid) }

// weekLayout puts the days, the hours, the lines and the entries where they belong.
type weekLayout struct{ w *Week }

func (l weekLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(weekGutter+weekDays*60, weekHead+(weekTo-weekFrom)*weekHour+8)
}

func (l weekLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if len(o) == 0 {
		return
	}
	wide := (size.Width - weekGutter - GapWide) / weekDays
	place := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
	next := func() fyne.CanvasObject { first := o[0]; o = o[1:]; return first }
	for d := range weekDays {
		place(next(), weekGutter+float32(d)*wide, 12, wide, 20)
	}
	for h := range weekTo - weekFrom + 1 {
		y := weekHead + float32(h)*weekHour
		place(next(), GapWide, y-8, weekGutter-GapWide, 16)
		place(next(), weekGutter, y, weekDays*wide, 1)
	}
	for d := range weekDays + 1 {
		place(next(), weekGutter+float32(d)*wide, weekHead, 1, (weekTo-weekFrom)*weekHour)
	}
	at := func(minute int) float32 {
		minute = min(max(minute, weekFrom*60), weekTo*60)
		return weekHead + float32(minute-weekFrom*60)*weekHour/60
	}
	for _, e := range l.w.entries {
		item := next()
		x, width := share(l.w.entries, e, wide)
		y := at(e.Start)
		place(item, weekGutter+float32(e.Day)*wide+x+2, y+1, width-4, max(at(e.End)-y-2, weekMin))
	}
}

// share is which part of a day's width an entry has: those that overlap stand
// side by side.
func share(all []WeekEntry, e WeekEntry, wide float32) (x, width float32) {
	beside, before := 0, 0
	past := false
	for _, o := range all {
		if o.Day == e.Day && o.Start < e.End && e.Start < o.End {
			beside++
			if o.ID == e.ID {
				past = true
			} else if !past {
				before++
			}
		}
	}
	width = wide / float32(max(beside, 1))
	return width * float32(before), width
}

// weekItem is one entry: a soft block with a bar at its left edge.
type weekItem struct {
	press
}

func newWeekItem(e WeekEntry, pressed func(WeekEntry)) *weekItem {
	i := &weekItem{}
	under, edge, bar := ColorInfoSoft, fyne.ThemeColorName(""), theme.ColorNamePrimary
	switch e.Look {
	case WeekNew:
		under, edge = theme.ColorNameSelection, theme.ColorNamePrimary
	case WeekMoved:
		under, bar = ColorDiff, theme.ColorNameWarning
	case WeekPrivate:
		under, bar = theme.ColorNameButton, theme.ColorNamePlaceHolder
	case WeekPlain:
	}
	wraps := e.End-e.Start >= 90
	title := NewText(e.Title, Style{Bold: true, Size: theme.SizeNameCaptionText, Wrap: wraps})
	text := container.New(clipped{wraps}, title)
	if e.End-e.Start >= 45 {
		text.Add(NewText(e.Note, Style{Size: theme.SizeNameCaptionText}))
	}
	stripe := canvas.NewRectangle(color.Transparent)
	stripe.SetMinSize(fyne.NewSize(3, 1))
	side := container.NewStack(stripe, fill(bar, 1))
	i.init(i, 3, 0, 0, container.New(barLayout{}, side, text), func() {
		if pressed != nil {
			pressed(e)
		}
	})
	i.under.Paint(under, edge)
	return i
}

// barLayout puts a thin bar at the left of the rest.
type barLayout struct{}

func (barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(20, weekMin) }

func (barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(3, size.Height))
	o[1].Move(fyne.NewPos(7, 0))
	o[1].Resize(fyne.NewSize(max(size.Width-8, 0), size.Height))
}

// clipped puts texts below each other and leaves out what has no room. The first
// goes on in the next line if it wraps, unless a word of it would be broken.
type clipped struct{ wraps bool }

func (clipped) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (l clipped) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var y float32
	title := o[0].(*Text) //nolint:forcetypeassert // newWeekItem makes it
	title.Set(title.Text(), Style{Bold: true, Size: theme.SizeNameCaptionText, Wrap: l.wraps && !title.Broken(size.Width)})
	for i, c := range o {
		c.Resize(fyne.NewSize(size.Width, c.Size().Height))
		h := c.MinSize().Height
		if i > 0 && (y+h > size.Height+weekSlack || o[i].(*Text).Wide(size.Width)) { //nolint:forcetypeassert // newWeekItem makes them
			c.Hide()
			continue
		}
		c.Show()
		c.Move(fyne.NewPos(0, y))
		c.Resize(fyne.NewSize(size.Width, min(h, size.Height)))
		y += h
	}
}
