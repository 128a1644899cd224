package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// run is one Sync on its way.
type run struct {
	*Engine
	opts  Options
	id    state.RunID
	res   Result
	done  int // actions settled so far
	total int // actions that the run has set out to do
	// listed: both sides were listed whole because of a doubt.
	listed bool
	// approvedBefore: the store already knows that a first sync was approved.
	approvedBefore bool
}

// all is the whole of a run up to its report.
func (r *run) all(ctx context.Context) error {
	if err := r.attend(ctx); err != nil {
		return err
	}
	recovered, _, err := r.recoverOpen(ctx, writing)
	r.res.Recovered = recovered
	if err != nil {
		return err
	}
	changed, err := r.pullBoth(ctx, r.opts.Full, r.opts.Swept)
	if err != nil {
		return err
	}
	rules := r.rulesKey()
	if !changed && r.idle && rules == r.idleRules && r.opts.background() {
		r.res.Complete, r.approvedBefore = true, true
		r.still.tell(&r.res)
		return nil
	}
	r.idle = false
	for range maxRounds {
		goOn, err := r.round(ctx)
		if err != nil {
			return err
		}
		if !goOn {
			break
		}
	}
	r.res.Complete = r.res.Plan.Halt == nil && r.res.Withheld == 0
	// A copy that waits for its organiser's may follow it though nothing is pulled.
	r.idle = r.res.Complete && len(r.res.Plan.Heeds) == 0 && !slices.ContainsFunc(r.res.Plan.Actions, func(a plan.Action) bool {
		return a.Kind != plan.Skip && a.Kind != plan.Ask
	})
	r.idleRules, r.still = rules, remains{foreign: r.res.Plan.Foreign}
	r.still.waiting, r.still.problems = tally(r.res.Plan.Actions)
	return nil
}

// background tells whether nobody in particular asked for the run.
func (o Options) background() bool {
	return o.Cause == state.CauseSchedule || o.Cause == state.CauseWatch
}

// rulesKey changes whenever the rules could make a plan of unchanged mirrors
// come out differently. The window moves with the clock and is taken by days.
func (r *run) rulesKey() string {
	rules := r.Rules()
	days := [2]event.Date{event.DateOf(rules.Window.From), event.DateOf(rules.Window.To)}
	// A clock counts only for whether the newer of two changes is known.
	trusted := [2]bool{rules.Policy.Trusts(rules.Skew[0]), rules.Policy.Trusts(rules.Skew[1])}
	rules.Window, rules.Skew = event.Window{}, [2]time.Duration{}
	return fmt.Sprintf("%v %v %+v", days, trusted, rules)
}

// round plans once and does what is approved of it. It tells whether another
// round could find more to do.
func (r *run) round(ctx context.Context) (goOn bool, err error) {
	r.res.Plan = plan.Plan{} // it is done, and holds all that it was made from in memory
	snap, p, err := r.planned(ctx)
	if err != nil {
		return false, err
	}
	if len(p.Refreshed) > 0 {
		if err := r.Store.SaveLinks(ctx, p.Refreshed); err != nil {
			return false, fmt.Errorf("store links: %w", err)
		}
		snap.Links = updated(snap.Links, p.Refreshed)
	}
	r.res.Plan, r.approvedBefore = p, snap.Approved
	now := r.approved(p, snap.Approved && !r.opts.Review)
	if p.Halt != nil {
		now = r.released(*p.Halt)
	}
	r.res.Unapproved = strong(p.Actions) - strong(now)
	r.res.Withheld = 0
	if writesAny(now) {
		mine, behind, err := r.hold(ctx)
		if err != nil {
			return false, err
		}
		if behind {
			_, err := r.pullBoth(ctx, false, time.Time{})
			return true, err
		}
		if !mine {
			own := ownOnly(now)
			r.res.Withheld, now = len(now)-len(own), own
		}
	}
	if len(now) == 0 {
		return slices.ContainsFunc(p.Refreshed, func(l plan.Link) bool { return l.ID == "" }), nil
	}
	r.recovered = false
	moved, err := r.carryOut(ctx, snap, now)
	r.recovered = err == nil
	return moved > 0, err
}

// planned is a plan that makes no second copy of what was only made anew: where
// it might, a side that tells of no deletions is listed whole first.
func (r *run) planned(ctx context.Context) (state.Snapshot, plan.Plan, error) {
	snap, p, err := r.plan(ctx)
	for _, s := range event.Sides() {
		if err != nil || r.listed || r.Endpoints[s].Capabilities().Tombstones || !plan.Doubtful(p, snap.Links, snap.Mirror[s], s) {
			continue
		}
		r.listed = true
		if _, err = r.pullBoth(ctx, true, time.Time{}); err == nil {
			return r.plan(ctx)
		}
	}
	return snap, p, err
}

