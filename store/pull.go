package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// SavePull stores one page of changes and the cursor that covers it.
func (p *person) SavePull(ctx context.Context, side event.Side, pull state.Pull) error {
	covers, err := writeWindow(pull.Covers)
	if err != nil {
		return err
	}
	return p.tx(ctx, func(tx *sql.Tx) error {
		for _, c := range pull.Changes {
			if err := p.note(ctx, tx, side, c, pull.EnumID); err != nil {
				return fmt.Errorf("store change: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sides (person, side, cursor, identity) VALUES (?, ?, ?, ?)
			ON CONFLICT (person, side) DO UPDATE SET cursor = excluded.cursor,
			identity = CASE excluded.identity WHEN '' THEN identity ELSE excluded.identity END`,
			p.id, side, pull.Next, pull.Identity)
		if err != nil {
			return fmt.Errorf("store cursor: %w", err)
		}
		if pull.EnumID == "" || !pull.Last {
			return nil
		}
		if err := p.sweep(ctx, tx, side, pull.EnumID, pull.Covers); err != nil {
			return fmt.Errorf("end enumeration: %w", err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE sides SET covers = ?, swept = ?, privacy = ? WHERE person = ? AND side = ?",
			covers, unix(pull.At), pull.Privacy, p.id, side)
		return err
	})
}

// note stores what one change tells of one row. Outside an enumeration the
// row keeps the mark of the one that saw it last.
func (p *person) note(ctx context.Context, tx *sql.Tx, side event.Side, c endpoint.Change, enum string) error {
	switch {
	case c.Item != nil:
		return p.putRow(ctx, tx, side, *c.Item, enum)
	case c.Gone:
		held, err := p.linked(ctx, tx, side, c.ID)
		if err == nil && !held {
			held, err = p.awaited(ctx, tx, side, c.ID)
		}
		if err != nil {
			return err
		}
		if !held {
			return p.removeRow(ctx, tx, side, c.ID)
		}
		return p.markRow(ctx, tx, side, c.ID, plan.Gone, "", enum)
	case c.Err != nil:
		return p.markRow(ctx, tx, side, c.ID, plan.Unreadable, cmp.Or(c.Err.Code, c.Err.Kind.String()), enum)
	}
	return nil
}

// putRow stores an entry that was read. An empty enum keeps the row's mark.
func (p *person) putRow(ctx context.Context, tx *sql.Tx, side event.Side, it event.Item, enum string) error {
	sealed, err := p.seal.close(mirrorPlace(p.id, side, it.ID), it)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mirror (person, side, id, presence, problem, enum, sealed)
		VALUES (?, ?, ?, ?, '', ?, ?) ON CONFLICT (person, side, id) DO UPDATE SET
		presence = excluded.presence, problem = '', sealed = excluded.sealed,
		enum = CASE excluded.enum WHEN '' THEN enum ELSE excluded.enum END`,
		p.id, side, it.ID, plan.Present, enum, sealed)
	return err
}

// markRow changes what is known of a row and keeps what was read last.
func (p *person) markRow(ctx context.Context, tx *sql.Tx, side event.Side, id event.ID, pr plan.Presence, problem, enum string) error {
	stub := event.Item{Ref: event.Ref{ID: id}}
	sealed, err := p.seal.close(mirrorPlace(p.id, side, id), stub)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mirror (person, side, id, presence, problem, enum, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person, side, id) DO UPDATE SET
		presence = excluded.presence, problem = excluded.problem,
		enum = CASE excluded.enum WHEN '' THEN enum ELSE excluded.enum END`,
		p.id, side, id, pr, problem, enum, sealed)
	return err
}

func (p *person) removeRow(ctx context.Context, tx *sql.Tx, side event.Side, id event.ID) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM mirror WHERE person = ? AND side = ? AND id = ?", p.id, side, id)
	return err
}

// linked tells whether a link of this person holds an entry, or an occurrence
// of it: the id of one is that of the entry, the mark and its start.
func (p *person) linked(ctx context.Context, tx *sql.Tx, side event.Side, id event.ID) (held bool, err error) {
	q := linkedBusiness
	if side == event.Exchange {
		q = linkedExchange
	}
	from := id + event.OccurrenceMark
	err = tx.QueryRowContext(ctx, q, p.id, id, from, from+"\U0010FFFF").Scan(&held)
	return held, err
}

// awaited tells whether a person has yet to say what was made of an entry.
func (p *person) awaited(ctx context.Context, tx *sql.Tx, side event.Side, id event.ID) (held bool, err error) {
	err = each(ctx, tx, func(r *sql.Rows) error {
		e, err := p.scanEntry(r)
		have := e.Intent.Action.Have[side]
		held = held || have != nil && have.ID == id
		return err
	}, selectOpen+" AND phase = ?", p.id, state.Unsure)
	return held, err
}

// release forgets the entries of a closed question that are known to be gone,
// unless a link holds them now.
func (p *person) release(ctx context.Context, tx *sql.Tx, a plan.Action) error {
	for s, have := range a.Have {
		if have == nil {
			continue
		}
		side := event.Side(s)
		held, err := p.linked(ctx, tx, side, have.ID)
		if err == nil && !held {
			held, err = p.awaited(ctx, tx, side, have.ID)
		}
		if err == nil && !held {
			_, err = tx.ExecContext(ctx, "DELETE FROM mirror WHERE person = ? AND side = ? AND id = ? AND presence = ?", p.id, side, have.ID, plan.Gone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	linkedBusiness = "SELECT EXISTS (SELECT 1 FROM links WHERE person = ?1 AND (business = ?2 OR business > ?3 AND business < ?4))"
	linkedExchange = "SELECT EXISTS (SELECT 1 FROM links WHERE person = ?1 AND (exchange = ?2 OR exchange > ?3 AND exchange < ?4))"
)

// sweep ends a complete enumeration: what it should have listed and did not
// is missing. That proves nothing yet, and takes nothing from what is proven.
func (p *person) sweep(ctx context.Context, tx *sql.Tx, side event.Side, enum string, covers event.Window) error {
	var missing []event.ID
	err := each(ctx, tx, func(r *sql.Rows) error {
		var id event.ID
		var sealed []byte
		if err := r.Scan(&id, &sealed); err != nil {
			return err
		}
		if !covers.IsZero() {
			var it event.Item
			if err := p.seal.open(mirrorPlace(p.id, side, id), sealed, &it); err != nil {
				return err
			}
			if !covers.Holds(it.Event) {
				return nil
			}
		}
		missing = append(missing, id)
		return nil
	}, "SELECT id, sealed FROM mirror WHERE person = ? AND side = ? AND enum <> ? AND presence <> ?", p.id, side, enum, plan.Gone)
	if err != nil {
		return err
	}
	for _, id := range missing {
		_, err = tx.ExecContext(ctx, "UPDATE mirror SET presence = ?, problem = '' WHERE person = ? AND side = ? AND id = ?",
			plan.Missing, p.id, side, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// index looks over all people.
type index Store

var _ state.Index = (*index)(nil)

// Shared maps meetings to business entries. A link tells more than an open
// create, and an older link more than a younger one.
func (x *index) Shared(ctx context.Context) (map[string]event.ID, error) {
	out := map[string]event.ID{}
	scan := func(r *sql.Rows) error {
		var uid string
		var id event.ID
		var link int64
		if err := r.Scan(&uid, &id, &link); err != nil {
			return err
		}
		out[uid] = id
		return nil
	}
	err := errors.Join(
		each(ctx, x.read, scan, "SELECT making, '', 0 FROM journal WHERE making <> ''"),
		// Beside a lone min(), SQLite takes the other columns from the row that
		// has the minimum (https://www.sqlite.org/lang_select.html#bareagg).
		each(ctx, x.read, scan, "SELECT uid, business, min(id) FROM links WHERE uid <> '' AND business <> '' GROUP BY uid"),
	)
	if err != nil {
		return nil, readable(fmt.Errorf("load shared meetings: %w", err))
	}
	return out, nil
}
