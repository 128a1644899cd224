//go:build linux

package desktop_test

import (
	"path/filepath"
	"strings"
	"testing"

	"lockstep/ui/model"
)

// TestWithoutATray starts by hand on a desktop that shows no icons: the window
// comes up, says so, and comes up again.
func TestWithoutATray(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	o.Kill("panel")
	o.begin()
	o.window("This desktop shows no icons of programs")
	o.picture("1-no-tray")
	o.must(o.closeWindow())
	o.must(o.Run(t.Context(), "second", filepath.Join(o.bin, "lockstep"), "--home", o.home))
	o.window("This desktop shows no icons of programs")
	if o.Ended("lockstep") {
		t.Error("it has ended with its window")
	}
	o.must(o.StartPanel(t.Context()))
	o.until("the icon is there", func() bool { return len(o.Icons()) == 1 })
	o.menuSays("Up to date")
	o.leave()
}

// TestWithoutAWindow asks for the window where none can be drawn: without a
// screen, and on one without OpenGL. The program says so, and goes on.
func TestWithoutAWindow(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	o.setUp("")
	o.ctl("", "sync", "--once", "--approve-first")
	plain, err := o.Screen(t.Context(), "screen-without-opengl", "-extension", "GLX")
	o.must(err)
	for name, display := range map[string]string{"without a screen": "DISPLAY=", "without OpenGL": "DISPLAY=" + plain} {
		o.step(name, func() {
			before := len(o.told())
			o.must(o.RunIn(o.t.Context(), []string{display}, "lockstep", filepath.Join(o.bin, "lockstep"), "--home", o.home))
			o.menuSays("Up to date")
			o.until("a notice says so", func() bool { return len(o.told()) == before+1 })
			told := o.told()
			if want := model.NoWindow(); !holds(told, want.Title, want.Body) {
				o.t.Errorf("told %+v, want %q: %q", told, want.Title, want.Body)
			}
			if o.Ended("lockstep") {
				o.t.Fatal("it has ended with its window")
			}
			if status := o.ctl("", "status"); !strings.Contains(status, "are in step") {
				o.t.Errorf("the command line says %q", status)
			}
			o.leave()
		})
	}
}
