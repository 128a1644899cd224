package ui

import (
	"context"
	"time"

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

// demo is the demo office: one person's week in both systems, where one can do
// what their users do and watch it cross.
type demo struct {
	w      *Window
	title  *part.Text
	people *widget.Select
	weeks  [2]*part.Week
	banner *fyne.Container
	log    *fyne.Container
	icon   *part.Picture
	state  *part.Text
	note   *part.Text
	foot   *fyne.Container

	shown  localapi.DemoState
	before localapi.DemoState // what was shown before the last change
	items  [2]map[string]model.DemoItem
	asked  localapi.DemoRequest
	seq    uint64
	loads  int // how often a week was asked for
	ended  bool
	uses   []*part.Button // what needs the demo's agent
}

func newDemo(w *Window) page { return &demo{w: w} }

// hour is an hour of the day as it is written.
func hour(h int) string { return say.Clock(time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC)) }

// sides are the two systems in the order in which they stand on the page.
func (p *demo) sides() [2]string { return [2]string{"business", "exchange"} }

func (p *demo) content() fyne.CanvasObject {
	box, title, _ := titled(say.T("Demo office"), say.T("Invented people and two simulated systems, all on this computer."))
	p.title, p.banner, p.log = title, container.NewVBox(), part.Column(0)
	p.banner.Hide()
	title.Restyle(part.Style{Bold: true, Size: "subHeadingText", Wrap: true})
	p.people = widget.NewSelect(nil, func(string) {
		if i := p.people.SelectedIndex(); i >= 0 && i < len(p.shown.People) {
			p.asked.Person = p.shown.People[i].Address
			p.load()
		}
	})
	happen := part.NewMenuButton(say.T("Let something happen"), part.Medium, nil)
	happen.OnPress(func() { below(p.w.win.Canvas(), happen, p.faults()) })
	sync := part.NewButton(say.T("Sync now"), "sync", part.Main, p.sync)
	earlier := part.NewIconButton(say.T("Week before"), "chevron-left", func() { p.turn(-7) })
	later := part.NewIconButton(say.T("Week after"), "chevron-right", func() { p.turn(7) })
	p.w.label.below(earlier, p.w.win.Canvas())
	p.w.label.below(later, p.w.win.Canvas())

	names := [2]string{say.T("Severa"), say.T("Outlook")}
	notes := [2]string{say.T("Simulated business system"), say.T("Simulated Exchange")}
	icons := [2]string{"business", "exchange"}
	leave := part.NewButton(say.T("Open the main window"), "", part.Medium, func() { p.w.Show(model.PageOverview) })
	p.uses = []*part.Button{happen, sync, earlier, later, leave}
	var columns []fyne.CanvasObject
	for i := range p.weeks {
		p.weeks[i] = part.NewWeek(hour, func(e part.WeekEntry) { p.pressed(i, e.ID) })
		add := part.NewButton(say.T("Add entry"), "add", part.Medium, func() { p.add(i) })
		p.uses = append(p.uses, add)
		head := part.Wide(part.GapWide, 1, part.Icon(icons[i], 24), part.Column(0, part.Bold(names[i]), part.Caption(notes[i])), add)
		columns = append(columns, part.Panel(part.Column(0, part.Padded(part.GapWide, part.GapBlocks, head), part.Line(), p.weeks[i])))
	}
	body := part.Column(part.GapWide, p.banner, part.Halves(part.GapWide, columns[0], columns[1]), part.Panel(part.Tall(demoLines*demoLine, p.log)))
	p.icon, p.state, p.note = part.NewPicture(18), part.NewText("", part.Style{Whole: true}), part.Quiet("")
	p.foot = part.Wide(part.Gap, 2, p.icon, p.state, p.note)
	footer := part.Footer(p.foot, leave)
	return sheet(box, []fyne.CanvasObject{earlier, later, part.Narrow(160, part.Bordered(p.people)), happen, sync}, part.Scroll(body), footer)
}

func (p *demo) open() { p.load() }

// update looks again when the office has done something.
func (p *demo) update(s office.Status) {
	if p.ended {
		p.end(false)
		p.tell(nil)
		p.load()
	}
	if s.Seq != p.seq && !s.Syncing {
		p.seq = s.Seq
		p.load()
	}
}

