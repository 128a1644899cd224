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

// showItem shows what happened to one entry, and what had happened before.
func (p *history) showItem(it model.PastItem) {
	p.picked = it.Change.Number
	p.place(p.item(it))
	var earlier []localapi.Run
	for _, r := range p.runs {
		if r.Address == it.Run.Address && r.ID <= it.Run.ID && len(earlier) < lookedThrough {
			earlier = append(earlier, r)
		}
	}
	p.read(earlier, func() {
		if p.picked == it.Change.Number {
			p.place(p.item(it))
		}
	})
}

// item is the pane of one entry.
func (p *history) item(it model.PastItem) fyne.CanvasObject {
	now := p.w.Now()
	events := []part.TimelineEvent{told(model.PastEventOf(it, true, now))}
	var before []localapi.Run
	for _, r := range p.runs {
		if r.Address == it.Run.Address {
			before = append(before, r)
		}
	}
	for _, e := range model.PastItems(before, p.changes) {
		if e.Change.Number < it.Change.Number && model.SameEntry(e.Change, it.Change) {
			events = append(events, told(model.PastEventOf(e, e.Run.ID == it.Run.ID, now)))
		}
	}
	times := part.NewText(model.ItemTimes(it, now), part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Two: true})
	head := []fyne.CanvasObject{part.NewText(it.Entry, part.Style{Bold: true, Size: theme.SizeNameText, Whole: len(it.Entry) <= 40}), times}
	if model.CanUndo(it) {
		head = append(head, part.NewButton(say.T("Undo this entry"), "undo", part.Link, func() {
			p.w.ShowUndo(it.Run.ID, it.Run.Address, it.Change.Number)
		}))
	}
	if model.CanTell(it) {
		head = append(head, part.NewButton(model.TellLabel(it), "mail", part.Link, func() { p.askTell(it) }))
	}
	col := part.Column(part.GapWide, part.Wide(part.Gap, 1, head...), part.Timeline(events))
	return part.Panel(container.NewVScroll(part.Padded(part.GapWide, part.GapBlocks, col)))
}

// told is one point of the timeline.
func told(e model.PastEvent) part.TimelineEvent {
	out := part.TimelineEvent{Title: e.What, When: e.When, Note: e.Why}
	if len(e.Changes) == 0 {
		return out
	}
	col := part.Column(part.GapTight)
	for _, f := range e.Changes {
		row := part.Row(part.GapTight, part.Narrow(72, part.Caption(f.Name)))
		if f.Before != "" {
			row.Add(part.Was(f.Before))
		}
		row.Add(part.Is(f.After))
		col.Add(row)
	}
	out.Below = col
	return out
}

// offerUndo names the button that undoes the run by how much it gives back.
func (p *history) offerUndo() {
	n := 0
	for _, it := range p.items {
		if model.CanUndo(it) {
			n++
		}
	}
	p.undo.SetText(say.N("Preview undo of {{.N}} change", "Preview undo of {{.N}} changes", n))
	if n == 0 {
		p.undo.SetText(say.T("Nothing to undo"))
	}
	p.undo.SetUsable(n > 0)
	p.csv.SetUsable(len(p.shown) > 0)
	p.split.Refresh()
}

// askUndo undoes a run; of one of several colleagues each has his own.
func (p *history) askUndo() {
	counts := map[int64]int{}
	for _, it := range p.items {
		if model.CanUndo(it) {
			counts[it.Run.ID]++
		}
	}
	g, _ := p.group()
	var items []*fyne.MenuItem
	var only localapi.Run
	for _, r := range g.Runs {
		if n := counts[r.ID]; n > 0 {
			only = r
			label := say.N("{{.Name}}, {{.N}} change", "{{.Name}}, {{.N}} changes", n, "Name", r.Person)
			items = append(items, fyne.NewMenuItem(label, func() { p.w.ShowUndo(r.ID, r.Address, 0) }))
		}
	}
	switch len(items) {
	case 0:
	case 1:
		p.w.ShowUndo(only.ID, only.Address, 0)
	default:
		below(p.w.win.Canvas(), p.undo, fyne.NewMenu("", items...))
	}
}

// runRow is a row of the runs.
type runRow struct {
	object              *fyne.Container
	state               *part.Picture
	when, counts, about *part.Text
}

func newRunRow() *runRow {
	r := &runRow{
		state: part.NewPicture(18), when: part.Bold(""),
		counts: part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Size: part.SizeMono, Mono: true, Whole: true}),
		about:  part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText}),
	}
	text := part.Column(0, part.Wide(part.Gap, 0, r.when, r.counts), r.about)
	r.object = part.Padded(part.Gap, 10, container.NewBorder(nil, nil, container.NewVBox(r.state), nil, part.Padded(0, part.GapTight, text)))
	return r
}

func (r *runRow) set(g model.PastRun) {
	state := part.StateOK
	switch {
	case g.Open:
		state = part.StateSyncing
	case !g.Good:
		state = part.StateAttention
	}
	r.state.Set(state.Look())
	r.when.SetText(g.When)
	r.counts.SetText(g.Counts)
	r.about.SetText(g.Line)
	r.object.Refresh()
}

// itemRow is a row of what a run did.
type itemRow struct {
	entry, name, what *part.Text
	icon              *part.Picture
}

func newItemRow() *itemRow {
	return &itemRow{
		entry: part.Bold(""), name: part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder}),
		what: part.NewText("", part.Style{Two: true}), icon: part.NewPicture(16),
	}
}

func (r *itemRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.entry, r.name, part.Wide(part.Gap, 1, r.icon, r.what)}
}

func (r *itemRow) set(it model.PastItem) {
	r.entry.SetText(it.Entry)
	r.name.SetText(it.Name)
	r.what.SetText(it.What)
	color := theme.ColorNamePlaceHolder
	if it.Deed == model.DeedProblem {
		color = theme.ColorNameWarning
	}
	r.icon.Set(it.Icon, color)
}
