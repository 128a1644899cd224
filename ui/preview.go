package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// preview is what the next run would do: nothing is written before its main
// button is pressed. The rehearsal of a first sync is the same page.
type preview struct {
	w     *Window
	board *board

	page        fyne.CanvasObject
	title, note *part.Text
	banner      *fyne.Container
	again       *part.Button
	body        *fyne.Container // the board, or why there is none yet

	foot                *part.Text
	export, keep, write *part.Button
	halt                *part.Button
	bar                 *part.Progress
	footer              *fyne.Container

	busy   bool // something is asked of the agent
	writes bool // and that is to write
	wrote  bool // what is shown is what a writing has left
	// follows: a run that was asked for elsewhere is under way.
	follows bool
	read    bool // there is a preview
	kept    keeper
	want    localapi.Group // to be shown alone once it is read
}

func newPreview(w *Window) page { return &preview{w: w} }

func (p *preview) content() fyne.CanvasObject {
	p.board = newBoard(p.w, true)
	p.board.changed = p.ticked
	p.board.chosen = p.choose
	p.board.detail = p.detail
	p.banner = container.NewVBox()
	var title fyne.CanvasObject
	title, p.title, p.note = titled(say.T("Preview of the next run"), say.T("Reading both calendars."))
	p.again = part.NewButton(say.T("Read again"), "sync", part.Medium, func() { p.wrote = false; p.ask(true) })
	p.body = container.NewStack()

	p.foot = part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder})
	p.export = part.NewButton(say.T("Export CSV"), "", part.Low, p.save)
	p.keep = part.NewButton(say.T("Save for later"), "", part.Medium, func() { p.keepTicks(); p.w.Show(PageOverview) })
	p.write = part.NewButton(say.T("Nothing to write"), "", part.Main, p.writeAll)
	p.halt = part.NewButton(say.T("Stop as soon as possible"), "", part.Medium, p.stop)
	p.halt.Hide()
	p.bar = part.NewProgress()
	p.bar.Object.Hide()
	p.footer = container.NewStack(part.Footer(p.foot, p.export, p.keep, p.halt, p.write), container.NewVBox(p.bar.Object))
	p.page = sheet(title, []fyne.CanvasObject{p.board.find, p.again}, container.NewBorder(p.banner, nil, nil, nil, p.body), p.footer)
	return p.page
}

// open shows the preview that there is, as it was left; where there is none, it
// is made.
func (p *preview) open() {
	if p.busy {
		return
	}
	p.begin(say.T("Reading both calendars."))
	before := p.before()
	background(p.w, func(ctx context.Context) (*model.PreviewView, error) {
		last, err := p.w.Agent.LastPreview(ctx)
		return model.NewPreviewView(last, before), err
	}, func(last *model.PreviewView, err error) {
		p.busy = false
		if code, ok := codeOf(err); ok && code == localapi.CodeNoPreview {
			p.ask(false)
			return
		}
		p.take(last, err)
	})
}

// before is what is shown now; nil: nothing yet.
func (p *preview) before() *model.PreviewView {
	if p.read {
		return p.board.view
	}
	return nil
}

// ask makes a new preview.
func (p *preview) ask(full bool) {
	if p.busy {
		return
	}
	p.begin(say.T("Reading both calendars."))
	before := p.before()
	background(p.w, func(ctx context.Context) (*model.PreviewView, error) {
		got, err := p.w.Agent.Preview(ctx, localapi.PreviewRequest{Full: full})
		return model.NewPreviewView(got, before), err
	}, func(got *model.PreviewView, err error) { p.busy = false; p.take(got, err) })
}

// only shows one group alone, now or once the preview is read.
func (p *preview) only(g localapi.Group) {
	p.want = g
	if p.read && !p.busy {
		p.board.filter(g)
		p.want = ""
	}
}

// begin says what is being waited for.
func (p *preview) begin(what string) {
	p.busy = true
	p.note.SetText(what)
	p.dress()
}

