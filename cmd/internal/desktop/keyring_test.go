//go:build linux

package desktop_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestKeyring_NoneAtTheStart_APassphraseServes starts on a desktop without a
// keyring: a notice and a page say so, and a passphrase file stands in for it.
func TestKeyring_NoneAtTheStart_APassphraseServes(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.Kill("keyring")
	before := o.told()
	o.begin("--minimized")
	o.menuSays("There is nowhere to keep secrets") // whoever clicks at once gets the window as well
	o.must(o.Choose("Open Lockstep"))
	o.window("There is no keyring")
	o.iconIs("needs-attention")
	o.until("a notice says so", func() bool { return len(o.told()) == len(before)+1 })
	o.picture("1-no-keyring")
	if len(o.told()) != len(before)+1 {
		t.Errorf("told %+v, want one notice", o.told())
	}
	const passphrase = "correct horse battery"
	o.typeIn("Passphrase", passphrase)
	o.typeIn("Once more", passphrase)
	o.press("Use a passphrase file")
	o.sees("Keep Severa and Outlook in step")
	o.picture("2-open")
	if _, err := os.Stat(filepath.Join(o.home, "secrets.age")); err != nil {
		t.Errorf("the passphrase file: %v", err)
	}
	o.must(o.closeWindow())
	o.leave()

	o.begin("--minimized")
	o.must(o.Session.Until(t.Context(), "the icon is there", func() bool { return len(o.Icons()) == 1 }))
	o.iconIs("needs-attention")
	o.must(o.Choose("Open Lockstep"))
	o.window("The passphrase is needed")
	o.typeIn("Passphrase", "not the passphrase")
	o.press("Open")
	o.sees("This passphrase does not open the file.")
	o.typeIn("Passphrase", passphrase)
	o.press("Open")
	o.sees("Keep Severa and Outlook in step")
	o.leave()
}

// TestKeyring_NoneAndNoNotices starts on a desktop that has no keyring, and whose
// notification daemon is stuck: whoever clicks gets the window.
func TestKeyring_NoneAndNoNotices(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.Kill("keyring")
	o.must(syscall.Kill(o.Process("notifications"), syscall.SIGSTOP))
	o.begin("--minimized")
	o.menuSays("There is nowhere to keep secrets")
	o.must(o.Choose("Open Lockstep"))
	o.window("There is no keyring")
	o.must(syscall.Kill(o.Process("notifications"), syscall.SIGCONT))
	o.leave()
}

// TestKeyring_EndsInUse ends the keyring under a running program, which goes on;
// one that starts then says what it waits for, and goes on when it is there.
func TestKeyring_EndsInUse(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	anna, day := o.access.People[0].Email, time.Now().Add(72*time.Hour).Truncate(time.Hour)
	o.begin("--minimized")
	o.menuSays("Up to date")
	o.ctl("", "sync", "--once") // until it has signed in, it needs the keyring
	before := o.told()
	o.step("what runs goes on", func() {
		o.Kill("keyring")
		o.book(anna, "Booked without a keyring", day)
		o.must(o.Choose("Sync now", "Everyone"))
		o.until("the entry is on both sides", func() bool { return o.both(anna, "Booked without a keyring", day) })
		o.menuSays("Up to date")
		if len(o.told()) != len(before) {
			o.t.Errorf("told %+v, want nothing: all goes on", o.told())
		}
		o.leave()
	})
	o.step("what starts waits for it, and says so", func() {
		o.begin("--minimized")
		o.until("a notice says so", func() bool { return len(o.told()) == len(before)+1 })
		o.iconIs("needs-attention")
		o.must(o.Choose("Open Lockstep"))
		o.window("The keyring does not answer")
		o.picture("1-gone")
	})
	o.step("it goes on once the keyring is back", func() {
		o.must(o.StartKeyring(o.t.Context()))
		o.click("Try again")
		o.sees("Overview")
		o.menuSays("Up to date")
		o.once(anna, "Booked without a keyring", day)
		o.leave()
	})
}
