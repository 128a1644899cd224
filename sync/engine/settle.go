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

// applied is how an entry is closed that its side has carried out. links is
// kept up to date.
func (e *Engine) applied(links map[plan.LinkID]plan.Link, en state.Entry, res endpoint.Result) state.Settled {
	a := en.Intent.Action
	norm, _ := e.sides()
	done := plan.Done{Item: res.Item, Exact: res.Exact, Stamp: en.Intent.Stamp}
	link, keep := plan.After(links[a.Link], a, done, norm)
	s := state.Settled{
		Entry: en.ID, Outcome: state.Applied, Before: a.Have[a.Side], Notified: res.Notified, At: e.Now(),
	}
	if res.Before != nil {
		s.Before = res.Before
	}
	if source := a.Have[a.Side.Other()]; s.Before != nil && source != nil && source.Veil != (event.Veil{}) &&
		links[a.Link].Origin == plan.OriginOf(a.Side.Other()) {
		// What the copy showed while the entry was not private yet.
		before, was := e.bare(a.Side, *s.Before), links[a.Link]
		was.Base[a.Side] = e.bare(a.Side, event.Item{Event: was.Base[a.Side]}).Event
		s.Before, s.Was = &before, &was
	}
	if keep {
		s.Link = &link
		if a.Link != "" {
			links[a.Link] = link // a second action on the link goes on from here
		}
	} else {
		s.Unlink = a.Link
	}
	switch a.Kind {
	case plan.Create, plan.Update, plan.Stamp:
		s.Turns = plan.Turns(a, a.Fields, s.At, norm, e.Digest)
		s.After = e.mirrored(en, res)
		s.Rows = append(s.Rows, state.Row{Side: a.Side, ID: s.After.ID, Item: s.After})
		if was := a.Have[a.Side]; was != nil && was.ID != s.After.ID {
			s.Rows = append(s.Rows, state.Row{Side: a.Side, ID: was.ID})
		}
		if gone := links[a.Link].Refs[a.Side].ID; gone != "" && gone != s.After.ID {
			s.Rows = append(s.Rows, state.Row{Side: a.Side, ID: gone}) // what was made again
		}
	case plan.Delete, plan.Leave, plan.Unlink:
		if a.Hold != nil {
			break
		}
		for side, ref := range links[a.Link].Refs {
			if ref.ID != "" && (a.Kind != plan.Unlink || a.Have[side] == nil) {
				s.Rows = append(s.Rows, state.Row{Side: event.Side(side), ID: ref.ID})
			}
			// One that got another name since the link was stored.
			if have := a.Have[side]; have != nil && a.Kind != plan.Unlink && have.ID != ref.ID {
				s.Rows = append(s.Rows, state.Row{Side: event.Side(side), ID: have.ID})
			}
		}
	case plan.Pair, plan.Await, plan.Ask, plan.Skip:
	}
	if a.Hold != nil {
		s.Rows = append(s.Rows, heldRows(a, link)...)
	}
	s.Rows = e.series.place(a, s.Rows, res.Item)
	return s
}

// mirrored is what the mirror knows of an entry after a write: what was read
// after it, or what was there with our fields written over it.
func (e *Engine) mirrored(en state.Entry, res endpoint.Result) *event.Item {
	if res.Exact && res.Item != nil {
		return res.Item
	}
	a := en.Intent.Action
	var out event.Item
	if have := a.Have[a.Side]; have != nil {
		out = *have
	}
	if res.Item != nil {
		out.Ref = res.Item.Ref
		if res.Item.UID != "" {
			out.UID = res.Item.UID
		}
	}
	switch a.Kind {
	case plan.Create:
		out.Event = e.Endpoints[a.Side].Normalize(a.Want)
		out.Created, out.Modified = e.Now(), e.Now()
	case plan.Update:
		out.Event = event.Take(out.Event, e.Endpoints[a.Side].Normalize(a.Want), a.Fields)
		out.Modified = e.Now()
	case plan.Pair, plan.Delete, plan.Leave, plan.Stamp, plan.Unlink, plan.Await, plan.Ask, plan.Skip:
	}
	if en.Intent.Stamp != (event.Stamp{}) && a.Side == event.Exchange {
		out.Stamp = en.Intent.Stamp
	}
	return &out
}

// notApplied is how an entry is closed that its side has refused, for now or
// for good.
func (e *Engine) notApplied(en state.Entry, err *endpoint.Error) state.Settled {
	s := state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now()}
	s.Why = plan.Reason{Code: plan.CannotWrite, From: en.Intent.Action.Side, Detail: detail(err)}
	if err.Kind == endpoint.Throttled || err.Kind == endpoint.Unavailable || err.Scope == endpoint.ScopeAccount {
		s.Outcome = state.Dropped
	}
	if err.Scope == endpoint.ScopeItem && (err.Kind == endpoint.Invalid || err.Kind == endpoint.Forbidden || err.Kind == endpoint.Internal) {
		e.refused[en.Intent.Action.Hash()] = detail(err)
	}
	return s
}

