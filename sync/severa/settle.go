package severa

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// sentMargin is by how much the clocks may be misread when the creation of an
// entry is compared with the moment at which a create was sent.
const sentMargin = 5 * time.Second

// Settle finds out what became of a write, by reading alone. Severa keeps no key
// of a create, so a lost one is looked for by its content and its age, and whoever
// knows what is linked has the last word on what is found.
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

// settleCreate looks for what a create may have made: all that is this person's
// own and was made since, whatever somebody may have changed it to by now, with
// what is of the same subject and time apart from the rest. What cannot be read
// may be it too.
func (c *calendar) settleCreate(ctx context.Context, name string, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	want := c.view().normalize(op.Want)
	l, err := c.madeSince(ctx, want, sentAt)
	if err != nil {
		return endpoint.Outcome{}, failed(name, "", err)
	}
	since := c.sinceSent(sentAt)
	var out endpoint.Outcome
	for _, a := range l.rows {
		if userID(a.OwnerUser.GUID) != c.self || !a.Created.IsZero() && a.Created.Before(since) {
			continue
		}
		it, same, e := c.madeOf(ctx, name, a, want)
		switch {
		case e != nil && e.Scope != endpoint.ScopeItem:
			return endpoint.Outcome{}, e
		case e != nil && e.Kind == endpoint.NotFound: // gone by now
		case e != nil:
			out.Others = append(out.Others, event.Item{Ref: event.Ref{ID: event.ID(a.GUID)}})
		case same:
			out.Candidates = append(out.Candidates, *it)
		default:
			out.Others = append(out.Others, *it)
		}
	}
	for i := range l.problems {
		ref := event.Ref{ID: event.ID(l.problems[i].GUID)}
		if ref.ID == "" {
			return endpoint.Outcome{}, failed(name, "", &api.Error{Op: name, Class: api.Unavailable, Sent: true, Err: &l.problems[i]})
		}
		if !slices.ContainsFunc(out.Others, func(it event.Item) bool { return it.Ref == ref }) { // listed twice
			out.Others = append(out.Others, event.Item{Ref: ref})
		}
	}
	if len(out.Candidates)+len(out.Others) > 0 {
		out.Kind = endpoint.Unsure
	}
	likeliest := func(it event.Item) int {
		if it.Subject == want.Subject || sameTime(it.When, want.When) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out.Others, func(a, b event.Item) int { return likeliest(a) - likeliest(b) })
	return out, nil
}

// sinceSent is the moment from which on entries may be the work of a create, by
// the server's clock. One that was sent in the future was timed by a wrong clock
// of ours, and then all of two days are looked at.
func (c *calendar) sinceSent(sentAt time.Time) time.Time {
	server := c.now().Add(c.Skew())
	since := sentAt.Add(c.Skew() - sentMargin)
	if since.After(server) {
		return server.Add(-48 * time.Hour)
	}
	return since
}

// madeSince lists what this person has at the time that is wanted, and what of
// his has changed since a create was sent, be it anywhere.
func (c *calendar) madeSince(ctx context.Context, want event.Event, sentAt time.Time) (listing, error) {
	mine := func(t api.RecurrenceType) api.ActivityQuery {
		return api.ActivityQuery{UserGUIDs: []string{c.self}, RecurrenceType: t}
	}
	start, end := want.When.Instants(time.UTC)
	there := mine(api.RecurrenceNone)
	there.Start, there.End = start.Add(-2*margin), end.Add(2*margin)
	if want.Recurrence != nil { // what a window tests of a master is not documented
		there = mine(api.RecurrenceSeries)
	}
	all, err := c.list(ctx, there) // shows the server's clock before that is needed
	if err != nil {
		return listing{}, err
	}
	seen := map[string]bool{}
	for _, a := range all.rows {
		seen[a.GUID] = true
	}
	for _, t := range []api.RecurrenceType{api.RecurrenceNone, api.RecurrenceSeries} {
		q := mine(t)
		q.ChangedSince = c.sinceSent(sentAt).Add(-overlap)
		l, err := c.list(ctx, q)
		if err != nil {
			return listing{}, err
		}
		for _, a := range l.rows {
			if !seen[a.GUID] {
				seen[a.GUID] = true
				all.rows = append(all.rows, a)
			}
		}
		all.problems = append(all.problems, l.problems...)
	}
	return all, nil
}

// madeOf is an activity as an item, and whether it is of the subject and the time
// wanted; the exceptions of a series may be missing yet.
func (c *calendar) madeOf(ctx context.Context, name string, a api.Activity, want event.Event) (it *event.Item, same bool, e *endpoint.Error) {
	if recurs(a) {
		if it, _, e = c.read(ctx, name, event.ID(a.GUID)); e != nil {
			return nil, false, e
		}
		same = want.Recurrence != nil && it.Recurrence != nil && bare(it.Event).Recurrence.Equal(bare(want).Recurrence)
		return it, same && it.Subject == want.Subject && sameTime(it.When, want.When), nil
	}
	if it, e = c.view().item(a, nil); e != nil {
		return nil, false, e
	}
	if want.Recurrence != nil || it.Subject != want.Subject || !sameTime(it.When, want.When) {
		return it, false, nil
	}
	members, _, err := c.askMembers(ctx, a)
	if err != nil {
		return nil, false, failed(name, event.ID(a.GUID), err)
	}
	it, e = c.view().item(a, members)
	return it, true, e
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
