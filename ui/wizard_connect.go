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

// labelWidth is how wide the labels of the setup's forms are.
const labelWidth float32 = 104

// testedBeside is a form with what was tested beside it.
func testedBeside(title string, form fyne.CanvasObject, checks *part.Checks) fyne.CanvasObject {
	left := part.Scroll(part.Column(part.GapWide, part.SubHeading(title), form))
	right := part.Scroll(part.Column(part.GapWide, part.SubHeading(say.T("What was tested")), checks.Object))
	return container.New(twoLayout{left: labelWidth + part.FieldWidth + 2*part.GapWide}, left, right)
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
			if cert := r.Certificate; !r.OK && cert != nil && !cert.Trusted && r.Trouble != nil && r.Trouble.Kind == "certificate" {
				trust(c.z.w, name, *cert, func() { c.pin(cert.FingerprintSHA256, mailbox, then) })
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
	address.Hide()
	form := part.Column(part.GapWide, part.Form(labelWidth,
		s.forms.field("severa.client_id", say.T("Client ID"), say.T("In Severa: Settings, Integrations, REST API."), s.id),
		s.forms.field("severa.secret", say.T("Client secret"), model.SecretsKept(s.z.setup.SecretsIn), s.secret)),
		address, besideLabel(part.Row(part.Gap, s.test, advanced(address))))
	return testedBeside(say.T("Visma Severa"), form, s.checks)
}

// besideLabel puts a thing below the fields of a form.
func besideLabel(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, part.Narrow(labelWidth, container.NewStack()), nil, part.Padded(0, part.GapWide, container.NewHBox(o)))
}

