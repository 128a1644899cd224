package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// person is one person's part of a Store.
type person struct {
	*Store
	id event.PersonID
}

var _ state.Store = (*person)(nil)

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// each calls scan for every row of a query.
func each(ctx context.Context, q queryer, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Load reads everything in one transaction, so that it is of one moment.
func (p *person) Load(ctx context.Context) (state.Snapshot, error) {
	var out state.Snapshot
	tx, err := p.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return out, readable(fmt.Errorf("load state: %w", err))
	}
	parts := []func(context.Context, *sql.Tx, *state.Snapshot) error{
		p.loadSides, p.loadLinks, p.loadMirror, p.loadOpen, p.loadAnswers, p.loadTrail, p.loadRest,
	}
	for _, part := range parts {
		if err := part(ctx, tx, &out); err != nil {
			return state.Snapshot{}, readable(errors.Join(fmt.Errorf("load state: %w", err), undone(tx.Rollback())))
		}
	}
	return out, undone(tx.Rollback())
}

func (p *person) loadSides(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		var side event.Side
		var cursor, covers, identity, privacy string
		var swept int64
		if err := r.Scan(&side, &cursor, &covers, &swept, &identity, &privacy); err != nil {
			return err
		}
		out.Cursors[side], out.Swept[side], out.Identity[side] = endpoint.Cursor(cursor), instant(swept), identity
		out.Privacy[side] = privacy
		var err error
		out.Covers[side], err = readWindow(covers)
		return err
	}, "SELECT side, cursor, covers, swept, identity, privacy FROM sides WHERE person = ?", p.id)
}

// window is how a Window is written: the zone in which all-day entries are
// looked at belongs to it.
type window struct {
	From, To time.Time
	Zone     string
}

func writeWindow(w event.Window) (string, error) {
	if w.IsZero() {
		return "", nil
	}
	b, err := json.Marshal(window{w.From.UTC(), w.To.UTC(), w.From.Location().String()})
	return string(b), err
}

func readWindow(s string) (event.Window, error) {
	if s == "" {
		return event.Window{}, nil
	}
	var w window
	if err := json.Unmarshal([]byte(s), &w); err != nil {
		return event.Window{}, fmt.Errorf("read window: %w", err)
	}
	loc, err := event.LoadZone(w.Zone)
	if err != nil {
		loc = time.UTC
	}
	return event.Window{From: w.From.In(loc), To: w.To.In(loc)}, nil
}

// linkClear is the part of a link that is no calendar text.
type linkClear struct {
	Refs   [2]event.Ref
	Stamp  event.Stamp
	Origin plan.Origin
	Remade bool
	Quiet  bool
	Led    event.FieldSet `json:",omitempty"`
}

func linkPlace(id int64) string { return "link " + strconv.FormatInt(id, 10) }

func linkID(id int64) plan.LinkID { return plan.LinkID(strconv.FormatInt(id, 10)) }

const selectLinks = "SELECT id, state, uid, clear, sealed FROM links WHERE person = ?"

func (p *person) loadLinks(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		l, err := p.scanLink(r)
		out.Links = append(out.Links, l)
		return err
	}, selectLinks+" ORDER BY id", p.id)
}

func (p *person) scanLink(r *sql.Rows) (l plan.Link, err error) {
	var id int64
	var clear string
	var sealed []byte
	if err := r.Scan(&id, &l.State, &l.UID, &clear, &sealed); err != nil {
		return l, err
	}
	var c linkClear
	if err := json.Unmarshal([]byte(clear), &c); err != nil {
		return l, fmt.Errorf("read link: %w", err)
	}
	l.ID, l.Refs, l.Stamp, l.Origin, l.Remade, l.Quiet, l.Led = linkID(id), c.Refs, c.Stamp, c.Origin, c.Remade, c.Quiet, c.Led
	return l, p.seal.open(linkPlace(id), sealed, &l.Base)
}

