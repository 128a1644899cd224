package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// rulesPage is what is kept in step, when, and how: for everybody, or the one
// rule that a person can have of his own.
type rulesPage struct {
	*drafting
	scope    *widget.Select
	tabs     *part.Tabs
	place    *fyne.Container
	views    []fyne.CanvasObject
	person   fyne.CanvasObject // the rules of one person
	own      *widget.Select
	ownRow   *part.Setting
	what     *whatForm
	how      *howCards
	types    []localapi.Activity
	category *part.Entry
	subjects *part.Entry
	every    *widget.Select
	promise  *widget.Select
	words    map[string][]string // of the two choices above
	dir      *widget.Select
	fields   map[string]*widget.Select
	asked    bool
}

func newRules(w *Window) page {
	p := &rulesPage{drafting: newDrafting(w), words: map[string][]string{}, fields: map[string]*widget.Select{}}
	p.filled = p.fill
	return p
}

func (p *rulesPage) content() fyne.CanvasObject {
	title, _, _ := titled(say.T("Rules"), say.T("What is kept in step, when, and how."))
	p.scope = widget.NewSelect(nil, func(string) { p.choose() })
	p.tabs = part.NewTabs(func(int) { p.choose() }, say.T("What"), say.T("When"), say.T("How"))
	changed := func(key string) { p.collect(); p.told(key) }
	p.what = newWhatForm(func() *localapi.Draft { return &p.draft.Draft }, p.row, changed)
	p.how = newHowCards(func() *localapi.Draft { return &p.draft.Draft }, func(key string) { p.told(key) })
	typed := func(key, hint string) *part.Entry {
		e := part.NewEntry(hint)
		e.OnChanged = func(string) { changed(key) }
		return e
	}
	p.category, p.subjects = typed("filter.categories", say.T("Home, Family")), typed("filter.subjects", say.T("lunch, *birthday*"))
	p.every = widget.NewSelect(nil, func(string) { changed("rules.every") })
	p.promise = widget.NewSelect(nil, func(string) { changed("rules.promise") })
	p.dir = selectOf(model.DirectionNames(), func(int) { changed("rules.direction") })
	var fields []fyne.CanvasObject
	for _, f := range model.RuleFields() {
		key := "rules.fields." + f.Word
		p.fields[f.Word] = selectOf(model.DirectionNames(), func(int) { changed(key) })
		fields = append(fields, p.row(key, f.Name, say.T("{{.Severa}} in Severa, {{.Outlook}} in Outlook", "Severa", f.Severa, "Outlook", f.Outlook), wideSelect(p.fields[f.Word]), nil))
	}
	p.own = selectOf(model.OwnDirectionNames(), func(int) { p.setOwn() })
	p.ownRow = part.NewSetting(say.T("Direction"), "", say.T("Changed"), wideSelect(p.own))
	p.views = []fyne.CanvasObject{
		part.Scroll(part.Column(part.GapBlocks, p.what.object, part.Section(say.T("More that stays in Outlook"), say.T("Several are set apart by commas; * stands for any text."),
			p.row("filter.categories", say.T("Categories"), "", part.Narrow(250, p.category), nil),
			p.row("filter.subjects", say.T("Subjects"), "", part.Narrow(250, p.subjects), nil)))),
		part.Scroll(part.Column(part.GapBlocks, p.what.days, part.Section(say.T("Pace"), say.T("Exchange tells of changes at once; this is how often both sides are looked at besides."),
			p.row("rules.every", say.T("Look for changes every"), "", wideSelect(p.every), nil),
			p.row("rules.promise", say.T("Tell me when a calendar is older than"), "", wideSelect(p.promise), nil)))),
		part.Scroll(part.Column(part.GapBlocks, p.how.object,
			part.Section(say.T("Direction"), say.T("Which side may change the other. A person can have another one."),
				p.row("rules.direction", say.T("Entries go"), "", wideSelect(p.dir), nil)),
			part.Section(say.T("Single fields"), say.T("Subject and time always go with the entry."), fields...))),
	}
	p.person = part.Scroll(part.Section(say.T("Rules of this person"), say.T("Everything else holds for everybody."), p.ownRow.Object))
	p.place = container.NewStack(p.views[0])
	return p.page(title, []fyne.CanvasObject{part.Narrow(240, part.Bordered(p.scope))}, p.tabs, p.place)
}

// wideSelect is a choice at the right edge of a row.
func wideSelect(s *widget.Select) fyne.CanvasObject { return part.Narrow(250, part.Bordered(s)) }

