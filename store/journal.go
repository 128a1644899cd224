package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// SaveLinks stores links; one without ID is new.
func (p *person) SaveLinks(ctx context.Context, links []plan.Link) error {
	return p.tx(ctx, func(tx *sql.Tx) error {
		for _, l := range links {
			if _, err := p.putLink(ctx, tx, l); err != nil {
				return err
			}
			for side, ref := range l.Refs {
				if err := p.answered(ctx, tx, event.Side(side), ref.ID, 0); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// putLink stores a link, under a new ID if it has none.
func (p *person) putLink(ctx context.Context, tx *sql.Tx, l plan.Link) (int64, error) {
	clear, err := json.Marshal(linkClear{l.Refs, l.Stamp, l.Origin, l.Remade, l.Quiet, l.Led})
	if err != nil {
		return 0, fmt.Errorf("write link: %w", err)
	}
	var id int64
	if l.ID == "" {
		// The row must be there before its number, which the seal is bound to, is known.
		res, err := tx.ExecContext(ctx, `INSERT INTO links (person, state, uid, business, exchange, clear, sealed)
			VALUES (?, 0, '', '', '', '', '')`, p.id)
		if err != nil {
			return 0, fmt.Errorf("store link: %w", err)
		}
		if id, err = res.LastInsertId(); err != nil {
			return 0, fmt.Errorf("store link: %w", err)
		}
	} else if id, err = strconv.ParseInt(string(l.ID), 10, 64); err != nil {
		return 0, fmt.Errorf("store link %s: no such link", l.ID)
	}
	sealed, err := p.seal.close(linkPlace(id), l.Base)
	if err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE links SET state = ?, uid = ?, business = ?, exchange = ?, clear = ?, sealed = ?
		WHERE id = ? AND person = ?`, l.State, l.UID, l.Refs[event.Business].ID, l.Refs[event.Exchange].ID, string(clear), sealed, id, p.id)
	if err != nil {
		return 0, fmt.Errorf("store link: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return 0, errors.Join(fmt.Errorf("store link %s: no such link", l.ID), err)
	}
	return id, nil
}

// Begin journals intents and takes their claims.
func (p *person) Begin(ctx context.Context, r state.Run, intents []state.Intent) (open []state.Entry, refused []state.Refusal, err error) {
	err = p.tx(ctx, func(tx *sql.Tx) error {
		if r.ID == 0 {
			if r.ID, err = p.newRun(ctx, tx, r); err != nil {
				return err
			}
		} else if err := p.ownRun(ctx, tx, r.ID); err != nil {
			return err
		}
		for _, in := range intents {
			by, err := p.claimed(ctx, tx, in.Claim)
			if err != nil {
				return err
			}
			if by != "" {
				refused = append(refused, state.Refusal{Action: in.Action, By: by})
				continue
			}
			e, err := p.openEntry(ctx, tx, r.ID, in)
			if err != nil {
				return err
			}
			open = append(open, e)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("journal intents: %w", err)
	}
	return open, refused, nil
}

// claimed is who holds a claim; nobody holds the empty one.
func (p *person) claimed(ctx context.Context, tx *sql.Tx, claim string) (by event.PersonID, err error) {
	if claim == "" {
		return "", nil
	}
	err = tx.QueryRowContext(ctx, "SELECT person FROM claims WHERE claim = ?", claim).Scan(&by)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return by, err
}

func (p *person) openEntry(ctx context.Context, tx *sql.Tx, run state.RunID, in state.Intent) (state.Entry, error) {
	e := state.Entry{Run: run, Intent: in}
	making := ""
	if source := in.Action.Have[event.Exchange]; in.Action.Kind == plan.Create && in.Action.Side == event.Business && source != nil {
		making = source.UID
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO journal (run, person, phase, claim, making, sealed) VALUES (?, ?, ?, ?, ?, '')",
		run, p.id, state.Intended, in.Claim, making)
	if err != nil {
		return e, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return e, err
	}
	e.ID = state.EntryID(id)
	sealed, err := p.seal.close(entryPlace(e.ID), in)
	if err != nil {
		return e, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE journal SET sealed = ? WHERE id = ?", sealed, id); err != nil {
		return e, err
	}
	if in.Claim != "" {
		_, err = tx.ExecContext(ctx, "INSERT INTO claims (claim, person, entry) VALUES (?, ?, ?)", in.Claim, p.id, id)
	}
	return e, err
}

// MarkSent notes that requests are about to leave.
func (p *person) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	return p.tx(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			res, err := tx.ExecContext(ctx, "UPDATE journal SET phase = ?, sent = ? WHERE id = ? AND person = ? AND phase <> ?",
				state.Sent, unix(at), id, p.id, state.Unsure)
			if err != nil {
				return fmt.Errorf("mark entry %d sent: %w", id, err)
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return errors.Join(fmt.Errorf("mark entry %d sent: it is closed or waits for a person", id), err)
			}
		}
		return nil
	})
}

// Settle closes entries: journal, link, mirror and history in one commit.
func (p *person) Settle(ctx context.Context, done []state.Settled) error {
	return p.tx(ctx, func(tx *sql.Tx) error {
		for _, x := range done {
			if err := p.settle(ctx, tx, x); err != nil {
				return fmt.Errorf("settle entry %d: %w", x.Entry, err)
			}
		}
		return nil
	})
}

func (p *person) settle(ctx context.Context, tx *sql.Tx, x state.Settled) error {
	e, err := p.findOpen(ctx, tx, x.Entry)
	if err != nil {
		return err
	}
	was, err := p.loadLink(ctx, tx, e.Intent.Action.Link)
	if err != nil {
		return err
	}
	if x.Was != nil {
		was = x.Was
	}
	var link int64
	if x.Link != nil {
		if link, err = p.putLink(ctx, tx, *x.Link); err != nil {
			return err
		}
	}
	if x.Unlink != "" {
		if err := p.unlink(ctx, tx, x.Unlink); err != nil {
			return err
		}
	}
	if err := p.putTurns(ctx, tx, e.Intent.Action.Link, x); err != nil {
		return err
	}
	for _, row := range x.Rows {
		if row.Gone {
			err = p.note(ctx, tx, row.Side, endpoint.Change{ID: row.ID, Gone: true}, "")
		} else if row.Item == nil {
			err = p.removeRow(ctx, tx, row.Side, row.ID)
		} else {
			err = p.putRow(ctx, tx, row.Side, *row.Item, "")
		}
		if err != nil {
			return err
		}
	}
	if x.Outcome == state.StillUnsure {
		candidates, err := json.Marshal(x.Candidates)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE journal SET phase = ?, candidates = ? WHERE id = ?", state.Unsure, string(candidates), e.ID)
		return err
	}
	return p.closeEntry(ctx, tx, e, x, link, was)
}

func (p *person) findOpen(ctx context.Context, tx *sql.Tx, id state.EntryID) (state.Entry, error) {
	var found []state.Entry
	err := each(ctx, tx, func(r *sql.Rows) error {
		e, err := p.scanEntry(r)
		found = append(found, e)
		return err
	}, selectOpen+" AND id = ?", p.id, id)
	if err != nil {
		return state.Entry{}, err
	}
	if len(found) == 0 {
		return state.Entry{}, errors.New("it is not open")
	}
	return found[0], nil
}

// closeEntry takes an entry off the journal, passes its claim on or gives it
// back, and writes its history.
func (p *person) closeEntry(ctx context.Context, tx *sql.Tx, e state.Entry, x state.Settled, link int64, was *plan.Link) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM journal WHERE id = ?", e.ID); err != nil {
		return err
	}
	err := p.release(ctx, tx, e.Intent.Action)
	if err != nil {
		return err
	}
	if x.Outcome == state.Applied && link != 0 {
		_, err = tx.ExecContext(ctx, "UPDATE claims SET entry = NULL, link = ? WHERE entry = ?", link, e.ID)
	} else {
		_, err = tx.ExecContext(ctx, "DELETE FROM claims WHERE entry = ?", e.ID)
	}
	if err != nil {
		return err
	}
	why := e.Intent.Action.Reason
	if x.Why.Code != "" {
		why = x.Why
	}
	reason, err := json.Marshal(why)
	if err != nil {
		return err
	}
	sealed, err := p.seal.close(historyPlace(e.ID), images{x.Before, x.After, was})
	if err != nil {
		return err
	}
	a := e.Intent.Action
	for side, have := range a.Have {
		if have == nil || x.Outcome != state.Applied || a.Kind == plan.Stamp || a.Kind == plan.Unlink {
			continue
		}
		if err := p.answered(ctx, tx, event.Side(side), have.ID, x.Rest); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO history (entry, run, person, kind, side, fields, outcome, removes, reason, notified, at, link, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, e.Run, p.id, a.Kind, a.Side, a.Fields, x.Outcome, x.Outcome == state.Applied && a.Removes(), string(reason), x.Notified, unix(x.At), link, sealed)
	return err
}

// unlink ends a link; with it go its claims and the rows that only stayed for
// its sake.
func (p *person) unlink(ctx context.Context, tx *sql.Tx, id plan.LinkID) error {
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return nil //nolint:nilerr // a name that is no number was never a link of this store
	}
	var ends [2]event.ID
	err = tx.QueryRowContext(ctx, "SELECT business, exchange FROM links WHERE id = ? AND person = ?", n, p.id).Scan(&ends[0], &ends[1])
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM links WHERE id = ?", n); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM claims WHERE link = ?", n); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM trail WHERE link = ?", n); err != nil {
		return err
	}
	for _, s := range event.Sides() {
		if series, _, one := event.SplitOccurrence(ends[s]); one {
			ends[s] = series
		}
		held, err := p.linked(ctx, tx, s, ends[s])
		if err != nil {
			return err
		}
		if held {
			continue
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM mirror WHERE person = ? AND side = ? AND id = ? AND presence = ?", p.id, s, ends[s], plan.Gone)
		if err != nil {
			return err
		}
	}
	return nil
}

// answered ends an answer that said which side is right, but for the rest: what
// it was asked for has been settled.
func (p *person) answered(ctx context.Context, tx *sql.Tx, s event.Side, id event.ID, rest event.FieldSet) error {
	a := plan.Answer{Side: s, ID: id}
	err := tx.QueryRowContext(ctx, "SELECT choice, partner, business, exchange FROM answers WHERE person = ? AND side = ? AND id = ?", p.id, s, id).
		Scan(&a.Choice, &a.Partner, &a.Right[event.Business], &a.Right[event.Exchange])
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && !a.Takes():
		return nil
	case err != nil:
		return fmt.Errorf("read answer: %w", err)
	}
	if left, ok := a.Left(rest); ok {
		return p.putAnswer(ctx, tx, left)
	}
	return p.dropAnswer(ctx, tx, s, id)
}

// Answer stores a person's choice.
func (p *person) Answer(ctx context.Context, a plan.Answer) error {
	return p.tx(ctx, func(tx *sql.Tx) error {
		if a.Choice == plan.Clear {
			return p.dropAnswer(ctx, tx, a.Side, a.ID)
		}
		return p.putAnswer(ctx, tx, a)
	})
}

func (p *person) putAnswer(ctx context.Context, tx *sql.Tx, a plan.Answer) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO answers (person, side, id, choice, partner, business, exchange) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, side, id) DO UPDATE SET choice = excluded.choice, partner = excluded.partner,
			business = excluded.business, exchange = excluded.exchange`,
		p.id, a.Side, a.ID, a.Choice, a.Partner, a.Right[event.Business], a.Right[event.Exchange])
	return err
}

func (p *person) dropAnswer(ctx context.Context, tx *sql.Tx, s event.Side, id event.ID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE person = ? AND side = ? AND id = ?`, p.id, s, id)
	return err
}
