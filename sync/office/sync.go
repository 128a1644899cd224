package office

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Order is what a Sync shall do.
type Order struct {
	Who []event.PersonID // empty: everybody who is switched on
	// Cause goes into the history; empty means state.CauseManual.
	Cause state.Cause
	// Digest approves what the preview of that digest showed.
	Digest string
	// Except are rows of that preview, by their names, that are not approved.
	Except map[event.PersonID][]string
	// ApproveFirst approves the first sync of everybody in Who, whatever it holds.
	ApproveFirst bool
	// Full lists both sides whole.
	Full bool
}

// PersonResult is what a Sync came to for one person.
type PersonResult struct {
	Person state.Person
	engine.Result
	// Err is what ended his run early.
	Err error
	// answers is how both servers answered.
	answers [2]answer
	// joins: a copy of a meeting was left without its business entry, which a
	// colleague's run may give it.
	joins bool
}

// Summary is what a Sync came to.
type Summary struct {
	People []PersonResult
}

// ErrSwitchedOff says that the person was switched off before his turn, or during it.
var ErrSwitchedOff = errors.New("switched off")

// errBusy: another Sync or a Preview works for the person right now.
var errBusy = errors.New("already being brought in step")

// Sync brings people in step once. One person's trouble is in his result and
// stops nobody else; the error is for the whole, before anybody was begun.
func (o *Office) Sync(ctx context.Context, order Order) (Summary, error) {
	if order.Cause == "" {
		order.Cause = state.CauseManual
	}
	seats, err := o.load(ctx, order.Who)
	if err != nil {
		return Summary{}, err
	}
	j := job{Order: order, asked: o.Now()}
	if order.Digest != "" {
		if j.approved, err = o.Book.Preview(ctx, order.Digest); err != nil {
			return Summary{}, fmt.Errorf("find preview %s: %w", order.Digest, err)
		}
		j.approved = without(j.approved, order.Except)
		defer o.keepShown(nil)
	}
	ctx, done := o.stoppable(ctx)
	defer done()
	return o.run(ctx, j, seats), nil
}

// job is an Order made ready.
type job struct {
	Order
	approved map[event.PersonID][]string
	// asked is when a person asked for it, who wants to see what he has just
	// changed; zero in the background, where people share what is read.
	asked time.Time
	// background leaves out who is being worked for already, and lists a side
	// whole that was not since swept.
	background bool
	swept      time.Time
}

func (j job) options(who event.PersonID) engine.Options {
	out := engine.Options{Cause: j.Cause, Full: j.Full, Swept: j.swept}
	out.Approval.Standing = j.ApproveFirst
	out.Approval.Hashes = map[string]bool{}
	for _, h := range j.approved[who] {
		out.Approval.Hashes[h] = true
	}
	return out
}

// run does a job for everybody side by side, then once more for those who hold
// copies of meetings that a colleague's run has just made or moved, and last for guests:
// to a guest's engine an activity without its meeting's UID, as it is for a
// moment while a colleague's makes it, would be one that he was not invited to,
// and he would get a second copy.
func (o *Office) run(ctx context.Context, j job, seats []seat) Summary {
	defer o.rest()
	o.board.begin()
	defer o.board.end()
	settings, _ := o.now()
	results := make([]PersonResult, len(seats))
	guest := func(i int) bool { return isGuest(settings, seats[i].who) }
	host := func(i int) bool { return !guest(i) }
	work := func(i int) { results[i] = o.syncOne(ctx, seats[i], j) }
	o.each(len(seats), host, work)
	given, led := slices.ContainsFunc(results, gave), slices.ContainsFunc(results, moved)
	if ctx.Err() == nil && (given || led) {
		again := j
		again.Full, again.swept = false, time.Time{}
		o.each(len(seats), func(i int) bool {
			return host(i) && (given && couldJoin(results[i]) || led && couldFollow(results[i]))
		}, func(i int) {
			results[i] = together(results[i], o.syncOne(ctx, seats[i], again))
		})
	}
	if busy := func(r PersonResult) bool { return errors.Is(r.Err, errBusy) }; slices.ContainsFunc(results, busy) {
		work = func(i int) { results[i] = PersonResult{Person: seats[i].who, Err: errBusy} }
	}
	o.each(len(seats), guest, work)
	for _, r := range results {
		if r.Err != nil && ctx.Err() != nil {
			continue // being asked to stop is nobody's trouble
		}
		o.note(context.WithoutCancel(ctx), r)
	}
	return Summary{People: results}
}

// each calls do for the indices that want chooses, some at once.
func (o *Office) each(n int, want func(int) bool, do func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, o.Parallel)
	for i := range n {
		if !want(i) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	wg.Wait()
}

// gave tells whether a run may have given meetings a business entry that
// others hold copies of as well.
func gave(r PersonResult) bool {
	return r.Paired+r.Recovered+r.Written[event.Business][plan.Create.String()] > 0
}

// couldJoin tells whether a run has left a copy of a meeting without its
// business entry: awaited from a colleague, or to be made and not approved.
func couldJoin(r PersonResult) bool { return r.Err == nil && r.joins }

// lacksEntry tells whether an action is about such a copy.
func lacksEntry(a plan.Action) bool { return a.Kind == plan.Await || newMeeting(a) != "" }