func (p *rulesPage) open() {
	p.load()
	if p.asked {
		return
	}
	p.asked = true
	background(p.w, func(ctx context.Context) (localapi.TestResult, error) {
		s, err := p.w.Agent.Setup(ctx)
		if err != nil {
			return localapi.TestResult{}, err
		}
		return p.w.Agent.TestConnection(ctx, localapi.TestRequest{Draft: s.Draft, System: localapi.SystemSevera})
	}, func(r localapi.TestResult, err error) {
		if err == nil && r.OK {
			p.types = r.Types
			p.show()
		}
	})
}

func (p *rulesPage) update(office.Status) {}

func (p *rulesPage) nextTab() { p.tabs.Next() }

// choose shows the tab, or what one person can have of his own.
func (p *rulesPage) choose() {
	view := p.views[p.tabs.On()]
	if p.scope.SelectedIndex() > 0 {
		view = p.person
		p.fillOwn()
	}
	p.place.Objects = []fyne.CanvasObject{view}
	p.place.Refresh()
}

// chosen is the person whose rules are shown.
func (p *rulesPage) chosen() *localapi.DraftPerson {
	if i := p.scope.SelectedIndex() - 1; i >= 0 && i < len(p.draft.Draft.Person) {
		return &p.draft.Draft.Person[i]
	}
	return nil
}

func (p *rulesPage) fillOwn() {
	if who := p.chosen(); who != nil {
		was := p.filling
		p.filling = true
		p.own.SetSelectedIndex(model.IndexOf(model.OwnDirections(), who.Direction))
		p.filling = was
		p.markOwn()
	}
}

func (p *rulesPage) setOwn() {
	if who := p.chosen(); who != nil && !p.filling {
		who.Direction = model.OwnDirections()[max(p.own.SelectedIndex(), 0)]
		p.told("")
		p.markOwn()
	}
}

func (p *rulesPage) markOwn() {
	if i := p.scope.SelectedIndex() - 1; i >= 0 && i < len(p.before.Draft.Person) {
		p.ownRow.SetChanged(p.before.Draft.Person[i].Direction != p.draft.Draft.Person[i].Direction)
	}
}

// fill shows the draft.
func (p *rulesPage) fill() {
	d := p.draft.Draft
	names := []string{say.T("Everybody")}
	for _, x := range d.Person {
		names = append(names, model.PersonName(x))
	}
	at := max(p.scope.SelectedIndex(), 0)
	p.scope.Options = names
	p.scope.SetSelectedIndex(min(at, len(names)-1))
	p.what.fill(p.types)
	p.how.fill()
	p.category.SetText(model.Joined(d.Filter.Categories))
	p.subjects.SetText(model.Joined(d.Filter.Subjects))
	p.fillTime("every", p.every, model.EveryChoices(), d.Rules.Every)
	p.fillTime("promise", p.promise, model.PromiseChoices(), d.Rules.Promise)
	p.dir.SetSelectedIndex(model.IndexOf(model.Directions(), d.Rules.Direction))
	for word, s := range p.fields {
		s.SetSelectedIndex(model.IndexOf(model.Directions(), d.Rules.Fields[word]))
	}
	for key, c := range map[string]fyne.Disableable{
		"rules.every": p.every, "rules.promise": p.promise, "rules.direction": p.dir, "rules.days_back": p.what.back, "rules.days_ahead": p.what.ahead,
		"private.to_severa": p.what.in, "private.to_exchange": p.what.out, "filter.all_day": p.what.allDay,
		"filter.categories": p.category, "filter.subjects": p.subjects,
	} {
		p.lock(key, c)
	}
	p.choose()
}

func (p *rulesPage) fillTime(name string, s *widget.Select, choices []string, held string) {
	p.words[name], s.Options = model.TimeNames(choices, held)
	s.SetSelectedIndex(model.IndexOf(p.words[name], held))
}

// collect takes what was chosen into the draft.
func (p *rulesPage) collect() {
	if p.filling {
		return
	}
	p.what.collect()
	p.what.mark(p.before.Draft)
	d := &p.draft.Draft
	d.Filter.Categories, d.Filter.Subjects = model.Words(p.category.Text), model.Words(p.subjects.Text)
	d.Rules.Every = p.words["every"][max(p.every.SelectedIndex(), 0)]
	d.Rules.Promise = p.words["promise"][max(p.promise.SelectedIndex(), 0)]
	model.SetDirection(&d.Rules, p.dir.SelectedIndex())
	for word, s := range p.fields {
		model.SetField(&d.Rules, word, model.Directions()[max(s.SelectedIndex(), 0)])
	}
}