// strong counts the actions that need a person's approval.
func strong(actions []plan.Action) int {
	n := 0
	for _, a := range actions {
		if a.Kind.Writes() && !a.Kind.Weak() {
			n++
		}
	}
	return n
}

// released are the withheld actions of a safety stop that a person has looked
// at and approved one by one. No standing approval lets any of them through.
func (r *run) released(h plan.Halt) []plan.Action {
	return inOrder(h.Withheld, func(a plan.Action) bool { return r.opts.Approval.Hashes[a.Hash()] })
}

// approved are the actions of p that may be done now, in the order in which
// they are done: what only touches our own store, then what keeps entries as
// they are, then new ones, then removals, then marks. A mark changes nothing
// that anybody sees, but it is a write: before a person has approved anything
// at all, none is made.
func (r *run) approved(p plan.Plan, standing bool) []plan.Action {
	standing = standing || r.opts.Approval.Standing
	marks := standing || len(r.opts.Approval.Hashes) > 0
	return inOrder(p.Actions, func(a plan.Action) bool {
		weak := a.Kind.Weak() && (a.Kind != plan.Stamp || marks)
		return weak || standing || r.opts.Approval.Hashes[a.Hash()]
	})
}

// inOrder picks actions and puts them in the order in which they are done.
func inOrder(actions []plan.Action, may func(plan.Action) bool) []plan.Action {
	order := [...]plan.ActionKind{plan.Pair, plan.Unlink, plan.Update, plan.Create, plan.Delete, plan.Leave, plan.Stamp}
	var out []plan.Action
	for _, kind := range order {
		for _, a := range actions {
			if a.Kind == kind && may(a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// carryOut journals actions and does them batch by batch. It returns how many
// were applied, or refused because a colleague's engine had come first: both
// make another plan.
func (r *run) carryOut(ctx context.Context, snap state.Snapshot, actions []plan.Action) (moved int, err error) {
	links := linksByLinkID(snap.Links)
	r.series = seriesIn(snap)
	intents := make([]state.Intent, len(actions))
	for i, a := range actions {
		intents[i] = r.intent(links, a)
	}
	open, refused, err := r.Store.Begin(ctx, state.Run{
		ID: r.id, Person: r.Person, Started: r.Now(), Cause: r.opts.Cause,
	}, intents)
	if err != nil {
		return 0, fmt.Errorf("journal intents: %w", err)
	}
	if len(open) > 0 {
		r.id = open[0].Run
	}
	r.total += len(open)
	r.Log.DebugContext(ctx, "intents journaled", "person", r.Person, "open", len(open), "refused", len(refused))
	moved = len(refused)
	for len(open) > 0 {
		if err := ctx.Err(); err != nil {
			return moved, r.drop(context.WithoutCancel(ctx), open, err)
		}
		batch := nextBatch(open, r.Endpoints)
		n, err := r.doBatch(ctx, links, batch)
		moved += n
		open = open[len(batch):]
		r.done += len(batch)
		if r.Progress != nil {
			r.Progress(r.done, r.total)
		}
		if err != nil {
			return moved, r.drop(context.WithoutCancel(ctx), open, err)
		}
	}
	return moved, nil
}

// intent adds to an action the mark that shall go with it and the claim by
// which no colleague's engine does the same.
func (r *run) intent(links map[plan.LinkID]plan.Link, a plan.Action) state.Intent {
	in := state.Intent{Action: a}
	link := links[a.Link]
	switch {
	case a.Restore != nil:
		// What comes back is the entry that it was: it keeps its key.
		key := a.Hold.Stamp.Key
		if key == "" {
			key = r.NewKey()
		}
		in.Stamp = event.Stamp{Office: r.Office, Key: key}
		if a.Side == event.Exchange {
			in.Stamp = r.stampAfter(link, a, key)
		}
		return in
	case a.Hold != nil && a.Kind == plan.Pair:
		return in
	}
	switch a.Kind {
	case plan.Create:
		link.Stamp = event.Stamp{} // an entry that is made again is another one, with a key of its own
		in.Stamp = event.Stamp{Office: r.Office, Key: r.NewKey()}
		if source := a.Have[a.Side.Other()]; source != nil && a.Side == event.Exchange {
			in.Claim = fmt.Sprintf("copy:%s:%s", r.Person, source.ID)
			link.Refs[event.Business] = source.Ref
		} else if source != nil && source.UID != "" {
			in.Claim = "uid:" + source.UID
			if a.Reason.Code == plan.AsAnswered {
				in.Claim += " " + string(source.ID) // a person wants it beside the one that holds the meeting
			}
		}
		if links[a.Link].Refs[a.Side].ID != "" {
			in.Claim = "" // the link that the entry is made again for holds the meeting already
		}
		if a.Side == event.Exchange {
			if r.KeyOf != nil {
				in.Stamp.Key = r.KeyOf(link.Refs[event.Business].ID)
			}
			in.Stamp = r.stampAfter(link, a, in.Stamp.Key)
		}
	case plan.Update, plan.Stamp:
		_, one := oneOfSeries(a) // a mark would make an exception of it
		if a.Side == event.Exchange && !one && r.Endpoints[event.Exchange].Capabilities().Keys {
			key := link.Stamp.Key
			if key == "" {
				key = r.NewKey()
			}
			in.Stamp = r.stampAfter(link, a, key)
		}
	case plan.Pair, plan.Delete, plan.Leave, plan.Unlink, plan.Await, plan.Ask, plan.Skip:
	}
	return in
}

// stampAfter is the mark that tells the state agreed once a is applied.
func (r *run) stampAfter(l plan.Link, a plan.Action, key event.Key) event.Stamp {
	norm, caps := r.sides()
	after, _ := plan.After(l, a, plan.Done{}, norm)
	return plan.StampOf(after, r.Office, key, r.Digest, caps, norm)
}

func (e *Engine) sides() (norm [2]func(event.Event) event.Event, caps [2]event.Capabilities) {
	for s, ep := range e.Endpoints {
		norm[s], caps[s] = ep.Normalize, ep.Capabilities()
	}
	return norm, caps
}

// nextBatch is the longest run of entries of one kind on one side that its
// endpoint takes in one Apply; actions without a request go in one batch.
func nextBatch(open []state.Entry, eps [2]endpoint.Endpoint) []state.Entry {
	first := open[0].Intent.Action
	limit := len(open)
	if first.Kind.Writes() {
		limit = max(1, eps[first.Side].Capabilities().Batch)
	}
	n, series := 1, map[event.ID]bool{}
	if of, one := oneOfSeries(first); one {
		series[of] = true
	}
	for n < len(open) && n < limit {
		a := open[n].Intent.Action
		if of, one := oneOfSeries(a); one {
			if series[of] {
				break // it must name the version that the one before has made
			}
			series[of] = true
		}
		if a.Kind.Writes() != first.Kind.Writes() || (a.Restore == nil) != (first.Restore == nil) ||
			first.Kind.Writes() && (a.Kind != first.Kind || a.Side != first.Side) {
			break
		}
		n++
	}
	return open[:n]
}

// doBatch does one batch: journal, request, journal.
func (r *run) doBatch(ctx context.Context, links map[plan.LinkID]plan.Link, batch []state.Entry) (applied int, err error) {
	keep := context.WithoutCancel(ctx)
	first := batch[0].Intent.Action
	if !first.Kind.Writes() {
		settled := make([]state.Settled, len(batch))
		for i, en := range batch {
			settled[i] = r.applied(links, en, endpoint.Result{})
		}
		return len(batch), r.settle(keep, batch, settled)
	}
	if gate := r.Gates[first.Side]; gate != nil {
		release, err := gate.Acquire(ctx)
		if err != nil {
			return 0, r.drop(keep, batch, err)
		}
		defer release()
	}
	if err := r.confirm(ctx); err != nil {
		return 0, r.drop(keep, batch, err)
	}
	ids := make([]state.EntryID, len(batch))
	ops := make([]endpoint.Op, len(batch))
	for i, en := range batch {
		ids[i], ops[i] = en.ID, opOf(en.Intent)
		if _, one := oneOfSeries(en.Intent.Action); one {
			ops[i].Target = r.series.atVersion(first.Side, ops[i].Target)
		}
	}
	sentAt := r.Now()
	if err := r.Store.MarkSent(ctx, ids, sentAt); err != nil {
		return 0, fmt.Errorf("journal requests: %w", err)
	}
	if r.lapsed() {
		return 0, r.drop(keep, batch, &LeaseError{})
	}
	work, cancel := r.underLease(withGrace(ctx))
	results := r.reworded(work, links, batch, ops)
	cancel()
	return r.take(keep, links, batch, results, sentAt)
}

// grace is how long a request that is already on its way may take after the
// program was asked to stop.
const grace = 4 * time.Second

// withGrace is ctx with its end put off by grace, so that the batch in hand
// is finished and its answer recorded.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(out, func() { t.Stop() })
	})
	return out, func() { stop(); cancel() }
}

// opOf is the request of an intent.
func opOf(in state.Intent) endpoint.Op {
	a := in.Action
	op := endpoint.Op{Want: a.Want, Fields: a.Fields, Stamp: in.Stamp, Sure: a.Sure, Follow: a.Follows}
	if a.Mails > 0 {
		op.Notify = endpoint.NotifyAll
	}
	if have := a.Have[a.Side]; have != nil {
		op.Target = have.Ref
	}
	if a.Restore != nil {
		op.Target = a.Restore.Ref
	}
	switch a.Kind {
	case plan.Create:
		op.Kind = endpoint.Create
		if a.Restore == nil {
			op.Target = event.Ref{}
		}
	case plan.Update:
		op.Kind = endpoint.Update
	case plan.Delete:
		op.Kind = endpoint.Delete
	case plan.Leave:
		op.Kind = endpoint.Leave
	case plan.Stamp:
		op.Kind = endpoint.Mark
	case plan.Pair, plan.Unlink, plan.Await, plan.Ask, plan.Skip:
	}
	return op
}

// take records the results of a batch. Entries whose outcome is unknown are
// looked into at once; what cannot be found out now stays open for the next run.
func (r *run) take(ctx context.Context, links map[plan.LinkID]plan.Link, batch []state.Entry, results []endpoint.Result, sentAt time.Time) (applied int, err error) {
	if len(results) != len(batch) {
		return 0, fmt.Errorf("apply batch: %d results for %d writes", len(results), len(batch))
	}
	var closed, unknown []state.Entry
	var settled []state.Settled
	var stop error
	for i, res := range results {
		res = r.concealResult(batch[i].Intent.Action.Side, res)
		switch {
		case res.Err == nil:
			settled = append(settled, r.applied(links, batch[i], res))
			closed = append(closed, batch[i])
			applied++
		case res.Item != nil && res.Err.Kind != endpoint.OutcomeUnknown:
			settled = append(settled, r.inPart(links, batch[i], res))
			closed = append(closed, batch[i])
		case res.Err.Kind == endpoint.OutcomeUnknown:
			en := batch[i]
			en.Phase, en.SentAt = state.Sent, sentAt
			unknown = append(unknown, en)
		default:
			settled = append(settled, r.notApplied(batch[i], res.Err))
			closed = append(closed, batch[i])
			if endsRun(res.Err) {
				stop = errors.Join(stop, res.Err)
			}
		}
	}
	if err := r.settle(ctx, closed, settled); err != nil {
		return applied, err
	}
	if len(unknown) > 0 {
		if err := r.findOut(ctx, unknown); err != nil {
			return applied, errors.Join(stop, err)
		}
	}
	return applied, stop
}

// endsRun tells whether an error means that no further write makes sense now.
func endsRun(err *endpoint.Error) bool {
	if err.Scope != endpoint.ScopeItem {
		return true
	}
	return err.Kind == endpoint.Throttled || err.Kind == endpoint.Unavailable
}

// drop closes entries that were never sent and passes the cause on.
func (e *Engine) drop(ctx context.Context, open []state.Entry, cause error) error {
	settled := make([]state.Settled, len(open))
	for i, en := range open {
		settled[i] = state.Settled{Entry: en.ID, Outcome: state.Dropped, At: e.Now()}
	}
	if len(settled) == 0 {
		return cause
	}
	if err := e.Store.Settle(ctx, settled); err != nil {
		return errors.Join(cause, fmt.Errorf("close journal: %w", err))
	}
	return cause
}

// updated is links with some of them replaced.
func updated(links, by []plan.Link) []plan.Link {
	newer := linksByLinkID(by)
	out := slices.Clone(links)
	for i, l := range out {
		if n, ok := newer[l.ID]; ok {
			out[i] = n
		}
	}
	return out
}

func linksByLinkID(links []plan.Link) map[plan.LinkID]plan.Link {
	out := make(map[plan.LinkID]plan.Link, len(links))
	for _, l := range links {
		out[l.ID] = l
	}
	return out
}
