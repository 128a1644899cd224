package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// open opens the home folder in this process.
func (a *app) open(ctx context.Context) (*wire.Site, error) {
	home, err := a.place()
	if err != nil {
		return nil, err
	}
	site, err := wire.Open(ctx, wire.Options{
		Home: home, Now: a.now, Debug: a.debug, Lease: a.lease, Policies: a.policies, Passphrase: a.passphrase(home),
		Waiting: func() { say(a.err, "Waiting for the keyring of your system; it may be asking for its password.\n") },
	})
	if err == nil && site.RebuiltNow() {
		paragraph(a.err, "", model.Rebuilt(site.Rebuilt()))
		a.told = true
	}
	return site, err
}

// Another command is soon done with the home.
const (
	patience = 10 * time.Second
	askAgain = 100 * time.Millisecond
)

// reach opens the home in this process, or reaches the agent that holds it.
// Exactly one of site and client is set when there is no error. Another
// command that works on the home is waited for.
func (a *app) reach(ctx context.Context) (site *wire.Site, client *localapi.Client, err error) {
	home, err := a.place()
	if err != nil {
		return nil, nil, err
	}
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for until := a.now().Add(patience); ; {
		site, err := a.open(ctx)
		if !errors.Is(err, wire.ErrBusy) {
			return site, nil, err
		}
		real, herr := wire.Canonical(home)
		if herr != nil {
			return nil, nil, herr
		}
		if c, derr := localapi.Dial(ctx, localapi.Address(real)); derr == nil {
			return nil, c, nil
		}
		if a.now().After(until) {
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-again.C:
		}
	}
}

// alone opens the home for a command that changes what a running agent works
// with; it is errRunning when one does.
func (a *app) alone(ctx context.Context) (*wire.Site, error) {
	site, c, err := a.reach(ctx)
	if c != nil {
		c.Close()
		return nil, errRunning
	}
	return site, err
}

// errRunning: a command that changes settings found a running agent.
var errRunning = errors.New("an agent is running on this home folder")

// agent is the office: the running agent's where there is one, else our own.
// done must be called.
func (a *app) agent(ctx context.Context) (agent localapi.Agent, done func(), err error) {
	site, c, err := a.reach(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case c != nil:
		return c, c.Close, nil
	default:
		return site.Agent(), func() { a.closed(site.Close()) }, nil
	}
}

// closed reports trouble at the end, which the command's result does not depend on.
func (a *app) closed(err error) {
	if err != nil {
		say(a.err, "lockstepctl: %s\n", words(err))
	}
}

// passphrase is how the file of secrets is opened: LOCKSTEP_PASSPHRASE, else a
// question on the terminal, else not at all.
func (a *app) passphrase(home string) func(context.Context) (string, error) {
	asked := false
	if p, ok := os.LookupEnv("LOCKSTEP_PASSPHRASE"); ok {
		return func(context.Context) (string, error) {
			if asked {
				return "", secret.ErrPassphrase // it will not get any better
			}
			asked = true
			return p, nil
		}
	}
	if !terminal(a.in) || !terminal(a.err) {
		return nil
	}
	return func(context.Context) (string, error) {
		if secret.HasFile(home) {
			return a.ask("Passphrase of this home's secrets: ")
		}
		first, err := a.ask("No keyring answers, so secrets go to an encrypted file. New passphrase: ")
		if err != nil {
			return "", err
		}
		again, err := a.ask("Once more: ")
		if err == nil && first != again {
			err = secret.ErrPassphrase
		}
		return first, err
	}
}

// ask reads a line from the terminal without showing it.
func (a *app) ask(question string) (string, error) {
	f, ok := a.in.(*os.File)
	if !ok {
		return "", secret.ErrLocked
	}
	say(a.err, "%s", question)
	line, err := term.ReadPassword(int(f.Fd()))
	say(a.err, "\n")
	return string(line), err
}

// readSecret takes a secret from standard input: the first line, or what is
// typed unseen on a terminal.
func (a *app) readSecret(what string) (string, error) {
	if terminal(a.in) {
		return a.ask("Secret of " + what + ": ")
	}
	line, err := bufio.NewReader(io.LimitReader(a.in, 1<<20+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
