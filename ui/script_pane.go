package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// scriptPane is every script for an administrator, to be chosen from: also where
// nothing has failed yet, as when a server is about to be replaced.
type scriptPane struct {
	p       *connections
	object  fyne.CanvasObject
	kinds   *widget.Select
	servers *widget.Select
	note    *part.Text
	block   *scriptBlock
	kind    string
	version string
}

func newScriptPane(p *connections) *scriptPane {
	s := &scriptPane{p: p, note: part.Caption("")}
	s.kinds = widget.NewSelect(model.ScriptKindNames(), func(string) { s.choose(s.kinds.SelectedIndex(), s.servers.SelectedIndex()) })
	s.servers = widget.NewSelect(nil, func(string) { s.choose(s.kinds.SelectedIndex(), s.servers.SelectedIndex()) })
	s.block = newScriptBlock(p.w, func() localapi.ScriptRequest {
		return localapi.ScriptRequest{Kind: s.kind, Version: s.version}
	})
	s.block.title.Hide()
	back := part.NewButton(say.T("Connections"), "chevron-left", part.Link, p.back)
	choices := part.Halves(part.GapBlocks,
		part.Stacked(part.NewField(say.T("What it gives"), part.Bordered(s.kinds), "", nil)),
		part.Stacked(part.NewField(say.T("Exchange version"), part.Bordered(s.servers), "", nil)))
	col := part.Column(part.GapBlocks, part.AtMost(640, choices), s.note, s.block.Object)
	s.object = sheet(part.Column(0, part.Row(0, back), part.Heading(say.T("Script for your Exchange administrator")),
		part.Quiet(say.T("Lockstep runs nothing there itself: the administrator reads the script and runs it."))), nil, part.Scroll(col), nil)
	return s
}

// open begins with what the office needs.
func (s *scriptPane) open() {
	background(s.p.w, func(ctx context.Context) (localapi.Setup, error) { return s.p.w.Agent.Setup(ctx) },
		func(d localapi.Setup, err error) {
			if err != nil {
				s.block.fail(err)
				return
			}
			kind, version, known := model.ScriptFor(d.Draft.Exchange, s.p.tests[localapi.SystemExchange])
			if !known {
				s.note.SetText(say.T("Which version it is has not been found out yet. The administrator knows it."))
			}
			show(s.note, !known)
			s.set(kind, version)
		})
}

// choose takes what was chosen in the two lists.
func (s *scriptPane) choose(kind, version int) {
	if kind < 0 || version < 0 {
		return
	}
	k := model.ScriptKinds()[kind]
	chosen := model.ScriptVersions(s.kind)
	if version >= len(chosen) {
		return
	}
	if v := chosen[version]; k != s.kind || v != s.version {
		s.set(k, v)
	}
}

// set shows a script. There is not every kind for every version.
func (s *scriptPane) set(kind, version string) {
	versions := model.ScriptVersions(kind)
	at := max(slices.Index(versions, version), 0)
	s.kind, s.version = kind, versions[at]
	quietly(s.kinds, model.ScriptKindNames(), slices.Index(model.ScriptKinds(), kind))
	quietly(s.servers, model.ScriptVersionNames(kind), at)
	s.block.load()
}

// quietly offers choices and shows which one is chosen, without that anybody
// chose it.
func quietly(list *widget.Select, names []string, at int) {
	was := list.OnChanged
	list.OnChanged = nil
	list.SetOptions(names)
	list.SetSelectedIndex(at)
	list.OnChanged = was
}

// papers is what whoever administers the servers may be given.
func (p *connections) papers() fyne.CanvasObject {
	script := part.NewButton(say.T("Administrator's script"), "key", part.Medium, p.openScript)
	sheet := part.NewButton(say.T("Handover sheet"), "save", part.Medium, func() { p.w.openHelp((*papers).askSheet) })
	diagnostics := part.NewButton(say.T("Save diagnostics"), "save", part.Medium, func() { p.w.openHelp((*papers).askDiagnostics) })
	head := part.Wide(part.GapWide, 1, part.Icon("shield", 24), part.Column(0, part.SubHeading(say.T("For who administers the servers")),
		part.Quiet(say.T("The rights that the account needs, all that is set up, and what helps whoever helps."))))
	return part.Panel(part.Column(0, part.Padded(part.GapBlocks, part.GapBlocks, head), part.Line(),
		part.Padded(part.GapWide, part.GapBlocks, part.Row(part.Gap, script, sheet, diagnostics))))
}

// openScript shows the scripts in the place of the connections.
func (p *connections) openScript() {
	if p.script == nil {
		p.script = newScriptPane(p)
	}
	p.place.Objects = []fyne.CanvasObject{p.script.object}
	p.place.Refresh()
	p.script.open()
}

// openScript leads to the scripts.
func (w *Window) openScript() {
	w.Show(model.PageConnections)
	if k, ok := w.pages[model.PageConnections].(*kept); ok {
		k.page.(*connections).openScript() //nolint:forcetypeassert // made by newConnections
	}
}

// openHelp leads to a paper under Help.
func (w *Window) openHelp(do func(*papers)) {
	w.Show(model.PageHelp)
	if k, ok := w.pages[model.PageHelp].(*kept); ok {
		do(k.page.(*help).papers) //nolint:forcetypeassert // made by newHelp
	}
}
