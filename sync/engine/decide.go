package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Decision is what waits for a person's word, or what his word keeps out.
type Decision struct {
	// ID is the same for as long as the question is.
	ID string
	// Action is what asks; a Skip for an entry that is on hold or left alone.
	Action plan.Action
	// Entry is the journal's, of a create that nobody knows the outcome of.
	Entry   state.EntryID
	Choices []plan.Choice
	// Candidates are what the entry may belong to, as last seen.
	Candidates []event.Item
	// Base is what both sides last agreed on, each in its own words; nil where
	// the two are not linked.
	Base *[2]event.Event
}

// What Resolve finds no answer for.
var (
	// ErrNoDecision says that nothing of that ID waits any more.
	ErrNoDecision = errors.New("no such decision")
	// ErrNoChoice says that the answer does not fit the question.
	ErrNoChoice = errors.New("no such choice")
	// ErrFields says that an answer field by field does not name each field that
	// is asked about, once, and no other.
	ErrFields = errors.New("not each field that is asked about, once")
)

// Decisions lists what waits for a person as of the last pull: what is asked
// and, with kept, what is on hold or left alone. It reads nothing from either side.
func (e *Engine) Decisions(ctx context.Context, kept bool) ([]Decision, error) {
	snap, p, err := e.plan(ctx)
	if err != nil {
		return nil, err
	}
	var out []Decision
	for _, en := range snap.Open {
		if en.Phase == state.Unsure {
			out = append(out, e.unsure(snap, en))
		}
	}
	links := linksByLinkID(snap.Links)
	for _, a := range p.Actions {
		if a.Kind != plan.Ask && !kept || a.Kind == plan.Ask && a.Reason.Code == plan.OutcomeUnsure {
			continue
		}
		choices := plan.Choices(a)
		if a.Kind != plan.Ask && len(choices) == 0 {
			continue
		}
		side, id := a.Side, event.ID("")
		if have := a.Have[side]; have != nil {
			id = have.ID
		}
		d := Decision{
			ID:     e.decisionID(string(a.Link), side.String(), string(id), string(a.Reason.Code)),
			Action: a, Choices: choices, Candidates: look(snap, side.Other(), a.Candidates),
		}
		if l, ok := links[a.Link]; ok {
			d.Base = &l.Base
		}
		out = append(out, d)
	}
	return out, nil
}

// unsure is the question what became of a create. What a link holds by now is
// known to be another one's.
func (e *Engine) unsure(snap state.Snapshot, en state.Entry) Decision {
	a := en.Intent.Action
	en.Candidates = unlinked(snap, en)
	why := plan.Reason{Code: plan.OutcomeUnsure, From: a.Side, Count: len(en.Candidates)}
	ask := plan.Action{
		Kind: plan.Ask, Side: a.Side.Other(), Link: a.Link, Have: a.Have, Want: a.Want, Fields: a.Fields,
		Candidates: en.Candidates, Reason: why,
	}
	choices := plan.Choices(ask)
	if a.Have[ask.Side] == nil {
		choices = []plan.Choice{plan.PairWith, plan.KeepSeparate} // nothing that could be left alone
	}
	if len(en.Candidates) == 0 {
		choices = slices.DeleteFunc(choices, func(c plan.Choice) bool { return c == plan.PairWith })
	}
	return Decision{
		ID: e.decisionID("entry", fmt.Sprint(en.ID)), Action: ask, Entry: en.ID, Choices: choices,
		Candidates: look(snap, a.Side, en.Candidates),
	}
}

// decisionID is short enough to be typed.
func (e *Engine) decisionID(parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{string(e.Person)}, parts...) {
		_, _ = fmt.Fprintf(h, "%d %s\n", len(part), part) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// look finds entries in the mirror. What it does not hold is known by its id.
func look(snap state.Snapshot, s event.Side, ids []event.ID) []event.Item {
	out := make([]event.Item, len(ids))
	for i, id := range ids {
		out[i].ID = id
		for j := range snap.Mirror[s] {
			if snap.Mirror[s][j].Item.ID == id {
				out[i] = snap.Mirror[s][j].Item
			}
		}
	}
	return out
}

// Resolve answers a decision, or makes a choice about the row of a preview that
// has that name (see Rows). Which entry said is about is known from that. The
// next run acts on it; nothing is written to either calendar here.
func (e *Engine) Resolve(ctx context.Context, id string, said plan.Answer) error {
	all, err := e.Decisions(ctx, true)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(d Decision) bool { return d.ID == id })
	if i < 0 {
		return e.choose(ctx, id, said)
	}
	d := all[i]
	if err := fits(d, said); err != nil {
		return err
	}
	if said.Choice == plan.PairWith && !slices.Contains(d.Action.Candidates, said.Partner) {
		return ErrNoChoice
	}
	e.idle = false // the question of an idle plan is no more
	switch {
	case d.Entry != 0:
		return e.closeUnsure(ctx, d, said.Choice, said.Partner)
	case d.Action.Kind == plan.Skip:
		return e.release(ctx, d.Action, said.Choice)
	}
	return e.answer(ctx, d.Action, said)
}

