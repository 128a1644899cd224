package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// resealed is a row to write back.
type resealed struct {
	key    int64
	side   event.Side
	id     event.ID
	sealed []byte
}

// Scrub takes text out of what is stored of this person.
func (p *person) Scrub(ctx context.Context, current, past state.Hide) error {
	return p.tx(ctx, func(tx *sql.Tx) error {
		for _, part := range []func() error{
			func() error { return p.scrubMirror(ctx, tx, current) },
			func() error { return p.scrubLinks(ctx, tx, current) },
			func() error { return p.scrubHistory(ctx, tx, past) },
		} {
			if err := part(); err != nil {
				return fmt.Errorf("scrub: %w", err)
			}
		}
		return nil
	})
}

func (p *person) scrubMirror(ctx context.Context, tx *sql.Tx, h state.Hide) error {
	var out []resealed
	err := each(ctx, tx, func(r *sql.Rows) error {
		row := resealed{}
		if err := r.Scan(&row.side, &row.id, &row.sealed); err != nil {
			return err
		}
		place := mirrorPlace(p.id, row.side, row.id)
		var it event.Item
		if err := p.seal.open(place, row.sealed, &it); err != nil {
			return err
		}
		bare, must := h(row.side, it, plan.Link{})
		if !must {
			return nil
		}
		var err error
		row.sealed, err = p.seal.close(place, bare)
		out = append(out, row)
		return err
	}, "SELECT side, id, sealed FROM mirror WHERE person = ?", p.id)
	if err != nil {
		return err
	}
	for _, row := range out {
		if _, err := tx.ExecContext(ctx, "UPDATE mirror SET sealed = ? WHERE person = ? AND side = ? AND id = ?", row.sealed, p.id, row.side, row.id); err != nil {
			return err
		}
	}
	return nil
}

func (p *person) scrubLinks(ctx context.Context, tx *sql.Tx, h state.Hide) error {
	var snap state.Snapshot
	if err := p.loadLinks(ctx, tx, &snap); err != nil {
		return err
	}
	for _, l := range snap.Links {
		if !scrubBase(&l, h) {
			continue
		}
		id, err := strconv.ParseInt(string(l.ID), 10, 64)
		if err != nil {
			return err
		}
		sealed, err := p.seal.close(linkPlace(id), l.Base)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE links SET sealed = ? WHERE id = ? AND person = ?", sealed, id, p.id); err != nil {
			return err
		}
	}
	return nil
}

func scrubBase(l *plan.Link, h state.Hide) (changed bool) {
	for _, s := range event.Sides() {
		if bare, must := h(s, event.Item{Ref: l.Refs[s], Event: l.Base[s]}, *l); must && l.Refs[s].ID != "" {
			l.Base[s], changed = bare.Event, true
		}
	}
	return changed
}

func (p *person) scrubHistory(ctx context.Context, tx *sql.Tx, h state.Hide) error {
	links, err := p.linksEver(ctx, tx)
	if err != nil {
		return err
	}
	var out []resealed
	err = each(ctx, tx, func(r *sql.Rows) error {
		row, entry, link := resealed{}, state.EntryID(0), int64(0)
		if err := r.Scan(&row.key, &entry, &row.side, &link, &row.sealed); err != nil {
			return err
		}
		var im images
		if err := p.seal.open(historyPlace(entry), row.sealed, &im); err != nil {
			return err
		}
		changed, l := false, links[linkID(link)]
		if im.Was != nil {
			l = *im.Was
		}
		for _, it := range []**event.Item{&im.Before, &im.After} {
			if *it == nil {
				continue
			}
			if bare, must := h(row.side, **it, l); must {
				*it, changed = &bare, true
			}
		}
		if im.Was != nil && scrubBase(im.Was, h) {
			changed = true
		}
		if !changed {
			return nil
		}
		var err error
		row.sealed, err = p.seal.close(historyPlace(entry), im)
		out = append(out, row)
		return err
	}, "SELECT id, entry, side, link, sealed FROM history WHERE person = ? AND sealed <> x''", p.id)
	if err != nil {
		return err
	}
	for _, row := range out {
		if _, err := tx.ExecContext(ctx, "UPDATE history SET sealed = ? WHERE id = ?", row.sealed, row.key); err != nil {
			return err
		}
	}
	return nil
}

// linksEver are the links there are, and those that have ended as the history
// last tells of them.
func (p *person) linksEver(ctx context.Context, tx *sql.Tx) (map[plan.LinkID]plan.Link, error) {
	var snap state.Snapshot
	if err := p.loadLinks(ctx, tx, &snap); err != nil {
		return nil, err
	}
	out := make(map[plan.LinkID]plan.Link, len(snap.Links))
	for _, l := range snap.Links {
		out[l.ID] = l
	}
	err := each(ctx, tx, func(r *sql.Rows) error {
		var entry state.EntryID
		var sealed []byte
		var im images
		if err := r.Scan(&entry, &sealed); err != nil {
			return err
		}
		err := p.seal.open(historyPlace(entry), sealed, &im)
		if im.Was != nil {
			out[im.Was.ID] = *im.Was
		}
		return err
	}, "SELECT entry, sealed FROM history WHERE person = ? AND sealed <> x'' ORDER BY id", p.id)
	return out, err
}
