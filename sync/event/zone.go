package event

import (
	"sync"
	"time"
)

// loaded keeps zones that were read from the tables: every look at a wall
// clock needs one, and reading it costs more than all the rest. It changes no
// result, and holds no more than the tables do, since names that are not there
// are not kept.
var loaded sync.Map // string -> *time.Location

// LoadZone is time.LoadLocation with a memory.
func LoadZone(name string) (*time.Location, error) {
	if known, ok := loaded.Load(name); ok {
		if loc, ok := known.(*time.Location); ok {
			return loc, nil
		}
	}
	loc, err := time.LoadLocation(name)
	if err == nil {
		loaded.Store(name, loc)
	}
	return loc, err
}

// NextBound is where the bounds that t.ZoneBounds tells end, but always after t; zero: never. Where a system keeps the
// rule of a zone alone, without a table of its changes, as Windows does, the time package also bounds each year, and
// leap years a day too early: on that day the bounds end where they begin.
func NextBound(t time.Time) time.Time {
	_, next := t.ZoneBounds()
	if next.IsZero() || next.After(t) {
		return next
	}
	return t.Add(24 * time.Hour)
}
