package ui

import (
	"bytes"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/resources/manual"
	"lockstep/sync/localapi"
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
	saved  *part.Text
	newer  *part.Text
	bundle localapi.Diagnostics
}

// helpWidth is how wide the list of the manual's pages is.
const helpWidth float32 = 236

func newHelp(w *Window) page {
	return &help{w: w, cells: rows[*part.Text]{}, chosen: -1, right: container.NewStack()}
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
	version := p.w.Version
	if version == "" {
		version = say.T("unknown")
	}
	p.newer = part.Caption("")
	p.newer.Hide()
	head := part.Padded(0, part.Gap, part.Column(0, part.Heading(say.T("Help")), part.Quiet(say.T("Lockstep {{.Version}}", "Version", version)), p.newer))
	setup := part.NewButton(say.T("Run setup again"), "play", part.Low, func() { p.w.Show(model.PageSetup) })
	diagnostics := part.NewButton(say.T("Save diagnostics"), "save", part.Low, p.askDiagnostics)
	sheet := part.NewButton(say.T("Handover sheet"), "save", part.Low, p.askSheet)
	doctor := part.NewButton(say.T("Examine everything"), "shield", part.Low, p.w.openDoctor)
	script := part.NewButton(say.T("Administrator's script"), "key", part.Low, p.w.openScript)
	foot := part.Column(part.GapTight, part.Line(), part.Row(0, doctor), part.Row(0, script), part.Row(0, sheet), part.Row(0, diagnostics), part.Row(0, setup))
	side := container.NewStack(part.NewArea(theme.ColorNameBackground, theme.ColorNameSeparator, 0),
		part.Padded(part.GapWide, part.GapWide, container.NewBorder(part.Column(part.Gap, head, container.NewStack()), foot, nil, nil, p.list)))
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
	if page.Language != say.Tag() && say.Tag() != manual.English {
		col.Add(part.Banner(part.ToneInfo, "info", say.T("This page is not translated yet."), ""))
	}
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

// askDiagnostics packs what helps, and shows what is in it before it is saved.
func (p *help) askDiagnostics() { p.pack(false) }

// leave shows something else than a page of the manual.
func (p *help) leave(o fyne.CanvasObject) {
	p.list.UnselectAll()
	p.chosen = -1
	p.list.Refresh()
	p.show(o)
}

func (p *help) pack(subjects bool) {
	p.leave(part.Quiet(say.T("Packing")))
	background(p.w, func(ctx context.Context) (localapi.Diagnostics, error) {
		return p.w.Agent.Diagnostics(ctx, localapi.DiagnosticsRequest{Subjects: subjects})
	}, func(d localapi.Diagnostics, err error) {
		if err != nil {
			a := model.Failure(err)
			p.show(container.NewVBox(part.Banner(part.ToneWarning, "attention", a.What, a.Do)))
			return
		}
		p.bundle = d
		p.show(p.contents(subjects))
	})
}

// contents is what a bundle holds, file by file.
func (p *help) contents(subjects bool) fyne.CanvasObject {
	var files []part.Fact
	for _, f := range model.BundleFiles(p.bundle) {
		files = append(files, part.Fact(f))
	}
	with := widget.NewCheck(say.T("With the subjects of entries that were written lately"), nil)
	with.SetChecked(subjects)
	with.OnChanged = func(on bool) { p.pack(on) }
	p.saved = part.Quiet(say.T("It stays on this computer until you send it."))
	save := part.NewButton(say.T("Save these {{.N}} files", "N", len(files)), "save", part.Main, p.save)
	col := part.Column(part.GapBlocks,
		part.Column(0, part.SubHeading(say.T("Diagnostics")), part.Quiet(say.T("This is all that would be saved. No password is in it, and no text of an entry unless you tick it."))),
		part.Panel(part.Facts(190, files...)), with, part.Wide(part.Gap, 1, save, p.saved))
	return part.Scroll(col)
}

func (p *help) save() {
	name := "lockstep-diagnostics-" + p.w.Now().Format("2006-01-02") + ".zip"
	saveFile(p.w, name, p.bundle.Zip, p.told)
}

// askSheet writes the sheet for who administers the servers, and says what is on it before it is saved.
func (p *help) askSheet() {
	p.leave(part.Quiet(say.T("Packing")))
	background(p.w, p.w.Agent.Handover, func(h localapi.Handover, err error) {
		var page bytes.Buffer
		if err == nil {
			err = model.HandoverHTML(&page, h)
		}
		if err != nil {
			a := model.Failure(err)
			p.show(container.NewVBox(part.Banner(part.ToneWarning, "attention", a.What, a.Do)))
			return
		}
		p.saved = part.Quiet(say.T("It stays on this computer until you send it."))
		save := part.NewButton(say.T("Save the sheet"), "save", part.Main, func() {
			saveFile(p.w, "lockstep-handover-"+p.w.Now().Format("2006-01-02")+".html", page.Bytes(), p.told)
		})
		p.show(part.Scroll(part.AtMost(720, part.Column(part.GapBlocks,
			part.Column(0, part.SubHeading(say.T("Handover sheet")),
				part.Plain(say.T("For who administers Exchange and Severa: the account and its rights, addresses and versions, who takes part, how to check it and how to take it all back. It is in English, opens in a browser, and no password is on it."))),
			part.Wide(part.Gap, 1, save, p.saved)))))
	})
}

// told says what became of a file.
func (p *help) told(err error) {
	if err != nil {
		p.saved.SetText(say.T("The file could not be written. Choose another folder."))
		return
	}
	p.saved.SetText(say.T("Saved"))
}
