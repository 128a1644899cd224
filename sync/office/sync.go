package office

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Order is what a Sync shall do.
type Order struct {
	Who   []event.PersonID // empty: everybody who is switched on
	Cause state.Cause
	// Digest approves what the preview of that digest showed.
	Digest string
	// ApproveFirst approves the first sync of everybody in Who, whatever it holds.
	ApproveFirst bool
	// Full lists both sides whole.
	Full bool
}

// PersonResult is what a Sync came to for one person.
type PersonResult struct {
	Person state.Person
	engine.Result
	// Err is what ended his run early.
	Err error
}

// Summary is what a Sync came to.
type Summary struct {
	People []PersonResult
}

// Sync brings people in step once. One person's trouble is in his result and
// stops nobody else; the error is for the whole, before anybody was begun.
func (o *Office) Sync(ctx context.Context, order Order) (Summary, error) {
	desks, err := o.load(ctx, order.Who)
	if err != nil {
		return Summary{}, err
	}
	approved := map[event.PersonID][]string{}
	if order.Digest != "" {
		if approved, err = o.Book.Preview(ctx, order.Digest); err != nil {
			return Summary{}, fmt.Errorf("find preview %s: %w", order.Digest, err)
		}
	}
	opts := make([]engine.Options, len(desks))
	for i, d := range desks {
		opts[i] = engine.Options{Cause: order.Cause, Full: order.Full}
		opts[i].Approval.Standing = order.ApproveFirst
		opts[i].Approval.Hashes = map[string]bool{}
		for _, h := range approved[d.person.ID] {
			opts[i].Approval.Hashes[h] = true
		}
	}
	o.board.begin()
	defer o.board.end()
	results := make([]PersonResult, len(desks))
	o.each(len(desks), func(i int) bool { return true }, func(i int) {
		results[i] = o.syncOne(ctx, desks[i], opts[i])
	})
	// Who awaits a colleague's entry finds it now, if the colleague's run made it.
	o.each(len(desks), func(i int) bool { return awaits(results[i]) && ctx.Err() == nil }, func(i int) {
		opts[i].Full, opts[i].Cause = false, order.Cause
		results[i] = joined(results[i], o.syncOne(ctx, desks[i], opts[i]))
	})
	for _, r := range results {
		o.note(context.WithoutCancel(ctx), r)
	}
	return Summary{People: results}, nil
}

// each calls do for the indices that want chooses, some at once.
func (o *Office) each(n int, want func(int) bool, do func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, o.Parallel)
	for i := range n {
		if !want(i) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	wg.Wait()
}

func awaits(r PersonResult) bool {
	return r.Err == nil && slices.ContainsFunc(r.Plan.Actions, func(a plan.Action) bool { return a.Kind == plan.Await })
}

// joined is the result of two runs of one person that were one Sync.
func joined(a, b PersonResult) PersonResult {
	for s := range b.Written {
		if b.Written[s] == nil {
			b.Written[s] = map[string]int{}
		}
		for kind, n := range a.Written[s] {
			b.Written[s][kind] += n
		}
	}
	b.Paired += a.Paired
	b.Notified += a.Notified
	return b
}

func (o *Office) syncOne(ctx context.Context, d *desk, opts engine.Options) PersonResult {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := PersonResult{Person: d.person}
	if err := ctx.Err(); err != nil {
		out.Err = err
		return out
	}
	if err := o.ready(ctx, d); err != nil {
		out.Err = err
		out.Failed = endpoint.As(err).Kind.String()
		return out
	}
	out.Result, out.Err = d.engine.Sync(ctx, opts)
	return out
}

// note keeps what a person's run said for status and for the next start.
func (o *Office) note(ctx context.Context, r PersonResult) {
	p := state.Pulse{
		Person: r.Person.ID, Tried: o.Now(), Failed: r.Failed, Halt: r.Halt,
		Waiting: r.Waiting, Problems: r.Problems,
	}
	if r.Complete && r.Err == nil && !waitsForApproval(r.Plan) {
		p.Complete = p.Tried
	} else {
		p.Complete = o.board.pulse(r.Person.ID).Complete
	}
	retry := time.Time{}
	if r.RetryAfter > 0 {
		retry = p.Tried.Add(r.RetryAfter)
	}
	o.board.note(r.Person, p, waitsForApproval(r.Plan), retry, r.Err)
	if err := o.Book.SavePulse(ctx, p); err != nil {
		o.Log.ErrorContext(ctx, "pulse not stored", "person", r.Person.ID, "err", err)
	}
	if r.Err != nil {
		o.Log.WarnContext(ctx, "run ended early", "person", r.Person.ID, "failed", r.Failed, "err", r.Err)
	}
}

// waitsForApproval tells whether a plan holds writes that nobody approved.
func waitsForApproval(p plan.Plan) bool {
	return slices.ContainsFunc(p.Actions, func(a plan.Action) bool { return a.Kind.Writes() && !a.Kind.Weak() })
}
