package memory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// Calendar is a simulated system: all its entries, whoever they belong to.
// It is safe for concurrent use.
type Calendar struct {
	opts Options

	mu       sync.Mutex
	entries  map[event.ID]*entry
	log      []tombstone
	seq      int // the last change of anything
	made     int // entries ever made
	enums    int // complete enumerations ever begun
	epoch    int // cursors of another epoch have expired
	account  string
	counts   Counts
	between  func() error
	letters  []endpoint.Letter
	faults   map[string][]Fault         // by address, first come first served
	broken   map[string]*endpoint.Error // by address, for every call
	watchers map[string][]chan struct{} // by address
	leases   map[string]endpoint.Lease  // by address
}

// place is where an entry is in its mailbox.
type place int

const (
	inCalendar place = iota
	inFolder         // dragged to another folder of the same mailbox
	inTrash          // deleted, and can be taken back
)

// entry is one entry as the system holds it.
type entry struct {
	item    event.Item // rendered; Standing is the reader's, see view
	home    string     // address of its owner, or of the mailbox it is in
	place   place
	num     int // order of creation
	seq     int // its last change
	garbled bool
}

// tombstone tells that someone lost sight of an entry.
type tombstone struct {
	seq  int
	home string
	id   event.ID
}

// Counts is what programs have asked of the system, and the mail it sent.
type Counts struct {
	Changes, Get, Settle, Apply int
	// Leases are looks at a lease and writes of one.
	Leases  int
	Written map[endpoint.OpKind]int
	Mails   int
	// Idle counts mails that told of nothing: neither time nor place was changed,
	// or it was no owner's copy.
	Idle int
}

// NewCalendar is a system without entries.
func NewCalendar(o Options) *Calendar {
	return &Calendar{
		opts:     o.withDefaults(),
		entries:  map[event.ID]*entry{},
		account:  "account",
		counts:   Counts{Written: map[endpoint.OpKind]int{}},
		faults:   map[string][]Fault{},
		broken:   map[string]*endpoint.Error{},
		watchers: map[string][]chan struct{}{},
		leases:   map[string]endpoint.Lease{},
	}
}

// Counts is what has been counted since the calendar was made.
func (c *Calendar) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.counts
	out.Written = maps.Clone(c.counts.Written)
	return out
}

// address is how the system knows a person.
func address(p event.PersonID) string { return strings.ToLower(string(p)) }

// shows tells whether e is in the calendar of addr.
func (c *Calendar) shows(e *entry, addr string) bool {
	return e.place == inCalendar && slices.Contains(c.readers(e), addr)
}

// readers are the addresses whose calendars e belongs to.
func (c *Calendar) readers(e *entry) []string {
	out := []string{e.home}
	if c.opts.Shared {
		for _, a := range e.item.Attendees {
			out = append(out, a.Address)
		}
	}
	return out
}

// view is e as addr sees it.
func (c *Calendar) view(e *entry, addr string) event.Item {
	it := clone(e.item)
	if c.opts.Shared {
		it.Standing = event.StandingOwner
		if e.home != addr {
			it.Standing = event.StandingParticipant
		}
		it.Organizer = e.home
	}
	it.Meeting = it.Meeting || len(it.Attendees) > 0
	if it.Recurrence != nil {
		it.Event = told(it.Event)
		it.KnownWindow = event.AllTime()
		if !c.opts.Known.IsZero() {
			it.KnownWindow = c.opts.Known
			it.Recurrence = it.Recurrence.Inside(func(w event.Wall) bool { return it.KnownWindow.HoldsDay(it.Event, w) }, nil)
		}
	}
	if !c.opts.Caps.Keys {
		it.Stamp = event.Stamp{}
	}
	return it
}

// clone is it with slices of its own, so that nobody edits ours.
func clone(it event.Item) event.Item {
	it.Attendees = slices.Clone(it.Attendees)
	if it.Recurrence != nil {
		r := *it.Recurrence
		r.Overrides, r.Deleted = slices.Clone(r.Overrides), slices.Clone(r.Deleted)
		it.Recurrence = &r
	}
	return it
}

// add makes an entry in the calendar of home.
func (c *Calendar) add(home string, it event.Item) *entry {
	c.made++
	it = clone(it)
	it.ID = event.ID(fmt.Sprintf("%s;%d", c.opts.Side, c.made))
	it.Event = c.opts.normalize(it.Event)
	it.Created = c.opts.Now().UTC()
	if !c.opts.Shared {
		if it.UID == "" {
			it.UID = fmt.Sprintf("uid-%s-%d", c.opts.Side, c.made)
		}
		if it.Organizer == "" {
			it.Organizer = home
		}
	}
	e := &entry{item: it, home: home, num: c.made, place: inTrash}
	c.entries[it.ID] = e
	c.change(e, func() { e.place = inCalendar })
	return e
}

// change alters e, gives it a new version, and leaves a tombstone for
// everybody who does not see it any more.
func (c *Calendar) change(e *entry, alter func()) {
	var before []string
	if e.place == inCalendar {
		before = c.readers(e)
	}
	alter()
	c.seq++
	e.seq = c.seq
	e.item.Version = event.Version(fmt.Sprintf("v%d", c.seq))
	e.item.Modified = c.opts.Now().UTC()
	for _, addr := range before {
		if !c.shows(e, addr) {
			c.log = append(c.log, tombstone{c.seq, addr, e.item.ID})
		}
	}
	for _, addr := range append(before, c.readers(e)...) {
		c.hint(addr)
	}
}

// hint tells the watchers of addr to look.
func (c *Calendar) hint(addr string) {
	for _, ch := range c.watchers[addr] {
		select {
		case ch <- struct{}{}:
		default: // one hint is waiting already
		}
	}
}

// sorted are the entries that keep allows, in the order of their creation.
func (c *Calendar) sorted(keep func(*entry) bool) []*entry {
	var out []*entry
	for _, e := range c.entries {
		if keep(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return cmp.Compare(a.num, b.num) })
	return out
}

// leave takes addr out of an entry. When the owner goes, the next in the list
// owns it; when nobody is left, it is in the trash.
func (c *Calendar) leave(e *entry, addr string) {
	c.change(e, func() {
		others := slices.DeleteFunc(slices.Clone(e.item.Attendees),
			func(a event.Attendee) bool { return a.Address == addr })
		switch {
		case !c.opts.Shared || e.home == addr && len(others) == 0:
			e.place = inTrash
			return
		case e.home == addr:
			e.home, others = others[0].Address, others[1:]
		}
		e.item.Attendees = others
	})
}
