package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// at waits until a page of the setup is up and can be used.
func (s *stage) at(step model.SetupStep) {
	s.Helper()
	s.until("the setup is at "+step.Label(), func() bool {
		z := wizardOf(s)
		return z != nil && z.loaded && !z.busy && z.at == step && (step != model.StepRights && step != model.StepPeople || z.matches != nil)
	})
}

func wizardOf(s *stage) *wizard {
	k, ok := s.w.pages[model.PageSetup].(*kept)
	if !ok {
		return nil
	}
	return k.page.(*wizard)
}

// TestWizard_ByKeyboard sets an office up from a fresh start to the first
// preview by nothing but the keyboard and what stands on the screen.
func TestWizard_ByKeyboard(t *testing.T) {
	a := newFounder()
	k := &keyboard{stage: open(t, a, "")}
	k.at(model.StepWelcome)
	k.shot("wizard-1-welcome")
	k.press("Start")
	k.at(model.StepBusiness)
	k.typeInto("Client ID", "saari-lockstep")
	k.typeInto("Client secret", "s3cret")
	k.shot("wizard-2-severa")
	k.press("Continue to Exchange")
	k.at(model.StepExchange)
	k.typeInto("Server address", "mail.saari.example")
	k.typeInto("User name", `SAARI\svc-calendar`)
	k.typeInto("Password", "hunter2")
	k.press("Continue to rights")
	k.at(model.StepRights)
	k.sees("May act for colleagues")
	k.sees("New-ManagementScope")
	k.shot("wizard-4-rights")
	k.press("Continue to people")
	k.at(model.StepPeople)
	k.shot("wizard-5-people")
	k.press("Continue with 5")
	k.at(model.StepWhat)
	k.shot("wizard-6-what")
	k.press("Continue to rules")
	k.at(model.StepRules)
	k.shot("wizard-7-rules")
	k.press("Show what would be written")
	k.until("the preview is up", func() bool { return k.w.shown != model.PageSetup })
	if k.inputs > 12 {
		t.Errorf("it took %d inputs, want at most 12", k.inputs)
	}
	last := a.saved[len(a.saved)-1]
	if got := last.Exchange; got.URL != "https://mail.saari.example/EWS/Exchange.asmx" || got.Domain != "SAARI" || got.User != "svc-calendar" {
		t.Errorf("saved %+v", got)
	}
	if len(last.Person) != 5 || last.Person[0].Exchange != "anna.virtanen@saari.example" {
		t.Errorf("saved people %+v, want the first five who are matched", last.Person)
	}
	if len(a.secrets) != 2 || a.secrets[0].Secret != "s3cret" || a.secrets[1].Secret != "hunter2" {
		t.Errorf("kept %d secrets", len(a.secrets))
	}
	for _, q := range a.kept {
		if strings.Contains(q.Draft.Exchange.URL+q.Draft.Severa.ClientID, "hunter2") {
			t.Error("a secret got into the draft")
		}
	}
}

// TestWizard_TrustsACertificate checks that a certificate that nobody vouches
// for is shown, that Escape trusts nothing, and that its fingerprint is what is
// trusted.
func TestWizard_TrustsACertificate(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepExchange.Key()
	a.setup.Draft.Exchange = localapi.DraftExchange{URL: "https://mail.saari.example/EWS/Exchange.asmx", User: "svc"}
	a.setup.Secrets[localapi.SystemExchange] = true
	fingerprint := strings.Repeat("ab", 32)
	a.test = func(q localapi.TestRequest) localapi.TestResult {
		if q.Draft.Exchange.PinSHA256 == fingerprint {
			return works(q)
		}
		return localapi.TestResult{
			Certificate: &localapi.Certificate{
				Subject: "CN=mail.saari.example", Issuer: "CN=Saari Root", NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0),
				FingerprintSHA256: fingerprint, Why: localapi.CertificateUnknown,
			},
			Trouble: &localapi.Trouble{Side: "exchange", Kind: "certificate"},
		}
	}
	s := open(t, a, "")
	s.at(model.StepExchange)
	s.press("Test")
	s.sees("Trust this certificate?")
	for _, want := range []string{"CN=mail.saari.example", "CN=Saari Root", "25 Nov 2026 to 25 Nov 2027", "AB AB AB AB"} {
		s.sees(want)
	}
	s.shot("wizard-3-certificate")
	k := &keyboard{stage: s}
	k.key(fyne.KeyEscape)
	if s.w.win.Canvas().Overlays().Top() != nil {
		t.Fatal("Escape does not leave the dialog")
	}
	if len(a.tests) != 1 {
		t.Fatal("a certificate was trusted by Escape")
	}
	s.sees("The certificate is not trusted")
	s.press("Test again")
	s.sees("Trust this certificate?")
	s.press("Trust this certificate")
	s.sees("Signed in as svc")
	if got := wizardOf(s).draft.Exchange.PinSHA256; got != fingerprint {
		t.Errorf("trusts %q", got)
	}
}

