package ui

import (
	"context"
	"fmt"
	"strings"
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
	tray   *fyne.Container // says that the desktop shows no icon
	table  *part.Table
	body   *fyne.Container
	below  *fyne.Container // what the times in the table mean
	nobody *fyne.Container // stands in the place of an empty table
	pause  *part.Button
	sync   *part.Button
	rows   rows[*overviewRow]
	people []model.OverviewPerson
	paused bool
	// reminds: the banner says that the setup is not finished.
	reminds bool
	cards   [3]*part.Card // both connections, and today
	runs    []localapi.Run
	seen    string // what of the status today was last counted for
}

func newOverview(w *Window) page { return &overview{w: w, rows: rows[*overviewRow]{}} }

func (p *overview) content() fyne.CanvasObject {
	p.icon = part.NewPicture(32)
	p.banner, p.tray = container.NewVBox(), container.NewVBox()
	var box fyne.CanvasObject
	box, p.title, p.note = titled(say.T("Asking the agent"), "")
	title := part.Wide(part.GapWide, 1, p.icon, box)

	p.sync = part.NewButton(say.T("Sync now"), "sync", part.Main, func() { p.syncNow(nil) })
	p.pause = part.NewMenuButton(say.T("Pause"), part.Medium, p.askPause)
	look := part.NewButton(say.T("Preview changes"), "", part.Low, func() { p.w.Show(model.PagePreview) })
	actions := []fyne.CanvasObject{look, p.pause, p.sync}
	cards := container.New(evenLayout{gap: part.GapWide})
	for i := range p.cards {
		p.cards[i] = part.NewCard(func() { p.lead(i) })
		cards.Add(p.cards[i])
	}

	p.table = part.NewTable(part.RowPerson, []part.TableColumn{
		{Title: say.T("Calendar"), Width: 200, Grow: 3},
		{Title: say.T("From Severa"), Width: 112, Grow: 1},
		{Title: say.T("From Outlook"), Width: 118, Grow: 1},
		{Title: say.T("State"), Width: 200, Grow: 3},
		{Title: say.T("Next check"), Width: 140, Grow: 1},
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
	p.body = container.New(snugLayout{func() int { return len(p.people) }, part.RowPerson}, part.Panel(p.table.Object))
	add := part.NewButton(say.T("Add colleagues"), "add", part.Link, p.w.addColleagues)
	p.below = part.Wide(part.Gap, 0, part.Caption(say.T("Times show when the last change came in. Point at one for the exact time.")), add)
	top := part.Column(part.GapBlocks, cards, container.NewStack())
	p.nobody = container.NewStack(part.Empty("people", say.T("Nobody is switched on"), say.T("Switch somebody on under People."),
		part.NewButton(say.T("Add colleagues"), "add", part.Medium, p.w.addColleagues)))
	p.nobody.Hide()
	body := container.NewBorder(part.Column(0, p.tray, p.banner, top), p.below, nil, nil, p.body, p.nobody)
	return sheet(title, actions, body, nil)
}

// lead leads to where a card's matter is.
func (p *overview) lead(card int) {
	if card < len(p.cards)-1 {
		p.w.Show(model.PageConnections)
		return
	}
	p.w.Show(model.PageHistory)
}

func (p *overview) open() {
	p.count()
	p.unfinished()
	p.unseen()
}

// unseen tells whom the desktop shows no icon how to come back to this window.
func (p *overview) unseen() {
	background(p.w, func(ctx context.Context) (localapi.Prefs, error) { return p.w.Agent.Prefs(ctx) },
		func(got localapi.Prefs, err error) {
			p.tray.RemoveAll()
			if err == nil && got.NoTray {
				what, do := model.NoTray()
				p.tray.Add(part.Column(part.GapBlocks, part.Banner(part.ToneInfo, "info", what, do), container.NewStack()))
			}
			p.tray.Refresh()
		})
}

// unfinished tells that the setup has not been gone through, and leads back to it.
func (p *overview) unfinished() {
	background(p.w, func(ctx context.Context) (localapi.Setup, error) { return p.w.Agent.Setup(ctx) },
		func(s localapi.Setup, err error) {
			if err != nil {
				return // the state of the office says what is wrong
			}
			if s.SetUp && !s.Kept {
				if p.reminds {
					p.say(nil)
				}
				p.reminds = false
				return
			}
			p.reminds = true
			p.banner.Objects = []fyne.CanvasObject{part.Column(part.GapBlocks,
				part.Banner(part.ToneInfo, "info", say.T("The setup is not finished."), say.T("What was typed is kept, and nothing is written to a calendar before its last page."),
					part.NewButton(say.T("Go on with the setup"), "play", part.Medium, func() { p.w.Show(model.PageSetup) })),
				container.NewStack())}
			p.banner.Refresh()
		})
}

// count asks what was done today.
func (p *overview) count() {
	background(p.w, func(ctx context.Context) ([]localapi.Run, error) { return p.w.Agent.Runs(ctx, runsOfADay) },
		func(runs []localapi.Run, err error) {
			if err != nil {
				return // the state of the office says what is wrong
			}
			p.runs = runs
			p.today()
		})
}

// runsOfADay is more runs than write anything within a day.
const runsOfADay = 2000

func (p *overview) today() {
	c := model.Today(p.runs, p.w.Now())
	p.cards[2].Set(c.Icon, c.Title, c.Note, part.StateNone)
}

func (p *overview) update(s office.Status) {
	o := model.OverviewOf(s, p.w.Now())
	icon, color := stateOfOffice(s).Look()
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
	for i, c := range model.OverviewCards(s) {
		state := part.StateWaiting
		if c.Asked {
			state = stateOf(c.Health)
		}
		p.cards[i].Set(c.Icon, c.Title, c.Note, state)
	}
	p.today()
	if now := cameKey(s); now != p.seen {
		p.seen = now
		p.count()
	}
	p.table.List.Refresh()
	p.body.Refresh()
	show(p.body, len(o.People) > 0)
	show(p.below, len(o.People) > 0)
	show(p.nobody, len(o.People) == 0)
}

// cameKey changes whenever something has come over.
func cameKey(s office.Status) string {
	var b strings.Builder
	for _, p := range s.People {
		fmt.Fprintln(&b, p.ID, p.Came)
	}
	return b.String()
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
		p.banner.Add(part.Column(0, part.Banner(part.ToneWarning, "attention", a.What, a.Do), part.Tall(part.GapBlocks, container.NewStack())))
	}
	p.banner.Refresh()
}
