package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type resolveCmd struct {
	ID           string   `arg:"" optional:"" name:"id" help:"The decision to answer; without one, list what waits."`
	Take         string   `help:"That side is right: severa (or business), or exchange (or outlook)." placeholder:"SIDE" xor:"answer"`
	Field        []string `help:"In that field, as it is named in the list, that side is right; may be given several times. --take says which side is in the others." placeholder:"FIELD=SIDE"`
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
	if err := c.flags(choice); err != nil {
		return err
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if choice == "" {
		return c.list(ctx, a, agent)
	}
	q := localapi.ResolveRequest{ID: c.ID, Choice: choice, Partner: c.PairWith, Always: c.Always, Confirm: c.Yes}
	if len(c.Field) > 0 {
		if q.Fields, err = c.fields(ctx, agent); err != nil {
			return err
		}
	}
	r, err := agent.Resolve(ctx, q)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		err = a.asJSON(r)
	case c.Always:
		c.rule(a, r)
	case len(q.Fields) > 0:
		say(a.out, "%s: %s\n", model.QuestionName(r.Question), model.FieldEffects(r.Question, q.Fields))
		say(a.out, "The next sync acts on it.\n")
	default:
		say(a.out, "%s: %s\n", model.QuestionName(r.Question), model.Effect(r.Question, choice))
		say(a.out, "The next sync acts on it.\n")
	}
	if err == nil && !r.Stored {
		err = exitError(exitApproval)
	}
	return err
}

// flags refuses what does not go together.
func (c resolveCmd) flags(choice string) error {
	_, side := sideNamed(c.Take)
	switch {
	case c.ID == "" && (choice != "" || c.Always):
		return usage("Name the decision to answer; `lockstepctl resolve` lists them.")
	case c.ID != "" && choice == "" && !c.JSON:
		return usage("Say what to do with it: --take, --field, --pair-with, --keep-separate, --never or --release.")
	case c.Take != "" && !side:
		return usage("--take names a side: severa (or business), or exchange (or outlook).")
	case c.Yes && !c.Always:
		return usage("--yes belongs to --always.")
	case len(c.Field) > 0 && choice != "take_by_field":
		return usage("--field goes with --take, or alone.")
	case len(c.Field) > 0 && c.Always:
		return usage("--field answers this one decision; a rule of the office names one side.")
	}
	return nil
}

// sideNamed is a side by a name that people have for it.
func sideNamed(name string) (side string, ok bool) {
	switch name {
	case "severa", "business":
		return "business", true
	case "exchange", "outlook":
		return "exchange", true
	}
	return "", false
}

// fields is which side is right in each field that the decision asks about.
func (c resolveCmd) fields(ctx context.Context, agent localapi.Agent) (map[string]string, error) {
	qs, err := agent.Decisions(ctx, localapi.DecisionsRequest{Who: c.Person})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(qs, func(q localapi.Question) bool { return q.ID == c.ID })
	if i < 0 {
		return nil, &localapi.Error{Code: localapi.CodeNoDecision, Message: "no such decision"}
	}
	out := map[string]string{}
	for _, f := range c.Field {
		name, word, _ := strings.Cut(f, "=")
		side, ok := sideNamed(word)
		if !ok {
			return nil, usage("--field names a field and a side: severa (or business), or exchange (or outlook).")
		}
		field, ok := model.FieldAsked(qs[i], name)
		if !ok {
			return nil, usage("It is asked about " + model.AskedFields(qs[i].Fields) + ": name one of these with --field.")
		}
		out[field] = side
	}
	var missing []localapi.FieldPair
	for _, f := range qs[i].Fields {
		if _, ok := out[f.Field]; ok {
			continue
		}
		if side, ok := sideNamed(c.Take); ok {
			out[f.Field] = side
		} else {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return nil, usage("Name a side for " + model.AskedFields(missing) + " as well, or say with --take which one is right in all others.")
	}
	return out, nil
}

// choice is the answer by its stable name.
func (c resolveCmd) choice() string {
	side, _ := sideNamed(c.Take)
	switch {
	case len(c.Field) > 0 && c.PairWith == "" && !c.KeepSeparate && !c.Never && !c.Release:
		return "take_by_field"
	case side == "exchange":
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
