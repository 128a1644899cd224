package severa

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// overwriteOccurrence does something to one occurrence of a series alone.
func (c *calendar) overwriteOccurrence(ctx context.Context, name string, op endpoint.Op, before *event.Item, r reading) endpoint.Result {
	row := r.series.rows[r.original]
	if row.GUID == "" { // outside what was listed
		var e *endpoint.Error
		if row, e = c.findOccurrence(ctx, name, before.ID, r); e != nil {
			return endpoint.Result{Err: e}
		}
	}
	s := step{row: row, sure: op.Sure}
	switch op.Kind {
	case endpoint.Leave:
		if err := c.removeSelf(ctx, row.GUID); err != nil {
			return endpoint.Result{Err: c.occurrenceFailed(name, before.ID, err)}
		}
		return endpoint.Result{}
	case endpoint.Update:
		v := c.view()
		wanted := op.Want
		wanted.Recurrence = nil
		want := event.Take(before.Event, v.single(wanted), op.Fields&c.fields&^event.FieldRecurrence)
		if op.Fields&(event.FieldPrivate|event.FieldKind) != 0 {
			if !op.Fields.Has(event.FieldKind) && want.Private != before.Private {
				want.Kind = event.Kind{}
			}
			want.Kind = c.kinds.of(want)
		}
		want.Attendees = v.inSeries(want.Attendees, before.Attendees)
		if code := faultOf(want.When); code != "" {
			return endpoint.Result{Err: fault(name, before.ID, endpoint.ScopeItem, endpoint.Invalid, code)}
		}
		s.want, s.fields = want, event.Diff(before.Event, want)&c.fields
		if s.fields == 0 {
			return endpoint.Result{Item: before, Exact: true}
		}
	case endpoint.Delete, endpoint.Create, endpoint.Mark:
	}
	if e := c.step(ctx, name, before.ID, s); e != nil {
		return endpoint.Result{Err: e}
	}
	of, _, _ := event.SplitOccurrence(before.ID)
	c.forgetSeries(string(of))
	now, _, e := c.read(ctx, name, of)
	if e != nil {
		return endpoint.Result{Err: unknown(name, before.ID, e, true)}
	}
	c.lengthen(of, *r.series.item, now.Version)
	if s.fields == 0 { // what else is written to the series must name the version that it has now
		return endpoint.Result{Item: &event.Item{Ref: event.Ref{ID: before.ID, Version: now.Version}}}
	}
	it, ok := occurrenceItem(*now, r.original)
	if !ok {
		return endpoint.Result{Err: fault(name, before.ID, endpoint.ScopeItem, endpoint.OutcomeUnknown, CodeNoOccurrence)}
	}
	return endpoint.Result{Item: &it, Exact: true}
}

// findOccurrence lists the day of an occurrence that no list of the window held.
func (c *calendar) findOccurrence(ctx context.Context, name string, id event.ID, r reading) (api.Activity, *endpoint.Error) {
	at := r.original.In(seriesLocation(r.series.bare, r.series.days))
	q := occurrencesOf([]change{{row: r.row}}, event.Window{From: at, To: at.Add(time.Hour)})
	l, err := c.list(ctx, q)
	if err != nil {
		return api.Activity{}, failed(name, id, err)
	}
	for _, a := range partsIn(l.rows, r.row.GUID) {
		if a.Start.Equal(at) {
			return a, nil
		}
	}
	return api.Activity{}, fault(name, id, endpoint.ScopeItem, endpoint.NotFound, CodeNoOccurrence)
}

// trail is how a series came to its version by writes of our own to single
// occurrences: each of them moves the version of the whole, which must not make
// what is still to be written to its other occurrences look outdated.
type trail struct {
	to     event.Version
	before []event.Item
}

// maxTrails and maxTrail bound the memory of trails.
const (
	maxTrails = 64
	maxTrail  = 16
)

func (c *calendar) lengthen(of event.ID, before event.Item, to event.Version) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.trails[of]
	if t.to != before.Version || len(t.before) >= maxTrail {
		t = trail{}
	}
	if len(c.trails) >= maxTrails {
		c.trails = map[event.ID]trail{}
	}
	c.trails[of] = trail{to: to, before: append(t.before, before)}
}

// ownTrail tells whether an occurrence is as it was in the version that was
// seen, and the series has changed by writes of our own.
func (c *calendar) ownTrail(op endpoint.Op, before *event.Item, r reading) bool {
	of, original, ok := event.SplitOccurrence(op.Target.ID)
	if !ok || r.series == nil {
		return false
	}
	c.mu.Lock()
	t := c.trails[of]
	c.mu.Unlock()
	if t.to != before.Version {
		return false
	}
	for _, it := range t.before {
		if it.Version != op.Target.Version {
			continue
		}
		was, ok := event.OccurrenceAt(it.Event, original)
		return ok && event.Diff(was, before.Event) == 0
	}
	return false
}

// dropsOccurrences are the occurrences that an update by a participant deletes,
// where it does nothing else: he leaves them.
func (c *calendar) dropsOccurrences(op endpoint.Op, before *event.Item) []event.Wall {
	if op.Kind != endpoint.Update || before.Standing != event.StandingParticipant || before.Recurrence == nil ||
		op.Fields != event.FieldRecurrence || op.Want.Recurrence == nil {
		return nil
	}
	want, now := c.Normalize(op.Want).Recurrence, before.Recurrence
	out := slices.DeleteFunc(slices.Clone(want.Deleted), func(o event.Wall) bool { return slices.Contains(now.Deleted, o) })
	left := *now
	left.Deleted = slices.Concat(now.Deleted, out)
	slices.SortFunc(left.Deleted, event.Wall.Compare)
	left.Overrides = slices.DeleteFunc(slices.Clone(now.Overrides), func(x event.Override) bool { return slices.Contains(out, x.Original) })
	if len(out) == 0 || !left.Equal(want) {
		return nil
	}
	return out
}

// leaveOccurrences takes this person out of some occurrences of a series.
func (c *calendar) leaveOccurrences(ctx context.Context, name string, before *event.Item, r reading, of []event.Wall) endpoint.Result {
	defer c.forgetSeries(r.row.GUID)
	wrote := false
	for _, o := range of {
		row, there := r.series.rows[o]
		if !there {
			continue
		}
		if err := c.removeSelf(ctx, row.GUID); err != nil && !isNotFound(err) {
			return endpoint.Result{Before: before, Err: unknown(name, before.ID, err, wrote)}
		}
		wrote = true
	}
	out := c.reread(ctx, name, before.ID)
	out.Before = before
	return out
}
