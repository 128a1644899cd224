package main

import (
	"context"
	"errors"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
)

type quitCmd struct {
	Wait  time.Duration `help:"How long to wait until it has ended." default:"30s"`
	Check bool          `help:"Only tell whether one runs, and exit 0 if so, 1 if not. Nothing is waited for, and nothing ended."`
}

// Run asks the program that keeps the office in step to end, and waits for it.
func (c quitCmd) Run(ctx context.Context, a *app) error {
	home, err := a.place()
	if err != nil {
		return err
	}
	real, err := wire.Canonical(home)
	if err != nil {
		return err
	}
	agent, err := localapi.Reach(ctx, localapi.Address(real))
	if errors.Is(err, localapi.ErrNoAgent) {
		say(a.out, "Lockstep is not running on this home folder.\n")
		if c.Check {
			return exitError(exitFailed)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer agent.Close()
	if c.Check {
		say(a.out, "Lockstep is running on this home folder.\n")
		return nil
	}
	if err := agent.Quit(ctx); err != nil {
		return err
	}
	limit := time.NewTimer(c.Wait)
	defer limit.Stop()
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for {
		free, err := wire.Free(real)
		if err != nil {
			return err
		}
		if free && gone(ctx, real) {
			say(a.out, "Lockstep has ended.\n")
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit.C:
			return errStillBusy
		case <-again.C:
		}
	}
}

// gone tells whether nobody answers for a home any more: a program whose office
// is closed holds nothing else of it.
func gone(ctx context.Context, home string) bool {
	agent, err := localapi.Reach(ctx, localapi.Address(home))
	if err != nil {
		return errors.Is(err, localapi.ErrNoAgent)
	}
	agent.Close()
	return false
}

// errStillBusy: the program was asked to end, and has not yet.
var errStillBusy = errors.New("lockstep finishes what it has begun, and has not ended yet")