// TestWizard_BackKeepsWhatWasTyped checks that Back works from a page that is
// not right, and that nothing is lost by it.
func TestWizard_BackKeepsWhatWasTyped(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepExchange.Key()
	a.problems = []localapi.FieldProblem{{Key: "exchange.url", Code: localapi.FieldPlain}}
	s := open(t, a, "")
	s.at(model.StepExchange)
	k := &keyboard{stage: s}
	k.typeInto("Server address", "http://mail")
	k.typeInto("User name", "svc")
	s.sees("Use https")
	s.press("Continue to rights")
	s.sees("Fill this in.")
	wizardOf(s).setup.Secrets[localapi.SystemExchange] = true
	s.press("Continue to rights")
	s.at(model.StepExchange)
	if wizardOf(s).at != model.StepExchange || len(a.tests) > 0 {
		t.Fatal("a page that is wrong was left")
	}
	s.press("Back")
	s.at(model.StepBusiness)
	if got := a.kept[len(a.kept)-1]; got.Draft.Exchange.User != "svc" || got.Page != "severa" {
		t.Errorf("kept %+v at %q", got.Draft.Exchange, got.Page)
	}
	s.press("Exchange")
	s.at(model.StepExchange)
	if got := wizardOf(s).steps[model.StepExchange].(*exchangeStep).user.Text; got != "svc" {
		t.Errorf("the user is %q after Back and forth", got)
	}
}

// TestWizard_WrongSecret checks that a refused sign-in is told on the page, with
// how often it is still tried, and that the secret is not kept.
func TestWizard_WrongSecret(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepBusiness.Key()
	a.test = func(localapi.TestRequest) localapi.TestResult {
		return localapi.TestResult{Trouble: &localapi.Trouble{Side: "business", Kind: "auth"}, Tries: 1}
	}
	s := open(t, a, "")
	s.at(model.StepBusiness)
	k := &keyboard{stage: s}
	k.typeInto("Client ID", "x")
	k.typeInto("Client secret", "wrong")
	k.key(fyne.KeyReturn)
	s.sees("Severa refuses client id and secret")
	s.sees("tried once more")
	s.at(model.StepBusiness) // nothing more is under way
	if wizardOf(s).at != model.StepBusiness || len(a.secrets) > 0 {
		t.Error("went on with a secret that is refused, or kept it")
	}
	s.shot("wizard-2-refused")
}

