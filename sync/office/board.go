package office

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// board holds what Status shows and the write queue that engines share. It
// has a line for everybody who is switched on, and for nobody else.
type board struct {
	now     func() time.Time
	writers gate
	woken   chan struct{} // holds one wake-up call

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	seq     uint64
	syncing int
	begun   time.Time // when syncing last rose from zero
	paused  time.Time
	promise time.Duration
	pace    time.Duration
	people  map[event.PersonID]*line

	connections [2]ConnectionStatus
}

// line is one person on the board.
type line struct {
	who        state.Person
	pulse      state.Pulse
	unapproved bool
	retry      time.Time // until then a side asked to be left alone
	everybody  bool      // and that it be so for the whole account
	owed       bool      // he has not been given another try since
	refused    int       // runs in a row after which a side asked for that
	done       int
	total      int
}

func newBoard(now func() time.Time) *board {
	return &board{
		now: now, promise: defaultPromise, writers: make(gate, 1), changed: make(chan struct{}),
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

func (b *board) begin() {
	b.update(func() {
		if b.syncing == 0 {
			b.begun = b.now()
		}
		b.syncing++
	})
}

func (b *board) end() {
	b.update(func() {
		b.syncing--
		if b.syncing > 0 {
			return
		}
		for _, l := range b.people {
			l.done, l.total = 0, 0
		}
	})
}

func (b *board) pause(until time.Time) { b.update(func() { b.paused = until }) }

// keep sets what is promised, and how often everybody is looked at.
func (b *board) keep(r state.Rules) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.promise, b.pace = r.Promise, Pace(r)
	if b.promise <= 0 {
		b.promise = defaultPromise
	}
}

func (b *board) isPaused() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paused.After(b.now())
}

func (b *board) progress(id event.PersonID, done, total int) {
	b.update(func() {
		if l := b.people[id]; l != nil {
			l.done, l.total = done, total
		}
	})
}

// note keeps how a run ended. Who has been switched off since is not there.
func (b *board) note(p state.Pulse, r PersonResult) {
	b.update(func() {
		l := b.people[p.Person]
		if l == nil {
			return
		}
		l.pulse, l.unapproved = p, r.Unapproved > 0
		l.retry, l.everybody, l.owed = time.Time{}, false, false
		b.noteConnections(r, p.Tried)
		if r.RetryAfter <= 0 {
			l.refused = 0
			return
		}
		l.refused++
		l.retry, l.owed = p.Tried.Add(pauseOf(r.RetryAfter, l.refused, b.pace)), true
		l.everybody = endpoint.As(r.Err).Scope == endpoint.ScopeAccount
	})
}

// leased keeps that a person's lease was taken over.
func (b *board) leased(id event.PersonID, l state.Lease) {
	b.update(func() {
		if line := b.people[id]; line != nil {
			line.pulse.Lease = l
		}
	})
}

// seat gives everybody of people a line, and nobody else.
func (b *board) seat(people []state.Person) {
	b.mu.Lock()
	same := len(people) == len(b.people)
	for _, p := range people {
		l := b.people[p.ID]
		same = same && l != nil && l.who == p
	}
	b.mu.Unlock()
	if same {
		return // who waits for a change need not look
	}
	b.update(func() {
		was := b.people
		b.people = map[event.PersonID]*line{}
		for _, p := range people {
			b.sit(p, was[p.ID])
		}
	})
}

// turn gives a person who is switched on a line and takes it from one who is not.
func (b *board) turn(p state.Person) {
	b.update(func() {
		was := b.people[p.ID]
		delete(b.people, p.ID)
		if p.Enabled {
			b.sit(p, was)
		}
	})
}

func (b *board) sit(p state.Person, l *line) {
	if l == nil {
		l = &line{pulse: state.Pulse{Person: p.ID}}
	}
	l.who = p
	b.people[p.ID] = l
}

func (b *board) seated(id event.PersonID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.people[id] != nil
}