// fits tells whether a decision has such an answer. One that goes field by field
// speaks of exactly the fields that were shown.
func fits(d Decision, said plan.Answer) error {
	if !slices.Contains(d.Choices, said.Choice) {
		return ErrNoChoice
	}
	b, x := said.Right[event.Business], said.Right[event.Exchange]
	if said.Choice == plan.TakeByField && (b&x != 0 || b|x != d.Action.Fields) {
		return ErrFields
	}
	return nil
}

// answer stores what a person said about the entry that an action is about.
func (e *Engine) answer(ctx context.Context, a plan.Action, said plan.Answer) error {
	side := a.Side
	if a.Have[side] == nil {
		side = side.Other()
	}
	if a.Have[side] == nil {
		return ErrNoChoice
	}
	said.Side, said.ID = side, a.Have[side].ID
	if said.Choice != plan.TakeByField {
		said.Right = [2]event.FieldSet{}
	}
	return e.say(ctx, said)
}

func (e *Engine) say(ctx context.Context, a plan.Answer) error {
	if err := e.Store.Answer(ctx, a); err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	return nil
}

// release takes an entry back into step, or sets what is to become of it.
func (e *Engine) release(ctx context.Context, a plan.Action, c plan.Choice) error {
	if c == plan.NeverSync {
		return e.answer(ctx, a, plan.Answer{Choice: c})
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	// An answer that says never would leave it alone again.
	for _, s := range event.Sides() {
		have := a.Have[s]
		if have == nil || !slices.ContainsFunc(snap.Answers, func(x plan.Answer) bool {
			return x.Side == s && x.ID == have.ID && x.Choice == plan.NeverSync
		}) {
			continue
		}
		if err := e.say(ctx, plan.Answer{Side: s, ID: have.ID, Choice: plan.Clear}); err != nil {
			return err
		}
	}
	link, ok := linksByLinkID(snap.Links)[a.Link]
	if !ok {
		return nil
	}
	norm, _ := e.sides()
	have := a.Have
	for s := range have { // only an end that is there, not one that once was
		if row := present(snap, event.Side(s), link.Refs[s].ID); have[s] != nil && row == nil {
			have[s] = nil
		}
	}
	link, again := plan.Released(link, have, c, norm)
	if err := e.Store.SaveLinks(ctx, []plan.Link{link}); err != nil {
		return fmt.Errorf("store links: %w", err)
	}
	if !again {
		return nil
	}
	if c == plan.Release { // the end that is there is taken over
		c = side(event.Business)
		if have[event.Business] == nil {
			c = side(event.Exchange)
		}
	}
	return e.answer(ctx, plan.Action{Side: a.Side, Have: have}, plan.Answer{Choice: c})
}

// side is the choice that says s is right.
func side(s event.Side) plan.Choice {
	if s == event.Business {
		return plan.TakeBusiness
	}
	return plan.TakeExchange
}

func present(snap state.Snapshot, s event.Side, id event.ID) *event.Item {
	for i := range snap.Mirror[s] {
		if row := &snap.Mirror[s][i]; row.Item.ID == id && row.Presence == plan.Present {
			return &row.Item
		}
	}
	return nil
}

// closeUnsure closes an entry whose outcome a person knows: it made the candidate,
// or nothing, and then its source is taken for an entry without counterpart.
func (e *Engine) closeUnsure(ctx context.Context, d Decision, c plan.Choice, made event.ID) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	i := slices.IndexFunc(snap.Open, func(en state.Entry) bool { return en.ID == d.Entry })
	if i < 0 {
		return ErrNoDecision
	}
	en := snap.Open[i]
	to := en.Intent.Action.Side
	if c == plan.PairWith {
		got, err := e.Endpoints[to].Get(ctx, []event.ID{made})
		if err != nil {
			return fmt.Errorf("read the entry that was chosen: %w", err)
		}
		if got[0].Item == nil {
			return ErrNoChoice
		}
		found := endpoint.Outcome{Kind: endpoint.Applied, Item: e.conceal(to, got[0].Item)}
		return e.settleOne(ctx, e.foundApplied(linksByLinkID(snap.Links), en, found))
	}
	// The answer is first: should we end here, the entry is asked about again.
	if have := en.Intent.Action.Have[to.Other()]; have != nil {
		if err := e.say(ctx, plan.Answer{Side: to.Other(), ID: have.ID, Choice: c}); err != nil {
			return err
		}
	}
	return e.settleOne(ctx, state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now(), Why: plan.Reason{Code: plan.AsAnswered, From: to}})
}

func (e *Engine) settleOne(ctx context.Context, s state.Settled) error {
	if err := e.record(ctx, []state.Settled{s}); err != nil {
		return fmt.Errorf("record answer: %w", err)
	}
	return nil
}

// Replan makes the next run plan afresh, whatever the last one left.
func (e *Engine) Replan() { e.idle = false }
