package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// welcomeStep says what comes, in the language of who reads it.
type welcomeStep struct {
	z        *wizard
	language *widget.Select
	zone     *part.Entry
	forms    *forms
}

func (s *welcomeStep) content() fyne.CanvasObject {
	tags := say.Languages()
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = say.Name(t)
	}
	s.language = widget.NewSelect(names, nil)
	s.language.SetSelectedIndex(model.IndexOf(tags, say.Tag()))
	s.language.OnChanged = func(string) { s.speak(tags[s.language.SelectedIndex()]) }
	s.forms = newForms(s.z.w, func() localapi.Draft { s.collect(); return s.z.draft })
	s.zone = part.NewEntry("Europe/Helsinki")
	s.zone.OnSubmitted = func(string) { s.z.goOn() }
	col := part.Column(part.GapBlocks,
		part.Form(labelWidth, part.NewField(say.T("Language"), part.Bordered(s.language), "", nil),
			s.forms.field("zone", say.T("Time zone"), say.T("Where the office is: the days of all-day entries begin there."), s.zone)),
		part.Panel(part.Padded(part.GapBlocks, part.GapBlocks, part.Column(part.Gap,
			part.Bold(say.T("What you need")),
			part.Plain(say.T("Severa: a client id and a client secret. An administrator of Severa makes them there: Settings, Integrations, REST API.")),
			part.Plain(say.T("Exchange: an account that may act for your colleagues. If it may not yet, the setup writes the script for the administrator.")),
		))))
	if s.z.w.Demo != nil {
		card := part.NewCard(s.z.w.Demo)
		card.Set("play", say.T("Try the demo office"), say.T("Two sample calendars on this computer. Nothing real is touched."), part.StateNone)
		col.Add(card)
	}
	return part.AtMost(720, col)
}

// speak changes the language, for this window and for the next ones.
func (s *welcomeStep) speak(tag string) {
	w := s.z.w
	background(w, func(ctx context.Context) (localapi.Prefs, error) {
		p, err := w.Agent.Prefs(ctx)
		if err != nil {
			return p, err
		}
		p.Language = tag
		return w.Agent.SavePrefs(ctx, p)
	}, func(localapi.Prefs, error) {}) // the window speaks it all the same
	w.Speak(tag)
}

func (s *welcomeStep) show() { s.zone.SetText(s.z.draft.Zone) }

func (s *welcomeStep) collect() { s.z.draft.Zone = s.zone.Text }

func (s *welcomeStep) keys() []string { return []string{"zone"} }

func (s *welcomeStep) wrong(ps []localapi.FieldProblem) { s.forms.wrong(ps, true) }

func (s *welcomeStep) forward(then func()) { then() }

func (s *welcomeStep) first() fyne.Focusable {
	if s.zone.Text == "" {
		return s.zone
	}
	return nil
}
