package severa

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// rosterFresh is how long one round of listings serves other people's
// enumerations. What changes meanwhile comes with the feed, whose cursor
// begins at the start of the round.
const rosterFresh = time.Minute

// margin widens the window of a listing: an all-day entry lies elsewhere on the
// clocks of another zone.
const margin = 26 * time.Hour

// maxTries is how often a list is begun anew whose page token ran out.
const maxTries = 3

// roster is the latest round of listings of all users' single activities.
type roster struct {
	gate  gate
	round *round
}

func newRoster() roster { return roster{gate: newGate()} }

// round is what one round told. It is not changed after it was made, but for served.
type round struct {
	window event.Window
	at     time.Time // our clock
	cursor time.Time // the server's clock when it began
	byUser map[string]listing
	lists  lists
	served map[*calendar]bool
}

// listing is one user's list.
type listing struct {
	rows     []api.Activity
	problems []api.RowError
	server   time.Time // of the first page
	// series are the masters, and changed the changed occurrences, of a user's list.
	series, changed []api.Activity
}

// roundFor is a round that this calendar has not seen yet, of the right window.
func (c *Connection) roundFor(ctx context.Context, me *calendar, w event.Window) (*round, error) {
	if err := c.roster.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer c.roster.gate.leave()
	if r := c.roster.round; r != nil && r.window.Equal(w) && !r.served[me] && !c.old(r.at) &&
		!r.cursor.Before(me.seenUntil(time.Time{})) && fresh(c.now().Sub(r.at), rosterFresh) {
		r.served[me] = true
		me.sawUntil(r.cursor)
		return r, nil
	}
	if err := c.loadOffice(ctx, false); err != nil {
		return nil, err
	}
	r, err := c.takeRound(ctx, w)
	if err != nil {
		return nil, err
	}
	r.served[me] = true
	me.sawUntil(r.cursor)
	c.roster.round = r
	return r, nil
}

// Rest lets go of the latest round once it serves nobody any more: it is the
// whole office's calendar. Who works with one keeps it.
func (c *Connection) Rest() {
	select {
	case c.roster.gate <- struct{}{}:
		defer c.roster.gate.leave()
	default:
		return // one is being taken
	}
	if r := c.roster.round; r != nil && (c.old(r.at) || !fresh(c.now().Sub(r.at), rosterFresh)) {
		c.roster.round = nil
	}
}

func fresh(age, limit time.Duration) bool { return age >= 0 && age < limit }

// takeRound lists the window once per active user.
func (c *Connection) takeRound(ctx context.Context, w event.Window) (*round, error) {
	r := &round{
		window: w, at: c.now(), byUser: map[string]listing{}, lists: lists{}, served: map[*calendar]bool{},
	}
	for _, u := range c.people.Load().active() {
		l, err := c.list(ctx, api.ActivityQuery{
			UserGUIDs: []string{u.ID}, IncludeAsMember: true, RecurrenceType: api.RecurrenceNone,
			Start: w.From.Add(-margin), End: w.To.Add(margin),
		})
		if err != nil {
			return nil, err
		}
		if r.cursor.IsZero() {
			r.cursor = c.serverStart(l)
		}
		if l, err = c.recurring(ctx, l, u.ID, w); err != nil {
			return nil, err
		}
		r.byUser[u.ID] = l
		for _, a := range slices.Concat(l.rows, l.series, l.changed) {
			r.lists.add(a.GUID, u.ID)
		}
		for _, p := range l.problems {
			r.lists.add(p.GUID, u.ID)
		}
	}
	return r, nil
}

// recurring adds a user's series and changed occurrences to his list. Masters
// are listed without a window, since what that tests of a series is not documented.
func (c *Connection) recurring(ctx context.Context, l listing, user string, w event.Window) (listing, error) {
	q := api.ActivityQuery{UserGUIDs: []string{user}, IncludeAsMember: true, RecurrenceType: api.RecurrenceSeries}
	masters, err := c.listOnce(ctx, q) // none is no news: what is not listed is not deleted
	if err != nil {
		return l, err
	}
	q.RecurrenceType, q.Start, q.End = api.RecurrenceException, w.From.Add(-away), w.To.Add(away)
	changed, err := c.listOnce(ctx, q)
	if err != nil {
		return l, err
	}
	l.series, l.changed = masters.rows, changed.rows
	l.problems = slices.Concat(l.problems, masters.problems, changed.problems)
	return l, nil
}

// serverStart is the server's clock when a list was begun; ours, corrected, where it says nothing.
func (c *Connection) serverStart(l listing) time.Time {
	if l.server.IsZero() {
		return c.now().Add(c.Skew())
	}
	return l.server
}

// list gathers a list of activities, from the beginning again when the
// service does not take its own page token any more. An empty list is asked for
// twice: an empty answer is the commonest wrong one.
func (c *Connection) list(ctx context.Context, q api.ActivityQuery) (listing, error) {
	var l listing
	for try := 1; ; try++ {
		got, err := c.listOnce(ctx, q)
		if api.PageTokenRefused(err) && try < maxTries {
			continue
		}
		if err != nil {
			return listing{}, err
		}
		if l = got; len(l.rows)+len(l.problems) > 0 || try > 1 || !q.ChangedSince.IsZero() {
			return l, nil
		}
	}
}

func (c *Connection) listOnce(ctx context.Context, q api.ActivityQuery) (listing, error) {
	var l listing
	seen := map[string]bool{}
	for p, err := range timed(c, c.client.Activities(ctx, q)) {
		if err != nil {
			return listing{}, err
		}
		if l.server.IsZero() {
			l.server = p.ServerTime
		}
		for _, a := range p.Rows {
			if !seen[a.GUID] { // a row that changes between two pages may come twice
				seen[a.GUID] = true
				l.rows = append(l.rows, a)
			}
		}
		l.problems = append(l.problems, p.Problems...)
	}
	return l, nil
}