// together is what two runs of one person came to that were one Sync: they add
// up in what they did, and the later one tells how things stand.
func together(first, later PersonResult) PersonResult {
	out := later
	for s := range out.Written {
		out.Written[s] = maps.Clone(first.Written[s])
		if out.Written[s] == nil {
			out.Written[s] = map[string]int{}
		}
		for kind, n := range later.Written[s] {
			out.Written[s][kind] += n
		}
	}
	out.Paired += first.Paired
	out.PutBack += first.PutBack
	out.Untold += first.Untold
	for s := range out.Cut {
		out.Cut[s] += first.Cut[s]
	}
	out.Notified += first.Notified
	return out
}

func (o *Office) syncOne(ctx context.Context, s seat, j job) (out PersonResult) {
	out.Person = s.who
	if !j.background {
		s.mu.Lock()
	} else if !s.mu.TryLock() {
		out.Err = errBusy
		return out
	}
	defer s.mu.Unlock()
	defer func() {
		if out.Err = stopped(ctx, out.Err); errors.Is(out.Err, ErrStopped) {
			s.approved = engine.Approval{}
		}
	}()
	if out.Err = ctx.Err(); out.Err != nil {
		return out
	}
	work, end := s.begin(ctx)
	defer end()
	if !o.board.seated(s.who.ID) {
		out.Err = ErrSwitchedOff
		return out
	}
	if err := o.ready(work, s.desk, s.who); err != nil {
		trouble := endpoint.As(err)
		out.Err, out.Failed, out.RetryAfter = err, trouble.Kind.String(), trouble.RetryAfter
		return out
	}
	if !j.asked.IsZero() {
		s.refresh(j.asked)
	}
	opts := j.options(s.who.ID)
	opts.Review = s.who.Review
	s.grant(&opts.Approval)
	out.Result, out.Err = s.engine.Sync(work, opts)
	out.answers, out.joins = answersOf(s.endpoints), slices.ContainsFunc(out.Plan.Actions, lacksEntry)
	if j.background {
		// Nobody is told of what is left, and a plan holds the whole calendar that it
		// was made from in memory, for as long as the colleagues' turns last.
		out.Plan = plan.Plan{Foreign: out.Plan.Foreign}
	}
	if out.Err == nil {
		s.approved = engine.Approval{}
		if (s.who.Review || s.who.Withdraw) && out.Complete && out.Unapproved == 0 {
			out.Err = o.reviewed(context.WithoutCancel(ctx), s.who.ID)
		}
	} else if work.Err() != nil && ctx.Err() == nil {
		out.Err = ErrSwitchedOff
	}
	return out
}

// reviewed notes that nothing of what a changed rule rewrites waits any more,
// and switches off who was to be given up.
func (o *Office) reviewed(ctx context.Context, id event.PersonID) error {
	o.roll.Lock()
	defer o.roll.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID == id && (p.Review || p.Withdraw) {
			p.Review, p.Newcomer = false, false
			if p.Withdraw {
				p = p.Switched(false, p.SwitchedBy, o.Now())
				o.board.turn(p)
			}
			if err := o.Book.SavePeople(ctx, []state.Person{p}); err != nil {
				return fmt.Errorf("store person: %w", err)
			}
		}
	}
	return nil
}

// underReview notes that what somebody's next run would write waits for approval.
func (o *Office) underReview(ctx context.Context, id event.PersonID) error {
	o.roll.Lock()
	defer o.roll.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID == id && !p.Review {
			p.Review = true
			if err := o.Book.SavePeople(ctx, []state.Person{p}); err != nil {
				return fmt.Errorf("store person: %w", err)
			}
		}
	}
	return nil
}

// grant adds what was approved before and has not been come to the end of.
func (d *desk) grant(a *engine.Approval) {
	a.Standing = a.Standing || d.approved.Standing
	maps.Copy(a.Hashes, d.approved.Hashes)
	d.approved = engine.Approval{Standing: a.Standing, Hashes: maps.Clone(a.Hashes)}
}

// note keeps how a person's run ended, for the status and for the next start
// of the program. A run that did not take place says nothing.
func (o *Office) note(ctx context.Context, r PersonResult) {
	if errors.Is(r.Err, errBusy) || errors.Is(r.Err, ErrSwitchedOff) {
		return
	}
	p := state.Pulse{
		Person: r.Person.ID, Tried: o.Now(), Failed: r.Failed, Halt: r.Halt,
		Lease: LeaseOf(r.Tenure), Skew: r.Skew, Foreign: r.Plan.Foreign,
		Waiting: r.Waiting, Problems: r.Problems, Complete: o.board.pulse(r.Person.ID).Complete,
	}
	p.Came = came(o.board.pulse(r.Person.ID).Came, r, p.Tried)
	if r.Complete && r.Unapproved == 0 {
		p.Complete = p.Tried
	}
	if r.Err != nil {
		p.Foreign = o.board.pulse(r.Person.ID).Foreign // there may be no plan that could tell
	}
	o.board.note(p, r)
	if err := o.Book.SavePulse(ctx, p); err != nil {
		o.Log.ErrorContext(ctx, "pulse not stored", "person", r.Person.ID, "err", err)
	}
	if r.Err != nil {
		o.Log.WarnContext(ctx, "run ended early", "person", r.Person.ID, "failed", r.Failed, "err", r.Err)
	}
}
