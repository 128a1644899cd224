package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// ErrNotHalted says that no safety stop holds the person.
var ErrNotHalted = errors.New("not stopped for safety")

// MoreWithheldError says that a safety stop withholds other or more writes
// than a person has seen and allowed.
type MoreWithheldError struct{ Withheld int }

// Error tells how many.
func (e *MoreWithheldError) Error() string {
	return fmt.Sprintf("%d writes are withheld now, not those that were allowed", e.Withheld)
}

// Resume lets through, once, what a safety stop withholds: at most so many
// writes, and only such as are in shown, which a person has seen. If there are
// others, none is made.
func (e *Engine) Resume(ctx context.Context, shown map[string]bool, count int) (Result, error) {
	p, err := e.Preview(ctx, false)
	if err != nil {
		return Result{Report: newReport()}, err
	}
	if err := mayRelease(p); err != nil {
		return Result{Report: newReport(), Plan: p}, err
	}
	allowed := map[string]bool{}
	n, known := 0, true
	for _, a := range p.Halt.Withheld {
		allowed[a.Hash()] = true
		if !a.Kind.Weak() {
			n++
			known = known && shown[a.Hash()]
		}
	}
	if n > count || !known {
		return Result{Report: newReport(), Plan: p}, &MoreWithheldError{Withheld: n}
	}
	return e.Sync(ctx, Options{Cause: state.CauseAllowed, Approval: Approval{Hashes: allowed}})
}

// mayRelease is why a person's word does not release the stop of p.
func mayRelease(p plan.Plan) error {
	switch {
	case p.Halt == nil:
		return ErrNotHalted
	case p.Halt.Reason.Code == plan.IdentityChanged:
		return ErrOtherAccount
	}
	return nil
}

// Keep ends a safety stop by leaving everything as it is: what it was about
// goes on hold, and nothing is written. With putBack, entries that were deleted
// on one side are made again there. It returns how many were put on hold.
func (e *Engine) Keep(ctx context.Context, putBack bool) (held int, res Result, err error) {
	res.Report = newReport()
	p, err := e.Preview(ctx, false)
	if err != nil {
		return 0, res, err
	}
	if err := mayRelease(p); err != nil {
		return 0, res, err
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return 0, res, fmt.Errorf("load state: %w", err)
	}
	e.idle = false
	links := plan.Keep(p, snap.Links)
	if err := e.Store.SaveLinks(ctx, links); err != nil {
		return 0, res, fmt.Errorf("store links: %w", err)
	}
	if !putBack {
		return len(links), res, nil
	}
	wanted := [2]map[event.ID]bool{{}, {}}
	for _, a := range plan.Returned(p) {
		wanted[a.Side][a.ID] = true
		if err := e.Store.Answer(ctx, a); err != nil {
			return len(links), res, fmt.Errorf("store answer: %w", err)
		}
	}
	_, p, err = e.plan(ctx)
	if err != nil {
		return len(links), res, err
	}
	hashes := map[string]bool{}
	for a := range plannedCreates(p) {
		source := a.Side.Other()
		if have := a.Have[source]; have != nil && wanted[source][have.ID] {
			hashes[a.Hash()] = true
		}
	}
	res, err = e.Sync(ctx, Options{Cause: state.CauseAllowed, Approval: Approval{Hashes: maps.Clone(hashes)}})
	return len(links), res, err
}

// plannedCreates are all creations of a plan, withheld or not.
func plannedCreates(p plan.Plan) func(func(plan.Action) bool) {
	return func(yield func(plan.Action) bool) {
		all := [][]plan.Action{p.Actions}
		if p.Halt != nil {
			all = append(all, p.Halt.Withheld)
		}
		for _, as := range all {
			for _, a := range as {
				if a.Kind == plan.Create && !yield(a) {
					return
				}
			}
		}
	}
}