// detail is a system's own code for an error, or else its kind.
func detail(err *endpoint.Error) string {
	if err.Code != "" {
		return err.Code
	}
	return err.Kind.String()
}

// settle closes entries and counts them for the report.
func (r *run) settle(ctx context.Context, entries []state.Entry, settled []state.Settled) error {
	if len(settled) == 0 {
		return nil
	}
	if err := r.record(ctx, settled); err != nil {
		return fmt.Errorf("record results: %w", err)
	}
	for i, s := range settled {
		a := entries[i].Intent.Action
		switch {
		case s.Outcome == state.Applied && a.Kind == plan.Pair && a.Hold != nil:
			// Nothing but our own note of it has changed.
		case s.Outcome == state.Applied && a.Kind == plan.Pair:
			r.res.Paired++
		case s.Outcome == state.Applied && a.Kind.Writes():
			r.res.Written[a.Side][a.Kind.String()]++
			if s.Notified == 0 {
				r.res.Untold += a.Untold
			}
			if a.Reason.Code == plan.PutBack || a.Reason.Code == plan.PutBackOnce {
				r.res.PutBack++
			}
			if a.Cut|a.Unprintable != 0 {
				r.res.Cut[a.Side]++
			}
			r.res.Notified += s.Notified
		}
		// What was applied has a reason to tell where it was so in part.
		if (s.Outcome == state.NotApplied || s.Outcome == state.Applied) && s.Why.Code != "" && a.Have[a.Side.Other()] != nil {
			r.res.Problems = append(r.res.Problems, state.Problem{
				Side: a.Side.Other(), ID: a.Have[a.Side.Other()].ID, Reason: s.Why,
			})
		}
	}
	return nil
}

// findOut settles entries of this run whose answers were lost.
func (r *run) findOut(ctx context.Context, entries []state.Entry) error {
	return r.resolve(ctx, entries, r.settle)
}

// recoverOpen settles what an earlier run left open: nothing new is planned
// before every request that may have been sent is accounted for.
// It returns how many of them had been carried out.
func (e *Engine) recoverOpen(ctx context.Context) (applied int, err error) {
	if e.recovered {
		return 0, nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return 0, fmt.Errorf("load state: %w", err)
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
		return 0, err
	}
	if applied, err = e.recoverSent(ctx, sent); err != nil {
		return applied, err
	}
	e.idle = e.idle && len(snap.Open) == 0
	e.recovered = true
	return applied, nil
}

// recoverSent finds out what became of requests of an earlier run. It may have
// to complete one, and so waits for its turn to write.
func (e *Engine) recoverSent(ctx context.Context, sent []state.Entry) (applied int, err error) {
	if len(sent) == 0 {
		return 0, nil
	}
	for _, gate := range e.Gates {
		if gate == nil {
			continue
		}
		release, err := gate.Acquire(ctx)
		if err != nil {
			return 0, err
		}
		defer release()
	}
	err = e.resolve(ctx, sent, func(ctx context.Context, _ []state.Entry, settled []state.Settled) error {
		for _, s := range settled {
			if s.Outcome == state.Applied {
				applied++
			}
		}
		return e.record(ctx, settled)
	})
	return applied, err
}

// resolve asks the endpoints what became of entries and closes them. An entry
// that cannot be looked into now stays open, and its error is returned after
// the others were tried.
func (e *Engine) resolve(ctx context.Context, entries []state.Entry, record func(context.Context, []state.Entry, []state.Settled) error) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	links := linksByLinkID(snap.Links)
	e.series = seriesIn(snap)
	known := knownIn(snap)
	var failed error
	for i, en := range entries {
		s, gone, err := e.outcome(ctx, links, en, twins(entries[i:]), known)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if err := record(ctx, []state.Entry{en}, []state.Settled{s}); err != nil {
			return err
		}
		if gone != "" {
			side := en.Intent.Action.Side
			p := state.Pull{Changes: []endpoint.Change{{ID: gone, Gone: true}}, Next: snap.Cursors[side], Last: true, At: e.Now()}
			if err := e.Store.SavePull(ctx, side, p); err != nil {
				return fmt.Errorf("store a deletion: %w", err)
			}
		}
	}
	return failed
}

