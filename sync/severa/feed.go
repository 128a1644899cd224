package severa

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/severa/api"
)

const (
	// feedFresh is how long one fetch of the feed serves other people.
	feedFresh = 20 * time.Second
	// overlap is how far a fetch reaches back behind its cursor: a change may be
	// stamped before it can be seen, and the Date header counts whole seconds.
	// What comes again is told apart by its version.
	overlap = 2 * time.Minute
	// keepFeed is how far back the feed reaches without asking again.
	keepFeed = 30 * time.Minute
	// keepMany is that when more than many activities have changed, as all have
	// by a first sync: who comes later than that asks again, which is three lists.
	keepMany = 4 * time.Minute
	many     = 500
)

// feed is what has changed in the whole organisation, for all people.
type feed struct {
	gate   gate
	rows   map[string]change // by activity
	from   time.Time         // server time from which rows are complete
	cursor time.Time         // server time at the start of the latest fetch
	at     time.Time         // our time of it; zero: none yet
	served map[*calendar]bool
}

// change is one changed activity.
type change struct {
	row     api.Activity
	members []string
	problem *api.RowError // instead of row
	seen    time.Time     // server time of the fetch that told it
	asked   time.Time     // our time of it
	// touched is the latest change of a series' occurrences that is known of.
	touched time.Time
}

func newFeed() feed {
	return feed{gate: newGate(), rows: map[string]change{}, served: map[*calendar]bool{}}
}

// news is everything that changed since a moment, and the moment from which to
// ask next time.
func (c *Connection) news(ctx context.Context, me *calendar, since time.Time) ([]change, time.Time, error) {
	f := &c.feed
	if err := f.gate.enter(ctx); err != nil {
		return nil, time.Time{}, err
	}
	defer f.gate.leave()
	from := since.Add(-overlap)
	stale := f.served[me] || f.cursor.Before(me.seenUntil(since)) || c.old(f.at) || !fresh(c.now().Sub(f.at), feedFresh)
	if behind := f.at.IsZero() || from.Before(f.from); behind || stale {
		ask := from
		if !behind {
			ask = f.cursor.Add(-overlap)
		}
		if err := c.fetch(ctx, ask, behind); err != nil {
			return nil, time.Time{}, err
		}
	}
	f.served[me] = true
	me.sawUntil(f.cursor)
	var out []change
	for id, ch := range f.rows {
		if c.graves.hold(id, ch.asked) {
			continue
		}
		if ch.problem != nil || !ch.row.LastUpdated.Before(from) || !ch.seen.Before(since) {
			out = append(out, c.latest(ch))
		}
	}
	for _, ch := range c.quietSince(from) {
		if _, listed := f.rows[ch.row.GUID]; !listed && !c.graves.hold(ch.row.GUID, ch.asked) {
			out = append(out, c.latest(ch))
		}
	}
	return out, f.cursor, nil
}

// latest is a change with the people who are known to take part by now.
func (c *Connection) latest(ch change) change {
	if members, ok := c.remembered(ch.row); ok {
		ch.members = members
	}
	return ch
}

// fetch asks what changed since a moment. The feed is as before after an error.
func (c *Connection) fetch(ctx context.Context, since time.Time, anew bool) error {
	f := &c.feed
	began := c.now()
	singles, err := c.list(ctx, api.ActivityQuery{ChangedSince: since, RecurrenceType: api.RecurrenceNone})
	if err != nil {
		return err
	}
	series, err := c.list(ctx, api.ActivityQuery{ChangedSince: since, RecurrenceType: api.RecurrenceSeries})
	if err != nil {
		return err
	}
	exceptions, err := c.list(ctx, api.ActivityQuery{ChangedSince: since, RecurrenceType: api.RecurrenceException})
	if err != nil {
		return err
	}
	touched := touchedSeries(exceptions)
	masters, err := c.mastersOf(ctx, touched, series)
	if err != nil {
		return err
	}
	server := c.serverStart(singles)
	fetched, err := c.withMembers(ctx, since, append(singles.rows, masters...))
	if err != nil {
		return err
	}
	if anew {
		f.rows, f.from = map[string]change{}, since
	}
	for _, p := range append(singles.problems, series.problems...) {
		fetched = append(fetched, change{problem: &p})
	}
	for _, ch := range fetched {
		ch.seen, ch.asked, ch.touched = server, began, touched[ch.row.GUID]
		id := ch.row.GUID
		if ch.problem != nil {
			id = ch.problem.GUID
		}
		f.rows[id] = ch
	}
	c.bereave(ctx, since, fetched)
	f.forget(server.Add(-keepFeed))
	if len(f.rows) > many {
		f.forget(earlier(since, server.Add(-keepMany))) // what was just asked for is for the others too
	}
	f.cursor, f.at, f.served = server, began, map[*calendar]bool{}
	return nil
}

