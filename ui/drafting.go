package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// drafting is what pages have in common that change settings: nothing applies by
// itself, the footer says what would happen, and the changed rows are marked.
type drafting struct {
	w *Window
	// before is what holds, draft what is shown.
	before, draft model.Held
	rows          map[string]*settingRow
	refusals      map[string]string // what the agent says is wrong, by row
	banner        *fyne.Container
	note          *part.Text
	info          *part.Picture
	discard       *part.Button
	apply         *part.Button
	filled        func() // shows the draft
	applied       func() // what holds has changed
	filling       bool
	busy          bool
}

// settingRow is a row with what is wrong with what was typed into it.
type settingRow struct {
	*part.Setting
	wrong func() string
}

func newDrafting(w *Window) *drafting {
	d := &drafting{w: w, rows: map[string]*settingRow{}, refusals: map[string]string{}, banner: part.Column(part.GapBlocks)}
	d.note = part.NewText("", part.Style{})
	d.info = part.NewPicture(18)
	d.info.Set("info", theme.ColorNamePrimary)
	d.info.Hide()
	d.discard = part.NewButton(say.T("Discard"), "", part.Low, d.undo)
	d.apply = part.NewButton(say.T("Apply"), "", part.Main, d.save)
	d.note.SetText(say.T("Asking the agent"))
	d.discard.Disable()
	d.apply.Disable()
	return d
}

func (d *drafting) footer() fyne.CanvasObject {
	return part.Footer(part.Wide(part.Gap, 1, d.info, d.note), d.discard, d.apply)
}

// load asks for what holds and shows it, unless something has been changed here.
func (d *drafting) load() {
	if len(d.changes()) > 0 {
		d.refresh()
		return
	}
	background(d.w, func(ctx context.Context) (model.Held, error) {
		s, err := d.w.Agent.Setup(ctx)
		if err != nil {
			return model.Held{}, err
		}
		p, err := d.w.Agent.Prefs(ctx)
		return model.Held{Draft: s.Draft, Prefs: p, Locked: s.Locked}, err
	}, func(h model.Held, err error) {
		if d.fail(err) {
			return
		}
		d.hold(h)
	})
}

// hold takes what holds.
func (d *drafting) hold(h model.Held) {
	d.before, d.draft = h, h.Clone()
	d.refusals = map[string]string{}
	d.show()
}

// show fills the page from the draft.
func (d *drafting) show() {
	d.filling = true
	d.filled()
	d.filling = false
	d.refresh()
}

// told is called when something on the page was changed by the person.
func (d *drafting) told(key string) {
	if d.filling {
		return
	}
	delete(d.refusals, key)
	d.refresh()
}

func (d *drafting) changes() []model.Change { return model.Changes(d.before, d.draft) }

// refresh marks what was changed and says what applying it would do.
func (d *drafting) refresh() {
	changed := map[string]bool{}
	all := d.changes()
	for _, c := range all {
		changed[c.Key] = true
	}
	wrong := false
	for key, row := range d.rows {
		say := d.refusals[key]
		if say == "" && row.wrong != nil {
			say = row.wrong()
		}
		wrong = wrong || say != ""
		row.SetChanged(changed[key])
		row.SetWrong(say)
	}
	d.apply.SetText(say.N("Apply {{.N}} change", "Apply {{.N}} changes", len(all)))
	if len(all) == 0 {
		d.apply.SetText(say.T("Apply"))
	}
	d.apply.SetUsable(len(all) > 0 && !wrong && !d.busy)
	d.discard.SetUsable(len(all) > 0 && !d.busy)
	show(d.info, len(all) > 0)
	d.note.SetText(model.ChangesNote(all))
}

func (d *drafting) undo() { d.hold(d.before) }

// save lets the changes take effect: the office's as a whole, and who sits
// here's preferences as a whole.
func (d *drafting) save() {
	all := d.changes()
	if len(all) == 0 || d.busy {
		return
	}
	d.busy = true
	d.refresh()
	before, want := d.before, d.draft
	background(d.w, func(ctx context.Context) (model.Held, error) {
		got := want
		if model.OfOffice(all) {
			s, err := d.w.Agent.SaveSetup(ctx, want.Draft)
			if err != nil {
				return before, err
			}
			got.Draft, got.Locked = s.Draft, s.Locked
			before.Draft = s.Draft
		}
		if model.OfPrefs(all) {
			p, err := d.w.Agent.SavePrefs(ctx, want.Prefs)
			if err != nil {
				return before, err
			}
			got.Prefs = p
		}
		return got, nil
	}, func(h model.Held, err error) {
		d.busy = false
		if d.fail(err) {
			d.before = h
			d.refresh()
			return
		}
		d.hold(h)
		d.note.SetText(say.T("Applied."))
		if d.applied != nil {
			d.applied()
		}
	})
}