// advanced shows and hides fields that few people need.
func advanced(fields fyne.CanvasObject) *part.Button {
	b := part.NewButton(say.T("Advanced"), "chevron-right", part.Link, nil)
	b.OnPress(func() {
		if fields.Visible() {
			fields.Hide()
		} else {
			fields.Show()
		}
	})
	return b
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

// exchangeStep connects to Exchange.
type exchangeStep struct {
	connector
	z                       *wizard
	url, domain, user, with *part.Entry
	ca                      *part.Entry
	version, auth, access   *widget.Select
	legacy                  *widget.Check
	cloud, server           *part.OptionCard
}

func (s *exchangeStep) content() fyne.CanvasObject {
	s.connector = connector{
		z: s.z, system: localapi.SystemExchange, checks: part.NewChecks(), read: s.collect,
		lines: func(r localapi.TestResult) []model.Checked { return model.ExchangeTested(r, s.z.draft.Exchange) },
		learn: s.learn,
	}
	s.forms = newForms(s.z.w, func() localapi.Draft { s.collect(); return s.z.draft })
	s.cloud = part.NewOptionCard("Microsoft 365", say.T("Not yet: this version works with your own Exchange."), nil)
	s.cloud.Disable()
	s.server = part.NewOptionCard("Exchange Server", say.T("In your own network, 2007 to SE"), nil)
	s.server.SetOn(true)
	s.url, s.domain, s.user = part.NewEntry("https://mail.office.example/EWS/Exchange.asmx"), part.NewEntry(""), part.NewEntry("")
	s.secret, s.with, s.ca = part.NewPasswordEntry(""), part.NewEntry(say.T("A colleague's address")), part.NewEntry("")
	s.version = selectOf(model.VersionNames(), func(int) {})
	s.auth = selectOf(model.AuthNames(), func(int) {})
	s.access = selectOf(model.AccessNames(), func(int) {})
	s.legacy = widget.NewCheck(say.T("Allow encryption that is out of date"), nil)
	s.test = part.NewButton(say.T("Test"), "sync", part.Medium, func() { s.try(s.with.Text, nil) })
	chain(s.z.w, s.z.goOn, s.url, s.user, s.secret)
	s.domain.OnSubmitted = func(string) { s.z.w.win.Canvas().Focus(s.user) }
	s.with.OnSubmitted = func(string) { s.z.goOn() }
	form := part.Form(labelWidth,
		s.forms.field("exchange.url", say.T("EWS address"), say.T("The name of the server is enough."), s.url),
		s.forms.field("exchange.domain", say.T("Domain"), "", s.domain),
		s.forms.field("exchange.user", say.T("User name"), say.T("DOMAIN\\user, or the name alone"), s.user),
		s.forms.field("exchange.secret", say.T("Password"), model.SecretsKept(s.z.setup.SecretsIn), s.secret),
		s.forms.field("exchange.with", say.T("Test with"), "", s.with),
		s.forms.field("exchange.version", say.T("Version"), "", part.Bordered(s.version)))
	more := part.Form(labelWidth,
		s.forms.field("exchange.auth", say.T("Sign-in"), "", part.Bordered(s.auth)),
		s.forms.field("exchange.access", say.T("Access"), "", part.Bordered(s.access)),
		s.forms.field("exchange.ca_file", say.T("Authority"), say.T("A file with the certificate of the office's own authority"), s.ca),
		s.forms.field("exchange.legacy_tls", "", say.T("Only for a server that knows nothing newer than TLS 1.1"), s.legacy))
	more.Hide()
	col := part.Column(part.GapWide, form, besideLabel(part.Row(part.Gap, s.test, advanced(more))), more)
	cards := part.Grid(2, part.GapWide, s.cloud, s.server)
	return container.NewBorder(part.Padded(0, 0, part.Column(part.GapBlocks, cards, part.Tall(0, container.NewStack()))), nil, nil, nil,
		testedBeside(say.T("Account and server"), col, s.checks))
}

func (s *exchangeStep) learn(r localapi.TestResult) {
	s.z.tested = r
	s.z.mailbox = ""
	if r.Mailbox != nil {
		s.z.mailbox = r.Mailbox.Address
	}
	if r.Generation != "" && s.version.SelectedIndex() <= 0 {
		s.version.Options[0] = model.VersionFound(r.Generation)
		s.version.SetSelectedIndex(0)
	}
}

func (s *exchangeStep) show() {
	d := s.z.draft.Exchange
	s.url.SetText(d.URL)
	s.domain.SetText(d.Domain)
	s.user.SetText(d.User)
	s.ca.SetText(d.CAFile)
	s.version.SetSelectedIndex(model.IndexOf(model.Generations(), d.Version))
	s.auth.SetSelectedIndex(model.IndexOf(model.Auths(), d.Auth))
	s.access.SetSelectedIndex(model.IndexOf(model.Accesses(), d.Access))
	s.legacy.SetChecked(d.LegacyTLS)
	s.secret.SetPlaceHolder(model.SecretHint(s.z.setup.Secrets[localapi.SystemExchange]))
	if !s.good {
		s.checks.Set(checkRows(model.ExchangeToTest()))
	}
}

func (s *exchangeStep) collect() {
	if domain, user := model.SplitUser(s.user.Text); domain != "" {
		s.domain.SetText(domain)
		s.user.SetText(user)
	}
	if full := model.EWSAddress(s.url.Text); full != s.url.Text {
		s.url.SetText(full)
	}
	d := &s.z.draft.Exchange
	d.URL, d.Domain, d.User, d.CAFile = s.url.Text, s.domain.Text, s.user.Text, s.ca.Text
	d.Version = model.Generations()[max(s.version.SelectedIndex(), 0)]
	d.Auth = model.Auths()[max(s.auth.SelectedIndex(), 0)]
	d.Access = model.Accesses()[max(s.access.SelectedIndex(), 0)]
	d.LegacyTLS = s.legacy.Checked
}

func (s *exchangeStep) keys() []string { return []string{"exchange", "zone"} }

func (s *exchangeStep) wrong(ps []localapi.FieldProblem) {
	if s.forms.wrong(ps, true) != nil {
		s.z.tell(model.Advice{What: say.T("These settings are not right.")})
	}
	if s.secret.Text == "" && !s.z.setup.Secrets[localapi.SystemExchange] {
		s.forms.fields["exchange.secret"].SetWrong(say.T("Fill this in."))
	}
}

// forward signs in, keeps the password, and lets the settings take effect: the
// pages that follow ask both systems.
func (s *exchangeStep) forward(then func()) {
	if s.secret.Text == "" && !s.z.setup.Secrets[localapi.SystemExchange] {
		return
	}
	s.try(s.with.Text, func() {
		s.z.secret(localapi.SystemExchange, s.secret.Text, func() {
			s.secret.SetText("")
			s.z.save(func() { s.z.keep(nil, model.StepRights, func([]localapi.FieldProblem) { then() }) })
		})
	})
}

func (s *exchangeStep) first() fyne.Focusable {
	switch {
	case s.url.Text == "":
		return s.url
	case s.user.Text == "":
		return s.user
	case !s.z.setup.Secrets[localapi.SystemExchange]:
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
