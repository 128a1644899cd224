package main

import (
	"context"
	"path/filepath"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type discoverCmd struct {
	Address string   `arg:"" help:"The address of a mailbox."`
	User    string   `help:"The account to sign in with; its password is read from standard input, or asked for. Default: the one that is set up." placeholder:"USER"`
	Domain  string   `help:"NetBIOS domain of that account." placeholder:"DOMAIN"`
	Auth    string   `help:"How it signs in: ntlm or basic." enum:"ntlm,basic" default:"ntlm"`
	CAFile  string   `name:"ca-file" help:"A private certificate authority, in PEM." placeholder:"FILE" type:"path"`
	Allow   []string `help:"A host of another domain that may see the password." placeholder:"HOST"`
	JSON    bool     `help:"Print JSON."`
}

// Help explains where is looked, and who sees the password.
func (discoverCmd) Help() string {
	return `It looks where Outlook looks outside of a domain: at the domain of the address and its autodiscover host by https, for a
redirect by http, and for a record in the DNS. The password goes to https alone, with a valid certificate, and to no
other domain unless you allow that host by name.`
}

// Run finds the server.
func (c discoverCmd) Run(ctx context.Context, a *app) error {
	q := localapi.FindServerRequest{Address: c.Address, Allow: c.Allow}
	if c.User != "" {
		text, err := a.readSecret("exchange")
		if err != nil {
			return err
		}
		q.Secret = localapi.Secret(text)
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.User == "" {
		s, err := agent.Setup(ctx)
		if err != nil {
			return err
		}
		q.Draft = s.Draft
	} else {
		q.Draft.Exchange = localapi.DraftExchange{User: c.User, Domain: c.Domain, Auth: c.Auth}
	}
	if c.CAFile != "" {
		if q.Draft.Exchange.CAFile, err = filepath.Abs(c.CAFile); err != nil {
			return err
		}
	}
	f, err := agent.FindServer(ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		err = a.asJSON(f)
	} else {
		a.showFound(f, c.Address)
	}
	if err == nil && f.URL == "" && !f.Cloud {
		return exitError(exitFailed)
	}
	return err
}

func (a *app) showFound(f localapi.FoundServer, address string) {
	paragraph(a.out, "", model.Found(f, address).String())
	if f.OAB != "" {
		say(a.out, "Address book: %s\n", f.OAB)
	}
	var rows [][]string
	for _, t := range f.Attempts {
		to := t.URL
		if t.To != "" {
			to += " -> " + t.To
		}
		rows = append(rows, []string{t.Step, t.How, t.Outcome, to})
	}
	table(a.out, "", []column{{"Step", 0}, {"Form", 0}, {"Came to", 0}, {"Address", 0}}, rows)
}
