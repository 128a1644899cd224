package office

import (
	"context"
	"errors"
	"fmt"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// ErrNotShown says that nobody has looked yet at what a safety stop withholds.
var ErrNotShown = errors.New("what is withheld was not shown yet")

// shownKey names what a person has last been shown of a safety stop.
func shownKey(id event.PersonID) string { return "halt " + string(id) }

// noteShown keeps what a preview shows of a safety stop.
func (o *Office) noteShown(ctx context.Context, p PersonPlan) error {
	if p.Plan.Halt == nil {
		return nil
	}
	var hashes []string
	for _, a := range p.Plan.Halt.Withheld {
		hashes = append(hashes, a.Hash())
	}
	err := o.Book.SavePreview(ctx, shownKey(p.Person.ID), map[event.PersonID][]string{p.Person.ID: hashes}, o.Now())
	if err != nil {
		return fmt.Errorf("store preview: %w", err)
	}
	return nil
}

// Resume lets through, once, what one person's safety stop withholds: at most
// count writes, and only such as the last preview has shown.
func (o *Office) Resume(ctx context.Context, who event.PersonID, count int) (PersonResult, error) {
	shown, err := o.Book.Preview(ctx, shownKey(who))
	if errors.Is(err, state.ErrUnknownPreview) {
		return PersonResult{}, ErrNotShown
	}
	if err != nil {
		return PersonResult{}, fmt.Errorf("find preview: %w", err)
	}
	known := map[string]bool{}
	for _, h := range shown[who] {
		known[h] = true
	}
	out, err := o.alone(ctx, who, func(ctx context.Context, e *engine.Engine) (engine.Result, error) {
		return e.Resume(ctx, known, count)
	})
	if err == nil {
		o.note(context.WithoutCancel(ctx), out)
	}
	return out, err
}

// Accept takes an account or mailbox that is not the one it was for the same
// person's, and looks at both sides. Nothing that then differs is written
// before somebody has approved it.
func (o *Office) Accept(ctx context.Context, who event.PersonID) (PersonResult, error) {
	s, err := o.seatOf(ctx, who)
	if err != nil {
		return PersonResult{}, err
	}
	s.mu.Lock()
	s.approved = engine.Approval{} // it was of what the other mailbox held
	s.mu.Unlock()
	out, err := o.alone(ctx, who, func(ctx context.Context, e *engine.Engine) (engine.Result, error) {
		if _, err := e.Accept(ctx, func() error { return o.underReview(ctx, who) }); err != nil {
			return engine.Result{}, err
		}
		return e.Sync(ctx, engine.Options{Cause: state.CauseManual, Review: true})
	})
	if err != nil {
		return out, err
	}
	if out.Complete && out.Unapproved == 0 {
		err = o.reviewed(context.WithoutCancel(ctx), who)
	}
	o.note(context.WithoutCancel(ctx), out)
	return out, err
}

// Keep ends one person's safety stop by leaving everything as it is, on hold.
// With putBack, what was deleted on one side is made again there.
func (o *Office) Keep(ctx context.Context, who event.PersonID, putBack bool) (held int, out PersonResult, err error) {
	out, err = o.alone(ctx, who, func(ctx context.Context, e *engine.Engine) (res engine.Result, err error) {
		held, res, err = e.Keep(ctx, putBack)
		return res, err
	})
	if err == nil {
		o.Wake()
	}
	return held, out, err
}

// alone does something with one person's engine, as a run of his.
func (o *Office) alone(ctx context.Context, who event.PersonID, do func(context.Context, *engine.Engine) (engine.Result, error)) (PersonResult, error) {
	s, err := o.seatOf(ctx, who)
	if err != nil {
		return PersonResult{}, err
	}
	ctx, done := o.stoppable(ctx)
	defer done()
	o.board.begin()
	defer o.board.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := PersonResult{Person: s.who}
	work, end := s.begin(ctx)
	defer end()
	if err := o.ready(work, s.desk, s.who); err != nil {
		return out, err
	}
	out.Result, err = do(work, s.engine)
	return out, stopped(ctx, err)
}
