package ui

import (
	"cmp"
	"context"
	"slices"
	"strconv"

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

// stopped is a safety stop: what happened with the numbers, the likely cause,
// and the button that keeps everything.
type stopped struct {
	w    *Window
	page *fyne.Container

	title, note *part.Text
	icon        *part.Picture
	banner      *fyne.Container // what a command came to
	body        *fyne.Container
	foot        *part.Status
	code        *part.Text

	busy   bool
	heard  bool
	status office.Status
	who    string // the address of whom it is about
	past   string // whose stop was ended here; the status tells it a moment later
	plan   localapi.PersonPlan
	stop   model.Stop
}

func newStopped(w *Window) page { return &stopped{w: w} }

func (p *stopped) content() fyne.CanvasObject {
	p.icon = part.NewPicture(32)
	p.icon.Set("stopped", theme.ColorNameError)
	var box fyne.CanvasObject
	box, p.title, p.note = titled(say.T("Stopped for safety"), "")
	title := part.Wide(part.GapWide, 1, p.icon, box)
	p.banner, p.body = container.NewVBox(), container.NewStack()
	p.foot = part.NewStatus(part.StateOK, "", part.Style{})
	p.code = part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Whole: true})
	low := part.Wide(part.Gap, 0, p.foot.Object, p.code)
	p.page = container.NewStack(sheet(title, nil, container.NewBorder(p.banner, low, nil, nil, part.Scroll(p.body)), nil))
	return p.page
}

func (p *stopped) open() {
	p.heard, p.past = false, ""
	p.clear()
}

// update follows the office: the first stop is looked at as soon as it is known.
func (p *stopped) update(s office.Status) {
	p.status = s
	all := model.Stopped(s)
	still := slices.ContainsFunc(all, func(one office.PersonStatus) bool { return one.Address == p.past })
	if still {
		all = slices.DeleteFunc(all, func(one office.PersonStatus) bool { return one.Address == p.past })
	} else {
		p.past = ""
	}
	switch {
	case p.busy:
	case len(all) == 0:
		p.nothing()
	case !p.heard || all[0].Address != p.who:
		p.heard = true
		p.who = all[0].Address
		p.read(false)
	}
}

// nothing says that everybody goes on.
func (p *stopped) nothing() {
	p.who, p.past, p.plan = "", cmp.Or(p.who, p.past), localapi.PersonPlan{}
	p.icon.Set("ok", theme.ColorNameSuccess)
	p.title.SetText(say.T("Nothing is stopped"))
	p.note.SetText(say.T("No safety stop holds anybody."))
	p.foot.Set(part.StateOK, "")
	show(p.foot.Object, false)
	p.code.SetText("")
	p.body.Objects = []fyne.CanvasObject{part.Empty("shield", say.T("Nothing is withheld"),
		say.T("Everybody's calendars are kept in step."), part.NewButton(say.T("Open the overview"), "", part.Main, func() { p.w.Show(PageOverview) }))}
	p.body.Refresh()
}

// read looks at what is withheld. Only what has been looked at can be let
// through.
func (p *stopped) read(full bool) {
	p.busy = true
	p.note.SetText(say.T("Looking at what is withheld."))
	who := p.who
	background(p.w, func(ctx context.Context) (localapi.Preview, error) {
		return p.w.Agent.Preview(ctx, localapi.PreviewRequest{Who: []string{who}, Full: full})
	}, func(got localapi.Preview, err error) {
		p.busy = false
		switch {
		case err != nil:
			p.note.SetText("")
			p.fail(err)
		case len(got.People) == 0 || got.People[0].Halt == nil:
			p.released(got)
		default:
			p.plan = got.People[0]
			p.draw()
		}
	})
}

// released is when the stop is none any more: what was gone is there again.
func (p *stopped) released(got localapi.Preview) {
	if len(got.People) > 0 && got.People[0].Trouble != nil {
		t := model.Trouble(*got.People[0].Trouble)
		p.note.SetText("")
		p.say(part.Banner(part.ToneWarning, "attention", t.What, t.Do))
		return
	}
	p.syncAgain()
	p.nothing()
}

// syncAgain has the person brought in step, so that the office's state tells
// that nothing stops him any more.
func (p *stopped) syncAgain() {
	q := localapi.SyncRequest{Who: []string{p.who}}
	background(p.w, func(ctx context.Context) (localapi.Summary, error) { return p.w.Agent.Sync(ctx, q) },
		func(_ localapi.Summary, err error) {
			if err != nil {
				p.fail(err)
			}
		})
}

