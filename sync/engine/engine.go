// Package engine carries plans out for ONE person: it recovers what a crash
// left open, pulls both calendars into the mirrors, asks package plan what to
// do, and does what is approved, journaled step by step.
//
// An Op on a series is many requests, and still one entry of the journal: an
// endpoint writes a series by reading it and writing what differs, so that
// doing it again finishes what was cut off, and no second journal of its steps
// is needed. What was found to have arrived becomes the base part by part
// (plan.Found); the next plan writes the rest.
//
// It decides nothing that a plan can decide, never waits for a person, and
// never sleeps: a run that cannot go on ends in order and says when to come
// back. It sees endpoints and stores by their interfaces only.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Gate hands out the right to write to a side. All engines of an office share
// one per business connection, so that a write there is never between another
// engine's look and its own write. release is called once.
type Gate interface {
	Acquire(ctx context.Context) (release func(), err error)
}

// Rules is what the office wants for this person at this moment.
type Rules struct {
	Policy plan.Policy
	Window event.Window
	// Colleagues are the lower-case addresses of everybody kept in step.
	Colleagues map[string]bool
	// Own are other addresses of this person, lower case.
	Own map[string]bool
	// SweepEvery is how often a side without tombstones is listed whole to
	// find deletions; 0 means 10 minutes.
	SweepEvery time.Duration
	// Skew is how far each server's clock is ahead of ours.
	Skew [2]time.Duration
	// Planned are the meetings that the preview under way has already given to
	// a colleague, by UID.
	Planned map[string]bool
	// First: what was approved before does not make this any less of a first sync.
	First bool
}

// Config is everything an Engine works with; all of it is required but Gates,
// KeyOf, Leads, Leaser and Progress.
type Config struct {
	Person    event.PersonID
	Address   string // lower case
	Office    string // our name in stamps
	Endpoints [2]endpoint.Endpoint
	Store     state.Store
	Index     state.Index
	Rules     func() Rules
	// Digest is keyed, so that a stamp tells nothing to who reads it.
	Digest func(event.Event) string
	NewKey func() event.Key
	// KeyOf is the key that the copy of a business entry gets, where that has to
	// be found again without having been listed; nil: a new one for each.
	KeyOf func(event.ID) event.Key
	// Leads are the meetings that colleagues of those addresses lead, by UID; see
	// plan.Leads. Nil: nobody's copy follows another.
	Leads func(ctx context.Context, organizers []string) (map[string]plan.Lead, error)
	Now   func() time.Time
	Log   *slog.Logger
	// Gates by side; nil: no queue.
	Gates [2]Gate
	// Leaser is where the lease of this person lies, so that no two
	// installations write for him; nil: nowhere. Installation signs it.
	Leaser       endpoint.Leaser
	Installation Installation
	// Progress is told after each batch how many of the run's actions are
	// settled; may be nil.
	Progress func(done, total int)
}

// Engine keeps one person in step. Its methods are called from one goroutine.
type Engine struct {
	Config
	// refused remembers what a system will not take, by the action's hash, so
	// that the same content is not offered again until it changes, the program
	// starts anew, or a person asks for a full compare.
	refused map[string]string
	marks   marks
	// series are the rows of series as the run in hand knows them.
	series  seriesRows
	tenancy tenancy
	// recovered: no entry of the journal is open but such as wait for a person.
	recovered bool
	// idle: the last plan, made under idleRules, left nothing to do, so that a
	// scheduled pull that brings nothing needs no new one; still is what it left.
	idle      bool
	idleRules string
	still     remains
}

// New makes an Engine.
func New(c Config) *Engine {
	return &Engine{Config: c, refused: map[string]string{}}
}

// Approval is what may be written. Weak actions (plan.ActionKind.Weak) need none.
type Approval struct {
	// Standing approves all that this run finds to do. Once a first sync has
	// been approved and applied, the store remembers it and changes flow.
	Standing bool
	// Hashes are single actions that a person approved, by plan.Action.Hash.
	Hashes map[string]bool
}

// Options steer one Sync.
type Options struct {
	Cause    state.Cause
	Approval Approval
	// Review: a rule was changed. That a first sync was once approved does not
	// cover what the new rule rewrites.
	Review bool
	// Full lists both sides whole instead of asking for changes.
	Full bool
	// Swept lists a side whole that has not been since then; zero: as it comes.
	Swept time.Time
}

