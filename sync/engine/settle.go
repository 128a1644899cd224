package engine

import (
	"context"
	"errors"
	"fmt"

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
		Rest: a.Rest,
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

// foundApplied closes an entry that was found to have been carried out. The
// base is what we wrote, not what was found: a person may have edited it
// since. Of an update, only fields that hold what we wanted count as written.
func (e *Engine) foundApplied(links map[plan.LinkID]plan.Link, en state.Entry, out endpoint.Outcome) state.Settled {
	a := en.Intent.Action
	was := links[a.Link]
	s := e.applied(links, en, endpoint.Result{Item: out.Item, Notified: a.Mails})
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
			return e.hushed(links, en, state.Settled{Entry: en.ID, Outcome: state.NotApplied, At: e.Now()})
		}
		s.Link = &link
		if a.Link != "" {
			links[a.Link] = link
		}
		arrived := a.Fields &^ event.Diff(out.Item.Event, norm[a.Side](a.Want))
		s.Turns = plan.Turns(a, arrived, s.At, norm, e.Digest)
		if was := a.Have[a.Side]; was != nil { // only where nobody has typed anything else since
			s.Rest |= a.Answered() &^ arrived &^ event.Diff(out.Item.Event, was.Event)
		}
	}
	s.After = out.Item
	s.Rows = []state.Row{{Side: a.Side, ID: out.Item.ID, Item: out.Item}}
	if a.Hold != nil {
		s.Rows = append(s.Rows, heldRows(a, *s.Link)...)
	}
	s.Rows = e.series.place(a, s.Rows, out.Item)
	return s
}

// hushed keeps what is still to be written to an entry from mailing anybody: the
// request whose answer was lost may have done so already.
func (e *Engine) hushed(links map[plan.LinkID]plan.Link, en state.Entry, s state.Settled) state.Settled {
	a := en.Intent.Action
	link, ok := links[a.Link]
	if a.Mails == 0 || !ok || s.Unlink != "" {
		return s
	}
	if s.Link != nil {
		link = *s.Link
	}
	link.Quiet = true
	links[a.Link], s.Link = link, &link
	return s
}

// close writes the report of a run that did something.
func (r *run) close(ctx context.Context, failed error) {
	r.res.Ended = r.Now()
	waiting, problems := tally(r.res.Plan.Actions)
	r.res.Waiting += waiting
	r.res.Problems = append(r.res.Problems, problems...)
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
