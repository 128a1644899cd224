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
	Check bool          `help:"Only tell whether one runs, and exit 0 if it answers, 1 if not. Nothing is waited for, and nothing ended."`
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
	if c.Check {
		return check(ctx, a, real)
	}
	agent, err := running(ctx, real)
	if errors.Is(err, localapi.ErrNoAgent) {
		say(a.out, notRunning)
		return nil
	}
	if err != nil {
		return err
	}
	defer agent.Close()
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
		stays, err := wire.Stays(real)
		if err != nil {
			return err
		}
		if free && !stays && gone(ctx, real) {
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

const notRunning = "Lockstep is not running on this home folder.\n"

// check tells whether a program keeps the office of a home, and answers: that
// is waited for by it.
func check(ctx context.Context, a *app, home string) error {
	agent, err := localapi.Reach(ctx, localapi.Address(home))
	if err == nil {
		agent.Close()
		say(a.out, "Lockstep is running on this home folder.\n")
		return nil
	}
	stays, err := wire.Stays(home)
	switch {
	case err != nil:
		return err
	case stays:
		say(a.out, "Lockstep is running on this home folder, but does not answer just now.\n")
	default:
		say(a.out, notRunning)
	}
	return exitError(exitFailed)
}

// running reaches the program that keeps the office of a home. One that has only
// begun, or is opening the office anew, answers a moment later; one that stays
// silent is errSilent.
func running(ctx context.Context, home string) (*localapi.Client, error) {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for {
		agent, err := localapi.Reach(limit, localapi.Address(home))
		if err == nil {
			return agent, nil
		}
		stays, serr := wire.Stays(home)
		if serr != nil {
			return nil, serr
		}
		if !stays {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-limit.Done():
			return nil, errSilent
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

// errSilent: a program keeps the office, and has not answered for a while.
var errSilent = errors.New("lockstep runs and does not answer")

// errStillBusy: the program was asked to end, and has not yet.
var errStillBusy = errors.New("lockstep finishes what it has begun, and has not ended yet")
