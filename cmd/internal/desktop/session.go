//go:build linux

package desktop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"lockstep/cmd/internal/desktop/outline"
)

// Session is a desktop that one person has signed in to.
type Session struct {
	// Dir holds everything of it but its sockets: the person's home, the
	// programs' output, pictures.
	Dir string
	// runtime holds the sockets. It is not in Dir, which may be deep in the tree:
	// the path of a socket has 107 bytes at most.
	runtime string
	// Bus is the session's message bus.
	Bus *dbus.Conn

	env    []string
	procs  map[string]*process
	former []*process // whose names others have now
}

// process is a program of the session. done closes when it has ended.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// keyringPassword opens the session's keyring, which holds nothing of worth.
const keyringPassword = "desktop"

// Needs names the programs that are not there.
func Needs() (missing []string) {
	for _, p := range []string{
		"Xvfb", "xdpyinfo", "openbox", "wmctrl", "xdotool", "xfce4-panel", "dunst", "dunstctl", "dbus-daemon",
		"gnome-keyring-daemon", "secret-tool", "import",
	} {
		if _, err := exec.LookPath(p); err != nil {
			missing = append(missing, p)
		}
	}
	return missing
}

// Start signs a person in on a screen of 1280 x 800 pixels. Close ends it all.
func Start(ctx context.Context, dir string) (_ *Session, err error) {
	s := &Session{Dir: dir, procs: map[string]*process{}}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.runtime, err = os.MkdirTemp("/tmp", "run"); err != nil {
		return nil, fmt.Errorf("make the person's folders: %w", err)
	}
	home := filepath.Join(dir, "home")
	config := filepath.Join(home, ".config")
	for _, d := range []string{config, filepath.Join(home, ".cache"), filepath.Join(home, ".local", "share")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("make the person's folders: %w", err)
		}
	}
	s.env = append(s.env, "PATH="+os.Getenv("PATH"), "HOME="+home, "XDG_RUNTIME_DIR="+s.runtime, "XDG_CONFIG_HOME="+config,
		"XDG_CACHE_HOME="+filepath.Join(home, ".cache"), "XDG_DATA_HOME="+filepath.Join(home, ".local", "share"),
		"XDG_CURRENT_DESKTOP=XFCE", "XDG_SESSION_TYPE=x11", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "NO_AT_BRIDGE=1", "GDK_BACKEND=x11",
		"LIBGL_ALWAYS_SOFTWARE=1", "GALLIUM_DRIVER=llvmpipe", "TZ=Europe/Helsinki",
		outline.Variable+"="+s.outline())
	for _, step := range []func(context.Context) error{s.screen, s.bus, s.manager, s.StartKeyring, s.notifications, s.panel} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// screen starts the session's own.
func (s *Session) screen(ctx context.Context) error {
	display, err := s.Screen(ctx, "screen", "+extension", "GLX")
	if err != nil {
		return err
	}
	s.env = append(s.env, "DISPLAY="+display)
	return s.Until(ctx, "the screen answers", func() bool { return s.command(ctx, "xdpyinfo").Run() == nil })
}

// Screen starts an X server on the first display that is free, and gives its name.
func (s *Session) Screen(ctx context.Context, name string, args ...string) (display string, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("start the screen: %w", err)
	}
	defer read.Close()
	c := s.command(context.WithoutCancel(ctx), "Xvfb", append([]string{
		"-displayfd", "3", "-screen", "0", "1280x800x24", "-dpi", "96", "+extension", "RANDR", "-noreset", "-nolisten", "tcp",
	}, args...)...)
	c.ExtraFiles = []*os.File{write}
	err = s.launch(name, c)
	_ = write.Close() // it is the server's now
	if err != nil {
		return "", err
	}
	// The server ends when nobody takes the whole line.
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("start the screen: %w", err)
	}
	return ":" + strings.TrimSpace(number), nil
}

func (s *Session) manager(ctx context.Context) error {
	if err := s.Run(ctx, "manager", "openbox"); err != nil {
		return err
	}
	return s.Until(ctx, "windows are managed", func() bool { return s.command(ctx, "wmctrl", "-m").Run() == nil })
}

// StartKeyring starts one that is open, as it is after a person has signed in,
// also when one was ended before.
func (s *Session) StartKeyring(ctx context.Context) error {
	c := s.command(ctx, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	c.Stdin = strings.NewReader(keyringPassword)
	if err := s.launch("keyring", c); err != nil {
		return err
	}
	return s.owned(ctx, "org.freedesktop.secrets")
}

func (s *Session) notifications(ctx context.Context) error {
	if err := s.Run(ctx, "notifications", "dunst", "-conf", "/dev/null"); err != nil {
		return err
	}
	return s.owned(ctx, "org.freedesktop.Notifications")
}

// panel starts what shows tray icons.
func (s *Session) panel(ctx context.Context) error {
	folder := filepath.Join(s.Dir, "home", ".config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("prepare the panel: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "xfce4-panel.xml"), []byte(panelSettings), 0o600); err != nil {
		return fmt.Errorf("prepare the panel: %w", err)
	}
	return s.StartPanel(ctx)
}

