package office

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// PersonDecision is one decision and whom it is about.
type PersonDecision struct {
	engine.Decision
	Person state.Person
}

// Decisions lists what waits for a person's word (of everybody, when who is
// empty) and, with kept, what is on hold or left alone. Err of somebody who
// cannot be reached is returned beside the others' decisions.
func (o *Office) Decisions(ctx context.Context, who []event.PersonID, kept bool) ([]PersonDecision, error) {
	seats, err := o.load(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []PersonDecision
	var failed error
	for _, s := range seats {
		ds, err := o.decisionsOf(ctx, s, kept)
		failed = errors.Join(failed, err)
		for _, d := range ds {
			out = append(out, PersonDecision{d, s.who})
		}
	}
	return out, failed
}

func (o *Office) decisionsOf(ctx context.Context, s seat, kept bool) ([]engine.Decision, error) {
	return o.read(ctx, s, func(e *engine.Engine) ([]engine.Decision, error) { return e.Decisions(ctx, kept) })
}

func (o *Office) read(ctx context.Context, s seat, ask func(*engine.Engine) ([]engine.Decision, error)) ([]engine.Decision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return nil, err
	}
	return ask(s.engine)
}

// ErrWhose says that several people have such a row: the copies that they get of
// one entry.
var ErrWhose = errors.New("several people have such a row")

// Decision is the decision of that ID, or the row of that name in a preview, of
// one of these people (of anybody, when who is empty).
func (o *Office) Decision(ctx context.Context, who []event.PersonID, id string) (PersonDecision, error) {
	all, failed := o.Decisions(ctx, who, true)
	if i := slices.IndexFunc(all, func(d PersonDecision) bool { return d.ID == id }); i >= 0 {
		return all[i], nil
	}
	seats, err := o.load(ctx, who)
	if err != nil {
		return PersonDecision{}, err
	}
	var out []PersonDecision
	for _, s := range seats {
		rows, err := o.read(ctx, s, func(e *engine.Engine) ([]engine.Decision, error) { return e.Rows(ctx) })
		failed = errors.Join(failed, err)
		for _, d := range rows {
			if d.ID == id {
				out = append(out, PersonDecision{d, s.who})
			}
		}
	}
	switch len(out) {
	case 0:
		return PersonDecision{}, errors.Join(engine.ErrNoDecision, failed)
	case 1:
		return out[0], nil
	}
	return PersonDecision{}, ErrWhose
}

// Named is the entry that a row of a preview is about, on one side.
func (o *Office) Named(ctx context.Context, who event.PersonID, row string, s event.Side) (event.ID, bool) {
	d, err := o.Decision(ctx, []event.PersonID{who}, row)
	if err != nil || d.Action.Have[s] == nil {
		return "", false
	}
	return d.Action.Have[s].ID, true
}

// Answer is a person's word on a decision.
type Answer struct {
	Who     []event.PersonID // whose it may be; empty: anybody's
	ID      string           // of a decision, or of a row of a preview
	Choice  plan.Choice
	Partner event.ID // of plan.PairWith
	// Right, of plan.TakeByField, are the fields in which each side is right.
	Right [2]event.FieldSet
}

// Resolve answers a decision. Whoever it is about is brought in step soon.
func (o *Office) Resolve(ctx context.Context, a Answer) (PersonDecision, error) {
	d, err := o.Decision(ctx, a.Who, a.ID)
	if err != nil {
		return PersonDecision{}, err
	}
	s, err := o.seatOf(ctx, d.Person.ID)
	if err != nil {
		return d, err
	}
	s.mu.Lock()
	err = s.engine.Resolve(ctx, a.ID, plan.Answer{Choice: a.Choice, Partner: a.Partner, Right: a.Right})
	s.mu.Unlock()
	if err != nil {
		return d, err
	}
	o.Wake()
	return d, nil
}

// ErrNoRule says that no rule of the office could give such an answer.
var ErrNoRule = errors.New("no rule says that")

// Rule is what an answer becomes when it shall hold always.
type Rule struct {
	Rules state.Rules
	// Settles are the decisions that wait now and would be settled by it.
	Settles []PersonDecision
}

// RuleOf is the rule that answers a decision in that way, and every other one
// of its kind. Nothing is stored.
func (o *Office) RuleOf(ctx context.Context, a Answer) (Rule, error) {
	all, failed := o.Decisions(ctx, nil, false)
	i := slices.IndexFunc(all, func(d PersonDecision) bool { return d.ID == a.ID })
	if i < 0 {
		return Rule{}, errors.Join(engine.ErrNoDecision, failed)
	}
	settings, _ := o.now()
	out := Rule{Rules: settings.Rules}
	var kinds []plan.Code
	switch why := all[i].Action.Reason; why.Code {
	case plan.SameAge, plan.ClockUnsure, plan.AskedByRule:
		kinds = []plan.Code{plan.SameAge, plan.ClockUnsure, plan.AskedByRule}
		switch a.Choice {
		case plan.TakeBusiness:
			out.Rules.Winner = plan.BusinessWins
		case plan.TakeExchange:
			out.Rules.Winner = plan.ExchangeWins
		default:
			return out, ErrNoRule
		}
	case plan.DeletedAndEdited:
		if kept := why.From.Other(); a.Choice != takes(kept) {
			return out, ErrNoRule // nobody's edit is ever deleted by a rule
		}
		kinds, out.Rules.Deleted = []plan.Code{plan.DeletedAndEdited}, plan.KeepChanged
	default:
		return out, ErrNoRule
	}
	for _, d := range all {
		if slices.Contains(kinds, d.Action.Reason.Code) {
			out.Settles = append(out.Settles, d)
		}
	}
	return out, failed
}

func takes(s event.Side) plan.Choice {
	if s == event.Business {
		return plan.TakeBusiness
	}
	return plan.TakeExchange
}

// SaveRule makes a rule that RuleOf has shown the office's.
func (o *Office) SaveRule(ctx context.Context, r Rule) error {
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return fmt.Errorf("load settings: %w", err)
	}
	settings.Rules = r.Rules
	if err := o.Book.SaveSettings(ctx, settings); err != nil {
		return fmt.Errorf("store settings: %w", err)
	}
	if _, err := o.load(ctx, nil); err != nil && !errors.Is(err, ErrNobody) {
		return err
	}
	o.Wake()
	return nil
}
