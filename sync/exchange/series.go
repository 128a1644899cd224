package exchange

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// series reads the rule and the deleted occurrences of a master into out, whose
// times are there already. days is where its whole days were read.
func (r reader) series(it *ews.CalendarItem, out *event.Item, days *time.Location) string {
	rule, code := readRule(it.Recurrence)
	if code != "" {
		return code
	}
	if !out.When.AllDay {
		// The clock time is what a series repeats, also where its first day has
		// that hour twice.
		if s, err := event.Between(it.Start.Time, it.End.Time, out.When.Zone); err == nil {
			out.When = s
		}
	}
	if it.Recurrence.Pattern == ews.Weekly && it.Recurrence.FirstDay == ews.DayNone {
		// Exchange 2007 does not tell on which day weeks begin.
		monday := rule
		monday.FirstDay = time.Monday
		if weekOf(monday, out.When.Start.Date) != time.Sunday {
			return event.HoldFirstDay
		}
	}
	rule.FirstDay = weekOf(rule, out.When.Start.Date)
	out.Recurrence, out.KnownWindow = &rule, event.AllTime() // a server tells all exceptions
	if first, ok := firstOccurrence(out.Event); !ok {
		return event.HoldPattern
	} else if first.When.Start != out.When.Start {
		return codeOffRule
	}
	if _, known := r.zoneOf(it); !known && !out.When.AllDay && !fitsClock(it, out.When) {
		return codeUnknownZone
	}
	for _, d := range it.Deleted {
		original, ok := originalAt(out.Event, d, days)
		if !ok {
			return codeOffRule
		}
		rule.Deleted = append(rule.Deleted, original)
	}
	slices.SortFunc(rule.Deleted, event.Wall.Compare)
	rule.Deleted = slices.Compact(rule.Deleted)
	return ""
}

// originalAt finds an occurrence by the moment at which the rule puts it. Where
// the clocks skip that hour, programs differ in the moment but not in the day.
func originalAt(e event.Event, at ews.DateTime, days *time.Location) (event.Wall, bool) {
	if !at.Zoned {
		return event.Wall{}, false
	}
	if original, ok := event.OriginalAt(e, at.Time, days); ok {
		return original, true
	}
	if !e.When.AllDay {
		days = e.When.Location()
	}
	original := e.When.Start
	original.Date = event.DateOf(at.Time.In(days))
	return original, e.Produces(original)
}

// fitsClock tells whether all that an item says of its series goes with the
// clocks of the zone that its times were read in: without its own zone, only
// that can show that the wall clock of the series was guessed right.
func fitsClock(it *ews.CalendarItem, s event.Span) bool {
	loc := s.Location()
	seen := slices.Clone(it.Deleted)
	for _, o := range it.Modified {
		seen = append(seen, o.OriginalStart)
	}
	if it.LastOccurrence != nil {
		seen = append(seen, it.LastOccurrence.OriginalStart)
	}
	for _, at := range seen {
		w := s.Start
		w.Date = event.DateOf(at.Time.In(loc))
		if !w.In(loc).Equal(at.Time) {
			return false
		}
	}
	return event.Date(it.Recurrence.Start) == s.Start.Date
}

// exceptions reads what the changed occurrences of all series among the entries
// have of their own. A series that changes meanwhile is read again.
//
// Cost: one GetItem per Options.Batch occurrences of all series together.
func (c *calendar) exceptions(ctx context.Context, op string, out []entry) error {
	var todo []int
	for i := range out {
		if out[i].Item != nil && out[i].Item.Recurrence != nil && len(out[i].raw.Modified) > 0 {
			todo = append(todo, i)
		}
	}
	for range 3 {
		moved, err := c.exceptionsOf(ctx, op, out, todo)
		if err != nil || len(moved) == 0 {
			return err
		}
		refs := make([]ews.ItemRef, len(out))
		for _, i := range moved {
			refs[i] = ews.Ref(ews.ItemID{ID: string(out[i].ID)})
		}
		if err := c.readAll(ctx, op, refs, moved, out); err != nil {
			return err
		}
		todo = slices.DeleteFunc(moved, func(i int) bool {
			return out[i].Item == nil || out[i].Item.Recurrence == nil || len(out[i].raw.Modified) == 0
		})
		if len(todo) == 0 {
			return nil
		}
	}
	for _, i := range todo {
		out[i] = entry{Got: endpoint.Got{ID: out[i].ID, Err: itemError(op, out[i].ID, endpoint.Internal, codeSeriesMoving)}, raw: out[i].raw}
	}
	return nil
}

// exceptionsOf reads the changed occurrences of the series at the given places
// and returns those of which one has vanished since they were read.
func (c *calendar) exceptionsOf(ctx context.Context, op string, out []entry, at []int) (moved []int, err error) {
	type place struct{ series, nth int }
	var places []place
	var refs []ews.ItemRef
	for _, i := range at {
		for n, o := range out[i].raw.Modified {
			places = append(places, place{i, n})
			refs = append(refs, ews.Ref(ews.ItemID{ID: o.ID.ID}))
		}
	}
	got, err := c.readRaw(ctx, op, refs)
	if err != nil {
		return nil, err
	}
	for n, p := range places {
		e := &out[p.series]
		switch {
		case e.Item == nil || slices.Contains(moved, p.series):
		case got[n].Err != nil && got[n].Err.Kind == endpoint.NotFound:
			moved = append(moved, p.series)
		case got[n].Err != nil:
			e.Item, e.Err = nil, about(got[n].Err, e.ID)
		default:
			if bad := c.override(op, e, &got[n].raw, e.raw.Modified[p.nth].OriginalStart); bad != nil {
				e.Item, e.Err = nil, bad
			}
		}
	}
	for _, i := range at {
		if it := out[i].Item; it != nil {
			slices.SortFunc(it.Recurrence.Overrides, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
		}
	}
	return moved, nil
}

// override adds what one occurrence has of its own to the series of e.
func (c *calendar) override(op string, e *entry, occ *ews.CalendarItem, at ews.DateTime) *endpoint.Error {
	r := c.reader()
	if !e.Item.When.AllDay {
		r.zone = e.Item.When.Zone // for one that names none
	}
	own, bad := r.item(op, occ)
	if bad != nil {
		return about(bad, e.ID)
	}
	_, days, _ := c.reader().placed(&e.raw)
	original, ok := originalAt(e.Item.Event, at, days)
	if !ok {
		return itemError(op, e.ID, endpoint.Invalid, codeOffRule)
	}
	if x, differs := overrideOf(e.Item.Event, original, own.Event); differs {
		e.Item.Recurrence.Overrides = append(e.Item.Recurrence.Overrides, x)
	}
	return nil
}

// overrideOf is what an occurrence has of its own against its series; false
// where that is nothing.
func overrideOf(series event.Event, original event.Wall, own event.Event) (event.Override, bool) {
	own.Recurrence = nil
	if !series.When.AllDay && !own.When.AllDay {
		if s := own.When.Rezone(series.When.Zone); s.Same(own.When) {
			own.When = s
		}
	}
	rule := bare(*series.Recurrence)
	series.Recurrence = &rule
	shown, ok := event.OccurrenceAt(series, original)
	d := event.Diff(shown, own) & fields
	return event.Override{Original: original, Fields: d, Event: event.Only(own, d)}, ok && d != 0
}
