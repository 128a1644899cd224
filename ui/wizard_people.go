package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// peopleStep chooses who takes part.
type peopleStep struct {
	z      *wizard
	search *part.Entry
	filter *widget.Select
	all    *part.Button
	table  *part.Table
	place  *fyne.Container
	shown  []model.MatchRow
	cells  rows[*matchCells]
}

// matchCells are the cells of one row.
type matchCells struct {
	tick    *widget.Check
	avatar  *part.Avatar
	name    *part.Text
	mailbox *part.Text
	state   *part.Status
	row     int
}

func (s *peopleStep) content() fyne.CanvasObject {
	s.cells = rows[*matchCells]{}
	s.search = part.NewEntry(say.T("Find a colleague"))
	s.search.SetIcon(part.IconResource("search", theme.ColorNamePlaceHolder))
	s.search.OnChanged = func(string) { s.refresh() }
	s.filter = widget.NewSelect(nil, func(string) { s.refresh() })
	s.all = part.NewButton(say.T("Tick all"), "", part.Medium, s.tickAll)
	var pilot *part.Button
	pilot = part.NewMenuButton(say.T("Choose pilot group"), part.Medium, func() { below(s.z.w.win.Canvas(), pilot, s.pilots()) })
	s.table = part.NewTable(part.RowPerson, []part.TableColumn{
		{Width: 42},
		{Title: say.T("Colleague in Severa"), Width: 214, Grow: 2},
		{Title: say.T("Mailbox"), Width: 170, Grow: 2},
		{Title: say.T("Match"), Width: 180, Grow: 2},
	}, func() int { return len(s.shown) }, s.newCells, s.set)
	s.table.List.OnSelected = func(i widget.ListItemID) {
		s.table.List.Unselect(i)
		s.flip(i)
	}
	s.place = container.NewStack(part.Panel(s.table.Object))
	// The field gives way to buttons with longer words.
	choose := part.AtMost(378, part.Wide(part.Gap, 0, s.search, part.Narrow(150, part.Bordered(s.filter))))
	bar := part.Wide(part.Gap, 0, choose, pilot, s.all)
	return container.NewBorder(part.Column(0, bar, part.Tall(part.GapWide, container.NewStack())), nil, nil, nil, s.place)
}

func (s *peopleStep) newCells() []fyne.CanvasObject {
	c := &matchCells{
		tick: widget.NewCheck("", nil), avatar: part.NewAvatar(""), name: part.Bold(""),
		mailbox: part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder}), state: part.NewStatus(part.StateNone, "", part.Style{Two: true}),
	}
	cells := []fyne.CanvasObject{part.Tick(c.tick), part.Wide(part.GapWide, 1, c.avatar.Object, c.name), c.mailbox, c.state.Object}
	s.cells[cells[0]] = c
	return cells
}

func (s *peopleStep) set(i int, cells []fyne.CanvasObject) {
	c, r := s.cells.of(cells), s.shown[i]
	c.row = i
	c.tick.OnChanged = nil
	c.tick.SetChecked(s.z.ticked[model.MatchAddress(r.Match)])
	if r.Usable {
		c.tick.Enable()
	} else {
		c.tick.Disable()
	}
	c.tick.OnChanged = func(bool) { s.flip(c.row) }
	c.avatar.Set(r.Name, false)
	style := part.Style{Bold: r.Usable}
	if !r.Usable {
		style.Color = theme.ColorNamePlaceHolder
	}
	c.name.Set(r.Name, style)
	c.mailbox.SetText(r.Mailbox)
	state := checkState(r.State)
	if r.Match.State == localapi.MatchOptedOut {
		state = part.StateSkipped
	}
	c.state.Set(state, r.Say)
}

// flip ticks a row, or no longer does.
func (s *peopleStep) flip(i int) {
	if i >= len(s.shown) || !s.shown[i].Usable {
		return
	}
	a := model.MatchAddress(s.shown[i].Match)
	s.z.ticked[a] = !s.z.ticked[a]
	s.refresh()
}

func (s *peopleStep) tickAll() {
	for _, m := range s.z.matches {
		if m.State == localapi.MatchBoth {
			s.z.ticked[model.MatchAddress(m)] = true
		}
	}
	s.refresh()
}

// pilots offers groups to begin with.
func (s *peopleStep) pilots() *fyne.Menu {
	var items []*fyne.MenuItem
	for _, n := range model.PilotSizes(s.z.matches) {
		items = append(items, fyne.NewMenuItem(say.N("The first colleague", "The first {{.N}} colleagues", n), func() {
			s.z.ticked = model.Pilot(s.z.matches, n)
			s.refresh()
		}))
	}
	items = append(items, fyne.NewMenuItem(say.T("Nobody"), func() { s.z.ticked = map[string]bool{}; s.refresh() }))
	return fyne.NewMenu("", items...)
}

func (s *peopleStep) show() {
	s.z.hint.SetText(say.T("Looking for your colleagues"))
	s.z.find(func(err error) {
		if err != nil {
			s.z.hint.SetText("")
			return
		}
		s.filter.Options = model.MatchFilters(s.z.matches)
		s.filter.SetSelectedIndex(0)
		s.all.SetText(say.N("Tick the one matched", "Tick all {{.N}} matched", model.MatchedCount(s.z.matches)))
		s.refresh()
	})
}

func (s *peopleStep) refresh() {
	s.shown = model.MatchRows(s.z.matches, model.MatchFilter(max(s.filter.SelectedIndex(), 0)), s.search.Text)
	s.place.Objects = []fyne.CanvasObject{part.Panel(s.table.Object)}
	if len(s.shown) == 0 {
		note := say.T("Search for another name, or show all.")
		if len(s.z.matches) == 0 {
			note = say.T("Severa has no active users with an e-mail address.")
		}
		s.place.Objects = []fyne.CanvasObject{part.Panel(part.Empty("people", say.T("Nobody here"), note, nil))}
	}
	s.place.Refresh()
	s.table.List.Refresh()
	s.z.hint.SetText(model.Partakers(s.z.matches, s.z.ticked))
	s.z.dress()
}

func (s *peopleStep) collect() {
	if s.z.matches != nil {
		s.z.draft.Person = model.DraftPeople(s.z.draft.Person, s.z.matches, s.z.ticked)
	}
}

func (s *peopleStep) keys() []string { return []string{"person", "people"} }

func (s *peopleStep) wrong(ps []localapi.FieldProblem) {
	if len(ps) > 0 {
		s.z.tell(model.Advice{What: model.FieldWrong(ps[0])})
	}
}

func (s *peopleStep) forward(then func()) { then() }

func (s *peopleStep) first() fyne.Focusable { return nil }