// TestWizard_People checks the table: ticks, filters, those who cannot be
// ticked, and what becomes of who is known already.
func TestWizard_People(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page, a.setup.SetUp = true, model.StepPeople.Key(), true
	a.matches[0].Known, a.matches[0].Enabled = true, true
	a.matches[1].Known = true
	a.setup.Draft.Person = []localapi.DraftPerson{{Severa: "anna.virtanen@saari.example"}, {Severa: "bram.visser@saari.example"}}
	s := open(t, a, "")
	s.at(model.StepPeople)
	s.sees("1 of 12 takes part")
	s.press("Tick all 9 matched")
	s.sees("9 of 12 take part")
	s.sees("No mailbox found")
	s.sees("Synced by Dynamics too")
	p := wizardOf(s).steps[model.StepPeople].(*peopleStep)
	for i, r := range p.shown {
		if r.Match.State == localapi.MatchSevera || r.Match.State == localapi.MatchOptedOut || r.Name == "Anna Virtanen" {
			p.flip(i)
		}
	}
	s.sees("8 of 12 take part")
	p.search.SetText("nieminen")
	if len(p.shown) != 1 {
		t.Errorf("found %d, want the one", len(p.shown))
	}
	p.search.SetText("xyz")
	s.sees("Nobody here")
	p.search.SetText("")
	wizardOf(s).draft.Rules.Winner = "ask"
	s.press("Continue with 8")
	s.at(model.StepWhat)
	s.press("Continue to rules")
	s.at(model.StepRules)
	s.press("Show what would be written")
	s.until("the preview is up", func() bool { return s.w.shown != model.PageSetup })
	if got := a.switched; len(got) != 2 || got["anna.virtanen@saari.example"] || !got["bram.visser@saari.example"] {
		t.Errorf("switched %v, want Anna off and Bram on", got)
	}
	if got := a.saved[0]; len(got.Person) != 9 || got.Rules.Winner != "ask" {
		t.Errorf("saved %d people, winner %q", len(got.Person), got.Rules.Winner)
	}
}

// TestWizard_What checks the activity types and days.
func TestWizard_What(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page, a.setup.SetUp = true, model.StepWhat.Key(), true
	s := open(t, a, "")
	s.at(model.StepWhat)
	s.sees("Project tasks are never kept in step")
	f := wizardOf(s).steps[model.StepWhat].(*whatStep).what
	f.ticks["Call"].SetChecked(false)
	f.ahead.SetText("90")
	f.shows["free"].SetChecked(true)
	s.press("Continue to rules")
	s.at(model.StepRules)
	d := wizardOf(s).draft
	if !slices.Equal(d.Rules.Types, []string{"Meeting", "Own time"}) || d.Rules.DaysAhead != 90 || d.Rules.DaysBack != nil || !slices.Equal(d.Filter.ShowAs, []string{"free"}) {
		t.Errorf("draft has %+v, %+v", d.Rules, d.Filter)
	}
	s.press("Ask")
	if got := wizardOf(s).draft.Rules.Winner; got != "ask" {
		t.Errorf("winner is %q", got)
	}
}

// TestWizard_OpensByItself only where nothing is set up, and once.
func TestWizard_OpensByItself(t *testing.T) {
	s := open(t, newFounder(), "")
	s.at(model.StepWelcome)
	s.press("Finish later")
	s.until("the overview is up", func() bool { return s.w.shown == PageOverview })
	s.sees("The setup is not finished.")
	s.shot("overview-not-set-up")
	s.press("Go on with the setup")
	s.at(model.StepWelcome)
	s.press("Finish later")
	s.until("the overview is up", func() bool { return s.w.shown == PageOverview })
	s.w.hear(office.Status{Seq: 2, NotSetUp: true})
	if s.w.shown != PageOverview {
		t.Error("the setup opens again after Finish later")
	}
	set := open(t, &fake{status: nine()}, "")
	set.sees("8 of 9")
	if set.w.shown != PageOverview {
		t.Errorf("the window of an office that is set up is at %q", set.w.shown)
	}
}

// TestWizard_Looks draws the pages in dark, in long words and in a small window.
func TestWizard_Looks(t *testing.T) {
	for _, c := range []struct {
		name string
		mode part.Mode
		size fyne.Size
	}{{"dark", part.ModeDark, fyne.NewSize(1100, 720)}, {"small", part.ModeLight, fyne.NewSize(900, 600)}} {
		a := newFounder()
		a.setup.Kept, a.setup.Page = true, model.StepExchange.Key()
		a.setup.Draft.Exchange = localapi.DraftExchange{URL: "https://mail.saari.example/EWS/Exchange.asmx", Domain: "SAARI", User: "svc-calendar"}
		a.setup.Secrets[localapi.SystemExchange] = true
		s := openIn(t, a, "", c.mode)
		s.w.win.Resize(c.size)
		s.at(model.StepExchange)
		z := wizardOf(s)
		z.steps[model.StepExchange].(*exchangeStep).with.SetText("anna.virtanen@saari.example")
		s.press("Test")
		s.sees("may not act for")
		s.shot("wizard-3-exchange-" + c.name)
		if m := s.w.win.Content().MinSize(); m.Width > 900 || m.Height > 600 {
			t.Errorf("%s: the page needs %v, want at most 900x600", c.name, m)
		}
	}
}

