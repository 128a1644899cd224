package ui

import (
	"context"
	"os/user"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// people is who takes part.
type people struct {
	w      *Window
	status office.Status
	people []localapi.Person
	shown  []model.PersonRow
	ticked map[string]bool // by address
	chosen model.PeopleFilter
	cells  rows[*personRow]
	seen   string
	loaded bool
	reading
	busy bool
	exam *peopleExam

	note   *part.Text
	banner *fyne.Container
	search *part.Entry
	filter *widget.Select
	all    *part.Button
	table  *part.Table
	box    *fyne.Container // the table, or that nobody is like that
	panel  fyne.CanvasObject
	body   *fyne.Container
	count  *part.Text
	on     *part.Button
	off    *part.Button
	both   *part.Button // examine, and switch on who passes
	foot   fyne.CanvasObject
}

func newPeople(w *Window) page {
	p := &people{w: w, ticked: map[string]bool{}, cells: rows[*personRow]{}}
	p.exam = newPeopleExam(p)
	return p
}

func (p *people) content() fyne.CanvasObject {
	var title fyne.CanvasObject
	title, _, p.note = titled(say.T("People"), "")
	p.banner = container.NewVBox()
	p.banner.Hide()
	p.search = part.NewEntry(say.T("Find a colleague"))
	p.search.SetIcon(part.IconResource("search", theme.ColorNamePlaceHolder))
	p.search.OnChanged = func(string) { p.show() }
	p.filter = widget.NewSelect(nil, func(string) { p.chosen = model.PeopleFilter(max(p.filter.SelectedIndex(), 0)); p.show() })
	p.all = part.NewButton(say.T("Tick all"), "", part.Medium, p.tickAll)
	p.table = part.NewTable(part.RowTwoLines, []part.TableColumn{
		{Width: 44},
		{Title: say.T("Colleague"), Width: 190, Grow: 4},
		{Title: say.T("State"), Width: 176, Grow: 2},
		{Title: say.T("Examined"), Width: 140, Grow: 1},
		{Title: say.T("Switched"), Width: 130, Grow: 2},
		{Width: 96},
	}, func() int { return len(p.shown) }, func() []fyne.CanvasObject {
		r := p.newRow()
		cells := r.cells()
		p.cells[cells[0]] = r
		return cells
	}, func(i int, cells []fyne.CanvasObject) { p.cells.of(cells).set(p.shown[i]) })
	p.table.List.OnSelected = func(i widget.ListItemID) {
		p.table.List.UnselectAll()
		p.tick(p.shown[i].Address, !p.ticked[p.shown[i].Address])
	}
	p.panel = part.Panel(p.table.Object)
	p.box = container.NewStack(part.Panel(part.Empty("waiting", say.T("Asking the agent"), "", nil)))

	bar := part.Row(part.Gap, part.Narrow(240, p.search), part.Narrow(190, part.Bordered(p.filter)), part.Between(), p.all)
	add := part.NewButton(say.T("Add colleagues"), "add", part.Medium, p.w.addColleagues)
	things := part.NewButton(say.T("Rooms and cars"), "room", part.Medium, p.resources)
	p.body = container.NewBorder(part.Column(part.GapWide, p.banner, bar, container.NewStack()), nil, nil, nil, p.box)
	p.count = part.Quiet("")
	p.off = part.NewButton(say.T("Switch off"), "", part.Medium, func() { p.turn(false) })
	p.on = part.NewButton(say.T("Switch on"), "", part.Main, func() { p.turn(true) })
	p.both = part.NewButton(say.N("Examine {{.N}}", "Examine {{.N}}", 0), "shield", part.Medium, p.exam.begin)
	p.foot = part.Footer(p.count, p.off, p.both, p.on)
	p.foot.Hide()
	return container.New(footLayout{}, sheet(title, []fyne.CanvasObject{things, add}, p.body, nil), container.NewStack(p.foot))
}

// addColleagues leads to where colleagues are added.
func (w *Window) addColleagues() { w.SetUpAt(model.StepPeople) }

func (p *people) open() {
	p.load()
	p.exam.load()
}

func (p *people) update(s office.Status) {
	p.status = s
	p.show()
	if now := attentionKey(s); now != p.seen {
		p.seen = now
		p.load()
	}
}

func (p *people) load() {
	read(p.w, &p.reading, func(ctx context.Context) ([]localapi.Person, error) { return p.w.Agent.People(ctx) }, func(all []localapi.Person, err error) {
		if err != nil {
			p.say(err)
			return
		}
		p.people, p.loaded = all, true
		p.filter.Options = model.PeopleFilters(all)
		p.filter.Selected = p.filter.Options[p.chosen]
		p.filter.Refresh()
		p.note.SetText(model.PeopleNote(all))
		p.show()
		p.exam.remind()
	})
}

// show puts the people that the filter leaves into the table.
func (p *people) show() {
	if !p.loaded {
		return
	}
	p.shown = model.PeopleRows(p.people, p.status, p.chosen, p.search.Text, p.w.Now())
	now := p.panel
	switch {
	case len(p.people) == 0:
		now = part.Panel(part.Empty("people", say.T("Nobody is known yet"),
			say.T("People stand here once both systems have been looked at."), part.NewButton(say.T("Add colleagues"), "add", part.Medium, p.w.addColleagues)))
	case len(p.shown) == 0:
		now = part.Panel(part.Empty("search", say.T("Nobody is like that"), say.T("Search for another name, or choose All."), nil))
	}
	p.box.Objects = []fyne.CanvasObject{now}
	p.box.Refresh()
	p.table.List.Refresh()
	p.dress()
}

// dress shows what is ticked, and what could be done with it.
func (p *people) dress() {
	on, off := p.chosenPeople()
	all := 0
	for _, r := range p.shown {
		if !r.Out {
			all++
		}
	}
	p.all.SetText(say.N("Tick {{.N}} shown", "Tick all {{.N}} shown", all))
	p.all.SetUsable(all > 0)
	n := len(on) + len(off)
	p.count.SetText(say.N("{{.N}} ticked", "{{.N}} ticked", n))
	p.name(p.on, len(on), say.N("Switch {{.N}} on", "Switch {{.N}} on", len(on)))
	p.name(p.off, len(off), say.N("Switch {{.N}} off", "Switch {{.N}} off", len(off)))
	p.exam.dress(p.both)
	if n > 0 {
		show(p.foot, true)
	} else {
		p.foot.Hide()
	}
	p.w.place.Refresh()
}

func (p *people) name(b *part.Button, n int, text string) {
	b.SetText(text)
	b.SetUsable(!p.busy)
	if n > 0 {
		show(b, true)
	} else {
		b.Hide()
	}
}

// chosenPeople are those who are ticked: whom to switch on, and whom off.
func (p *people) chosenPeople() (on, off []string) {
	for _, who := range p.people {
		switch {
		case !p.ticked[who.Address] || who.OptedOut:
		case who.Enabled:
			off = append(off, who.Address)
		default:
			on = append(on, who.Address)
		}
	}
	return on, off
}

func (p *people) tick(address string, on bool) {
	for _, who := range p.people {
		if who.Address == address && who.OptedOut {
			on = false // only that person may take it back
		}
	}
	p.ticked[address] = on
	p.table.List.Refresh()
	p.dress()
}

// tickAll ticks everybody whom the filter leaves; if all are, it takes it back.
func (p *people) tickAll() {
	all := true
	for _, r := range p.shown {
		all = all && (p.ticked[r.Address] || r.Out)
	}
	for _, r := range p.shown {
		p.ticked[r.Address] = !all && !r.Out
	}
	p.table.List.Refresh()
	p.dress()
}

// turn switches those who are ticked on or off.
func (p *people) turn(on bool) {
	who, off := p.chosenPeople()
	if !on {
		who = off
	}
	p.do(func(ctx context.Context, by string) error {
		for _, address := range who {
			if _, err := p.w.Agent.Switch(ctx, address, on, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// do asks the agent for something about people, and shows what they are then.
func (p *people) do(ask func(ctx context.Context, by string) error) {
	p.busy = true
	p.banner.Hide()
	p.dress()
	background(p.w, func(ctx context.Context) (struct{}, error) { return struct{}{}, ask(ctx, whoami()) }, func(_ struct{}, err error) {
		p.busy = false
		if err != nil {
			p.say(err)
		} else {
			p.ticked = map[string]bool{}
		}
		p.dress()
		p.load()
	})
}

// whoami is what is noted as who switched somebody.
func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "lockstep"
}

// menu is what can be done about one person.
func (p *people) menu(r model.PersonRow, under fyne.CanvasObject) {
	var items []*fyne.MenuItem
	one := func(label string, ask func(ctx context.Context, by string) error) {
		items = append(items, fyne.NewMenuItem(label, func() { p.do(ask) }))
	}
	switchTo := func(on bool) func(context.Context, string) error {
		return func(ctx context.Context, by string) error {
			_, err := p.w.Agent.Switch(ctx, r.Address, on, by)
			return err
		}
	}
	optOut := func(out bool) func(context.Context, string) error {
		return func(ctx context.Context, by string) error {
			_, err := p.w.Agent.OptOut(ctx, r.Address, out, by)
			return err
		}
	}
	switch {
	case r.Out:
		one(say.T("Wants to take part again"), optOut(false))
	case r.Resource && r.On:
		one(say.T("Switch off"), switchTo(false))
		one(say.T("Take its copies out of the mailbox"), func(ctx context.Context, by string) error {
			_, err := p.w.Agent.UnpairResource(ctx, localapi.UnpairResourceRequest{Resource: r.Address, Copies: true, By: by})
			return err
		})
	case r.Resource:
		one(say.T("Switch on"), switchTo(true))
	case r.On:
		one(say.T("Switch off"), switchTo(false))
		one(say.T("Wants to be left out"), optOut(true))
	default:
		one(say.T("Switch on"), switchTo(true))
		one(say.T("Wants to be left out"), optOut(true))
	}
	if model.ExamOf(p.exam.found, r.Address).Alert.What != "" {
		items = append(items, fyne.NewMenuItem(say.T("What the examination found"), func() { p.exam.explain(r) }))
	}
	below(p.w.win.Canvas(), under, fyne.NewMenu("", items...))
}

// say shows why something was not done.
func (p *people) say(err error) {
	a := model.Failure(err)
	p.banner.RemoveAll()
	p.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	show(p.banner, true)
	p.body.Refresh()
}

// personRow is a row of the people; its cells serve one after another.
type personRow struct {
	page   *people
	shown  model.PersonRow
	tick   *widget.Check
	avatar *part.Avatar
	name   *part.TwoLines
	state  *part.Status
	icon   *part.Picture
	exam   *part.TwoLines
	by     *part.TwoLines
	change *part.Button
}

func (p *people) newRow() *personRow {
	r := &personRow{
		page: p, avatar: part.NewAvatar(""), name: part.NewTwoLines(),
		state: part.NewStatus(part.StateNone, "", part.Style{Two: true}), icon: part.NewPicture(18), exam: part.NewTwoLines(), by: part.NewTwoLines(),
	}
	r.tick = widget.NewCheck("", func(on bool) { p.tick(r.shown.Address, on) })
	r.exam.First.Restyle(part.Style{})
	r.by.First.Restyle(part.Style{Color: theme.ColorNamePlaceHolder})
	r.change = part.NewButton(say.T("Change"), "", part.Link, func() { p.menu(r.shown, r.change) })
	return r
}

func (r *personRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		part.Tick(r.tick), part.Wide(part.GapWide, 1, r.avatar.Object, r.name.Object), r.state.Object,
		part.Wide(part.Gap, 1, r.icon, r.exam.Object), r.by.Object, r.change,
	}
}

func (r *personRow) set(m model.PersonRow) {
	r.shown = m
	if on := r.page.ticked[m.Address]; r.tick.Checked != on {
		r.tick.Checked = on
		r.tick.Refresh()
	}
	if m.Out {
		r.tick.Disable()
	} else {
		r.tick.Enable()
	}
	r.avatar.Set(m.Name, m.Resource)
	r.name.Set(m.Name, m.Known())
	x := model.ExamOf(r.page.exam.found, m.Address)
	if m.Out || m.Resource {
		x = model.PersonExam{} // nobody examines them
	}
	r.icon.Set(checkState(x.State).Look())
	show(r.icon, x.Word != "")
	r.exam.Set(x.Word, x.When)
	r.by.Set(m.Switched, m.Way)
	state := stateOf(m.Health)
	if !m.On || m.Fresh {
		state = part.StateWaiting
	}
	if m.Out {
		state = part.StateSkipped
	}
	r.state.Set(state, m.State)
}
