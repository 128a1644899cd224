package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// exchangeStep connects to Exchange.
type exchangeStep struct {
	connector
	z                       *wizard
	url, domain, user, with *part.Entry
	ca, book                *part.Entry
	version, auth, access   *widget.Select
	legacy                  *widget.Check
	cloud, server, find     *part.OptionCard
	more                    *advanced
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
	s.secret, s.with, s.ca, s.book = part.NewPasswordEntry(""), part.NewEntry(say.T("A colleague's address")), part.NewEntry(""), part.NewEntry("")
	s.version = selectOf(model.VersionNames(), func(int) {})
	s.auth = selectOf(model.AuthNames(), func(int) {})
	s.access = selectOf(model.AccessNames(), func(int) {})
	s.legacy = widget.NewCheck(say.T("Allow encryption that is out of date"), nil)
	s.test = part.NewButton(say.T("Test"), "sync", part.Medium, func() { s.try(s.with.Text, nil) })
	chain(s.z.w, s.z.goOn, s.url, s.user, s.secret)
	s.domain.OnSubmitted = func(string) { s.z.w.win.Canvas().Focus(s.user) }
	s.with.OnSubmitted = func(string) { s.z.goOn() }
	form := part.Form(labelWidth,
		s.forms.field("exchange.url", say.T("Server address"), say.T("Such as mail.office.example. Ask the administrator, or let Lockstep look for it."), s.url),
		s.forms.field("exchange.domain", say.T("Domain"), "", s.domain),
		s.forms.field("exchange.user", say.T("User name"), say.T("DOMAIN\\user, or the name alone"), s.user),
		s.forms.field("exchange.secret", say.T("Password"), model.SecretsKept(s.z.setup.SecretsIn), s.secret),
		s.forms.field("exchange.with", say.T("Test with"), "", s.with),
		s.forms.field("exchange.version", say.T("Version"), "", part.Bordered(s.version)))
	more := part.Form(labelWidth,
		s.forms.field("exchange.auth", say.T("Sign-in"), "", part.Bordered(s.auth)),
		s.forms.field("exchange.access", say.T("Access"), "", part.Bordered(s.access)),
		s.forms.field("exchange.ca_file", say.T("Authority"), say.T("Only if the administrator has given you a certificate file (PEM)"), s.ca),
		s.forms.field("exchange.oab_url", say.T("Address book"), say.T("Where the offline address book (OAB) is, for the handover sheet. The search fills it in."), s.book),
		s.forms.field("exchange.legacy_tls", "", say.T("Only for a server that knows nothing newer than TLS 1.1"), s.legacy))
	s.more = newAdvanced(more)
	col := part.Column(part.GapWide, form, besideLabel(part.Row(part.Gap, s.test, s.more.button)), more)
	s.find = part.NewOptionCard(say.T("Find out from an e-mail address"), say.T("Looks up the right server"), func() { s.lookUp(nil) })
	cards := part.Grid(3, part.GapWide, s.cloud, s.server, s.find)
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
	s.book.SetText(d.OABURL)
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
	d.URL, d.Domain, d.User, d.CAFile, d.OABURL = s.url.Text, s.domain.Text, s.user.Text, s.ca.Text, s.book.Text
	d.Version = model.Generations()[max(s.version.SelectedIndex(), 0)]
	d.Auth = model.Auths()[max(s.auth.SelectedIndex(), 0)]
	d.Access = model.Accesses()[max(s.access.SelectedIndex(), 0)]
	d.LegacyTLS = s.legacy.Checked
}

func (s *exchangeStep) keys() []string { return []string{"exchange"} }

func (s *exchangeStep) wrong(ps []localapi.FieldProblem) {
	folded := []string{"exchange.auth", "exchange.access", "exchange.ca_file", "exchange.oab_url", "exchange.legacy_tls"}
	if slices.ContainsFunc(ps, func(p localapi.FieldProblem) bool { return slices.Contains(folded, p.Key) }) {
		s.more.unfold(true) // what is wrong must be seen
	}
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

// lookUp finds the server of the address that is to be tested, signed in as the
// page says. A host of another domain sees the password only once somebody has
// allowed it by name.
func (s *exchangeStep) lookUp(allow []string) {
	s.collect()
	missing := false
	for key, e := range map[string]*part.Entry{"exchange.with": s.with, "exchange.user": s.user} {
		if e.Text == "" {
			s.forms.fields[key].SetWrong(say.T("Fill this in; the search needs it."))
			missing = true
		}
	}
	if s.secret.Text == "" && !s.z.setup.Secrets[localapi.SystemExchange] {
		s.forms.fields["exchange.secret"].SetWrong(say.T("Fill this in; the search needs it."))
		missing = true
	}
	if missing {
		return
	}
	q := localapi.FindServerRequest{Address: s.with.Text, Draft: s.z.draft, Secret: localapi.Secret(s.secret.Text), Allow: allow}
	s.z.clear()
	s.find.SetOn(true)
	s.z.work(say.T("Looking for the server"))
	background(s.z.w, func(ctx context.Context) (localapi.FoundServer, error) { return s.z.w.Agent.FindServer(ctx, q) },
		func(f localapi.FoundServer, err error) {
			s.find.SetOn(false)
			s.z.work("")
			if s.z.fail(err) {
				return
			}
			if f.Why == localapi.FindAsk && len(f.Ask) > 0 {
				s.askHost(f.Ask[0], allow)
				return
			}
			if f.URL != "" && !f.Cloud {
				s.url.SetText(f.URL)
				if f.OAB != "" {
					s.book.SetText(f.OAB)
				}
				s.try(s.with.Text, nil)
				return
			}
			s.z.tell(model.WindowFound(f, q.Address))
		})
}

func (s *exchangeStep) askHost(host string, allowed []string) {
	body := part.Plain(say.T("The search is led to {{.Host}}, outside the domain of the address. Ask the administrator whether that server is the office's own: it would see the password.", "Host", host))
	ask(s.z.w, say.T("Show the password to {{.Host}}?", "Host", host), body, say.T("Show it to {{.Host}}", "Host", host), func() bool {
		s.lookUp(append(allowed, host))
		return true
	}, nil)
}
