package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

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
	seats, err := o.load(ctx, who)
	if err != nil {
		return Preview{}, err
	}
	planned := map[string]bool{}
	out := Preview{}
	hashes := map[event.PersonID][]string{}
	for _, s := range seats {
		if err := ctx.Err(); err != nil {
			return Preview{}, err
		}
		p, err := o.previewOne(ctx, s, full, planned)
		shown := PersonPlan{Person: s.who, Plan: p, Err: err}
		out.People = append(out.People, shown)
		if err := o.noteShown(ctx, shown); err != nil {
			return out, err
		}
		for _, a := range offered(p) {
			if !a.Kind.Writes() || a.Kind.Weak() {
				continue
			}
			hashes[s.who.ID] = append(hashes[s.who.ID], a.Hash())
			if uid := newMeeting(a); uid != "" {
				planned[uid] = true
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

func (o *Office) previewOne(ctx context.Context, s seat, full bool, planned map[string]bool) (plan.Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return plan.Plan{}, err
	}
	s.planned = planned
	defer func() { s.planned = nil }()
	return s.engine.Preview(ctx, full)
}

// offered are the actions that a person may approve: those of the plan, and
// those that a safety stop withholds. Approving these releases the stop for
// exactly them.
func offered(p plan.Plan) []plan.Action {
	if p.Halt != nil {
		return p.Halt.Withheld
	}
	return p.Actions
}

// newMeeting is the UID of the Exchange entry for which an action makes a
// business entry; empty if it does not.
func newMeeting(a plan.Action) string {
	have := a.Have[event.Exchange]
	if a.Kind != plan.Create || a.Side != event.Business || have == nil {
		return ""
	}
	return have.UID
}

// digestOf names a set of approved actions over all people.
func digestOf(hashes map[event.PersonID][]string) string {
	var all []string
	for id, hs := range hashes {
		for _, h := range hs {
			all = append(all, string(id)+" "+h)
		}
	}
	slices.Sort(all)
	h := sha256.New()
	for _, line := range all {
		_, _ = fmt.Fprintln(h, line) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