// maxRounds bounds how often one Sync plans anew on what it has just done: a
// create is followed by its mark, a pairing by a merge. More rounds than that
// mean that something answers itself, and the next run may look at it.
const maxRounds = 4

// Result is what a Sync came to.
type Result struct {
	state.Report
	// Recovered counts writes of an earlier run that were found to have been
	// carried out.
	Recovered int
	// Plan is what was left when the run ended: waiting for approval or for a
	// decision, or halted. A run in the background that had nothing to look at
	// does not tell again which entries are left alone or asked about.
	Plan plan.Plan
	// Unapproved counts writes of Plan that wait for a person's approval.
	Unapproved int
	// Tenure is how the person's lease stands; Withheld counts approved writes
	// that are left to the installation that holds it.
	Tenure   Tenure
	Withheld int
	// Cut counts, by the side written, entries that it could not hold whole.
	Cut [2]int
	// Skew is how far each server's clock was ahead of ours when the run ended.
	Skew [2]time.Duration
	// RetryAfter is when a throttled or unavailable side may be asked again;
	// zero: not said.
	RetryAfter time.Duration
}

// Sync recovers, pulls, plans and applies what is approved. The error is what
// ended the run early, an *endpoint.Error or an error of the store; the
// Result holds what was done until then.
func (e *Engine) Sync(ctx context.Context, o Options) (Result, error) {
	if o.Full {
		clear(e.refused)
		e.tenancy.refused = false
	}
	r := &run{Engine: e, opts: o, res: Result{Report: newReport()}}
	err := r.all(ctx)
	r.res.Tenure, r.res.Skew = e.Tenure(), e.Rules().Skew
	r.close(context.WithoutCancel(ctx), err)
	return r.res, err
}

// Preview recovers, pulls and plans, and writes nothing to either calendar.
func (e *Engine) Preview(ctx context.Context, full bool) (plan.Plan, error) {
	l, err := e.Look(ctx, full)
	return l.Plan, err
}

// Look is a Preview with what a person may want to know of it besides.
type Look struct {
	Plan plan.Plan
	// First: nobody has approved this person yet, so that nothing of it is
	// carried out by itself.
	First bool
	// Linked is how many entries are kept in step.
	Linked int
	// Agreed is what both sides last agreed on, each in its own words, of the
	// entries that would be changed or that are asked about.
	Agreed map[plan.LinkID][2]event.Event
}

// Look recovers, pulls and plans, and writes nothing to either calendar.
func (e *Engine) Look(ctx context.Context, full bool) (Look, error) {
	err := e.see(ctx, full)
	if who, other := errors.AsType[*IdentityError](err); other {
		return e.stranger(ctx, who)
	}
	if err != nil {
		return Look{}, err
	}
	snap, p, err := e.plan(ctx)
	detach(p)
	out := Look{Plan: p, First: !snap.Approved, Agreed: map[plan.LinkID][2]event.Event{}}
	links := linksByLinkID(snap.Links)
	for _, l := range snap.Links {
		if l.State == plan.Live {
			out.Linked++
		}
	}
	for _, a := range p.Actions {
		if l, ok := links[a.Link]; ok && (a.Kind.Writes() || a.Kind == plan.Ask) {
			out.Agreed[a.Link] = l.Base
		}
	}
	return out, err
}

// detach gives the actions of a plan copies of the entries that they speak of.
// Each points into the mirrors, and so holds all of both calendars in memory for
// as long as the preview is shown: a day, where nobody acts upon it.
func detach(p plan.Plan) {
	own := func(it *event.Item) *event.Item {
		if it == nil {
			return nil
		}
		alone := *it
		return &alone
	}
	actions := [][]plan.Action{p.Actions}
	if p.Halt != nil {
		actions = append(actions, p.Halt.Withheld)
	}
	for _, some := range actions {
		for i := range some {
			a := &some[i]
			for s, have := range a.Have {
				a.Have[s] = own(have)
			}
			for n := range a.Near {
				a.Near[n].Item = own(a.Near[n].Item)
			}
		}
	}
}

// see recovers and pulls for whoever only looks: nothing is written to either
// calendar. While an entry that was cut off waits for a run to complete it,
// the mirrors stay as they are.
func (e *Engine) see(ctx context.Context, full bool) error {
	_, left, err := e.recoverOpen(ctx, looking)
	if err != nil || left > 0 {
		return err
	}
	_, err = e.pullBoth(ctx, full, time.Time{})
	return err
}

