// Command lockstep is the program that a person starts: it keeps the office in
// step and shows how it is doing by an icon beside the clock. It is small and
// stays; it knows no Fyne and needs no C on Linux and Windows, so that it also
// runs where no window can be drawn.
//
// It holds no rules of its own. It is the one place that reads the clock, the
// environment and the desktop; everything else is done by the resident, which
// sees the office, the tray and the notifications by small interfaces.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"lockstep/cmd/internal/autostart"
	"lockstep/cmd/internal/demo"
	"lockstep/cmd/internal/version"
	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/tray"
)

// flags are the command line.
type flags struct {
	Home      string        `help:"Home folder of the office; default: the system's place for such data." placeholder:"DIR" env:"LOCKSTEP_HOME"`
	Page      string        `help:"The page of the window to open: overview, preview, attention, history, settings, help." placeholder:"PAGE"`
	Minimized bool          `help:"Open no window at the start: for a start by the desktop itself."`
	Demo      bool          `help:"Try Lockstep on a made-up office: both servers run in this program, and all is gone at its end."`
	Delay     time.Duration `help:"Wait before the start: for a start by the desktop itself." default:"0s" hidden:""`
	Unstart   bool          `help:"Take back the start at sign-in, and end: for an uninstaller." hidden:""`
	Version   bool          `help:"Show the version."`
	Debug     bool          `help:"Log more into the home folder's logs." hidden:""`
}

// The exit codes, as lockstepctl has them.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const description = `Lockstep keeps an office's Visma Severa and Exchange calendars in step, both ways, and shows by an icon beside the clock how it is doing. Started by hand it opens its window; so does a second start.`

func main() {
	code := realMain()
	leave(code)
	os.Exit(code)
}

func realMain() int {
	wire.LeaveNoCore()
	wire.SaveMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var f flags
	parser, err := kong.New(&f, kong.Name("lockstep"), kong.Description(description), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return say(os.Stderr, exitFailed, "lockstep: %v\n", err)
	}
	if _, err := parser.Parse(os.Args[1:]); err != nil {
		return say(os.Stderr, exitUsage, "lockstep: %v\n", err)
	}
	if f.Version {
		return say(os.Stdout, exitOK, "lockstep %s\n", version.Number)
	}
	if f.Unstart {
		if err := autostart.Disable(); err != nil {
			return say(os.Stderr, exitFailed, "lockstep: %v\n", err)
		}
		return exitOK
	}
	if f.Demo {
		return startDemo(ctx, f)
	}
	return start(ctx, f)
}

func say(w io.Writer, code int, format string, args ...any) int {
	_, _ = fmt.Fprintf(w, format, args...) // nobody can do anything about it
	return code
}

// start makes the resident and lends it the main thread, which a desktop wants
// its icon to be run on.
func start(ctx context.Context, f flags) int {
	home, err := place(f)
	if err != nil {
		return say(os.Stderr, exitFailed, "lockstep: %v\n", err)
	}
	if !wait(ctx, f.Delay) {
		return exitOK
	}
	speak(language(home))
	leave, err := alone(ctx, home, func(ctx context.Context) error { return reach(ctx, home) })
	switch {
	case errors.Is(err, errOther):
		return already(ctx, f, newWindows(home), tray.NewPopup(nil))
	case errors.Is(err, errSilent):
		return silent(ctx, f, tray.NewPopup(nil))
	case err == nil:
		defer leave()
	} // a folder that cannot be used is told of where a person sees it
	d := &door{home: home}
	return reside(ctx, f, home, d, func(ctx context.Context) (bureau, error) { return openSite(ctx, d, f.Debug) })
}

// startDemo does so for a made-up office.
func startDemo(ctx context.Context, f flags) int {
	office, err := demo.Start(time.Now)
	if err != nil {
		return say(os.Stderr, exitFailed, "lockstep: %v\n", err)
	}
	if f.Page == "" {
		f.Page = model.PageDemo
	}
	say(os.Stdout, exitOK, "The demo office is in %s; lockstepctl --home works on it too.\n", office.Home)
	code := reside(ctx, f, office.Home, nil, func(ctx context.Context) (bureau, error) {
		site, err := office.Open(ctx, wire.Options{Debug: f.Debug})
		if err != nil {
			return nil, err
		}
		return site, nil
	})
	if err := office.Close(); err != nil {
		return say(os.Stderr, exitFailed, "lockstep: %v\n", err)
	}
	return code
}

