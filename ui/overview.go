package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// overview is how the office is doing: one sentence, and a row for each person.
type overview struct {
	w      *Window
	icon   *part.Picture
	title  *part.Text
	note   *part.Text
	banner *fyne.Container
	table  *part.Table
	body   *fyne.Container
	pause  *part.Button
	sync   *part.Button
	rows   rows[*overviewRow]
	people []model.OverviewPerson
	paused bool
}

func newOverview(w *Window) page { return &overview{w: w, rows: rows[*overviewRow]{}} }

func (p *overview) content() fyne.CanvasObject {
	p.icon = part.NewPicture(32)
	p.banner = container.NewVBox()
	var box fyne.CanvasObject
	box, p.title, p.note = titled(say.T("Asking the agent"), "")
	title := part.Wide(part.GapWide, 1, p.icon, box)

	p.sync = part.NewButton(say.T("Sync now"), "sync", part.Main, func() { p.syncNow(nil) })
	p.pause = part.NewButton(say.T("Pause"), "paused", part.Medium, p.askPause)
	actions := []fyne.CanvasObject{p.pause, p.sync}

	p.table = part.NewTable(part.RowPerson, []part.TableColumn{
		{Title: say.T("Calendar"), Width: 220, Grow: 2},
		{Title: say.T("Last check"), Width: 120, Grow: 1},
		{Title: say.T("State"), Width: 240, Grow: 3},
		{Title: say.T("Next check"), Width: 120, Grow: 1},
	}, func() int { return len(p.people) }, func() []fyne.CanvasObject {
		r := newOverviewRow()
		cells := r.cells()
		p.rows[cells[0]] = r
		return cells
	}, func(i int, cells []fyne.CanvasObject) { p.rows.of(cells).set(p.people[i]) })
	p.table.List.OnSelected = func(i widget.ListItemID) {
		p.table.List.UnselectAll()
		if page := p.people[i].Page; page != "" {
			p.w.Show(page)
		}
	}
	p.body = container.NewStack(part.Panel(p.table.Object))
	return sheet(title, actions, container.NewBorder(p.banner, nil, nil, nil, p.body), nil)
}

func (p *overview) open() {}

func (p *overview) update(s office.Status) {
	o := model.OverviewOf(s, p.w.Now())
	icon, color := stateOf(s.Health).Look()
	p.icon.Set(icon, color)
	p.title.SetText(o.Title)
	p.note.SetText(o.Note)
	p.people = o.People
	p.sync.SetUsable(!s.Syncing && len(o.People) > 0)
	p.paused = o.Paused
	if p.paused {
		p.pause.SetText(say.T("Resume"))
	} else {
		p.pause.SetText(say.T("Pause"))
	}
	p.table.List.Refresh()
}

func (p *overview) syncNow(who []string) {
	background(p.w, func(ctx context.Context) (localapi.Summary, error) {
		return p.w.Agent.Sync(ctx, localapi.SyncRequest{Who: who})
	}, func(_ localapi.Summary, err error) { p.say(err) })
}

// askPause offers how long to pause, or resumes.
func (p *overview) askPause() {
	if p.paused {
		p.pauseUntil(time.Time{})
		return
	}
	var items []*fyne.MenuItem
	for _, c := range model.PauseChoices(p.w.Now()) {
		items = append(items, fyne.NewMenuItem(c.Label, func() { p.pauseUntil(c.Until) }))
	}
	below(p.w.win.Canvas(), p.pause, fyne.NewMenu("", items...))
}

func (p *overview) pauseUntil(until time.Time) {
	background(p.w, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.w.Agent.Pause(ctx, until)
	}, func(_ struct{}, err error) { p.say(err) })
}

// say shows why a command was not done.
func (p *overview) say(err error) {
	p.banner.RemoveAll()
	if err != nil {
		a := model.Failure(err)
		p.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	}
	p.banner.Refresh()
}
