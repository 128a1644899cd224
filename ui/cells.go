package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/ui/model"
	"lockstep/ui/part"
)

// overviewRow is a person's row of the overview; its cells serve one person
// after another.
type overviewRow struct {
	avatar              *part.Avatar
	name, checked, next *part.Text
	state               *part.Status
}

// rows remembers what the cells of a list belong to: a list hands back the
// objects alone.
type rows[R any] map[fyne.CanvasObject]R

func (m rows[R]) of(cells []fyne.CanvasObject) R { return m[cells[0]] }

func newOverviewRow() *overviewRow {
	quiet := func() *part.Text { return part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder}) }
	return &overviewRow{
		avatar: part.NewAvatar(""), name: part.Bold(""), checked: quiet(), next: quiet(),
		state: part.NewStatus(part.StateNone, ""),
	}
}

func (r *overviewRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{part.Wide(part.GapWide, 1, r.avatar.Object, r.name), r.checked, r.state.Object, r.next}
}

func (r *overviewRow) set(p model.OverviewPerson) {
	r.avatar.SetName(p.Name)
	r.name.SetText(p.Name)
	r.checked.SetText(p.Checked)
	r.next.SetText(p.Next)
	r.state.Set(stateOf(p.Health), p.State)
}

// below opens a menu under a thing.
func below(c fyne.Canvas, under fyne.CanvasObject, m *fyne.Menu) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	widget.ShowPopUpMenuAtPosition(m, c, at.AddXY(0, under.Size().Height+part.GapTight))
}
