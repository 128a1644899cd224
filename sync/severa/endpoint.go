package severa

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// calendar is one user's calendar.
type calendar struct {
	*Connection
	self   string
	zone   string
	kinds  kinds
	fields event.FieldSet
	// seen is the server time (Unix nanoseconds) up to which this person's
	// entries were shown or written: what is older is never shown after it.
	seen atomic.Int64
}

// seenUntil is the later of since and what was shown.
func (c *calendar) seenUntil(since time.Time) time.Time {
	if seen := time.Unix(0, c.seen.Load()); seen.After(since) {
		return seen
	}
	return since
}

// sawUntil notes that entries were shown as they were at a moment.
func (c *calendar) sawUntil(at time.Time) {
	if c.seenUntil(at).Equal(at) {
		c.seen.Store(at.UnixNano())
	}
}

// sawNow notes that entries were read one by one, or written.
func (c *calendar) sawNow() { c.sawUntil(c.now().Add(c.Skew() + maxNoise)) }

var (
	_ endpoint.Endpoint   = (*calendar)(nil)
	_ endpoint.Identifier = (*calendar)(nil)
	_ endpoint.Clocked    = (*calendar)(nil)
)

// Capabilities: Severa has no tombstones, no place for marks and no
// precondition; it takes one write a request.
func (c *calendar) Capabilities() event.Capabilities {
	return event.Capabilities{Fields: c.fields, Batch: 1}
}

// view is how entries are seen at this moment.
func (c *calendar) view() view {
	c.mu.Lock()
	org := c.org
	c.mu.Unlock()
	return view{
		self: c.self, zone: c.zone, kinds: c.kinds, people: c.people.Load(),
		org: cmp.Or(org, c.Connection.zone), skew: c.Skew(), fields: c.fields,
	}
}

// Normalize is e as Severa hands it back. It asks nobody.
func (c *calendar) Normalize(e event.Event) event.Event { return c.view().normalize(e) }

// Identity names the account and the user, who has to be there.
func (c *calendar) Identity(ctx context.Context) (string, error) {
	const op = "identify severa user"
	if err := ctx.Err(); err != nil {
		return "", stopped(op, err)
	}
	if err := c.loadOffice(ctx, false); err != nil {
		return "", err
	}
	if _, e := c.user(op, c.self); e != nil {
		return "", e
	}
	return "severa:" + c.name + "/" + c.self, nil
}

// cursorPrefix names the form of a cursor and whose it is.
func (c *calendar) cursorPrefix() string {
	sum := sha256.Sum256([]byte(c.self))
	return "severa1 " + hex.EncodeToString(sum[:4]) + " "
}

func (c *calendar) cursor(at time.Time) endpoint.Cursor {
	return endpoint.Cursor(c.cursorPrefix() + at.UTC().Format(time.RFC3339Nano))
}

func (c *calendar) readCursor(s endpoint.Cursor) (time.Time, *endpoint.Error) {
	text, ok := strings.CutPrefix(string(s), c.cursorPrefix())
	at, err := time.Parse(time.RFC3339Nano, text)
	if !ok || err != nil {
		return at, fault("list severa changes", "", endpoint.ScopeCalendar, endpoint.CursorExpired, CodeCursor)
	}
	return at, nil
}

// Changes lists the window, or what has changed since a cursor, on one page.
func (c *calendar) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	const op = "list severa activities"
	if err := ctx.Err(); err != nil {
		return endpoint.Delta{}, stopped(op, err)
	}
	if since == "" {
		d, err := c.enumerate(ctx, w)
		if err != nil {
			return endpoint.Delta{}, failed(op, "", err)
		}
		return d, nil
	}
	at, e := c.readCursor(since)
	if e != nil {
		return endpoint.Delta{}, e
	}
	if _, e := c.user(op, c.self); e != nil {
		return endpoint.Delta{}, e
	}
	rows, next, err := c.news(ctx, c, at)
	if err != nil {
		return endpoint.Delta{}, failed(op, "", err)
	}
	d := endpoint.Delta{Next: c.cursor(next)}
	v := c.view()
	for _, ch := range rows {
		if told, mine := c.told(v, ch); mine {
			d.Changes = append(d.Changes, told)
		}
	}
	sortChanges(d.Changes)
	return d, nil
}

// told is one row of the feed for this person; mine is false for other people's.
func (c *calendar) told(v view, ch change) (endpoint.Change, bool) {
	if ch.problem != nil {
		// Whose it is cannot be read either, so nobody is told; the next
		// enumeration lists it for those who are in it.
		return endpoint.Change{}, false
	}
	if userID(ch.row.OwnerUser.GUID) != c.self && !slices.Contains(ch.members, c.self) {
		return endpoint.Change{}, false
	}
	return changeOf(v, ch.row, ch.members), true
}

// changeOf is an activity as a change: an item, or why there is none.
func changeOf(v view, a api.Activity, members []string) endpoint.Change {
	if recurs(a) {
		id := seriesOf(a)
		return endpoint.Change{ID: id, Err: seriesError("list severa activities", id)}
	}
	it, e := v.item(a, members)
	return endpoint.Change{ID: event.ID(a.GUID), Item: it, Err: e}
}

