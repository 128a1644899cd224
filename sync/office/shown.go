package office

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// LastPreview is the last preview of everybody that nobody has acted upon, so
// that who looks at it again, from another window too, sees the same. It is
// false where there is none. It is kept in memory, for a day at most: what a
// person has approved or taken out of it is in the book.
func (o *Office) LastPreview() (Preview, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shown == nil {
		return Preview{}, false
	}
	out := *o.shown
	out.People, out.Except = slices.Clone(out.People), maps.Clone(out.Except)
	return out, true
}

func (o *Office) keepShown(p *Preview) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shown = p
}

// forgetShown lets go of a preview that was made before a moment.
func (o *Office) forgetShown(before time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shown != nil && o.shown.At.Before(before) {
		o.shown = nil
	}
}

// leftOutKey names the rows that a person has taken out of the preview.
const leftOutKey = "left out"

// LeaveOut keeps which rows of the last preview, by their names, a person does
// not want done yet. Those that are still there in the next one stay out of it.
func (o *Office) LeaveOut(ctx context.Context, rows map[event.PersonID][]string) error {
	if err := o.Book.SavePreview(ctx, leftOutKey, rows, o.Now()); err != nil {
		return fmt.Errorf("store what is left out: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shown != nil {
		again := *o.shown // who has it already keeps it as it was
		again.Except = maps.Clone(rows)
		o.shown = &again
	}
	return nil
}

// stillLeftOut are the rows of a preview that a person took out of an earlier one.
func (o *Office) stillLeftOut(ctx context.Context, p Preview) (map[event.PersonID][]string, error) {
	kept, err := o.Book.Preview(ctx, leftOutKey)
	if errors.Is(err, state.ErrUnknownPreview) {
		return nil, nil //nolint:nilnil // nobody has taken anything out
	}
	if err != nil {
		return nil, fmt.Errorf("find what is left out: %w", err)
	}
	still := map[event.PersonID][]string{}
	for _, person := range p.People {
		id, left := person.Person.ID, map[string]bool{}
		for _, row := range kept[person.Person.ID] {
			left[row] = true
		}
		for _, a := range person.Plan.Actions {
			if row := a.Row(); left[row] {
				still[id] = append(still[id], row)
			}
		}
	}
	return still, o.LeaveOut(ctx, still)
}

// without takes rows out of what is approved.
func without(approved, rows map[event.PersonID][]string) map[event.PersonID][]string {
	out := map[event.PersonID][]string{}
	for id, hashes := range approved {
		left := map[string]bool{}
		for _, row := range rows[id] {
			left[row] = true
		}
		out[id] = slices.DeleteFunc(slices.Clone(hashes), func(h string) bool { return left[plan.RowOf(h)] })
	}
	return out
}

// ErrNoRow says that the last preview has no such row.
var ErrNoRow = errors.New("the preview has no such row")

// Shown is one row of the last preview with all that is known of it.
type Shown struct {
	Person state.Person
	Action plan.Action
	// Agreed is what both sides last agreed on; nil where the two are not linked.
	Agreed *[2]event.Event
	// Choices are what a person can say about it.
	Choices []plan.Choice
	// Next are the next dates of a series as it will be.
	Next []event.Event
}

// nextDates is how many dates of a series are shown, and within how many days
// they are looked for.
const (
	nextDates = 5
	nextDays  = 400
)

// Row is one row of the last preview, by its name.
func (o *Office) Row(who event.PersonID, row string) (Shown, error) {
	p, ok := o.LastPreview()
	if !ok {
		return Shown{}, state.ErrUnknownPreview
	}
	for _, person := range p.People {
		if person.Person.ID != who {
			continue
		}
		actions := person.Plan.Actions
		if h := person.Plan.Halt; h != nil {
			actions = slices.Concat(h.Withheld, actions)
		}
		i := slices.IndexFunc(actions, func(a plan.Action) bool { return a.Row() == row })
		if i < 0 {
			return Shown{}, ErrNoRow
		}
		out := Shown{Person: person.Person, Action: actions[i], Choices: plan.RowChoices(actions[i])}
		if base, ok := person.Agreed[actions[i].Link]; ok {
			out.Agreed = &base
		}
		out.Next = upcoming(actions[i], o.Now())
		return out, nil
	}
	return Shown{}, ErrNoRow
}

// upcoming are the next dates of the series that an action is about, as it will
// be after it.
func upcoming(a plan.Action, now time.Time) []event.Event {
	var series event.Event
	switch {
	case a.Kind == plan.Create || a.Kind == plan.Update:
		series = a.Want
	case a.Have[a.Side] != nil:
		series = a.Have[a.Side].Event
	case a.Have[a.Side.Other()] != nil:
		series = a.Have[a.Side.Other()].Event
	}
	if a.Kind == plan.Delete || series.Recurrence == nil {
		return nil
	}
	var out []event.Event
	for _, at := range event.Occurrences(series, event.Window{From: now, To: now.AddDate(0, 0, nextDays)}) {
		if out = append(out, at.Event); len(out) == nextDates {
			break
		}
	}
	return out
}
