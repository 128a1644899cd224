package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// UndoOrder names what to undo.
type UndoOrder struct {
	// Run is the run; 0 means the newest of Who that changed anything.
	Run state.RunID
	// Who has to be the run's person, if he is named.
	Who event.PersonID
	// Item limits the undo to one entry, named by its id on either side or by
	// the number of one of its changes; empty: the whole run.
	Item string
	// Digest approves what the preview of that digest showed, and nothing
	// else; empty: all that can be undone.
	Digest string
}

// Undo finds no such thing.
var (
	// ErrNoSuchItem says that the run has changed no such entry.
	ErrNoSuchItem = errors.New("the run changed no such entry")
	// ErrNotHisRun says that the run was somebody else's.
	ErrNotHisRun = errors.New("the run was somebody else's")
)

// UndoResult is what an undo came to; Run is the run that was undone.
type UndoResult struct {
	PersonResult
	Run state.RunID
	// Others are the colleagues whose copies of meetings went back along with it.
	Others []PersonResult
}

// UndoPreview is what an undo would do; Run is the run that it is about.
type UndoPreview struct {
	PersonPlan
	Run state.RunID
	// Others are the colleagues whose copies of meetings go back along with it.
	Others []PersonPlan
	// Digest approves exactly that; empty when there is nothing to do.
	Digest string
}

// PreviewUndo shows what Undo would do; nothing is written to any calendar.
func (o *Office) PreviewUndo(ctx context.Context, order UndoOrder) (UndoPreview, error) {
	s, u, run, err := o.undone(ctx, order)
	if err != nil {
		return UndoPreview{}, err
	}
	p, err := o.planUndo(ctx, s, u)
	if err != nil {
		return UndoPreview{}, err
	}
	out := UndoPreview{PersonPlan: PersonPlan{Person: s.who, Plan: p}, Run: run.ID}
	if out.Others, err = o.previewFollowers(ctx, run, p); err != nil {
		return UndoPreview{}, err
	}
	all := map[event.PersonID][]string{}
	for _, who := range append([]PersonPlan{out.PersonPlan}, out.Others...) {
		for _, a := range who.Plan.Actions {
			if a.Kind.Writes() || a.Kind == plan.Pair {
				all[who.Person.ID] = append(all[who.Person.ID], a.Hash())
			}
		}
	}
	if len(all) == 0 {
		return out, nil
	}
	out.Digest = digestOf(all)
	if err := o.Book.SavePreview(ctx, out.Digest, all, o.Now()); err != nil {
		return out, fmt.Errorf("store preview: %w", err)
	}
	return out, nil
}

// Undo gives back what a run has changed and nobody since, as a run of its own.
func (o *Office) Undo(ctx context.Context, order UndoOrder) (UndoResult, error) {
	s, u, run, err := o.undone(ctx, order)
	if err != nil {
		return UndoResult{}, err
	}
	var shown map[event.PersonID][]string
	if order.Digest != "" {
		if shown, err = o.Book.Preview(ctx, order.Digest); err != nil {
			return UndoResult{}, fmt.Errorf("find preview %s: %w", order.Digest, err)
		}
		if shown == nil {
			shown = map[event.PersonID][]string{}
		}
	}
	ctx, done := o.stoppable(ctx)
	defer done()
	o.board.begin()
	defer o.board.end()
	out := UndoResult{PersonResult: PersonResult{Person: s.who}, Run: run.ID}
	leads, err := o.leadsOf(ctx, s, u)
	if err != nil {
		return out, err
	}
	out.PersonResult = o.undoOne(ctx, s, u, approvedOf(shown, s.who.ID))
	if out.Err == nil && len(leads) > 0 {
		out.Others, out.Err = o.undoFollowers(ctx, run, leads, shown)
	}
	return out, nil
}

// planUndo is what an undo would do for the person whose run it was.
func (o *Office) planUndo(ctx context.Context, s seat, u engine.Undone) (plan.Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := o.ready(ctx, s.desk, s.who); err != nil {
		return plan.Plan{}, err
	}
	return s.engine.PreviewUndo(ctx, u)
}

