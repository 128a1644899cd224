package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

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
	// First: nothing of it is carried out before a person approves it. What is
	// left then goes over with the next scheduled run, approved or not.
	First bool
	// Linked is how many entries are kept in step.
	Linked int
	// Agreed is what both sides last agreed on; see engine.Look.
	Agreed map[plan.LinkID][2]event.Event
}

// Preview is what would be done for everybody, and the digest by which a
// person approves exactly that.
type Preview struct {
	People []PersonPlan
	// Digest is empty when nothing waits for approval.
	Digest string
	At     time.Time
	// Except are the rows that a person has taken out of it; see LeaveOut.
	Except map[event.PersonID][]string
}

// Preview pulls and plans for the people asked for (all, when who is empty)
// in one pass: a meeting that several of them hold is created once, by the
// first, and awaited by the others. Nothing is written to any calendar. What
// it shows is stored under its digest.
func (o *Office) Preview(ctx context.Context, who []event.PersonID, full bool) (Preview, error) {
	defer o.rest()
	seats, err := o.load(ctx, who)
	if err != nil {
		return Preview{}, err
	}
	planned := map[string]bool{}
	out := Preview{At: o.Now()}
	hashes := map[event.PersonID][]string{}
	for _, s := range seats {
		if err := ctx.Err(); err != nil {
			return Preview{}, err
		}
		shown := o.previewOne(ctx, s, full, out.At, planned)
		p := shown.Plan
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
	if len(hashes) > 0 {
		out.Digest = digestOf(hashes)
		if err := o.Book.SavePreview(ctx, out.Digest, hashes, o.Now()); err != nil {
			return out, fmt.Errorf("store preview: %w", err)
		}
	}
	if len(who) > 0 {
		return out, nil
	}
	if out.Except, err = o.stillLeftOut(ctx, out); err != nil {
		return out, err
	}
	o.keepShown(&out)
	return out, nil
}

func (o *Office) previewOne(ctx context.Context, s seat, full bool, asked time.Time, planned map[string]bool) PersonPlan {
	out := PersonPlan{Person: s.who}
	s.mu.Lock()
	defer s.mu.Unlock()
	if out.Err = o.ready(ctx, s.desk, s.who); out.Err != nil {
		return out
	}
	s.refresh(asked)
	s.planned = planned
	defer func() { s.planned = nil }()
	look, err := s.engine.Look(ctx, full)
	out.Plan, out.Agreed, out.Linked, out.Err = look.Plan, look.Agreed, look.Linked, err
	out.First = look.First || s.who.Review
	return out
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