func sortChanges(cs []endpoint.Change) {
	slices.SortFunc(cs, func(a, b endpoint.Change) int { return cmp.Compare(a.ID, b.ID) })
}

// enumerate lists the window whole.
func (c *calendar) enumerate(ctx context.Context, w event.Window) (endpoint.Delta, error) {
	r, err := c.roundFor(ctx, c, w)
	if err != nil {
		return endpoint.Delta{}, err
	}
	if _, e := c.user("list severa activities", c.self); e != nil {
		return endpoint.Delta{}, e
	}
	d := endpoint.Delta{
		Next:   c.cursor(r.cursor),
		EnumID: c.run + "-" + strconv.FormatInt(c.enums.Add(1), 10),
		Covers: w,
	}
	v := c.view()
	mine := r.byUser[c.self]
	for _, a := range mine.rows {
		members, err := c.believed(ctx, a, r.lists)
		if err != nil {
			return endpoint.Delta{}, err
		}
		if userID(a.OwnerUser.GUID) != c.self && !slices.Contains(members, c.self) || c.graves.hold(a.GUID, r.at) {
			continue // taken out of it, or deleted, since it was listed
		}
		d.Changes = append(d.Changes, changeOf(v, a, members))
	}
	series, problems, err := c.series(ctx, w)
	if err != nil {
		return endpoint.Delta{}, err
	}
	for _, id := range series {
		d.Changes = append(d.Changes, endpoint.Change{ID: id, Err: seriesError("list severa activities", id)})
	}
	for _, p := range append(problems, mine.problems...) {
		if p.GUID == "" {
			c.log.WarnContext(ctx, "unreadable activity without an id", slog.String("user", c.self), slog.Any("err", p.Err))
			continue
		}
		e := fault("read severa activity", event.ID(p.GUID), endpoint.ScopeItem, endpoint.Internal, CodeUnreadable)
		e.Err = p.Err
		d.Changes = append(d.Changes, endpoint.Change{ID: e.ID, Err: e})
	}
	sortChanges(d.Changes)
	d.Changes = slices.CompactFunc(d.Changes, func(a, b endpoint.Change) bool { return a.ID == b.ID })
	return d, nil
}

// series are the recurring activities that reach into the window. Masters are
// listed without one, since what it tests of a series is not documented;
// changed occurrences tell of series that the person joins for once.
func (c *calendar) series(ctx context.Context, w event.Window) ([]event.ID, []api.RowError, error) {
	q := api.ActivityQuery{UserGUIDs: []string{c.self}, IncludeAsMember: true, RecurrenceType: api.RecurrenceSeries}
	masters, err := c.listOnce(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	q.RecurrenceType, q.Start, q.End = api.RecurrenceException, w.From.Add(-margin), w.To.Add(margin)
	exceptions, err := c.listOnce(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	var ids []event.ID
	for _, a := range masters.rows {
		if reaches(a, w) {
			ids = append(ids, seriesOf(a))
		}
	}
	for _, a := range exceptions.rows {
		ids = append(ids, seriesOf(a))
	}
	slices.Sort(ids)
	return slices.Compact(ids), append(masters.problems, exceptions.problems...), nil
}

// reaches tells whether a series may have an occurrence in the window.
func reaches(a api.Activity, w event.Window) bool {
	if a.Start.After(w.To.Add(margin)) {
		return false
	}
	if a.Recurrence == nil {
		return true
	}
	long := max(a.End.Sub(a.Start.Time), 0) + margin
	if last := a.Recurrence.LastOccurrence; !last.IsZero() {
		return last.Add(long).After(w.From)
	}
	if u := a.Recurrence.Range.Until; !u.IsZero() {
		until := time.Date(u.Year, u.Month, u.Day+1, 0, 0, 0, 0, time.UTC)
		return until.Add(long).After(w.From)
	}
	return true
}

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
}

// read looks at one activity and its participants. NotFound, of the item, means that
// the service has no such activity, or that this person is not in it.
func (c *calendar) read(ctx context.Context, op string, id event.ID) (*event.Item, reading, *endpoint.Error) {
	defer c.sawNow()
	a, err := c.activity(ctx, string(id))
	if err != nil {
		return nil, reading{}, failed(op, id, err)
	}
	if recurs(a) {
		return nil, reading{}, seriesError(op, id)
	}
	members, rows, err := c.askMembers(ctx, a)
	if err != nil {
		return nil, reading{}, failed(op, id, err)
	}
	r := reading{row: a, rows: rows, members: members}
	if !c.in(r) {
		return nil, r, fault(op, id, endpoint.ScopeItem, endpoint.NotFound, CodeLeft)
	}
	it, e := c.view().item(a, members)
	if e != nil {
		return nil, r, e
	}
	it.ID = id
	return it, r, nil
}

// in tells whether the person owns or takes part in an activity.
func (c *calendar) in(r reading) bool {
	return userID(r.row.OwnerUser.GUID) == c.self || slices.ContainsFunc(r.rows, func(p api.Participant) bool {
		return userID(p.ParticipantGUID) == c.self
	})
}
