package main

import (
	"context"
	"strconv"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type resolveCmd struct {
	ID           string   `arg:"" optional:"" name:"id" help:"The decision to answer; without one, list what waits."`
	Take         string   `help:"That side is right: severa (or business) or exchange." placeholder:"SIDE" xor:"answer"`
	PairWith     string   `help:"It belongs to this candidate: its number in the list, or its id." placeholder:"ENTRY" xor:"answer"`
	KeepSeparate bool     `help:"It belongs to none of them and is an entry of its own." xor:"answer"`
	Never        bool     `help:"Leave it alone for good." xor:"answer"`
	Release      bool     `help:"Take it back into step, as both sides are now." xor:"answer"`
	Always       bool     `help:"Make the answer the office's rule. Shows first what the rule settles."`
	Yes          bool     `help:"With --always: store the rule."`
	Kept         bool     `help:"List what is on hold or left alone as well."`
	Person       []string `help:"Only this person's; may be given several times." placeholder:"EMAIL"`
	JSON         bool     `help:"Print JSON."`
}

// Help says what a decision is.
func (resolveCmd) Help() string {
	return `A decision is one entry about which Lockstep does not guess. It waits; everything else goes on.
The next sync acts on an answer. Nothing is written to a calendar by resolve itself.`
}

// Run lists decisions, or answers one.
func (c resolveCmd) Run(ctx context.Context, a *app) error {
	choice := c.choice()
	switch {
	case c.ID == "" && (choice != "" || c.Always):
		return usage("Name the decision to answer; `lockstepctl resolve` lists them.")
	case c.ID != "" && choice == "" && !c.JSON:
		return usage("Say what to do with it: --take, --pair-with, --keep-separate, --never or --release.")
	case c.Take != "" && c.Take != "severa" && c.Take != "business" && c.Take != "exchange":
		return usage("--take names a side: severa (or business), or exchange.")
	case c.Yes && !c.Always:
		return usage("--yes belongs to --always.")
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if choice == "" {
		return c.list(ctx, a, agent)
	}
	r, err := agent.Resolve(ctx, localapi.ResolveRequest{
		ID: c.ID, Choice: choice, Partner: c.PairWith, Always: c.Always, Confirm: c.Yes,
	})
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		err = a.asJSON(r)
	case c.Always:
		c.rule(a, r)
	default:
		say(a.out, "%s: %s\n", model.QuestionName(r.Question), model.Effect(r.Question, choice))
		say(a.out, "The next sync acts on it.\n")
	}
	if err == nil && !r.Stored {
		err = exitError(exitApproval)
	}
	return err
}

// choice is the answer by its stable name.
func (c resolveCmd) choice() string {
	switch {
	case c.Take == "exchange":
		return "take_exchange"
	case c.Take != "":
		return "take_business"
	case c.PairWith != "":
		return "pair_with"
	case c.KeepSeparate:
		return "keep_separate"
	case c.Never:
		return "never_sync"
	case c.Release:
		return "release"
	}
	return ""
}

func (c resolveCmd) list(ctx context.Context, a *app, agent localapi.Agent) error {
	qs, err := agent.Decisions(ctx, localapi.DecisionsRequest{Who: c.Person, Kept: c.Kept || c.ID != ""})
	if err != nil {
		return err
	}
	if c.ID != "" {
		for _, q := range qs {
			if q.ID == c.ID {
				return a.asJSON(q)
			}
		}
		return &localapi.Error{Code: localapi.CodeNoDecision, Message: "no such decision"}
	}
	if c.JSON {
		return a.asJSON(qs)
	}
	if len(qs) == 0 {
		say(a.out, "Nothing waits for a decision.\n")
		return nil
	}
	for i, q := range qs {
		if i > 0 {
			say(a.out, "\n")
		}
		question(a, q)
	}
	return nil
}

func question(a *app, q localapi.Question) {
	say(a.out, "%s  %s\n", q.ID, model.QuestionName(q))
	why := model.Reason(q.Row.Reason)
	if !strings.HasSuffix(why, "?") {
		why += "."
	}
	paragraph(a.out, "  ", why)
	var rows [][]string
	for _, f := range model.QuestionFields(q) {
		rows = append(rows, []string{f.Name, f.Business, f.Exchange})
	}
	if len(rows) > 0 {
		table(a.out, "  ", []column{{"", 14}, {"In Severa", 34}, {"In Exchange", 0}}, rows)
	}
	for i, e := range q.Candidates {
		say(a.out, "  candidate %d: %s\n", i+1, model.Named(e))
	}
	rows = nil
	for _, choice := range q.Choices {
		rows = append(rows, []string{model.ChoiceFlag(choice), model.Effect(q, choice)})
	}
	if len(rows) > 0 {
		table(a.out, "  ", []column{{"Answer", 24}, {"What it does", 0}}, rows)
	}
}

func (c resolveCmd) rule(a *app, r localapi.Resolved) {
	say(a.out, "The rule would be %s under [rules]. It settles these %s:\n", r.Rule, strconv.Itoa(len(r.Settles)))
	for _, q := range r.Settles {
		say(a.out, "  %s  %s\n", q.ID, model.QuestionName(q))
	}
	if r.Stored {
		paragraph(a.out, "", "It is in force. Write it into office.toml as well: the next `lockstepctl setup` brings back what stands there.")
		return
	}
	say(a.out, "Nothing has been stored. To make it the rule, add --yes.\n")
}
