package ui

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// place is where a thing is drawn.
func place(o fyne.CanvasObject) area {
	return areaOf(fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size())
}

// finds is the first thing of a kind that can be seen and is the one meant.
func finds[O fyne.CanvasObject](s *stage, what string, meant func(O) bool) (found O) {
	s.Helper()
	ok := false
	s.walk(func(o fyne.CanvasObject) {
		if one, is := o.(O); is && !ok && meant(one) {
			found, ok = one, true
		}
	})
	if !ok {
		s.Fatalf("there is no %s", what)
	}
	return found
}

// same tells whether two places are the same one, but for a hair.
func same(a, b float32) bool { return math.Abs(float64(a-b)) < 1 }

// standing opens one of the screens.
func standing(t *testing.T, name, tag string, size fyne.Size) *stage {
	t.Helper()
	for _, c := range screens() {
		if c.name == name {
			return c.stand(t, tag, size)
		}
	}
	t.Fatalf("there is no screen %s", name)
	return nil
}

// TestStopped_NumbersStandInOneLine: a caption of two lines does not lift its number.
func TestStopped_NumbersStandInOneLine(t *testing.T) {
	s := standing(t, "stopped", "fi", fyne.NewSize(minWidth, minHeight))
	var tops []float32
	s.walk(func(o fyne.CanvasObject) {
		if n, ok := o.(*part.Number); ok {
			tops = append(tops, place(n).top)
		}
	})
	if len(tops) != 3 || !same(tops[0], tops[1]) || !same(tops[1], tops[2]) {
		t.Errorf("the numbers stand at %v", tops)
	}
}

// TestWindow_MarksWhereAPageBelongs: a page without a name of its own in the
// navigation belongs to one that has.
func TestWindow_MarksWhereAPageBelongs(t *testing.T) {
	s := standing(t, "stopped", say.English, fyne.NewSize(firstWidth, firstHeight))
	on := func() (names []string) {
		for name, item := range s.w.items {
			if item.On() {
				names = append(names, name)
			}
		}
		return names
	}
	if got := on(); len(got) != 1 || got[0] != PageOverview {
		t.Errorf("marked are %v, want the overview", got)
	}
	s.w.Show(PageHistory)
	if got := on(); len(got) != 1 || got[0] != PageHistory {
		t.Errorf("then marked are %v, want the history", got)
	}
}

// TestConnections_ShowTheWholePasswordForm: its button is not below the fold.
func TestConnections_ShowTheWholePasswordForm(t *testing.T) {
	s := open(t, connected(), model.PageConnections)
	s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
	s.sees("Exchange Server 2019, build 15.2.1544")
	s.settle()
	p := pageOf[*connections](s, model.PageConnections)
	card := p.cards[localapi.SystemExchange]
	card.ask()
	button, fold := place(card.save), place(p.scroll)
	if button.bottom > fold.bottom || button.top < fold.top {
		t.Errorf("the button is from %v to %v, and seen is from %v to %v", button.top, button.bottom, fold.top, fold.bottom)
	}
	state, head := place(card.state.Object), place(card.head)
	if !same(state.right, head.right) || state.right-state.left > 200 {
		t.Errorf("the state is from %v to %v, and its card ends at %v", state.left, state.right, head.right)
	}
}

// TestScripts_PromiseNothingWithoutOne: what takes no effect says no time.
func TestScripts_PromiseNothingWithoutOne(t *testing.T) {
	s := standing(t, "scripts-none", say.English, fyne.NewSize(firstWidth, firstHeight))
	if s.shows("Takes effect within a few minutes") {
		t.Error("a script that is not there takes effect")
	}
	s = standing(t, "scripts", say.English, fyne.NewSize(firstWidth, firstHeight))
	when := finds(s, "time", func(o *part.Text) bool { return o.Text() == "Takes effect within a few minutes" })
	button := finds(s, "button", func(o *part.Button) bool { return o.Text() == "Copy script" })
	if place(when).top < place(button).bottom {
		t.Errorf("the time is at %v, beside the buttons that end at %v", place(when).top, place(button).bottom)
	}
}

// TestWizard_PeoplesBarEndsWithTheTable also where the words are long.
func TestWizard_PeoplesBarEndsWithTheTable(t *testing.T) {
	s := standing(t, "wizard-5-people", "fi", fyne.NewSize(1000, 650))
	step := wizardOf(s).steps[model.StepPeople].(*peopleStep)
	if bar, table := place(step.all), place(step.place); !same(bar.right, table.right) {
		t.Errorf("the bar ends at %v, the table at %v", bar.right, table.right)
	}
}

// TestSettings_FootBeginsAtTheMargin: a note without a picture leaves no room for one.
func TestSettings_FootBeginsAtTheMargin(t *testing.T) {
	s := standing(t, "settings-network", say.English, fyne.NewSize(firstWidth, firstHeight))
	p := pageOf[*settings](s, model.PageSettings)
	title := finds(s, "title", func(o *part.Text) bool { return o.Text() == "Settings" && place(o).left > part.NavWidth })
	if note := place(p.note); !same(note.left, place(title).left) {
		t.Errorf("the note begins at %v, the page at %v", note.left, place(title).left)
	}
}

