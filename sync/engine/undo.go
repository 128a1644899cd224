package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Undone is what an undo gives back.
type Undone struct {
	// Past are the applied changes, in the order they were made.
	Past []plan.Past
	// Redo: they are those of an undo.
	Redo bool
	// Shared are the business entries that links of colleagues hold.
	Shared map[event.ID]bool
}

// PreviewUndo recovers, pulls and plans what would give back what a run has
// changed, and writes nothing to either calendar.
func (e *Engine) PreviewUndo(ctx context.Context, u Undone) (plan.Plan, error) {
	if err := e.see(ctx, false); err != nil {
		return plan.Plan{}, err
	}
	_, p, err := e.planUndo(ctx, u)
	return p, err
}

// Undo does what PreviewUndo shows, as far as it is approved: actions whose
// hashes are in approved, or all of them when it is nil. It is a run as any
// other, and may be undone itself. Result.Plan is what was not done.
func (e *Engine) Undo(ctx context.Context, u Undone, approved map[string]bool) (Result, error) {
	r := &run{Engine: e, opts: Options{Cause: state.CauseUndo}, res: Result{Report: newReport()}, approvedBefore: true}
	err := r.undo(ctx, u, approved)
	e.idle = false
	r.res.Tenure = e.Tenure()
	r.close(context.WithoutCancel(ctx), err)
	return r.res, err
}

func (r *run) undo(ctx context.Context, u Undone, approved map[string]bool) (err error) {
	// It is about to write, so the lease is taken before the pull.
	if err := r.attend(ctx); err != nil {
		return err
	}
	if mine, _, err := r.hold(ctx); err != nil || !mine {
		return errors.Join(err, &LeaseError{Lease: r.tenancy.seen})
	}
	if r.res.Recovered, _, err = r.recoverOpen(ctx, writing); err != nil {
		return err
	}
	if _, err := r.pullBoth(ctx, false, time.Time{}); err != nil {
		return err
	}
	snap, p, err := r.planUndo(ctx, u)
	if err != nil {
		return err
	}
	now := inOrder(p.Actions, func(a plan.Action) bool { return approved == nil || approved[a.Hash()] })
	r.res.Plan = plan.Plan{Actions: without(p.Actions, now)}
	r.res.Unapproved = strong(r.res.Plan.Actions)
	if len(now) == 0 {
		r.res.Complete = true
		return nil
	}
	r.recovered = false
	if _, err = r.carryOut(ctx, snap, now); err == nil {
		err = r.remark(ctx)
	}
	r.recovered, r.res.Complete = err == nil, err == nil
	return err
}

// remark brings the marks up to date that tell an older state than the undo
// has left: an entry that was made again has another id, and a link on hold
// has agreed on nothing.
func (r *run) remark(ctx context.Context) error {
	snap, p, err := r.plan(ctx)
	if err != nil || p.Halt != nil {
		return err
	}
	marks := inOrder(p.Actions, func(a plan.Action) bool { return a.Kind == plan.Stamp })
	if len(marks) == 0 {
		return nil
	}
	_, err = r.carryOut(ctx, snap, marks)
	return err
}

// without are the actions that are not among those done.
func without(all, done []plan.Action) []plan.Action {
	n := map[string]int{}
	for _, a := range done {
		n[a.Hash()]++
	}
	var out []plan.Action
	for _, a := range all {
		if h := a.Hash(); n[h] > 0 {
			n[h]--
		} else {
			out = append(out, a)
		}
	}
	return out
}

func (e *Engine) planUndo(ctx context.Context, u Undone) (state.Snapshot, plan.Plan, error) {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return state.Snapshot{}, plan.Plan{}, fmt.Errorf("load state: %w", err)
	}
	in := e.input(snap, nil)
	undo := plan.UndoInput{
		Past: u.Past, Links: snap.Links, Mirror: snap.Mirror, Busy: in.Busy, Caps: in.Caps,
		Normalize: in.Normalize, Office: e.Office, Shared: u.Shared, Redo: u.Redo,
	}
	for s, ep := range e.Endpoints {
		_, undo.TakesBack[s] = ep.(endpoint.Restorer)
	}
	return snap, plan.Undo(undo), nil
}

// send carries a batch out.
func (e *Engine) send(ctx context.Context, a plan.Action, ops []endpoint.Op) []endpoint.Result {
	ep := e.Endpoints[a.Side]
	if back, ok := ep.(endpoint.Restorer); ok && a.Restore != nil {
		return back.Restore(ctx, ops)
	}
	return ep.Apply(ctx, ops)
}

// settled asks the side what became of an entry.
func (e *Engine) settled(ctx context.Context, en state.Entry) (endpoint.Outcome, error) {
	a := en.Intent.Action
	ep := e.Endpoints[a.Side]
	if back, ok := ep.(endpoint.Restorer); ok && a.Restore != nil {
		return back.Restored(ctx, opOf(en.Intent), en.SentAt)
	}
	return ep.Settle(ctx, opOf(en.Intent), en.SentAt)
}

// heldRows is what the mirrors know after an action of an undo: a link goes on
// without the end that was taken from it, and with an end that is not there.
func heldRows(a plan.Action, l plan.Link) []state.Row {
	var out []state.Row
	other := a.Side.Other()
	switch {
	case a.Kind == plan.Delete || a.Kind == plan.Leave:
		out = append(out, state.Row{Side: a.Side, ID: a.Have[a.Side].ID, Gone: true})
	case a.Restore != nil && a.Have[other] == nil && l.Refs[other].ID != "":
		if _, _, part := event.SplitOccurrence(l.Refs[other].ID); part {
			break // the series tells which occurrences it has
		}
		out = append(out, state.Row{Side: other, ID: l.Refs[other].ID, Gone: true})
	}
	return out
}