// load asks for the week, and for what was done last.
func (p *demo) load() {
	asked := p.asked
	p.loads++
	number := p.loads
	background(p.w, func(ctx context.Context) (localapi.DemoState, error) { return p.w.Agent.Demo(ctx, asked) },
		func(s localapi.DemoState, err error) {
			if number != p.loads {
				return // a later answer is there or on its way
			}
			p.tell(err)
			if err == nil && !p.ended {
				p.show(s)
			}
		})
	background(p.w, p.latest, func(lines []model.DemoLine, err error) {
		if err == nil {
			p.tellRuns(lines)
		}
	})
}

// latest is what the last runs did, newest first.
func (p *demo) latest(ctx context.Context) ([]model.DemoLine, error) {
	runs, err := p.w.Agent.Runs(ctx, demoRuns)
	if err != nil {
		return nil, err
	}
	var out []model.DemoLine
	for _, r := range runs {
		changes, err := p.w.Agent.Changes(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if out = append(out, model.DemoLines(changes, p.w.Now())...); len(out) >= demoLines {
			return out[:demoLines], nil
		}
	}
	return out, nil
}

// How many lines the log under the weeks has, and how far back it looks for them.
const (
	demoLines = 3
	demoLine  = 33 // pixels, with the line between two
	demoRuns  = 20
)

func (p *demo) tellRuns(lines []model.DemoLine) {
	p.log.RemoveAll()
	if len(lines) == 0 {
		p.log.Add(part.Padded(part.Gap, part.GapBlocks, part.Quiet(say.T("Nothing has crossed yet. Sync now begins with a preview."))))
	}
	for i, l := range lines {
		if i > 0 {
			p.log.Add(part.Line())
		}
		p.log.Add(part.Tall(32, part.Padded(0, part.GapBlocks, part.Wide(part.GapWide, 1,
			part.Tinted(l.Icon, theme.ColorNamePrimary, 16), part.Lead(l.Subject, theme.ColorNameForeground, l.What), part.NewText(l.Ago, part.Style{Color: theme.ColorNamePlaceHolder, Whole: true})))))
	}
	p.log.Refresh()
}

// show draws a state.
func (p *demo) show(s localapi.DemoState) {
	if s.Person != p.shown.Person || !s.From.Equal(p.shown.From) {
		p.before = s // nothing is new in a week that was not shown
	} else if changed(s, p.shown) {
		p.before = p.shown
	}
	p.shown = s
	p.w.demo = s.Present
	d := model.DemoOf(s, p.before, p.w.Now())
	p.title.SetText(d.Title)
	if len(p.people.Options) != len(s.People) {
		var names []string
		for _, person := range s.People {
			names = append(names, person.Name)
		}
		p.people.SetOptions(names)
	}
	for i, person := range s.People {
		if person.Address == s.Person && p.people.SelectedIndex() != i {
			was := p.people.OnChanged
			p.people.OnChanged = nil
			p.people.SetSelectedIndex(i)
			p.people.OnChanged = was
		}
	}
	for i, items := range d.Sides {
		p.items[i] = map[string]model.DemoItem{}
		var entries []part.WeekEntry
		for _, item := range items {
			p.items[i][item.ID] = item
			entries = append(entries, part.WeekEntry{
				ID: item.ID, Day: item.Day, Start: item.Start, End: item.End, Title: item.Title, Note: item.Note,
				Look: part.WeekLook(item.Look),
			})
		}
		p.weeks[i].Set(d.Days, d.Today, entries)
	}
	state := part.StateOK
	if !d.Agree {
		state = part.StateWaiting
	}
	p.icon.Set(state.Look())
	p.state.SetText(d.State)
	p.note.SetText(d.Note)
	p.foot.Refresh() // the state is as wide as its words
}

// changed tells whether two states of one week differ.
func changed(a, b localapi.DemoState) bool {
	if len(a.Entries) != len(b.Entries) {
		return true
	}
	for i := range a.Entries {
		if a.Entries[i] != b.Entries[i] {
			return true
		}
	}
	return false
}

// turn shows another week.
func (p *demo) turn(days int) {
	p.asked.Week = p.shown.From.AddDate(0, 0, days).Add(12 * time.Hour)
	p.load()
}

// do asks the agent to change something, and looks again.
func (p *demo) do(change func(context.Context) error) {
	background(p.w, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx) }, func(_ struct{}, err error) {
		p.tell(err)
		p.load()
	})
}

func (p *demo) edit(e localapi.DemoEdit) {
	e.Person = p.shown.Person
	p.do(func(ctx context.Context) error { return p.w.Agent.DemoEdit(ctx, e) })
}