// StartPanel starts the panel, also one that was ended before.
func (s *Session) StartPanel(ctx context.Context) error {
	if err := s.Run(ctx, "panel", "xfce4-panel", "--disable-wm-check"); err != nil {
		return err
	}
	return s.Until(ctx, "the panel shows tray icons", func() bool {
		v, err := s.Bus.Object(watcher, watcherPath).GetProperty(watcher + ".IsStatusNotifierHostRegistered")
		shows, ok := v.Value().(bool)
		return err == nil && ok && shows
	})
}

// panelSettings are a bar at the top with a list of windows and the tray.
const panelSettings = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="dark-mode" type="bool" value="true"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
   <property name="position-locked" type="bool" value="true"/><property name="size" type="uint" value="32"/>
   <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
  </property></property>
 <property name="plugins" type="empty">
  <property name="plugin-1" type="string" value="tasklist"/>
  <property name="plugin-2" type="string" value="separator"><property name="expand" type="bool" value="true"/></property>
  <property name="plugin-3" type="string" value="systray"><property name="icon-size" type="int" value="22"/></property>
 </property>
</channel>
`

// owned waits until a name on the bus has an owner.
func (s *Session) owned(ctx context.Context, name string) error {
	return s.Until(ctx, name+" is on the bus", func() bool {
		var has bool
		err := s.Bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
		return err == nil && has
	})
}

// Env is the environment of the session's programs.
func (s *Session) Env(more ...string) []string { return append(append([]string{}, s.env...), more...) }

// command is a program of the session that is not started yet.
func (s *Session) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Env, c.Dir = s.env, s.Dir
	return c
}

// Run starts a program that stays. Its output goes to Dir/NAME.log.
func (s *Session) Run(ctx context.Context, name, program string, args ...string) error {
	return s.RunIn(ctx, nil, name, program, args...)
}

// RunIn is Run with something else in the environment.
func (s *Session) RunIn(ctx context.Context, env []string, name, program string, args ...string) error {
	// It outlives the step that starts it, and ends with the session.
	c := s.command(context.WithoutCancel(ctx), program, args...)
	c.Env = s.Env(env...)
	return s.launch(name, c)
}

func (s *Session) launch(name string, c *exec.Cmd) error {
	log, err := os.OpenFile(filepath.Join(s.Dir, name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("keep the output of %s: %w", name, err)
	}
	if c.Stdout == nil {
		c.Stdout = log
	}
	c.Stderr = log
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		return errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	p := &process{cmd: c, done: make(chan struct{})}
	if old := s.procs[name]; old != nil {
		s.former = append(s.former, old)
	}
	s.procs[name] = p
	go func() {
		p.err = c.Wait()
		_ = log.Close() // nothing more comes
		close(p.done)
	}()
	return nil
}

// Ended tells whether a program has ended by itself.
func (s *Session) Ended(name string) bool {
	p := s.procs[name]
	if p == nil {
		return true
	}
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Wait waits until a program has ended, and gives its exit code.
func (s *Session) Wait(ctx context.Context, name string) (int, error) {
	if err := s.Until(ctx, name+" ends", func() bool { return s.Ended(name) }); err != nil {
		return 0, err
	}
	return s.procs[name].cmd.ProcessState.ExitCode(), nil
}

// Process is the number of a program.
func (s *Session) Process(name string) int { return s.procs[name].cmd.Process.Pid }

// Kill ends a program at once, without a chance to do anything.
func (s *Session) Kill(name string) {
	if p := s.procs[name]; p != nil {
		p.kill()
	}
}

func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may be gone already
	<-p.done
}

// Output runs a program to its end and gives what it printed.
func (s *Session) Output(ctx context.Context, program string, args ...string) (string, error) {
	return s.Feed(ctx, "", program, args...)
}

// Feed is Output with something to read.
func (s *Session) Feed(ctx context.Context, input, program string, args ...string) (string, error) {
	c := s.command(ctx, program, args...)
	c.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", filepath.Base(program), err, out.String())
	}
	return out.String(), nil
}

// How long anything may take on a loaded machine, and how often it is looked at.
const (
	patience = 40 * time.Second
	look     = 20 * time.Millisecond
)

// Until looks again and again until something is so.
func (s *Session) Until(ctx context.Context, what string, so func() bool) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: %w", what, ctx.Err())
		case <-limit.C:
			return fmt.Errorf("it never came to be that %s", what)
		}
	}
	return nil
}

// Windows are the numbers of the windows that can be seen whose title is title.
func (s *Session) Windows(ctx context.Context, title string) []string {
	out, err := s.Output(ctx, "xdotool", "search", "--onlyvisible", "--name", "^"+title+"$")
	if err != nil {
		return nil // none
	}
	return strings.Fields(out)
}

// Picture keeps what is on the screen as Dir/pictures/NAME.png.
func (s *Session) Picture(ctx context.Context, name string) error {
	dir := filepath.Join(s.Dir, "pictures")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	_, err := s.Output(ctx, "import", "-window", "root", filepath.Join(dir, name+".png"))
	return err
}

// Close ends every program of the session.
func (s *Session) Close() {
	if s.Bus != nil {
		_ = s.Bus.Close() // it ends with the session
	}
	for _, p := range slices.AppendSeq(s.former, maps.Values(s.procs)) {
		p.kill()
	}
	_ = os.RemoveAll(s.runtime) // nobody is left to use it
}
