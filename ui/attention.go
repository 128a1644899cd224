package ui

import (
	"context"
	"fmt"
	"reflect"
	"strings"

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

// searchFrom is how many rows a list may have without a field to search it.
const searchFrom = 50

// attention is what waits for a person's word, and below it what was passed over.
type attention struct {
	w      *Window
	status office.Status
	qs     []localapi.Question
	rows   []model.AttentionRow
	cells  rows[*attentionRow]

	box    *fyne.Container // the whole, or that there is nothing
	split  fyne.CanvasObject
	title  *part.Text
	search *part.Entry
	find   *fyne.Container
	list   *widget.List
	all    *part.Button
	detail *fyne.Container
	foot   *fyne.Container
	decide *decision
	chosen string // the id of the decision that is shown, or the title and name of a note
	seen   string // what of the status the decisions were last read for
	reading
	loaded bool
}

func newAttention(w *Window) page { return &attention{w: w, cells: rows[*attentionRow]{}} }

func (p *attention) content() fyne.CanvasObject {
	p.title = part.SubHeading("")
	p.search = part.NewEntry(say.T("Colleague or entry"))
	p.search.SetIcon(part.IconResource("search", theme.ColorNamePlaceHolder))
	p.search.OnChanged = func(string) { p.show() }
	p.find = part.Padded(part.GapTight, part.Gap, p.search)
	p.find.Hide()
	p.list = widget.NewList(func() int { return len(p.rows) }, func() fyne.CanvasObject {
		r := newAttentionRow()
		p.cells[r.object] = r
		return r.object
	}, func(i widget.ListItemID, o fyne.CanvasObject) { p.cells[o].set(p.rows[i]) })
	p.list.HideSeparators = true
	p.list.OnSelected = p.selected
	p.all = part.NewButton(say.T("Use the suggestion"), "check", part.Medium, p.suggestions)
	p.all.Hide()
	p.detail = container.NewStack()

	top := part.Column(part.Gap, part.Padded(0, part.Gap, p.title), p.find)
	left := container.NewBorder(top, part.Padded(part.GapWide, part.GapTight, p.all), nil, nil, p.list)
	pane := part.Narrow(attentionWidth, part.Padded(part.Margin, part.GapWide, left))
	side := container.NewBorder(nil, nil, nil, part.Narrow(1, part.NewArea(theme.ColorNameSeparator, "", 0)), pane)
	p.foot = container.NewStack()
	p.split = container.New(footLayout{}, container.New(splitLayout{}, side, p.detail), p.foot)
	p.box = container.NewStack(part.Padded(part.Margin, part.Margin, part.Empty("waiting", say.T("Asking the agent"), "", nil)))
	return p.box
}

func (p *attention) open() { p.load() }

func (p *attention) update(s office.Status) {
	p.status = s
	if now := attentionKey(s); now != p.seen {
		p.seen = now
		p.load()
	}
}

// attentionKey changes whenever what needs attention may have.
func attentionKey(s office.Status) string {
	var b strings.Builder
	for _, p := range s.People {
		fmt.Fprintln(&b, p.ID, p.Waiting, p.Complete.UnixNano(), len(p.Problems), p.Clocks, p.Foreign, p.Lease.State)
	}
	return b.String()
}

// load reads what waits.
func (p *attention) load() {
	read(p.w, &p.reading, func(ctx context.Context) ([]localapi.Question, error) {
		return p.w.Agent.Decisions(ctx, localapi.DecisionsRequest{})
	}, func(qs []localapi.Question, err error) {
		if code, ok := codeOf(err); ok && (code == localapi.CodeNobody || code == localapi.CodeNotSetUp) {
			qs, err = nil, nil
		}
		if err != nil {
			fill(p.box, unread(err, p.load))
			return
		}
		same := p.loaded && reflect.DeepEqual(qs, p.qs) &&
			reflect.DeepEqual(p.rows, model.AttentionRows(qs, p.status, p.search.Text, p.w.Now()))
		p.qs, p.loaded = qs, true
		if !same || len(p.rows) == 0 { // else a list that was scrolled stays where it is
			p.show()
		}
	})
}

// show puts into the lists what is there now.
func (p *attention) show() {
	if !p.loaded {
		return
	}
	p.rows = model.AttentionRows(p.qs, p.status, p.search.Text, p.w.Now())
	if len(p.rows) == 0 && p.search.Text == "" {
		p.chosen = ""
		fill(p.box, part.Padded(part.Margin, part.Margin, part.Empty("ok", say.T("Nothing needs a decision"),
			say.T("When Lockstep does not know what is right, it asks here and goes on with everything else."), nil)))
		return
	}
	p.title.SetText(model.DecisionsTitle(len(p.qs)))
	if p.find.Hidden && len(p.rows) > searchFrom {
		show(p.find, true)
	}
	for i, r := range p.rows {
		p.list.SetItemHeight(i, attentionHeight(r))
	}
	p.offerAll()
	fill(p.box, p.split)
	p.list.Refresh()
	p.choose()
}

// choose keeps what was chosen, or takes the first that can be.
func (p *attention) choose() {
	first := -1
	p.list.UnselectAll() // a row that is selected already would not be shown anew
	for i, r := range p.rows {
		switch {
		case r.Head:
			continue
		case attentionID(r) == p.chosen:
			p.list.Select(i)
			return
		case first < 0:
			first = i
		}
	}
	p.chosen = ""
	if first >= 0 {
		p.list.Select(first)
		return
	}
	p.place(part.Empty("search", say.T("Nothing is called that"), say.T("Search for another word."), nil), nil)
}

func attentionID(r model.AttentionRow) string {
	if r.Note != nil {
		return "note " + r.Line + " " + r.Title + " " + r.Note.Why
	}
	return r.ID
}

// selected shows a row; a head stands for the first row below it.
func (p *attention) selected(i widget.ListItemID) {
	r := p.rows[i]
	if r.Head {
		p.list.Select(i + 1)
		return
	}
	id := attentionID(r)
	if r.Note != nil {
		p.chosen = id
		p.place(p.note(*r.Note), nil)
		return
	}
	number := 0
	for _, above := range p.rows[:i+1] {
		if above.ID != "" {
			number++
		}
	}
	for _, q := range p.qs {
		if q.ID != r.ID {
			continue
		}
		if id == p.chosen && p.decide != nil && p.decide.same(q) {
			return // what was begun in it stays
		}
		p.chosen = id
		p.decide = newDecision(p, q, number)
		p.place(p.decide.object, p.decide.foot)
	}
}

// place shows the right pane; foot may be nil.
func (p *attention) place(o, foot fyne.CanvasObject) {
	p.detail.Objects = []fyne.CanvasObject{o}
	p.foot.RemoveAll()
	if foot != nil {
		p.foot.Add(foot)
	}
	p.split.Refresh()
}

// note is something about which there is nothing to choose.
func (p *attention) note(n model.AttentionNote) fyne.CanvasObject {
	col := part.Column(part.GapBlocks, part.Column(0, part.Heading(n.What), part.Quiet(n.Name)),
		part.Plain(n.Why), part.Column(part.GapTight, part.Bold(say.T("What helps")), part.Plain(n.Do)))
	if n.Page != "" && describe(n.Page).name == n.Page {
		col.Add(container.NewHBox(part.NewButton(say.T("Open Connections"), "connections", part.Medium, func() { p.w.Show(n.Page) })))
	}
	return container.NewVScroll(part.Padded(part.Margin, part.Margin, col))
}

// offerAll names the button that takes every suggestion by how many there are.
func (p *attention) offerAll() {
	n := 0
	for _, q := range p.qs {
		if _, ok := model.Suggestion(q); ok {
			n++
		}
	}
	p.all.SetText(say.N("Use the suggestion", "Use suggestion for {{.N}}", n))
	if n == len(p.qs) {
		p.all.SetText(say.N("Use the suggestion", "Use suggestion for all {{.N}}", n))
	}
	if n > 1 {
		show(p.all, true)
	} else {
		p.all.Hide()
	}
}

// suggestions answers every question that has a suggestion with it.
func (p *attention) suggestions() {
	var asked []localapi.ResolveRequest
	for _, q := range p.qs {
		if a, ok := model.Suggestion(q); ok {
			asked = append(asked, localapi.ResolveRequest{ID: q.ID, Who: []string{q.Address}, Choice: a.Choice, Partner: a.Partner})
		}
	}
	p.all.Disable()
	background(p.w, func(ctx context.Context) (struct{}, error) {
		for _, r := range asked {
			_, err := p.w.Agent.Resolve(ctx, r)
			if code, ok := codeOf(err); ok && code == localapi.CodeNoDecision {
				continue // it has settled itself meanwhile
			}
			if err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	}, func(_ struct{}, err error) {
		p.all.Enable()
		if err != nil && p.decide != nil {
			p.decide.say(err)
		}
		p.load()
	})
}

// answered goes on to what waits besides.
func (p *attention) answered(id string) {
	for i, q := range p.qs {
		if q.ID == id {
			p.qs = append(p.qs[:i:i], p.qs[i+1:]...)
			break
		}
	}
	p.show()
	p.load()
}

// later goes to the next decision, and leaves this one as it is.
func (p *attention) later() {
	at := -1
	for i, r := range p.rows {
		if !r.Head && attentionID(r) == p.chosen {
			at = i
		}
	}
	for n := 1; n < len(p.rows); n++ {
		i := (at + n) % len(p.rows)
		if r := p.rows[i]; !r.Head && r.ID != "" {
			p.list.Select(i)
			return
		}
	}
}
