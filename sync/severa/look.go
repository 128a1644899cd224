package severa

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// away is how far outside the window a moved occurrence is looked for.
const away = 92 * 24 * time.Hour

// detail is the latest look at a series, for all people.
type detail struct {
	parts parts
	// newest is the latest change among its rows.
	newest time.Time
	at     time.Time // server time when it was begun
}

// place is the occurrence that an id was listed for, under which rule.
type place struct {
	at   time.Time
	rule string
}

// maxPlaces and maxDetails bound the memory of series.
const (
	maxPlaces  = 200_000
	maxDetails = 5_000
)

// ruleMark is the same as long as a series has the same occurrences.
func ruleMark(a api.Activity) string {
	if a.Recurrence == nil {
		return ""
	}
	b, _ := json.Marshal([]any{a.Start, a.End, a.IsAllDay, a.Recurrence.Pattern, a.Recurrence.Range}) // read from JSON, so it can be written
	return string(b)
}

// recall is what is known of the ids of a series' occurrences.
func (c *Connection) recall(master api.Activity) memory {
	rule := ruleMark(master)
	return func(id string) (time.Time, bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		p, ok := c.places[id]
		return p.at, ok && p.rule == rule
	}
}

func (c *Connection) note(master api.Activity, plain []api.Activity) {
	rule := ruleMark(master)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.places) > maxPlaces {
		c.places = map[string]place{}
	}
	for _, a := range plain {
		c.places[a.GUID] = place{at: a.Start.Time, rule: rule}
	}
}

// partsOf are the parts of some series, from the latest look where that is not
// older than since and nothing is known to have changed after it.
func (c *Connection) partsOf(ctx context.Context, of []change, w event.Window, since time.Time, told lists) (map[string]parts, error) {
	out := map[string]parts{}
	var due []change
	c.mu.Lock()
	for _, ch := range of {
		d, ok := c.details[ch.row.GUID]
		if !ok || !d.parts.window.Equal(w) || d.at.Before(since) || ch.touched.After(d.newest) || updatedOf(d.parts.master) != updatedOf(ch.row) {
			due = append(due, ch)
			continue
		}
		p := d.parts
		p.master, p.members = ch.row, ch.members
		out[ch.row.GUID] = p
	}
	c.mu.Unlock()
	for _, group := range byOwner(due) {
		found, at, err := c.look(ctx, group, w, told)
		if err != nil {
			return nil, err
		}
		for id, p := range found {
			out[id] = p
			c.keep(id, p, at)
		}
	}
	return out, nil
}

func (c *Connection) keep(id string, p parts, at time.Time) {
	d := detail{parts: p, newest: p.master.LastUpdated.Time, at: at}
	for _, x := range p.changed {
		if x.LastUpdated.After(d.newest) {
			d.newest = x.LastUpdated.Time
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.details) >= maxDetails {
		c.details = map[string]detail{}
	}
	c.details[id] = d
}

// forgetSeries lets the next look at a series be a fresh one.
func (c *Connection) forgetSeries(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.details, id)
}

func byOwner(of []change) map[string][]change {
	out := map[string][]change{}
	for _, ch := range of {
		owner := userID(ch.row.OwnerUser.GUID)
		out[owner] = append(out[owner], ch)
	}
	return out
}

// look lists what the window shows of one owner's series: two lists, however
// many series there are.
func (c *Connection) look(ctx context.Context, group []change, w event.Window, told lists) (map[string]parts, time.Time, error) {
	owner := group[0].row.OwnerUser.GUID
	plain, err := c.list(ctx, occurrencesOf(group, w))
	if err != nil {
		return nil, time.Time{}, err
	}
	at := c.serverStart(plain)
	changed, err := c.list(ctx, api.ActivityQuery{
		UserGUIDs: []string{owner}, IncludeAsMember: true, RecurrenceType: api.RecurrenceException,
		Start: w.From.Add(-away), End: w.To.Add(away),
	})
	if err != nil {
		return nil, at, err
	}
	out := map[string]parts{}
	for _, ch := range group {
		id := ch.row.GUID
		p := parts{
			master: ch.row, members: ch.members, plain: partsIn(plain.rows, id), changed: partsIn(changed.rows, id),
			who: map[string][]string{}, window: w,
		}
		for _, bad := range slices.Concat(plain.problems, changed.problems) {
			of, _, part := strings.Cut(bad.GUID, ";")
			p.broken = p.broken || !part || of == id // one without a name may be anybody's
		}
		c.note(p.master, p.plain)
		for _, x := range p.changed {
			members, err := c.exceptionMembers(ctx, x, told)
			if isNotFound(err) {
				continue // deleted since; the next look does not list it
			}
			if err != nil {
				return nil, at, err
			}
			p.who[x.GUID] = members
		}
		out[id] = p
	}
	return out, at, nil
}

func partsIn(rows []api.Activity, id string) []api.Activity {
	var out []api.Activity
	for _, a := range rows {
		if string(seriesOf(a)) == id {
			out = append(out, a)
		}
	}
	return out
}

// maxTypes is how many types a list is narrowed down to.
const maxTypes = 8

