package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// pc is a Windows of Wine's, with a screen, and a desktop that has a place for icons.
type pc struct {
	t      *testing.T
	dir    string // everything of it
	env    []string
	prefix string // where Wine keeps it
	shots  string // where its pictures are kept
	system string // drive C
	folder string // where the programs were told to go; empty: to their usual place
}

// newPC starts it. What it starts ends with the test.
func newPC(t *testing.T, root string) *pc {
	t.Helper()
	dir := t.TempDir()
	prefix := filepath.Join(dir, "prefix")
	p := &pc{t: t, dir: dir, prefix: prefix, shots: filepath.Join(root, ".cache", "release", "pictures"), system: filepath.Join(prefix, "drive_c")}
	for _, d := range []string{p.shots, filepath.Join(dir, "home", "Desktop"), filepath.Join(dir, "run"), filepath.Join(dir, "home", ".config")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(name, "XDG_") || strings.HasPrefix(name, "DBUS_") || strings.HasPrefix(name, "LOCKSTEP_") ||
			slices.Contains([]string{"HOME", "DISPLAY", "WAYLAND_DISPLAY", "LC_ALL", "LANG"}, name)
	}), "HOME="+filepath.Join(dir, "home"), "XDG_RUNTIME_DIR="+filepath.Join(dir, "run"), "LC_ALL=C.UTF-8", "LANG=C.UTF-8",
		"LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1", "GDK_BACKEND=x11", "XDG_CURRENT_DESKTOP=XFCE",
		"WINEPREFIX="+prefix, "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree=;mshtml=")
	p.screen()
	if out, err := p.command(3*time.Minute, "wine", "wineboot", "-i").CombinedOutput(); err != nil {
		t.Fatalf("make a Windows: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = p.command(time.Minute, "wineserver", "-k").Run() })
	must(t, exec.CommandContext(t.Context(), "x86_64-w64-mingw32-gcc", "-O2", "-shared",
		"-o", filepath.Join(p.system, "windows", "system32", "bcryptprimitives.dll"), filepath.Join("testdata", "bcryptprimitives.c"), "-ladvapi32"))
	return p
}

// command prepares a program of the outer system, as somebody at this PC would start it.
func (p *pc) command(most time.Duration, name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	p.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// background starts something that ends with the test.
func (p *pc) background(name string, args ...string) {
	p.t.Helper()
	cmd := p.command(time.Hour, name, args...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
}

// screen starts a display, a session bus, a window manager, and a panel that shows icons.
func (p *pc) screen() {
	p.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	x := p.command(time.Hour, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-dpi", "96", "+extension", "GLX", "-noreset", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait() // it was killed
	})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		p.t.Fatalf("start a display: %v", err)
	}
	p.env = append(p.env, "DISPLAY=:"+strings.TrimSpace(number))
	bus := "unix:path=" + filepath.Join(p.dir, "run", "bus")
	p.background("dbus-daemon", "--session", "--nofork", "--address="+bus)
	p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus)
	p.background("openbox")
	p.until(time.Minute, "the window manager", func() bool { return p.command(10*time.Second, "wmctrl", "-m").Run() == nil })
	panel := filepath.Join(p.dir, "home", ".config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := errors.Join(os.MkdirAll(panel, 0o700), os.WriteFile(filepath.Join(panel, "xfce4-panel.xml"), []byte(panelSettings), 0o600)); err != nil {
		p.t.Fatal(err)
	}
	p.background("xfce4-panel", "--disable-wm-check")
	p.until(time.Minute, "the panel", func() bool {
		return p.command(10*time.Second, "xdotool", "search", "--class", "xfce4-panel").Run() == nil
	})
}

// panelSettings is a panel along the top with nothing but windows and icons.
const panelSettings = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
   <property name="position-locked" type="bool" value="true"/><property name="size" type="uint" value="32"/>
   <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
  </property></property>
 <property name="plugins" type="empty">
  <property name="plugin-1" type="string" value="tasklist"/>
  <property name="plugin-2" type="string" value="separator"><property name="expand" type="bool" value="true"/></property>
  <property name="plugin-3" type="string" value="systray"/>
 </property>
