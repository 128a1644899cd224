package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// board is a preview as one looks at it: the filters, the table, and both
// versions of the row that is selected. The pages of the preview and of an undo
// are two uses of it.
type board struct {
	w      *Window
	ticks  bool
	view   *model.PreviewView
	object *fyne.Container

	chips  map[localapi.Group]*part.Chip
	bar    *fyne.Container
	search *part.Entry
	find   *fyne.Container // the search, to stand beside the title
	table  *part.Table
	made   int // rows, so far
	all    *widget.Check
	none   *fyne.Container
	pane   *comparePane
	sorts  []model.PreviewColumn

	selected struct{ id, address string }
	// changed is called when a row was taken in or out, chosen when a person has
	// said something about rows.
	changed func()
	chosen  func(rows []localapi.Row, addresses []string, c model.RowChoice)
	// detail asks for all that is known of a row.
	detail func(r localapi.Row, address string, then func(localapi.Detail))
}

// The widths of the pane beside the table.
const (
	paneWidth       float32 = 304
	paneNarrow      float32 = 256
	paneNarrowBelow float32 = 960
)

func newBoard(w *Window, ticks bool) *board {
	b := &board{w: w, ticks: ticks, chips: map[localapi.Group]*part.Chip{}, view: model.NewPreviewView(localapi.Preview{}, nil)}
	b.changed = func() {}
	b.bar = container.New(layout.NewRowWrapLayoutWithCustomPadding(6, 6))
	for _, g := range model.PreviewGroups() {
		c := part.NewChip(model.GroupName(g), g == localapi.GroupDecide, func() { b.filter(g) })
		b.chips[g] = c
		b.bar.Add(c)
	}
	b.search = part.NewEntry(say.T("Search entries and colleagues"))
	b.search.SetIcon(part.IconResource("search", theme.ColorNamePlaceHolder))
	b.search.OnChanged = func(text string) { b.view.Search(text); b.rearranged() }
	b.find = part.Narrow(240, b.search)
	b.find.Hide()
	b.makeTable()
	b.none = container.NewStack()
	b.none.Hide()
	b.pane = newComparePane(b)
	list := part.Panel(container.NewStack(b.table.Object, b.none))
	b.object = container.New(boardLayout{}, b.bar, container.New(paneLayout{}, list, b.pane.object))
	return b
}

func (b *board) makeTable() {
	var head fyne.CanvasObject
	b.all, head = headTick(func(on bool) { b.view.TickShown(on); b.ticked() })
	sort := func(c model.PreviewColumn) func() {
		return func() { b.view.SortBy(c); b.rearranged() }
	}
	columns := []part.TableColumn{
		{Width: 40, Head: head},
		{Title: say.T("Entry"), Width: 178, Grow: 2, Sort: sort(model.ByEntry)},
		{Title: say.T("Colleague"), Width: 120, Grow: 1, Drop: true, Sort: sort(model.ByPerson)},
		{Title: say.T("What happens"), Width: 152, Sort: sort(model.ByWhat)},
		{Title: say.T("Why"), Width: 158, Grow: 3, Sort: sort(model.ByWhy)},
	}
	b.sorts = []model.PreviewColumn{model.ByTime, model.ByEntry, model.ByPerson, model.ByWhat, model.ByWhy}
	cells := (*previewRow).cells
	if !b.ticks { // an undo is one person's, and is done whole
		columns = slices.Delete(columns, 2, 3)[1:]
		b.sorts = slices.Delete(b.sorts, 2, 3)[1:]
		cells = func(r *previewRow) []fyne.CanvasObject { return slices.Delete(r.cells(), 2, 3)[1:] }
	}
	b.table = part.NewTable(part.RowTwoLines, columns, b.length, func() []fyne.CanvasObject {
		r := newPreviewRow(b.tick)
		b.made++
		made := cells(r)
		made[0] = newCarrier(r, made[0])
		return made
	}, func(i int, cells []fyne.CanvasObject) { carried[*previewRow](cells).set(i, b.view.Line(i, b.w.Now())) })
	b.table.Tint = func(i int) fyne.ThemeColorName {
		if b.view.Changed(i) {
			return part.ColorWarningSoft
		}
		return ""
	}
	b.table.List.OnSelected = b.selectRow
}

func (b *board) length() int { return b.view.Len() }

// show puts another preview there; what was looked at, and how, stays.
func (b *board) show(v *model.PreviewView) {
	v.Looks(b.view)
	b.view = v
	b.rearranged()
}

