package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// wizardStep is one page of the setup.
type wizardStep interface {
	// content is what the page looks like; it is asked for once.
	content() fyne.CanvasObject
	// show fills the page from the draft, each time it comes up.
	show()
	// collect takes into the draft what was typed.
	collect()
	// keys are the parts of the draft that the page asks for.
	keys() []string
	// wrong shows what is wrong with them.
	wrong([]localapi.FieldProblem)
	// forward does what the next page needs, and calls then once that is done.
	forward(then func())
	// first is where the keyboard begins; nil: at the button.
	first() fyne.Focusable
}

// wizard sets an office up, page by page. What was typed is kept with the agent
// at each change of page, so that nothing is lost; the passwords go where
// passwords are kept, and nowhere else.
type wizard struct {
	w      *Window
	setup  localapi.Setup
	draft  localapi.Draft
	loaded bool
	busy   bool
	at     model.SetupStep
	far    model.SetupStep // the last page that has been reached
	want   model.SetupStep // where to begin in an office that is set up

	steps    map[model.SetupStep]wizardStep
	contents map[model.SetupStep]fyne.CanvasObject
	items    []*part.Step
	words    []fyne.CanvasObject // what stands around the steps
	folded   bool
	title    *part.Text
	note     *part.Text
	banner   *fyne.Container
	place    *fyne.Container
	hint     *part.Text
	back     *part.Button
	later    *part.Button
	next     *part.Button

	// What the pages learn for each other.
	types   []localapi.Activity
	tested  localapi.TestResult // of Exchange
	mailbox string              // whose calendar is tried
	matches []localapi.Match
	ticked  map[string]bool // by the address that switches him on
}

func newWizard(w *Window) page {
	z := &wizard{w: w, contents: map[model.SetupStep]fyne.CanvasObject{}, ticked: map[string]bool{}}
	z.steps = map[model.SetupStep]wizardStep{
		model.StepWelcome: &welcomeStep{z: z}, model.StepBusiness: &businessStep{z: z}, model.StepExchange: &exchangeStep{z: z},
		model.StepRights: &rightsStep{z: z}, model.StepPeople: &peopleStep{z: z}, model.StepWhat: &whatStep{z: z}, model.StepRules: &rulesStep{z: z},
	}
	return z
}

func (z *wizard) content() fyne.CanvasObject {
	name := part.Padded(part.Gap, part.GapWide, part.Caption(say.T("Set up Lockstep")))
	list := part.Column(2, name)
	for _, s := range model.SetupSteps() {
		item := part.NewStep(int(s)+1, s.Label(), func() { z.jump(s) })
		item.Pointed = func(at bool) { z.w.label.show(z.folded && at, item) }
		z.items = append(z.items, item)
		list.Add(item)
	}
	foot := part.Column(part.Gap, part.Line(), part.Padded(0, part.GapWide,
		part.Caption(say.T("Every page is saved. Nothing is written to a calendar before the last page."))))
	side := container.NewStack(part.NewArea(part.ColorSidebar, "", 0),
		part.Padded(part.GapWide, part.Gap, container.NewBorder(nil, foot, nil, nil, list)))

	head, title, note := titled(say.T("Asking the agent"), "")
	z.title, z.note = title, note
	z.banner, z.place = part.Column(part.GapBlocks), container.NewStack()
	z.back = part.NewButton(say.T("Back"), "chevron-left", part.Low, z.goBack)
	z.later = part.NewButton(say.T("Finish later"), "", part.Low, z.finishLater)
	z.next = part.NewButton(model.StepWelcome.Continue(0), "", part.Main, z.goOn)
	z.hint = part.NewText("", part.Style{Color: theme.ColorNamePlaceHolder})
	z.words = []fyne.CanvasObject{name, foot}
	foot2 := part.Footer(part.Wide(part.Gap, 1, z.back, z.hint), z.later, z.next)
	body := part.Padded(part.Margin, part.Margin, container.NewBorder(
		part.Column(part.GapBlocks, head, z.banner), nil, nil, nil, z.place))
	return container.New(wizardLayout{z}, side, container.NewBorder(nil, foot2, nil, nil, body))
}

