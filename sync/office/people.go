package office

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// ErrNoSuchPerson says that nobody of the office has that address.
var ErrNoSuchPerson = errors.New("no such person")

// People lists everybody the office knows, switched on or not.
func (o *Office) People(ctx context.Context) ([]state.Person, error) {
	people, err := o.Book.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	return people, nil
}

// Find is the person with that address on either side, compared without case.
// A mailbox may have shown another resource before: who is switched on goes first.
func (o *Office) Find(ctx context.Context, address string) (state.Person, error) {
	people, err := o.People(ctx)
	if err != nil {
		return state.Person{}, err
	}
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return state.Person{}, fmt.Errorf("load settings: %w", err)
	}
	address = strings.ToLower(strings.TrimSpace(address))
	var found *state.Person
	for i, p := range people {
		if ownAddresses(settings, p)[address] && (found == nil || p.Enabled && !found.Enabled) {
			found = &people[i]
		}
	}
	if found != nil {
		return *found, nil
	}
	return state.Person{}, fmt.Errorf("%w: %s", ErrNoSuchPerson, address)
}

// ErrOptedOut says that a person wants to be left out, so that nobody else can
// switch him on.
var ErrOptedOut = errors.New("opted out")

// OptOut notes that a person wants to be left out, or no longer does, and by
// whom that was told. One who comes back is not switched on by that.
func (o *Office) OptOut(ctx context.Context, address string, out bool, by string) (state.Person, error) {
	o.roll.Lock()
	p, err := o.Find(ctx, address)
	if err == nil {
		p.OptedOut, p.SwitchedBy, p.SwitchedAt = out, by, o.Now()
		err = o.Book.SavePeople(ctx, []state.Person{p})
	}
	if err == nil && out && p.Guest {
		o.board.turn(p)
		o.dismiss(p)
	}
	o.roll.Unlock()
	if err != nil || !out || !p.Enabled {
		return p, err
	}
	return o.Switch(ctx, address, false, by)
}

// Switch turns a person on or off and notes by whom. Of a run that is under
// way for somebody who is switched off, the batch in hand is finished.
func (o *Office) Switch(ctx context.Context, address string, on bool, by string) (state.Person, error) {
	o.roll.Lock()
	defer o.roll.Unlock()
	p, err := o.Find(ctx, address)
	if err != nil {
		return p, err
	}
	if on && p.OptedOut {
		return p, ErrOptedOut
	}
	p = p.Switched(on, by, o.Now())
	return p, o.turnTo(ctx, p)
}

// turnTo stores somebody who was switched on or off and lets it take effect.
// The roll is held.
func (o *Office) turnTo(ctx context.Context, p state.Person) error {
	if err := o.Book.SavePeople(ctx, []state.Person{p}); err != nil {
		return fmt.Errorf("store person: %w", err)
	}
	o.board.turn(p)
	if !p.Enabled {
		o.dismiss(p)
	}
	o.Wake()
	return nil
}

// Pair switches a resource on that was given its mailbox. What that mailbox
// has shown so far, and what has shown the resource so far, is switched off.
func (o *Office) Pair(ctx context.Context, p state.Person, by string) (state.Person, error) {
	o.roll.Lock()
	defer o.roll.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return p, err
	}
	for _, q := range people {
		same := q.Resource == p.Resource || q.Addresses[event.Exchange] == p.Addresses[event.Exchange]
		if q.ID == p.ID || q.Resource == "" || !q.Enabled || !same {
			continue
		}
		if err := o.turnTo(ctx, q.Switched(false, by, o.Now())); err != nil {
			return p, err
		}
	}
	p = p.Switched(true, by, o.Now())
	return p, o.turnTo(ctx, p)
}

// dismiss ends the run that is under way for a person.
func (o *Office) dismiss(p state.Person) {
	o.mu.Lock()
	d := o.desks[p.ID]
	o.mu.Unlock()
	if d != nil {
		d.leave()
	}
}

// ErrNotPaired says that a person is no resource that is switched on.
var ErrNotPaired = errors.New("no resource is paired with that mailbox")

// GiveUp ends the pairing of a resource with its mailbox and lets what was
// written there be taken out again. That is a plan which waits for approval;
// once it has been carried out the resource is switched off.
func (o *Office) GiveUp(ctx context.Context, address, by string) (state.Person, error) {
	o.roll.Lock()
	defer o.roll.Unlock()
	p, err := o.Find(ctx, address)
	if err != nil {
		return p, err
	}
	if p.Resource == "" {
		return p, ErrNotPaired
	}
	p = p.Switched(true, by, o.Now())
	p.Withdraw, p.Review = true, true
	return p, o.turnTo(ctx, p)
}
