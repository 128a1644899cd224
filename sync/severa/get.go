package severa

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Get reads entries by id. NotFound is said only after the service has shown
// that it still knows us.
func (c *calendar) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	const op = "get severa activity"
	if err := ctx.Err(); err != nil {
		return nil, stopped(op, err)
	}
	out := make([]endpoint.Got, len(ids))
	sure := false
	for i, id := range ids {
		it, _, e := c.read(ctx, op, id)
		if e != nil && e.Scope != endpoint.ScopeItem {
			return nil, e
		}
		if e != nil && e.Kind == endpoint.NotFound && !sure {
			if err := c.client.Authorized(ctx); err != nil {
				return nil, failed(op, "", err)
			}
			sure = true
		}
		out[i] = endpoint.Got{ID: id, Item: it, Err: e}
	}
	return out, nil
}

// reading is what a fresh look at an activity showed.
type reading struct {
	row     api.Activity
	rows    []api.Participant
	members []string
	// series is set for a series; original too for one occurrence of it.
	series   *series
	original event.Wall
}

// knownWindow is the window that a series is read in.
func (c *calendar) knownWindow() event.Window {
	if w := c.window.Load(); w != nil {
		return *w
	}
	now := c.now() // before the first listing of a run: a common one
	return event.Window{From: now.AddDate(0, 0, -31), To: now.AddDate(1, 0, 0)}
}

// read looks at one activity and its participants. NotFound, of the item, means that
// the service has no such activity, or that this person is not in it.
func (c *calendar) read(ctx context.Context, op string, id event.ID) (*event.Item, reading, *endpoint.Error) {
	defer c.sawNow()
	if of, original, ok := event.SplitOccurrence(id); ok {
		return c.readOccurrence(ctx, op, id, of, original)
	}
	a, err := c.activity(ctx, string(id))
	if err != nil {
		return nil, reading{}, failed(op, id, err)
	}
	if isPart(a) {
		return nil, reading{}, partError(op, id)
	}
	members, rows, err := c.askMembers(ctx, a)
	if err != nil {
		return nil, reading{}, failed(op, id, err)
	}
	r := reading{row: a, rows: rows, members: members}
	if !c.in(r) {
		return nil, r, fault(op, id, endpoint.ScopeItem, endpoint.NotFound, CodeLeft)
	}
	r.members = c.with(members)
	var it *event.Item
	var e *endpoint.Error
	if recurs(a) {
		it, e = c.readSeries(ctx, op, &r)
	} else {
		it, e = c.view().item(a, r.members)
	}
	if e != nil {
		return nil, r, e
	}
	it.ID = id
	return it, r, nil
}

// readSeries looks at the occurrences of a series as they are now.
func (c *calendar) readSeries(ctx context.Context, op string, r *reading) (*event.Item, *endpoint.Error) {
	id := r.row.GUID
	found, at, err := c.look(ctx, []change{{row: r.row, members: r.members}}, c.knownWindow(), nil)
	if err != nil {
		return nil, failed(op, event.ID(id), err)
	}
	c.keep(id, found[id], at)
	p, err := c.seated(ctx, found[id])
	if err != nil {
		return nil, failed(op, event.ID(id), err)
	}
	s, e := c.understand(ctx, c.view(), p)
	if e != nil {
		return nil, e
	}
	r.series = s
	return s.item, nil
}

// readOccurrence looks at one occurrence of a series as an entry of its own. Its
// version is that of the series.
func (c *calendar) readOccurrence(ctx context.Context, op string, id, of event.ID, original event.Wall) (*event.Item, reading, *endpoint.Error) {
	whole, r, e := c.read(ctx, op, of)
	if e != nil {
		e.ID = id
		return nil, r, e
	}
	r.original = original
	it, ok := occurrenceItem(*whole, original)
	if !ok {
		return nil, r, fault(op, id, endpoint.ScopeItem, endpoint.NotFound, CodeNoOccurrence)
	}
	it.ID = id
	return &it, r, nil
}

// occurrenceItem is one occurrence of a series as an entry of its own.
func occurrenceItem(it event.Item, original event.Wall) (event.Item, bool) {
	e, ok := event.OccurrenceAt(it.Event, original)
	it.ID, it.Event, it.KnownWindow = event.OccurrenceID(it.ID, original), e, event.Window{}
	return it, ok
}

// in tells whether the person owns or takes part in an activity.
func (c *calendar) in(r reading) bool {
	return userID(r.row.OwnerUser.GUID) == c.self || slices.ContainsFunc(r.rows, func(p api.Participant) bool {
		return userID(p.ParticipantGUID) == c.self
	})
}
