// Package office keeps all people of one office in step: it holds an engine
// per person, runs them side by side without letting them get in each other's
// way, listens for changes, and tells how everybody is doing.
//
// It knows no system, no store and no front end: connections come from a
// function it is given, what must last goes through package state, and windows
// and command lines see nothing but Status, Preview and Summary values.
package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Connect makes the two endpoints of a person. It may be called for several
// people at once and shares connections between them as it sees fit.
type Connect func(ctx context.Context, s state.Settings, p state.Person) ([2]endpoint.Endpoint, error)

// Config is everything an Office works with; all of it is required but
// Parallel and Progress.
type Config struct {
	Book    state.Book
	State   state.Office
	Connect Connect
	// Digest is the keyed digest that stamps carry.
	Digest func(event.Event) string
	NewKey func() event.Key
	Now    func() time.Time
	Log    *slog.Logger
	// Parallel is how many people are worked on at once; 0 means 4.
	Parallel int
	// Progress is told how far a person's writes have come; may be nil.
	Progress func(who state.Person, done, total int)
}

// Office is one installation at work. Its methods are safe for concurrent use.
type Office struct {
	Config
	board *board

	mu       sync.Mutex // guards what follows
	settings state.Settings
	desks    map[event.PersonID]*desk
	overlay  *overlay
}

// desk is one person at work. Its mutex keeps his engine to one caller and is
// never taken while the office's own is held.
type desk struct {
	mu        sync.Mutex
	person    state.Person
	endpoints [2]endpoint.Endpoint
	engine    *engine.Engine
}

// New makes an Office. Nothing is connected before the first Preview or Sync.
func New(c Config) *Office {
	if c.Parallel <= 0 {
		c.Parallel = 4
	}
	return &Office{
		Config: c, board: newBoard(c.Now), desks: map[event.PersonID]*desk{},
		overlay: &overlay{Index: c.State.Index()},
	}
}

// ErrNotSetUp: the office has no connections yet.
var ErrNotSetUp = errors.New("the office is not set up")

// ErrNobody: nobody is switched on, or none of those asked for.
var ErrNobody = errors.New("nobody to keep in step")

// load reads settings and people afresh and lists the desks asked for (all
// that are switched on, when who is empty), in the order of their addresses.
func (o *Office) load(ctx context.Context, who []event.PersonID) ([]*desk, error) {
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	if settings.Office == "" {
		return nil, ErrNotSetUp
	}
	people, err := o.Book.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	var out []*desk
	var found []state.Person
	colleagues := map[string]bool{}
	o.mu.Lock()
	if !sameConnections(o.settings, settings) {
		clear(o.desks) // engines made over other connections must not go on
	}
	o.settings = settings
	for _, p := range people {
		if !p.Enabled {
			continue
		}
		for _, a := range p.Addresses {
			colleagues[a] = true
		}
		if len(who) > 0 && !slices.Contains(who, p.ID) {
			continue
		}
		if o.desks[p.ID] == nil {
			o.desks[p.ID] = &desk{}
		}
		out, found = append(out, o.desks[p.ID]), append(found, p)
	}
	o.mu.Unlock()
	o.overlay.setColleagues(colleagues)
	if len(out) == 0 {
		return nil, ErrNobody
	}
	for i, d := range out {
		d.meet(found[i])
	}
	return out, nil
}

// meet tells a desk whom it works for; other accounts need another engine.
func (d *desk) meet(p state.Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.person.Accounts != p.Accounts {
		d.engine = nil
	}
	d.person = p
}

func sameConnections(a, b state.Settings) bool {
	return a.Office == b.Office && a.Connections == b.Connections
}

// ready connects a desk that is not connected yet. Its mutex is held.
func (o *Office) ready(ctx context.Context, d *desk) error {
	if d.engine != nil {
		return nil
	}
	o.mu.Lock()
	settings := o.settings
	o.mu.Unlock()
	eps, err := o.Connect(ctx, settings, d.person)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	d.endpoints = eps
	who := d.person
	d.engine = engine.New(engine.Config{
		Person: who.ID, Address: who.Addresses[event.Exchange], Office: settings.Office,
		Endpoints: eps, Store: o.State.Person(who.ID), Index: o.overlay,
		Rules:  func() engine.Rules { return o.rules(d) },
		Digest: o.Digest, NewKey: o.NewKey, Now: o.Now, Log: o.Log,
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

// Defaults of the rules that an office leaves open.
const (
	defaultDaysAhead = 180
	defaultEvery     = 30 * time.Second
)

// rules are the office's rules as they hold for one person now.
func (o *Office) rules(d *desk) engine.Rules {
	o.mu.Lock()
	settings := o.settings
	o.mu.Unlock()
	r := settings.Rules
	zone := d.person.Zone
	if zone == "" {
		zone = settings.Zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	ahead := r.DaysAhead
	if ahead == 0 {
		ahead = defaultDaysAhead
	}
	today := event.DateOf(o.Now().In(loc))
	out := engine.Rules{
		Window: event.Window{
			From: today.AddDays(-max(r.DaysBack, firstDaysBack)).In(loc),
			To:   today.AddDays(ahead + 1).In(loc),
		},
		Policy: plan.Policy{
			Winner: r.Winner, Direction: r.Direction, Deleted: r.Deleted, Limits: r.Limits,
		},
		Colleagues: o.overlay.people(),
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

// firstDaysBack is how far back a first sync looks; the window is never
// shorter, so that what it paired stays in step.
const firstDaysBack = 30

// overlay is the index that engines see: what the store holds, and the
// meetings that a preview over several people has already given to one of
// them although nothing is journaled yet.
type overlay struct {
	state.Index
	mu         sync.Mutex
	planned    map[string]bool
	colleagues map[string]bool
}

// Shared adds the planned meetings to the stored ones.
func (v *overlay) Shared(ctx context.Context) (map[string]event.ID, error) {
	out, err := v.Index.Shared(ctx)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for uid := range v.planned {
		if _, ok := out[uid]; !ok {
			out[uid] = ""
		}
	}
	return out, nil
}

func (v *overlay) plan(uids map[string]bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.planned = uids
}

func (v *overlay) setColleagues(c map[string]bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.colleagues = c
}

func (v *overlay) people() map[string]bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.colleagues
}

// digestOf names a set of approved actions over all people.
func digestOf(hashes map[event.PersonID][]string) string {
	var all []string
	for id, hs := range hashes {
		for _, h := range hs {
			all = append(all, string(id)+" "+h)
		}
	}
	slices.Sort(all)
	h := sha256.New()
	for _, line := range all {
		_, _ = fmt.Fprintln(h, line) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