// touchedSeries is when, by series, one of its occurrences was changed last. A
// series may say nothing of that itself.
func touchedSeries(exceptions listing) map[string]time.Time {
	out := map[string]time.Time{}
	for _, a := range exceptions.rows {
		id := string(seriesOf(a))
		if a.LastUpdated.After(out[id]) {
			out[id] = a.LastUpdated.Time
		}
	}
	for _, p := range exceptions.problems {
		if id, _, part := strings.Cut(p.GUID, ";"); part {
			out[id] = out[id].Add(1) // it cannot be read, and whoever looks will see that
		}
	}
	return out
}

// mastersOf are the changed series: those that say so, and those of changed occurrences.
func (c *Connection) mastersOf(ctx context.Context, touched map[string]time.Time, told listing) ([]api.Activity, error) {
	out := slices.Clone(told.rows)
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		if slices.ContainsFunc(told.rows, func(a api.Activity) bool { return a.GUID == id }) {
			continue
		}
		a, err := c.activity(ctx, id)
		if isNotFound(err) {
			continue // deleted since
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// forget drops what is older than a moment.
func (f *feed) forget(before time.Time) {
	if !f.from.Before(before) {
		return
	}
	for id, ch := range f.rows {
		if ch.seen.Before(before) {
			delete(f.rows, id)
		}
	}
	f.from = before
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// withMembers finds out who takes part in changed activities: those that are
// known in this version cost nothing, the others a request each or, if that is less, one list per user.
func (c *Connection) withMembers(ctx context.Context, since time.Time, rows []api.Activity) ([]change, error) {
	out := make([]change, 0, len(rows))
	var unknown []api.Activity
	for _, a := range rows {
		if members, ok := c.remembered(a); ok {
			out = append(out, change{row: a, members: members})
			continue
		}
		unknown = append(unknown, a)
	}
	if len(unknown) == 0 {
		return out, nil
	}
	if err := c.loadOffice(ctx, false); err != nil {
		return nil, err
	}
	users := c.people.Load().active()
	var told lists
	if len(unknown) > len(users) {
		told = lists{}
		for _, u := range users {
			l, err := c.list(ctx, api.ActivityQuery{
				UserGUIDs: []string{u.ID}, IncludeAsMember: true, ChangedSince: since, RecurrenceType: api.RecurrenceNone,
			})
			if err != nil {
				return nil, err
			}
			for _, a := range l.rows {
				told.add(a.GUID, u.ID)
			}
		}
	}
	for _, a := range unknown {
		members, err := c.membersOf(ctx, a, told)
		if isNotFound(err) {
			continue // deleted since it was listed
		}
		if err != nil {
			return nil, err
		}
		out = append(out, change{row: a, members: members})
	}
	return out, nil
}

// membersOf reads the members of one activity from lists, where there are any
// that hold it, or from itself.
func (c *Connection) membersOf(ctx context.Context, a api.Activity, told lists) ([]string, error) {
	if told != nil && !recurs(a) && len(told[a.GUID]) > 0 {
		return c.believed(ctx, a, told)
	}
	members, _, err := c.askMembers(ctx, a)
	return members, err
}
