package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/ui/model"
	"lockstep/ui/part"
)

// previewRow is a row of a preview; its cells serve one row after another.
type previewRow struct {
	place           int // of the row that they serve now
	tick            *widget.Check
	box             *fyne.Container
	title, when     *part.Text
	series, private *part.Picture
	entry           *fyne.Container // title and pictures
	lines           *fyne.Container
	person          *part.Text
	icon            *part.Picture
	what, why       *part.Text
	style           part.Style // of what
	ticked          func(place int, on bool)
}

func newPreviewRow(ticked func(place int, on bool)) *previewRow {
	r := &previewRow{
		title: part.Bold(""), series: part.NewPicture(16), private: part.NewPicture(16),
		when:   part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText}),
		person: part.NewText("", part.Style{}), icon: part.NewPicture(18), what: part.NewText("", part.Style{Two: true}),
		why: part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Two: true}), ticked: ticked,
	}
	r.tick = widget.NewCheck("", nil)
	r.box = part.Tick(r.tick)
	r.series.Set("series", theme.ColorNamePlaceHolder)
	r.private.Set("private", theme.ColorNamePlaceHolder)
	r.entry = part.Marked(r.title, r.series, r.private)
	r.lines = part.Column(0, r.entry, r.when)
	return r
}

func (r *previewRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.lines, r.person, part.Wide(part.Gap, 1, r.icon, r.what), r.why}
}

func (r *previewRow) set(place int, l model.PreviewLine) {
	r.place = place
	r.tick.OnChanged = nil // it would tell of what is only shown
	r.tick.SetChecked(l.On)
	r.tick.OnChanged = func(on bool) { r.ticked(r.place, on) }
	if l.Fixed {
		r.tick.Disable()
	} else {
		r.tick.Enable()
	}
	moved := r.title.Text() != l.Title || r.series.Visible() != l.Series || r.private.Visible() != l.Private
	r.title.SetText(l.Title)
	show(r.series, l.Series)
	show(r.private, l.Private)
	r.when.SetText(l.When)
	r.person.SetText(l.Person)
	color, bold := theme.ColorNameForeground, false
	switch {
	case l.Asks:
		color, bold = theme.ColorNameWarning, true
	case l.Quiet:
		color = theme.ColorNamePlaceHolder
	}
	r.icon.Set(l.Icon, color)
	if style := (part.Style{Color: color, Bold: bold, Two: true}); style != r.style || r.what.Text() != l.What {
		r.style = style
		r.what.Set(l.What, style)
	}
	r.why.SetText(l.Why)
	if moved {
		r.entry.Layout.Layout(r.entry.Objects, r.entry.Size()) // the pictures stand where the title ends
	}
}

// carrier is a cell that knows the row that it belongs to. A list makes rows and
// drops them as it likes: whoever remembered them beside it would keep them all.
type carrier struct {
	widget.BaseWidget
	row     any
	content fyne.CanvasObject
}

func newCarrier(row any, content fyne.CanvasObject) *carrier {
	c := &carrier{row: row, content: content}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is for Fyne.
func (c *carrier) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.content) }

// carried is the row that cells belong to.
func carried[R any](cells []fyne.CanvasObject) R {
	return cells[0].(*carrier).row.(R) //nolint:forcetypeassert // made where the row was
}

// show shows or hides a thing. A container that is shown tells the toolkit
// nothing of it, which would lay it out with the next thing that is drawn: when
// somebody moves the mouse, or the office has news.
func show(o fyne.CanvasObject, yes bool) {
	if o.Visible() == yes {
		return
	}
	if !yes {
		o.Hide()
		return
	}
	o.Show()
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		w.Canvas().Refresh(o)
	}
}

// headTick is the box in the head of a table that ticks all rows.
func headTick(changed func(bool)) (*widget.Check, fyne.CanvasObject) {
	c := widget.NewCheck("", changed)
	return c, container.NewStack(part.Tick(c))
}
