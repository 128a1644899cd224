package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// grid is the fields as they were, are and will be. Where the question is not
// whose fields are right, there is nothing that they were or will be.
func (d *decision) grid() fyne.CanvasObject {
	columns := []part.TableColumn{
		{Width: 116, Grow: 1}, {Width: 86, Grow: 3}, {Width: 116, Grow: 4}, {Width: 116, Grow: 4}, {Width: 104, Grow: 4},
	}
	quiet := part.Style{Color: theme.ColorNamePlaceHolder, Bold: true}
	sides := model.WindowSides()
	heads := []fyne.CanvasObject{
		part.NewText(say.T("Field"), quiet), part.NewText(say.T("Before"), quiet),
		part.Lead(sides[0], theme.ColorNamePlaceHolder, d.d.Heads[0]), part.Lead(sides[1], theme.ColorNamePlaceHolder, d.d.Heads[1]),
		part.NewText(say.T("Result"), quiet),
	}
	var rows [][]part.FieldCell
	for _, f := range d.d.Fields {
		result := part.Plain("")
		row := []part.FieldCell{{Object: part.NewText(f.Name, part.Style{Bold: true, Wrap: true})}, {Object: part.Quiet(f.Before)}}
		for s := range f.Cells {
			row = append(row, part.FieldCell{Object: d.cell(f, s), Marked: f.Changed[s]})
		}
		rows = append(rows, append(row, part.FieldCell{Object: result}))
		d.results, d.asked = append(d.results, result), append(d.asked, f)
	}
	if !d.d.BySide {
		columns, heads = without(columns), without(heads)
		for i := range rows {
			rows[i] = without(rows[i])
		}
	}
	var foot fyne.CanvasObject
	if d.d.Same != "" {
		foot = part.Quiet(d.d.Same)
	}
	return part.FieldTable(columns, heads, rows, foot)
}

// without leaves out what was before and what the result is.
func without[C any](row []C) []C { return []C{row[0], row[2], row[3]} }

// cell is what a field holds on a side: to be chosen where both have changed it.
func (d *decision) cell(f model.DecisionField, s int) fyne.CanvasObject {
	style := part.Style{Bold: f.Changed[s], Wrap: true}
	if !f.Asked || !d.d.BySide {
		return part.NewText(f.Cells[s], style)
	}
	r := &fieldRadio{Radio: part.NewRadio(f.Cells[s], style, func() { d.take(f.Field, s) }), field: f.Field, side: s}
	at := len(d.radios)
	r.OnArrow = func(k fyne.KeyName) { d.arrow(at, k) }
	d.radios = append(d.radios, r)
	return r.Radio
}

// fieldRadio chooses a side for a field. Those of a row are next to each other.
type fieldRadio struct {
	*part.Radio
	field string
	side  int
}

// arrow goes from one of the radios to another: to the row above or below, or to
// the other side of its row, which is chosen with it.
func (d *decision) arrow(at int, k fyne.KeyName) {
	to := at
	switch k { //nolint:exhaustive // a radio hands on the arrows alone
	case fyne.KeyUp:
		to = at - 2
	case fyne.KeyDown:
		to = at + 2
	case fyne.KeyLeft:
		to = at - d.radios[at].side
	case fyne.KeyRight:
		to = at + 1 - d.radios[at].side
	}
	if to < 0 || to >= len(d.radios) {
		return
	}
	d.page.w.win.Canvas().Focus(d.radios[to].Radio)
	if r := d.radios[to]; k == fyne.KeyLeft || k == fyne.KeyRight {
		d.take(r.field, r.side)
	}
}

// take chooses a side: for a field, or for all that both have changed where the
// question is not to be answered field by field.
func (d *decision) take(field string, s int) {
	d.right[field] = s
	if !d.d.ByField {
		for _, f := range d.asked {
			if f.Asked {
				d.right[f.Field] = s
			}
		}
	}
	if d.always != nil {
		d.always.SetChecked(false)
	}
	d.offerRule()
	d.dress()
}

// whole tells whether a side is chosen for each field that is asked about.
func (d *decision) whole() bool {
	for _, r := range d.radios {
		if _, ok := d.right[r.field]; !ok {
			return false
		}
	}
	return true
}

// oneSide is the side that is right in all of them; -1: there is none yet, or
// not one alone.
func (d *decision) oneSide() int {
	side := -1
	for _, s := range d.right {
		if side >= 0 && s != side {
			return -1
		}
		side = s
	}
	if !d.whole() {
		return -1
	}
	return side
}