// outcome asks what became of one entry. left is how many entries like it are
// still to be accounted for, itself included. gone is the entry that a create
// made and somebody has deleted since.
func (e *Engine) outcome(ctx context.Context, links map[plan.LinkID]plan.Link, en state.Entry, left int, known known) (s state.Settled, gone event.ID, err error) {
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
			} else if out.Item, err = e.complete(ctx, a, *out.Item); err != nil {
				return s, "", err
			}
		}
		return e.foundApplied(links, en, out), gone, nil
	case endpoint.NotApplied:
		if a.Kind == plan.Update && out.Item != nil {
			return e.foundApplied(links, en, out), "", nil // field by field: a part of it may have been
		}
		return state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now()}, "", nil
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
func (e *Engine) complete(ctx context.Context, a plan.Action, it event.Item) (*event.Item, error) {
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
	if len(whole.Attendees) == len(it.Attendees) {
		return &it, nil
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

// foundApplied closes an entry that was found to have been carried out. The
// base is what we wrote, not what was found: a person may have edited it
// since. Of an update, only fields that hold what we wanted count as written.
func (e *Engine) foundApplied(links map[plan.LinkID]plan.Link, en state.Entry, out endpoint.Outcome) state.Settled {
	a := en.Intent.Action
	was := links[a.Link]
	s := e.applied(links, en, endpoint.Result{Item: out.Item})
	if out.Item == nil || a.Kind == plan.Delete || a.Kind == plan.Leave {
		return s
	}
	if a.Kind == plan.Update || a.Kind == plan.Create && a.Want.Recurrence != nil {
		norm, _ := e.sides()
		stamp := out.Item.Stamp
		if a.Kind == plan.Create {
			stamp = en.Intent.Stamp
		}
		link, some := plan.Found(was, a, plan.Done{Item: out.Item, Stamp: stamp}, norm)
		if !some {
			links[a.Link] = was
			return state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now()}
		}
		s.Link = &link
		if a.Link != "" {
			links[a.Link] = link
		}
		arrived := a.Fields &^ event.Diff(out.Item.Event, norm[a.Side](a.Want))
		s.Turns = plan.Turns(a, arrived, s.At, norm, e.Digest)
	}
	s.After = out.Item
	s.Rows = []state.Row{{Side: a.Side, ID: out.Item.ID, Item: out.Item}}
	if a.Hold != nil {
		s.Rows = append(s.Rows, heldRows(a, *s.Link)...)
	}
	s.Rows = e.series.place(a, s.Rows, out.Item)
	return s
}

// close writes the report of a run that did something.
func (r *run) close(ctx context.Context, failed error) {
	r.res.Ended = r.Now()
	for _, a := range r.res.Plan.Actions {
		switch {
		case a.Kind == plan.Ask:
			r.res.Waiting++
		case a.Kind == plan.Skip && slices.Contains([]plan.Code{plan.CannotRead, plan.CannotWrite, plan.SeriesSkipped, plan.SeriesStays}, a.Reason.Code):
			if have := a.Have[a.Side]; have != nil {
				r.res.Problems = append(r.res.Problems, state.Problem{Side: a.Side, ID: have.ID, Reason: a.Reason})
			}
		}
	}
	if h := r.res.Plan.Halt; h != nil {
		r.res.Halt = &h.Reason
	}
	if failed != nil {
		r.fail(failed)
	}
	// Who approved all that is found has nothing left to approve, even if an
	// entry changed under our hands and must be looked at again.
	r.res.Approved = r.res.Complete && (r.opts.Approval.Standing || strong(r.res.Plan.Actions) == 0)
	if r.id == 0 && (!r.res.Approved || r.approvedBefore) {
		return // nothing was done, and there is nothing new to remember
	}
	if err := r.Store.EndRun(ctx, r.id, r.res.Report); err != nil {
		r.Log.ErrorContext(ctx, "report not stored", "person", r.Person, "run", r.id, "err", err)
	}
}

// FailedLease is the Report.Failed of a run that lost its lease on the way.
const FailedLease = "lease"

// fail puts what ended a run early into its report.
func (r *run) fail(err error) {
	r.res.Complete = false
	if who, ok := errors.AsType[*IdentityError](err); ok {
		r.res.Halt = &plan.Reason{Code: plan.IdentityChanged, From: who.Side}
		r.res.Failed = string(plan.IdentityChanged)
		return
	}
	if _, ok := errors.AsType[*LeaseError](err); ok {
		r.res.Failed = FailedLease
		return
	}
	ep, ok := errors.AsType[*endpoint.Error](err)
	if !ok {
		r.res.Failed = "internal"
		return
	}
	r.res.Failed = ep.Kind.String()
	if ep.Code != "" {
		r.res.Failed += " " + ep.Code
	}
	r.res.RetryAfter = ep.RetryAfter
	if ep.Scope == endpoint.ScopeCalendar && (ep.Kind == endpoint.Forbidden || ep.Kind == endpoint.NotFound) {
		r.res.Halt = &plan.Reason{Code: plan.CalendarRefused, From: ep.Side, Detail: detail(ep)}
	}
}
