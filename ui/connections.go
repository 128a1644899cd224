package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// connections are both systems with our account on each, and the doctor.
type connections struct {
	w      *Window
	place  *fyne.Container // the cards, or the doctor
	first  fyne.CanvasObject
	scroll *fyne.Container // the cards
	cards  map[string]*connectionCard
	banner *fyne.Container
	body   *fyne.Container
	setup  localapi.Setup
	tests  map[string]localapi.TestResult
	status office.Status
	doctor *doctorPane
	script *scriptPane
	tried  bool
}

func newConnections(w *Window) page {
	return &connections{w: w, cards: map[string]*connectionCard{}, tests: map[string]localapi.TestResult{}}
}

func (p *connections) content() fyne.CanvasObject {
	title, _, _ := titled(say.T("Connections"), say.T("One account on each side keeps everybody in step."))
	p.banner = part.Column(part.GapBlocks)
	p.body = part.Column(part.GapBlocks)
	p.body.Hide() // half of it would jump away under the hand once the rest is known
	for _, system := range []string{localapi.SystemSevera, localapi.SystemExchange} {
		card := newConnectionCard(p, system)
		p.cards[system] = card
		p.body.Add(card.object)
	}
	p.body.Add(p.papers())
	col := part.Column(part.GapBlocks, p.banner, p.body)
	doctor := part.NewButton(say.T("Examine everything"), "shield", part.Main, func() { p.examine("") })
	p.scroll = part.Scroll(col)
	p.first = sheet(title, []fyne.CanvasObject{doctor}, p.scroll, nil)
	p.place = container.NewStack(p.first)
	return p.place
}

func (p *connections) open() {
	p.back()
	p.load()
}

func (p *connections) update(s office.Status) {
	p.status = s
	if p.setup.SetUp {
		p.show()
		p.tryAll()
	}
}

// load asks how the office is connected.
func (p *connections) load() {
	background(p.w, func(ctx context.Context) (localapi.Setup, error) { return p.w.Agent.Setup(ctx) },
		func(s localapi.Setup, err error) {
			p.body.Show()
			if p.fail(err) {
				return
			}
			p.setup = s
			p.show()
			if p.w.heard {
				p.tryAll()
			}
		})
}

// tryAll tests both connections when the page first comes up, unless a sign-in
// is refused: an account must not be locked by somebody who looks at a page.
func (p *connections) tryAll() {
	if p.tried || !p.setup.SetUp || !model.TestAtOnce(p.status) {
		return
	}
	p.tried = true
	for _, c := range p.cards {
		if p.setup.Secrets[c.system] {
			c.try("", false, nil) // nobody asked: what is wrong stands on the card
		}
	}
}

func (p *connections) show() {
	for _, c := range model.Connections(p.setup, p.tests, p.status) {
		p.cards[c.System].show(c)
	}
}

func (p *connections) fail(err error) bool {
	p.banner.RemoveAll()
	if err != nil {
		a := model.Failure(err)
		p.banner.Add(part.Banner(part.ToneWarning, "attention", a.What, a.Do))
	}
	p.banner.Refresh()
	return err != nil
}

// examine shows the doctor; a system's first line is chosen where one is named.
func (p *connections) examine(system string) {
	if p.doctor == nil {
		p.doctor = newDoctorPane(p)
	}
	p.place.Objects = []fyne.CanvasObject{p.doctor.object}
	p.place.Refresh()
	p.doctor.open(system)
}

// back shows the cards.
func (p *connections) back() {
	p.place.Objects = []fyne.CanvasObject{p.first}
	p.place.Refresh()
}

// change opens the setup at a system's page.
func (p *connections) change(system string) {
	step := model.StepBusiness
	if system == localapi.SystemExchange {
		step = model.StepExchange
	}
	p.w.SetUpAt(step)
}

// connectionCard is one system.
type connectionCard struct {
	p        *connections
	system   string
	object   fyne.CanvasObject
	title    *part.Text
	head     *fyne.Container
	state    *part.Status
	do       *part.Text
	facts    *fyne.Container
	test     *part.Button
	look     *fyne.Container // at a certificate that is not trusted
	password *fyne.Container
	field    *part.Field
	entry    *part.Entry
	save     *part.Button
}

