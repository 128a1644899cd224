package main

import (
	"context"
	"strconv"

	"lockstep/sync/localapi"
)

type resourcesCmd struct {
	List   resourcesListCmd   `cmd:"" default:"withargs" help:"List the rooms, cars and other things that activities in Severa show."`
	Pair   resourcesPairCmd   `cmd:"" help:"Show in a mailbox when a resource is taken, from now on."`
	Unpair resourcesUnpairCmd `cmd:"" help:"Show it no longer."`
}

type resourcesListCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run lists resources.
func (c resourcesListCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	found, err := agent.Resources(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(found)
	}
	if len(found) == 0 {
		say(a.out, "No activity shows a room, a car or another resource. Severa tells of them only through the activities that they take part in.\n")
		return nil
	}
	var rows [][]string
	for _, r := range found {
		on := "not paired"
		if r.Leaving {
			on = "copies leaving"
		} else if r.Enabled {
			on = "on"
		} else if r.Paired {
			on = "off"
		}
		rows = append(rows, []string{on, r.Name, strconv.Itoa(r.Entries), r.Address, r.ID})
	}
	table(a.out, "", []column{{"Shown", 0}, {"Resource", 28}, {"Entries", 0}, {"Mailbox", 34}, {"Id in Severa", 0}}, rows)
	return nil
}

type resourcesPairCmd struct {
	Resource string `arg:"" help:"Its name or its id, as the list has it."`
	Mailbox  string `arg:"" help:"The address of the mailbox, such as that of a room in Exchange."`
	JSON     bool   `help:"Print JSON."`
}

// Help tells what comes of it.
func (resourcesPairCmd) Help() string {
	return `The mailbox gets a copy of each Severa activity that the resource takes part in; of private ones only that it is
taken. Nothing of the mailbox ever goes to Severa: bookings that are made there stay as they are, and what somebody
changes in a copy is put back. The first sync shows its plan and waits for approval.
"lockstepctl resources unpair" ends it.`
}

// Run pairs one.
func (c resourcesPairCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	p, err := agent.PairResource(ctx, localapi.PairResourceRequest{Resource: c.Resource, Address: c.Mailbox, By: whoami()})
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(p)
	}
	say(a.out, "%s <%s> shows from now on when it is taken. The first sync shows its plan and waits for approval.\n", p.Name, p.Address)
	return nil
}

type resourcesUnpairCmd struct {
	Resource     string `arg:"" help:"Its name, its id or the address of its mailbox."`
	RemoveCopies bool   `help:"Also take the copies out of the mailbox; the next sync shows which, and waits for approval."`
	JSON         bool   `help:"Print JSON."`
}

// Run ends the pairing of one.
func (c resourcesUnpairCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	p, err := agent.UnpairResource(ctx, localapi.UnpairResourceRequest{Resource: c.Resource, Copies: c.RemoveCopies, By: whoami()})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.asJSON(p)
	case c.RemoveCopies:
		say(a.out, "%s <%s> is cleared of its copies: `lockstepctl preview` shows which, and a sync waits for approval. What lies outside the days that are kept in step stays as it is.\n", p.Name, p.Address)
	default:
		say(a.out, "%s <%s> is kept in step no longer. Its copies stay, and are taken up again if it is paired again.\n", p.Name, p.Address)
	}
	return nil
}
