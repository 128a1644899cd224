package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// comparePane shows both versions of one row beside each other, what both last
// agreed on, and what will be written.
type comparePane struct {
	b      *board
	object *fyne.Container
	body   *fyne.Container
	more   *part.Button
	place  int
	open   bool // the fields that are alike are unfolded
	shown  model.Comparison
	name   string
}

func newComparePane(b *board) *comparePane {
	p := &comparePane{b: b, body: container.NewStack()}
	p.more = part.NewIconButton(say.T("More choices"), "more", p.menu)
	b.w.label.below(p.more, b.w.win.Canvas())
	p.object = part.Panel(p.body)
	return p
}

func (p *comparePane) clear() {
	p.body.Objects = nil
	p.body.Refresh()
}

// set shows another row, or more of the same one.
func (p *comparePane) set(place int, d localapi.Detail, name string) {
	p.place, p.name = place, name
	p.shown = model.Compare(d, name, p.b.w.Now())
	p.draw()
}

func (p *comparePane) draw() {
	c := p.shown
	show(p.more, len(c.Choices) > 0 && p.b.chosen != nil)
	head := container.NewBorder(nil, nil, nil, container.NewVBox(p.more), part.Column(0, part.SubHeading(c.Title), part.Caption(c.Sub)))
	col := part.Column(0, part.Padded(part.GapWide, part.GapBlocks, head), part.Line(), p.fields())
	section := func(objects ...fyne.CanvasObject) {
		col.Add(part.Line())
		col.Add(part.Padded(10, part.GapBlocks, part.Column(2, objects...)))
	}
	if c.Agreed != "" {
		section(part.Caption(say.T("Last agreed")), part.Quiet(c.Agreed))
	}
	will := []fyne.CanvasObject{
		part.Caption(say.T("What will be written")), part.NewText(c.Written, part.Style{Bold: true, Wrap: true}), part.Plain(c.Why),
	}
	for _, note := range []string{c.Note, p.b.view.RowNote(p.place)} {
		if note != "" {
			will = append(will, part.Plain(note))
		}
	}
	section(will...)
	if c.Next != "" {
		section(part.Caption(c.NextTitle), part.Quiet(c.Next))
	}
	p.body.Objects = []fyne.CanvasObject{container.New(&settledLayout{}, container.NewVScroll(col))}
	p.body.Refresh()
}

// settledLayout lays a scroll out twice: text that wraps knows its height only
// once it has its width.
type settledLayout struct{ width float32 }

func (l *settledLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (l *settledLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	if l.width == size.Width {
		return
	}
	l.width = size.Width
	scroll := o[0].(*container.Scroll) //nolint:forcetypeassert // made in draw
	scroll.Content.Refresh()
	scroll.Refresh()
}

// fields are the two versions.
func (p *comparePane) fields() fyne.CanvasObject {
	c := p.shown
	side := func(icon, name string) fyne.CanvasObject {
		return part.Padded(0, part.Gap, part.Row(part.Gap, part.Icon(icon, 18), part.NewText(name, part.Style{Bold: true, Whole: true})))
	}
	col := part.Column(part.Gap, container.NewGridWithColumns(2, side("business", "Severa"), side("exchange", "Outlook")))
	for _, f := range c.Differ {
		col.Add(p.field(f, c.Both))
	}
	if !c.Both && len(c.Differ) == 0 {
		col.Add(part.Padded(0, part.Gap, part.Quiet(say.T("Nothing is known of it but that it is there."))))
	}
	if len(c.Same) > 0 {
		fold := "chevron-right"
		if p.open {
			fold = "chevron-down"
		}
		text := say.N("{{.N}} field is the same on both sides", "{{.N}} fields are the same on both sides", len(c.Same))
		col.Add(part.NewFold(text, fold, func() { p.open = !p.open; p.draw() }))
		if p.open {
			for _, f := range c.Same {
				col.Add(part.Padded(0, part.Gap, part.Column(0, part.Caption(f.Name), part.Plain(f.Severa))))
			}
		}
	}
	return part.Padded(part.GapWide, part.Gap, col)
}

// field is one field in both versions. Where they differ the ground says so,
// and the word does.
func (p *comparePane) field(f model.Compared, both bool) fyne.CanvasObject {
	name, ground := f.Name, fyne.ThemeColorName("")
	if both {
		name, ground = say.T("{{.Field}} – differs", "Field", f.Name), part.ColorDiff
	}
	value := func(text string) fyne.CanvasObject {
		style := part.Style{Bold: both, Wrap: true}
		if text == "" {
			text, style.Color = say.T("Not there"), theme.ColorNamePlaceHolder
		}
		return container.NewStack(part.NewArea(ground, "", 4), part.Padded(5, part.Gap, part.NewText(text, style)))
	}
	return part.Column(2, part.Padded(0, part.Gap, part.Caption(name)), container.NewGridWithColumns(2, value(f.Severa), value(f.Outlook)))
}

// menu offers what can be said about the row, and about all that are like it.
func (p *comparePane) menu() {
	r, _, address := p.b.view.At(p.place)
	rows, addresses := p.b.view.Alike(p.place)
	var one, many []*fyne.MenuItem
	for _, c := range p.shown.Choices {
		one = append(one, fyne.NewMenuItem(c.Label, func() { p.b.chosen([]localapi.Row{r}, []string{address}, c) }))
		if c.Many != nil && len(rows) > 1 {
			many = append(many, fyne.NewMenuItem(c.Many(len(rows)), func() { p.b.chosen(rows, addresses, c) }))
		}
	}
	if len(many) > 0 {
		one = append(append(one, fyne.NewMenuItemSeparator()), many...)
	}
	below(p.b.w.win.Canvas(), p.more, fyne.NewMenu("", one...))
}