</channel>
`

// until waits for something that shows from outside alone.
func (p *pc) until(most time.Duration, what string, there func() bool) {
	p.t.Helper()
	limit := time.NewTimer(most)
	defer limit.Stop()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for !there() {
		select {
		case <-limit.C:
			p.picture("missing")
			p.t.Fatalf("%s did not come within %s", what, most)
		case <-again.C:
		}
	}
}

// picture keeps what is on the screen.
func (p *pc) picture(name string) string {
	path := filepath.Join(p.shots, name+".png")
	if out, err := p.command(time.Minute, "import", "-window", "root", path).CombinedOutput(); err != nil {
		p.t.Errorf("take a picture: %v\n%s", err, out)
	}
	return path
}

// run starts a program of Windows and gives what it printed, and its exit code.
func (p *pc) run(stdin, program string, args ...string) (string, int) {
	p.t.Helper()
	cmd := p.command(5*time.Minute, "wine", append([]string{program}, args...)...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	cmd.WaitDelay = 2 * time.Second // what Windows starts beside it keeps its output open
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		p.t.Fatalf("%s: %v (%v)", program, err, exit)
	}
	return strings.ReplaceAll(out.String(), "\r", ""), cmd.ProcessState.ExitCode()
}

// ok runs a program that must end with 0.
func (p *pc) ok(stdin, program string, args ...string) string {
	p.t.Helper()
	out, code := p.run(stdin, program, args...)
	if code != 0 {
		p.t.Fatalf("%s %v ended with %d:\n%s", filepath.Base(program), args, code, out)
	}
	return out
}

// user is a path below the user's folder.
func (p *pc) user(parts ...string) string {
	users, err := filepath.Glob(filepath.Join(p.system, "users", "*"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, u := range users {
		if filepath.Base(u) != "Public" {
			return filepath.Join(append([]string{u}, parts...)...)
		}
	}
	p.t.Fatal("nobody lives on this Windows")
	return ""
}

func (p *pc) programs(name string) string {
	if p.folder != "" {
		return filepath.Join(p.folder, name)
	}
	return p.user("AppData", "Local", "Programs", "Lockstep", name)
}

func (p *pc) menu() string {
	return p.user("AppData", "Roaming", "Microsoft", "Windows", "Start Menu", "Programs", "Lockstep.lnk")
}
func (p *pc) data() string { return p.user("AppData", "Local", "Lockstep") }

// ctl runs the command line.
func (p *pc) ctl(stdin string, args ...string) string {
	p.t.Helper()
	return p.ok(stdin, p.programs("lockstepctl.exe"), args...)
}

// registry gives what is below a key; empty: there is no such key.
func (p *pc) registry(key string) string {
	out, code := p.run("", "reg", "query", key, "/s")
	if code != 0 {
		return ""
	}
	return out
}

const (
	runKey        = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`
	uninstallKey  = `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\org.lockstep.Lockstep`
	programKey    = `HKCU\Software\Lockstep`
	toastKey      = `HKCU\Software\Classes\AppUserModelId\org.lockstep.Lockstep`
	credentialKey = `HKCU\Software\Wine\Credential Manager`
)

// credentials are the names in the Credential Manager that are ours.
func (p *pc) credentials() []string {
	var out []string
	for _, m := range regexp.MustCompile(`Lockstep [0-9a-f]+:[a-z-]+`).FindAllString(p.registry(credentialKey), -1) {
		_, name, _ := strings.Cut(m, ":")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// running tells whether a program of this Windows runs. Wine 8 has no list of them that could be asked for.
func (p *pc) running(name string) bool {
	p.t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, dir := range processes {
		// One that has ended since has neither.
		command, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		env, _ := os.ReadFile(filepath.Join(dir, "environ"))
		first, _, _ := strings.Cut(string(command), "\x00")
		if strings.HasSuffix(first, name) && strings.Contains(string(env), "WINEPREFIX="+p.prefix+"\x00") {
			return true
		}
	}
	return false
}

// ended waits until a program of this Windows does not run any more.
func (p *pc) ended(name string) {
	p.t.Helper()
	p.until(time.Minute, "the end of "+name, func() bool { return !p.running(name) })
}

// window tells whether a window of Lockstep's is on the screen.
func (p *pc) window() bool {
	return p.command(10*time.Second, "xdotool", "search", "--onlyvisible", "--name", "^Lockstep$").Run() == nil
}

// differs tells whether two pictures differ in a place.
func (p *pc) differs(one, other, place string) bool {
	crop := func(from, to string) string {
		to = filepath.Join(p.dir, to)
		must(p.t, p.command(time.Minute, "convert", from, "-crop", place, "+repage", to))
		return to
	}
	return p.command(time.Minute, "compare", "-metric", "AE", crop(one, "a.png"), crop(other, "b.png"), "null:").Run() != nil
}

// iconPlace is the right end of the panel, where icons come.
const iconPlace = "200x32+1080+0"

// files lists what is on drive C, but for what Windows itself keeps and what is temporary.
func (p *pc) files() []string {
	p.t.Helper()
	var out []string
	err := filepath.WalkDir(p.system, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == filepath.Join(p.system, "windows") || path == p.user("Temp"):
			return fs.SkipDir
		case !d.IsDir():
			out = append(out, strings.TrimPrefix(path, p.system))
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