// wizardLayout puts the steps beside the page, folded to their numbers where the
// page needs the place.
type wizardLayout struct{ z *wizard }

func (wizardLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return besideLayout{part.NavRailWidth}.MinSize(o)
}

func (l wizardLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := part.NavWidth
	if l.z.fold(size.Width < narrowWidth) {
		width = part.NavRailWidth
	}
	besideLayout{width}.Layout(o, size)
}

// fold shows the steps' numbers alone, or their names as well.
func (z *wizard) fold(folded bool) bool {
	if z.folded != folded {
		z.folded = folded
		z.w.label.object.Hide()
		for _, item := range z.items {
			item.Fold(folded)
		}
		for _, o := range z.words {
			show(o, !folded)
		}
	}
	return folded
}

// besideLayout puts the first thing, width wide, at the left of the second.
type besideLayout struct{ width float32 }

func (l besideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(l.width+b.Width, max(a.Height, b.Height))
}

func (l besideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(l.width, size.Height))
	o[1].Move(fyne.NewPos(l.width, 0))
	o[1].Resize(fyne.NewSize(size.Width-l.width, size.Height))
}

func (z *wizard) open() { z.load() }

func (z *wizard) update(office.Status) {}

// SetUpAt opens the setup at one of its pages, to change what stands there.
func (w *Window) SetUpAt(step model.SetupStep) {
	w.Show(model.PageSetup)
	if k, ok := w.pages[model.PageSetup].(*kept); ok {
		k.page.(*wizard).want = step //nolint:forcetypeassert // made by newWizard
	}
}

// load asks how far the setup is, and shows that page.
func (z *wizard) load() {
	background(z.w, func(ctx context.Context) (localapi.Setup, error) { return z.w.Agent.Setup(ctx) },
		func(s localapi.Setup, err error) {
			if z.fail(err) {
				return
			}
			z.setup, z.draft, z.loaded = s, s.Draft, true
			z.matches, z.types = nil, nil // both systems may have changed since
			at := model.StepOf(s.Page)
			if !s.Kept {
				at = model.StepWelcome
			}
			z.far = at
			if s.SetUp && !s.Kept {
				z.far = model.StepRules
				at = z.want
			}
			z.want = model.StepWelcome
			z.show(at)
		})
}

// show brings a page up.
func (z *wizard) show(at model.SetupStep) {
	if at == model.StepRehearsal {
		z.w.Show(model.PagePreview)
		return
	}
	z.at, z.far = at, max(z.far, at)
	z.clear()
	step := z.steps[at]
	if z.contents[at] == nil {
		z.contents[at] = step.content()
	}
	z.title.SetText(at.Title())
	z.note.SetText(at.Note())
	z.place.Objects = []fyne.CanvasObject{z.contents[at]}
	z.place.Refresh()
	step.show()
	z.dress()
	focus := step.first()
	if focus == nil {
		focus = z.next
	}
	z.w.win.Canvas().Focus(focus)
}

// dress shows where one is and what the buttons do.
func (z *wizard) dress() {
	for i, item := range z.items {
		s := model.SetupStep(i)
		item.Set(s == z.at, s < z.far || s < z.at, s <= z.far && !z.busy)
	}
	z.back.SetUsable(z.at > model.StepWelcome && !z.busy)
	z.later.SetUsable(z.loaded && !z.busy)
	z.next.SetText(z.at.Continue(z.chosen()))
	z.next.SetUsable(z.loaded && !z.busy && (z.at != model.StepPeople || z.chosen() > 0))
}

// chosen is how many people take part.
func (z *wizard) chosen() int {
	n := 0
	for _, m := range z.matches {
		if z.ticked[model.MatchAddress(m)] {
			n++
		}
	}
	return n
}

