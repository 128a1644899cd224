package severa

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// sentMargin is by how much the clocks may be misread when the creation of an
// entry is compared with the moment at which a create was sent.
const sentMargin = 5 * time.Second

// Settle finds out what became of a write, by reading alone. Severa keeps no key
// of a create, so a lost one is looked for by its content, and whoever knows
// what is linked has the last word on what is found.
func (c *calendar) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	name := "settle " + op.Kind.String() + " of severa activity"
	if err := ctx.Err(); err != nil {
		return endpoint.Outcome{}, stopped(name, err)
	}
	if op.Kind == endpoint.Create {
		return c.settleCreate(ctx, name, op, sentAt)
	}
	if op.Kind == endpoint.Mark {
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil // none is ever sent
	}
	got, err := c.Get(ctx, []event.ID{op.Target.ID})
	if err != nil {
		return endpoint.Outcome{}, err
	}
	it, e := got[0].Item, got[0].Err
	removes := op.Kind == endpoint.Delete || op.Kind == endpoint.Leave
	switch {
	case e != nil && e.Kind == endpoint.NotFound && removes:
		return endpoint.Outcome{Kind: endpoint.Applied}, nil
	case e != nil && (e.Kind == endpoint.NotFound || e.Kind == endpoint.Invalid):
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
	case e != nil:
		return endpoint.Outcome{}, e
	case removes:
		return endpoint.Outcome{Kind: endpoint.NotApplied, Item: it}, nil
	}
	out := endpoint.Outcome{Kind: endpoint.NotApplied, Item: it}
	if event.Diff(it.Event, c.Normalize(op.Want))&op.Fields&c.fields == 0 {
		out.Kind = endpoint.Applied
	}
	return out, nil
}

// settleCreate looks for what a create may have made: this person's own, of the same
// subject and time, made since.
func (c *calendar) settleCreate(ctx context.Context, name string, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	v := c.view()
	want := v.normalize(op.Want)
	start, end := want.When.Instants(time.UTC)
	q := api.ActivityQuery{
		UserGUIDs: []string{c.self}, RecurrenceType: api.RecurrenceNone,
		Start: start.Add(-2 * margin), End: end.Add(2 * margin),
	}
	if want.Recurrence != nil { // what a window tests of a master is not documented
		q = api.ActivityQuery{UserGUIDs: []string{c.self}, RecurrenceType: api.RecurrenceSeries}
	}
	l, err := c.list(ctx, q)
	if err != nil {
		return endpoint.Outcome{}, failed(name, "", err)
	}
	if len(l.problems) > 0 { // one of them may be ours
		return endpoint.Outcome{}, failed(name, "", &api.Error{Op: name, Class: api.Unavailable, Sent: true, Err: &l.problems[0]})
	}
	since := sentAt.Add(c.Skew() - sentMargin)
	var found []event.Item
	for _, a := range l.rows {
		if userID(a.OwnerUser.GUID) != c.self || !a.Created.IsZero() && a.Created.Before(since) {
			continue
		}
		v = c.view()
		if line(a.Name) != want.Subject || recurs(a) != (want.Recurrence != nil) {
			continue
		}
		if want.Recurrence != nil {
			it, e := c.madeSeries(ctx, name, a, want)
			if e != nil {
				return endpoint.Outcome{}, e
			}
			if it != nil {
				found = append(found, *it)
			}
			continue
		}
		it, e := v.item(a, nil)
		if e != nil { // it may be ours, and to say that there is none would make a second one
			return endpoint.Outcome{}, e
		}
		if !sameTime(it.When, want.When) {
			continue
		}
		members, _, err := c.askMembers(ctx, a)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return endpoint.Outcome{}, failed(name, event.ID(a.GUID), err)
		}
		if it, e = v.item(a, members); e == nil {
			found = append(found, *it)
		}
	}
	if len(found) == 0 {
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
	}
	return endpoint.Outcome{Kind: endpoint.Unsure, Candidates: found}, nil
}

// madeSeries is a series of this person's if it has the rule that was meant; its exceptions may
// be missing yet. Nil: it is another one, or gone.
func (c *calendar) madeSeries(ctx context.Context, name string, a api.Activity, want event.Event) (*event.Item, *endpoint.Error) {
	start, _ := want.When.Instants(time.UTC)
	if gap := a.Start.Sub(start).Abs(); gap > 2*margin || a.IsAllDay != want.When.AllDay {
		return nil, nil
	}
	it, _, e := c.read(ctx, name, event.ID(a.GUID))
	switch {
	case e != nil && e.Kind == endpoint.NotFound:
		return nil, nil
	case e != nil: // it may be ours
		return nil, e
	case it.Recurrence == nil, !sameTime(it.When, want.When), !bare(it.Event).Recurrence.Equal(bare(want).Recurrence):
		return nil, nil
	}
	return it, nil
}

// sameTime compares times; days may be off by one, since a create may have been
// cut off before the service's idea of midnight was learnt.
func sameTime(a, b event.Span) bool {
	if !a.AllDay || !b.AllDay {
		return a.Same(b)
	}
	near := func(x, y event.Date) bool { return x == y || x == y.AddDays(1) || x == y.AddDays(-1) }
	return near(a.Start.Date, b.Start.Date) && near(a.End.Date, b.End.Date)
}
