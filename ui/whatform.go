package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// rowMaker makes a row of settings and knows it by its key; wrong tells what is
// wrong with what was typed into it.
type rowMaker func(key, title, note string, control fyne.CanvasObject, wrong func() string) fyne.CanvasObject

// plainRows are rows that are not compared with anything.
type plainRows map[string]*settingRow

func (r plainRows) row(key, title, note string, control fyne.CanvasObject, wrong func() string) fyne.CanvasObject {
	s := &settingRow{Setting: part.NewSetting(title, note, "", control), wrong: wrong}
	r[key] = s
	return s.Object
}

// look has every row say what is wrong with it.
func (r plainRows) look() {
	for _, row := range r {
		if row.wrong != nil {
			row.SetWrong(row.wrong())
		}
	}
}

// wrong shows problems at their rows, and returns those without one.
func (r plainRows) wrong(ps []localapi.FieldProblem) (rest []localapi.FieldProblem) {
	for _, p := range ps {
		if row := r[p.Key]; row != nil {
			row.SetWrong(model.FieldWrong(p))
		} else {
			rest = append(rest, p)
		}
	}
	return rest
}

// whatForm is what is kept in step: which activities go to Outlook, which
// entries to Severa, what becomes of private ones, for which days. The setup
// and the page of the rules show the same.
type whatForm struct {
	draft  func() *localapi.Draft
	told   func(key string) // something was changed
	object fyne.CanvasObject
	days   fyne.CanvasObject
	known  []localapi.Activity
	types  *fyne.Container
	lines  map[string]*part.Setting // of the types
	ticks  map[string]*widget.Check
	out    *widget.Select // private, to Severa
	in     *widget.Select // private, to Outlook
	allDay *widget.Check
	shows  map[string]*widget.Check
	back   *part.Entry
	ahead  *part.Entry
	quiet  bool // it is being filled
}

func newWhatForm(draft func() *localapi.Draft, row rowMaker, told func(string)) *whatForm {
	f := &whatForm{draft: draft, told: told, ticks: map[string]*widget.Check{}, shows: map[string]*widget.Check{}, types: part.Column(0)}
	private := func(key string) (*widget.Select, fyne.CanvasObject) {
		s := selectOf(model.PrivacyNames(), func(int) { f.changed(key) })
		return s, part.Narrow(290, part.Bordered(s))
	}
	var in, out fyne.CanvasObject
	f.in, in = private("private.to_severa")
	f.out, out = private("private.to_exchange")
	f.allDay = widget.NewCheck("", func(bool) { f.changed("filter.all_day") })
	filter := []fyne.CanvasObject{row("filter.all_day", say.T("All-day entries stay in Outlook"), "", f.allDay, nil)}
	for _, show := range model.ShowAsWords() {
		key := "filter.show_as." + show.Word
		f.shows[show.Word] = widget.NewCheck("", func(bool) { f.changed(key) })
		filter = append(filter, row(key, show.Say, "", f.shows[show.Word], nil))
	}
	f.object = part.Column(part.GapBlocks,
		part.Section(say.T("From Severa to Outlook"), say.T("Which activity types colleagues see in their calendar."), f.types),
		part.Section(say.T("From Outlook to Severa"), say.T("Which entries stay out of the business system."), filter...),
		part.Section(say.T("Private entries"), say.T("What the other side gets of them."),
			row("private.to_severa", say.T("From Outlook to Severa"), "", in, nil),
			row("private.to_exchange", say.T("From Severa to Outlook"), "", out, nil)))
	number := func(key string) *part.Entry {
		e := part.NewEntry("")
		e.OnChanged = func(string) { f.changed(key) }
		return e
	}
	f.back, f.ahead = number("rules.days_back"), number("rules.days_ahead")
	wrong := func(e *part.Entry) func() string { return func() string { return model.DaysWrong(e.Text) } }
	f.days = part.Section(say.T("Days"), say.T("Entries outside stay as they are; they are never deleted."),
		row("rules.days_back", say.T("Kept in step back"), "", part.Unit(f.back, say.T("days")), wrong(f.back)),
		row("rules.days_ahead", say.T("Kept in step ahead"), "", part.Unit(f.ahead, say.T("days")), wrong(f.ahead)))
	return f
}

func (f *whatForm) changed(key string) {
	if !f.quiet {
		f.told(key)
	}
}

// fill shows the draft.
func (f *whatForm) fill(types []localapi.Activity) {
	f.quiet = true
	defer func() { f.quiet = false }()
	d := f.draft()
	f.known = types
	f.types.RemoveAll()
	f.ticks, f.lines = map[string]*widget.Check{}, map[string]*part.Setting{}
	chosen := model.ActivityTicks(types, d.Rules.Types)
	for i, t := range model.Activities(types) {
		if i > 0 {
			f.types.Add(part.Line())
		}
		tick := widget.NewCheck("", func(bool) { f.changed("rules.types") })
		tick.SetChecked(chosen[t.Name] && t.Usable)
		if !t.Usable {
			tick.Disable()
		} else {
			f.ticks[t.Name] = tick
		}
		f.lines[t.Name] = part.NewSetting(t.Name, t.Note, say.T("Changed"), tick)
		f.types.Add(f.lines[t.Name].Object)
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

// mark marks the types that are not as they were.
func (f *whatForm) mark(before localapi.Draft) {
	was := model.ActivityTicks(f.known, before.Rules.Types)
	for name, tick := range f.ticks {
		f.lines[name].SetChanged(was[name] != tick.Checked)
	}
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