// filter shows one group alone.
func (b *board) filter(g localapi.Group) {
	b.view.Filter(g)
	b.rearranged()
}

// rearranged draws what is shown now.
func (b *board) rearranged() {
	for g, c := range b.chips {
		c.Set(b.view.Count(g), g == b.view.Group())
		show(c, b.ticks || g == "" || b.view.Count(g) > 0)
	}
	b.empty()
	b.object.Layout.Layout(b.object.Objects, b.object.Size()) // a count has another width
	show(b.find, b.view.All() > searchFrom)
	by, down := b.view.Sorted()
	column := -1
	for i, c := range b.sorts {
		if c == by && by != model.ByTime {
			column = i
		}
	}
	b.table.SetSorted(column, down)
	b.table.List.UnselectAll()
	b.table.List.Refresh()
	if b.table.List.GetScrollOffset() > 0 {
		b.table.List.ScrollToTop()
	}
	place := b.view.Place(b.selected.id, b.selected.address)
	if place < 0 && b.view.Len() > 0 {
		place = 0
	}
	if place < 0 {
		b.pane.clear()
	} else {
		b.table.List.Select(place)
	}
	b.headTick()
	b.changed()
}

// empty says why there is no row.
func (b *board) empty() {
	b.none.RemoveAll()
	show(b.none, b.view.Len() == 0)
	for _, o := range []fyne.CanvasObject{b.bar, b.table.Object, b.pane.object} {
		show(o, b.view.All() > 0) // with nothing to look at there is nothing to look with
	}
	if b.view.Len() > 0 {
		return
	}
	switch {
	case b.view.All() == 0:
		b.none.Add(part.Empty("ok", say.T("Nothing to do"), say.T("Both calendars of everybody are as they should be."), nil))
	default:
		b.none.Add(part.Empty("search", say.T("No entry fits"), say.T("Look under another filter, or for another word."), nil))
	}
}

// tick takes a row in or out.
func (b *board) tick(place int, on bool) {
	if place < b.view.Len() && b.view.Tick(place, on) {
		b.ticked()
	}
}

// ticked draws what depends on what is ticked.
func (b *board) ticked() {
	b.headTick()
	b.table.List.Refresh()
	b.changed()
}

// headTick shows in the head whether all rows are ticked.
func (b *board) headTick() {
	all, free := b.view.ShownTicked()
	was := b.all.OnChanged
	b.all.OnChanged = nil
	b.all.SetChecked(all && b.view.Len() > 0)
	b.all.OnChanged = was
	if free {
		b.all.Enable()
	} else {
		b.all.Disable()
	}
}

// selectRow shows both versions of a row.
func (b *board) selectRow(place widget.ListItemID) {
	if place >= b.view.Len() {
		return
	}
	r, name, address := b.view.At(place)
	b.selected.id, b.selected.address = r.ID, address
	b.pane.set(place, model.DetailOf(r, address), name)
	if b.detail == nil {
		return
	}
	b.detail(r, address, func(d localapi.Detail) {
		if b.selected.id == r.ID && b.selected.address == address {
			if at := b.view.Place(r.ID, address); at >= 0 {
				b.pane.set(at, d, name)
			}
		}
	})
}

// boardLayout puts the filters, if they are shown, above the rest. They wrap, so that their height
// is only known for a width.
type boardLayout struct{}

func (boardLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[1].MinSize().Width, o[0].MinSize().Height+part.GapWide+o[1].MinSize().Height)
}

func (boardLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var above float32
	if o[0].Visible() {
		o[0].Move(fyne.Position{})
		o[0].Resize(fyne.NewSize(size.Width, o[0].Size().Height))
		o[0].Refresh()
		height := o[0].MinSize().Height
		o[0].Resize(fyne.NewSize(size.Width, height))
		above = height + part.GapWide
	}
	o[1].Move(fyne.NewPos(0, above))
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-above, 0)))
}

// paneLayout puts the pane, if it is shown, at the right of the table.
type paneLayout struct{}

func (paneLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(paneNarrow+320, max(o[0].MinSize().Height, 200))
}

func (paneLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	if !o[1].Visible() {
		o[0].Resize(size)
		return
	}
	width := paneWidth
	if size.Width < paneNarrowBelow {
		width = paneNarrow
	}
	o[0].Resize(fyne.NewSize(size.Width-width-part.GapWide, size.Height))
	o[1].Move(fyne.NewPos(size.Width-width, 0))
	o[1].Resize(fyne.NewSize(width, size.Height))
}
