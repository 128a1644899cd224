package severasim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// An occurrence has no row of its own, so that its guid must say all: the first
// half proves that it belongs to the series, the second is the original start,
// veiled so that it looks like any guid.

func occurrenceGUID(series string, original int64) string {
	sum := sha256.Sum256([]byte("occurrence of " + series))
	out := sum[:16]
	binary.BigEndian.PutUint64(out[8:], binary.BigEndian.Uint64(sum[16:24])^uint64(original)) //nolint:gosec // bits, not a number
	return formatGUID(out)
}

// datedOccurrence is the other form of the second half.
const datedOccurrence = "20060102t150405z"

func (s *store) compositeID(series string, original int64) string {
	if s.sw.DatedOccurrenceIDs {
		return series + ";" + time.Unix(original, 0).UTC().Format(datedOccurrence)
	}
	return series + ";" + occurrenceGUID(series, original)
}

// originalOf is the reverse of compositeID.
func (s *store) originalOf(series, occurrence string) (int64, bool) {
	if s.sw.DatedOccurrenceIDs {
		t, err := time.Parse(datedOccurrence, occurrence)
		return t.Unix(), err == nil
	}
	return originalOf(series, occurrence)
}

// originalOf is the reverse of occurrenceGUID.
func originalOf(series, occurrence string) (int64, bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(occurrence, "-", ""))
	if err != nil || len(b) != 16 {
		return 0, false
	}
	sum := sha256.Sum256([]byte("occurrence of " + series))
	original := int64(binary.BigEndian.Uint64(b[8:]) ^ binary.BigEndian.Uint64(sum[16:24])) //nolint:gosec // bits, not a number
	return original, occurrenceGUID(series, original) == occurrence
}

// resolve finds what an id names: a row, and for an occurrence its original start.
func (s *store) resolve(id string) (r *row, original int64, one bool, err error) {
	id = strings.ToLower(id)
	if p, ok := s.byPlain[id]; ok && s.sw.PlainExceptionIDs {
		if p.row.exceptions[p.original].removed {
			return nil, 0, false, errNotFound
		}
		return p.row, p.original, true, nil
	}
	series, occurrence, composite := strings.Cut(id, ";")
	r, ok := s.byGUID[series]
	if !ok {
		return nil, 0, false, errNotFound
	}
	if !composite {
		return r, 0, false, nil
	}
	original, ok = s.originalOf(series, occurrence)
	if !ok || r.a.Recurrence == nil {
		return nil, 0, false, errNotFound
	}
	if x, ok := r.exceptions[original]; ok {
		if x.removed || s.sw.PlainExceptionIDs {
			return nil, 0, false, errNotFound
		}
		return r, original, true, nil
	}
	if _, ok := s.occurrence(r, original); !ok {
		return nil, 0, false, errNotFound
	}
	return r, original, true, nil
}

// view returns what resolve found, as a client sees it.
func (s *store) view(r *row, original int64, one bool) Activity {
	if !one {
		return s.master(r)
	}
	if x, ok := r.exceptions[original]; ok {
		return s.exceptionView(r, original, x)
	}
	a, _ := s.occurrence(r, original)
	return s.seal(a)
}

func (s *store) master(r *row) Activity {
	a := r.a.clone()
	if a.Recurrence == nil {
		return a
	}
	a.RecurrenceType = Series
	for _, original := range slices.Sorted(maps.Keys(r.exceptions)) {
		a.Changed = append(a.Changed, Change{Original: time.Unix(original, 0).UTC(), Removed: r.exceptions[original].removed})
	}
	return a
}

func (s *store) exceptionView(r *row, original int64, x *exception) Activity {
	a := x.a.clone()
	a.GUID = s.compositeID(r.a.GUID, original)
	if s.sw.PlainExceptionIDs {
		a.GUID = x.guid
	}
	a.RecurrenceType, a.Parent, a.Original = Exception, r.a.GUID, time.Unix(original, 0).UTC()
	return a
}

// occurrence returns the unchanged occurrence that starts at original.
func (s *store) occurrence(r *row, original int64) (found Activity, ok bool) {
	s.occurrences(r, func(a Activity) bool {
		if a.Start.Unix() == original {
			found, ok = a, true
		}
		return a.Start.Unix() < original
	})
	return found, ok
}

func (s *store) rules() calendarRules {
	return calendarRules{sundayFirst: s.sw.SundayFirst, clamp: s.sw.ClampMonthEnd}
}

// occurrences calls yield with every occurrence in order as the series has it,
// exceptions included, until it returns false. It is the caller who ends an
// endless series.
func (s *store) occurrences(r *row, yield func(Activity) bool) {
	loc := s.seriesLocation(&r.a)
	start := r.a.Start.In(loc)
	first := dateOf(start)
	var end time.Time
	days := 0
	if !r.a.End.IsZero() {
		end = r.a.End.In(loc)
		days = int(dateOf(end).Sub(first).Hours() / 24)
	}
	r.a.Recurrence.dates(first, s.rules(), func(d time.Time) bool {
		a := r.a
		a.Start = onDate(d, start, loc)
		if !end.IsZero() {
			a.End = onDate(d.AddDate(0, 0, days), end, loc)
		}
		a.Recurrence = nil
		a.RecurrenceType, a.Parent, a.Original = Occurrence, r.a.GUID, a.Start
		a.GUID = "" // filled in by seal for those that are handed out
		return yield(a)
	})
}

func (s *store) seal(a Activity) Activity {
	a = a.clone()
	a.GUID = s.compositeID(a.Parent, a.Original.Unix())
	return a
}

// onDate is the wall-clock time of t on another date.
func onDate(d, t time.Time, loc *time.Location) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc).UTC()
}

// lastOccurrence returns the start of the last occurrence of a series with an end.
func (s *store) lastOccurrence(a *Activity) (time.Time, bool) {
	loc := s.seriesLocation(a)
	start := a.Start.In(loc)
	d, ok := a.Recurrence.last(dateOf(start), s.rules())
	if !ok {
		return time.Time{}, false
	}
	return onDate(d, start, loc), true
}

// except makes the exception for one occurrence, or returns the one that is there.
func (s *store) except(r *row, original int64) *exception {
	if x, ok := r.exceptions[original]; ok {
		return x
	}
	a, _ := s.occurrence(r, original)
	x := &exception{guid: s.newGUID(), a: a.clone()}
	if r.exceptions == nil {
		r.exceptions = map[int64]*exception{}
	}
	r.exceptions[original] = x
	return x
}