func (b *board) pulse(id event.PersonID) state.Pulse {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.people[id]; l != nil {
		return l.pulse
	}
	return state.Pulse{}
}

// pauseOf is how long a side is left alone that asked for it, so many times in
// a row: never less than it said, and twice as long each time it says so again,
// up to the turn that everybody gets anyway.
func pauseOf(said time.Duration, times int, pace time.Duration) time.Duration {
	out := said
	for range times - 1 {
		if out *= 2; out >= pace {
			return max(said, pace)
		}
	}
	return out
}

// rests tells whether a person is to be left alone at a time. A clock that was
// set back must not make the wait longer than it was.
func (l *line) rests(now time.Time) bool { return now.Before(l.retry) && !now.Before(l.pulse.Tried) }

// nextTry is how long it is until somebody has rested long enough; false: nobody rests.
func (b *board) nextTry() (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	for _, l := range b.people {
		if !l.owed {
			continue
		}
		left := time.Duration(0)
		if l.rests(now) {
			left = l.retry.Sub(now)
		}
		if !ok || left < wait {
			wait, ok = left, true
		}
	}
	return wait, ok
}

// rested are those who have rested long enough and get another try now, each
// once. all: a whole account rested, and everybody with it.
func (b *board) rested() (who []event.PersonID, all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	for id, l := range b.people {
		if l.owed && !l.rests(now) {
			l.owed = false
			who, all = append(who, id), all || l.everybody
		}
	}
	slices.Sort(who)
	return who, all
}

// resting are those whom some side wants to be left alone for now.
func (b *board) resting() map[event.PersonID]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, all := b.now(), false
	for _, l := range b.people {
		all = all || l.everybody && l.rests(now)
	}
	out := map[event.PersonID]bool{}
	for id, l := range b.people {
		if all || l.rests(now) {
			out[id] = true
		}
	}
	return out
}

func (b *board) status() Status {
	s, _ := b.statusAnd()
	return s
}

// statusAnd is the status and what closes when it is out of date.
func (b *board) statusAnd() (Status, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	paused, syncing := b.paused.After(now), b.syncing > 0
	excused := paused || syncing && now.Sub(b.begun) < b.promise
	s := Status{
		PromiseSeconds: int(b.promise.Seconds()), EverySeconds: int(b.pace.Seconds()), Seq: b.seq, Syncing: syncing, Paused: b.paused, People: []PersonStatus{},
	}
	for _, c := range b.connections {
		if !c.Answered.IsZero() || c.Failed != "" {
			s.Connections = append(s.Connections, c)
		}
	}
	for id, l := range b.people {
		ps := PersonStatus{
			ID: id, Name: l.who.Name, Address: l.who.Addresses[event.Exchange], Resource: l.who.Resource != "",
			Health: healthOf(l.pulse, l.unapproved, excused, b.promise, now), Complete: l.pulse.Complete,
			Tried: l.pulse.Tried, Retry: l.retry, Failed: l.pulse.Failed, Waiting: l.pulse.Waiting, Lease: l.pulse.Lease, Came: cameOf(l.pulse.Came), Clocks: clocks(l.pulse.Skew), Foreign: maps.Clone(l.pulse.Foreign),
			Problems: slices.Clone(l.pulse.Problems), Unapproved: l.unapproved, Done: l.done, Total: l.total,
		}
		if l.pulse.Halt != nil {
			ps.Halt = string(l.pulse.Halt.Code)
		}
		// A guest's mailbox may refuse us, and the office is none the worse.
		if ps.Guest = l.who.Guest; !ps.Guest || ps.Failed == "" && (ps.Unapproved || ps.Waiting > 0 || ps.Halt != "") {
			s.Health = max(s.Health, ps.Health)
		}
		s.People = append(s.People, ps)
	}
	slices.SortFunc(s.People, func(a, b PersonStatus) int {
		if c := strings.Compare(a.Address, b.Address); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	if syncing {
		s.Health = max(s.Health, Syncing)
	}
	if paused {
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
