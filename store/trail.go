package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// trailKept is how far back a Snapshot tells of turns: the day that a plan
// looks at, and room for clocks that were set.
const trailKept = 48 * time.Hour

// putTurns adds to the trail of a link what one entry has written, and forgets
// what is too old to count.
func (p *person) putTurns(ctx context.Context, tx *sql.Tx, name plan.LinkID, x state.Settled) error {
	if len(x.Turns) == 0 {
		return nil
	}
	link, err := strconv.ParseInt(string(name), 10, 64)
	if err != nil {
		return nil //nolint:nilerr // a name that is no number was never a link of this store
	}
	for _, t := range x.Turns {
		_, err := tx.ExecContext(ctx, "INSERT INTO trail (person, link, field, was, became, answered, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			p.id, link, t.Field, t.Was, t.Is, t.Answered, unix(t.At))
		if err != nil {
			return fmt.Errorf("store trail: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM trail WHERE person = ? AND at < ?", p.id, unix(p.now().Add(-trailKept)))
	return err
}

func (p *person) loadTrail(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	out.Trail = map[plan.LinkID][]plan.Turn{}
	return each(ctx, tx, func(r *sql.Rows) error {
		var link, at int64
		var t plan.Turn
		if err := r.Scan(&link, &t.Field, &t.Was, &t.Is, &t.Answered, &at); err != nil {
			return err
		}
		t.At = instant(at)
		out.Trail[linkID(link)] = append(out.Trail[linkID(link)], t)
		return nil
	}, "SELECT link, field, was, became, answered, at FROM trail WHERE person = ? AND at >= ? ORDER BY at, id",
		p.id, unix(p.now().Add(-trailKept)))
}
