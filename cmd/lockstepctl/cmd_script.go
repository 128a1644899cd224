package main

import (
	"context"
	"os"

	"lockstep/cmd/internal/explain"
	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
)

type scriptCmd struct {
	Exchange scriptExchangeCmd `cmd:"" help:"Write the PowerShell that gives the account its rights in Exchange."`
}

type scriptExchangeCmd struct {
	Kind      string   `help:"impersonation (act for people), delegate (full access to mailboxes), application (Microsoft 365) or throttling (more room for the account)." placeholder:"KIND"`
	Version   string   `help:"Generation of the server: 2007, 2010, 2013, 2016, 2019, se, or 365 for Microsoft 365." placeholder:"VERSION"`
	Delegate  string   `help:"The account that Lockstep signs in with." placeholder:"DOMAIN\\user"`
	Group     string   `help:"Only the members of this group." placeholder:"NAME" xor:"whose"`
	People    []string `help:"Only these people." placeholder:"EMAIL" xor:"whose"`
	OU        string   `name:"ou" help:"Only the mailboxes of this organisational unit." placeholder:"NAME" xor:"whose"`
	Everybody bool     `help:"Everybody who has a mailbox there." xor:"whose"`
	Name      string   `help:"How everything is called that the script makes." placeholder:"NAME" default:"Lockstep"`
	AppID     string   `name:"app-id" help:"Microsoft 365: the application's id." placeholder:"GUID"`
	ObjectID  string   `name:"object-id" help:"Microsoft 365: the object id of the enterprise application." placeholder:"GUID"`
	Out       string   `help:"Write it into this file, as Windows PowerShell reads it." placeholder:"FILE.ps1" type:"path"`
	JSON      bool     `help:"Print JSON."`
}

// Help says what comes out and what is left out.
func (scriptExchangeCmd) Help() string {
	return `The script is for an Exchange administrator to read and to run; Lockstep runs nothing itself. It gives the account
the right, narrow first, and checks it; with -Check it only checks, and with -Undo it takes everything back.
What is not said here is taken from the office's settings, where it is set up: the version, the account, and the
group that they name or the people who are switched on. Names may hold any character but control characters.`
}

// Run writes the script.
func (c scriptExchangeCmd) Run(ctx context.Context, a *app) error {
	s, err := c.script(ctx, a)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		if err := a.asJSON(s); err != nil {
			return err
		}
	case c.Out == "":
		say(a.out, "%s", s.Text)
	}
	if c.Out == "" {
		return nil
	}
	if err := writeOut(c.Out, s.Encoded()); err != nil {
		return err
	}
	if !c.JSON {
		say(a.out, "%s\nWritten to %s.\n", s.Title, c.Out)
		paragraph(a.out, "", s.About)
	}
	return nil
}

// script takes what is not said from the office, where there is one to ask.
func (c scriptExchangeCmd) script(ctx context.Context, a *app) (localapi.Script, error) {
	q := localapi.ScriptRequest{
		Kind: c.Kind, Version: c.Version, Name: c.Name, Account: c.Delegate, Group: c.Group, OU: c.OU, People: c.People,
		Everybody: c.Everybody, AppID: c.AppID, ObjectID: c.ObjectID,
	}
	home, err := a.place()
	if err != nil {
		return localapi.Script{}, err
	}
	if c.complete() || !wire.HasStore(home) {
		return wire.AdminScript(q)
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return localapi.Script{}, err
	}
	defer done()
	return agent.Script(ctx, q)
}

// complete: nothing is left for the office's settings to say.
func (c scriptExchangeCmd) complete() bool {
	whose := c.Group != "" || c.OU != "" || len(c.People) > 0 || c.Everybody || c.Kind == "throttling"
	return c.Kind != "" && c.Version != "" && (c.Delegate != "" || c.Version == "365") && whose
}

// writeOut writes a file that a person has asked for, for him alone.
func writeOut(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return usage(path + " cannot be written: " + explain.Root(err).Error() + ". Name another file.")
	}
	return nil
}