// reside runs the resident for a home until it is told to end. d stands before
// secrets that may be locked; nil where there are none.
func reside(ctx context.Context, f flags, home string, d *door, open func(context.Context) (bureau, error)) int {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	if d != nil {
		d.quit = quit
	}
	r := &resident{
		now: time.Now, quit: quit, told: toldPath(home), open: open, door: d,
		window: newWindows(home).open, ready: func(ctx context.Context) error { return answering(ctx, home) }, wakes: wakes,
		language: func() string { return language(home) },
	}
	// Until the office is open it has no log of its own.
	r.log.Store(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	r.popup = tray.NewPopup(func(page string) { r.openWindow(ctx, page, nil) })
	if !f.Minimized && tray.HasBus() {
		r.hello = &hello{page: f.Page, icon: tray.HasHost()}
	}
	if !tray.HasBus() {
		// A service, or a session without a desktop: the office is looked after all the same.
		r.work(ctx, nil)
		return exitOK
	}
	ended := make(chan struct{})
	tray.Run(func(h tray.Host) {
		go func() {
			defer close(ended)
			defer tray.Quit()
			r.work(ctx, h)
		}()
	})
	quit()
	<-ended
	return exitOK
}

// place is the home folder, by the name that the running agent would have.
func place(f flags) (string, error) {
	home := f.Home
	if home == "" {
		var err error
		home, err = wire.DefaultHome(wire.Place{GOOS: runtime.GOOS, Getenv: os.Getenv, UserHome: os.UserHomeDir, Program: os.Executable})
		if err != nil {
			return "", err
		}
	}
	return wire.Canonical(home)
}

// The ways in which this is not the one program of a home folder.
var (
	errOther  = errors.New("another lockstep runs on this home folder")
	errSilent = errors.New("another lockstep runs on this home folder, and does not answer")
)

// alone makes this the one program that stays on a home folder. One that has
// only begun, or is about to end, has it and answers nobody: it is waited for.
func alone(ctx context.Context, home string, reach func(context.Context) error) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, reachable)
	defer cancel()
	for {
		if reach(ctx) == nil {
			return nil, errOther
		}
		leave, err := wire.Stay(home)
		if !errors.Is(err, wire.ErrBusy) {
			return leave, err
		}
		if !wait(ctx, lookAgain) {
			return nil, errSilent
		}
	}
}

// lookAgain is how often another program is looked for.
const lookAgain = 100 * time.Millisecond

// silent tells a person who starts the program twice that the first is stuck.
func silent(ctx context.Context, f flags, popup tray.Popup) int {
	n := model.NoAnswer()
	if f.Minimized || popup.Show(ctx, n) != nil {
		say(os.Stderr, exitFailed, "lockstep: %s. %s\n", n.Title, n.Body)
	}
	return exitFailed
}

// already opens the window of the agent that runs, for a person who starts the
// program twice.
func already(ctx context.Context, f flags, w *windows, popup tray.Popup) int {
	if f.Minimized {
		return exitOK
	}
	err := w.open(ctx, f.Page, slog.New(slog.DiscardHandler))
	if err == nil {
		return exitOK
	}
	n := model.AlreadyRunning()
	if !errors.Is(err, errNoProgram) {
		n = windowNotice(err)
	}
	if err := popup.Show(ctx, n); err != nil {
		return say(os.Stdout, exitOK, "%s. %s\n", n.Title, n.Body)
	}
	return exitOK
}

// reach finds out whether somebody answers for a home.
func reach(ctx context.Context, home string) error {
	c, err := localapi.Reach(ctx, localapi.Address(home))
	if err != nil {
		return err
	}
	c.Close()
	return nil
}

// answering waits until the agent of a home answers, which is this process.
func answering(ctx context.Context, home string) error {
	c, err := localapi.Await(ctx, localapi.Address(home))
	if err != nil {
		return err
	}
	c.Close()
	return nil
}

// openSite opens the home folder. No terminal can be asked for a passphrase: the
// door has the one that was typed in the window, or that of the environment.
func openSite(ctx context.Context, d *door, debug bool) (bureau, error) {
	o := wire.Options{Home: d.home, Now: time.Now, Debug: debug, Autostart: autostarter(d.home), Tray: tray.HasHost, Passphrase: d.passphrase()}
	s, err := wire.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}
