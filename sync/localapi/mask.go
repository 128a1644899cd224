package localapi

import (
	"context"
	"maps"
	"strings"

	"lockstep/sync/event"
)

// Screen says whose subjects and places may be shown. The zero Screen: nobody's.
type Screen struct {
	All bool
	Me  string // the address of who sits before it
}

// Shows tells whether the texts of a person's entries may be shown.
func (s Screen) Shows(address string) bool {
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
	sc.preview(p)
	return p, err
}

// LastPreview is the last preview of everybody.
func (s Screened) LastPreview(ctx context.Context) (Preview, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Preview{}, AsError(err)
	}
	p, err := s.Agent.LastPreview(ctx)
	sc.preview(p)
	return p, err
}

// Detail is all that is known of one row.
func (s Screened) Detail(ctx context.Context, q DetailRequest) (Detail, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Detail{}, AsError(err)
	}
	d, err := s.Agent.Detail(ctx, q)
	if !sc.Shows(d.Address) {
		d.Row, d.Agreed = maskRows([]Row{d.Row})[0], mask(d.Agreed)
	}
	return d, err
}

func (s Screen) preview(p Preview) {
	for i, person := range p.People {
		if !s.Shows(person.Address) {
			p.People[i].Rows, p.People[i].Withheld = maskRows(person.Rows), maskRows(person.Withheld)
		}
	}
}

// Sync brings the people asked for in step once.
func (s Screened) Sync(ctx context.Context, q SyncRequest) (Summary, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Summary{}, AsError(err)
	}
	out, err := s.Agent.Sync(ctx, q)
	sc.summary(out)
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
		if !sc.Shows(c.Address) {
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
	if !sc.Shows(u.Address) {
		u.Lost, u.Mailed, u.Rows = maskRows(u.Lost), maskRows(u.Mailed), maskRows(u.Rows)
	}
	return u, err
}

// Decisions lists what waits for a person's word.
func (s Screened) Decisions(ctx context.Context, q DecisionsRequest) ([]Question, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	out, err := s.Agent.Decisions(ctx, q)
	sc.questions(out)
	return out, err
}

// Resolve answers a decision, or shows what the answer would be as a rule.
func (s Screened) Resolve(ctx context.Context, q ResolveRequest) (Resolved, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Resolved{}, AsError(err)
	}
	out, err := s.Agent.Resolve(ctx, q)
	one := []Question{out.Question}
	sc.questions(one)
	sc.questions(out.Settles)
	out.Question = one[0]
	return out, err
}

// Resume lets through once what a safety stop withholds.
func (s Screened) Resume(ctx context.Context, q ResumeRequest) (Summary, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Summary{}, AsError(err)
	}
	out, err := s.Agent.Resume(ctx, q)
	sc.summary(out)
	return out, err
}

// Keep leaves as it is what a safety stop is about.
func (s Screened) Keep(ctx context.Context, q KeepRequest) (Kept, error) {
	sc, err := s.Screen(ctx)
	if err != nil {
		return Kept{}, AsError(err)
	}
	out, err := s.Agent.Keep(ctx, q)
	sc.summary(out.Summary)
	return out, err
}

func (s Screen) summary(sum Summary) {
	for i, person := range sum.People {
		if !s.Shows(person.Address) {
			sum.People[i].Left = maskRows(person.Left)
		}
	}
}

func (s Screen) questions(qs []Question) {
	for i := range qs {
		q := &qs[i]
		if s.Shows(q.Address) {
			continue
		}
		q.Row = maskRows([]Row{q.Row})[0]
		for j := range q.Candidates {
			q.Candidates[j] = *mask(&q.Candidates[j])
		}
		maskFields(q.Fields)
		maskFields(q.Others)
	}
}

func maskFields(fs []FieldPair) {
	for j := range fs {
		if f := &fs[j]; !open(f.Field) {
			f.Business, f.Exchange, f.Before, f.Masked = "", "", "", true
		}
	}
}

// open tells whether a field may be seen of everybody's entries: when somebody
// is busy is what calendars tell colleagues.
func open(field string) bool {
	return field == event.FieldWhen.String() || field == event.FieldPrivate.String() || field == event.FieldShowAs.String()
}

func maskRows(rows []Row) []Row {
	for i := range rows {
		r := &rows[i]
		entries := maps.Clone(r.Entries)
		for side, e := range entries {
			entries[side] = *mask(&e)
		}
		r.Entries, r.Want = entries, mask(r.Want)
		for j := range r.Candidates {
			r.Candidates[j].Entry = *mask(&r.Candidates[j].Entry)
		}
	}
	return rows
}

func mask(e *Entry) *Entry {
	if e == nil {
		return nil
	}
	out := *e
	out.Subject, out.Location, out.More, out.Masked = "", "", nil, true
	return &out
}
