package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// whatStep chooses what goes to the other side.
type whatStep struct {
	z    *wizard
	what *whatForm
}

func (s *whatStep) content() fyne.CanvasObject {
	s.what = newWhatForm(s.z.w, func() *localapi.Draft { return &s.z.draft }, func() {})
	return part.Scroll(s.what.object)
}

func (s *whatStep) show() {
	s.what.fill(s.z.types)
	if s.z.types != nil {
		return
	}
	q := localapi.TestRequest{Draft: s.z.draft, System: localapi.SystemSevera}
	background(s.z.w, func(ctx context.Context) (localapi.TestResult, error) { return s.z.w.Agent.TestConnection(ctx, q) },
		func(r localapi.TestResult, err error) {
			if err == nil && r.OK {
				s.z.types = r.Types
				s.what.fill(r.Types)
			}
		})
}

func (s *whatStep) collect() { s.what.collect() }

func (s *whatStep) keys() []string { return []string{"rules", "private", "filter"} }

func (s *whatStep) wrong(ps []localapi.FieldProblem) {
	for _, p := range s.what.wrong(ps) {
		s.z.tell(model.Advice{What: model.FieldWrong(p)})
	}
}

func (s *whatStep) forward(then func())   { then() }
func (s *whatStep) first() fyne.Focusable { return nil }

// whatForm is what is kept in step: which activities go to Outlook, which
// entries to Severa, what becomes of private ones, for which days. The setup
// and the page of the rules show the same.
type whatForm struct {
	w      *Window
	draft  func() *localapi.Draft
	told   func() // something was changed
	object fyne.CanvasObject
	known  []localapi.Activity
	types  *fyne.Container
	ticks  map[string]*widget.Check
	out    *widget.Select // private, to Severa
	in     *widget.Select // private, to Outlook
	allDay *widget.Check
	shows  map[string]*widget.Check
	back   *part.Entry
	ahead  *part.Entry
	rows   map[string]*part.Setting
	quiet  bool // it is being filled
}

func newWhatForm(w *Window, draft func() *localapi.Draft, told func()) *whatForm {
	f := &whatForm{w: w, draft: draft, told: told, ticks: map[string]*widget.Check{}, shows: map[string]*widget.Check{}, rows: map[string]*part.Setting{}}
	changed := func() {
		if !f.quiet {
			f.told()
		}
	}
	f.types = part.Column(0)
	f.in = selectOf(model.PrivacyNames(), func(int) { changed() })
	f.out = selectOf(model.PrivacyNames(), func(int) { changed() })
	f.allDay = widget.NewCheck("", func(bool) { changed() })
	number := func(key string) *part.Entry {
		e := part.NewEntry("")
		e.OnChanged = func(text string) {
			f.rows[key].SetWrong(model.DaysWrong(text))
			changed()
		}
		return e
	}
	f.back, f.ahead = number("rules.days_back"), number("rules.days_ahead")
	row := func(key, title string, control fyne.CanvasObject) fyne.CanvasObject {
		s := part.NewSetting(title, "", "", control)
		f.rows[key] = s
		return s.Object
	}
	private := func(s *widget.Select) fyne.CanvasObject { return part.Narrow(240, part.Bordered(s)) }
	filter := []fyne.CanvasObject{row("filter.all_day", say.T("All-day entries stay in Outlook"), f.allDay)}
	for _, show := range model.ShowAsWords() {
		f.shows[show.Word] = widget.NewCheck("", func(bool) { changed() })
		filter = append(filter, row("filter.show_as."+show.Word, show.Say, f.shows[show.Word]))
	}
	f.object = part.Column(part.GapBlocks,
		part.Section(say.T("From Severa to Outlook"), say.T("Which activity types colleagues see in their calendar."), f.types),
		part.Section(say.T("From Outlook to Severa"), say.T("Which entries stay out of the business system."), filter...),
		part.Section(say.T("Private entries"), say.T("What the other side gets of them."),
			row("private.to_severa", say.T("From Outlook to Severa"), private(f.in)),
			row("private.to_exchange", say.T("From Severa to Outlook"), private(f.out))),
		part.Section(say.T("Days"), say.T("Entries outside stay as they are; they are never deleted."),
			row("rules.days_back", say.T("Kept in step back"), part.Unit(f.back, say.T("days"))),
			row("rules.days_ahead", say.T("Kept in step ahead"), part.Unit(f.ahead, say.T("days")))))
	return f
}

// fill shows the draft.
func (f *whatForm) fill(types []localapi.Activity) {
	f.quiet = true
	defer func() { f.quiet = false }()
	d := f.draft()
	f.known = types
	f.types.RemoveAll()
	f.ticks = map[string]*widget.Check{}
	chosen := model.ActivityTicks(types, d.Rules.Types)
	for i, t := range model.Activities(types) {
		if i > 0 {
			f.types.Add(part.Line())
		}
		tick := widget.NewCheck("", func(bool) {
			if !f.quiet {
				f.told()
			}
		})
		tick.SetChecked(chosen[t.Name] && t.Usable)
		if !t.Usable {
			tick.Disable()
		} else {
			f.ticks[t.Name] = tick
		}
		f.types.Add(part.NewSetting(t.Name, t.Note, "", tick).Object)
	}
	if len(types) == 0 {
		f.types.Add(part.NewSetting(say.T("All activity types"), say.T("Their names are shown once Severa has answered."), "", container.NewStack()).Object)
	}
	f.in.SetSelectedIndex(model.IndexOf(model.Privacies(), d.Private.ToSevera))
	f.out.SetSelectedIndex(model.IndexOf(model.Privacies(), d.Private.ToExchange))
	f.allDay.SetChecked(d.Filter.AllDay)
	for word, c := range f.shows {
		c.SetChecked(model.Has(d.Filter.ShowAs, word))
	}
	f.back.SetText(model.DaysBack(d.Rules))
	f.ahead.SetText(model.DaysAhead(d.Rules))
	f.types.Refresh()
}

// collect takes what was chosen into the draft.
func (f *whatForm) collect() {
	d := f.draft()
	if len(f.ticks) > 0 {
		on := map[string]bool{}
		for name, tick := range f.ticks {
			on[name] = tick.Checked
		}
		d.Rules.Types = model.ChosenTypes(f.known, on)
	}
	d.Private.ToSevera = model.Privacies()[max(f.in.SelectedIndex(), 0)]
	d.Private.ToExchange = model.Privacies()[max(f.out.SelectedIndex(), 0)]
	d.Filter.AllDay = f.allDay.Checked
	for word, c := range f.shows {
		d.Filter.ShowAs = model.With(d.Filter.ShowAs, word, c.Checked)
	}
	model.SetDays(&d.Rules, f.back.Text, f.ahead.Text)
}

// wrong shows problems at their rows, and returns those without one.
func (f *whatForm) wrong(ps []localapi.FieldProblem) (rest []localapi.FieldProblem) {
	for _, p := range ps {
		if row := f.rows[p.Key]; row != nil {
			row.SetWrong(model.FieldWrong(p))
		} else {
			rest = append(rest, p)
		}
	}
	return rest
}