// plan loads what is known and builds a plan of it.
func (e *Engine) plan(ctx context.Context) (state.Snapshot, plan.Plan, error) {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return state.Snapshot{}, plan.Plan{}, fmt.Errorf("load state: %w", err)
	}
	shared, err := e.Index.Shared(ctx)
	if err != nil {
		return state.Snapshot{}, plan.Plan{}, fmt.Errorf("load shared meetings: %w", err)
	}
	in := e.input(snap, shared)
	p := plan.Build(in)
	if len(p.Heeds) > 0 && e.Leads != nil {
		if in.Led, err = e.Leads(ctx, p.Heeds); err != nil {
			return state.Snapshot{}, plan.Plan{}, fmt.Errorf("load organisers' meetings: %w", err)
		}
		if len(in.Led) > 0 {
			p = plan.Build(in)
		}
	}
	return snap, e.withoutRefused(p), nil
}

// input puts a snapshot and the rules of the moment together.
func (e *Engine) input(snap state.Snapshot, shared map[string]event.ID) plan.Input {
	rules, now := e.Rules(), e.Now()
	in := plan.Input{
		Now: now, Window: rules.Window, Covers: snap.Covers,
		Links: snap.Links, Mirror: snap.Mirror, Answers: snap.Answers, Trail: snap.Trail,
		Digest: e.Digest, Office: e.Office, Person: e.Address,
		Colleagues: rules.Colleagues, Own: rules.Own, Shared: shared, Planned: rules.Planned, Skew: rules.Skew,
		Policy: rules.Policy, First: !snap.Approved || rules.First,
	}
	for s, ep := range e.Endpoints {
		in.Caps[s], in.Normalize[s] = ep.Capabilities(), ep.Normalize
		in.HoldSeries[s] = func(ev event.Event) (event.Hold, string) { return endpoint.HoldSeries(ep, ev) }
		in.Busy[s] = map[event.ID]bool{}
	}
	for _, open := range snap.Open {
		for s, have := range open.Intent.Action.Have {
			if have != nil {
				in.Busy[s][have.ID] = true
			}
		}
		if open.Phase == state.Unsure {
			source := open.Intent.Action.Side.Other()
			if have := open.Intent.Action.Have[source]; have != nil {
				in.Unsure = append(in.Unsure, plan.Unsure{Source: source, ID: have.ID, Candidates: unlinked(snap, open)})
			}
			for _, id := range open.Candidates {
				in.Busy[open.Intent.Action.Side][id] = true
			}
		}
	}
	for _, at := range snap.Deletions {
		if now.Sub(at) < 24*time.Hour {
			in.Deleted24h++
		}
	}
	return in
}

// withoutRefused turns actions that the system has already refused into what
// they are: entries left alone for that reason.
func (e *Engine) withoutRefused(p plan.Plan) plan.Plan {
	if len(e.refused) == 0 {
		return p
	}
	for i, a := range p.Actions {
		if code, ok := e.refused[a.Hash()]; ok && a.Kind.Writes() {
			p.Actions[i].Kind = plan.Skip
			if a.Have[a.Side] == nil {
				p.Actions[i].Side = a.Side.Other() // where the entry is that is spoken of
			}
			p.Actions[i].Reason = plan.Reason{Code: plan.CannotWrite, From: a.Side, Detail: code}
		}
	}
	return p
}

// remains are what is told, cycle after cycle, of a plan that left nothing to
// do. The plan itself is not kept: its actions hold all that it was made from
// in memory, which is a person's whole calendar on both sides.
type remains struct {
	foreign  map[string]int
	waiting  int
	problems []state.Problem
}

func (k remains) tell(res *Result) {
	res.Plan = plan.Plan{Foreign: k.foreign}
	res.Waiting, res.Problems = k.waiting, slices.Clone(k.problems)
}

// tally counts the questions of a plan and lists what it passes over.
func tally(actions []plan.Action) (waiting int, problems []state.Problem) {
	for _, a := range actions {
		switch {
		case a.Kind == plan.Ask:
			waiting++
		case a.Kind == plan.Skip && slices.Contains([]plan.Code{plan.CannotRead, plan.CannotWrite, plan.SeriesSkipped, plan.SeriesStays}, a.Reason.Code):
			if have := a.Have[a.Side]; have != nil {
				problems = append(problems, state.Problem{Side: a.Side, ID: have.ID, Reason: a.Reason})
			}
		}
	}
	return waiting, problems
}

func newReport() state.Report {
	return state.Report{Written: [2]map[string]int{{}, {}}}
}
