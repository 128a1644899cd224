package office

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// desk is where one person is worked for. Its mutex keeps his engine to one
// caller for as long as a run lasts, and is never taken while the office's
// own is held.
type desk struct {
	mu        sync.Mutex
	person    state.Person
	made      contract
	endpoints [2]endpoint.Endpoint
	engine    *engine.Engine
	// planned are the meetings that the preview under way has already given
	// to a colleague.
	planned map[string]bool
	// approved is what a person has approved and no run has yet come to the
	// end of: a throttled first sync goes on by itself.
	approved engine.Approval

	stopping sync.Mutex
	stop     context.CancelFunc // ends the run that is under way; nil if none is
}

// contract is what an engine was made for. It is not used for anything else.
type contract struct {
	office      string
	connections [2]state.Connection
	accounts    [2]string
	addresses   [2]string
	guest       bool
	turn        int
}

// ready connects a desk for a person unless it already is connected in just
// that way. Its mutex is held.
func (o *Office) ready(ctx context.Context, d *desk, who state.Person) error {
	settings, _ := o.now()
	want := contract{settings.Office, settings.Connections, who.Accounts, who.Addresses, who.Guest, o.turned()}
	d.person = who
	if d.engine != nil && d.made == want {
		return nil
	}
	d.engine = nil
	eps, err := o.Connect(ctx, settings, who)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	// The lease lies in the mailbox: a business system has nowhere to hide it.
	leaser, _ := eps[event.Exchange].(endpoint.Leaser)
	var keyOf func(event.ID) event.Key
	if who.Guest {
		keyOf = guestKey(settings.Office, who.ID)
		if eps, err = o.guest(eps, who, keyOf); err != nil {
			return err
		}
	}
	d.endpoints, d.made = eps, want
	d.engine = engine.New(engine.Config{
		Leaser: leaser, Installation: o.Installation,
		Person: who.ID, Address: who.Addresses[event.Exchange], Office: settings.Office,
		Endpoints: eps, Store: o.State.Person(who.ID), Index: o.State.Index(),
		Leads:  o.leads,
		Rules:  func() engine.Rules { return o.rules(d) },
		Digest: o.Digest, NewKey: o.NewKey, KeyOf: keyOf, Now: o.Now, Log: o.Log,
		Gates: [2]engine.Gate{event.Business: o.board.writers},
		Progress: func(done, total int) {
			o.board.progress(who.ID, done, total)
			if o.Progress != nil {
				o.Progress(who, done, total)
			}
		},
	})
	return nil
}

// refresh lets both sides of a desk show how things stand since a moment.
// Its mutex is held.
func (d *desk) refresh(since time.Time) {
	for _, ep := range d.endpoints {
		refresh(ep, since)
	}
}

func refresh(ep endpoint.Endpoint, since time.Time) {
	if r, ok := ep.(endpoint.Refresher); ok {
		r.Refresh(since)
	}
}

// begin makes the run that is under way one that leave can end.
func (d *desk) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	d.stopping.Lock()
	defer d.stopping.Unlock()
	d.stop = cancel
	return ctx, cancel
}

// leave ends the run that is under way, once the batch in hand is finished.
func (d *desk) leave() {
	d.stopping.Lock()
	defer d.stopping.Unlock()
	if d.stop != nil {
		d.stop()
	}
}

// Defaults of the rules that an office leaves open.
const (
	defaultDaysBack  = 30
	defaultDaysAhead = 180
	defaultEvery     = 30 * time.Second
)

// Days are how many days back and ahead rules keep in step.
func Days(r state.Rules) (back, ahead int) {
	back, ahead = defaultDaysBack, r.DaysAhead
	if r.DaysBack != nil {
		back = *r.DaysBack
	}
	if ahead == 0 {
		ahead = defaultDaysAhead
	}
	return back, ahead
}

// Pace is how often both sides are looked at.
func Pace(r state.Rules) time.Duration {
	if r.Every > 0 {
		return r.Every
	}
	return defaultEvery
}

// rules are the office's rules as they hold for one person now. The desk's
// mutex is held.
func (o *Office) rules(d *desk) engine.Rules {
	settings, colleagues := o.now()
	r := settings.Rules
	zone := d.person.Zone
	if zone == "" {
		zone = settings.Zone
	}
	back, ahead := Days(r)
	if own := d.person.Own; own.HasDirection {
		r.Direction = own.Direction
	}
	if d.person.Guest {
		r.Direction = plan.Publish
	}
	if d.person.Resource != "" {
		// Everybody may look into the calendar of a room, and whoever looks after it
		// sees more than others: what the business system hides is not shown there.
		r.Direction, r.Requests = plan.Publish, false // nor does a room call anybody to a meeting
		r.Private[event.Business] = max(r.Private[event.Business], plan.PrivateBusyOnly)
	}
	loc := location(zone)
	today := event.DateOf(o.Now().In(loc))
	out := engine.Rules{
		Window: event.Window{
			From: today.AddDays(-back).In(loc),
			To:   today.AddDays(ahead + 1).In(loc),
		},
		Policy: plan.Policy{
			Winner: r.Winner, Direction: r.Direction, Deleted: r.Deleted, Limits: r.Limits,
			Fields: r.Fields, In: r.In, Private: r.Private, Guest: d.person.Guest, Requests: r.Requests,
			Withdraw: d.person.Withdraw,
		},
		Colleagues: colleagues, Own: ownAddresses(settings, d.person), Planned: d.planned,
		First: d.person.Newcomer,
	}
	if r.Types != nil {
		out.Policy.Types = map[string]bool{}
		for _, id := range r.Types {
			out.Policy.Types[id] = true
		}
	}
	for s, ep := range d.endpoints {
		if c, ok := ep.(endpoint.Clocked); ok {
			out.Skew[s] = c.Skew()
		}
	}
	return out
}

// ownAddresses are all that a person is known by: those of the book and the
// aliases of either.
func ownAddresses(settings state.Settings, p state.Person) map[string]bool {
	out := map[string]bool{}
	for _, a := range p.Addresses {
		out[a] = true
	}
	for alias, to := range settings.Aliases {
		if out[to] {
			out[alias] = true
		}
	}
	delete(out, "")
	return out
}

// location is the zone of that name, UTC where there is none.
func location(zone string) *time.Location {
	loc, err := event.LoadZone(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}
