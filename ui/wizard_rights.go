package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// rightsStep tries what the account may do, on the calendar of one colleague,
// and writes the script that mends it.
type rightsStep struct {
	z      *wizard
	checks *part.Checks
	sum    *part.Text
	again  *part.Button
	script *scriptBlock
	exam   *examination
	limit  *limitField
	group  *part.Entry
	right  *fyne.Container // the script, or a paper in its place
	papers *papers
}

func (s *rightsStep) content() fyne.CanvasObject {
	s.checks, s.sum = part.NewChecks(), part.Quiet("")
	s.again = part.NewButton(say.T("Check again"), "sync", part.Medium, s.begin)
	s.script = newScriptBlock(s.z.w, func() localapi.ScriptRequest {
		q := localapi.ScriptRequest{Kind: "impersonation", Version: s.z.tested.Generation, Group: s.typedGroup()}
		if q.Group == "" {
			q.People = s.people()
		}
		if s.z.draft.Exchange.Access == "delegate" {
			q.Kind = "delegate"
		}
		return q
	})
	s.exam = &examination{w: s.z.w, show: s.report}
	s.limit = newLimitField(s.begin)
	s.group = part.NewEntry("")
	s.group.OnSubmitted = func(string) { s.script.load() }
	group := part.NewField(say.T("Group"), s.group, say.T("Optional. The right then ends at this group of Exchange; else at the colleagues who are named."),
		func(string) string { s.script.load(); return "" })
	left := part.Scroll(part.Column(part.GapWide, part.Wide(part.Gap, 0, s.sum, s.again), s.limit.object, s.checks.Object))
	s.script.title.Hide()
	script := part.Scroll(part.Column(part.GapWide, part.SubHeading(say.T("Script for your Exchange administrator")), part.Stacked(group), s.script.Object))
	s.right = container.NewStack(script)
	s.papers = &papers{w: s.z.w, level: part.Medium, show: func(o fyne.CanvasObject) { s.lay(container.NewBorder(part.Row(0, s.back(script)), nil, nil, nil, o)) }}
	foot := part.Column(part.Gap, part.Line(), part.Row(part.Gap,
		part.NewButton(say.T("Handover sheet"), "save", part.Low, func() { s.settle(s.papers.askSheet) }),
		part.NewButton(say.T("Save diagnostics"), "save", part.Low, s.papers.askDiagnostics)))
	return container.New(twoLayout{left: 320}, left, container.NewBorder(nil, foot, nil, nil, s.right))
}

// lay shows the script, or a paper in its place.
func (s *rightsStep) lay(o fyne.CanvasObject) {
	s.right.Objects = []fyne.CanvasObject{o}
	s.right.Refresh()
}

// back leads from a paper to the script.
func (s *rightsStep) back(script fyne.CanvasObject) *part.Button {
	return part.NewButton(say.T("Administrator's script"), "chevron-left", part.Link, func() { s.lay(script) })
}

func (s *rightsStep) typedGroup() string { return strings.TrimSpace(s.group.Text) }

// settle lets a group that was typed here take effect: the papers, and every
// script from now on, name it.
func (s *rightsStep) settle(then func()) {
	s.collect()
	if s.z.draft.Exchange.Group == s.z.setup.Draft.Exchange.Group || !s.z.setup.SetUp {
		then()
		return
	}
	s.script.load()
	s.z.save(func() { s.z.keep(nil, model.StepRights, func([]localapi.FieldProblem) { then() }) })
}

// people are those whom the script is for: whoever could take part.
func (s *rightsStep) people() []string {
	var out []string
	for _, m := range s.z.matches {
		if m.State == localapi.MatchBoth {
			out = append(out, m.Addresses["exchange"])
		}
	}
	return out
}

func (s *rightsStep) show() {
	s.group.SetText(s.z.draft.Exchange.Group)
	s.sum.SetText(say.T("Looking for your colleagues"))
	// Without the colleagues the account can be looked at all the same.
	s.z.find(func(error) {
		s.script.load()
		s.begin()
	})
}

