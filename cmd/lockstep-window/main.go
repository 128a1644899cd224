//go:build cgo || ci

// Command lockstep-window draws Lockstep's windows. The agent starts it for a
// page, and it ends when its last window closes, so that nothing of the
// toolkit stays in memory. It holds no rules: it shows what the agent says.
//
// It is the one program that needs C. The build tag ci draws into memory
// instead of on a screen, so that it can be checked without.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/alecthomas/kong"

	"lockstep/cmd/internal/version"
	"lockstep/cmd/internal/wire"
	"lockstep/resources/icons"
	"lockstep/sync/localapi"
	"lockstep/ui"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// flags are the command line.
type flags struct {
	Home    string `help:"Home folder of the office; default: the system's place for such data." placeholder:"DIR" env:"LOCKSTEP_HOME"`
	Page    string `help:"The page to open." placeholder:"PAGE"`
	Theme   string `help:"light, dark or system; default: what was chosen in Settings." enum:"light,dark,system," default:""`
	Lang    string `help:"Language; default: the one chosen in Settings, else the desktop's." placeholder:"TAG"`
	Version bool   `help:"Show the version."`
}

// id is the program's name in the desktop's own files.
const id = "org.lockstep.Lockstep"

func main() {
	os.Exit(run())
}

func run() int {
	wire.LeaveNoCore()
	var f flags
	parser, err := kong.New(&f, kong.Name("lockstep-window"), kong.Description("Draws Lockstep's windows; Lockstep starts it."))
	if err != nil {
		return tell(os.Stderr, 1, "lockstep-window: %v\n", err)
	}
	if _, err := parser.Parse(os.Args[1:]); err != nil {
		return tell(os.Stderr, 2, "lockstep-window: %v\n", err)
	}
	if f.Version {
		return tell(os.Stdout, 0, "lockstep-window %s\n", version.Number)
	}
	home, err := place(f.Home)
	if err != nil {
		return tell(os.Stderr, 1, "lockstep-window: %v\n", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	agent, err := localapi.Await(ctx, localapi.Address(home))
	if err != nil {
		return tell(os.Stderr, 3, "lockstep-window: %v. Start lockstep, which keeps this office in step and opens this window.\n", err)
	}
	defer agent.Close()
	desktop := say.Match(wire.Locales()...)
	prefs, err := agent.Prefs(ctx)
	if err != nil {
		prefs = localapi.Prefs{} // an office that is not open yet tells none
	}
	if err := say.Use(cmp.Or(f.Lang, prefs.Language, desktop)); err != nil {
		return tell(os.Stderr, 2, "lockstep-window: %v\n", err)
	}
	raised := make(chan string)
	release, err := localapi.OpenWindow(context.Background(), home, f.Page, func(page string) { raised <- page }, slog.New(slog.DiscardHandler))
	if err != nil {
		return tell(os.Stderr, 1, "lockstep-window: %v\n", err)
	}
	if release == nil {
		return 0 // there is one window, and it is in front now
	}
	defer release()
	app.SetMetadata(fyne.AppMetadata{
		ID: id, Name: "Lockstep", Version: version.Number, Icon: fyne.NewStaticResource("lockstep.png", icons.App()),
		Migrations: map[string]bool{"fyneDo": true},
	})
	a := app.NewWithID(id)
	look := map[string]part.Mode{localapi.ThemeLight: part.ModeLight, localapi.ThemeDark: part.ModeDark}
	a.Settings().SetTheme(part.Theme{Mode: look[cmp.Or(f.Theme, prefs.Theme)]})
	folder, _ := os.UserHomeDir() // without one a file dialog begins where the toolkit likes
	w := ui.New(ui.Options{
		App: a, Agent: agent, Do: fyne.Do, Now: time.Now, Page: f.Page, Version: version.Number, Desktop: desktop, Folder: folder,
		Demo: demoOffice(),
	})
	// Where no window can be made, without OpenGL, the toolkit ends the program
	// only once its loop runs; before, it would stay for ever with nothing to see.
	a.Lifecycle().SetOnStarted(w.Run)
	answerOutline(w)
	go func() {
		for page := range raised {
			fyne.Do(func() { w.Raise(page) })
		}
	}()
	a.Run()
	return 0
}

// patience is how long an agent may take to answer the first time.
const patience = 5 * time.Second

func tell(w io.Writer, code int, format string, args ...any) int {
	_, _ = fmt.Fprintf(w, format, args...) // nobody can do anything about it
	return code
}

// place is the home folder, by the name that the running agent has for it.
func place(home string) (string, error) {
	if home == "" {
		var err error
		if home, err = wire.DefaultHome(wire.Place{GOOS: runtime.GOOS, Getenv: os.Getenv, UserHome: os.UserHomeDir, Program: os.Executable}); err != nil {
			return "", err
		}
	}
	return wire.Canonical(home)
}
