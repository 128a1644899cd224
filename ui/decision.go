package ui

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// decision is one question: what it was before, on either side, and what it
// will be.
type decision struct {
	page   *attention
	q      localapi.Question
	d      model.Decision
	object fyne.CanvasObject
	foot   fyne.CanvasObject
	col    *fyne.Container

	banner  *fyne.Container
	right   map[string]int // which side is right, by field, as far as that is chosen
	partner string
	radios  []*fieldRadio
	cards   []*part.OptionCard
	results []*part.Text
	asked   []model.DecisionField // of results
	buttons []*part.Button
	always  *widget.Check
	rule    *fyne.Container
	ruled   localapi.Resolved // what the rule would settle
	hint    *part.Text
	busy    bool
}

func newDecision(p *attention, q localapi.Question, number int) *decision {
	d := &decision{page: p, q: q, d: model.DecisionOf(q, p.w.Now()), right: map[string]int{}, banner: container.NewVBox()}
	d.banner.Hide()
	for _, f := range d.d.Fields {
		if f.Filled != nil && d.d.ByField {
			d.right[f.Field] = int(*f.Filled)
		}
	}
	col := part.Column(part.GapBlocks, part.Column(0, part.Heading(d.d.Title), part.Lead(d.d.Lead, theme.ColorNameWarning, d.d.Line)), d.banner)
	if d.d.Suggestion != "" {
		col.Add(part.Banner(part.ToneInfo, "info", d.d.Suggestion, d.d.Because))
	}
	if len(d.d.Fields) > 0 {
		col.Add(d.grid())
	}
	if d.asksPartner() {
		col.Add(d.candidates())
	}
	d.rule = container.NewVBox()
	d.rule.Hide()
	d.hint = part.Caption(d.d.Note)
	col.Add(d.rule)
	col.Add(d.hint)
	if len(d.d.Candidates) == 1 {
		d.partner = d.d.Candidates[0].Partner
	}
	d.col = col
	d.offerRule()
	d.object, d.foot = container.NewVScroll(part.Padded(part.Margin, part.Margin, col)), d.footer(number)
	d.dress()
	return d
}

// same tells whether a question is the one that is shown, unchanged.
func (d *decision) same(q localapi.Question) bool { return reflect.DeepEqual(d.q, q) }

func (d *decision) footer(number int) fyne.CanvasObject {
	right := []fyne.CanvasObject{}
	count := say.T("{{.Number}} of {{.All}}", "Number", number, "All", len(d.page.qs))
	if len(d.page.qs) > 1 {
		right = append(right, part.NewButton(say.T("Decide later"), "", part.Low, d.page.later))
	} else {
		count = ""
	}
	for i, a := range d.d.Answers {
		weight := part.Medium
		if i == len(d.d.Answers)-1 {
			weight = part.Main
		}
		b := part.NewButton(a.Label, "", weight, func() { d.press(a) })
		d.buttons = append(d.buttons, b)
		right = append(right, b)
	}
	return part.Footer(part.NewText(count, part.Style{Color: theme.ColorNamePlaceHolder}), right...)
}

func (d *decision) asksPartner() bool {
	for _, a := range d.d.Answers {
		if a.Pairs {
			return true
		}
	}
	return false
}

func (d *decision) candidates() fyne.CanvasObject {
	col := part.Column(part.Gap, part.Bold(say.T("Which entry is it?")))
	for i, c := range d.d.Candidates {
		card := part.NewOptionCard(c.Title, c.Line, func() {
			d.partner = d.d.Candidates[i].Partner
			d.dress()
		})
		d.cards = append(d.cards, card)
		col.Add(card)
	}
	return col
}

// dress shows what has been chosen.
func (d *decision) dress() {
	for _, r := range d.radios {
		s, chosen := d.right[r.field]
		r.SetOn(chosen && s == r.side)
	}
	for i, c := range d.cards {
		c.SetOn(d.d.Candidates[i].Partner == d.partner)
	}
	for i, t := range d.results {
		f := d.asked[i]
		s, chosen := d.right[f.Field]
		switch {
		case f.Result[0] == f.Result[1]:
			t.SetText(f.Result[0])
		case chosen && f.Asked:
			t.SetText(f.Result[s])
		default:
			t.Set(say.T("Not chosen yet"), part.Style{Color: theme.ColorNamePlaceHolder, Wrap: true})
			continue
		}
		t.Set(t.Text(), part.Style{Wrap: true})
	}
	missing := ""
	for i, a := range d.d.Answers {
		usable := !d.busy
		switch {
		case a.Choice == "" && !d.whole():
			usable, missing = false, d.d.Missing()
		case a.Pairs && d.partner == "":
			usable, missing = false, say.T("Choose the entry that it belongs to.")
		}
		d.buttons[i].SetUsable(usable)
	}
	if missing != "" {
		d.hint.SetText(say.T("{{.Missing}} {{.Note}}", "Missing", missing, "Note", d.d.Note))
	} else {
		d.hint.SetText(d.d.Note)
	}
}

