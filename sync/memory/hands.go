package memory

import (
	"context"
	"fmt"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// The methods in this file are what people and the world do to the system,
// past any Endpoint.

// Put is a person making an entry of his own.
func (c *Calendar) Put(p event.PersonID, e event.Event) event.ID {
	return c.PutItem(p, event.Item{Event: e})
}

// PutItem puts an entry into a person's calendar with whatever identity,
// mark and standing it has.
func (c *Calendar) PutItem(p event.PersonID, it event.Item) event.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.add(address(p), it).item.ID
}

// Edit is a person changing an entry; a garbled one becomes readable again.
func (c *Calendar) Edit(p event.PersonID, id event.ID, alter func(*event.Item)) error {
	return c.act(p, id, inCalendar, func(e *entry) {
		c.change(e, func() {
			it := clone(e.item)
			alter(&it)
			it.ID, it.Event = id, c.opts.normalize(it.Event)
			if c.opts.Wipes && it.Recurrence != nil && e.item.Recurrence != nil && rewritten(e.item.Event, it.Event) {
				it.Event = bareSeries(it.Event)
			}
			e.item, e.garbled = it, false
		})
	})
}

// Remove is a person deleting his entry, or leaving one that is another's.
func (c *Calendar) Remove(p event.PersonID, id event.ID) error {
	return c.act(p, id, inCalendar, func(e *entry) {
		if e.home != address(p) {
			c.leave(e, address(p))
			return
		}
		c.change(e, func() { e.place = inTrash })
	})
}

// Restore is a person taking an entry back out of the trash.
func (c *Calendar) Restore(p event.PersonID, id event.ID) error {
	return c.act(p, id, inTrash, func(e *entry) { c.change(e, func() { e.place = inCalendar }) })
}

// Drag is a person moving an entry to another folder. It has a new id there.
func (c *Calendar) Drag(p event.PersonID, id event.ID) error {
	return c.act(p, id, inCalendar, func(e *entry) {
		c.change(e, func() { e.place = inFolder })
		c.rename(e)
	})
}

// Copy is a person duplicating an entry; the copy bears the same mark.
func (c *Calendar) Copy(p event.PersonID, id event.ID) (event.ID, error) {
	var made event.ID
	err := c.act(p, id, inCalendar, func(e *entry) {
		it := e.item
		it.UID = ""
		made = c.add(address(p), it).item.ID
	})
	return made, err
}

// Garble makes an entry unreadable for programs until somebody edits it.
func (c *Calendar) Garble(p event.PersonID, id event.ID) error {
	return c.act(p, id, inCalendar, func(e *entry) { c.change(e, func() { e.garbled = true }) })
}

// act does something to an entry of p that is in the given place.
func (c *Calendar) act(p event.PersonID, id event.ID, in place, do func(*entry)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[id]
	if !ok || e.place != in {
		return fmt.Errorf("find entry %s: not there", id)
	}
	for _, addr := range c.readers(e) {
		if addr == address(p) {
			do(e)
			return nil
		}
	}
	return fmt.Errorf("find entry %s: not in this calendar", id)
}

// rename gives an entry the new id that it has after a move.
func (c *Calendar) rename(e *entry) {
	delete(c.entries, e.item.ID)
	c.made++
	e.num = c.made
	e.item.ID = event.ID(fmt.Sprintf("%s;%d", c.opts.Side, c.made))
	c.entries[e.item.ID] = e
}

// Rehome moves a person's mailbox to another server: every entry has a new
// id and version, and no cursor is good any more.
func (c *Calendar) Rehome(p event.PersonID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for _, e := range c.sorted(func(e *entry) bool { return e.home == address(p) }) {
		c.rename(e)
		c.change(e, func() {})
	}
}

// ExpireCursors makes every cursor given so far expire.
func (c *Calendar) ExpireCursors() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
}

// SetAccount changes which account Identity tells of.
func (c *Calendar) SetAccount(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account = name
}

// List is what a person sees in his calendar, in the order of creation.
func (c *Calendar) List(p event.PersonID) []event.Item {
	return c.items(address(p), func(e *entry) bool { return c.shows(e, address(p)) })
}

// Trash is what a person could take back.
func (c *Calendar) Trash(p event.PersonID) []event.Item {
	return c.items(address(p), func(e *entry) bool { return e.place == inTrash && e.home == address(p) })
}

func (c *Calendar) items(addr string, keep func(*entry) bool) []event.Item {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []event.Item
	for _, e := range c.sorted(keep) {
		out = append(out, c.view(e, addr))
	}
	return out
}

// Fault is a trouble that meets one call.
type Fault int

// The faults. A lost answer concerns writes: a call that only reads meets it
// as FailUnavailable. FailExpired concerns Changes alone and waits for it.
const (
	// FailUnavailable: refused before anything was done.
	FailUnavailable Fault = iota
	// FailThrottled: the same, with a time to wait.
	FailThrottled
	// FailExpired: the cursor is not good any more.
	FailExpired
	// LoseRequest: the write never arrives; nobody can tell.
	LoseRequest
	// LoseAnswer: the write is done and its answer lost.
	LoseAnswer
)

// FailNext lets a trouble meet the next call for p that it concerns. Several
// meet one call each, in their order.
func (c *Calendar) FailNext(p event.PersonID, f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[address(p)] = append(c.faults[address(p)], f)
}

// Break makes every call for p fail with e until it is mended with nil.
func (c *Calendar) Break(p event.PersonID, e *endpoint.Error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e == nil {
		delete(c.broken, address(p))
		return
	}
	c.broken[address(p)] = e
}

// trouble is what meets a call for addr: a fault of the calls that it asks
// for, or an error. A nil error with LoseRequest or LoseAnswer is the
// writer's to act on.
func (c *Calendar) trouble(ctx context.Context, addr, op string, changes, writes bool) (Fault, *endpoint.Error) {
	fail := func(k endpoint.Kind, wait time.Duration, err error) *endpoint.Error {
		return &endpoint.Error{
			Op: op, Side: c.opts.Side, Scope: endpoint.ScopeCalendar, Kind: k,
			Code: "Simulated", RetryAfter: wait, Err: err,
		}
	}
	if err := ctx.Err(); err != nil {
		return -1, fail(endpoint.Unavailable, 0, err)
	}
	if e := c.broken[addr]; e != nil {
		return -1, e
	}
	waiting := c.faults[addr]
	if len(waiting) == 0 || waiting[0] == FailExpired && !changes {
		return -1, nil
	}
	f := waiting[0]
	c.faults[addr] = waiting[1:]
	switch f {
	case FailThrottled:
		return f, fail(endpoint.Throttled, time.Second, nil)
	case FailExpired:
		return f, fail(endpoint.CursorExpired, 0, nil)
	case LoseRequest, LoseAnswer:
		if writes {
			return f, nil
		}
	case FailUnavailable:
	}
	return f, fail(endpoint.Unavailable, 0, nil)
}
