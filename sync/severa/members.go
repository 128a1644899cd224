package severa

import (
	"context"
	"iter"
	"slices"
	"time"

	"lockstep/sync/severa/api"
)

// membership is who took part in an activity when it was last looked at.
type membership struct {
	updated string   // its lastUpdatedDateTime
	members []string // user ids without the owner, sorted
}

// maxKnown bounds the memory of memberships.
const maxKnown = 200_000

// timed measures the server's clock on pages that pass.
func timed[T any](c *Connection, pages iter.Seq2[api.Page[T], error]) iter.Seq2[api.Page[T], error] {
	return func(yield func(api.Page[T], error) bool) {
		for p, err := range pages {
			if err == nil {
				c.clockOn(p.ServerTime)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

func updatedOf(a api.Activity) string { return a.LastUpdated.UTC().String() }

// remembered is who takes part in an activity that has not changed since.
func (c *Connection) remembered(a api.Activity) ([]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.known[a.GUID]
	return m.members, ok && m.updated == updatedOf(a)
}

func (c *Connection) remember(a api.Activity, members []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown {
		c.known = map[string]membership{}
	}
	before, ok := c.known[a.GUID]
	switch {
	case !ok || before.updated != updatedOf(a):
		delete(c.quiet, a.GUID)
	case !slices.Equal(before.members, members) && !isPart(a):
		c.quiet[a.GUID] = change{row: a, seen: c.now().Add(c.Skew())}
	}
	c.known[a.GUID] = membership{updated: updatedOf(a), members: members}
}

// quietSince are the activities of which only the participants changed, and which
// the service therefore may not list as changed.
func (c *Connection) quietSince(since time.Time) []change {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []change
	for id, ch := range c.quiet {
		switch {
		case ch.seen.Before(c.now().Add(c.Skew() - keepFeed)):
			delete(c.quiet, id)
		case !ch.seen.Before(since):
			out = append(out, ch)
		}
	}
	return out
}

// askMembers reads who takes part in an activity from its own participants.
func (c *Connection) askMembers(ctx context.Context, a api.Activity) ([]string, []api.Participant, error) {
	page, err := c.client.Participants(ctx, a.GUID)
	if err != nil {
		return nil, nil, err
	}
	c.clockOn(page.ServerTime)
	if len(page.Problems) > 0 { // the unreadable row may be anybody
		return nil, nil, &api.Error{Op: "list participants", Class: api.Protocol, Sent: true, Err: &page.Problems[0]}
	}
	members := memberIDs(c.people.Load(), userID(a.OwnerUser.GUID), page.Rows)
	c.remember(a, members)
	c.equip(a, page.Rows)
	return members, page.Rows, nil
}

// lists are what includeAsMember listings told: by activity, the users who had
// it listed, owners included.
type lists map[string][]string

func (l lists) add(activity, user string) { l[activity] = append(l[activity], user) }

// members are the users who had an activity listed, without the owner, sorted.
func (l lists) members(a api.Activity) []string {
	owner := userID(a.OwnerUser.GUID)
	out := slices.DeleteFunc(slices.Clone(l[a.GUID]), func(u string) bool { return u == owner })
	slices.Sort(out)
	return slices.Compact(out)
}

// believed is who takes part in an activity by the lists of all users. A list may
// be empty or short by mistake, so where it says that somebody has left an
// activity that has not changed, the activity itself is asked.
func (c *Connection) believed(ctx context.Context, a api.Activity, l lists) ([]string, error) {
	told := l.members(a)
	before, ok := c.remembered(a)
	for _, m := range before {
		if _, there := slices.BinarySearch(told, m); ok && !there {
			members, _, err := c.askMembers(ctx, a)
			if isNotFound(err) {
				return told, nil // deleted since it was listed; the next look tells
			}
			return members, err
		}
	}
	c.remember(a, told)
	return told, nil
}
