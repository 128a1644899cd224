package severa

import (
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// fit gives the changed occurrences their places, calls the empty ones deleted,
// and makes the item. It returns why it cannot.
func (v view) fit(s *series, p parts, pl places, known memory) (code string) {
	e, loc := s.bare, seriesLocation(s.bare, s.days)
	listed := map[event.Wall]bool{}
	for _, at := range p.master.Recurrence.Exceptions {
		if o, ok := event.OriginalAt(e, at.Time, s.days); ok {
			listed[o] = true
		}
	}
	inside := map[event.Wall]bool{}
	var open []event.Wall
	for _, o := range pl.in {
		inside[o] = true
		if _, there := pl.rows[o]; !there {
			open = append(open, o)
		}
	}
	for o := range listed {
		if _, there := pl.rows[o]; !there && !inside[o] {
			open = append(open, o)
		}
	}
	slices.SortFunc(open, event.Wall.Compare)
	seated, left := seat(e, p.changed, open, inside, loc, known)
	for _, x := range left {
		if within(p.window, x) { // shown there, and nobody can say which one it is
			return CodeSeriesException
		}
	}
	r := *e.Recurrence
	taken := map[event.Wall]bool{}
	for o, x := range seated {
		taken[o], s.rows[o] = true, x
		event, gone, code := v.override(e, o, x, p.who[x.GUID])
		switch {
		case code != "":
			return code
		case gone:
			r.Deleted = append(r.Deleted, o)
		case event.Fields != 0:
			r.Overrides = append(r.Overrides, event)
		}
	}
	for _, o := range open {
		switch {
		case taken[o] || !inside[o]:
		case len(left) > 0:
			return CodeSeriesException // one of those without a place may be this one
		default:
			r.Deleted = append(r.Deleted, o)
			if !listed[o] {
				s.doubtful = append(s.doubtful, o)
			}
		}
	}
	slices.SortFunc(r.Deleted, event.Wall.Compare)
	slices.SortFunc(r.Overrides, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
	v.seriesItem(s, p, r)
	return ""
}

// seat finds the places of changed occurrences among the open ones; left are
// those for which more than one, or none, would do.
func seat(e event.Event, changed []api.Activity, open []event.Wall, inside map[event.Wall]bool, loc *time.Location, known memory) (seated map[event.Wall]api.Activity, left []api.Activity) {
	seated = map[event.Wall]api.Activity{}
	free := func(o event.Wall) bool { _, taken := seated[o]; return !taken && slices.Contains(open, o) }
	for _, x := range changed {
		if at, ok := known(x.GUID); ok {
			if o, ok := event.OriginalAt(e, at, loc); ok && (free(o) || !inside[o] && !slices.Contains(open, o)) {
				seated[o] = x
				continue
			}
		}
		left = append(left, x)
	}
	left = slices.DeleteFunc(left, func(x api.Activity) bool {
		for _, o := range open {
			if o.In(loc).Equal(x.Start.Time) && free(o) {
				seated[o] = x
				return true
			}
		}
		return false
	})
	day := func(x api.Activity) event.Date { return event.DateOf(x.Start.In(loc)) }
	crowd := map[event.Date]int{}
	for _, x := range left {
		crowd[day(x)]++
	}
	left = slices.DeleteFunc(left, func(x api.Activity) bool {
		for _, o := range open {
			if o.Date == day(x) && crowd[day(x)] == 1 && free(o) {
				seated[o] = x
				return true
			}
		}
		return false
	})
	rest := slices.DeleteFunc(slices.Clone(open), func(o event.Wall) bool { return !free(o) })
	if len(left) == 1 && len(rest) == 1 {
		seated[rest[0]], left = left[0], nil
	}
	return seated, left
}

func within(w event.Window, a api.Activity) bool {
	end := a.End.Time
	if !end.After(a.Start.Time) {
		end = a.Start.Add(time.Second)
	}
	return a.Start.Before(w.To) && end.After(w.From)
}
