//go:build linux

package desktop_test

import (
	"syscall"
	"testing"
	"time"
)

// TestDesktop plays a working day at a real desktop.
func TestDesktop(t *testing.T) {
	o := signIn(t, "--people", "3", "--items", "40")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	o.until("the icon is gone before it comes", func() bool { return len(o.Icons()) == 0 })

	began := time.Now()
	o.begin("--minimized")
	o.until("there is an icon", func() bool { return len(o.Icons()) == 1 })
	t.Logf("the icon was there after %v", time.Since(began).Round(time.Millisecond))
	o.menuSays("Up to date")
	o.picture("1-tray")

	anna := o.access.People[0].Email
	noon := time.Now().Add(72 * time.Hour).Truncate(time.Hour)
	o.step("an edit crosses after Sync now", func() {
		const subject = "Site visit at the harbour"
		o.book(anna, subject, noon)
		o.must(o.Choose("Sync now", "Everyone"))
		o.until("the entry is in Exchange", func() bool { return o.both(anna, subject, noon) })
		o.menuSays("Up to date")
	})

	o.step("the window opens, is raised, and leaves the agent alone", func() {
		o.must(o.Choose("Open Lockstep"))
		o.until("there is a window", func() bool { return len(o.Windows(o.t.Context(), "Lockstep")) == 1 })
		o.picture("2-window")
		o.must(o.Choose("History…"))
		o.must(o.Choose("Open Lockstep"))
		if n := len(o.Windows(o.t.Context(), "Lockstep")); n != 1 {
			o.t.Errorf("%d windows, want the one that was there", n)
		}
		o.must(syscall.Kill(o.windowProcess(), syscall.SIGKILL))
		o.until("the window is gone", func() bool { return len(o.Windows(o.t.Context(), "Lockstep")) == 0 })
		o.menuSays("Up to date")
		o.must(o.Choose("Open Lockstep"))
		o.until("the window is back", func() bool { return len(o.Windows(o.t.Context(), "Lockstep")) == 1 })
		o.must(o.closeWindow())
	})

	o.step("a wrong password is told once, and the right one mends it", func() {
		before, err := o.Popups(o.t.Context())
		o.must(err)
		o.ctl("not the password", "secret", "set", "exchange")
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Sign in again")
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Sign in again")
		after, err := o.Popups(o.t.Context())
		o.must(err)
		if n := len(after) - len(before); n != 1 {
			o.t.Errorf("%d notifications about the password, want one: %+v", n, after)
		}
		o.picture("3-sign-in")
		o.ctl(o.access.Exchange.Password, "secret", "set", "exchange")
		o.must(o.Choose("Sync now", "Everyone"))
		o.menuSays("Up to date")
	})

	o.step("the icon survives its host", func() {
		o.Kill("panel")
		o.must(o.StartPanel(o.t.Context()))
		o.until("the icon is back", func() bool { return len(o.Icons()) == 1 })
		o.menuSays("Up to date")
	})

	o.step("a second start is the first one's", func() {
		o.must(o.Run(o.t.Context(), "second", o.bin+"/lockstep", "--home", o.home))
		if code, err := o.Wait(o.t.Context(), "second"); err != nil || code != 0 {
			o.t.Fatalf("the second start: code %d, %v", code, err)
		}
		if n := len(o.Icons()); n != 1 {
			o.t.Errorf("%d icons, want one", n)
		}
		o.must(o.closeWindow())
	})

	o.step("it leaves when told to", func() {
		o.must(o.Choose("Quit"))
		if code, err := o.Wait(o.t.Context(), "lockstep"); err != nil || code != 0 {
			o.t.Fatalf("it left with code %d, %v", code, err)
		}
		o.until("the icon is gone", func() bool { return len(o.Icons()) == 0 })
	})
}

// step is one part of the day, with a verdict of its own. What follows it goes on
// from where it left the desktop.
func (o *site) step(name string, do func()) {
	day := o.t
	defer func() { o.t = day }()
	day.Run(name, func(t *testing.T) {
		o.t = t
		do()
	})
}

// closeWindow closes the window as a person does, if there is one.
func (o *site) closeWindow() error {
	o.t.Helper()
	defer o.picture("closing")
	o.until("the window is gone", func() bool {
		if len(o.Windows(o.t.Context(), "Lockstep")) == 0 {
			return true
		}
		_, _ = o.Output(o.t.Context(), "wmctrl", "-c", "Lockstep") // it may just have gone
		return false
	})
	return nil
}
