package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// labelWidth is how wide the labels of the setup's forms are.
const labelWidth float32 = 112

// testedBeside is a form with what was tested beside it.
func testedBeside(title string, form fyne.CanvasObject, checks *part.Checks) fyne.CanvasObject {
	left := part.Scroll(part.Column(part.GapWide, part.SubHeading(title), form))
	right := part.Scroll(part.Column(part.GapWide, part.SubHeading(say.T("What was tested")), checks.Object))
	return container.New(twoLayout{left: labelWidth + part.FieldWidth + 2*part.GapWide + theme.Padding()}, left, right)
}

// twoLayout puts two things side by side; the first is left wide, and gives way
// where the second would become too narrow.
type twoLayout struct{ left float32 }

func (l twoLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+part.Margin+b.Width, max(a.Height, b.Height))
}

func (l twoLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const least = 140
	left := min(l.left, size.Width-part.Margin-least)
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left+part.Margin, 0))
	o[1].Resize(fyne.NewSize(size.Width-left-part.Margin, size.Height))
}

// connector is what the pages of both systems have in common: a test of the
// connection, and a secret that is kept once it is right.
type connector struct {
	z      *wizard
	system string
	forms  *forms
	checks *part.Checks
	secret *part.Entry
	test   *part.Button
	good   bool
	read   func() // takes what was typed into the draft
	lines  func(localapi.TestResult) []model.Checked
	learn  func(localapi.TestResult)
}

// try signs in as the page says and calls then when that works.
func (c *connector) try(mailbox string, then func()) {
	c.read()
	q := localapi.TestRequest{Draft: c.z.draft, System: c.system, Secret: localapi.Secret(c.secret.Text), Mailbox: mailbox}
	name := systemName(c.system)
	c.z.clear()
	c.z.work(say.T("Testing the connection"))
	c.test.Disable()
	c.checks.Set(checkRows(model.Testing(name)))
	background(c.z.w, func(ctx context.Context) (localapi.TestResult, error) { return c.z.w.Agent.TestConnection(ctx, q) },
		func(r localapi.TestResult, err error) {
			c.z.work("")
			c.test.Enable()
			c.test.SetText(say.T("Test again"))
			if err != nil {
				c.good = false
				c.checks.Set(nil)
				c.z.fail(err)
				return
			}
			c.good = r.OK
			c.checks.Set(checkRows(c.lines(r)))
			c.learn(r)
			if cert := untrustedOf(r); cert != nil {
				trust(c.z.w, name, *cert, pinned(c.z.draft, c.system), func() { c.pin(cert.FingerprintSHA256, mailbox, then) })
				return
			}
			if r.OK && then != nil {
				then()
			}
		})
}

// pin trusts a certificate by its fingerprint and tries again.
func (c *connector) pin(fingerprint, mailbox string, then func()) {
	if c.system == localapi.SystemExchange {
		c.z.draft.Exchange.PinSHA256 = fingerprint
	} else {
		c.z.draft.Severa.PinSHA256 = fingerprint
	}
	c.try(mailbox, then)
}

// pinned is the fingerprint that a draft trusts a system by; empty: by none.
func pinned(d localapi.Draft, system string) string {
	if system == localapi.SystemSevera {
		return d.Severa.PinSHA256
	}
	return d.Exchange.PinSHA256
}

func systemName(system string) string {
	if system == localapi.SystemSevera {
		return "Severa"
	}
	return "Exchange"
}

// businessStep connects to Severa.
type businessStep struct {
	connector
	z       *wizard
	id, url *part.Entry
}

func (s *businessStep) content() fyne.CanvasObject {
	s.connector = connector{
		z: s.z, system: localapi.SystemSevera, checks: part.NewChecks(), read: s.collect, lines: model.SeveraTested,
		learn: func(r localapi.TestResult) { s.z.types = r.Types },
	}
	s.forms = newForms(s.z.w, func() localapi.Draft { s.collect(); return s.z.draft })
	s.id, s.secret, s.url = part.NewEntry(""), part.NewPasswordEntry(""), part.NewEntry(say.T("Severa's own"))
	s.test = part.NewButton(say.T("Test"), "sync", part.Medium, func() { s.try("", nil) })
	chain(s.z.w, s.z.goOn, s.id, s.secret)
	address := part.Form(labelWidth, s.forms.field("severa.url", say.T("Address"), say.T("Leave it empty for Visma Severa itself."), s.url))
	more := newAdvanced(address)
	form := part.Column(part.GapWide, part.Form(labelWidth,
		s.forms.field("severa.client_id", say.T("Client ID"), say.T("In Severa: Settings, Integrations, REST API."), s.id),
		s.forms.field("severa.secret", say.T("Client secret"), model.SecretsKept(s.z.setup.SecretsIn), s.secret)),
		address, besideLabel(part.Row(part.Gap, s.test, more.button)))
	return testedBeside(say.T("Visma Severa"), form, s.checks)
}

// besideLabel puts a thing below the fields of a form.
func besideLabel(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, part.Narrow(labelWidth, container.NewStack()), nil, part.Padded(0, part.GapWide, container.NewHBox(o)))
}

// advanced are fields that few people need, and the button that shows and hides them.
type advanced struct {
	button *part.Button
	fields fyne.CanvasObject
}

func newAdvanced(fields fyne.CanvasObject) *advanced {
	a := &advanced{fields: fields, button: part.NewButton(say.T("Advanced"), "chevron-right", part.Link, nil)}
	fields.Hide()
	a.button.OnPress(func() { a.unfold(!fields.Visible()) })
	return a
}

// unfold shows the fields or hides them.
func (a *advanced) unfold(open bool) {
	icon := "chevron-right"
	if open {
		icon = "chevron-down"
	}
	a.button.SetIcon(icon)
	show(a.fields, open)
}

func (s *businessStep) show() {
	d := s.z.draft.Severa
	s.id.SetText(d.ClientID)
	s.url.SetText(d.URL)
	s.secret.SetPlaceHolder(model.SecretHint(s.z.setup.Secrets[localapi.SystemSevera]))
	if !s.good {
		s.checks.Set(checkRows(model.SeveraToTest()))
	}
}

func (s *businessStep) collect() {
	s.z.draft.Severa.ClientID, s.z.draft.Severa.URL = s.id.Text, s.url.Text
}

func (s *businessStep) keys() []string { return []string{"severa"} }

func (s *businessStep) wrong(ps []localapi.FieldProblem) {
	if s.forms.wrong(ps, true) != nil {
		s.z.tell(model.Advice{What: say.T("These settings are not right.")})
	}
	if s.secret.Text == "" && !s.z.setup.Secrets[localapi.SystemSevera] {
		s.forms.fields["severa.secret"].SetWrong(say.T("Fill this in."))
	}
}

func (s *businessStep) forward(then func()) {
	if s.secret.Text == "" && !s.z.setup.Secrets[localapi.SystemSevera] {
		return
	}
	s.try("", func() {
		s.z.secret(localapi.SystemSevera, s.secret.Text, func() {
			s.secret.SetText("")
			then()
		})
	})
}

func (s *businessStep) first() fyne.Focusable {
	if s.id.Text == "" {
		return s.id
	}
	if !s.z.setup.Secrets[localapi.SystemSevera] {
		return s.secret
	}
	return nil
}

// selectOf is a choice of words; changed is told the place of the chosen one.
func selectOf(words []string, changed func(int)) *widget.Select {
	var s *widget.Select
	s = widget.NewSelect(words, func(string) { changed(s.SelectedIndex()) })
	return s
}