// sync brings everybody in step. What has never been in step is shown first.
func (p *demo) sync() {
	background(p.w, func(ctx context.Context) (localapi.Summary, error) {
		return p.w.Agent.Sync(ctx, localapi.SyncRequest{Full: true})
	}, func(s localapi.Summary, err error) {
		p.tell(err)
		if err == nil && s.Unapproved {
			p.w.Show(model.PagePreview)
			return
		}
		p.load()
	})
}

// pressed offers what can be done to an entry.
func (p *demo) pressed(side int, id string) {
	item, ok := p.items[side][id]
	if !ok || item.Fixed || p.ended {
		return
	}
	move := func(by time.Duration) func() {
		return func() {
			p.edit(localapi.DemoEdit{Do: localapi.DemoMove, Side: p.sides()[side], ID: id, Start: item.From.Add(by), End: item.To.Add(by)})
		}
	}
	below(p.w.win.Canvas(), p.weeks[side], fyne.NewMenu("",
		fyne.NewMenuItem(say.T("Move an hour later"), move(time.Hour)),
		fyne.NewMenuItem(say.T("Move an hour earlier"), move(-time.Hour)),
		fyne.NewMenuItem(say.T("Move to the next day"), move(24*time.Hour)),
		fyne.NewMenuItem(say.T("Delete"), func() { p.edit(localapi.DemoEdit{Do: localapi.DemoDelete, Side: p.sides()[side], ID: id}) }),
	))
}

// add asks for an entry's subject and time.
func (p *demo) add(side int) {
	subject := part.NewEntry(say.T("Coffee with the harbour master"))
	var days, hours []string
	d := model.DemoOf(p.shown, p.shown, p.w.Now())
	days = append(days, d.Days[:]...)
	for h := 8; h < 17; h++ {
		hours = append(hours, hour(h))
	}
	day, at := part.NewChoice(days), part.NewChoice(hours)
	day.SetSelectedIndex(max(d.Today, 0))
	at.SetSelectedIndex(2)
	field := part.NewField(say.T("Subject"), subject, "", nil)
	form := part.Form(100, field,
		part.NewField(say.T("Day"), part.Bordered(day), "", nil), part.NewField(say.T("Begins"), part.Bordered(at), "", nil))
	ask(p.w, say.T("Add an entry"), form, say.T("Add entry"), func() bool {
		if subject.Text == "" {
			field.SetWrong(say.T("An entry needs a subject."))
			return false
		}
		start := p.shown.From.AddDate(0, 0, day.SelectedIndex()).Add(time.Duration(8+at.SelectedIndex()) * time.Hour)
		p.edit(localapi.DemoEdit{Do: localapi.DemoAdd, Side: p.sides()[side], Subject: subject.Text, Start: start, End: start.Add(time.Hour)})
		return true
	}, subject)
}

// faults is what can be let happen.
func (p *demo) faults() *fyne.Menu {
	var items []*fyne.MenuItem
	for _, f := range model.DemoFaults() {
		on := p.shown.Faults[f.Fault]
		item := fyne.NewMenuItem(f.Name, func() {
			p.do(func(ctx context.Context) error {
				return p.w.Agent.DemoFault(ctx, localapi.DemoFault{Fault: f.Fault, On: !on})
			})
		})
		item.Checked = on
		items = append(items, item)
	}
	return fyne.NewMenu("", items...)
}

// lost says that the demo is over: its agent is the demo, and takes it along.
func (p *demo) lost() {
	if p.ended {
		return
	}
	p.end(true)
	p.banner.RemoveAll()
	p.banner.Add(part.Banner(part.ToneNeutral, "stopped", say.T("The demo has ended"),
		say.T("The program that ran it has stopped, and the invented office is gone with it. Nothing real was touched. To try again, choose Try the demo office on the first page of the setup."),
		part.NewButton(say.T("Close this window"), "", part.Main, func() { p.w.win.Close() })))
	show(p.banner, true)
	p.icon.Set("stopped", theme.ColorNameForeground) // no safety stop: nothing is wrong
	p.state.SetText(say.T("The demo has ended"))
	p.note.SetText("")
	p.foot.Refresh()
	p.w.place.Refresh()
}

// end takes away what needs the demo's agent, or gives it back.
func (p *demo) end(ended bool) {
	p.ended = ended
	for _, b := range p.uses {
		b.SetUsable(!ended)
	}
	if ended {
		p.people.Disable()
	} else {
		p.people.Enable()
	}
}

// tell shows why something was not done.
func (p *demo) tell(err error) {
	if p.ended {
		return // which is why
	}
	p.banner.RemoveAll()
	if err != nil {
		a := model.Failure(err)
		p.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	}
	show(p.banner, err != nil)
	p.banner.Refresh()
}