// take shows a preview.
func (p *preview) take(got *model.PreviewView, err error) {
	if err != nil {
		p.fail(err)
		p.note.SetText(say.T("There is no preview."))
		p.dress()
		return
	}
	p.read = true
	p.body.Objects = []fyne.CanvasObject{p.board.object}
	found := p.board.find.Visible()
	p.body.Refresh()
	p.board.show(got)
	if p.want != "" {
		p.board.filter(p.want)
		p.want = ""
	}
	if p.board.find.Visible() != found {
		p.page.Refresh() // the title has another width
	}
	p.note.SetText(p.board.view.PreviewNote(p.w.Now(), p.wrote))
	if len(p.banner.Objects) == 0 {
		p.warn(got.Preview)
	}
	p.dress()
}

// warn tells of people of whom nothing, or not all, can be written.
func (p *preview) warn(got localapi.Preview) {
	b, ok := model.PreviewBannerOf(got)
	if !ok {
		return
	}
	if b.Page == PageStopped {
		p.say(part.Banner(part.ToneError, "stopped", b.What, b.Why, part.NewButton(b.Button, "", part.Medium, func() { p.w.Show(b.Page) })))
		return
	}
	p.say(part.Banner(part.ToneWarning, "attention", b.What, b.Why))
}

func (p *preview) fail(err error) {
	a := model.Failure(err)
	p.say(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
}

func (p *preview) say(banner fyne.CanvasObject) {
	p.banner.Objects = []fyne.CanvasObject{part.Column(0, banner, part.Tall(part.GapWide, container.NewStack()))}
	p.banner.Refresh()
}

func (p *preview) quiet() {
	p.banner.RemoveAll()
	p.banner.Refresh()
}

// dress puts in use what can be done now.
func (p *preview) dress() {
	label, any := p.board.view.WriteLabel()
	p.write.SetText(label)
	p.write.SetUsable(any && p.read && !p.busy)
	p.again.SetUsable(!p.busy)
	some := p.read && !p.busy && p.board.view.All() > 0
	p.export.SetUsable(some)
	p.keep.SetUsable(some)
	show(p.halt, p.writes)
	show(p.keep, !p.writes)
	show(p.export, !p.writes)
	show(p.write, !p.writes && (p.read || any)) // before it is read nobody knows that there is nothing
	show(p.bar.Object, p.writes)
	if !p.writes {
		p.foot.SetText("")
		if p.read {
			p.foot.SetText(p.board.view.NotifyNote())
		}
	}
	p.footer.Refresh() // other buttons stand there
}

// ticked is called when a row was taken in or out.
func (p *preview) ticked() {
	if p.read && !p.busy {
		p.keepTicks()
		p.dress()
	}
}

// keepTicks has the agent keep what is ticked, so that a window that is opened
// later shows the same.
func (p *preview) keepTicks() { p.kept.keep(p.w, p.board.view.LeftOut()) }

// update shows how far the writing is.
func (p *preview) update(s office.Status) {
	done, total := model.Progress(s)
	switch {
	case p.writes:
	case p.busy || !p.read:
		return
	case s.Syncing && total > 0: // another window, or one that was killed, asked for it
		p.follows = true
		p.foot.SetText(model.ProgressNote(done, total))
		return
	case p.follows && !s.Syncing:
		p.follows = false
		p.ask(false)
		return
	default:
		return
	}
	p.bar.Set(done, total)
	p.foot.SetText(model.ProgressNote(done, total))
}

// detail asks for all that is known of a row.
func (p *preview) detail(r localapi.Row, address string, then func(localapi.Detail)) {
	background(p.w, func(ctx context.Context) (localapi.Detail, error) {
		return p.w.Agent.Detail(ctx, localapi.DetailRequest{Who: address, Row: r.ID})
	}, func(d localapi.Detail, err error) {
		if err == nil { // else what the list knows stays there
			then(d)
		}
	})
}

// keeper sends what is ticked, one after the other and only the newest.
type keeper struct {
	sending bool
	next    map[string][]string
	again   bool
}

func (k *keeper) keep(w *Window, rows map[string][]string) {
	k.next = rows
	if k.sending {
		k.again = true
		return
	}
	k.sending = true
	background(w, func(ctx context.Context) (struct{}, error) { return struct{}{}, w.Agent.LeaveOut(ctx, rows) },
		func(struct{}, error) {
			k.sending = false
			if k.again {
				k.again = false
				k.keep(w, k.next)
			}
		})
}
