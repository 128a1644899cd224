package ui

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

func (f *founder) Prefs(context.Context) (localapi.Prefs, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.prefs, nil
}

func (f *founder) SavePrefs(_ context.Context, p localapi.Prefs) (localapi.Prefs, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prefs = p
	f.preferred = append(f.preferred, p)
	return p, f.fail
}

func pageOf[P any](s *stage, name string) P {
	s.Helper()
	k, ok := s.w.pages[name].(*kept)
	if !ok {
		s.Fatalf("the page %s is not open", name)
	}
	return k.page.(P)
}

// TestSettings_ApplyNothingByThemselves checks that a change is marked and told,
// applied as a whole, and taken back by Discard.
func TestSettings_ApplyNothingByThemselves(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageSettings)
	s.sees("Nothing is changed.")
	s.press("Safety")
	s.sees("More than this many entries")
	k := &keyboard{stage: s}
	k.tabTo("And more than this share of one calendar")
	p := pageOf[*settings](s, model.PageSettings)
	number := p.rows["rules.limits.delete_percent"]
	entry := s.w.win.Canvas().Focused().(*part.Entry)
	entry.SetText("500")
	s.sees("Write a number from 1 to 100.")
	if !p.apply.Disabled() {
		t.Error("what is wrong can be applied")
	}
	entry.SetText("5")
	s.sees("Apply 1 change")
	s.sees("Nothing is written to a calendar.")
	if len(a.saved) > 0 || number.Wrong() != "" {
		t.Errorf("saved %d times before Apply; wrong: %q", len(a.saved), number.Wrong())
	}
	s.shot("settings-safety")
	s.press("Discard")
	s.sees("Nothing is changed.")
	if entry.Text != "10" {
		t.Errorf("after Discard the field has %q", entry.Text)
	}
	entry.SetText("5")
	s.press("Apply 1 change")
	s.sees("Applied.")
	if len(a.saved) != 1 || a.saved[0].Rules.Limits.DeletePercent != 5 || len(a.preferred) > 0 {
		t.Errorf("saved %+v and %d preferences", a.saved, len(a.preferred))
	}
}

// TestSettings_LookAndSpeak checks that language and appearance take effect, and
// that preferences are not the office's.
func TestSettings_LookAndSpeak(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	a := connected()
	a.prefs.Autostart = true
	s := open(t, a, model.PageSettings)
	s.sees("Start when I sign in")
	s.shot("settings-general")
	p := pageOf[*settings](s, model.PageSettings)
	p.draft.Prefs.Theme, p.draft.Prefs.Language = localapi.ThemeDark, "fi"
	p.show()
	s.sees("Apply 2 changes")
	s.press("Apply 2 changes")
	s.until("Finnish is spoken", func() bool { return say.Tag() == "fi" })
	if len(a.saved) > 0 || len(a.preferred) != 1 || a.preferred[0].Theme != localapi.ThemeDark {
		t.Errorf("saved %d settings and %+v", len(a.saved), a.preferred)
	}
	if got := s.w.App.Settings().Theme().(part.Theme); got.Mode != part.ModeDark {
		t.Errorf("the theme is %v", got)
	}
	if s.w.shown != model.PageSettings {
		t.Errorf("the window is at %s", s.w.shown)
	}
}

// TestSettings_Notifications switches one kind off.
func TestSettings_Notifications(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageSettings)
	s.sees("Nothing is changed.")
	s.press("Notifications")
	s.sees("A calendar is out of date")
	p := pageOf[*settings](s, model.PageSettings)
	p.draft.Prefs.Quiet = model.With(p.draft.Prefs.Quiet, "behind", true)
	p.show()
	s.shot("settings-notifications")
	s.press("Apply 1 change")
	s.until("it is saved", func() bool { return len(a.preferred) == 1 })
	if !slices.Equal(a.preferred[0].Quiet, []string{"behind"}) {
		t.Errorf("quiet are %v", a.preferred[0].Quiet)
	}
}

// TestSettings_Locked greys what the organisation has fixed.
func TestSettings_Locked(t *testing.T) {
	a := connected()
	a.setup.Locked = map[string]string{"zone": "machine policy, /etc/lockstep/policy.toml"}
	s := open(t, a, model.PageSettings)
	s.sees("Fixed by your organisation: machine policy, /etc/lockstep/policy.toml")
}

// TestSettings_Refused shows at its row what the agent refuses.
func TestSettings_Refused(t *testing.T) {
	a := connected()
	a.problems = []localapi.FieldProblem{{Key: "zone", Code: localapi.FieldZone}}
	s := open(t, a, model.PageSettings)
	s.sees("Nothing is changed.")
	k := &keyboard{stage: s}
	k.tabTo("Time zone")
	k.w.win.Canvas().Focused().(*part.Entry).SetText("Europe/Hel")
	s.w.win.Canvas().FocusNext()
	s.sees("There is no such time zone.")
}

// TestSettings_Looks draws every tab.
func TestSettings_Looks(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1100, 720), fyne.NewSize(900, 600)} {
		s := open(t, connected(), model.PageSettings)
		s.w.win.Resize(size)
		s.sees("Nothing is changed.")
		for _, tab := range []string{"Network", "Logs and privacy", "Advanced"} {
			s.press(tab)
			if size.Width == 1100 {
				s.shot("settings-" + tab[:3])
			} else {
				s.shot("settings-small-" + tab[:3])
			}
		}
		if m := s.w.win.Content().MinSize(); m.Width > 900 || m.Height > 600 {
			t.Errorf("the page needs %v", m)
		}
	}
}

// TestRules checks the tabs, a field's direction, and one person's own.
func TestRules(t *testing.T) {
	a := connected()
	a.setup.Draft.Person = []localapi.DraftPerson{{Severa: "anna@saari.example", Name: "Anna Virtanen"}, {Severa: "room@saari.example", Name: "Meeting room Aura"}}
	s := open(t, a, model.PageRules)
	s.sees("Project tasks are never kept in step")
	s.shot("rules-what")
	p := pageOf[*rulesPage](s, model.PageRules)
	p.what.ticks["Call"].SetChecked(false)
	s.sees("Apply 1 change")
	s.sees("waits for your approval")
	s.press("When")
	s.sees("Look for changes every")
	s.shot("rules-when")
	pageOf[tabbed](s, model.PageRules).nextTab()
	s.sees("When both sides changed the same entry")
	p.fields["notes"].SetSelectedIndex(1)
	s.press("Severa is right")
	s.sees("Apply 3 changes")
	s.settle()
	s.shot("rules-how")
	p.scope.SetSelectedIndex(2)
	s.sees("Everything else holds for everybody.")
	p.own.SetSelectedIndex(2)
	s.sees("Apply 4 changes")
	s.shot("rules-person")
	s.press("Apply 4 changes")
	s.until("it is saved", func() bool { return len(a.saved) == 1 })
	d := a.saved[0]
	if !slices.Equal(d.Rules.Types, []string{"Meeting", "Own time"}) || d.Rules.Winner != "severa" || d.Rules.Fields["notes"] != "publish" || d.Person[1].Direction != "publish" || d.Person[0].Direction != "" {
		t.Errorf("saved %+v, %+v", d.Rules, d.Person)
	}
}
