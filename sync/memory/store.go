package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// store is one person's part of an Office. Each method first looks whether
// all of it can be done, and only then does any of it.
type store struct {
	o  *Office
	id event.PersonID
}

// begin opens a transaction.
func (s *store) begin(ctx context.Context) (*records, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	s.o.mu.Lock()
	if s.o.people[s.id] == nil {
		s.o.people[s.id] = newRecords()
	}
	return s.o.people[s.id], s.o.mu.Unlock, nil
}

// Load copies everything out.
func (s *store) Load(ctx context.Context) (state.Snapshot, error) {
	d, end, err := s.begin(ctx)
	if err != nil {
		return state.Snapshot{}, err
	}
	defer end()
	return d.snapshot(), nil
}

// SavePull stores one page.
func (s *store) SavePull(ctx context.Context, side event.Side, p state.Pull) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	d.pull(side, p)
	return nil
}

// SaveLinks stores links.
func (s *store) SaveLinks(ctx context.Context, links []plan.Link) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	for _, l := range links {
		if err := d.known(l); err != nil {
			return err
		}
	}
	for _, l := range links {
		s.putLink(d, l)
		for side, ref := range l.Refs {
			d.answered(event.Side(side), ref.ID, 0)
		}
	}
	return nil
}

// known refuses a link whose ID nobody has given.
func (d *records) known(l plan.Link) error {
	if _, ok := d.links[l.ID]; l.ID != "" && !ok {
		return fmt.Errorf("store link %s: no such link", l.ID)
	}
	return nil
}

// putLink stores a link, under a new ID if it has none.
func (s *store) putLink(d *records, l plan.Link) plan.LinkID {
	if l.ID == "" {
		s.o.links++
		l.ID = plan.LinkID(fmt.Sprintf("link-%06d", s.o.links))
	}
	d.links[l.ID] = l
	return l.ID
}

// Begin journals intents and takes their claims.
func (s *store) Begin(ctx context.Context, r state.Run, intents []state.Intent) ([]state.Entry, []state.Refusal, error) {
	d, end, err := s.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	if r.ID == 0 {
		r.Person = s.id
		s.newRun(&r)
	} else if _, err := s.run(r.ID); err != nil {
		return nil, nil, err
	}
	var open []state.Entry
	var refused []state.Refusal
	for _, in := range intents {
		if by, taken := s.o.claims[in.Claim]; taken && in.Claim != "" {
			refused = append(refused, state.Refusal{Action: in.Action, By: by.person})
			continue
		}
		s.o.entries++
		e := state.Entry{ID: s.o.entries, Run: r.ID, Intent: in}
		for side, have := range in.Action.Have {
			e.Intent.Action.Have[side] = copyOf(have)
		}
		d.open[e.ID] = e
		open = append(open, e)
		if in.Claim != "" {
			s.o.claims[in.Claim] = holder{person: s.id, entry: e.ID}
		}
	}
	return open, refused, nil
}

// MarkSent notes that requests are about to leave.
func (s *store) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	for _, id := range ids {
		if e, ok := d.open[id]; !ok || e.Phase == state.Unsure {
			return fmt.Errorf("mark entry %d sent: it is closed or waits for a person", id)
		}
	}
	for _, id := range ids {
		e := d.open[id]
		e.Phase, e.SentAt = state.Sent, at
		d.open[id] = e
	}
	return nil
}

// Settle closes entries.
func (s *store) Settle(ctx context.Context, done []state.Settled) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	seen := map[state.EntryID]bool{}
	for _, x := range done {
		if _, ok := d.open[x.Entry]; !ok || seen[x.Entry] {
			return fmt.Errorf("settle entry %d: it is not open", x.Entry)
		}
		seen[x.Entry] = true
		if x.Link != nil {
			if err := d.known(*x.Link); err != nil {
				return err
			}
		}
	}
	for _, x := range done {
		s.settle(d, x)
	}
	return nil
}

