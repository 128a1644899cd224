package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// findOut settles entries of this run whose answers were lost.
func (r *run) findOut(ctx context.Context, entries []state.Entry) error {
	_, err := r.resolve(ctx, entries, writing, r.settle)
	return err
}

// manner is in what a look at unanswered writes may end.
type manner bool

// A run may send what completes an entry that was cut off. Whoever only looks
// leaves such an entry open, for the next run.
const (
	looking manner = false
	writing manner = true
)

// recoverOpen settles what an earlier run left open: nothing new is planned
// before every request that may have been sent is accounted for.
// It returns how many of them had been carried out, and how many were left
// open by whoever only looks. As long as there is one nothing may be pulled:
// what a lost create has made would pass for older than its request.
func (e *Engine) recoverOpen(ctx context.Context, m manner) (applied, left int, err error) {
	if e.recovered {
		return 0, 0, nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("load state: %w", err)
	}
	var never, sent []state.Entry
	for _, en := range snap.Open {
		switch en.Phase {
		case state.Intended:
			never = append(never, en)
		case state.Sent:
			sent = append(sent, en)
		case state.Unsure:
		}
	}
	if err := e.drop(ctx, never, nil); err != nil {
		return 0, 0, err
	}
	if applied, left, err = e.recoverSent(ctx, sent, m); err != nil {
		return applied, left, err
	}
	e.idle = e.idle && len(snap.Open) == 0
	e.recovered = left == 0
	return applied, left, nil
}

// recoverSent finds out what became of requests of an earlier run. It may have
// to complete one, and so waits for its turn to write.
func (e *Engine) recoverSent(ctx context.Context, sent []state.Entry, m manner) (applied, left int, err error) {
	if len(sent) == 0 {
		return 0, 0, nil
	}
	for _, gate := range e.Gates {
		if gate == nil {
			continue
		}
		release, err := gate.Acquire(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer release()
	}
	left, err = e.resolve(ctx, sent, m, func(ctx context.Context, _ []state.Entry, settled []state.Settled) error {
		for _, s := range settled {
			if s.Outcome == state.Applied {
				applied++
			}
		}
		return e.record(ctx, settled)
	})
	return applied, left, err
}

// resolve asks the endpoints what became of entries and closes them. An entry
// that cannot be looked into now stays open, and its error is returned after
// the others were tried; left counts those that m leaves open.
func (e *Engine) resolve(ctx context.Context, entries []state.Entry, m manner, record func(context.Context, []state.Entry, []state.Settled) error) (left int, err error) {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return 0, fmt.Errorf("load state: %w", err)
	}
	links := linksByLinkID(snap.Links)
	e.series = seriesIn(snap)
	known := knownIn(snap)
	var failed error
	for i, en := range entries {
		s, gone, err := e.outcome(ctx, links, en, twins(entries[i:]), known, m)
		if errors.Is(err, errUnfinished) {
			left++
			continue
		}
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if err := record(ctx, []state.Entry{en}, []state.Settled{s}); err != nil {
			return left, err
		}
		if gone != "" {
			side := en.Intent.Action.Side
			p := state.Pull{Changes: []endpoint.Change{{ID: gone, Gone: true}}, Next: snap.Cursors[side], Last: true, At: e.Now()}
			if err := e.Store.SavePull(ctx, side, p); err != nil {
				return left, fmt.Errorf("store a deletion: %w", err)
			}
		}
	}
	return left, failed
}

// errUnfinished: an entry was cut off, and whoever looks may not complete it.
var errUnfinished = errors.New("the entry is still to be completed")

// outcome asks what became of one entry. left is how many entries like it are
// still to be accounted for, itself included. gone is the entry that a create
// made and somebody has deleted since.
func (e *Engine) outcome(ctx context.Context, links map[plan.LinkID]plan.Link, en state.Entry, left int, known known, m manner) (s state.Settled, gone event.ID, err error) {
	a := en.Intent.Action
	out, err := e.settled(ctx, en)
	if err != nil {
		return s, "", fmt.Errorf("look into an unanswered write: %w", err)
	}
	if out.Kind == endpoint.Unsure {
		out = judge(known, a, out, left)
	}
	out.Item = e.conceal(a.Side, out.Item)
	switch out.Kind {
	case endpoint.Applied:
		if out.Item != nil {
			known.made[a.Side][out.Item.ID] = true
			if out.Gone {
				gone = out.Item.ID
			} else if out.Item, err = e.complete(ctx, a, *out.Item, m); err != nil {
				return s, "", err
			}
		}
		return e.foundApplied(links, en, out), gone, nil
	case endpoint.NotApplied:
		if a.Kind == plan.Update && out.Item != nil {
			return e.hushed(links, en, e.foundApplied(links, en, out)), "", nil // field by field: a part of it may have been
		}
		return e.hushed(links, en, state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now()}), "", nil
	case endpoint.Unsure:
	}
	s = state.Settled{Entry: en.ID, Outcome: state.StillUnsure, At: e.Now(), Why: plan.Reason{Code: plan.OutcomeUnsure, From: a.Side, Count: len(out.Candidates)}}
	for _, c := range out.Candidates {
		s.Candidates = append(s.Candidates, c.ID)
	}
	return s, "", nil
}

// complete adds the people whom a create had not yet reached when it was cut
// off: a system may take them by requests of their own, and nothing but the
// open entry knows of them. Until this is done the entry stays open, and the
// next run does it again; an entry that has them all costs nothing.
func (e *Engine) complete(ctx context.Context, a plan.Action, it event.Item, m manner) (*event.Item, error) {
	if a.Kind != plan.Create || it.Standing != event.StandingOwner {
		return &it, nil
	}
	want := e.Endpoints[a.Side].Normalize(a.Want)
	there := map[string]bool{}
	for _, who := range it.Attendees {
		there[who.Address] = true
	}
	whole := it.Event
	for _, who := range want.Attendees {
		if !there[who.Address] {
			whole.Attendees = append(slices.Clip(whole.Attendees), who)
		}
	}
	switch {
	case len(whole.Attendees) == len(it.Attendees):
		return &it, nil
	case m == looking:
		return nil, errUnfinished
	}
	slices.SortFunc(whole.Attendees, func(a, b event.Attendee) int { return strings.Compare(a.Address, b.Address) })
	if mine, _, err := e.hold(ctx); err != nil || !mine {
		return nil, errors.Join(err, &LeaseError{Lease: e.tenancy.seen})
	}
	if err := e.confirm(ctx); err != nil {
		return nil, err
	}
	res := e.Endpoints[a.Side].Apply(ctx, []endpoint.Op{{
		Kind: endpoint.Update, Target: it.Ref, Want: whole, Fields: event.FieldAttendees, Stamp: it.Stamp,
	}})[0]
	switch {
	case res.Err == nil && res.Item != nil:
		it.Ref, it.Attendees = res.Item.Ref, whole.Attendees
		return &it, nil
	case res.Err != nil && res.Err.Scope == endpoint.ScopeItem && (res.Err.Kind == endpoint.Invalid || res.Err.Kind == endpoint.Forbidden):
		return &it, nil // the system will never take them; the entry itself is there
	case res.Err != nil:
		return nil, fmt.Errorf("complete an entry that was cut off: %w", res.Err)
	}
	return &it, nil
}
