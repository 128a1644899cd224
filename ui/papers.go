package ui

import (
	"bytes"
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// papers are the handover sheet and the diagnostics, each shown before it is
// saved. They stand under Help, and in the setup, where somebody is stuck first.
type papers struct {
	w *Window
	// show puts something in the place that the papers have on their page.
	show func(fyne.CanvasObject)
	// level is how much the button that saves stands out: a page has one main button.
	level  part.Weight
	saved  *part.Text
	bundle localapi.Diagnostics
}

// askDiagnostics packs what helps, and shows what is in it before it is saved.
func (p *papers) askDiagnostics() { p.pack(false) }

func (p *papers) pack(subjects bool) {
	p.show(part.Quiet(say.T("Packing")))
	background(p.w, func(ctx context.Context) (localapi.Diagnostics, error) {
		return p.w.Agent.Diagnostics(ctx, localapi.DiagnosticsRequest{Subjects: subjects})
	}, func(d localapi.Diagnostics, err error) {
		if err != nil {
			p.fail(err)
			return
		}
		p.bundle = d
		p.show(p.contents(subjects))
	})
}

// fail says why there is no paper.
func (p *papers) fail(err error) {
	a := model.Failure(err)
	p.show(container.NewVBox(part.Banner(part.ToneWarning, "attention", a.What, a.Do)))
}

// contents is what a bundle holds, file by file.
func (p *papers) contents(subjects bool) fyne.CanvasObject {
	var files []part.Fact
	for _, f := range model.BundleFiles(p.bundle) {
		files = append(files, part.Fact(f))
	}
	with := widget.NewCheck(say.T("With the subjects of entries that were written lately"), nil)
	with.SetChecked(subjects)
	with.OnChanged = func(on bool) { p.pack(on) }
	p.saved = part.Quiet(say.T("It stays on this computer until you send it."))
	save := part.NewButton(say.T("Save these {{.N}} files", "N", len(files)), "save", p.level, p.save)
	col := part.Column(part.GapBlocks,
		part.Column(0, part.SubHeading(say.T("Diagnostics")), part.Quiet(say.T("This is all that would be saved. No password is in it, and no text of an entry unless you tick it."))),
		part.Panel(part.Facts(factNames, files...)), with, part.Wide(part.Gap, 1, save, p.saved))
	return part.Scroll(col)
}

// factNames is how wide the names of what a paper holds are.
const factNames float32 = 140

func (p *papers) save() {
	name := "lockstep-diagnostics-" + p.w.Now().Format("2006-01-02") + ".zip"
	saveFile(p.w, name, p.bundle.Zip, p.told)
}

// askSheet writes the sheet for who administers the servers, and shows it before it is saved.
func (p *papers) askSheet() {
	p.show(part.Quiet(say.T("Packing")))
	background(p.w, p.w.Agent.Handover, func(h localapi.Handover, err error) {
		var page bytes.Buffer
		if err == nil {
			err = model.HandoverHTML(&page, h)
		}
		if err != nil {
			p.fail(err)
			return
		}
		p.show(p.sheet(model.HandoverSheet(h), page.Bytes()))
	})
}

// sheet is what would be saved, part by part.
func (p *papers) sheet(s model.Sheet, page []byte) fyne.CanvasObject {
	p.saved = part.Quiet(say.T("It stays on this computer until you send it."))
	save := part.NewButton(say.T("Save the sheet"), "save", p.level, func() {
		saveFile(p.w, "lockstep-handover-"+p.w.Now().Format("2006-01-02")+".html", page, p.told)
	})
	paper := part.Column(part.GapWide)
	for _, x := range s.Parts {
		paper.Add(part.Padded(part.GapBlocks, 0, sheetPart(x)))
		paper.Add(part.Line())
	}
	return part.Scroll(part.AtMost(720, part.Column(part.GapBlocks,
		part.Column(0, part.SubHeading(say.T("Handover sheet")),
			part.Plain(say.T("For who administers Exchange and Severa: the account and its rights, addresses and versions, who takes part, how to check it and how to take it all back. It is in English, opens in a browser, and no password is on it."))),
		part.Wide(part.Gap, 1, save, p.saved),
		part.Panel(paper))))
}

// sheetRows is how many people of a sheet are shown; the file holds all of them.
const sheetRows = 20

// sheetPart is one part of the sheet. Scripts are left out of what is shown:
// they stand beside it, or behind a button of their own, and are pages long.
func sheetPart(x model.SheetPart) fyne.CanvasObject {
	words := part.Column(part.GapTight, part.Bold(x.Title))
	for _, t := range x.Text {
		words.Add(part.Plain(t))
	}
	for i, r := range x.Rows {
		if i == sheetRows {
			words.Add(part.Quiet(say.N("and one more", "and {{.N}} more", len(x.Rows)-sheetRows)))
			break
		}
		words.Add(part.Plain(strings.Join(r, "; ")))
	}
	if len(x.Code) > 0 {
		words.Add(part.Quiet(say.T("The lines of the script stand here in the file.")))
	}
	col := part.Column(0, part.Padded(0, part.GapBlocks, words))
	if len(x.Facts) > 0 {
		var facts []part.Fact
		for _, f := range x.Facts {
			facts = append(facts, part.Fact{Name: f.Name, Value: f.Value})
		}
		col.Add(part.Facts(factNames, facts...))
	}
	return col
}

// told says what became of a file.
func (p *papers) told(err error) {
	if err != nil {
		p.saved.SetText(say.T("The file could not be written. Choose another folder."))
		return
	}
	p.saved.SetText(say.T("Saved"))
}
