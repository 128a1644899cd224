package severa

import (
	"slices"
	"strconv"
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
	t := seating{bare: e, loc: loc, open: open, inside: inside, known: known}
	for _, a := range pl.rows {
		t.firm = append(t.firm, a.Start.Time)
	}
	slices.SortFunc(t.firm, time.Time.Compare)
	t.seat(p.changed)
	for _, x := range t.left {
		if within(p.window, x) { // shown there, and nobody can say which one it is
			return CodeSeriesException
		}
	}
	r := *e.Recurrence
	taken := map[event.Wall]bool{}
	for o, x := range t.seated {
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
		case len(t.left) > 0:
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

// seating gives changed occurrences their places.
type seating struct {
	bare   event.Event
	loc    *time.Location
	open   []event.Wall        // places without an unchanged occurrence, sorted
	inside map[event.Wall]bool // the places inside the window
	firm   []time.Time         // where the unchanged occurrences start, sorted
	known  memory

	seated map[event.Wall]api.Activity
	left   []api.Activity // those for which no place, or more than one, would do
}

func (t *seating) seat(changed []api.Activity) {
	t.seated, t.left = map[event.Wall]api.Activity{}, changed
	t.each(func(x api.Activity) (event.Wall, bool) {
		at, ok := t.known(x.GUID)
		if !ok {
			return event.Wall{}, false
		}
		o, ok := event.OriginalAt(t.bare, at, t.loc)
		return o, ok && (t.free(o) || !t.inside[o] && !slices.Contains(t.open, o))
	})
	t.each(func(x api.Activity) (event.Wall, bool) {
		return t.only(func(o event.Wall) bool { return o.In(t.loc).Equal(x.Start.Time) })
	})
	t.pair(func(at time.Time) string { return event.DateOf(at.In(t.loc)).String() })
	// Exchange lets no occurrence pass its neighbours, and hardly anybody does in Severa.
	t.pair(func(at time.Time) string {
		i, _ := slices.BinarySearchFunc(t.firm, at, time.Time.Compare)
		return strconv.Itoa(i)
	})
	t.pair(func(time.Time) string { return "" })
}

// each seats those for which find knows a place.
func (t *seating) each(find func(api.Activity) (event.Wall, bool)) {
	var left []api.Activity
	for _, x := range t.left {
		if o, ok := find(x); ok {
			t.seated[o] = x
		} else {
			left = append(left, x)
		}
	}
	t.left = left
}

// pair seats the ones that are alone, among those without a place, in a
// neighbourhood that has one free place.
func (t *seating) pair(neighbourhood func(time.Time) string) {
	crowd := map[string]int{}
	for _, x := range t.left {
		crowd[neighbourhood(x.Start.Time)]++
	}
	t.each(func(x api.Activity) (event.Wall, bool) {
		here := neighbourhood(x.Start.Time)
		if crowd[here] != 1 {
			return event.Wall{}, false
		}
		return t.only(func(o event.Wall) bool { return neighbourhood(o.In(t.loc)) == here })
	})
}

// only is the one free place that will do.
func (t *seating) only(will func(event.Wall) bool) (found event.Wall, ok bool) {
	n := 0
	for _, o := range t.open {
		if t.free(o) && will(o) {
			found = o
			n++
		}
	}
	return found, n == 1
}

func (t *seating) free(o event.Wall) bool {
	_, taken := t.seated[o]
	return !taken && slices.Contains(t.open, o)
}

func within(w event.Window, a api.Activity) bool {
	end := a.End.Time
	if !end.After(a.Start.Time) {
		end = a.Start.Add(time.Second)
	}
	return a.Start.Before(w.To) && end.After(w.From)
}
