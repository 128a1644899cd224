//go:build linux

package desktop_test

import (
	"path/filepath"
	"testing"
	"time"

	"lockstep/ui/model"
)

// rarely is an office that looks by itself so seldom that whatever happens in a
// test has another cause.
const rarely = "[rules]\nevery = \"1h\"\n"

// TestNetwork_GoneAndBack has no network for a while: the icon is grey, nobody is
// told anything, and all goes on when the system tells of a network.
func TestNetwork_GoneAndBack(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	direct := o.access
	severa, exchange := (*gate)(nil), (*gate)(nil)
	severa, o.access.Severa.URL = gated(t, o.access.Severa.URL)
	exchange, o.access.Exchange.URL = gated(t, o.access.Exchange.URL)
	o.setUp(rarely)
	o.access = direct
	o.ctl("", "sync", "--once", "--approve-first")
	anna, day := o.access.People[0].Email, time.Now().Add(72*time.Hour).Truncate(time.Hour)
	o.begin("--minimized")
	o.menuSays("Up to date")
	before := len(o.told())

	o.step("without a network it says so, and nags nobody", func() {
		severa.shut()
		exchange.shut()
		for range 3 {
			o.must(o.Choose("Sync now", "Everyone"))
			o.menuSays("Offline")
		}
		o.iconIs("offline")
		if told := o.told(); len(told) != before {
			o.t.Errorf("told %+v, want nothing", told)
		}
		o.picture("1-offline")
	})
	o.step("it goes on when the network is back", func() {
		o.book(anna, "Booked while offline", day)
		severa.lift()
		exchange.lift()
		o.must(o.Connected())
		o.until("the entry is on both sides", func() bool { return o.both(anna, "Booked while offline", day) })
		o.menuSays("Up to date")
		o.iconIs("up-to-date")
	})
	o.step("it catches up when the machine wakes", func() {
		o.book(anna, "Booked while asleep", day.Add(2*time.Hour))
		o.must(o.Wake())
		o.until("the entry is on both sides", func() bool { return o.both(anna, "Booked while asleep", day.Add(2*time.Hour)) })
		if told := o.told(); len(told) != before {
			o.t.Errorf("told %+v, want nothing", told)
		}
	})
	o.leave()
}

// TestStart_WithTheDesktop lets the desktop start the program, as the settings
// page has told it to.
func TestStart_WithTheDesktop(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	o.begin("--page", "settings")
	o.window("Start when I sign in")
	o.must(o.Tick(o.t.Context(), "Start when I sign in"))
	o.click(o.label("Apply [0-9]+ change"))
	entries := func() []string { return o.autostarts() }
	o.until("the desktop has an entry", func() bool { return len(entries()) == 1 })
	o.picture("1-settings")
	o.must(o.closeWindow())
	o.leave()

	o.must(o.Run(t.Context(), "lockstep", "sh", "-c", "exec "+entries()[0]))
	o.menuSays("Up to date")
	if n := len(o.Windows(t.Context(), "Lockstep")); n != 0 {
		t.Errorf("%d windows after a start by the desktop, want none", n)
	}
	o.must(o.Choose("Settings…"))
	o.window("Start when I sign in")
	o.must(o.Tick(o.t.Context(), "Start when I sign in"))
	o.click(o.label("Apply [0-9]+ change"))
	o.until("the entry is gone", func() bool { return len(entries()) == 0 })
	o.leave()
}

// TestStart_TwiceAtOnce lets the desktop and a person start the program in the
// same moment: one of the two stays, the other leaves it to that one.
func TestStart_TwiceAtOnce(t *testing.T) {
	o := signIn(t)
	starts := []string{"lockstep", "twin"}
	for _, name := range starts {
		o.must(o.Run(t.Context(), name, filepath.Join(o.bin, "lockstep"), "--home", o.home, "--minimized"))
	}
	o.until("one of them has left", func() bool { return o.Ended("lockstep") || o.Ended("twin") })
	o.until("there is an icon", func() bool { return len(o.Icons()) == 1 })
	o.menuSays("Not set up")
	if told := o.told(); len(told) != 0 {
		t.Errorf("told %+v, want nothing", told)
	}
	o.must(o.Choose(model.QuitWord("linux")))
	for _, name := range starts {
		if code, err := o.Wait(t.Context(), name); err != nil || code != 0 {
			t.Errorf("%s left with code %d, %v", name, code, err)
		}
	}
}
