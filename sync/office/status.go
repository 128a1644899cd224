package office

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Status is a snapshot of the office. Seq grows with every change, so that a
// reader can wait for the next one.
type Status struct {
	Seq     uint64         `json:"seq"`
	Health  Health         `json:"health"`
	Syncing bool           `json:"syncing"`
	Paused  time.Time      `json:"paused_until,omitzero"`
	People  []PersonStatus `json:"people"`
}

// PersonStatus is one person in a Status.
type PersonStatus struct {
	ID       event.PersonID  `json:"id"`
	Name     string          `json:"name"`
	Address  string          `json:"address"`
	Health   Health          `json:"health"`
	Complete time.Time       `json:"complete,omitzero"`
	Tried    time.Time       `json:"tried,omitzero"`
	Retry    time.Time       `json:"retry,omitzero"`
	Failed   string          `json:"failed,omitempty"`
	Halt     string          `json:"halt,omitempty"`
	Waiting  int             `json:"waiting,omitempty"`
	Problems []state.Problem `json:"problems,omitempty"`
	// Unapproved: a first sync, or changes outside it, wait for approval.
	Unapproved bool `json:"unapproved,omitempty"`
	Done       int  `json:"done,omitempty"` // writes of the run that is under way
	Total      int  `json:"total,omitempty"`
}

// Status is how everybody is doing now.
func (o *Office) Status() Status { return o.board.status() }

// WaitStatus is the first Status whose Seq is above seq.
func (o *Office) WaitStatus(ctx context.Context, seq uint64) (Status, error) {
	for {
		s, changed := o.board.statusAnd()
		if s.Seq > seq {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// Recall fills the status with what the last start of the program left.
func (o *Office) Recall(ctx context.Context) error {
	people, err := o.Book.People(ctx)
	if err != nil {
		return err
	}
	pulses, err := o.Book.Pulses(ctx)
	if err != nil {
		return err
	}
	for _, who := range people {
		if !who.Enabled {
			continue
		}
		p := state.Pulse{Person: who.ID}
		if i := slices.IndexFunc(pulses, func(p state.Pulse) bool { return p.Person == who.ID }); i >= 0 {
			p = pulses[i]
		}
		o.board.note(who, p, false, time.Time{}, nil)
	}
	return nil
}

// board holds what Status shows and the write queue that engines share.
type board struct {
	now     func() time.Time
	writers gate

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	seq     uint64
	syncing int
	paused  time.Time
	people  map[event.PersonID]*line
	woken   chan struct{} // holds one wake-up call
}

type line struct {
	who        state.Person
	pulse      state.Pulse
	failed     *endpoint.Error
	unapproved bool
	retry      time.Time
	done       int
	total      int
}

func newBoard(now func() time.Time) *board {
	return &board{
		now: now, writers: make(gate, 1), changed: make(chan struct{}),
		people: map[event.PersonID]*line{}, woken: make(chan struct{}, 1),
	}
}

func (b *board) wake() <-chan struct{} { return b.woken }

func (b *board) wakeUp() {
	select {
	case b.woken <- struct{}{}:
	default:
	}
}

// update changes the board under its lock and wakes who waits.
func (b *board) update(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
	b.seq++
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *board) begin() { b.update(func() { b.syncing++ }) }

func (b *board) end() {
	b.update(func() {
		b.syncing--
		for _, l := range b.people {
			l.done, l.total = 0, 0
		}
	})
}

func (b *board) progress(id event.PersonID, done, total int) {
	b.update(func() {
		if l := b.people[id]; l != nil {
			l.done, l.total = done, total
		}
	})
}

func (b *board) note(who state.Person, p state.Pulse, unapproved bool, retry time.Time, err error) {
	b.update(func() {
		l := &line{who: who, pulse: p, unapproved: unapproved, retry: retry}
		if ep, ok := errors.AsType[*endpoint.Error](err); ok {
			l.failed = ep
		}
		b.people[who.ID] = l
	})
}

// seat makes the status show who is switched on, and nobody else.
func (b *board) seat(p state.Person) {
	b.update(func() {
		if !p.Enabled {
			delete(b.people, p.ID)
		} else if b.people[p.ID] == nil {
			b.people[p.ID] = &line{who: p, pulse: state.Pulse{Person: p.ID}}
		}
	})
}

func (b *board) pulse(id event.PersonID) state.Pulse {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.people[id]; l != nil {
		return l.pulse
	}
	return state.Pulse{}
}

// retryAt is the latest moment before which some side asked to be left alone.
func (b *board) retryAt() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	var at time.Time
	for _, l := range b.people {
		if l.retry.After(at) {
			at = l.retry
		}
	}
	return at
}

func (b *board) status() Status {
	s, _ := b.statusAnd()
	return s
}

func (b *board) statusAnd() (Status, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := Status{Seq: b.seq, Syncing: b.syncing > 0, Paused: b.paused, People: []PersonStatus{}}
	for id, l := range b.people {
		ps := PersonStatus{
			ID: id, Name: l.who.Name, Address: l.who.Addresses[event.Exchange],
			Health: healthOf(l.pulse, l.failed, l.unapproved, now), Complete: l.pulse.Complete,
			Tried: l.pulse.Tried, Retry: l.retry, Failed: l.pulse.Failed, Waiting: l.pulse.Waiting,
			Problems: l.pulse.Problems, Unapproved: l.unapproved, Done: l.done, Total: l.total,
		}
		if l.pulse.Halt != nil {
			ps.Halt = string(l.pulse.Halt.Code)
		}
		s.Health = max(s.Health, ps.Health)
		s.People = append(s.People, ps)
	}
	slices.SortFunc(s.People, func(a, b PersonStatus) int { return strings.Compare(a.Address, b.Address) })
	if s.Syncing {
		s.Health = max(s.Health, Syncing)
	}
	if s.Paused.After(now) {
		s.Health = max(s.Health, Paused)
	}
	return s, b.changed
}

// gate is a write queue for one: engine.Gate over a channel of capacity 1.
type gate chan struct{}

// Acquire waits for the turn to write.
func (g gate) Acquire(ctx context.Context) (release func(), err error) {
	select {
	case g <- struct{}{}:
		return func() { <-g }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
