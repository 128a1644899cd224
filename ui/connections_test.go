package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// connected is an agent whose office is set up.
func connected() *founder {
	a := newFounder()
	a.status = nine()
	a.setup.SetUp = true
	a.setup.Secrets = map[string]bool{localapi.SystemExchange: true, localapi.SystemSevera: true}
	a.setup.Draft.Exchange = localapi.DraftExchange{URL: "https://mail.saari.example/EWS/Exchange.asmx", Domain: "SAARI", User: "svc-calendar"}
	a.setup.Draft.Severa = localapi.DraftSevera{ClientID: "saari-lockstep"}
	return a
}

// slowly is an office whose connections are not told before the test says so.
type slowly struct {
	*founder
	tell chan struct{}
}

func (a slowly) Setup(ctx context.Context) (localapi.Setup, error) {
	<-a.tell
	return a.founder.Setup(ctx)
}

// TestConnections_DoNotJump checks that nothing can be pressed before the page
// knows what stands on it: it would move away under the hand.
func TestConnections_DoNotJump(t *testing.T) {
	a := slowly{connected(), make(chan struct{})}
	s := open(t, a, model.PageConnections)
	s.until("the office is told of", func() bool { return s.w.heard })
	s.settle()
	for _, text := range s.texts() {
		if text == "Change password" || text == "Handover sheet" {
			t.Errorf("%q stands there before the rest does", text)
		}
	}
	close(a.tell)
	s.sees("Saari Oy")
	s.sees("Change password")
}

// TestConnections shows both systems as they answer.
func TestConnections(t *testing.T) {
	s := open(t, connected(), model.PageConnections)
	for _, want := range []string{"Saari Oy", "Exchange Server 2019, build 15.2.1544", `SAARI\svc-calendar`, "64 ms"} {
		s.sees(want)
	}
	s.shot("connections")
}

// TestConnections_TriesNoRefusedPassword checks that looking at the page never
// costs one of the few sign-ins that are left.
func TestConnections_TriesNoRefusedPassword(t *testing.T) {
	a := connected()
	a.status.People[0].Health = office.SignInAgain
	s := open(t, a, model.PageConnections)
	s.sees("A sign-in is refused")
	if len(a.tests) > 0 {
		t.Errorf("tried %d sign-ins by itself", len(a.tests))
	}
}

// TestConnections_ChangePassword takes three presses at most, tries the new one
// first, and keeps none that is refused.
func TestConnections_ChangePassword(t *testing.T) {
	a := connected()
	a.status.People[0].Health = office.SignInAgain
	good := localapi.Secret("new one")
	a.test = func(q localapi.TestRequest) localapi.TestResult {
		if q.System == localapi.SystemExchange && q.Secret != good {
			return localapi.TestResult{Trouble: &localapi.Trouble{Side: "exchange", Kind: "auth"}, Tries: 1}
		}
		return works(q)
	}
	s := open(t, a, model.PageConnections)
	s.sees("A sign-in is refused")
	card := s.w.pages[model.PageConnections].(*kept).page.(*connections).cards[localapi.SystemExchange]
	card.ask()
	k := &keyboard{stage: s}
	k.typeInto("New password", "wrong")
	k.key(fyne.KeyReturn)
	s.sees("It was refused, and is not kept.")
	if len(a.secrets) > 0 {
		t.Fatal("a refused password was kept")
	}
	s.shot("connections-password")
	card.entry.SetText(string(good))
	s.press("Test and save")
	s.until("it is kept", func() bool { return len(a.secrets) == 1 })
	if a.secrets[0].System != localapi.SystemExchange || a.secrets[0].Secret != good {
		t.Errorf("kept for %s", a.secrets[0].System)
	}
}

// TestDoctor shows what failed first, why it matters, what mends it, and the script.
func TestDoctor(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageConnections)
	s.sees("Saari Oy")
	s.press("Examine everything")
	s.sees("it lacks the role ApplicationImpersonation")
	s.sees("One account keeps everybody's calendar in step")
	s.sees("code ErrorImpersonateUserDenied")
	s.sees("New-ManagementScope")
	s.sees("5 of 8 passed, 1 failed")
	s.shot("doctor")
	s.press("Whole organisation")
	s.until("the script for everybody is asked for", func() bool { return len(a.scripts) > 1 && a.scripts[len(a.scripts)-1].Everybody })
	s.press("Take the right back")
	s.sees("Remove-ManagementRoleAssignment")
	s.press("Check this again")
	s.until("it is examined again", func() bool {
		q := a.examined[len(a.examined)-1]
		return q.Begin && len(q.Who) == 1 && q.Who[0] == "anna.virtanen@saari.example"
	})
	s.press("Copy script")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "Remove-ManagementRoleAssignment \"Lockstep sync\"\n" {
		t.Errorf("copied %q", got)
	}
}

