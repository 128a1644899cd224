//go:build linux

package desktop_test

import (
	"testing"
	"time"
)

// TestWizard_ToAWorkingOffice sets an office up at a real desktop, by the
// keyboard and by what stands in the window, and does with it what a day brings.
func TestWizard_ToAWorkingOffice(t *testing.T) {
	o := signIn(t, "--people", "6", "--items", "40", "--tls")
	anna := o.access.People[0].Email
	day := time.Now().Add(72 * time.Hour).Truncate(time.Hour)
	o.book(anna, "Site visit at the harbour", day)
	o.enter(anna, "Lunch with the crane people", day.Add(3*time.Hour))

	o.step("the setup comes up by itself", func() {
		o.begin()
		o.window("Keep Severa and Outlook in step")
		o.menuSays("Not set up yet")
		o.picture("1-welcome")
		o.press("Start")
	})
	o.step("Severa", func() {
		o.sees("Where are the activities?")
		o.typeIn("Client ID", o.access.Severa.ClientID)
		o.typeIn("Client secret", o.access.Severa.ClientSecret)
		o.press("Advanced")
		o.answers("Leave it empty for Visma Severa itself.")
		o.must(o.TabBack(o.t.Context(), "Address"))
		o.must(o.Write(o.t.Context(), o.access.Severa.URL))
		o.picture("2-severa")
		o.press("Continue to Exchange")
		o.sees("Trust this certificate?")
		o.press("Trust this certificate")
	})
	o.step("Exchange", func() {
		o.sees("Where are the calendars?")
		o.typeIn("Server address", o.access.Exchange.URL)
		o.typeIn("User name", o.access.Exchange.Domain+`\`+o.access.Exchange.User)
		o.typeIn("Password", o.access.Exchange.Password)
		o.picture("3-exchange")
		o.press("Continue to rights")
		o.sees("Trust this certificate?")
		o.press("Trust this certificate")
	})
	o.step("rights, people, what and rules", func() {
		o.sees("May the account act for your colleagues?")
		o.label(`\d+ of \d+ passed.*`) // the lines themselves may be further down
		o.picture("4-rights")
		o.press("Continue to people")
		o.sees("5 of 6 take part")
		o.picture("5-people")
		o.press("Continue with 5")
		o.sees("Project tasks are never kept in step")
		o.press("Continue to rules")
		o.sees("When both sides changed the same entry")
		o.picture("7-rules")
		o.press("Show what would be written")
	})
	o.step("the first sync", func() {
		o.sees("Nothing has been written yet")
		write := o.label("Write [0-9]+ changes")
		if severa, exchange := o.times(anna, "Site visit at the harbour", day); severa != 1 || exchange != 0 {
			o.t.Errorf("before it is approved: %d and %d", severa, exchange)
		}
		o.picture("8-preview")
		o.press(write)
		o.sees("changes are written.")
		o.picture("9-written")
		o.once(anna, "Site visit at the harbour", day)
		o.once(anna, "Lunch with the crane people", day.Add(3*time.Hour))
		o.menuSays("Up to date")
		o.must(o.closeWindow())
	})
	o.day(anna, day)
}

// once fails unless a subject stands once on either side.
func (o *site) once(email, subject string, at time.Time) {
	o.t.Helper()
	if severa, exchange := o.times(email, subject, at); severa != 1 || exchange != 1 {
		o.t.Errorf("%q stands %d times in Severa and %d times in Exchange, want once on either side", subject, severa, exchange)
	}
}

// day is what an office does once it is set up: edits cross, a password is
// changed, a run is undone, the program is left.
func (o *site) day(anna string, day time.Time) {
	evening := day.Add(5 * time.Hour)
	o.step("edits of either side cross after Sync now", func() {
		// In a pause, so that one run has both: it is undone afterwards.
		o.must(o.Choose("Pause", "1 hour"))
		o.menuSays("Paused")
		o.book(anna, "Tender review", evening)
		o.enter(anna, "Parents' evening", evening.Add(2*time.Hour))
		began := time.Now()
		o.must(o.Choose("Resume"))
		o.must(o.Choose("Sync now", "Everyone"))
		o.until("both are on the other side", func() bool {
			return o.both(anna, "Tender review", evening) && o.both(anna, "Parents' evening", evening.Add(2*time.Hour))
		})
		o.t.Logf("both crossed within %v", time.Since(began).Round(time.Millisecond))
		o.menuSays("Up to date")
	})
	o.step("a wrong password is told once, and mended in the window", func() {
		before, err := o.Popups(o.t.Context())
		o.must(err)
		o.ctl("not the password", "secret", "set", "exchange")
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Sign in again")
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Sign in again")
		o.iconIs("sign-in-again")
		after, err := o.Popups(o.t.Context())
		o.must(err)
		if n := len(after) - len(before); n != 1 {
			o.t.Errorf("%d notifications about the password, want one: %+v", n, after)
		}
		o.picture("10-sign-in")
		o.must(o.Choose("Open Lockstep"))
		o.window("Overview")
		o.must(o.Choose(o.line("Sign in again"))) // leads to the cause
		o.sees("One account on each side keeps everybody in step.")
		clicks := 0
		click := func(text string, below ...string) { clicks++; o.click(text, below...) }
		click("Change password", "Exchange")
		o.answers("New password")
		o.must(o.Write(o.t.Context(), o.access.Exchange.Password)) // the keyboard is there
		o.picture("11-password")
		click("Test and save")
		o.menuSays("Up to date")
		if clicks > 3 {
			o.t.Errorf("%d clicks, want 3 at most", clicks)
		}
		o.iconIs("up-to-date")
		o.must(o.closeWindow())
	})
	o.step("the last run is undone", func() {
		o.must(o.Choose("Undo last run…"))
		o.window("Undo")
		undo := o.label("Undo [0-9]+ changes?")
		o.picture("12-undo")
		o.press(undo)
		o.until("what it wrote is taken back", func() bool {
			severa, exchange := o.times(anna, "Tender review", evening)
			back, there := o.times(anna, "Parents' evening", evening.Add(2*time.Hour))
			return severa == 1 && exchange == 0 && back == 0 && there == 1
		})
		o.once(anna, "Site visit at the harbour", day) // of the run before
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Up to date")
		if severa, exchange := o.times(anna, "Tender review", evening); severa != 1 || exchange != 0 {
			o.t.Errorf("what was undone is written again: %d and %d", severa, exchange)
		}
		o.picture("13-undone")
	})
	o.step("it leaves within five seconds", func() { o.leave() })
}