// fail shows why something was not done, at the rows that it is about.
func (d *drafting) fail(err error) bool {
	d.banner.RemoveAll()
	if err == nil {
		d.banner.Refresh()
		return false
	}
	rest := true
	if e, ok := errors.AsType[*localapi.Error](err); ok && len(e.Fields) > 0 {
		rest = false
		for _, p := range e.Fields {
			if d.rows[p.Key] != nil {
				d.refusals[p.Key] = model.FieldWrong(p)
			} else {
				rest = true
			}
		}
	}
	if rest {
		a := model.Failure(err)
		d.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	}
	d.banner.Refresh()
	return true
}

// row is a row of settings whose control changes the draft. A setting that the
// organisation has fixed says so and cannot be changed.
func (d *drafting) row(key, title, note string, control fyne.CanvasObject, wrong func() string) fyne.CanvasObject {
	s := &settingRow{Setting: part.NewSetting(title, note, say.T("Changed"), control), wrong: wrong}
	d.rows[key] = s
	return s.Object
}

// lock greys a control whose setting is fixed, and says by whom.
func (d *drafting) lock(key string, control fyne.Disableable) {
	by := d.draft.Locked[key]
	if by == "" {
		control.Enable()
		return
	}
	control.Disable()
	d.refusals[key] = ""
	if row := d.rows[key]; row != nil {
		row.SetHelp(say.T("Fixed by your organisation: {{.Where}}", "Where", by))
	}
}

// page is the page with its tabs, the banner above and the footer below.
func (d *drafting) page(title fyne.CanvasObject, actions []fyne.CanvasObject, tabs *part.Tabs, place *fyne.Container) fyne.CanvasObject {
	head := container.NewBorder(nil, nil, nil, container.NewVBox(part.Row(part.Gap, actions...)), title)
	top := part.Column(part.GapWide, head, tabs.Object, d.banner)
	return container.NewBorder(nil, d.footer(), nil, nil,
		part.Padded(part.Margin, part.Margin, container.NewBorder(part.Column(part.GapWide, top, container.NewStack()), nil, nil, nil, place)))
}

// check has the agent look at one field that was left.
func (d *drafting) check(key string) {
	q := localapi.CheckRequest{Draft: d.draft.Draft, Keys: []string{key}}
	background(d.w, func(ctx context.Context) (localapi.Checked, error) { return d.w.Agent.CheckSetup(ctx, q) },
		func(c localapi.Checked, err error) {
			if err != nil {
				return // it is looked at again when it is applied
			}
			delete(d.refusals, key)
			for _, p := range c.Problems {
				if p.Key == key {
					d.refusals[key] = model.FieldWrong(p)
				}
			}
			d.refresh()
		})
}

// secret is a row with a password that is kept at once: a password is no setting
// that could be shown before it applies.
func (d *drafting) secret(title, system string) fyne.CanvasObject {
	e := part.NewPasswordEntry("")
	var row *part.Setting
	keep := part.NewButton(say.T("Keep"), "", part.Medium, nil)
	below := part.Row(0, part.Between(), keep)
	below.Hide() // there is nothing to keep yet
	e.OnChanged = func(text string) {
		show(below, text != "")
		row.Object.Refresh()
	}
	do := func() {
		typed := e.Text
		if typed == "" {
			return
		}
		background(d.w, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, d.w.Agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: localapi.Secret(typed)})
		}, func(_ struct{}, err error) {
			if d.fail(err) {
				return
			}
			e.SetText("")
			row.SetHelp(say.T("Kept."))
		})
	}
	keep.OnPress(do)
	e.OnSubmitted = func(string) { do() }
	row = part.NewSetting(title, "", "", part.Narrow(250, part.Column(part.GapTight, e, below)))
	return row.Object
}
