package severasim

import (
	"iter"
	"math"
	"slices"
	"time"
)

// listQuery is GET /v1/activities without its HTTP.
type listQuery struct {
	users    []string
	asMember bool

	recurrence   *RecurrenceType
	start, end   time.Time // zero: open
	strict       bool
	changedSince time.Time
	keep         func(*Activity) bool // the plain filters; nil keeps all
	limit        int
	after        cursor
	skip         int // offset paging only
}

// cursor names the last entry that was handed out.
type cursor struct {
	seq, original int64
	valid         bool
}

const noOriginal = math.MinInt64

// list returns a page and the cursor of its last entry; more tells whether entries follow.
func (s *store) list(q listQuery) (page []Activity, last cursor, more bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for r := range s.candidates(q) {
		for _, a := range s.entries(r, q) {
			original := int64(noOriginal)
			if !a.Original.IsZero() {
				original = a.Original.Unix()
			}
			if q.after.valid && r.seq == q.after.seq && original <= q.after.original || !s.matches(&a, q) {
				continue
			}
			if q.skip > 0 {
				q.skip--
				continue
			}
			if len(page) == q.limit {
				return page, last, true
			}
			if a.RecurrenceType == Occurrence {
				a = s.seal(a)
			} else {
				a = a.clone()
			}
			page = append(page, a)
			last = cursor{seq: r.seq, original: original, valid: true}
		}
	}
	return page, last, false
}

// candidates returns the rows that may hold matching entries, by seq, from the cursor on.
func (s *store) candidates(q listQuery) iter.Seq[*row] {
	total := len(s.rows)
	lists := [][]*row{s.rows}
	if len(q.users) > 0 {
		lists, total = nil, 0
		for _, u := range q.users {
			lists = append(lists, s.byOwner[u])
			total += len(s.byOwner[u])
			if q.asMember {
				lists = append(lists, s.byMember[u])
				total += len(s.byMember[u])
			}
		}
	}
	if !q.changedSince.IsZero() {
		i, _ := slices.BinarySearchFunc(s.touched, q.changedSince, func(r *row, t time.Time) int {
			if r.touched.Before(t) {
				return -1
			}
			return 1
		})
		if changed := s.touched[i:]; len(changed) < total/4+1 {
			changed = slices.Clone(changed)
			slices.SortFunc(changed, bySeq)
			lists = [][]*row{changed}
		}
	}
	if q.after.valid {
		for i, l := range lists {
			from, _ := slices.BinarySearchFunc(l, q.after.seq, func(r *row, seq int64) int { return int(r.seq - seq) })
			lists[i] = l[from:]
		}
	}
	return merge(lists)
}

// merge walks lists that are sorted by seq as one, each row once.
func merge(lists [][]*row) iter.Seq[*row] {
	if len(lists) == 1 {
		return slices.Values(lists[0])
	}
	heads := slices.Clone(lists)
	return func(yield func(*row) bool) {
		for {
			var next *row
			for _, l := range heads {
				if len(l) > 0 && (next == nil || l[0].seq < next.seq) {
					next = l[0]
				}
			}
			if next == nil || !yield(next) {
				return
			}
			for i, l := range heads {
				if len(l) > 0 && l[0] == next {
					heads[i] = l[1:]
				}
			}
		}
	}
}

// entries returns what a row shows under the query's recurrenceType, in the
// order of the original starts. Occurrences are not sealed yet.
func (s *store) entries(r *row, q listQuery) []Activity {
	wanted := func(t RecurrenceType) bool {
		if q.recurrence == nil {
			return t != Series
		}
		return *q.recurrence == t
	}
	if r.a.Recurrence == nil {
		if wanted(Single) {
			return []Activity{r.a}
		}
		return nil
	}
	if wanted(Series) {
		return []Activity{s.master(r)}
	}
	var out []Activity
	if wanted(Occurrence) {
		s.occurrences(r, func(a Activity) bool {
			if s.beyond(r, &a, q) {
				return false
			}
			if _, changed := r.exceptions[a.Original.Unix()]; !changed && s.inWindow(&a, q) {
				out = append(out, a)
			}
			return true
		})
	}
	if wanted(Exception) && len(r.exceptions) > 0 {
		for original, x := range r.exceptions {
			if !x.removed {
				out = append(out, s.exceptionView(r, original, x))
			}
		}
		slices.SortFunc(out, func(a, b Activity) int { return a.Original.Compare(b.Original) })
	}
	return out
}

// beyond ends the expansion of a series.
func (s *store) beyond(r *row, a *Activity, q listQuery) bool {
	if !q.end.IsZero() {
		return a.Start.After(q.end)
	}
	return r.a.Recurrence.endless() && a.Start.After(s.now().Add(s.sw.horizon()))
}

func (s *store) matches(a *Activity, q listQuery) bool {
	if !q.changedSince.IsZero() && a.Updated.Before(q.changedSince) {
		return false
	}
	if len(q.users) > 0 && !slices.ContainsFunc(q.users, func(u string) bool {
		return a.OwnerGUID == u || q.asMember && a.has(u)
	}) {
		return false
	}
	return s.inWindow(a, q) && (q.keep == nil || q.keep(a))
}

// inWindow tests startDateTime and endDateTime: by default the activity must
// end after the one and start before or at the other; with
// useStrictStartAndEndDateTime it must lie between them, both limits included.
func (s *store) inWindow(a *Activity, q listQuery) bool {
	start, end := a.Start, a.endOrStart()
	if a.RecurrenceType == Series && !s.sw.SeriesByFirst {
		if last, ok := s.lastOccurrence(a); ok {
			end = last.Add(end.Sub(start))
		} else {
			end = time.Unix(1<<40, 0)
		}
	}
	if q.strict {
		return (q.start.IsZero() || !start.Before(q.start)) && (q.end.IsZero() || !end.After(q.end))
	}
	if !q.end.IsZero() && start.After(q.end) {
		return false
	}
	if q.start.IsZero() || end.After(q.start) {
		return true
	}
	// An activity without length is at its start as much as it ends there.
	return end.Equal(q.start) && (s.sw.OverlapInclusive || end.Equal(start))
}
