package main

import (
	"context"
	"encoding/json"
	"errors"
	"os/user"
	"slices"
	"strconv"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
)

// asJSON is for scripts: one value, indented.
func (a *app) asJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type secretCmd struct {
	Set   secretSetCmd   `cmd:"" help:"Keep a secret; it is read from standard input, or asked for on a terminal."`
	Clear secretClearCmd `cmd:"" help:"Forget both secrets."`
}

type secretSetCmd struct {
	Name string `arg:"" enum:"exchange,severa,proxy" help:"exchange (the account's password), severa (the client secret) or proxy (the password for proxy_user)."`
}

// Run keeps a secret.
func (c secretSetCmd) Run(ctx context.Context, a *app) error {
	text, err := a.readSecret(c.Name)
	if err != nil {
		return err
	}
	if text == "" {
		return usage("The secret is empty. Give it on standard input: lockstepctl secret set " + c.Name + " < FILE.")
	}
	site, agent, err := a.reach(ctx)
	if err != nil {
		return err
	}
	if agent != nil {
		defer agent.Close()
		if err := agent.SetSecret(ctx, localapi.SecretRequest{System: c.Name, Secret: localapi.Secret(text)}); err != nil {
			return err
		}
		say(a.out, "Kept. The Lockstep that is running signs in with it from now on.\n")
		return nil
	}
	defer func() { a.closed(site.Close()) }()
	if err := site.SetSecret(ctx, c.Name, text); err != nil {
		return err
	}
	say(a.out, "Kept in %s.\n", site.Kind)
	return nextStep(ctx, a, site)
}

type secretClearCmd struct {
	Keys bool `help:"Also forget the keys of the store: nobody can read it after that."`
}

// Run forgets what both connections sign in with.
func (c secretClearCmd) Run(ctx context.Context, a *app) error {
	home, err := a.place()
	if err != nil {
		return err
	}
	err = wire.ForgetSecrets(ctx, wire.Options{
		Home: home, Now: a.now, Passphrase: a.passphrase(home),
		Waiting: func() { say(a.err, "Waiting for the keyring of your system; it may be asking for its password.\n") },
	}, c.Keys)
	if err != nil {
		return err
	}
	if c.Keys {
		say(a.out, "Forgotten, with the keys of the store. Its home folder can be deleted.\n")
		return nil
	}
	say(a.out, "Forgotten. Lockstep cannot sign in until they are set again.\n")
	return nil
}

type peopleCmd struct {
	List    peopleListCmd `cmd:"" default:"withargs" help:"List everybody."`
	Enable  enableCmd     `cmd:"" help:"Keep somebody in step."`
	Disable disableCmd    `cmd:"" help:"Keep somebody in step no longer. Nothing is deleted."`
	Optout  optoutCmd     `cmd:"" help:"Note that somebody wants to be left out: nobody can switch him on."`
	Optin   optinCmd      `cmd:"" help:"Note that he no longer does."`
}

type peopleListCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run lists everybody.
func (c peopleListCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	people, err := agent.People(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(people)
	}
	if len(people) == 0 {
		say(a.out, "Nobody was found in both systems with the same address. Name people in office.toml with [[person]].\n")
		return nil
	}
	var rows [][]string
	for _, p := range people {
		on := "off"
		if p.Enabled {
			on = "on"
		} else if p.OptedOut {
			on = "opted out"
		} else if p.Guest {
			on = "guest"
		}
		by := ""
		if p.SwitchedBy != "" {
			by = "by " + p.SwitchedBy + ", " + p.SwitchedAt.Local().Format(time.DateOnly)
		}
		other := ""
		if b := p.Addresses["business"]; b != p.Address {
			other = b
		}
		if p.Resource != "" {
			other = "a resource"
		}
		rows = append(rows, []string{on, p.Name, p.Address, other, by})
	}
	table(a.out, "", []column{{"Sync", 0}, {"Name", 28}, {"Address", 34}, {"In Severa", 34}, {"Switched", 0}}, rows)
	return nil
}

