package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// images are an entry and its link before a write, and the entry after it. A
// row whose images were pruned holds an empty value instead.
type images struct {
	Before, After *event.Item
	Was           *plan.Link
}

func historyPlace(id state.EntryID) string { return fmt.Sprintf("history %d", id) }

// newRun stores a run and gives it its ID.
func (p *person) newRun(ctx context.Context, tx *sql.Tx, r state.Run) (state.RunID, error) {
	res, err := tx.ExecContext(ctx, "INSERT INTO runs (person, started, cause) VALUES (?, ?, ?)", p.id, unix(r.Started), r.Cause)
	if err != nil {
		return 0, fmt.Errorf("store run: %w", err)
	}
	id, err := res.LastInsertId()
	return state.RunID(id), err
}

// ownRun refuses a run that is not this person's.
func (p *person) ownRun(ctx context.Context, tx *sql.Tx, id state.RunID) error {
	var one int
	err := tx.QueryRowContext(ctx, "SELECT 1 FROM runs WHERE id = ? AND person = ?", id, p.id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find run %d: this person has none of that number", id)
	}
	return err
}

// EndRun stores a report. A zero id is the newest open run; without one, a
// run is recorded that began and ended at once.
func (p *person) EndRun(ctx context.Context, id state.RunID, rep state.Report) error {
	body, err := json.Marshal(rep)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return p.tx(ctx, func(tx *sql.Tx) error {
		if id == 0 {
			if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM runs WHERE person = ? AND ended = 0", p.id).Scan(&id); err != nil {
				return fmt.Errorf("find open run: %w", err)
			}
		}
		if id == 0 {
			if id, err = p.newRun(ctx, tx, state.Run{Started: rep.Ended}); err != nil {
				return err
			}
		}
		if err := p.ownRun(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ?, report = ? WHERE id = ?", unix(rep.Ended), string(body), id); err != nil {
			return fmt.Errorf("store report: %w", err)
		}
		if rep.Approved {
			_, err = tx.ExecContext(ctx, "INSERT INTO approved (person) VALUES (?) ON CONFLICT DO NOTHING", p.id)
		}
		return err
	})
}

// Runs lists runs, newest first; a limit of 0 means all.
func (s *Store) Runs(ctx context.Context, limit int) ([]state.PastRun, error) {
	if limit <= 0 {
		limit = -1
	}
	var out []state.PastRun
	err := each(ctx, s.read, func(r *sql.Rows) error {
		var p state.PastRun
		var started int64
		var report string
		if err := r.Scan(&p.ID, &p.Person, &started, &p.Cause, &report); err != nil {
			return err
		}
		p.Started = instant(started)
		out = append(out, p)
		if report == "" {
			return nil
		}
		return json.Unmarshal([]byte(report), &out[len(out)-1].Report)
	}, "SELECT id, person, started, cause, report FROM runs ORDER BY id DESC LIMIT ?", limit)
	if err != nil {
		return nil, readable(fmt.Errorf("load history: %w", err))
	}
	return out, nil
}

// Changes lists what one run did, in the order it was done.
func (s *Store) Changes(ctx context.Context, run state.RunID) ([]state.PastChange, error) {
	var out []state.PastChange
	err := each(ctx, s.read, func(r *sql.Rows) error {
		c := state.PastChange{Run: run}
		var reason string
		var at, link, toldAt int64
		var sealed []byte
		var told state.Notice
		if err := r.Scan(&c.Entry, &c.Person, &c.Kind, &c.Side, &c.Fields, &c.Outcome, &reason, &c.Notified, &at, &link, &sealed,
			&told.By, &toldAt, &told.People, &told.Sent); err != nil {
			return err
		}
		if told.People > 0 {
			told.Entry, told.At = c.Entry, instant(toldAt)
			c.Notice = &told
		}
		c.At = instant(at)
		if err := json.Unmarshal([]byte(reason), &c.Reason); err != nil {
			return fmt.Errorf("read reason: %w", err)
		}
		var im images
		if len(sealed) > 0 {
			if err := s.seal.open(historyPlace(c.Entry), sealed, &im); err != nil {
				return err
			}
		}
		c.Before, c.After, c.Was, c.Pruned = im.Before, im.After, im.Was, len(sealed) == 0
		if link != 0 {
			c.Link = linkID(link)
		}
		out = append(out, c)
		return nil
	}, `SELECT h.entry, person, kind, side, fields, outcome, reason, notified, h.at, link, sealed,
		coalesce(n.by, ''), coalesce(n.at, 0), coalesce(n.people, 0), coalesce(n.sent, 0)
		FROM history h LEFT JOIN notices n ON n.entry = h.entry WHERE run = ? ORDER BY id`, run)
	if err != nil {
		return nil, readable(fmt.Errorf("load history: %w", err))
	}
	return out, nil
}

// Prune forgets runs, and what they did, that are older than history, and
// takes the contents of entries from changes older than images. What the
// safety stops still count and runs with open entries stay in any case.
func (s *Store) Prune(ctx context.Context, history, images time.Time) error {
	if keep := s.now().Add(-deletionsKept); history.After(keep) {
		history = keep
	}
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM history WHERE at < ?", unix(history)); err != nil {
			return fmt.Errorf("prune history: %w", err)
		}
		// A notice is younger than its change, and so is never forgotten before it.
		if _, err := tx.ExecContext(ctx, "DELETE FROM notices WHERE at < ?", unix(history)); err != nil {
			return fmt.Errorf("prune notices: %w", err)
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM runs WHERE started < ?
			AND NOT EXISTS (SELECT 1 FROM journal WHERE run = runs.id)
			AND NOT EXISTS (SELECT 1 FROM history WHERE run = runs.id)`, unix(history))
		if err != nil {
			return fmt.Errorf("prune runs: %w", err)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE history SET sealed = x'' WHERE at < ? AND sealed <> x''", unix(images)); err != nil {
			return fmt.Errorf("prune images: %w", err)
		}
		return nil
	})
	return errors.Join(err, s.tidy(ctx))
}

// tidy takes what was deleted from the WAL too, where secure_delete does not
// reach, and gives room back when much of the file is free.
func (s *Store) tidy(ctx context.Context) error {
	var pages, free int
	for q, to := range map[string]*int{"PRAGMA page_count": &pages, "PRAGMA freelist_count": &free} {
		if err := s.write.QueryRowContext(ctx, q).Scan(to); err != nil {
			return readable(fmt.Errorf("look at store: %w", err))
		}
	}
	if free > pages/4 {
		return s.compact(ctx)
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return readable(fmt.Errorf("tidy store: %w", err))
	}
	return nil
}