func newConnectionCard(p *connections, system string) *connectionCard {
	c := &connectionCard{p: p, system: system, title: part.SubHeading(""), do: part.Quiet(""), facts: part.Column(0)}
	c.state = part.NewStatus(part.StateWaiting, "", part.Style{Whole: true})
	c.do.Hide()
	c.look = part.Row(0, part.NewButton(say.T("Look at the certificate"), "shield", part.Medium, func() {
		if cert := p.tests[system].Certificate; cert != nil {
			c.offerTrust(*cert)
		}
	}))
	c.look.Hide()
	c.test = part.NewButton(say.T("Test"), "sync", part.Medium, func() { c.try("", true, nil) })
	change := part.NewButton(say.T("Change password"), "key", part.Medium, c.ask)
	settings := part.NewButton(say.T("Change connection"), "", part.Low, func() { p.change(system) })
	doctor := part.NewButton(say.T("Doctor"), "shield", part.Low, func() { p.examine(system) })
	c.entry = part.NewPasswordEntry("")
	c.entry.OnSubmitted = func(string) { c.keep() }
	c.save = part.NewButton(say.T("Test and save"), "", part.Medium, c.keep)
	c.field = part.NewField(say.T("New password"), c.entry, say.T("It is tried first, and kept if it is right. Everybody goes on at once."), nil)
	c.password = part.Column(part.Gap, part.Form(labelWidth, c.field), besideLabel(c.save))
	c.password.Hide()
	icon := "business"
	if system == localapi.SystemExchange {
		icon = "exchange"
	}
	c.head = part.Wide(part.GapWide, 1, part.Icon(icon, 24), c.title, c.state.Object)
	c.object = part.Panel(part.Column(0,
		part.Padded(part.GapBlocks, part.GapBlocks, part.Column(part.Gap, c.head, c.do, c.look)), part.Line(), c.facts, part.Line(),
		part.Padded(part.GapWide, part.GapBlocks, part.Column(part.GapWide, part.Row(part.Gap, c.test, change, settings, doctor), c.password))))
	return c
}

func (c *connectionCard) show(m model.Connection) {
	c.title.SetText(m.Name)
	c.tell(checkState(m.State), m.Say)
	c.do.SetText(m.Do)
	show(c.do, m.Do != "")
	show(c.look, untrustedOf(c.p.tests[c.system]) != nil)
	c.facts.Objects = []fyne.CanvasObject{part.Facts(120, facts(m.Facts)...)}
	c.facts.Refresh()
}

// tell says at the right of the head how the connection is.
func (c *connectionCard) tell(state part.State, word string) {
	c.state.Set(state, word)
	c.head.Refresh() // the state is as wide as its words
}

// facts are names and values as the page shows them.
func facts(lines []model.SheetLine) []part.Fact {
	out := make([]part.Fact, len(lines))
	for i, l := range lines {
		out[i] = part.Fact(l)
	}
	return out
}

// ask opens the field of a new password.
func (c *connectionCard) ask() {
	if c.password.Visible() {
		c.password.Hide()
		return
	}
	show(c.password, true)
	part.Reveal(c.p.scroll, c.password)
	c.p.w.win.Canvas().Focus(c.entry)
}

// keep tries what was typed and keeps it unless it is refused: a server that is
// away today says nothing about a password.
func (c *connectionCard) keep() {
	typed := c.entry.Text
	if typed == "" {
		c.field.SetWrong(say.T("Fill this in."))
		return
	}
	c.save.Disable()
	c.try(typed, true, func(r localapi.TestResult) {
		c.save.Enable()
		if r.Trouble != nil && r.Trouble.Kind == "auth" {
			c.field.SetWrong(model.SecretRefused(r))
			return
		}
		background(c.p.w, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, c.p.w.Agent.SetSecret(ctx, localapi.SecretRequest{System: c.system, Secret: localapi.Secret(typed)})
		}, func(_ struct{}, err error) {
			if c.p.fail(err) {
				return
			}
			c.entry.SetText("")
			c.field.SetWrong("")
			c.password.Hide()
			c.p.load()
		})
	})
}

// try signs in: with what was typed, or with what is kept. offer: a certificate
// that is not trusted is shown at once.
func (c *connectionCard) try(typed string, offer bool, then func(localapi.TestResult)) {
	q := localapi.TestRequest{Draft: c.p.setup.Draft, System: c.system, Secret: localapi.Secret(typed)}
	c.test.Disable()
	c.tell(part.StateSyncing, say.T("Testing the connection"))
	background(c.p.w, func(ctx context.Context) (localapi.TestResult, error) { return c.p.w.Agent.TestConnection(ctx, q) },
		func(r localapi.TestResult, err error) {
			c.test.Enable()
			c.save.Enable()
			if c.p.fail(err) {
				c.p.show()
				return
			}
			c.p.tests[c.system] = r
			c.p.show()
			if then != nil {
				then(r)
			}
			if cert := untrustedOf(r); cert != nil && offer {
				c.offerTrust(*cert)
			}
		})
}

// untrustedOf is the certificate because of which a test failed; nil: it was
// something else, or it did not.
func untrustedOf(r localapi.TestResult) *localapi.Certificate {
	if r.OK || r.Certificate == nil || r.Certificate.Trusted || r.Trouble == nil || r.Trouble.Kind != "certificate" {
		return nil
	}
	return r.Certificate
}

// offerTrust asks whether a certificate is to be trusted, and lets it take effect.
func (c *connectionCard) offerTrust(cert localapi.Certificate) {
	trust(c.p.w, systemName(c.system), cert, pinned(c.p.setup.Draft, c.system), func() {
		d := c.p.setup.Draft
		if c.system == localapi.SystemExchange {
			d.Exchange.PinSHA256 = cert.FingerprintSHA256
		} else {
			d.Severa.PinSHA256 = cert.FingerprintSHA256
		}
		background(c.p.w, func(ctx context.Context) (localapi.Setup, error) { return c.p.w.Agent.SaveSetup(ctx, d) },
			func(s localapi.Setup, err error) {
				if c.p.fail(err) {
					return
				}
				c.p.setup = s
				c.try("", true, nil)
			})
	})
}
