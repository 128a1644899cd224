package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// undo shows what taking a run back would do; it is a preview of its own.
type undo struct {
	w     *Window
	board *board
	q     localapi.UndoRequest
	got   localapi.Undo

	page        fyne.CanvasObject
	title, note *part.Text
	banner      *fyne.Container
	body        *fyne.Container
	foot        *part.Text
	write, halt *part.Button
	bar         *part.Progress
	footer      *fyne.Container

	busy, writes bool
	empty        bool // there is nothing to take back
}

func newUndo(w *Window) page { return &undo{w: w} }

func (p *undo) content() fyne.CanvasObject {
	p.board = newBoard(p.w, false)
	p.banner, p.body = container.NewVBox(), container.NewStack()
	var title fyne.CanvasObject
	title, p.title, p.note = titled(say.T("Undo"), "")
	back := part.NewButton(say.T("Back to history"), "chevron-left", part.Low, func() { p.w.Show(model.PageHistory) })
	p.foot = part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder})
	p.write = part.NewButton(say.T("Nothing to undo"), "", part.Main, p.do)
	p.halt = part.NewButton(say.T("Stop as soon as possible"), "", part.Medium, p.stop)
	p.bar = part.NewProgress()
	left := part.Wide(part.GapWide, 1, back, p.foot)
	p.footer = container.NewStack(part.Footer(left, p.halt, p.write), container.NewVBox(p.bar.Object))
	p.page = sheet(title, []fyne.CanvasObject{p.board.find}, container.NewBorder(p.banner, nil, nil, nil, p.body), p.footer)
	p.dress()
	return p.page
}

// open shows what the undo that was asked for would do, or that of the newest
// run if none was.
func (p *undo) open() {
	if p.busy {
		return
	}
	p.q, p.w.undoing = p.w.undoing, localapi.UndoRequest{}
	p.got, p.empty = localapi.Undo{}, false
	p.quiet()
	p.body.Objects = nil
	p.begin(say.T("Looking at what the run has changed."))
	q := p.q
	background(p.w, func(ctx context.Context) (localapi.Undo, error) {
		if q.Run == 0 && q.Who == "" {
			runs, err := p.w.Agent.Runs(ctx, recentRuns)
			if err != nil {
				return localapi.Undo{}, err
			}
			run, ok := model.LastUndoable(runs)
			if !ok {
				return localapi.Undo{}, errNoChange
			}
			return p.w.Agent.PreviewUndo(ctx, localapi.UndoRequest{Run: run})
		}
		return p.w.Agent.PreviewUndo(ctx, q)
	}, p.take)
}

// errNoChange: there is no run to take back.
var errNoChange = errors.New("no run has changed anything")

// recentRuns is among how many runs the newest is looked for that has changed
// anything.
const recentRuns = 200

func (p *undo) take(u localapi.Undo, err error) {
	p.busy = false
	if err != nil {
		p.note.SetText("")
		switch {
		case errors.Is(err, errNoChange):
			p.nothing(say.T("None of the last runs has changed anything."))
		case model.NotInHistory(err):
			p.nothing(model.Failure(err).What)
		default:
			p.fail(err)
		}
		p.dress()
		return
	}
	p.got = u
	p.q.Run, p.q.Who = u.Run, u.Address
	p.title.SetText(model.UndoTitle(u, p.q.Item != ""))
	p.note.SetText(say.T("{{.Name}}. Nothing has been written yet.", "Name", u.Name))
	p.show(model.NewUndoView(u))
	if what, why, ok := model.UndoWarning(u); ok {
		p.say(part.Banner(part.ToneWarning, "attention", what, why))
	}
	p.dress()
}

// nothing says why there is nothing to take back, and leads to what there is.
func (p *undo) nothing(why string) {
	p.empty = true
	p.title.SetText(say.T("Undo"))
	history := part.NewButton(say.T("Open the history"), "", part.Main, func() { p.w.Show(model.PageHistory) })
	p.body.Objects = []fyne.CanvasObject{part.Empty("history", say.T("Nothing to undo"), why, history)}
	p.body.Refresh()
	p.page.Refresh()
}

func (p *undo) show(v *model.PreviewView) {
	p.body.Objects = []fyne.CanvasObject{p.board.object}
	p.body.Refresh()
	p.board.show(v)
	p.page.Refresh()
}

func (p *undo) begin(what string) {
	p.busy = true
	p.note.SetText(what)
	p.dress()
}

func (p *undo) fail(err error) {
	a := model.Failure(err)
	p.say(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
}

func (p *undo) say(banner fyne.CanvasObject) {
	p.banner.Objects = []fyne.CanvasObject{part.Column(0, banner, part.Tall(part.GapWide, container.NewStack()))}
	p.banner.Refresh()
	p.page.Refresh()
}

func (p *undo) quiet() {
	p.banner.RemoveAll()
	p.banner.Refresh()
}

func (p *undo) dress() {
	label, any := model.UndoLabel(p.got)
	p.write.SetText(label)
	p.write.SetUsable(any && !p.busy)
	show(p.write, !p.writes && (any || !p.busy)) // not known yet is not nothing
	show(p.halt, p.writes)
	show(p.bar.Object, p.writes)
	if !p.writes {
		p.foot.SetText("")
	}
	show(p.footer, !p.empty)
	p.footer.Refresh()
}

// do takes the run back, as it was shown and no more.
func (p *undo) do() {
	if p.busy {
		return
	}
	q := p.q
	q.Digest = p.got.Digest
	p.quiet()
	p.writes = true
	p.bar.Set(0, 1)
	p.begin(say.T("Taking back. What is taken back already stays so if you stop."))
	background(p.w, func(ctx context.Context) (localapi.Undo, error) { return p.w.Agent.Undo(ctx, q) },
		func(u localapi.Undo, err error) {
			p.busy, p.writes = false, false
			if err != nil {
				p.fail(err)
				p.dress()
				return
			}
			r := model.UndoResult(u)
			tone, icon := part.ToneGood, "ok"
			if r.Bad {
				tone, icon = part.ToneWarning, "attention"
			}
			p.got = localapi.Undo{Run: u.Run, Name: u.Name, Address: u.Address, Lost: u.Lost}
			p.note.SetText(u.Name)
			p.show(model.NewUndoView(p.got))
			p.say(part.Banner(tone, icon, r.What, r.Why))
			p.dress()
		})
}

func (p *undo) stop() {
	p.halt.SetUsable(false)
	p.foot.SetText(say.T("Stopping once what is on its way is written"))
	background(p.w, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.w.Agent.Stop(ctx) },
		func(struct{}, error) { p.halt.SetUsable(true) })
}

func (p *undo) update(s office.Status) {
	if p.writes {
		done, total := model.Progress(s)
		p.bar.Set(done, total)
		p.foot.SetText(model.ProgressNote(done, total))
	}
}
