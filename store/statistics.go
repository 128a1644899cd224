package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Statistics count what the store holds of one person. They are of ids and
// states alone: nothing sealed is opened for them.
type Statistics struct {
	Person event.PersonID
	Links  map[string]int // by plan.LinkState
	// Entries are the mirror's, by side and plan.Presence; Problems those of them
	// that could not be read.
	Entries  [2]map[string]int
	Problems [2]int
	Open     map[string]int // of the journal, by state.Phase
	Answers  int            // durable choices about entries
}

// Statistics counts for everybody of whom there is anything, in the order of ids.
func (s *Store) Statistics(ctx context.Context) ([]Statistics, error) {
	found := map[event.PersonID]*Statistics{}
	of := func(id event.PersonID) *Statistics {
		if found[id] == nil {
			found[id] = &Statistics{
				Person: id, Links: map[string]int{}, Entries: [2]map[string]int{{}, {}}, Open: map[string]int{},
			}
		}
		return found[id]
	}
	counts := []struct {
		query string
		note  func(p *Statistics, kind, more, n int)
	}{
		{
			"SELECT person, state, 0, count(*) FROM links GROUP BY 1, 2",
			func(p *Statistics, kind, _, n int) { p.Links[plan.LinkState(kind).String()] = n },
		},
		{
			"SELECT person, side, presence, count(*) FROM mirror GROUP BY 1, 2, 3",
			func(p *Statistics, side, kind, n int) { p.Entries[side&1][plan.Presence(kind).String()] = n },
		},
		{
			"SELECT person, side, 0, count(*) FROM mirror WHERE problem <> '' GROUP BY 1, 2",
			func(p *Statistics, side, _, n int) { p.Problems[side&1] = n },
		},
		{
			"SELECT person, phase, 0, count(*) FROM journal GROUP BY 1, 2",
			func(p *Statistics, kind, _, n int) { p.Open[state.Phase(kind).String()] = n },
		},
		{
			"SELECT person, 0, 0, count(*) FROM answers GROUP BY 1",
			func(p *Statistics, _, _, n int) { p.Answers = n },
		},
	}
	for _, c := range counts {
		err := each(ctx, s.read, func(r *sql.Rows) error {
			var id event.PersonID
			var kind, more, n int
			if err := r.Scan(&id, &kind, &more, &n); err != nil {
				return err
			}
			c.note(of(id), kind, more, n)
			return nil
		}, c.query)
		if err != nil {
			return nil, readable(fmt.Errorf("count what is stored: %w", err))
		}
	}
	out := make([]Statistics, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[id])
	}
	return out, nil
}
