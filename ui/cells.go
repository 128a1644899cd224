package ui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// overviewRow is a person's row of the overview; its cells serve one person
// after another.
type overviewRow struct {
	avatar     *part.Avatar
	name, next *part.Text
	from       [2]*part.Pointed
	state      *part.Status
}

// rows remembers what the cells of a list belong to: a list hands back the
// objects alone.
type rows[R any] map[fyne.CanvasObject]R

func (m rows[R]) of(cells []fyne.CanvasObject) R { return m[cells[0]] }

func newOverviewRow() *overviewRow {
	style := part.Style{Color: theme.ColorNamePlaceHolder}
	return &overviewRow{
		avatar: part.NewAvatar(""), name: part.Bold(""), from: [2]*part.Pointed{part.NewPointed(style), part.NewPointed(style)}, next: part.NewText("", style),
		state: part.NewStatus(part.StateNone, "", part.Style{Two: true}),
	}
}

func (r *overviewRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{part.Wide(part.GapWide, 1, r.avatar.Object, r.name), r.from[0], r.from[1], r.state.Object, r.next}
}

func (r *overviewRow) set(p model.OverviewPerson) {
	r.avatar.Set(p.Name, p.Resource)
	r.name.SetText(p.Name)
	for s, text := range p.From {
		r.from[s].Set(text, p.At[s])
	}
	r.next.SetText(p.Next)
	state := stateOf(p.Health)
	if p.Fresh {
		state = part.StateWaiting
	}
	r.state.Set(state, p.State)
}

// attentionRow is a row of what needs attention: a head, or a decision or note.
type attentionRow struct {
	object           *fyne.Container
	head             *part.Text
	title, line, why *part.Text
	headBox, itemBox *fyne.Container
}

func newAttentionRow() *attentionRow {
	caption := func() *part.Text {
		return part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText})
	}
	r := &attentionRow{
		head:  part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Bold: true}),
		title: part.Bold(""), line: caption(), why: caption(),
	}
	r.headBox = part.Padded(part.Gap, part.Gap, r.head)
	r.itemBox = part.Padded(part.Gap, part.GapWide, part.Column(0, r.title, r.line, r.why))
	r.object = container.NewStack(r.headBox, r.itemBox)
	return r
}

// attentionWidth is how wide the list of what needs attention is.
const attentionWidth float32 = 232

// The styles of a row's three texts.
func attentionStyles(r model.AttentionRow) [3]part.Style {
	caption := part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText}
	out := [3]part.Style{{Bold: true}, caption, caption}
	for i, text := range []string{r.Title, r.Line, r.Short} {
		out[i].Two = part.Long(text, out[i], attentionWidth-4*part.GapWide)
	}
	return out
}

// attentionHeight is how high a row is: a list gives each its own.
func attentionHeight(r model.AttentionRow) float32 {
	if r.Head {
		return 34
	}
	height := float32(50)
	if r.Short != "" {
		height += 16
	}
	for _, s := range attentionStyles(r) {
		if s.Two {
			height += 18
		}
	}
	return height
}

func (r *attentionRow) set(a model.AttentionRow) {
	r.head.SetText(a.Title)
	styles := attentionStyles(a)
	r.title.Set(a.Title, styles[0])
	r.line.Set(a.Line, styles[1])
	r.why.Set(a.Short, styles[2])
	show(r.why, a.Short != "")
	show(r.headBox, a.Head)
	show(r.itemBox, !a.Head)
	r.object.Refresh() // a text may be higher than the one before it
}

// codeOf is what kind of trouble the agent has answered with.
func codeOf(err error) (localapi.Code, bool) {
	if e, ok := errors.AsType[*localapi.Error](err); ok {
		return e.Code, true
	}
	return "", false
}

// below opens a menu under a thing.
func below(c fyne.Canvas, under fyne.CanvasObject, m *fyne.Menu) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	widget.ShowPopUpMenuAtPosition(m, c, at.AddXY(0, under.Size().Height+part.GapTight))
}
