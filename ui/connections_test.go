package ui

import (
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

// TestDoctorDark draws it in the dark theme.
func TestDoctorDark(t *testing.T) {
	s := openIn(t, connected(), model.PageConnections, part.ModeDark)
	s.press("Examine everything")
	s.sees("New-ManagementScope")
	s.shot("doctor-dark")
}