// TestScripts has every script for every version to be chosen, copied and taken back.
func TestScripts(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageConnections)
	s.sees("Saari Oy")
	s.press("Administrator's script")
	s.sees("New-ManagementScope")
	last := func() localapi.ScriptRequest {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.scripts[len(a.scripts)-1]
	}
	if q := last(); q.Kind != "impersonation" || q.Version != "2019" || q.Everybody {
		t.Errorf("it begins with %+v", q)
	}
	s.shot("scripts")
	p := pageOf[*connections](s, model.PageConnections).script
	asks := func(kind, version string) {
		t.Helper()
		s.until("the script is asked for", func() bool { q := last(); return q.Kind == kind && q.Version == version })
	}
	p.servers.SetSelected("Exchange Server 2007")
	asks("impersonation", "2007")
	p.kinds.SetSelected("Full access to mailboxes")
	asks("delegate", "2007")
	p.kinds.SetSelected("Wider limits for the account")
	asks("throttling", "2010") // 2007 knows no limits
	if slices.Contains(p.servers.Options, "Exchange Server 2007") {
		t.Error("2007 is offered for what it does not know")
	}
	s.sees("Gives the account limits of its own")
	s.press("Take the right back")
	s.sees("Remove-ManagementRoleAssignment")
	s.press("Copy script")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "Remove-ManagementRoleAssignment") {
		t.Errorf("copied %q", got)
	}
	s.press("Connections")
	s.sees("Saari Oy")
}

// TestScripts_SaysWhyThereIsNone tells what is missing, and offers nothing to copy.
func TestScripts_SaysWhyThereIsNone(t *testing.T) {
	a := connected()
	a.scriptFail = &localapi.Error{Code: localapi.CodeUsage, Message: "nobody is named"}
	a.test = func(q localapi.TestRequest) localapi.TestResult {
		r := works(q)
		r.Generation = ""
		return r
	}
	s := open(t, a, model.PageConnections)
	s.sees("Saari Oy")
	s.press("Administrator's script")
	s.sees("This script cannot be written yet.")
	s.sees("Which version it is has not been found out yet.")
	for _, b := range pageOf[*connections](s, model.PageConnections).script.block.buttons {
		if !b.Disabled() {
			t.Errorf("%q can be pressed", b.Text())
		}
	}
}

// TestConnections_Papers leads to the sheet and the diagnostics.
func TestConnections_Papers(t *testing.T) {
	s := open(t, connected(), model.PageConnections)
	s.sees("Saari Oy")
	s.press("Handover sheet")
	s.sees("Save the sheet")
	s.w.Show(model.PageConnections)
	s.press("Save diagnostics")
	s.sees("Save these 2 files")
}

// otherCertificate is an agent whose Exchange shows another certificate than
// the one that was trusted; only is the fingerprint of it.
func otherCertificate(only string) *founder {
	a := connected()
	a.setup.Draft.Exchange.PinSHA256 = strings.Repeat("0a", 32)
	a.test = func(q localapi.TestRequest) localapi.TestResult {
		if q.System == localapi.SystemSevera || q.Draft.Exchange.PinSHA256 == only {
			return works(q)
		}
		return localapi.TestResult{
			Certificate: &localapi.Certificate{
				Subject: "CN=mail.saari.example", Issuer: "CN=Saari Root", NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0),
				FingerprintSHA256: only, Why: localapi.CertificateOther,
			},
			Trouble: &localapi.Trouble{Side: "exchange", Kind: "certificate", Code: localapi.CodeOtherCertificate},
		}
	}
	return a
}