type switchCmd struct {
	Email string `arg:"" help:"The person's address, on either side."`
	JSON  bool   `help:"Print JSON."`
}

type (
	optoutCmd  struct{ switchCmd }
	optinCmd   struct{ switchCmd }
	enableCmd  struct{ switchCmd }
	disableCmd struct{ switchCmd }
)

// Run switches somebody on.
func (c enableCmd) Run(ctx context.Context, a *app) error { return c.turn(ctx, a, true) }

// Run switches somebody off.
func (c disableCmd) Run(ctx context.Context, a *app) error { return c.turn(ctx, a, false) }

// Run leaves somebody out.
func (c optoutCmd) Run(ctx context.Context, a *app) error { return c.optOut(ctx, a, true) }

// Run takes that back.
func (c optinCmd) Run(ctx context.Context, a *app) error { return c.optOut(ctx, a, false) }

func (c switchCmd) optOut(ctx context.Context, a *app, out bool) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	p, err := agent.OptOut(ctx, c.Email, out, whoami())
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return a.asJSON(p)
	case out:
		say(a.out, "%s <%s> is left out, also when the office takes everyone who matches. Both calendars stay as they are.\n", p.Name, p.Address)
	default:
		say(a.out, "%s <%s> may be kept in step again: lockstepctl people enable %s\n", p.Name, p.Address, p.Address)
	}
	return nil
}

func (c switchCmd) turn(ctx context.Context, a *app, on bool) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	p, err := agent.Switch(ctx, c.Email, on, whoami())
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(p)
	}
	if p.Enabled {
		say(a.out, "%s <%s> is kept in step from now on. The first sync shows its plan and waits for approval.\n", p.Name, p.Address)
		return nil
	}
	say(a.out, "%s <%s> is kept in step no longer. Both calendars stay as they are.\n", p.Name, p.Address)
	return nil
}

func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "lockstepctl"
}

type statusCmd struct {
	JSON  bool `help:"Print JSON; with --watch, one line a change."`
	Watch bool `help:"Show it again whenever something changes, until interrupted."`
}

// Run shows how everybody is doing.
func (c statusCmd) Run(ctx context.Context, a *app) error {
	if c.Watch {
		return c.watch(ctx, a)
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	s, err := agent.Status(ctx, 0)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(s)
	}
	a.showStatus(s)
	return nil
}

// showStatus writes how everybody is doing, and what can be done about it.
func (a *app) showStatus(s office.Status) {
	say(a.out, "%s\n", model.HealthLine(s))
	if told := model.Rebuilt(s.Rebuilt); told != "" && !a.told {
		paragraph(a.out, "", told)
	}
	if told := model.Newer(s.Newer); told != "" {
		paragraph(a.out, "", told)
	}
	var rows [][]string
	for _, p := range s.People {
		rows = append(rows, []string{p.Name, model.HealthName(p.Health), model.Since(p.Complete, a.now()), model.PersonNote(p)})
	}
	if len(rows) > 0 {
		table(a.out, "", []column{{"Name", 28}, {"State", 26}, {"In step", 16}, {"Note", 0}}, rows)
	}
	for _, do := range model.Remedies(s) {
		paragraph(a.out, "", do)
	}
}

// watch shows the running agent's status again and again.
func (c statusCmd) watch(ctx context.Context, a *app) error {
	site, client, err := a.reach(ctx)
	if err != nil {
		return err
	}
	if site != nil {
		a.showStatus(site.Office.Status())
		say(a.out, "Nothing runs on this home folder, so nothing changes. Start `lockstepctl run`.\n")
		return site.Close()
	}
	defer client.Close()
	redraw := terminal(a.out)
	for seen := uint64(0); ; {
		s, err := client.Status(ctx, seen)
		switch {
		case ctx.Err() != nil:
			return nil // being interrupted is how it ends
		case err != nil:
			return err
		case s.Seq == seen:
			continue // a poll that heard of nothing
		}
		seen = s.Seq
		if c.JSON {
			if err := json.NewEncoder(a.out).Encode(s); err != nil {
				return err
			}
			continue
		}
		if redraw {
			say(a.out, "\x1b[H\x1b[2J")
		}
		a.showStatus(s)
	}
}

