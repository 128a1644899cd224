// Command lockstepctl is Lockstep's command line: it sets an office up, shows
// what a sync would do, does it, and keeps doing it where there is no desktop.
// It also runs a demo office and simulated servers to try all of it against.
//
// It holds no rules of its own: what is decided is decided below, and what is
// said is put into words by ui/model. It is the one place that reads the
// clock, the environment and the terminal. It must not import Fyne.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lockstep/cmd/internal/wire"
)

func main() {
	os.Exit(realMain(wire.MachinePolicy))
}

func realMain(policies wire.Policies) int {
	wire.LeaveNoCore()
	wire.SaveMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the process as if nobody listened.
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, policies)
}