// TestConnections_StopsAtAnotherCertificate: one that has changed is explained,
// with both fingerprints, and only whoever looks at it and says so trusts it.
func TestConnections_StopsAtAnotherCertificate(t *testing.T) {
	only := strings.Repeat("ab", 32)
	a := otherCertificate(only)
	s := open(t, a, model.PageConnections)
	s.sees("The certificate has changed")
	if s.w.win.Canvas().Overlays().Top() != nil {
		t.Fatal("nobody asked, and yet a dialog is there")
	}
	s.shot("connections-changed")
	s.press("Look at the certificate")
	for _, want := range []string{
		"Stop: Exchange shows another certificate", "somebody may be listening", "CN=mail.saari.example", "CN=Saari Root",
		"25 Nov 2026 to 25 Nov 2027", "AB AB AB AB", "Fingerprint that was trusted", "0A 0A 0A 0A",
	} {
		s.sees(want)
	}
	s.shot("certificate-changed")
	k := &keyboard{stage: s}
	k.key(fyne.KeyReturn) // the safe button has the keyboard
	if s.w.win.Canvas().Overlays().Top() != nil || len(a.saved) > 0 {
		t.Fatalf("Enter trusts it, or stays: %d saved", len(a.saved))
	}
	s.press("Look at the certificate")
	s.press("It was renewed: trust this one")
	s.until("it is tested anew", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.saved) == 1
	})
	if got := a.saved[0].Exchange.PinSHA256; got != only {
		t.Errorf("trusts %q", got)
	}
	s.sees("Exchange Server 2019, build 15.2.1544")
	if s.shows("Look at the certificate") {
		t.Error("there is still a certificate to look at")
	}
}

// TestConnections_TrustsByFingerprint does so where nobody vouches for one.
func TestConnections_TrustsByFingerprint(t *testing.T) {
	only := strings.Repeat("cd", 32)
	a := otherCertificate(only)
	a.setup.Draft.Exchange.PinSHA256 = ""
	refuse := a.test
	a.test = func(q localapi.TestRequest) localapi.TestResult {
		r := refuse(q)
		if !r.OK {
			r.Certificate.Why, r.Trouble.Code = localapi.CertificateUnknown, ""
		}
		return r
	}
	s := open(t, a, model.PageConnections)
	s.sees("Exchange's certificate is not trusted.")
	s.press("Look at the certificate")
	s.sees("Trust this certificate?")
	s.sees("Nobody vouches for the certificate that Exchange shows.")
	if s.shows("Fingerprint that was trusted") {
		t.Error("none was trusted before")
	}
	s.press("Trust this certificate")
	s.until("it is trusted", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.saved) == 1 && a.saved[0].Exchange.PinSHA256 == only
	})
}

// TestDoctor_ProvesTheLimit names somebody who must not be reachable, and looks
// at him again only from outside.
func TestDoctor_ProvesTheLimit(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageConnections)
	s.sees("Saari Oy")
	s.press("Examine everything")
	s.sees("New-ManagementScope")
	d := pageOf[*connections](s, model.PageConnections).doctor
	d.limit.entry.SetText("no address")
	s.press("Check all")
	s.sees("This is no e-mail address.")
	a.mu.Lock()
	if q := a.examined[len(a.examined)-1]; len(q.Outside) > 0 {
		t.Errorf("asked %+v", q)
	}
	a.report = refusedOutside()
	a.mu.Unlock()
	d.limit.entry.SetText(" boss@saari.example ")
	s.press("Check all")
	s.sees("Out of reach")
	a.mu.Lock()
	if q := a.examined[len(a.examined)-1]; !q.Begin || len(q.Outside) != 1 || q.Outside[0] != "boss@saari.example" || len(q.Who) > 0 {
		t.Errorf("asked %+v", q)
	}
	a.mu.Unlock()
	s.shot("doctor-limit")
	at := slices.IndexFunc(d.rows, func(e model.Examined) bool { return e.Outside })
	d.choose(at)
	s.sees("Out of reach: all is well")
	s.press("Check this again")
	s.until("it is looked at again", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		q := a.examined[len(a.examined)-1]
		return q.Begin && q.OfficeOnly && len(q.Who) == 0 && len(q.Outside) == 1
	})
}

// TestDoctorDark draws it in the dark theme.
func TestDoctorDark(t *testing.T) {
	s := openIn(t, connected(), model.PageConnections, part.ModeDark)
	s.press("Examine everything")
	s.sees("New-ManagementScope")
	s.shot("doctor-dark")
}