func (p *stopped) draw() {
	p.stop = model.StopOf(p.plan, p.status, p.w.Now())
	p.icon.Set("stopped", theme.ColorNameError)
	p.title.SetText(p.stop.Title)
	p.note.SetText(p.stop.Note)
	p.code.SetText(p.stop.Code)
	p.foot.Set(part.StateOK, p.stop.Others)
	show(p.foot.Object, p.stop.Others != "")
	p.page.Refresh()
	col := part.Column(part.GapBlocks, p.box())
	if len(p.stop.Rows) > 0 {
		open := part.NewButton(p.stop.Open, "", part.Link, p.openPreview)
		head := part.Row(part.Gap, part.NewText(p.stop.Table, part.Style{Size: theme.SizeNameSubHeadingText, Bold: true, Whole: true}),
			part.NewText(say.T("Nothing has been written"), part.Style{Color: theme.ColorNamePlaceHolder, Whole: true}), part.Between(), open)
		col.Add(part.Column(part.GapTight, head, p.table()))
		if p.stop.More != "" {
			col.Add(part.Quiet(p.stop.More))
		}
	}
	p.body.Objects = []fyne.CanvasObject{col}
	p.body.Refresh()
	p.page.Refresh()
}

// box is the banner with the numbers.
func (p *stopped) box() fyne.CanvasObject {
	numbers := part.Tops(part.Margin)
	for i, f := range p.stop.Figures {
		color := theme.ColorNameForeground
		if i == 0 {
			color = theme.ColorNameError
		}
		numbers.Add(part.Narrow(112, part.Column(0, part.NewNumber(strconv.Itoa(f.Number), color), part.Caption(f.What))))
	}
	cause := part.Column(part.GapTight, part.Bold(say.T("Likely cause")), part.Quiet(p.stop.Cause))
	top := container.New(causeLayout{}, numbers, cause)
	buttons := part.Row(part.Gap)
	if p.stop.Keep != "" {
		buttons.Add(part.NewButton(p.stop.Keep, "shield", part.Main, func() { p.keep(false) }))
	}
	if p.stop.PutBack != "" {
		buttons.Add(part.NewButton(p.stop.PutBack, "", part.Medium, func() { p.keep(true) }))
	}
	if p.stop.Account != "" {
		buttons.Add(part.NewButton(p.stop.Account, "", part.Medium, p.askAccount))
	}
	buttons.Add(part.NewButton(p.stop.Again, "", part.Medium, func() { p.read(true) }))
	buttons.Add(part.Between())
	if p.stop.Allow > 0 {
		buttons.Add(part.NewButton(say.T("Allow once…"), "", part.Low, p.askAllow))
	}
	return container.NewStack(part.NewArea(part.ColorErrorSoft, theme.ColorNameError, 8),
		part.Padded(part.GapBlocks, part.GapBlocks, part.Column(part.GapBlocks, top, buttons)))
}

// table is the first rows of what is withheld.
func (p *stopped) table() fyne.CanvasObject {
	t := part.NewTable(part.RowOneLine, []part.TableColumn{
		{Title: say.T("Entry"), Width: 140, Grow: 2},
		{Title: say.T("When"), Width: 186, Grow: 1},
		{Title: say.T("What would happen"), Width: 192},
		{Title: say.T("Why"), Width: 146, Grow: 2},
	}, func() int { return len(p.stop.Rows) }, func() []fyne.CanvasObject {
		r := newStopRow()
		made := r.cells()
		made[0] = newCarrier(r, made[0])
		return made
	}, func(i int, cells []fyne.CanvasObject) { carried[*stopRow](cells).set(p.stop.Rows[i]) })
	t.List.OnSelected = func(widget.ListItemID) { t.List.UnselectAll(); p.openPreview() }
	return part.Tall(part.RowOneLine*float32(len(p.stop.Rows))+34, part.Panel(t.Object))
}

// stopRow is a row of what is withheld.
type stopRow struct {
	title, when, what, why *part.Text
	series, private, icon  *part.Picture
	entry                  *fyne.Container
}

func newStopRow() *stopRow {
	quiet := func() *part.Text { return part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder}) }
	r := &stopRow{
		title: part.Bold(""), when: quiet(), what: part.NewText("", part.Style{}), why: quiet(),
		series: part.NewPicture(16), private: part.NewPicture(16), icon: part.NewPicture(18),
	}
	r.series.Set("series", theme.ColorNamePlaceHolder)
	r.private.Set("private", theme.ColorNamePlaceHolder)
	r.entry = part.Marked(r.title, r.series, r.private)
	return r
}