// work marks that the page is waiting for an answer, or no longer.
func (z *wizard) work(hint string) {
	z.busy = hint != ""
	z.hint.SetText(hint)
	z.dress()
}

// goOn leads to the next page, once this one is right.
func (z *wizard) goOn() {
	if z.busy || !z.loaded {
		return
	}
	step := z.steps[z.at]
	step.collect()
	z.clear()
	z.keep(step.keys(), z.at+1, func(bad []localapi.FieldProblem) {
		step.wrong(bad)
		if len(bad) == 0 {
			step.forward(func() { z.show(z.at + 1) })
		}
	})
}

// goBack always works: what is wrong on this page waits there.
func (z *wizard) goBack() { z.jump(z.at - 1) }

// jump leads to a page that has been reached.
func (z *wizard) jump(to model.SetupStep) {
	if z.busy || !z.loaded || to < model.StepWelcome || to > z.far || to == z.at {
		return
	}
	z.steps[z.at].collect()
	z.keep(nil, to, func([]localapi.FieldProblem) { z.show(to) })
}

// finishLater leaves the setup as far as it is.
func (z *wizard) finishLater() {
	if !z.loaded || z.busy {
		return
	}
	z.steps[z.at].collect()
	z.keep(nil, z.at, func([]localapi.FieldProblem) { z.w.Show(PageOverview) })
}

// keep hands the draft to the agent, which keeps it, and tells what is wrong in
// the parts that are named; with none, nothing is.
func (z *wizard) keep(keys []string, page model.SetupStep, then func([]localapi.FieldProblem)) {
	q := localapi.CheckRequest{Draft: z.draft, Keys: keys, Keep: true, Page: page.Key()}
	z.work(say.T("Saving"))
	background(z.w, func(ctx context.Context) (localapi.Checked, error) { return z.w.Agent.CheckSetup(ctx, q) },
		func(c localapi.Checked, err error) {
			z.work("")
			if z.fail(err) {
				return
			}
			if len(keys) == 0 {
				c.Problems = nil
			}
			then(c.Problems)
		})
}

// fail shows why something was not done, and tells whether it was not.
func (z *wizard) fail(err error) bool {
	if err == nil {
		return false
	}
	z.work("")
	if e, ok := errors.AsType[*localapi.Error](err); ok && e.Code == localapi.CodeField && z.steps[z.at] != nil {
		z.steps[z.at].wrong(e.Fields)
	}
	z.tell(model.Failure(err))
	return true
}

// tell shows a warning on the page.
func (z *wizard) tell(a model.Advice) {
	z.banner.Objects = []fyne.CanvasObject{part.Banner(part.ToneWarning, "attention", a.What, a.Do)}
	z.banner.Refresh()
}

func (z *wizard) clear() {
	z.banner.RemoveAll()
	z.banner.Refresh()
}

// save makes the draft take effect, which tells the agent where to look.
func (z *wizard) save(then func()) {
	d := z.draft
	z.work(say.T("Saving"))
	background(z.w, func(ctx context.Context) (localapi.Setup, error) { return z.w.Agent.SaveSetup(ctx, d) },
		func(s localapi.Setup, err error) {
			z.work("")
			if z.fail(err) {
				return
			}
			z.setup = s
			then()
		})
}

// secret keeps what a system signs in with, unless nothing was typed.
func (z *wizard) secret(system, typed string, then func()) {
	if typed == "" {
		then()
		return
	}
	z.work(say.T("Saving"))
	background(z.w, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, z.w.Agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: localapi.Secret(typed)})
	}, func(_ struct{}, err error) {
		z.work("")
		if z.fail(err) {
			return
		}
		if z.setup.Secrets == nil {
			z.setup.Secrets = map[string]bool{}
		}
		z.setup.Secrets[system] = true
		then()
	})
}
