package localapi

import (
	"context"
	"maps"
	"strings"
)

// Screen says whose subjects and places may be shown. The zero Screen: nobody's.
type Screen struct {
	All bool
	Me  string // the address of who sits before it
}

func (s Screen) shows(address string) bool {
	return s.All || s.Me != "" && strings.EqualFold(s.Me, address)
}

// Screened is an Agent that keeps the subjects and places of other people to
// itself: who sets an office up need not read everybody's calendar.
type Screened struct {
	Agent
	Screen func(context.Context) (Screen, error)
}

var _ Agent = Screened{}

// Preview plans for the people asked for.
func (s Screened) Preview(ctx context.Context, q PreviewRequest) (Preview, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Preview{}, AsError(err)
	}
	p, err := s.Agent.Preview(ctx, q)
	for i, person := range p.People {
		if !sc.shows(person.Address) {
			p.People[i].Rows, p.People[i].Withheld = maskRows(person.Rows), maskRows(person.Withheld)
		}
	}
	return p, err
}

// Sync brings the people asked for in step once.
func (s Screened) Sync(ctx context.Context, q SyncRequest) (Summary, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Summary{}, AsError(err)
	}
	out, err := s.Agent.Sync(ctx, q)
	for i, person := range out.People {
		if !sc.shows(person.Address) {
			out.People[i].Left = maskRows(person.Left)
		}
	}
	return out, err
}

// Changes lists what one run did.
func (s Screened) Changes(ctx context.Context, run int64) ([]Change, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	out, err := s.Agent.Changes(ctx, run)
	for i, c := range out {
		if !sc.shows(c.Address) {
			out[i].Before, out[i].After = mask(c.Before), mask(c.After)
		}
	}
	return out, err
}

// PreviewUndo shows what an undo would do.
func (s Screened) PreviewUndo(ctx context.Context, q UndoRequest) (Undo, error) {
	return s.undo(ctx, q, s.Agent.PreviewUndo)
}

// Undo gives back what a run has changed.
func (s Screened) Undo(ctx context.Context, q UndoRequest) (Undo, error) {
	return s.undo(ctx, q, s.Agent.Undo)
}

func (s Screened) undo(ctx context.Context, q UndoRequest, do func(context.Context, UndoRequest) (Undo, error)) (Undo, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Undo{}, AsError(err)
	}
	u, err := do(ctx, q)
	if !sc.shows(u.Address) {
		u.Lost, u.Mailed, u.Rows = maskRows(u.Lost), maskRows(u.Mailed), maskRows(u.Rows)
	}
	return u, err
}

func maskRows(rows []Row) []Row {
	for i, r := range rows {
		entries := maps.Clone(r.Entries)
		for side, e := range entries {
			entries[side] = *mask(&e)
		}
		rows[i].Entries, rows[i].Want = entries, mask(r.Want)
		for j, c := range r.Candidates {
			rows[i].Candidates[j].Entry = *mask(&c.Entry)
		}
	}
	return rows
}

func mask(e *Entry) *Entry {
	if e == nil {
		return nil
	}
	out := *e
	out.Subject, out.Location, out.Masked = "", "", true
	return &out
}
