package ui

import (
	"io"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// lookedThrough is how many of the newest runs are searched for an entry, and
// for what happened to one before.
const lookedThrough = 300

// history is what was done: the runs, what each did, and why.
type history struct {
	w       *Window
	runs    []localapi.Run
	changes map[int64][]localapi.Change // of the runs that have been looked at
	groups  []model.PastRun
	items   []model.PastItem // of the run that is shown
	shown   []model.PastItem // those of them that the filter leaves
	deed    model.Deed
	key     int64 // of the run that is shown; 0: none yet
	picked  int64 // the change that is shown
	who     string
	seen    string
	loaded  bool
	reading
	looking bool
	looked  bool // the newest runs have been looked through

	box    *fyne.Container
	split  fyne.CanvasObject
	search *part.Entry
	people *widget.Select
	colls  []model.RunColleague
	list   *widget.List
	cells  rows[*runRow]
	title  *part.Text
	note   *part.Text
	banner *fyne.Container
	chips  map[model.Deed]*part.Chip
	table  *part.Table
	rows   *fyne.Container // the table, or that there is nothing in it
	panel  fyne.CanvasObject
	none   fyne.CanvasObject
	lines  rows[*itemRow]
	find   *part.Entry
	detail *fyne.Container
	undo   *part.Button
	csv    *part.Button
}

func newHistory(w *Window) page {
	return &history{w: w, changes: map[int64][]localapi.Change{}, cells: rows[*runRow]{}, lines: rows[*itemRow]{}, chips: map[model.Deed]*part.Chip{}}
}

func (p *history) content() fyne.CanvasObject {
	side := container.NewBorder(nil, nil, nil, part.Narrow(1, part.NewArea(theme.ColorNameSeparator, "", 0)), p.left())
	p.undo = part.NewButton(say.T("Preview undo"), "undo", part.Medium, p.askUndo)
	p.csv = part.NewButton(say.T("Export CSV"), "", part.Low, p.export)
	foot := part.Footer(part.Quiet(say.T("An undo is shown first. What was changed since stays as it is.")), p.csv, p.undo)
	p.split = container.New(footLayout{}, container.New(splitLayout{}, side, p.right()), foot)
	p.box = container.NewStack(part.Padded(part.Margin, part.Margin, part.Empty("waiting", say.T("Asking the agent"), "", nil)))
	return p.box
}

// left is the runs.
func (p *history) left() fyne.CanvasObject {
	p.search = part.NewEntry(say.T("Colleague or entry"))
	p.search.SetIcon(part.IconResource("search", theme.ColorNamePlaceHolder))
	p.search.OnChanged = func(string) { p.look(); p.show() }
	p.people = widget.NewSelect([]string{say.T("All")}, nil)
	p.people.SetSelectedIndex(0)
	p.people.OnChanged = func(string) { p.choosePerson() }
	p.list = widget.NewList(func() int { return len(p.groups) }, func() fyne.CanvasObject {
		r := newRunRow()
		p.cells[r.object] = r
		return r.object
	}, func(i widget.ListItemID, o fyne.CanvasObject) { p.cells[o].set(p.groups[i]) })
	p.list.HideSeparators = true
	p.list.OnSelected = func(i widget.ListItemID) { p.showRun(p.groups[i].Key) }
	filter := part.Wide(part.Gap, 0, p.search, part.Narrow(96, part.Bordered(p.people)))
	top := part.Column(14, part.Padded(0, part.Gap, part.Heading(say.T("History"))), part.Padded(0, part.GapTight, filter))
	return part.Narrow(300, part.Padded(part.Margin, part.GapWide, container.NewBorder(top, nil, nil, nil, p.list)))
}

// right is what one run did.
func (p *history) right() fyne.CanvasObject {
	p.title, p.note = part.SubHeading(""), part.Quiet("")
	p.banner = container.NewVBox()
	p.banner.Hide()
	chips := part.Flow(6)
	for _, c := range []struct {
		deed model.Deed
		text string
		asks bool
	}{
		{model.DeedAny, say.T("All"), false},
		{model.DeedCreated, say.T("Created"), false},
		{model.DeedChanged, say.T("Changed"), false},
		{model.DeedDeleted, say.T("Deleted"), false},
		{model.DeedProblem, say.T("Problems"), true},
	} {
		p.chips[c.deed] = part.NewChip(c.text, c.asks, func() { p.filter(c.deed) })
		chips.Add(p.chips[c.deed])
	}
	p.find = part.NewEntry(say.T("Find an entry"))
	p.find.OnChanged = func(string) { p.filter(p.deed) }
	p.find.Hide()
	p.table = part.NewTable(part.RowOneLine, []part.TableColumn{
		{Title: say.T("Entry"), Width: 150, Grow: 4},
		{Title: say.T("Colleague"), Width: 120, Grow: 3},
		{Title: say.T("What happened"), Width: 180, Grow: 3},
	}, func() int { return len(p.shown) }, func() []fyne.CanvasObject {
		r := newItemRow()
		cells := r.cells()
		p.lines[cells[0]] = r
		return cells
	}, func(i int, cells []fyne.CanvasObject) { p.lines.of(cells).set(p.shown[i]) })
	p.table.List.OnSelected = func(i widget.ListItemID) { p.showItem(p.shown[i]) }
	p.detail = container.NewStack()
	head := part.Column(part.GapWide, part.Column(0, p.title, p.note), p.banner, chips, p.find)
	p.panel = part.Panel(p.table.Object)
	p.rows = container.NewStack(p.panel)
	p.none = part.Panel(part.Empty("history", say.T("Nothing is like that"), say.T("What a run did stays here for as long as the history is kept."), nil))
	body := container.New(halves{}, p.rows, p.detail)
	return part.Padded(part.Margin, part.Margin, container.NewBorder(part.Column(0, head, part.Tall(part.GapWide, container.NewStack())), nil, nil, nil, body))
}

// halves gives the lower thing what it needs, up to half, and the upper the rest.
type halves struct{}

func (halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	low := float32(0)
	if len(o[1].(*fyne.Container).Objects) > 0 { //nolint:forcetypeassert // right gives it
		low = size.Height * 0.46
	}
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, max(size.Height-low-14, 0)))
	o[1].Move(fyne.NewPos(0, size.Height-low))
	o[1].Resize(fyne.NewSize(size.Width, low))
}