// begin examines: with the colleague who was named before, else the first who
// is in both systems. Where somebody is to be out of reach, two are to be
// within: then it is the group that is proved, and not one mailbox.
func (s *rightsStep) begin() {
	outside, ok := s.limit.outside()
	if !ok {
		return
	}
	q := localapi.DoctorRequest{Begin: true, Outside: outside}
	inside := 1
	if len(outside) > 0 {
		inside = 2
	}
	for _, who := range append([]string{s.z.mailbox}, s.people()...) {
		taken := slices.ContainsFunc(append(slices.Clone(q.Who), outside...), func(a string) bool { return strings.EqualFold(a, who) })
		if who != "" && !taken && len(q.Who) < inside {
			q.Who = append(q.Who, who)
		}
	}
	q.OfficeOnly = len(q.Who) == 0
	s.again.Disable()
	s.exam.begin(q)
}

func (s *rightsStep) report(lines []model.Examined, sum string, running bool, err error) {
	s.again.SetUsable(!running)
	if err != nil {
		s.z.fail(err)
		return
	}
	s.sum.SetText(sum)
	var rows []model.Checked
	for _, l := range model.RightsOf(lines) {
		rows = append(rows, l.Checked)
	}
	s.checks.Set(checkRows(rows))
}

func (s *rightsStep) collect()                      { s.z.draft.Exchange.Group = s.typedGroup() }
func (s *rightsStep) keys() []string                { return nil }
func (s *rightsStep) wrong([]localapi.FieldProblem) {}
func (s *rightsStep) forward(then func())           { s.settle(then) }
func (s *rightsStep) first() fyne.Focusable         { return nil }

// limitField asks whom the account must not reach, to see that its right is no
// wider than the group. It may stay empty.
type limitField struct {
	object fyne.CanvasObject
	entry  *part.Entry
	field  *part.Field
}

// newLimitField is an empty one; Enter in it calls submitted.
func newLimitField(submitted func()) *limitField {
	l := &limitField{entry: part.NewEntry("anna@example.com")}
	l.entry.OnSubmitted = func(string) { submitted() }
	l.field = part.NewField(say.T("Somebody who must not be reachable"), l.entry,
		say.T("Optional. Proves that the right ends at the group: there the account has to be refused."), nil)
	l.entry.OnChanged = func(string) { l.field.SetWrong("") }
	l.object = part.Stacked(l.field)
	return l
}

// outside is who was named; not ok: what was typed is no address.
func (l *limitField) outside() (who []string, ok bool) {
	typed := strings.TrimSpace(l.entry.Text)
	if typed == "" {
		return nil, true
	}
	if !model.Address(typed) {
		l.field.SetWrong(say.T("This is no e-mail address."))
		return nil, false
	}
	return []string{typed}, true
}

// examination follows the doctor until it is done.
type examination struct {
	w    *Window
	show func(lines []model.Examined, sum string, running bool, err error)
	busy bool
	// report is the last state of it.
	report localapi.DoctorReport
}

// begin starts one, or follows the one there is.
func (e *examination) begin(q localapi.DoctorRequest) {
	if e.busy {
		return
	}
	e.busy = true
	e.follow(q)
}

func (e *examination) follow(q localapi.DoctorRequest) {
	background(e.w, func(ctx context.Context) (localapi.DoctorReport, error) { return e.w.Agent.Doctor(ctx, q) },
		func(r localapi.DoctorReport, err error) {
			e.busy = err == nil && r.Running
			if err == nil {
				e.report = r
			}
			lines, sum := model.ExaminedOf(r)
			e.show(lines, sum, e.busy, err)
			if e.busy {
				e.follow(localapi.DoctorRequest{After: r.Seq})
			}
		})
}

// find asks who is in both systems, once, and says so if that does not work.
func (z *wizard) find(then func(error)) {
	if z.matches != nil {
		then(nil)
		return
	}
	background(z.w, func(ctx context.Context) ([]localapi.Match, error) { return z.w.Agent.Matches(ctx) },
		func(ms []localapi.Match, err error) {
			if z.fail(err) {
				then(err)
				return
			}
			z.matches = ms
			z.ticked = model.FirstTicks(ms)
			z.dress()
			then(nil)
		})
}