// undone finds whose run it was and what it has changed.
func (o *Office) undone(ctx context.Context, order UndoOrder) (s seat, u engine.Undone, past state.PastRun, err error) {
	if past, err = o.pastRun(ctx, order); err != nil {
		return s, u, past, err
	}
	if s, err = o.seatOf(ctx, past.Person); err != nil {
		return s, u, past, err
	}
	changes, err := o.History.Changes(ctx, past.ID)
	if err != nil {
		return s, u, past, fmt.Errorf("load history: %w", err)
	}
	u.Redo = past.Cause == state.CauseUndo
	for _, c := range changes {
		if c.Outcome == state.Applied {
			u.Past = append(u.Past, c.Past())
		}
	}
	if order.Item != "" {
		if u.Past = about(u.Past, order.Item); len(u.Past) == 0 {
			return s, u, past, ErrNoSuchItem
		}
	}
	u.Shared, err = o.sharedWith(ctx, past.Person, u.Past)
	return s, u, past, err
}

// pastRun is the run that an order names.
func (o *Office) pastRun(ctx context.Context, order UndoOrder) (state.PastRun, error) {
	runs, err := o.History.Runs(ctx, 0)
	if err != nil {
		return state.PastRun{}, fmt.Errorf("load history: %w", err)
	}
	for _, r := range runs {
		switch {
		case order.Run == 0 && r.Person == order.Who && len(r.Report.Written[0])+len(r.Report.Written[1]) > 0:
			return r, nil
		case order.Run == 0 || r.ID != order.Run:
		case order.Who != "" && r.Person != order.Who:
			return r, ErrNotHisRun
		default:
			return r, nil
		}
	}
	return state.PastRun{}, state.ErrUnknownRun
}

// about are the changes of one entry and its counterpart.
func about(past []plan.Past, item string) []plan.Past {
	number, err := strconv.ParseInt(item, 10, 64)
	named := func(p plan.Past) bool {
		return err == nil && p.Entry == number ||
			p.Before != nil && string(p.Before.ID) == item || p.After != nil && string(p.After.ID) == item
	}
	links, ids := map[plan.LinkID]bool{}, map[event.ID]bool{}
	note := func(p plan.Past) {
		if p.Link != "" {
			links[p.Link] = true
		}
		for _, it := range []*event.Item{p.Before, p.After} {
			if it != nil {
				ids[it.ID] = true
			}
		}
	}
	for _, p := range past {
		if named(p) {
			note(p)
		}
	}
	return slices.DeleteFunc(slices.Clone(past), func(p plan.Past) bool {
		return !named(p) && !links[p.Link] && (p.Before == nil || !ids[p.Before.ID]) && (p.After == nil || !ids[p.After.ID])
	})
}

// sharedWith are the business entries that the links of colleagues hold, guests left out. It is
// only asked for where entries were made there.
func (o *Office) sharedWith(ctx context.Context, but event.PersonID, past []plan.Past) (map[event.ID]bool, error) {
	out := map[event.ID]bool{}
	if !slices.ContainsFunc(past, func(p plan.Past) bool { return p.Kind == plan.Create && p.Side == event.Business }) {
		return out, nil
	}
	people, err := o.People(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if p.ID == but || p.Guest || p.Resource != "" { // a guest's or a room's copy goes along with its activity
			continue
		}
		snap, err := o.State.Person(p.ID).Load(ctx)
		if err != nil {
			return nil, fmt.Errorf("load state: %w", err)
		}
		for _, l := range snap.Links {
			if l.State != plan.Held { // one on hold takes nothing along
				out[l.Refs[event.Business].ID] = true
			}
		}
	}
	return out, nil
}

// seatOf is one person's seat, whether he is switched on or not.
func (o *Office) seatOf(ctx context.Context, id event.PersonID) (seat, error) {
	if _, err := o.load(ctx, nil); err != nil && !errors.Is(err, ErrNobody) {
		return seat{}, err
	}
	people, err := o.People(ctx)
	if err != nil {
		return seat{}, err
	}
	i := slices.IndexFunc(people, func(p state.Person) bool { return p.ID == id })
	if i < 0 {
		return seat{}, ErrNoSuchPerson
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.desks[id] == nil {
		o.desks[id] = &desk{}
	}
	return seat{o.desks[id], people[i]}, nil
}
