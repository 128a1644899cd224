package office

import (
	"context"
	"fmt"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Status is a snapshot of the office. Seq grows with every change, so that a
// reader can wait for the next one; it begins anew with the program.
type Status struct {
	Seq     uint64         `json:"seq"`
	Health  Health         `json:"health"`
	Syncing bool           `json:"syncing"`
	Paused  time.Time      `json:"paused_until,omitzero"`
	People  []PersonStatus `json:"people"`
	// PromiseSeconds is the age of the last complete run, in seconds, above which
	// a person counts as not looked after.
	PromiseSeconds int `json:"promise_seconds,omitempty"`
	// EverySeconds is how long everybody is left alone between two looks.
	EverySeconds int `json:"every_seconds,omitempty"`
	// Connections are the sides that have answered, or failed, since the program
	// was started.
	Connections []ConnectionStatus `json:"connections,omitempty"`
	// Rebuilt tells that the store was begun anew not long ago.
	Rebuilt Rebuilt `json:"rebuilt,omitzero"`
	// Locked are the settings that the organisation's policies fix.
	Locked []Lock `json:"locked,omitempty"`
	// Newer is a version that is newer than this one, where it was looked for.
	Newer Newer `json:"newer,omitzero"`
	// NotSetUp: the office has no connections yet.
	NotSetUp bool `json:"not_set_up,omitempty"`
}

// Lock is a setting, by its name in an office.toml, that nobody here can change.
type Lock struct {
	Key   string `json:"key"`
	By    string `json:"by"`    // "machine policy", "user policy"
	Where string `json:"where"` // the file, or the key of the registry
}

// Newer is a version that can be had.
type Newer struct {
	Version string `json:"version"`
	Notes   string `json:"notes,omitempty"` // an address with what has changed
}

// Why a store was begun anew.
const (
	StoreDamaged = "damaged"
	StoreMissing = "missing"
)

// Rebuilt is a store that was begun anew, with what could be told of the old one.
type Rebuilt struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
	// Aside is the name that the damaged store has in the home folder now.
	Aside string `json:"aside,omitempty"`
}

// PersonStatus is one person in a Status.
type PersonStatus struct {
	ID      event.PersonID `json:"id"`
	Name    string         `json:"name"`
	Address string         `json:"address"`
	Health  Health         `json:"health"`
	// Guest: he is not switched on, and given copies of what he shares with
	// those who are.
	Guest bool `json:"guest,omitempty"`
	// Resource: a room, a car or another thing, and nobody.
	Resource bool      `json:"resource,omitempty"`
	Complete time.Time `json:"complete,omitzero"`
	Tried    time.Time `json:"tried,omitzero"`
	Retry    time.Time `json:"retry,omitzero"`
	Failed   string    `json:"failed,omitempty"`
	Halt     string    `json:"halt,omitempty"`
	Waiting  int       `json:"waiting,omitempty"`
	// Came is, by side, when a change that was made there last came over.
	Came map[string]time.Time `json:"came,omitempty"`
	// Lease is which installation writes for the person.
	Lease    state.Lease     `json:"lease,omitzero"`
	Problems []state.Problem `json:"problems,omitempty"`
	// Clocks are servers whose clock is off by more than a minute: by how many
	// seconds each is ahead of ours, by side.
	Clocks map[string]int `json:"clocks,omitempty"`
	// Foreign counts entries that bear the marks of other programs that keep
	// calendars in step, by name.
	Foreign map[string]int `json:"foreign,omitempty"`
	// Unapproved: a first sync, or changes outside it, wait for approval.
	Unapproved bool `json:"unapproved,omitempty"`
	Done       int  `json:"done,omitempty"` // writes of the run that is under way
	Total      int  `json:"total,omitempty"`
}

// Status is how everybody is doing now.
func (o *Office) Status() Status { return o.board.status() }

// WaitStatus is the first Status whose Seq is not seq. One that is lower was
// another program's, before this one was started.
func (o *Office) WaitStatus(ctx context.Context, seq uint64) (Status, error) {
	for {
		s, changed := o.board.statusAnd()
		if s.Seq != seq {
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
	settings, err := o.Book.Settings(ctx)
	if err != nil {
		return fmt.Errorf("load settings: %w", err)
	}
	if _, err := o.seated(ctx, settings); err != nil {
		return err
	}
	pulses, err := o.Book.Pulses(ctx)
	if err != nil {
		return fmt.Errorf("load pulses: %w", err)
	}
	for _, p := range pulses {
		o.board.note(p, PersonResult{})
	}
	paused, err := o.Book.PausedUntil(ctx)
	if err != nil {
		return fmt.Errorf("load pause: %w", err)
	}
	o.board.pause(paused)
	o.board.keep(settings.Rules)
	return nil
}
