package severa

import (
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// HoldSeries is how Severa could hold a series. What it does with a day that
// some months lack, and on which day it begins a week, is not documented, so a
// rule is taken only where that makes no difference.
func (c *calendar) HoldSeries(e event.Event) (event.Hold, string) { return c.view().hold(e) }

func (v view) hold(e event.Event) (event.Hold, string) {
	if e.Recurrence == nil {
		return event.HoldWhole, ""
	}
	if faultOf(e.When) != "" {
		return event.HoldNot, event.HoldZone
	}
	if e.Recurrence.Check() != nil {
		return event.HoldNot, event.HoldPattern
	}
	if e.Recurrence.Interval > maxInterval || e.Recurrence.Count > maxCount {
		return event.HoldExpanded, event.HoldInterval
	}
	exceptions := len(e.Recurrence.Overrides)+len(e.Recurrence.Deleted) > 0
	e = settledRule(e)
	r := *e.Recurrence
	if _, ok := firstOf(e); !ok {
		return event.HoldNot, event.HoldPattern
	}
	_, words := ruleTo(r)
	switch {
	case r.Frequency == event.Yearly && r.Interval > 1:
		return event.HoldExpanded, event.HoldYearlyInterval
	case !words:
		return event.HoldExpanded, event.HoldPattern
	case clamped(e):
		return event.HoldExpanded, event.HoldClamp
	case !sameWeeks(e, time.Monday, time.Sunday) && v.weeks == weeksUnknown, !sameWeeks(e, r.FirstDay, v.weeks.day()):
		return event.HoldExpanded, event.HoldFirstDay
	case !e.When.AllDay && !sameClocks(v.repeats.zones(v.zone, v.org)[0], e.When.Zone, e.When.Start.Date):
		return event.HoldExpanded, event.HoldZone
	case v.fixed && exceptions, !tellable(e):
		return event.HoldExpanded, event.HoldException
	}
	return event.HoldWhole, ""
}

// clamped tells whether an occurrence of a series falls on the last of a month
// because the month lacks its day. After eight years, or as many visits of
// the same month, it has.
func clamped(e event.Event) bool {
	r := e.Recurrence
	if r.Ordinal != 0 || r.DayOfMonth < 29 {
		return false
	}
	for _, o := range spread(e, min(8*366+12*31*r.Interval, longest)) {
		if o.Original.Day != r.DayOfMonth {
			return true
		}
	}
	return false
}

// tellable tells whether each changed occurrence of a series would be given its
// place by whoever finds it in Severa and knows nothing but what a list shows.
// One that would not would make the whole series unreadable after a restart.
func tellable(e event.Event) bool {
	r := e.Recurrence
	moved := slices.ContainsFunc(r.Overrides, func(x event.Override) bool { return x.Fields.Has(event.FieldWhen) })
	if !moved || len(r.Overrides)+len(r.Deleted) < 2 {
		return true
	}
	loc := seriesLocation(e, time.UTC)
	t := seating{bare: bare(e), loc: loc, inside: map[event.Wall]bool{}, known: func(string) (time.Time, bool) { return time.Time{}, false }}
	around := event.Window{From: e.When.Start.In(loc), To: e.When.Start.In(loc)}
	t.open = slices.Clone(r.Deleted)
	var changed []api.Activity
	for _, x := range r.Overrides {
		t.open = append(t.open, x.Original)
		o, _ := event.OccurrenceAt(e, x.Original)
		at := o.When.Start.In(loc)
		changed = append(changed, api.Activity{GUID: x.Original.String(), Start: api.Time{Time: at}})
		if at.After(around.To) {
			around.To = at
		}
	}
	slices.SortFunc(t.open, event.Wall.Compare)
	if last := t.open[len(t.open)-1].In(loc); last.After(around.To) {
		around.To = last
	}
	around.To = around.To.AddDate(0, 0, 2*period(*r))
	for _, o := range event.Occurrences(t.bare, around) {
		if t.inside[o.Original] = true; !slices.Contains(t.open, o.Original) {
			t.firm = append(t.firm, o.Original.In(loc))
		}
	}
	t.seat(changed)
	for o, x := range t.seated {
		if x.GUID != o.String() {
			return false
		}
	}
	return len(t.left) == 0
}
