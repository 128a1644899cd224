package memory

import (
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

var _ endpoint.SeriesHolder = (*person)(nil)

// HoldSeries is what the Options say.
func (p *person) HoldSeries(e event.Event) (event.Hold, string) {
	switch {
	case p.opts.Holds != nil:
		return p.opts.Holds(e)
	case p.opts.Caps.Fields.Has(event.FieldRecurrence):
		return event.HoldWhole, ""
	}
	return event.HoldNot, event.HoldNoSeries
}

// BetweenRequests is called before each request of a write that takes several,
// but the first. With an error the system hears of no further request.
func (c *Calendar) BetweenRequests(do func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.between = do
}

// series is what the system makes of the rule and the exceptions of a series:
// an exception holds those fields alone in which it differs, and is there only
// if the rule puts an occurrence where it belongs.
func (o Options) series(e event.Event) event.Event {
	r := *e.Recurrence
	rule := r.Rule()
	r = event.Recurrence{
		Frequency: rule.Frequency, Interval: rule.Interval, Days: rule.Days, Ordinal: rule.Ordinal, DayOfMonth: rule.DayOfMonth,
		Month: rule.Month, FirstDay: rule.FirstDay, Count: rule.Count, Until: rule.Until,
	}
	plain := e
	plain.Recurrence = &r
	out := plain
	for _, x := range e.Recurrence.Overrides {
		original := e.When.On(x.Original.Date)
		at, ok := event.OccurrenceAt(plain, original)
		if !ok {
			continue
		}
		at = o.normalize(event.Take(at, x.Event, x.Fields&^(event.FieldRecurrence|event.FieldAttendees)))
		out = event.WithOccurrence(out, original, &at)
	}
	for _, d := range e.Recurrence.Deleted {
		if original := e.When.On(d.Date); plain.Produces(original) {
			out = event.WithOccurrence(out, original, nil)
		}
	}
	return out
}

// told is a series without those of its exceptions that are, by now, as their
// series is. Such a one stays what it is, and shows when its series goes on.
func told(e event.Event) event.Event {
	out := bareSeries(e)
	for _, x := range e.Recurrence.Overrides {
		if at, ok := event.OccurrenceAt(e, x.Original); ok {
			out = event.WithOccurrence(out, x.Original, &at)
		}
	}
	for _, d := range e.Recurrence.Deleted {
		out = event.WithOccurrence(out, d, nil)
	}
	return out
}

// occurrence finds the series of a composite id and its occurrence.
func (p *person) occurrence(id event.ID) (e *entry, original event.Wall, at event.Event, ok bool) {
	series, original, ok := event.SplitOccurrence(id)
	if !ok {
		return nil, event.Wall{}, event.Event{}, false
	}
	if e, ok = p.entries[series]; !ok || !p.shows(e, p.addr) {
		return nil, event.Wall{}, event.Event{}, false
	}
	at, ok = event.OccurrenceAt(e.item.Event, original)
	return e, original, at, ok
}

// oneOf is an occurrence as an entry of its own.
func (p *person) oneOf(e *entry, id event.ID, at event.Event) event.Item {
	it := p.view(e, p.addr)
	it.ID, it.Event, it.Stamp = id, at, event.Stamp{}
	return it
}

// applyOne carries out an op on one occurrence.
func (p *person) applyOne(op endpoint.Op) endpoint.Result {
	name := op.Kind.String() + " occurrence"
	e, original, at, ok := p.occurrence(op.Target.ID)
	switch {
	case !ok:
		return endpoint.Result{Err: p.notFound(name, op.Target.ID)}
	case e.item.Version != op.Target.Version:
		return endpoint.Result{Err: p.fail(name, op.Target.ID, endpoint.Precondition, endpoint.ScopeItem, "Stale")}
	case op.Kind == endpoint.Mark:
		return endpoint.Result{Err: p.fail(name, op.Target.ID, endpoint.Forbidden, endpoint.ScopeItem, "NoMarks")}
	}
	if code := p.forbidden(e, op); code != "" {
		return endpoint.Result{Err: p.fail(name, op.Target.ID, endpoint.Forbidden, endpoint.ScopeItem, code)}
	}
	before := p.oneOf(e, op.Target.ID, at)
	if op.Kind != endpoint.Update {
		p.change(e, func() { e.item.Event = event.WithOccurrence(e.item.Event, original, nil) })
		out := p.answer(nil, &before, p.mailed(before, op))
		out.Item = &event.Item{Ref: event.Ref{ID: op.Target.ID, Version: e.item.Version}}
		return out
	}
	single := op.Want
	single.Recurrence = nil
	want := event.Take(at, p.opts.normalize(single), op.Fields&p.opts.Caps.Fields&^event.FieldRecurrence)
	if code := refused(want); code != "" {
		return endpoint.Result{Err: p.fail(name, op.Target.ID, endpoint.Invalid, endpoint.ScopeItem, code)}
	}
	p.change(e, func() { e.item.Event = event.WithOccurrence(e.item.Event, original, &want) })
	out := p.answer(e, &before, p.mailed(before, op))
	made := p.oneOf(e, op.Target.ID, want)
	if p.opts.Bare {
		made = event.Item{Ref: made.Ref}
	}
	out.Item = &made
	return out
}

// writeSeries writes want over a series, request by request: what all
// occurrences share first, which takes the exceptions away where the system
// does that, then each exception that is not yet as wanted. err is why it
// stopped before the end.
func (p *person) writeSeries(e *entry, want event.Event, stamp event.Stamp) *endpoint.Error {
	first := want
	if have := e.item.Event; have.Recurrence != nil {
		keep := have
		keep.When, keep.Recurrence = want.When, event.TakeParts(have.Recurrence, want.Recurrence, event.Parts{Rule: true})
		keep, _ = event.Rekey(keep)
		first.Recurrence = keep.Recurrence
	} else {
		first = bareSeries(want)
	}
	if have := e.item.Event; p.opts.Wipes && have.Recurrence != nil && (rewritten(have, want) || restores(first, want)) {
		first = bareSeries(want)
	}
	p.change(e, func() {
		e.item.Event = first
		p.mark(e, stamp)
	})
	for _, day := range event.SeriesParts(first, want, event.AllFields).Days {
		if p.between != nil && p.between() != nil {
			return p.fail("write series", e.item.ID, endpoint.OutcomeUnknown, endpoint.ScopeItem, "Cut")
		}
		if p.opts.RefusesDay != nil && p.opts.RefusesDay(want, day) {
			return p.fail("write occurrence", e.item.ID, endpoint.Invalid, endpoint.ScopeItem, "RefusedOccurrence")
		}
		p.change(e, func() {
			e.item.Recurrence = event.TakeParts(e.item.Recurrence, want.Recurrence, event.Parts{Days: []event.Date{day}})
		})
	}
	return nil
}

// bareSeries is a series without exceptions.
func bareSeries(e event.Event) event.Event {
	e.Recurrence = event.TakeParts(&event.Recurrence{}, e.Recurrence, event.Parts{Rule: true})
	return e
}

// rewritten tells whether a series repeats otherwise than before.
func rewritten(from, to event.Event) bool {
	return from.Recurrence.Rule() != to.Recurrence.Rule() || event.Diff(from, to).Has(event.FieldWhen)
}

// restores tells whether a deleted occurrence is to come back.
func restores(from, to event.Event) bool {
	return slices.ContainsFunc(from.Recurrence.Deleted, func(w event.Wall) bool { return !slices.Contains(to.Recurrence.Deleted, w) })
}

// EditOccurrence is a person changing one occurrence of a series, or deleting
// it with nil.
func (c *Calendar) EditOccurrence(p event.PersonID, id event.ID, original event.Wall, alter func(*event.Event)) error {
	return c.act(p, id, inCalendar, func(e *entry) {
		at, ok := event.OccurrenceAt(e.item.Event, original)
		if !ok {
			return
		}
		c.change(e, func() {
			if alter == nil {
				e.item.Event = event.WithOccurrence(e.item.Event, original, nil)
				return
			}
			alter(&at)
			at = c.opts.normalize(at)
			e.item.Event = event.WithOccurrence(e.item.Event, original, &at)
		})
	})
}
