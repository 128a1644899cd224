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
