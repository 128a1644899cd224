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

// doctorPane is an examination: its checks at the left, what the chosen one
// found at the right, and what mends it.
type doctorPane struct {
	p      *connections
	object fyne.CanvasObject
	sum    *part.Text
	list   *widget.List
	cells  rows[*examinedCells]
	right  *fyne.Container
	script *scriptBlock
	kind   string // of the script that is shown
	again  *part.Button
	all    *part.Button
	copy   *part.Button
	exam   *examination
	rows   []model.Examined
	chosen string // the key of the line
	want   string // the system whose first trouble is to be chosen
	known  bool   // something has been examined
	limit  *limitField
}

type examinedCells struct {
	icon  *part.Picture
	title *part.Text
	note  *part.Text
}

// doctorWidth is how wide the list of the checks is.
const doctorWidth float32 = 236

// examinedWidth is how much of it a title has.
const examinedWidth = doctorWidth - 2*part.GapWide - 2*part.Gap - 28

func newDoctorPane(p *connections) *doctorPane {
	d := &doctorPane{p: p, cells: rows[*examinedCells]{}, sum: part.Quiet(""), right: container.NewStack()}
	d.exam = &examination{w: p.w, show: d.report}
	d.list = widget.NewList(func() int { return len(d.rows) }, d.newCells, d.set)
	d.list.HideSeparators = true
	d.list.OnSelected = func(i widget.ListItemID) { d.choose(i) }
	back := part.NewButton(say.T("Connections"), "chevron-left", part.Link, p.back)
	head := part.Column(0, part.Row(0, back), part.Padded(0, part.Gap, part.Column(0, part.Heading(say.T("Doctor")), d.sum)))
	d.limit = newLimitField(d.checkAll)
	left := container.NewBorder(part.Column(part.Gap, head, container.NewStack()),
		part.Column(part.Gap, part.Line(), d.limit.object), nil, nil, d.list)
	d.script = newScriptBlock(p.w, func() localapi.ScriptRequest { return localapi.ScriptRequest{Kind: d.kind} })
	d.again = part.NewButton(say.T("Check this again"), "sync", part.Main, d.checkAgain)
	d.all = part.NewButton(say.T("Check all"), "", part.Medium, d.checkAll)
	d.copy = part.NewButton(say.T("Copy for support"), "", part.Low, d.copySupport)
	footer := part.Footer(part.Row(0, d.copy), d.all, d.again)
	side := container.NewBorder(nil, nil, nil, part.Narrow(1, part.NewArea(theme.ColorNameSeparator, "", 0)), part.Padded(part.GapWide, part.GapWide, left))
	body := container.New(besideLayout{doctorWidth}, side, part.Padded(part.Margin, part.Margin, part.Scroll(d.right)))
	d.object = container.NewBorder(nil, footer, nil, nil, body)
	return d
}

func (d *doctorPane) newCells() fyne.CanvasObject {
	c := &examinedCells{icon: part.NewPicture(18), title: part.NewText("", part.Style{Two: true}), note: part.NewText("", part.Style{})}
	o := container.NewStack(part.Padded(0, part.Gap, part.Wide(10, 1, c.icon, part.Middle(part.Column(0, c.title, c.note)))))
	d.cells[o] = c
	return o
}

func (d *doctorPane) set(i widget.ListItemID, o fyne.CanvasObject) {
	c, e := d.cells[o], d.rows[i]
	icon, color := checkState(e.State).Look()
	c.icon.Set(icon, color)
	s := part.Style{Bold: true}
	s.Two = part.Long(e.Title, s, examinedWidth) // alike whether it is chosen or not
	if e.State == model.CheckNotRun {
		s.Color = theme.ColorNamePlaceHolder
	}
	s.Bold = e.Key == d.chosen
	c.title.Set(e.Title, s)
	c.note.Set(e.Person, part.Style{Size: theme.SizeNameCaptionText, Color: theme.ColorNamePlaceHolder})
	if e.Person == "" {
		c.note.Hide()
	} else {
		c.note.Show()
	}
	o.Refresh()
}

// examinedHeight is how high a row is: a person's address stands below the title,
// which may need two lines.
func examinedHeight(e model.Examined) float32 {
	height := part.RowOneLine - theme.Padding()
	if e.Person != "" {
		height += 6
		if part.Long(e.Title, part.Style{Bold: true}, examinedWidth) {
			height += 18
		}
	}
	return height
}

// open shows the last examination, or makes one where there is none.
func (d *doctorPane) open(system string) {
	d.want, d.chosen = system, ""
	d.begin(localapi.DoctorRequest{})
}

func (d *doctorPane) begin(q localapi.DoctorRequest) {
	d.again.Disable()
	d.all.Disable()
	d.exam.begin(q)
}

func (d *doctorPane) report(lines []model.Examined, sum string, running bool, err error) {
	d.all.SetUsable(!running)
	if err != nil {
		a := model.Failure(err)
		d.right.Objects = []fyne.CanvasObject{part.Banner(part.ToneWarning, "attention", a.What, a.Do)}
		d.right.Refresh()
		return
	}
	if len(lines) == 0 && !running && !d.known {
		d.known = true
		d.begin(localapi.DoctorRequest{Begin: true})
		return
	}
	d.known = true
	d.sum.SetText(sum)
	d.rows = model.ExaminedRows(lines)
	at := model.PlaceOf(d.rows, d.chosen, d.want)
	for i, r := range d.rows {
		d.list.SetItemHeight(i, examinedHeight(r))
	}
	d.list.Refresh()
	d.again.SetUsable(!running && at >= 0)
	if at >= 0 {
		d.list.Select(at)
		d.choose(at)
	}
}

// choose shows what a line found.
func (d *doctorPane) choose(i int) {
	if i >= len(d.rows) {
		return
	}
	e := d.rows[i]
	d.chosen = e.Key
	d.list.Refresh()
	icon, color := checkState(e.State).Look()
	head := container.NewBorder(nil, nil, part.Padded(0, part.GapTight, container.NewVBox(part.Tinted(icon, color, 24))), nil,
		part.SubHeading(model.ExaminedHead(e)))
	col := part.Column(part.GapBlocks, head, part.Panel(part.Facts(120, facts(model.ExaminedFacts(e))...)))
	if e.Certificate != nil && e.System != "" {
		col.Add(part.Row(0, part.NewButton(say.T("Look at the certificate"), "shield", part.Medium, func() {
			d.p.cards[e.System].offerTrust(*e.Certificate)
		})))
	}
	if e.Script != "" {
		d.kind = e.Script
		col.Add(d.script.Object)
		d.script.load()
	}
	d.right.Objects = []fyne.CanvasObject{col}
	d.right.Refresh()
}

// checkAll examines everybody who takes part, and whether the account is kept
// from whom it must not reach.
func (d *doctorPane) checkAll() {
	if outside, ok := d.limit.outside(); ok {
		d.begin(localapi.DoctorRequest{Begin: true, Outside: outside})
	}
}

// checkAgain examines what the chosen line is about: one person, or the office.
func (d *doctorPane) checkAgain() {
	q := localapi.DoctorRequest{Begin: true, OfficeOnly: true}
	for _, e := range d.rows {
		if e.Key == d.chosen && e.Person != "" {
			q.OfficeOnly, q.Who = false, []string{e.Person}
			if e.Outside {
				q.OfficeOnly, q.Who, q.Outside = true, nil, []string{e.Person}
			}
		}
	}
	d.begin(q)
}

func (d *doctorPane) copySupport() {
	fyne.CurrentApp().Clipboard().SetContent(model.SupportText(d.rows))
	d.copy.SetText(say.T("Copied"))
}
