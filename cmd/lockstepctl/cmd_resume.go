package main

import (
	"context"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/model"
)

type resumeCmd struct {
	Person    string `help:"The person who is stopped; needed where several are." placeholder:"EMAIL"`
	AllowOnce int    `help:"Let the withheld writes through once, if they are no more than so many and the ones last shown." placeholder:"COUNT" xor:"mode"`
	// AcceptAccount is for the stop that is not about withheld writes.
	AcceptAccount bool `help:"Say that the account or mailbox, which is not the one it was, is this person's all the same." xor:"mode"`
	All           bool `help:"Do not shorten long lists."`
	JSON          bool `help:"Print JSON."`
}

// Help says how a safety stop is released.
func (resumeCmd) Help() string {
	return `A safety stop keeps one person's calendars from being written to; everybody else goes on. Without
--allow-once the withheld writes are shown. With it exactly those go through, once: if there are
more of them by then, or others, nothing is written. The next stop stops again.

Where another account or mailbox stands behind an address than before, there is nothing to let
through. If it was renamed or moved on purpose, --accept-account reads both calendars again and finds
the entries by their marks; nothing is written, and what differs then waits for approval.

If what happened was a mistake, use keep instead, which writes nothing and deletes nothing.`
}

// Run shows safety stops, or releases one.
func (c resumeCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.AllowOnce == 0 && !c.AcceptAccount {
		return c.show(ctx, a, agent)
	}
	who, err := stoppedPerson(ctx, agent, c.Person)
	if err != nil {
		return err
	}
	stop := a.showProgress(ctx, agent, "Syncing", c.JSON)
	s, err := agent.Resume(ctx, localapi.ResumeRequest{Who: who, Count: c.AllowOnce, Account: c.AcceptAccount})
	stop()
	if err != nil {
		return err
	}
	if c.JSON {
		if err := a.asJSON(s); err != nil {
			return err
		}
	} else {
		summary(a.out, s)
	}
	return syncCode(s)
}

// show lists what is withheld, and how to go on.
func (c resumeCmd) show(ctx context.Context, a *app, agent localapi.Agent) error {
	var who []string
	if c.Person != "" {
		who = append(who, c.Person)
	}
	p, err := agent.Preview(ctx, localapi.PreviewRequest{Who: who})
	if err != nil {
		return err
	}
	held := localapi.Preview{People: []localapi.PersonPlan{}}
	for _, person := range p.People {
		if stopped(person.Halt) {
			person.Rows = nil
			held.People = append(held.People, person)
		}
	}
	switch {
	case c.JSON:
		if err := a.asJSON(held); err != nil {
			return err
		}
	case len(held.People) == 0:
		say(a.out, "Nobody is stopped for safety.\n")
	}
	if len(held.People) == 0 {
		return nil
	}
	if !c.JSON {
		groups(a.out, model.Groups(held), c.All, false)
		say(a.out, "\n")
		for _, person := range held.People {
			if person.Halt.Code == plan.IdentityChanged {
				say(a.out, "If it is this person's all the same: lockstepctl resume --person %s --accept-account\n", person.Address)
				continue
			}
			n := 0
			for _, row := range person.Withheld {
				if row.Waits {
					n++
				}
			}
			say(a.out, "To let these through: lockstepctl resume --person %s --allow-once %d\n", person.Address, n)
			say(a.out, "To leave it all as it is: lockstepctl keep --person %s\n", person.Address)
		}
	}
	return exitError(exitHalted)
}

type keepCmd struct {
	Person  string `help:"The person who is stopped; needed where several are." placeholder:"EMAIL"`
	PutBack bool   `help:"Make entries again on the side where they were deleted."`
	JSON    bool   `help:"Print JSON."`
}

// Help says what is kept.
func (keepCmd) Help() string {
	return `What the safety stop is about stays as it is now, on both sides: nothing is deleted, changed or made,
and these entries are on hold until somebody changes one of them, or you release it with resolve.
With --put-back, entries that were deleted on one side are made there again. Those that are only not
listed any more are not: they may turn up by themselves.`
}

// Run ends a safety stop without what it withholds.
func (c keepCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	who, err := stoppedPerson(ctx, agent, c.Person)
	if err != nil {
		return err
	}
	k, err := agent.Keep(ctx, localapi.KeepRequest{Who: who, PutBack: c.PutBack})
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(k)
	}
	say(a.out, "%d entries stay as they are, on hold. To see and release them: lockstepctl resolve --kept\n", k.Held)
	if c.PutBack {
		summary(a.out, k.Summary)
	}
	return syncCode(k.Summary)
}

// stoppedPerson is the one who is stopped, unless he is named.
func stoppedPerson(ctx context.Context, agent localapi.Agent, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	s, err := agent.Status(ctx, 0)
	if err != nil {
		return "", err
	}
	var who []string
	for _, p := range s.People {
		if p.Halt != "" {
			who = append(who, p.Address)
		}
	}
	switch len(who) {
	case 0:
		return "", &localapi.Error{Code: localapi.CodeNotHalted, Message: "nobody is stopped"}
	case 1:
		return who[0], nil
	}
	return "", usage("Several people are stopped; name one with --person EMAIL.")
}
