package office

import (
	"context"
	"fmt"
	"maps"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// PersonPlan is one person's part of a preview.
type PersonPlan struct {
	Person state.Person
	Plan   plan.Plan
	// Err is why there is no plan; the others' stand.
	Err error
}

// Preview is what would be done for everybody, and the digest by which a
// person approves exactly that.
type Preview struct {
	People []PersonPlan
	// Digest is empty when nothing waits for approval.
	Digest string
}

// Preview pulls and plans for the people asked for (all, when who is empty)
// in one pass: a meeting that several of them hold is created once, by the
// first, and awaited by the others. Nothing is written to any calendar. What
// it shows is stored under its digest.
func (o *Office) Preview(ctx context.Context, who []event.PersonID, full bool) (Preview, error) {
	desks, err := o.load(ctx, who)
	if err != nil {
		return Preview{}, err
	}
	planned := map[string]bool{}
	defer o.overlay.plan(nil)
	out := Preview{}
	hashes := map[event.PersonID][]string{}
	for _, d := range desks {
		if err := ctx.Err(); err != nil {
			return Preview{}, err
		}
		o.overlay.plan(maps.Clone(planned))
		p, err := o.previewOne(ctx, d, full)
		out.People = append(out.People, PersonPlan{Person: d.person, Plan: p, Err: err})
		for _, a := range p.Actions {
			if !a.Kind.Writes() || a.Kind.Weak() {
				continue
			}
			hashes[d.person.ID] = append(hashes[d.person.ID], a.Hash())
			if have := a.Have[event.Exchange]; a.Kind == plan.Create && a.Side == event.Business && have != nil && have.UID != "" {
				planned[have.UID] = true
			}
		}
	}
	if len(hashes) == 0 {
		return out, nil
	}
	out.Digest = digestOf(hashes)
	if err := o.Book.SavePreview(ctx, out.Digest, hashes, o.Now()); err != nil {
		return out, fmt.Errorf("store preview: %w", err)
	}
	return out, nil
}

func (o *Office) previewOne(ctx context.Context, d *desk, full bool) (plan.Plan, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := o.ready(ctx, d); err != nil {
		return plan.Plan{}, err
	}
	return d.engine.Preview(ctx, full)
}