func (s *store) settle(d *records, x state.Settled) {
	e := d.open[x.Entry]
	var was *plan.Link
	if l, ok := d.links[e.Intent.Action.Link]; ok {
		was = &l
	}
	if x.Was != nil {
		was = x.Was
	}
	var link plan.LinkID
	if x.Link != nil {
		link = s.putLink(d, *x.Link)
	}
	if x.Unlink != "" {
		d.unlink(x.Unlink)
		s.free(func(h holder) bool { return h.person == s.id && h.link == x.Unlink })
	}
	for _, row := range x.Rows {
		d.write(row)
	}
	if _, there := d.links[e.Intent.Action.Link]; there && len(x.Turns) > 0 {
		d.trail[e.Intent.Action.Link] = append(d.trail[e.Intent.Action.Link], x.Turns...)
	}
	if x.Outcome == state.StillUnsure {
		e.Phase, e.Candidates = state.Unsure, slices.Clone(x.Candidates)
		d.open[e.ID] = e
		return
	}
	delete(d.open, e.ID)
	d.release(e.Intent.Action)
	if x.Outcome == state.Applied && link != "" && e.Intent.Claim != "" {
		s.o.claims[e.Intent.Claim] = holder{person: s.id, link: link}
	} else {
		s.free(func(h holder) bool { return h.entry == e.ID })
	}
	a := e.Intent.Action
	if x.Outcome == state.Applied {
		cause := s.o.runs[e.Run].Cause
		if a.Removes() && cause != state.CauseUndo && cause != state.CauseAllowed {
			d.deleted = append(d.deleted, deletion{x.At, a.Reason.Series()})
		}
		for side, have := range a.Have {
			if have != nil && a.Kind != plan.Stamp && a.Kind != plan.Unlink {
				d.answered(event.Side(side), have.ID, x.Rest)
			}
		}
	}
	s.remember(e, x, link, was)
}

// answered ends an answer that said which side is right, but for the rest: what
// it was asked for has been settled.
func (d *records) answered(s event.Side, id event.ID, rest event.FieldSet) {
	a := d.answers[about{s, id}]
	if !a.Takes() {
		return
	}
	if left, ok := a.Left(rest); ok {
		d.answers[about{s, id}] = left
	} else {
		delete(d.answers, about{s, id})
	}
}

// free gives claims back.
func (s *store) free(of func(holder) bool) {
	for claim, h := range s.o.claims {
		if of(h) {
			delete(s.o.claims, claim)
		}
	}
}

// remember writes the history of a closed entry.
func (s *store) remember(e state.Entry, x state.Settled, link plan.LinkID, was *plan.Link) {
	a := e.Intent.Action
	c := state.PastChange{
		Entry: e.ID, Run: e.Run, Person: s.id, Kind: a.Kind, Side: a.Side, Fields: a.Fields,
		Outcome: x.Outcome, Reason: a.Reason, Before: copyOf(x.Before), After: copyOf(x.After),
		Link: link, Was: was, Notified: x.Notified, At: x.At,
	}
	if x.Why.Code != "" {
		c.Reason = x.Why
	}
	s.o.changes[e.Run] = append(s.o.changes[e.Run], c)
}

// EndRun stores a report.
func (s *store) EndRun(ctx context.Context, id state.RunID, rep state.Report) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if id == 0 {
		id = s.newestOpen()
	}
	if id == 0 {
		r := state.Run{Person: s.id, Started: rep.Ended}
		s.newRun(&r)
		id = r.ID
	}
	r, err := s.run(id)
	if err != nil {
		return err
	}
	r.Report = rep
	d.approved = d.approved || rep.Approved
	return nil
}

// newRun stores a run and gives it its ID.
func (s *store) newRun(r *state.Run) {
	r.ID = state.RunID(len(s.o.runs) + 1)
	s.o.runs[r.ID] = &state.PastRun{Run: *r}
}

// run finds a run of this person.
func (s *store) run(id state.RunID) (*state.PastRun, error) {
	r, ok := s.o.runs[id]
	if !ok || r.Person != s.id {
		return nil, fmt.Errorf("find run %d: this person has none of that number", id)
	}
	return r, nil
}

// newestOpen is the run that was begun last and has not ended; 0 if none.
func (s *store) newestOpen() state.RunID {
	var out state.RunID
	for id, r := range s.o.runs {
		if r.Person == s.id && r.Report.Ended.IsZero() && id > out {
			out = id
		}
	}
	return out
}

// Answer stores a person's choice.
func (s *store) Answer(ctx context.Context, a plan.Answer) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if a.Choice == plan.Clear {
		delete(d.answers, about{a.Side, a.ID})
		return nil
	}
	d.answers[about{a.Side, a.ID}] = a
	return nil
}

// copyOf is an item of our own, so that nobody edits what was stored.
func copyOf(it *event.Item) *event.Item {
	if it == nil {
		return nil
	}
	out := clone(*it)
	return &out
}