// loadLink is one link; nil where there is none of that name.
func (p *person) loadLink(ctx context.Context, tx *sql.Tx, name plan.LinkID) (found *plan.Link, err error) {
	id, err := strconv.ParseInt(string(name), 10, 64)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // the name of no link, or of one of another store
	}
	err = each(ctx, tx, func(r *sql.Rows) error {
		l, err := p.scanLink(r)
		found = &l
		return err
	}, selectLinks+" AND id = ?", p.id, id)
	return found, err
}

func mirrorPlace(p event.PersonID, s event.Side, id event.ID) string {
	return fmt.Sprintf("mirror %s %d %s", p, s, id)
}

func (p *person) loadMirror(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		var side event.Side
		var id event.ID
		var m plan.Mirrored
		var sealed []byte
		if err := r.Scan(&side, &id, &m.Presence, &m.Problem, &sealed); err != nil {
			return err
		}
		if err := p.seal.open(mirrorPlace(p.id, side, id), sealed, &m.Item); err != nil {
			return err
		}
		out.Mirror[side] = append(out.Mirror[side], m)
		return nil
	}, "SELECT side, id, presence, problem, sealed FROM mirror WHERE person = ? ORDER BY side, id", p.id)
}

func entryPlace(id state.EntryID) string { return fmt.Sprintf("entry %d", id) }

const selectOpen = "SELECT id, run, phase, sent, candidates, sealed FROM journal WHERE person = ?"

func (p *person) loadOpen(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		e, err := p.scanEntry(r)
		out.Open = append(out.Open, e)
		return err
	}, selectOpen+" ORDER BY id", p.id)
}

func (p *person) scanEntry(r *sql.Rows) (state.Entry, error) {
	var e state.Entry
	var sent int64
	var candidates string
	var sealed []byte
	if err := r.Scan(&e.ID, &e.Run, &e.Phase, &sent, &candidates, &sealed); err != nil {
		return e, err
	}
	e.SentAt = instant(sent)
	if candidates != "" {
		if err := json.Unmarshal([]byte(candidates), &e.Candidates); err != nil {
			return e, fmt.Errorf("read candidates: %w", err)
		}
	}
	return e, p.seal.open(entryPlace(e.ID), sealed, &e.Intent)
}

func (p *person) loadAnswers(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	return each(ctx, tx, func(r *sql.Rows) error {
		var a plan.Answer
		if err := r.Scan(&a.Side, &a.ID, &a.Choice, &a.Partner, &a.Right[event.Business], &a.Right[event.Exchange]); err != nil {
			return err
		}
		out.Answers = append(out.Answers, a)
		return nil
	}, "SELECT side, id, choice, partner, business, exchange FROM answers WHERE person = ? ORDER BY side, id", p.id)
}

// deletionsKept is how far back a Snapshot tells of deletions: the rolling day
// that the safety stops look at, and room for clocks that were set.
const deletionsKept = 48 * time.Hour

func (p *person) loadRest(ctx context.Context, tx *sql.Tx, out *state.Snapshot) error {
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM approved WHERE person = ?)", p.id).Scan(&out.Approved); err != nil {
		return err
	}
	series := map[string]bool{}
	defer func() { slices.Reverse(out.Deletions) }()
	return each(ctx, tx, func(r *sql.Rows) error {
		var at int64
		var reason string
		if err := r.Scan(&at, &reason); err != nil {
			return err
		}
		var why plan.Reason
		if err := json.Unmarshal([]byte(reason), &why); err != nil {
			return fmt.Errorf("read reason: %w", err)
		}
		if of := why.Series(); of == "" || !series[of] {
			out.Deletions = append(out.Deletions, instant(at))
			series[of] = true
		}
		return nil
	}, `SELECT at, reason FROM history WHERE person = ? AND removes = 1 AND at >= ?
		AND (SELECT cause FROM runs WHERE id = history.run) NOT IN (?, ?) ORDER BY id DESC`,
		p.id, unix(p.now().Add(-deletionsKept)), state.CauseUndo, state.CauseAllowed)
}