// show puts the runs that the filter leaves into the list.
func (p *history) show() {
	if !p.loaded {
		return
	}
	if len(p.runs) == 0 {
		fill(p.box, part.Padded(part.Margin, part.Margin, part.Empty("history", say.T("Nothing has been written yet"),
			say.T("Each run stands here with what it did and why, and can be undone."), nil)))
		return
	}
	p.groups = model.PastRuns(p.runs, p.who, p.search.Text, p.found(), p.w.Now())
	fill(p.box, p.split)
	p.list.Refresh()
	at := 0
	for i, g := range p.groups {
		if g.Key == p.key {
			at = i
		}
	}
	p.list.UnselectAll()
	if len(p.groups) == 0 {
		p.showNothing()
		return
	}
	p.list.Select(at)
}

func (p *history) showNothing() {
	p.key, p.items = 0, nil
	p.title.SetText(say.T("No run is like that"))
	p.note.SetText(say.T("Search for another word, or choose All."))
	p.filter(model.DeedAny)
}

// group is the run that is shown.
func (p *history) group() (model.PastRun, bool) {
	for _, g := range p.groups {
		if g.Key == p.key {
			return g, true
		}
	}
	return model.PastRun{}, false
}

// showRun shows what a run did.
func (p *history) showRun(key int64) {
	if key != p.key {
		p.deed, p.picked = model.DeedAny, 0
	}
	p.key = key
	g, ok := p.group()
	if !ok {
		return
	}
	p.title.SetText(g.Title)
	p.note.SetText(g.Note)
	p.banner.Hide()
	p.read(g.Runs, func() {
		if p.key != key {
			return // another one has been chosen meanwhile
		}
		p.items = model.PastItems(g.Runs, p.changes)
		p.filter(p.deed)
		if slices.ContainsFunc(p.items, model.PastItem.Nameless) {
			p.nameFromBefore(g)
		}
	})
}

// filter leaves the items of one kind.
func (p *history) filter(d model.Deed) {
	p.deed = d
	counts := model.CountDeeds(p.items)
	for deed, chip := range p.chips {
		chip.Set(counts[deed], deed == d)
	}
	if len(p.items) > searchFrom {
		show(p.find, true)
	} else {
		p.find.Hide()
	}
	words := p.search.Text
	if p.find.Visible() && p.find.Text != "" {
		words = p.find.Text
	}
	p.shown = model.FilterItems(p.items, d, words)
	if len(p.shown) == 0 && words == p.search.Text {
		p.shown = model.FilterItems(p.items, d, "") // the colleague was what was found
	}
	p.rows.Objects = []fyne.CanvasObject{p.panel}
	if len(p.shown) == 0 {
		p.rows.Objects[0] = p.none
	}
	p.offerUndo()
	p.table.List.UnselectAll()
	p.table.List.Refresh()
	at := -1
	for i, it := range p.shown {
		if it.Change.Number == p.picked && p.picked != 0 {
			at = i
		}
	}
	switch {
	case len(p.shown) == 0:
		p.place(nil)
	case at < 0:
		p.table.List.ScrollToTop()
		p.table.List.Select(0)
	default:
		p.table.List.Select(at)
	}
}

func (p *history) place(o fyne.CanvasObject) {
	p.detail.RemoveAll()
	if o != nil {
		p.detail.Add(o)
	}
	p.split.Refresh()
}

func (p *history) export() {
	items := p.shown
	saveAs(p.w, "lockstep-history.csv", func(to io.Writer) error { return model.HistoryCSV(to, items) }, func(err error) {
		if err != nil {
			p.say(err)
		}
	})
}

// say shows why something was not done.
func (p *history) say(err error) {
	a := model.Failure(err)
	p.warn(a.What, a.Do)
}

func (p *history) warn(what, do string) {
	p.banner.RemoveAll()
	p.banner.Add(part.Banner(part.ToneWarning, "attention", what, do))
	show(p.banner, true)
	p.split.Refresh()
}
