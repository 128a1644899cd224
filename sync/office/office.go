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
// Parallel, Progress, Rested and Prune.
type Config struct {
	Book    state.Book
	State   state.Office
	History state.History
	Connect Connect
	// Digest is the keyed digest that stamps carry.
	Digest func(event.Event) string
	NewKey func() event.Key
	Now    func() time.Time
	Log    *slog.Logger
	// Installation signs the leases that keep a second installation from
	// writing beside this one.
	Installation engine.Installation
	// Parallel is how many people are worked on at once; 0 means 4.
	Parallel int
	// Progress is told how far a person's writes have come; may be nil.
	Progress func(who state.Person, done, total int)
	// Rested is told at the end of each run and preview that memory can be given
	// back now; may be nil.
	Rested func()
	// Prune forgets history older than the first moment, and what entries held
	// before changes older than the second; may be nil.
	Prune func(ctx context.Context, history, images time.Time) error
}

// Office is one installation at work. Its methods are safe for concurrent use.
type Office struct {
	Config
	board *board
	// roll is held while the people of the book are read or changed together
	// with what the board shows of them.
	roll sync.Mutex

	mu         sync.Mutex // guards what follows; held for moments only
	settings   state.Settings
	desks      map[event.PersonID]*desk
	colleagues map[string]bool // never changed once it is here
	shown      *Preview        // the last one of everybody; see LastPreview
	stops      map[*stop]bool  // the runs that a person asked for
	turn       int             // of the connections, see Reconnect
}

// New makes an Office. Nothing is connected before the first Preview or Sync.
func New(c Config) *Office {
	if c.Parallel <= 0 {
		c.Parallel = 4
	}
	return &Office{Config: c, board: newBoard(c.Now), desks: map[event.PersonID]*desk{}, stops: map[*stop]bool{}}
}

// ErrNotSetUp says that the office has no connections yet.
var ErrNotSetUp = errors.New("the office is not set up")

// ErrNobody says that nobody is switched on, or none of those asked for.
var ErrNobody = errors.New("nobody to keep in step")

// rest tells that a piece of work is over.
func (o *Office) rest() {
	if o.Rested != nil {
		o.Rested()
	}
}

// seat is a desk and the person who sits at it by the book as just read.
type seat struct {
	*desk
	who state.Person
}

// load reads settings and people afresh and lists the seats asked for (all
// whose people are switched on, when who is empty), in the order of the
// people's addresses.
func (o *Office) load(ctx context.Context, who []event.PersonID) ([]seat, error) {
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	if settings.Office == "" {
		return nil, ErrNotSetUp
	}
	people, err := o.seated(ctx, settings)
	if err != nil {
		return nil, err
	}
	colleagues := map[string]bool{}
	for _, p := range people {
		if !p.Enabled || p.Resource != "" { // a room calls no meeting that others would wait for
			continue
		}
		for a := range ownAddresses(settings, p) {
			colleagues[a] = true
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settings, o.colleagues = settings, colleagues
	o.board.keep(settings.Rules)
	var out []seat
	for _, p := range people {
		if len(who) > 0 && !slices.Contains(who, p.ID) {
			continue
		}
		// A desk is kept for ever: whoever still works at it holds its lock.
		if o.desks[p.ID] == nil {
			o.desks[p.ID] = &desk{}
		}
		out = append(out, seat{o.desks[p.ID], p})
	}
	if len(out) == 0 {
		return nil, ErrNobody
	}
	return out, nil
}

// seated lists who is switched on, and then the guests, and lets the board
// show them alone.
func (o *Office) seated(ctx context.Context, settings state.Settings) ([]state.Person, error) {
	o.roll.Lock()
	defer o.roll.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return nil, err
	}
	var on, guests []state.Person
	for _, p := range people {
		switch {
		case p.Enabled && p.Resource != "" && settings.Rules.Direction == plan.Collect:
			// Where nothing may be written to Exchange, there is nothing to do for a room.
		case p.Enabled:
			on = append(on, p)
		case isGuest(settings, p):
			guests = append(guests, p)
		}
	}
	if len(on) > 0 {
		on = append(on, guests...)
	}
	o.board.seat(on)
	return on, nil
}

// Reconnect lets everybody's next run make connections anew, after the settings
// or a secret were changed.
func (o *Office) Reconnect() {
	o.mu.Lock()
	o.turn++
	o.mu.Unlock()
	o.board.update(func() {})
}

// turned tells how often connections were made anew.
func (o *Office) turned() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.turn
}

// now are the settings as they were read last.
func (o *Office) now() (state.Settings, map[string]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.settings, o.colleagues
}
