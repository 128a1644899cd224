package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	shots  string // where its pictures are kept
	system string // drive C
}

// newPC starts it. What it starts ends with the test.
func newPC(t *testing.T, root string) *pc {
	t.Helper()
	dir := t.TempDir()
	p := &pc{t: t, dir: dir, shots: filepath.Join(root, ".cache", "release", "pictures"), system: filepath.Join(dir, "prefix", "drive_c")}
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
		"WINEPREFIX="+filepath.Join(dir, "prefix"), "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree=;mshtml=")
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

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// officeFile is where simulated puts the office.toml, as Windows calls it.
const officeFile = `C:\office.toml`

// simulated starts both servers outside, writes an office.toml for them, and gives the two secrets.
func simulated(p *pc, lockstepctl string) (exchange, severa string) {
	p.t.Helper()
	cmd := p.command(time.Hour, lockstepctl, "sim", "--people", "2", "--items", "12")
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	var access struct {
		Exchange struct{ URL, Domain, User, Password string }
		Severa   struct {
			URL      string
			ClientID string `json:"client_id"`
			Secret   string `json:"client_secret"`
		}
	}
	if err := json.NewDecoder(said).Decode(&access); err != nil {
		p.t.Fatal(err)
	}
	x, s := access.Exchange, access.Severa
	text := fmt.Sprintf("zone = \"Europe/Helsinki\"\n[exchange]\nurl = %q\ndomain = %q\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n",
		x.URL, x.Domain, x.User, s.URL, s.ClientID)
	path := filepath.Join(p.system, "office.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return x.Password, s.Secret
}

// older builds the setup program of an earlier version from the same source.
func older(t *testing.T, r released) string {
	t.Helper()
	b := *r.builder
	b.app.Version, b.quick = "0.0.9", true
	b.work, b.dist = filepath.Join(r.work, "older"), t.TempDir()
	b.src = filepath.Join(b.work, "src")
	if err := os.MkdirAll(b.work, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.export(t.Context()), b.compile(t.Context(), windows()), b.nsis(t.Context(), windows())); err != nil {
		t.Fatal(err)
	}
	return b.file("windows_amd64_setup.exe")
}

func TestInstalled_OnWindows(t *testing.T) {
	r := release(t)
	before := older(t, r)
	p := newPC(t, r.root)

	p.ok("", before, "/S", "/AUTOSTART=1", "/DESKTOP=1")
	names := []string{"uninstall.exe"}
	for _, one := range r.present() {
		names = append(names, one.name+".exe")
	}
	for _, name := range names {
		if !exists(p.programs(name)) {
			t.Errorf("%s is not installed", name)
		}
	}
	desktop := filepath.Join(p.dir, "home", "Desktop", "Lockstep.lnk")
	if !exists(p.menu()) || !exists(desktop) {
		t.Errorf("entry of the start menu: %v, icon on the desktop: %v", exists(p.menu()), exists(desktop))
	}
	if run := p.registry(runKey); !strings.Contains(run, `lockstep.exe" --minimized`) {
		t.Errorf("it does not start at sign-in:\n%s", run)
	}
	if entry := p.registry(uninstallKey); !strings.Contains(entry, "0.0.9") || !strings.Contains(entry, `uninstall.exe" /S`) {
		t.Errorf("Windows does not know how to remove it:\n%s", entry)
	}
	if err := verify(t.Context(), p.programs("uninstall.exe"), r.authority); err != nil {
		t.Error(err)
	}
	if said := p.ctl("", "version"); !strings.Contains(said, "0.0.9") {
		t.Errorf("version says %q", said)
	}
	// Kept and taken away below, because the demo cannot remove its folder here: Wine 8 lacks the call that Go uses.
	if said := p.ctl("", "demo", "--people", "2", "--items", "20", "--keep", `C:\demo`); !strings.Contains(said, "both systems are in step") {
		t.Errorf("the demo does not end in step:\n%s", said)
	}
	p.ctl("", "--home", `C:\demo`, "secret", "clear", "--keys")
	if names := p.credentials(); len(names) > 0 {
		t.Errorf("the Credential Manager still has %v of the demo", names)
	}

	exchange, severa := simulated(p, filepath.Join(r.bin(linux()), "lockstepctl"))
	p.ctl("", "setup", "--file", officeFile)
	if said := p.ctl(exchange, "secret", "set", "exchange") + p.ctl(severa, "secret", "set", "severa"); !strings.Contains(said, "system keyring") {
		t.Errorf("the secrets are not in the Credential Manager:\n%s", said)
	}
	p.ctl("", "sync", "--once", "--approve-first")
	kept := p.ctl("", "history")
	if names := p.credentials(); !slices.Contains(names, "exchange") || !slices.Contains(names, "store-seal") {
		t.Errorf("the Credential Manager has %v", names)
	}

	p.showsItself()
	p.upgrades(r, before, kept)
	p.followsPolicy()
	p.uninstalls(desktop)
	p.uninstallsWhole(r, exchange)
}

// showsItself starts the program as the desktop does, and its window, and looks for both. The first also opens the
// second by itself when a person starts it, which has not been seen to work under Wine 8.
func (p *pc) showsItself() {
	p.t.Helper()
	before := p.picture("1-before")
	p.background("wine", p.programs("lockstep.exe"), "--minimized")
	p.answers()
	if exists(p.programs("lockstep-window.exe")) {
		p.background("wine", p.programs("lockstep-window.exe"))
		p.until(2*time.Minute, "the window", func() bool {
			return p.command(10*time.Second, "xdotool", "search", "--onlyvisible", "--name", "^Lockstep$").Run() == nil
		})
	}
	// An icon changes the right end of the panel.
	p.until(time.Minute, "the icon", func() bool { return p.differs(before, p.picture("2-running"), "200x32+1080+0") })
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

// answers waits until the running program does.
func (p *pc) answers() {
	p.t.Helper()
	p.until(2*time.Minute, "an answer of the running program", func() bool {
		_, code := p.run("", p.programs("lockstepctl.exe"), "quit", "--check")
		return code == 0
	})
}

// upgrades installs over the running older version.
func (p *pc) upgrades(r released, before, kept string) {
	p.t.Helper()
	p.ok("", r.file("windows_amd64_setup.exe"), "/S")
	if entry := p.registry(uninstallKey); !strings.Contains(entry, r.app.Version) {
		p.t.Errorf("the upgrade is not noted:\n%s", entry)
	}
	if said := p.ctl("", "version"); !strings.Contains(said, r.app.Version) {
		p.t.Errorf("version says %q after the upgrade", said)
	}
	if run := p.registry(runKey); !strings.Contains(run, "lockstep.exe") {
		p.t.Error("the upgrade forgot the start at sign-in")
	}
	p.answers() // what ran before runs again
	if said := p.ctl("", "history"); !strings.Contains(said, strings.TrimSpace(strings.SplitN(kept, "\n", 2)[1])) {
		p.t.Errorf("the history was\n%sand is\n%s", kept, said)
	}
	p.ctl("", "sync", "--once") // signs in, and asks for nothing
	p.picture("3-upgraded")
	if out, code := p.run("", before, "/S"); code != 4 {
		p.t.Errorf("an older version over a newer one ended with %d, want 4:\n%s", code, out)
	}
}

// followsPolicy lets an administrator fix a setting as the templates would.
func (p *pc) followsPolicy() {
	p.t.Helper()
	p.ok("", "reg", "add", `HKCU\Software\Policies\Lockstep\rules`, "/v", "winner", "/d", "ask")
	p.ok("", "reg", "add", `HKLM\Software\Policies\Lockstep\rules\limits`, "/v", "delete_run", "/t", "REG_DWORD", "/d", "7")
	said := p.ctl("", "policy", "show", "--json")
	if !holds(p.t, said, "rules.winner", "ask", "user policy", "HKCU") || !holds(p.t, said, "rules.limits.delete_run", "7", "machine policy", "HKLM") {
		p.t.Errorf("the policies in the registry are not followed:\n%s", said)
	}
	p.ok("", "reg", "delete", `HKCU\Software\Policies\Lockstep`, "/f")
	p.ok("", "reg", "delete", `HKLM\Software\Policies\Lockstep`, "/f")
}

// uninstalls removes the running program and keeps the data.
func (p *pc) uninstalls(desktop string) {
	p.t.Helper()
	p.run("", p.programs("uninstall.exe"), "/S") // goes on by itself from a copy
	p.until(3*time.Minute, "the end of the uninstaller", func() bool { return !exists(p.programs("")) && p.registry(programKey) == "" })
	for _, path := range []string{p.menu(), desktop} {
		if exists(path) {
			p.t.Errorf("%s stays behind", path)
		}
	}
	for _, key := range []string{uninstallKey, programKey, `HKCU\Software\Classes\AppUserModelId\org.lockstep.Lockstep`} {
		if left := p.registry(key); left != "" {
			p.t.Errorf("the registry still has\n%s", left)
		}
	}
	if strings.Contains(p.registry(runKey), "ockstep") {
		p.t.Error("it would still start at sign-in")
	}
	names := p.credentials()
	if slices.Contains(names, "exchange") || slices.Contains(names, "severa") || !slices.Contains(names, "store-seal") {
		p.t.Errorf("the Credential Manager has %v, want the keys of the kept store alone", names)
	}
	if !exists(filepath.Join(p.data(), "office.db")) {
		p.t.Error("the data is gone, and nobody asked for that")
	}
}

// uninstallsWhole installs once more, finds the kept data, and removes everything.
func (p *pc) uninstallsWhole(r released, exchange string) {
	p.t.Helper()
	p.ok("", r.file("windows_amd64_setup.exe"), "/S", "/LAUNCH=0")
	if said := p.ctl("", "history"); !strings.Contains(said, "Anna") {
		p.t.Errorf("the kept history is not found again:\n%s", said)
	}
	p.ctl(exchange, "secret", "set", "exchange")
	p.run("", p.programs("uninstall.exe"), "/S", "/DELETEDATA=1")
	p.until(3*time.Minute, "the end of the uninstaller", func() bool { return !exists(p.programs("")) && p.registry(programKey) == "" })
	if names := p.credentials(); len(names) > 0 {
		p.t.Errorf("the Credential Manager still has %v", names)
	}
	if exists(p.data()) {
		p.t.Error("the data stays behind")
	}
}

func TestInstalled_ByAnAdministratorsMSI(t *testing.T) {
	r := release(t)
	p := newPC(t, r.root)
	policy := filepath.Join(p.system, "policy.toml")
	if err := os.WriteFile(policy, []byte("[updates]\ncheck = false\n[rules]\nwinner = \"severa\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.ok("", "msiexec", "/i", r.file("windows_amd64.msi"), "/qn", "AUTOSTART=1", `POLICYFILE=C:\policy.toml`)
	if run := p.registry(runKey); !strings.Contains(run, `lockstep.exe" --minimized`) {
		t.Errorf("it does not start at sign-in:\n%s", run)
	}
	if !exists(p.menu()) {
		t.Error("the start menu has no entry")
	}
	if said := p.ctl("", "policy", "show", "--json"); !holds(t, said, "rules.winner", "severa", "user policy", `C:\policy.toml`) {
		t.Errorf("the policy is not followed:\n%s", said)
	}
	p.ok("", "msiexec", "/x", r.file("windows_amd64.msi"), "/qn")
	if exists(p.programs("lockstep.exe")) || exists(p.menu()) || strings.Contains(p.registry(runKey), "ockstep") || p.registry(programKey) != "" {
		t.Errorf("something stays behind: programs %v, menu %v, registry %q", exists(p.programs("lockstep.exe")), exists(p.menu()), p.registry(programKey))
	}
}