// TestSettings_PasswordStandsWithTheOthers, and is kept once something is typed.
func TestSettings_PasswordStandsWithTheOthers(t *testing.T) {
	s := standing(t, "settings-network", say.English, fyne.NewSize(firstWidth, firstHeight))
	password := finds(s, "password", func(o *part.Entry) bool { return o.Password })
	other := finds(s, "other field", func(o *part.Entry) bool { return !o.Password })
	if a, b := place(password), place(other); !same(a.left, b.left) || !same(a.right, b.right) {
		t.Errorf("the password is from %v to %v, the others from %v to %v", a.left, a.right, b.left, b.right)
	}
	if s.shows("Keep") {
		t.Error("nothing can be kept")
	}
	password.SetText("hush")
	s.press("Keep")
	s.sees("Kept.")
	if s.shows("Keep") {
		t.Error("it can be kept again")
	}
	a := s.w.Agent.(*founder)
	if len(a.secrets) != 1 || a.secrets[0].System != localapi.SystemProxy || a.secrets[0].Secret != "hush" {
		t.Errorf("kept %d secrets", len(a.secrets))
	}
	password.SetText("again")
	password.OnSubmitted("again") // Enter
	s.until("it is kept", func() bool { return len(a.secrets) == 2 })
}

// TestHelp_BeginsWhereOtherPagesDo: the title does not jump from page to page.
func TestHelp_BeginsWhereOtherPagesDo(t *testing.T) {
	s := open(t, connected(), model.PageHelp)
	title := func(name string) float32 {
		return place(finds(s, "title "+name, func(o *part.Text) bool { return o.Text() == name && place(o).left > part.NavWidth })).top
	}
	help := title("Help")
	s.sees("Version not known")
	s.w.Show(model.PageConnections)
	if other := title("Connections"); !same(help, other) {
		t.Errorf("the title stands at %v, that of other pages at %v", help, other)
	}
}

// TestHelp_DrawsCodeAsCode, and sets a section off from what stands before it.
func TestHelp_DrawsCodeAsCode(t *testing.T) {
	s := open(t, connected(), model.PageHelp)
	s.settle()
	code := finds(s, "code", func(o *part.Text) bool { return o.Text() == "lockstepctl demo" })
	if place(code).left < part.NavWidth+helpWidth {
		t.Errorf("the code stands at %v", place(code).left)
	}
	text := finds(s, "section", func(o *widget.RichText) bool { return strings.HasPrefix(o.String(), "Set it up") })
	before := finds(s, "section", func(o *widget.RichText) bool { return strings.HasPrefix(o.String(), "What you need") })
	if place(text).top < place(before).bottom {
		t.Errorf("a section begins at %v, and the one before ends at %v", place(text).top, place(before).bottom)
	}
}

// TestWizard_DrawsNoEmptyPanel before anything was tested.
func TestWizard_DrawsNoEmptyPanel(t *testing.T) {
	s := standing(t, "wizard-4-rights", say.English, fyne.NewSize(firstWidth, firstHeight))
	checks := wizardOf(s).steps[model.StepRights].(*rightsStep).checks
	checks.Set(nil)
	if checks.Object.Visible() {
		t.Error("a panel without lines is drawn")
	}
	checks.Set([]part.CheckRow{{Title: "Name"}})
	if !checks.Object.Visible() {
		t.Error("a panel with a line is not drawn")
	}
}

// TestWizard_BreaksNoAddress in the panel of what was tested.
func TestWizard_BreaksNoAddress(t *testing.T) {
	s := standing(t, "wizard-3-exchange", say.English, fyne.NewSize(minWidth, minHeight))
	const address = "anna.virtanen@saari.example"
	said := finds(s, "address", func(o *part.Text) bool { return strings.HasPrefix(o.Text(), address) })
	if said.Broken(said.Size().Width) {
		t.Errorf("%q has no room in %v", said.Text(), said.Size().Width)
	}
}

// TestDemo_EndsWithoutAlarm: nothing is wrong when a demo is over.
func TestDemo_EndsWithoutAlarm(t *testing.T) {
	s := standing(t, "demo-ended", say.English, fyne.NewSize(firstWidth, firstHeight))
	p := pageOf[*demo](s, model.PageDemo)
	drawn := test.RenderObjectToMarkup(p.banner) + test.RenderObjectToMarkup(p.foot)
	if !strings.Contains(drawn, `themed="foreground"`) {
		t.Fatalf("no icon is drawn:\n%s", drawn)
	}
	for _, loud := range []string{`themed="warning"`, `themed="error"`} {
		if strings.Contains(drawn, loud) {
			t.Errorf("the end of a demo is drawn as %s", loud)
		}
	}
}
