package severa

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Resource is a room, a car or another thing that takes part in activities.
// The service lists none, so what is known of them is what activities show.
type Resource struct {
	ID      string
	Name    string
	Entries int // activities and series that it was seen in
}

// resourceMark begins the account of a resource: its guid is no user's.
const resourceMark = "resource:"

// ResourceAccount is what Endpoint opens the calendar of a resource by.
func ResourceAccount(id string) string { return resourceMark + userID(id) }

// resourceFresh is how long it is believed which resources an unchanged
// activity has. Adding one may leave lastUpdatedDateTime as it is, and asking
// costs a request an activity.
const resourceFresh = 6 * time.Hour

// equipment is which resources an activity had when it was last asked.
type equipment struct {
	updated string // its lastUpdatedDateTime
	asked   time.Time
	ids     []string
}

// equip notes what the participants of an activity tell of resources.
func (c *Connection) equip(a api.Activity, rows []api.Participant) {
	var ids []string
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range rows {
		if id := userID(p.ParticipantGUID); p.Type == api.ParticipantResource && id != "" {
			ids = append(ids, id)
			c.things[id] = cmp.Or(strings.TrimSpace(p.Name), c.things[id])
		}
	}
	if len(c.equipped) >= maxKnown {
		c.equipped = map[string]equipment{}
	}
	c.equipped[a.GUID] = equipment{updated: updatedOf(a), asked: c.now(), ids: ids}
}

// resourcesOf are the resources of an activity. What was told of self less
// lately than a round of listings is good for is asked again: a list says nothing of resources.
func (c *Connection) resourcesOf(ctx context.Context, a api.Activity, self string) ([]string, error) {
	c.mu.Lock()
	known, ok := c.equipped[a.GUID]
	c.mu.Unlock()
	limit := resourceFresh
	if self != "" && slices.Contains(known.ids, self) {
		limit = rosterFresh
	}
	if ok && known.updated == updatedOf(a) && fresh(c.now().Sub(known.asked), limit) {
		return known.ids, nil
	}
	_, rows, err := c.askMembers(ctx, a)
	if isNotFound(err) {
		return nil, nil // deleted since it was listed
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range rows {
		if p.Type == api.ParticipantResource {
			ids = append(ids, userID(p.ParticipantGUID))
		}
	}
	return ids, nil
}

// Resources are what takes part in the activities of a window besides people,
// by name.
func (c *Connection) Resources(ctx context.Context, w event.Window) ([]Resource, error) {
	const op = "list severa resources"
	r, err := c.roundFor(ctx, &calendar{Connection: c}, w)
	if err != nil {
		return nil, failed(op, "", err)
	}
	all, count := r.everybody(w), map[string]int{}
	for _, a := range slices.Concat(all.rows, all.series, all.changed) {
		ids, err := c.resourcesOf(ctx, a, "")
		if err != nil {
			return nil, failed(op, "", err)
		}
		for _, id := range ids {
			if !isPart(a) {
				count[id]++
			} else if count[id] == 0 {
				count[id] = 1
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []Resource{}
	for id, n := range count {
		out = append(out, Resource{ID: id, Name: c.things[id], Entries: n})
	}
	slices.SortFunc(out, func(a, b Resource) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	return out, nil
}

// resource is the calendar of a resource. It is read and never written: what
// stands in it belongs to the people who have booked it.
func (c *Connection) resource(id string) *calendar {
	c.mu.Lock()
	k, zone := newKinds(c.types, ""), firstZone(c.org, c.zone)
	c.mu.Unlock()
	return &calendar{Connection: c, self: userID(id), zone: zone, kinds: k, fields: fieldsOf(k), thing: true}
}

// present says that the user whose calendar this is is there. Of a resource
// that cannot be told.
func (c *calendar) present(op string) *endpoint.Error {
	if c.thing {
		return nil
	}
	_, e := c.user(op, c.self)
	return e
}

// with adds a resource itself to the people of an activity that it is part of.
func (c *calendar) with(members []string) []string {
	if !c.thing || slices.Contains(members, c.self) {
		return members
	}
	out := append(slices.Clone(members), c.self)
	slices.Sort(out)
	return out
}

// everybody is what the lists of all users hold, each once. Project tasks are
// left out: nobody keeps them in step, and there are many.
func (r *round) everybody(w event.Window) (out listing) {
	seen := map[string]bool{}
	each := func(rows []api.Activity) (kept []api.Activity) {
		for _, a := range rows {
			if !seen[a.GUID] && groupOf(a.ActivityType.Category) != event.GroupProjectTask {
				seen[a.GUID] = true
				kept = append(kept, a)
			}
		}
		return kept
	}
	for _, user := range slices.Sorted(maps.Keys(r.byUser)) {
		l := r.byUser[user]
		out.rows = append(out.rows, each(l.rows)...)
		out.series = append(out.series, each(slices.DeleteFunc(slices.Clone(l.series), func(a api.Activity) bool { return !reaches(a, w) }))...)
		out.changed = append(out.changed, each(slices.DeleteFunc(slices.Clone(l.changed), func(a api.Activity) bool { return !within(w, a) }))...)
	}
	return out
}

// shown is the part of a round that is this calendar's. Of what cannot be read
// nobody can tell whether a resource is in it, so that is not shown.
func (c *calendar) shown(ctx context.Context, r *round, w event.Window) (listing, error) {
	if !c.thing {
		return r.byUser[c.self], nil
	}
	all := r.everybody(w)
	var err error
	for _, rows := range []*[]api.Activity{&all.rows, &all.series, &all.changed} {
		if *rows, err = c.has(ctx, *rows); err != nil {
			return listing{}, err
		}
	}
	return all, nil
}

// has are those activities that a resource is part of.
func (c *calendar) has(ctx context.Context, rows []api.Activity) ([]api.Activity, error) {
	var out []api.Activity
	for _, a := range rows {
		ids, err := c.resourcesOf(ctx, a, c.self)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ids, c.self) {
			out = append(out, a)
		}
	}
	return out, nil
}

// concerns are those changes that are in this calendar. Whose an unreadable row
// is cannot be told, so nobody is; the next enumeration lists it for those who
// are in it.
func (c *calendar) concerns(ctx context.Context, rows []change) ([]change, error) {
	var out []change
	for _, ch := range rows {
		switch {
		case ch.problem != nil:
		case !c.thing:
			if c.takesPart(ch) {
				out = append(out, ch)
			}
		case groupOf(ch.row.ActivityType.Category) != event.GroupProjectTask:
			mine, err := c.has(ctx, []api.Activity{ch.row})
			if err != nil {
				return nil, err
			}
			if len(mine) > 0 {
				ch.members = c.with(ch.members)
				out = append(out, ch)
			}
		}
	}
	return out, nil
}

// seated is parts of a series with a resource among the people of the changed
// occurrences that it is part of.
func (c *calendar) seated(ctx context.Context, p parts) (parts, error) {
	if !c.thing {
		return p, nil
	}
	p.who = maps.Clone(p.who)
	mine, err := c.has(ctx, p.changed)
	if err != nil {
		return p, err
	}
	for _, x := range mine {
		p.who[x.GUID] = c.with(p.who[x.GUID])
	}
	return p, nil
}
