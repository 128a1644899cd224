package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"lockstep/cmd/internal/version"
	"lockstep/cmd/internal/wire"
)

// streams are the three that every program has.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// The exit codes, as the help documents them.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitApproval = 3
	exitHalted   = 4
	exitStandby  = 5
)

const description = `Lockstep keeps an office's Visma Severa and Exchange calendars in step, both ways.

Try it: lockstepctl demo

Connect a real office: lockstepctl setup --file office.toml, secret set exchange, secret set severa,
preview, sync --once --approve DIGEST, then run.

Exit codes: 0 done; 1 failed; 2 the command line or the office.toml is wrong; 3 a plan waits for approval;
4 stopped for safety; 5 another PC keeps the office in step, and this one only reads. An entry that waits for a person's decision is no error.`

// cli is the table of commands.
type cli struct {
	Home  string        `help:"Home folder of the office; default: the system's place for such data." placeholder:"DIR" env:"LOCKSTEP_HOME"`
	Debug bool          `help:"Log more into the home folder's logs." hidden:""`
	Lease time.Duration `help:"How long this PC's right to write lasts after it was last renewed." hidden:""`

	Demo      demoCmd      `cmd:"" help:"Bring a made-up office in step, between two simulated servers, and show what happens."`
	Setup     setupCmd     `cmd:"" help:"Set the office up from a file."`
	Secret    secretCmd    `cmd:"" help:"Keep what a connection signs in with."`
	People    peopleCmd    `cmd:"" help:"List people, or switch one on or off."`
	Resources resourcesCmd `cmd:"" help:"List rooms, cars and other resources, or pair one with a mailbox."`
	Preview   previewCmd   `cmd:"" help:"Show what a sync would do, and why. Nothing is written."`
	Sync      syncCmd      `cmd:"" help:"Bring everybody in step once."`
	Run       runCmd       `cmd:"" help:"Keep everybody in step until interrupted."`
	Quit      quitCmd      `cmd:"" help:"End the Lockstep that runs on this home folder, once it has finished what it does."`
	Status    statusCmd    `cmd:"" help:"Show how everybody is doing."`
	History   historyCmd   `cmd:"" help:"Show past runs, or what one run did."`
	Resolve   resolveCmd   `cmd:"" help:"List what waits for a decision, or decide it."`
	Resume    resumeCmd    `cmd:"" help:"Show what safety stops withhold, or let it through once."`
	Keep      keepCmd      `cmd:"" help:"End a safety stop by leaving everything as it is."`
	Undo      undoCmd      `cmd:"" help:"Take back what a run has done."`
	Notify    notifyCmd    `cmd:"" help:"Show who outside the office was not told of a moved meeting, and mail them."`
	Sim       simCmd       `cmd:"" help:"Run the simulated servers until interrupted."`
	Discover  discoverCmd  `cmd:"" help:"Find the Exchange server of an address."`
	Doctor    doctorCmd    `cmd:"" help:"Examine the way to both systems, the rights and the mailboxes, and say what to mend."`
	Check     checkCmd     `cmd:"" help:"Check the store against both calendars, and repair it."`
	Policy    policyCmd    `cmd:"" help:"Show what the organisation has fixed."`
	Script    scriptCmd    `cmd:"" help:"Write a script for who administers the servers."`
	Version   versionCmd   `cmd:"" help:"Show the version."`

	Addressbooks addressbooksCmd `cmd:"" help:"List what an offline address book holds, and so prove its address."`
	Manual       manualCmd       `cmd:"" help:"Show the manual."`
	Handover     handoverCmd     `cmd:"" help:"Write the whole setup down for who administers the servers."`
	Diagnostics  diagnosticsCmd  `cmd:"" help:"Pack what helps to find out what is wrong, without secrets and names."`

	Pause      pauseCmd      `cmd:"" help:"Do nothing by itself for a while."`
	Unpause    unpauseCmd    `cmd:"" help:"End the pause."`
	Completion completionCmd `cmd:"" help:"Print a completion for your shell."`
	Man        manCmd        `cmd:"" help:"Print the manual page." hidden:""`

	Takeover takeoverCmd `cmd:"" help:"Write from this PC from now on, whichever did until now."`
}

// app is what every command works with.
type app struct {
	streams
	home  string
	debug bool
	lease time.Duration
	now   func() time.Time
	// policies reads what the organisation has fixed.
	policies wire.Policies
	// told: this call has said that the store was begun anew.
	told bool
}

// exit is a request of kong to end the process, which only main may do.
type exit int

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, s streams, policies wire.Policies) (code int) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(exit)
			if !ok {
				panic(v)
			}
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("lockstepctl"), kong.Description(description), kong.Writers(s.out, s.err),
		kong.Exit(func(code int) { panic(exit(code)) }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		say(s.err, "lockstepctl: %v\n", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if err != nil {
		say(s.err, "lockstepctl: %v\nType `lockstepctl --help` for the commands.\n", err)
		return exitUsage
	}
	a := &app{streams: s, home: c.Home, debug: c.Debug, lease: c.Lease, now: wallClock(), policies: policies}
	return a.ended(k.Run(a))
}

// ended puts a command's error into words and gives the exit code.
func (a *app) ended(err error) int {
	if err == nil {
		return exitOK
	}
	if silent, ok := errors.AsType[exitError](err); ok {
		return int(silent)
	}
	f := words(err)
	say(a.err, "lockstepctl: %s\n", f)
	return f.code
}

// exitError ends a command that has said everything already.
type exitError int

// Error is for nobody's eyes.
func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// say writes to a stream that nobody can do anything about.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// place is the home folder of this call.
func (a *app) place() (string, error) {
	if a.home != "" {
		return a.home, nil
	}
	return wire.DefaultHome(wire.Place{GOOS: runtime.GOOS, Getenv: os.Getenv, UserHome: os.UserHomeDir, Program: os.Executable})
}

// terminal tells whether a stream is one that a person looks at or types into.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

type versionCmd struct{}

// Run shows the version.
func (versionCmd) Run(a *app) error {
	_, err := fmt.Fprintf(a.out, "lockstepctl %s\n", version.Number)
	return err
}