// choice is the answer of a button, as a rule, by the name that the agent has for it.
func (d *decision) choice(a model.Answer) string {
	if a.Choice != "" {
		return a.Choice
	}
	return model.SideChoice(d.oneSide())
}

// ruling is the answer that could be a rule, once it is known.
func (d *decision) ruling() (model.Answer, bool) {
	for _, a := range d.d.Answers {
		if a.Rules && (a.Choice != "" || d.oneSide() >= 0) {
			return a, true
		}
	}
	return model.Answer{}, false
}

// offerRule lets an answer hold always, where one could.
func (d *decision) offerRule() {
	d.rule.RemoveAll()
	d.always, d.ruled = nil, localapi.Resolved{}
	a, ok := d.ruling()
	if !ok || d.d.BySide && !model.CanRule(d.q) {
		d.rule.Hide()
		d.col.Refresh()
		return
	}
	label := part.Plain(model.RuleLabel(d.q, d.choice(a)))
	d.always = widget.NewCheck("", func(on bool) { d.askRule(a, on) })
	box := d.always
	d.rule.Add(part.Wide(part.GapTight, 1, box, newTap(label, func() { box.SetChecked(!box.Checked) })))
	show(d.rule, true)
	d.col.Refresh()
}

// askRule shows what a rule would settle before anybody makes it one.
func (d *decision) askRule(a model.Answer, on bool) {
	d.ruled = localapi.Resolved{}
	for len(d.rule.Objects) > 1 {
		d.rule.Remove(d.rule.Objects[1])
	}
	d.col.Refresh()
	d.name(a, a.Label)
	if !on {
		return
	}
	box := d.always
	d.busy = true // the answer must not be given before it is known to be a rule
	d.dress()
	background(d.page.w, func(ctx context.Context) (localapi.Resolved, error) {
		return d.page.w.Agent.Resolve(ctx, localapi.ResolveRequest{ID: d.q.ID, Who: []string{d.q.Address}, Choice: d.choice(a), Always: true})
	}, func(r localapi.Resolved, err error) {
		d.busy = false
		d.dress()
		if d.always != box || !box.Checked {
			return // something else has been chosen meanwhile
		}
		if err != nil {
			box.SetChecked(false)
			d.say(err)
			return
		}
		d.ruled = r
		d.rule.Add(part.Padded(0, 26, part.Caption(model.RuleNote(r))))
		d.col.Refresh()
		d.name(a, model.RuleButton(r))
	})
}

// name names the button of an answer.
func (d *decision) name(a model.Answer, text string) {
	for i, b := range d.buttons {
		if d.d.Answers[i].Label == a.Label {
			b.SetText(text)
		}
	}
	d.foot.Refresh()
}

// press answers.
func (d *decision) press(a model.Answer) {
	q := localapi.ResolveRequest{ID: d.q.ID, Who: []string{d.q.Address}}
	switch {
	case d.ruled.Rule != "" && a.Rules:
		q.Choice, q.Always, q.Confirm = d.choice(a), true, true
	case a.Choice == "" && d.d.ByField:
		q.Choice, q.Fields = model.FieldChoice(d.right)
	default:
		q.Choice = d.choice(a)
	}
	if a.Pairs {
		q.Partner = d.partner
	}
	d.busy = true
	d.dress()
	background(d.page.w, func(ctx context.Context) (localapi.Resolved, error) {
		return d.page.w.Agent.Resolve(ctx, q)
	}, func(_ localapi.Resolved, err error) {
		d.busy = false
		d.dress()
		if err != nil {
			d.say(err)
			if code, ok := codeOf(err); ok && (code == localapi.CodeNoDecision || code == localapi.CodeFields) {
				d.page.load()
			}
			return
		}
		d.page.answered(d.q.ID)
	})
}

// say shows why something was not done.
func (d *decision) say(err error) {
	a := model.Failure(err)
	d.banner.RemoveAll()
	d.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	show(d.banner, true)
	d.col.Refresh()
}
