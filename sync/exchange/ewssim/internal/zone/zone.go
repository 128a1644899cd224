// Package zone knows the time zones of the simulated server: Windows ids, the
// rules behind them and their full definitions.
//
// The table of ids follows the Unicode CLDR file windowsZones.xml (territory
// 001). The package shares no code with any client and does no input or output.
package zone

import (
	_ "embed"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
	_ "time/tzdata" // the rules must not depend on the machine
)

//go:embed zones.tsv
var table string

// UTC is the Windows id of Coordinated Universal Time.
const UTC = "UTC"

// Set holds the zones that a server knows. Make one with New; it is safe for
// concurrent use.
type Set struct {
	byID map[string]*time.Location
	ids  []string
}

// New loads the table. When some zones cannot be loaded the others are there
// all the same, beside the error.
func New() (*Set, error) {
	var bad error
	s := &Set{byID: map[string]*time.Location{}}
	for line := range strings.Lines(table) {
		id, iana, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		loc, err := time.LoadLocation(iana)
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("load zone %s: %w", id, err))
			continue
		}
		s.byID[id] = loc
		s.ids = append(s.ids, id)
	}
	sort.Strings(s.ids)
	return s, bad
}

// IDs returns all Windows ids in order. The caller must not change the slice.
func (s *Set) IDs() []string { return s.ids }

// Define gives an id of one's own the rules of an IANA zone. It is for setting
// a server up and not safe once it runs.
func (s *Set) Define(id, iana string) error {
	loc, err := time.LoadLocation(iana)
	if err != nil {
		return fmt.Errorf("define zone %s: %w", id, err)
	}
	s.byID[id] = loc
	return nil
}

// Location returns the rules of a Windows id. The ids that Exchange gives to
// zones without a name of their own ("tzone://Microsoft/Utc") count as UTC.
func (s *Set) Location(id string) (*time.Location, bool) {
	if loc, ok := s.byID[id]; ok {
		return loc, true
	}
	if strings.EqualFold(id, "tzone://Microsoft/Utc") || strings.EqualFold(id, "Etc/UTC") {
		return time.UTC, true
	}
	for k, loc := range s.byID {
		if strings.EqualFold(k, id) {
			return loc, true
		}
	}
	return nil, false
}

// Change is a yearly switch: the Nth Weekday of Month at Clock after midnight,
// wall clock of the period that ends. N is 1 to 4, or -1 for the last.
type Change struct {
	Month   time.Month
	Weekday time.Weekday
	N       int
	Clock   time.Duration
}

// Rules are a zone's two periods in one year. Offsets are east of UTC. Without
// daylight saving HasDST is false and only Standard counts.
type Rules struct {
	HasDST             bool
	Standard, Daylight time.Duration
	ToDaylight, ToStd  Change
}

// RulesFor derives the rules that hold in a year.
func RulesFor(loc *time.Location, year int) Rules {
	var ups, downs []time.Time
	at := time.Date(year, 1, 1, 0, 0, 0, 0, loc)
	var r Rules
	_, off := at.Zone()
	r.Standard = time.Duration(off) * time.Second
	for {
		_, end := at.ZoneBounds()
		if !end.IsZero() && !end.After(at) {
			end = at.Add(24 * time.Hour) // the last day of a leap year, where a zone is its rule alone
		}
		if end.IsZero() || end.Year() > year {
			break
		}
		_, before := end.Add(-time.Second).In(loc).Zone()
		_, after := end.In(loc).Zone()
		if after > before {
			ups = append(ups, end)
			r.Standard, r.Daylight = seconds(before), seconds(after)
		} else if after < before {
			downs = append(downs, end)
			r.Standard, r.Daylight = seconds(after), seconds(before)
		}
		at = end.In(loc)
	}
	// Zones that suspend daylight saving for some weeks (Morocco) switch four
	// times a year; Windows has no such rule either and keeps the plain offset.
	if len(ups) != 1 || len(downs) != 1 {
		return r
	}
	r.HasDST = true
	r.ToDaylight = changeAt(ups[0], r.Standard)
	r.ToStd = changeAt(downs[0], r.Daylight)
	return r
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func changeAt(t time.Time, offsetBefore time.Duration) Change {
	wall := t.UTC().Add(offsetBefore)
	c := Change{
		Month: wall.Month(), Weekday: wall.Weekday(), N: (wall.Day()-1)/7 + 1,
		Clock: time.Duration(wall.Hour())*time.Hour + time.Duration(wall.Minute())*time.Minute + time.Duration(wall.Second())*time.Second,
	}
	if wall.AddDate(0, 0, 7).Month() != wall.Month() {
		c.N = -1
	}
	return c
}

// ISO writes a duration as xs:duration, such as "-PT2H30M".
func ISO(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	out := sign + "PT"
	if h != 0 {
		out += fmt.Sprintf("%dH", h)
	}
	if m != 0 {
		out += fmt.Sprintf("%dM", m)
	}
	if s != 0 || (h == 0 && m == 0) {
		out += fmt.Sprintf("%dS", s)
	}
	return out
}
