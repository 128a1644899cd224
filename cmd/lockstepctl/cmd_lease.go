package main

import (
	"context"
)

type takeoverCmd struct {
	Person []string `help:"Only for this person; may be given several times." placeholder:"EMAIL"`
	JSON   bool     `help:"Print JSON."`
}

// Help says what becomes of the other PC.
func (takeoverCmd) Help() string {
	return `Only one PC writes for a person: the one that holds the lease, a hidden note in the mailbox. A second one
reads along and goes on by itself when the first has been gone for a quarter of an hour. This command does not
wait for that. The other PC finds out before its next write, and reads along from then on.`
}

// Run makes this PC the one that writes.
func (c takeoverCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	people, err := agent.TakeOver(ctx, c.Person)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(people)
	}
	for _, p := range people {
		say(a.out, "%s <%s> is kept in step from this PC from now on.\n", p.Name, p.Address)
	}
	return nil
}