// occurrencesOf asks for the unchanged occurrences of some series of one owner,
// and for as little else as can be: they have the type of their series, and lie between its ends.
func occurrencesOf(group []change, w event.Window) api.ActivityQuery {
	q := api.ActivityQuery{
		UserGUIDs: []string{group[0].row.OwnerUser.GUID}, RecurrenceType: api.RecurrenceOccurrence,
		Start: w.To, End: w.From.Add(-margin),
	}
	for _, ch := range group {
		a := ch.row
		if !slices.Contains(q.ActivityTypeGUIDs, a.ActivityType.GUID) {
			q.ActivityTypeGUIDs = append(q.ActivityTypeGUIDs, a.ActivityType.GUID)
		}
		from, to := a.Start.Add(-margin), w.To.Add(margin)
		if from.Before(w.From) {
			from = w.From
		}
		if a.Recurrence != nil && !a.Recurrence.LastOccurrence.IsZero() {
			if last := a.Recurrence.LastOccurrence.Add(margin); last.Before(to) {
				to = last
			}
		}
		if from.Before(q.Start) {
			q.Start = from
		}
		if to.After(q.End) {
			q.End = to
		}
	}
	if q.Start = q.Start.Add(-margin); !q.End.After(q.Start) {
		q.End = q.Start.Add(margin)
	}
	if len(q.ActivityTypeGUIDs) > maxTypes {
		q.ActivityTypeGUIDs = nil
	}
	return q
}

// exceptionMembers is who takes part in one changed occurrence.
func (c *Connection) exceptionMembers(ctx context.Context, x api.Activity, told lists) ([]string, error) {
	if len(told[x.GUID]) > 0 {
		return c.believed(ctx, x, told)
	}
	if members, ok := c.remembered(x); ok {
		return members, nil
	}
	members, _, err := c.askMembers(ctx, x)
	return members, err
}

// understand reads a series. A list may be short by mistake, so what is missing
// from one without the series saying so counts as deleted only after a second look.
func (c *Connection) understand(ctx context.Context, v view, p parts) (*series, *endpoint.Error) {
	const op = "read severa series"
	known := c.recall(p.master)
	s, e := v.series(p, known)
	if e != nil {
		return nil, e
	}
	c.learn(v, p, s)
	var unsure []event.Wall
	for _, o := range s.doubtful {
		if !c.sure(p.master, o, false) {
			unsure = append(unsure, o)
		}
	}
	if len(unsure) == 0 {
		return s, nil
	}
	loc := seriesLocation(s.bare, s.days)
	q := occurrencesOf([]change{{row: p.master}}, p.window)
	q.Start, q.End = unsure[0].In(loc).Add(-margin), unsure[len(unsure)-1].In(loc).Add(margin)
	again, err := c.list(ctx, q)
	if err != nil {
		return nil, failed(op, event.ID(p.master.GUID), err)
	}
	p.broken = p.broken || len(again.problems) > 0
	have := map[string]bool{}
	for _, a := range p.plain {
		have[a.GUID] = true
	}
	p.plain = slices.Clone(p.plain)
	for _, a := range partsIn(again.rows, p.master.GUID) {
		if !have[a.GUID] {
			c.log.WarnContext(ctx, "a list of occurrences was short", slog.String("id", p.master.GUID))
			p.plain = append(p.plain, a)
		}
	}
	if s, e = v.series(p, known); e != nil {
		return nil, e
	}
	for _, o := range s.doubtful {
		c.sure(p.master, o, true)
	}
	return s, nil
}

// sure tells, or notes, that an occurrence has been missed twice.
func (c *Connection) sure(master api.Activity, o event.Wall, note bool) bool {
	key := master.GUID + " " + updatedOf(master) + " " + o.String()
	c.mu.Lock()
	defer c.mu.Unlock()
	if note {
		if len(c.missed) > maxPlaces {
			c.missed = map[string]bool{}
		}
		c.missed[key] = true
	}
	return c.missed[key]
}

// learn notes on whose clocks the service repeats series and on which day it
// begins a week, where a series could be understood in no other way.
func (c *Connection) learn(v view, p parts, s *series) {
	if r := s.bare.Recurrence; weeks(c.weeks.Load()) == weeksUnknown && r.Frequency == event.Weekly && r.Interval > 1 {
		other, seen := s.bare, weeksMonday
		x := *r
		if x.FirstDay = time.Sunday; r.FirstDay == time.Sunday {
			x.FirstDay, seen = time.Monday, weeksSunday
		}
		other.Recurrence = &x
		if _, too := explain(other, p.plain, s.days, p.window); !too {
			c.weeks.Store(int32(seen))
		}
	}
	if p.master.IsAllDay || len(p.plain) == 0 || clocks(c.repeats.Load()) != clocksUnknown {
		return
	}
	owner := v.people.byID[userID(p.master.OwnerUser.GUID)].Zone
	for kind, zone := range map[clocks]string{clocksOrganisation: v.org, clocksUTC: "UTC"} {
		if zone == s.bare.When.Zone && zone != owner && (kind == clocksOrganisation || v.org != "UTC") {
			c.repeats.Store(int32(kind))
		}
	}
}