var _ desktop.Hoverable = (*part.Step)(nil)

// TestWizard_Language speaks another one at once, and prefers it from then on.
func TestWizard_Language(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	a := newFounder()
	s := open(t, a, "")
	s.at(model.StepWelcome)
	step := wizardOf(s).steps[model.StepWelcome].(*welcomeStep)
	step.language.SetSelected("Suomi")
	s.until("it is preferred", func() bool { a.mu.Lock(); defer a.mu.Unlock(); return len(a.preferred) == 1 })
	if a.preferred[0].Language != "fi" || say.Tag() != "fi" {
		t.Errorf("prefers %q, speaks %s", a.preferred[0].Language, say.Tag())
	}
	s.at(model.StepWelcome)
	s.shot("wizard-1-fi")
}

// TestWizard_FindsTheServer looks the server of an address up, and shows the
// password to a host of another domain only once somebody has allowed it.
func TestWizard_FindsTheServer(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepExchange.Key()
	a.setup.Secrets[localapi.SystemExchange] = true
	s := open(t, a, "")
	s.at(model.StepExchange)
	s.press("Find out from an e-mail address")
	s.sees("Fill this in; the search needs it.")
	if len(a.sought) > 0 {
		t.Fatal("searched for nobody's server")
	}
	step := wizardOf(s).steps[model.StepExchange].(*exchangeStep)
	step.user.SetText("svc")
	step.with.SetText("anna.virtanen@saari.example")
	s.press("Find out from an e-mail address")
	s.sees("Show the password to mail.hoster.example?")
	s.press("Show it to mail.hoster.example")
	s.sees("may not act for this colleague")
	s.sees("anna.virtanen@saari.example\nThe next page writes the script for it.")
	if len(a.sought) != 2 || !slices.Equal(a.sought[1].Allow, []string{"mail.hoster.example"}) {
		t.Errorf("sought %+v", a.sought)
	}
	if step.book.Text != "https://mail.hoster.example/OAB/1/" {
		t.Errorf("the address book is %q, want the one that was found", step.book.Text)
	}
	if step.url.Text != "https://mail.hoster.example/EWS/Exchange.asmx" {
		t.Errorf("the address is %q", step.url.Text)
	}
}

// TestWizard_ProvesTheLimit: with somebody who must not be reachable two people
// are examined inside, and he alone from outside.
func TestWizard_ProvesTheLimit(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepRights.Key()
	a.setup.Secrets = map[string]bool{localapi.SystemExchange: true, localapi.SystemSevera: true}
	a.report = refusedOutside()
	s := open(t, a, "")
	s.at(model.StepRights)
	s.sees("Out of reach")
	a.mu.Lock()
	if q := a.examined[0]; len(q.Who) != 1 || len(q.Outside) > 0 {
		t.Errorf("without a limit it asked %+v", q)
	}
	a.mu.Unlock()
	step := wizardOf(s).steps[model.StepRights].(*rightsStep)
	step.limit.entry.SetText("boss@saari.example")
	s.press("Check again")
	s.until("it is examined", func() bool { return !step.exam.busy })
	a.mu.Lock()
	q := a.examined[len(a.examined)-1]
	a.mu.Unlock()
	if len(q.Who) != 2 || q.Who[0] == q.Who[1] || len(q.Outside) != 1 || q.Outside[0] != "boss@saari.example" {
		t.Errorf("asked %+v", q)
	}
	s.sees("Out of reach")
	s.sees("boss@saari.example")
	s.shot("wizard-4-limit")
	step.limit.entry.SetText("Anna.Virtanen@saari.example") // who takes part cannot be out of reach
	s.press("Check again")
	s.until("it is examined", func() bool { return !step.exam.busy })
	a.mu.Lock()
	defer a.mu.Unlock()
	if q := a.examined[len(a.examined)-1]; slices.ContainsFunc(q.Who, func(w string) bool { return strings.EqualFold(w, "anna.virtanen@saari.example") }) {
		t.Errorf("one person is inside and outside: %+v", q)
	}
}