func (r *stopRow) cells() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.entry, r.when, part.Wide(part.Gap, 1, r.icon, r.what), r.why}
}

func (r *stopRow) set(s model.StopRow) {
	r.title.SetText(s.Title)
	show(r.series, s.Series)
	show(r.private, s.Private)
	r.when.SetText(s.When)
	r.icon.Set(s.Icon, theme.ColorNameForeground)
	r.what.SetText(s.What)
	r.why.SetText(s.Why)
	r.entry.Refresh()
}

// openPreview shows all that is withheld.
func (p *stopped) openPreview() {
	p.w.Show(PagePreview)
	if k, ok := p.w.pages[PagePreview].(*kept); ok {
		if v, ok := k.page.(*preview); ok {
			v.only(localapi.GroupDelete)
		}
	}
}

// keep ends the stop by leaving everything as it is; what was deleted on one
// side may be put back there.
func (p *stopped) keep(putBack bool) {
	if p.busy {
		return
	}
	p.busy = true
	who := p.who
	background(p.w, func(ctx context.Context) (localapi.Kept, error) {
		return p.w.Agent.Keep(ctx, localapi.KeepRequest{Who: who, PutBack: putBack})
	}, func(k localapi.Kept, err error) {
		p.busy = false
		if err != nil {
			p.fail(err)
			return
		}
		p.nothing()
		p.say(part.Banner(part.ToneGood, "ok", model.KeptNote(k), say.T("What you find in the history can still be undone.")))
	})
}

// askAllow asks how many writes are let through, this once.
func (p *stopped) askAllow() {
	allow := p.stop.Allow
	var none, all *part.Radio
	none = part.NewRadio(say.T("0: nothing is written"), part.Style{Wrap: true}, func() { none.SetOn(true); all.SetOn(false) })
	all = part.NewRadio(say.N("{{.N}}: all that is shown on this page is written", "{{.N}}: all that is shown on this page is written", allow),
		part.Style{Wrap: true}, func() { none.SetOn(false); all.SetOn(true) })
	none.SetOn(true)
	body := part.Column(part.GapWide,
		part.Plain(say.T("Choose how many writes are let through, this once. The limit stays as it is for later runs.")), none, all)
	askBy(p.w, part.Danger, say.T("How many writes are let through?"), body, say.T("Use this number"), func() bool {
		if all.On() {
			p.allow(allow)
		}
		return true
	}, nil)
}

func (p *stopped) allow(n int) {
	p.release(localapi.ResumeRequest{Who: p.who, Count: n}, say.T("Writing what was withheld."))
}

// askAccount asks whether the other account or mailbox is the person's too.
func (p *stopped) askAccount() {
	body := part.Column(part.GapWide, part.Plain(p.stop.AccountNote))
	askBy(p.w, part.Danger, say.T("Is it still the same person?"), body, say.T("Yes, read both again"), func() bool {
		p.release(localapi.ResumeRequest{Who: p.who, Account: true}, say.T("Reading both calendars again."))
		return true
	}, nil)
}

func (p *stopped) release(q localapi.ResumeRequest, note string) {
	if p.busy {
		return
	}
	p.busy = true
	p.note.SetText(note)
	background(p.w, func(ctx context.Context) (localapi.Summary, error) {
		return p.w.Agent.Resume(ctx, q)
	}, func(sum localapi.Summary, err error) {
		p.busy = false
		if err != nil {
			p.note.SetText(p.stop.Note)
			p.fail(err)
			return
		}
		r := model.ResultOf(sum)
		p.nothing()
		tone, icon := part.ToneGood, "ok"
		if r.Bad {
			tone, icon = part.ToneWarning, "attention"
		}
		p.say(part.Banner(tone, icon, r.What, r.Why))
	})
}

func (p *stopped) fail(err error) {
	a := model.Failure(err)
	p.say(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
}

func (p *stopped) say(banner fyne.CanvasObject) {
	p.banner.Objects = []fyne.CanvasObject{part.Column(0, banner, part.Tall(part.GapWide, container.NewStack()))}
	p.banner.Refresh()
	p.page.Refresh()
}

func (p *stopped) clear() {
	p.banner.RemoveAll()
	p.banner.Refresh()
	p.body.RemoveAll()
	p.body.Refresh()
}

// causeLayout puts the numbers beside the cause, which takes what is left.
type causeLayout struct{}

func (causeLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+part.Margin+160, max(a.Height, b.Height))
}

func (causeLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := o[0].MinSize().Width
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(width, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(width+part.Margin, 0))
	o[1].Resize(fyne.NewSize(size.Width-width-part.Margin, size.Height))
}