type historyCmd struct {
	Number int64 `arg:"" optional:"" name:"run" help:"Number of a run: list what it did."`
	Limit  int   `help:"How many runs to list." default:"20"`
	JSON   bool  `help:"Print JSON."`
}

// Run lists runs, or what one did.
func (c historyCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 {
		return usage("--limit must be at least 1.")
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.Number != 0 {
		return c.changes(ctx, a, agent)
	}
	runs, err := agent.Runs(ctx, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(runs)
	}
	if len(runs) == 0 {
		say(a.out, "Nothing has been done yet.\n")
		return nil
	}
	var rows [][]string
	for _, r := range runs {
		rows = append(rows, []string{
			strconv.FormatInt(r.ID, 10), r.Started.Local().Format("2006-01-02 15:04"), r.Person, model.RunLine(r),
		})
	}
	table(a.out, "", []column{{"Run", 0}, {"Begun", 0}, {"Person", 28}, {"What it did", 0}}, rows)
	return nil
}

func (c historyCmd) changes(ctx context.Context, a *app, agent localapi.Agent) error {
	changes, err := agent.Changes(ctx, c.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(changes)
	}
	for _, ch := range changes {
		paragraph(a.out, "", strconv.FormatInt(ch.Number, 10)+"  "+ch.At.Local().Format("15:04:05")+"  "+model.Happened(ch))
	}
	if len(changes) == 0 {
		say(a.out, "This run changed nothing.\n")
	}
	return nil
}

type runCmd struct{}

// Run keeps the office in step until interrupted.
func (runCmd) Run(ctx context.Context, a *app) error {
	site, err := a.alone(ctx)
	if err != nil {
		return err
	}
	defer func() { a.closed(site.Close()) }()
	leave, err := wire.Stay(site.Home)
	if errors.Is(err, wire.ErrBusy) {
		return errRunning
	}
	if err != nil {
		return err
	}
	defer leave()
	settings, err := site.Settings(ctx)
	if err != nil {
		return err
	}
	if settings.Office == "" {
		return localapi.AsError(office.ErrNotSetUp)
	}
	for _, name := range []string{wire.SecretExchange, wire.SecretSevera} {
		have, err := site.HasSecret(ctx, name)
		if err != nil {
			return err
		}
		if !have {
			return site.SecretMissing(name)
		}
	}
	say(a.out, "Keeping the office in step. Interrupt to stop.\n")
	telling, stop := context.WithCancel(ctx)
	defer stop()
	told := make(chan struct{})
	go func() { defer close(told); a.tell(telling, site.Agent()) }()
	err = site.Run(ctx)
	asked := errors.Is(err, wire.ErrQuit)
	if asked {
		stop()
	}
	<-told
	say(a.out, "Stopped.\n")
	if asked {
		return nil
	}
	return err
}

// tell writes a line whenever the office's health changes.
func (a *app) tell(ctx context.Context, agent localapi.Agent) {
	seen, last := uint64(0), ""
	for ctx.Err() == nil {
		s, err := agent.Status(ctx, seen)
		if err != nil {
			return
		}
		seen = s.Seq
		quiet := slices.ContainsFunc(s.People, func(p office.PersonStatus) bool { return p.Tried.IsZero() })
		if line := model.HealthLine(s); line != last && !s.Syncing && !quiet {
			say(a.out, "%s  %s\n", a.now().Local().Format(time.TimeOnly), line)
			last = line
		}
	}
}
