package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/resources/manual"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// help is the manual, and what helps when the manual does not.
type help struct {
	w      *Window
	pages  []manual.Page
	list   *widget.List
	cells  rows[*part.Text]
	right  *fyne.Container
	chosen int
	papers *papers
	newer  *part.Text
}

// helpWidth is how wide the list of the manual's pages is.
const helpWidth float32 = 236

func newHelp(w *Window) page {
	p := &help{w: w, cells: rows[*part.Text]{}, chosen: -1, right: container.NewStack()}
	p.papers = &papers{w: w, show: p.leave, level: part.Main}
	return p
}

func (p *help) content() fyne.CanvasObject {
	p.pages = manual.Pages(say.Tag())
	p.list = widget.NewList(func() int { return len(p.pages) }, func() fyne.CanvasObject {
		t := part.NewText("", part.Style{})
		o := part.Tall(36-theme.Padding(), part.Padded(0, part.Gap, part.Middle(t)))
		p.cells[o] = t
		return o
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		p.cells[o].Set(p.pages[i].Title, part.Style{Bold: i == p.chosen})
	})
	p.list.HideSeparators = true
	p.list.OnSelected = p.choose
	version := say.T("Version not known")
	if p.w.Version != "" {
		version = say.T("Lockstep {{.Version}}", "Version", p.w.Version)
	}
	p.newer = part.Caption("")
	p.newer.Hide()
	head := part.Padded(0, part.Gap, part.Column(0, part.Heading(say.T("Help")), part.Quiet(version), p.newer))
	setup := part.NewButton(say.T("Run setup again"), "play", part.Low, func() { p.w.Show(model.PageSetup) })
	diagnostics := part.NewButton(say.T("Save diagnostics"), "save", part.Low, p.papers.askDiagnostics)
	sheet := part.NewButton(say.T("Handover sheet"), "save", part.Low, p.papers.askSheet)
	doctor := part.NewButton(say.T("Examine everything"), "shield", part.Low, p.w.openDoctor)
	script := part.NewButton(say.T("Administrator's script"), "key", part.Low, p.w.openScript)
	foot := part.Column(part.GapTight, part.Line(), part.Row(0, doctor), part.Row(0, script), part.Row(0, sheet), part.Row(0, diagnostics), part.Row(0, setup))
	side := container.NewStack(part.NewArea(theme.ColorNameBackground, theme.ColorNameSeparator, 0),
		container.New(layout.NewCustomPaddedLayout(part.Margin, part.GapWide, part.GapWide, part.GapWide), container.NewBorder(part.Column(part.Gap, head, container.NewStack()), foot, nil, nil, p.list)))
	return container.New(besideLayout{helpWidth}, side, part.Padded(part.Margin, part.Margin, p.right))
}

func (p *help) open() {
	if p.chosen < 0 && len(p.pages) > 0 {
		p.list.Select(0)
	}
}

func (p *help) update(s office.Status) {
	if say := model.NewerVersion(s.Newer); say != "" {
		p.newer.SetText(say)
		show(p.newer, true)
	}
}

// choose shows a page of the manual.
func (p *help) choose(i widget.ListItemID) {
	p.chosen = i
	p.list.Refresh()
	page := p.pages[i]
	col := part.Column(part.GapWide)
	col.Add(part.Manual(page.Text, p.follow))
	p.show(part.Scroll(part.AtMost(720, col)))
}

// follow leads to the page that a link names.
func (p *help) follow(id string) {
	for i, page := range p.pages {
		if page.ID == id {
			p.list.Select(i)
		}
	}
}

func (p *help) show(o fyne.CanvasObject) {
	p.right.Objects = []fyne.CanvasObject{o}
	p.right.Refresh()
}

// leave shows something else than a page of the manual.
func (p *help) leave(o fyne.CanvasObject) {
	p.list.UnselectAll()
	p.chosen = -1
	p.list.Refresh()
	p.show(o)
}
