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

// calendar is the calendar of one user or, where thing is set, of a resource.
type calendar struct {
	*Connection
	self   string
	thing  bool
	zone   string
	kinds  kinds
	fields event.FieldSet
	// window is what listings were last asked for; nil: none yet.
	window atomic.Pointer[event.Window]
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
	_ endpoint.Answering  = (*calendar)(nil)
	_ endpoint.Refresher  = (*calendar)(nil)

	_ endpoint.SeriesHolder = (*calendar)(nil)
)

// Capabilities: Severa has no tombstones, no place for marks and no
// precondition; it takes one write a request.
func (c *calendar) Capabilities() event.Capabilities {
	return event.Capabilities{Fields: c.fields, Batch: 1, ReadOnly: c.thing}
}

// view is how entries are seen at this moment.
func (c *calendar) view() view {
	c.mu.Lock()
	org := c.org
	c.mu.Unlock()
	return view{
		self: c.self, zone: c.zone, kinds: c.kinds, people: c.people.Load(),
		org: cmp.Or(org, c.Connection.zone), skew: c.Skew(), fields: c.fields,
		repeats: clocks(c.repeats.Load()), weeks: weeks(c.weeks.Load()), fixed: c.fixed.Load(),
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
	if e := c.present(op); e != nil {
		return "", e
	}
	if c.thing {
		return "severa:" + c.name + "/" + resourceMark + c.self, nil
	}
	return "severa:" + c.name + "/" + c.self, nil
}

// cursorPrefix names the form of a cursor and whose it is.
func (c *calendar) cursorPrefix() string {
	sum := sha256.Sum256([]byte(c.self))
	return "severa1 " + hex.EncodeToString(sum[:4]) + " "
}

// cursor holds the moment from which to ask, and what was learnt of the service
// meanwhile: how a series can be held must not change with each start.
func (c *calendar) cursor(at time.Time) endpoint.Cursor {
	text := c.cursorPrefix() + at.UTC().Format(time.RFC3339Nano)
	if k := clocks(c.repeats.Load()); k != clocksUnknown {
		text += learntClocks + k.String()
	}
	if k := weeks(c.weeks.Load()); k != weeksUnknown {
		text += learntWeeks + k.String()
	}
	if c.fixed.Load() {
		text += learntFixed
	}
	return endpoint.Cursor(text)
}

const (
	learntClocks = " clocks="
	learntWeeks  = " weeks="
	learntFixed  = " fixed"
)

// relearn takes over what a cursor says of the service.
func (c *calendar) relearn(facts []string) {
	for _, f := range facts {
		for k := clocksOwner; k <= clocksUTC; k++ {
			if " "+f == learntClocks+k.String() {
				c.repeats.CompareAndSwap(int32(clocksUnknown), int32(k))
			}
		}
		for k := weeksMonday; k <= weeksSunday; k++ {
			if " "+f == learntWeeks+k.String() {
				c.weeks.CompareAndSwap(int32(weeksUnknown), int32(k))
			}
		}
		if " "+f == learntFixed {
			c.fixed.Store(true)
		}
	}
}

func (c *calendar) readCursor(s endpoint.Cursor) (time.Time, *endpoint.Error) {
	text, ok := strings.CutPrefix(string(s), c.cursorPrefix())
	facts := strings.Fields(text)
	if len(facts) == 0 {
		facts = []string{""}
	}
	at, err := time.Parse(time.RFC3339Nano, facts[0])
	c.relearn(facts[1:])
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
	c.window.Store(&w)
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
	if e := c.present(op); e != nil {
		return endpoint.Delta{}, e
	}
	rows, next, err := c.news(ctx, c, at)
	if err != nil {
		return endpoint.Delta{}, failed(op, "", err)
	}
	mine, err := c.concerns(ctx, rows)
	if err != nil {
		return endpoint.Delta{}, failed(op, "", err)
	}
	d := endpoint.Delta{}
	if d.Changes, err = c.told(ctx, mine, w, time.Time{}, nil); err != nil {
		return endpoint.Delta{}, failed(op, "", err)
	}
	d.Next = c.cursor(next)
	sortChanges(d.Changes)
	return d, nil
}

// takesPart tells whether an activity is in this person's calendar.
func (c *calendar) takesPart(ch change) bool {
	return userID(ch.row.OwnerUser.GUID) == c.self || slices.Contains(ch.members, c.self)
}

// told are activities as changes: each an item, or why there is none. Series
// are looked at as of since.
func (c *calendar) told(ctx context.Context, mine []change, w event.Window, since time.Time, l lists) ([]endpoint.Change, error) {
	var out []endpoint.Change
	var recurring []change
	v := c.view()
	for _, ch := range mine {
		switch {
		case !recurs(ch.row):
			it, e := v.item(ch.row, ch.members)
			out = append(out, endpoint.Change{ID: event.ID(ch.row.GUID), Item: it, Err: e})
		case isPart(ch.row):
			id := seriesOf(ch.row)
			out = append(out, endpoint.Change{ID: id, Err: partError("list severa activities", id)})
		default:
			recurring = append(recurring, ch)
		}
	}
	found, err := c.partsOf(ctx, recurring, w, since, l)
	if err != nil {
		return nil, err
	}
	for id, p := range found {
		if found[id], err = c.seated(ctx, p); err != nil {
			return nil, err
		}
	}
	for {
		series, err := c.toldSeries(ctx, v, recurring, found)
		if err != nil {
			return nil, err
		}
		// What one series taught of the service holds for those before it too.
		if now := c.view(); now.repeats != v.repeats || now.weeks != v.weeks {
			v = now
			continue
		}
		return append(out, series...), nil
	}
}

func (c *calendar) toldSeries(ctx context.Context, v view, recurring []change, found map[string]parts) ([]endpoint.Change, error) {
	out := make([]endpoint.Change, 0, len(recurring))
	for _, ch := range recurring {
		s, e := c.understand(ctx, v, found[ch.row.GUID])
		if e != nil && e.Scope != endpoint.ScopeItem {
			return nil, e
		}
		told := endpoint.Change{ID: event.ID(ch.row.GUID), Err: e}
		if e == nil {
			told.Item = s.item
		}
		out = append(out, told)
	}
	return out, nil
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
	if e := c.present("list severa activities"); e != nil {
		return endpoint.Delta{}, e
	}
	mine, err := c.shown(ctx, r, w)
	if err != nil {
		return endpoint.Delta{}, err
	}
	d := endpoint.Delta{
		EnumID: c.run + "-" + strconv.FormatInt(c.enums.Add(1), 10),
		Covers: w,
	}
	var there []change
	masters := map[event.ID]bool{}
	for _, a := range slices.Concat(mine.rows, mine.series) {
		if recurs(a) && !reaches(a, w) {
			masters[event.ID(a.GUID)] = true
			continue
		}
		members, err := c.believed(ctx, a, r.lists)
		if err != nil {
			return endpoint.Delta{}, err
		}
		ch := change{row: a, members: c.with(members)}
		if c.graves.hold(a.GUID, r.at) {
			masters[event.ID(a.GUID)] = true
			continue // deleted since it was listed
		}
		if !c.takesPart(ch) {
			continue // taken out of it since it was listed
		}
		masters[event.ID(a.GUID)] = true
		there = append(there, ch)
	}
	for _, x := range mine.changed {
		if !masters[seriesOf(x)] && within(w, x) {
			there = append(there, change{row: x, members: []string{c.self}})
		}
	}
	if d.Changes, err = c.told(ctx, there, w, r.cursor, r.lists); err != nil {
		return endpoint.Delta{}, err
	}
	d.Next = c.cursor(r.cursor)
	for _, p := range mine.problems {
		if p.GUID == "" {
			c.log.WarnContext(ctx, "unreadable activity without an id", slog.String("user", c.self), slog.Any("err", p.Err))
			continue
		}
		id, _, _ := strings.Cut(p.GUID, ";") // an unreadable occurrence is its series' trouble
		e := fault("read severa activity", event.ID(id), endpoint.ScopeItem, endpoint.Internal, CodeUnreadable)
		e.Err = p.Err
		d.Changes = append(d.Changes, endpoint.Change{ID: e.ID, Err: e})
	}
	sortChanges(d.Changes)
	d.Changes = slices.CompactFunc(d.Changes, func(a, b endpoint.Change) bool { return a.ID == b.ID })
	return d, nil
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
