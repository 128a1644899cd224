package office

import (
	"context"
	"fmt"
	"slices"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Colleagues' copies of a meeting follow its organiser's (plan.Lead). When an
// undo takes his back, theirs go back with it, each as an undo of his own run;
// else they would tell an hour that nobody's but Severa's calendar tells.

// lead is an organiser's copy as an undo makes it.
type lead struct {
	id     event.ID
	want   event.Event
	fields event.FieldSet
}

// leadsBack are the meetings, by UID, of which p changes the person's own copy.
func leadsBack(p plan.Plan) map[string]lead {
	out := map[string]lead{}
	for _, a := range p.Actions {
		x := a.Have[event.Exchange]
		if a.Kind == plan.Update && a.Side == event.Exchange && x != nil && x.UID != "" && x.Meeting && x.Standing == event.StandingOwner {
			out[x.UID] = lead{x.ID, a.Want, a.Fields}
		}
	}
	return out
}

// leadsOf connects for the person of an undo and tells in what his copies will
// lead. What keeps that from being known keeps the undo from being done.
func (o *Office) leadsOf(ctx context.Context, s seat, u engine.Undone) (map[string]lead, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return nil, err
	}
	led := func(p plan.Past) bool {
		return p.Kind == plan.Update && p.Side == event.Exchange && p.After != nil && p.After.Meeting && p.After.Standing == event.StandingOwner
	}
	if !slices.ContainsFunc(u.Past, led) {
		return nil, nil
	}
	p, err := s.engine.PreviewUndo(ctx, u)
	if err != nil {
		return nil, nil // the undo meets it as well, and tells it
	}
	return leadsBack(p), nil
}

// cameBack are those of leads that somebody's copies have come to.
func (o *Office) cameBack(ctx context.Context, who event.PersonID, leads map[string]lead) (map[string]lead, error) {
	snap, err := o.State.Person(who).Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load state: %w", err)
	}
	out := map[string]lead{}
	for uid, l := range leads {
		for i := range snap.Mirror[event.Exchange] {
			row := &snap.Mirror[event.Exchange][i]
			if row.Item.ID == l.id && row.Presence == plan.Present && event.Diff(row.Item.Event, l.want)&l.fields == 0 {
				out[uid] = l
			}
		}
	}
	return out, nil
}

// follower is what of a colleague's run goes back along with an organiser's.
type follower struct {
	who    event.PersonID
	undone engine.Undone
}

// followers are the colleagues' changes, since a run began, of copies that had
// told before what the leads tell again.
func (o *Office) followers(ctx context.Context, since state.PastRun, leads map[string]lead) (out []follower, err error) {
	if len(leads) == 0 {
		return nil, nil
	}
	runs, err := o.History.Runs(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	for _, r := range slices.Backward(runs) {
		if r.Person == since.Person || !r.Report.Ended.IsZero() && r.Report.Ended.Before(since.Started) {
			continue
		}
		changes, err := o.History.Changes(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("load history: %w", err)
		}
		u := engine.Undone{Redo: r.Cause == state.CauseUndo}
		for _, c := range changes {
			if p, ok := goesBack(c, leads); ok {
				u.Past = append(u.Past, p)
			}
		}
		if len(u.Past) > 0 {
			out = append(out, follower{r.Person, u})
		}
	}
	return out, nil
}

// goesBack is the part of a change that goes back along with a lead.
func goesBack(c state.PastChange, leads map[string]lead) (plan.Past, bool) {
	p := c.Past()
	if c.Outcome != state.Applied || c.Kind != plan.Update || c.Side != event.Exchange || c.Before == nil || c.After == nil ||
		c.After.UID == "" || c.After.Standing != event.StandingParticipant {
		return p, false
	}
	l := leads[c.After.UID]
	p.Fields &= l.fields &^ event.Diff(c.Before.Event, l.want)
	return p, p.Fields != 0
}

// previewFollowers is what an undo of the given plan takes back with it.
func (o *Office) previewFollowers(ctx context.Context, run state.PastRun, p plan.Plan) (out []PersonPlan, err error) {
	all, err := o.followers(ctx, run, leadsBack(p))
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		s, err := o.seatOf(ctx, f.who)
		if err != nil {
			return nil, err
		}
		p, err := func() (plan.Plan, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if err := o.ready(ctx, s.desk, s.who); err != nil {
				return plan.Plan{}, err
			}
			return s.engine.PreviewUndo(ctx, f.undone)
		}()
		if err != nil {
			return nil, err
		}
		out = append(out, PersonPlan{Person: s.who, Plan: p})
	}
	return out, nil
}

// undoFollowers takes back what has followed the leads, as far as it is approved.
func (o *Office) undoFollowers(ctx context.Context, run state.PastRun, leads map[string]lead, shown map[event.PersonID][]string) (out []PersonResult, err error) {
	if leads, err = o.cameBack(ctx, run.Person, leads); err != nil {
		return nil, err
	}
	all, err := o.followers(ctx, run, leads)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		s, err := o.seatOf(ctx, f.who)
		if err != nil {
			return out, err
		}
		out = append(out, o.undoOne(ctx, s, f.undone, approvedOf(shown, f.who)))
	}
	return out, nil
}

// undoOne undoes what is one person's.
func (o *Office) undoOne(ctx context.Context, s seat, u engine.Undone, approved map[string]bool) PersonResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := PersonResult{Person: s.who}
	if out.Err = o.ready(ctx, s.desk, s.who); out.Err != nil {
		return out
	}
	out.Result, out.Err = s.engine.Undo(ctx, u, approved)
	out.Err = stopped(ctx, out.Err)
	return out
}

// approvedOf are the hashes that a preview has shown of somebody; nil where no
// preview is meant, and everything is approved.
func approvedOf(shown map[event.PersonID][]string, who event.PersonID) map[string]bool {
	if shown == nil {
		return nil
	}
	out := map[string]bool{}
	for _, h := range shown[who] {
		out[h] = true
	}
	return out
}
