package localapi

import (
	"context"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// DetailRequest names a row of the last preview.
type DetailRequest struct {
	Who string `json:"who"` // address
	Row string `json:"row"` // its id
}

// Detail is all that is known of one row of the last preview. Its entries hold
// More, which is another person's text as subjects are.
type Detail struct {
	// Address is whose it is.
	Address string `json:"address"`
	Row     Row    `json:"row"`
	// Agreed is what both sides last agreed on; nil where they are not linked.
	Agreed *Entry `json:"agreed,omitempty"`
	// Differ are the fields in which both sides differ, Same those that they
	// have alike.
	Differ []string `json:"differ,omitempty"`
	Same   []string `json:"same,omitempty"`
	// Next are the next dates of a series as it will be.
	Next    []string `json:"next,omitempty"`
	Choices []string `json:"choices,omitempty"`
}

// LastPreview is the last preview of everybody.
func (l *Local) LastPreview(context.Context) (Preview, error) {
	p, ok := l.Office.LastPreview()
	if !ok {
		return Preview{}, AsError(state.ErrUnknownPreview)
	}
	return previewOf(p), nil
}

// LeaveOut keeps which rows of it shall not be done yet.
func (l *Local) LeaveOut(ctx context.Context, rows map[string][]string) error {
	ids, err := l.byID(ctx, rows)
	if err != nil {
		return err
	}
	if err := l.Office.LeaveOut(ctx, ids); err != nil {
		return AsError(err)
	}
	return nil
}

// Stop ends the runs that were asked for.
func (l *Local) Stop(context.Context) error {
	l.Office.Stop()
	return nil
}

// Detail is all that is known of one row.
func (l *Local) Detail(ctx context.Context, q DetailRequest) (Detail, error) {
	p, err := l.Office.Find(ctx, q.Who)
	if err != nil {
		return Detail{}, AsError(err)
	}
	s, err := l.Office.Row(p.ID, q.Row)
	if err != nil {
		return Detail{}, AsError(err)
	}
	out := Detail{Address: p.Addresses[event.Exchange], Row: rowOf(s.Action)}
	for side, have := range s.Action.Have {
		if have != nil {
			e := *entryOf(have)
			e.More = moreOf(have.Event)
			out.Row.Entries[event.Side(side).String()] = e
		}
	}
	if out.Row.Want != nil {
		out.Row.Want.More = moreOf(s.Action.Want)
	}
	if s.Agreed != nil {
		e := eventEntry(s.Agreed[s.Action.Side])
		e.More = moreOf(s.Agreed[s.Action.Side])
		out.Agreed = &e
	}
	out.Differ, out.Same = compared(s.Action)
	for _, at := range s.Next {
		out.Next = append(out.Next, eventEntry(at).Start)
	}
	for _, c := range s.Choices {
		out.Choices = append(out.Choices, c.String())
	}
	return out, nil
}

// compared are the fields in which both ends of an action differ, and those
// that they have alike. What only one of the two systems knows is neither.
func compared(a plan.Action) (differ, same []string) {
	b, x := a.Have[event.Business], a.Have[event.Exchange]
	if b == nil || x == nil {
		return nil, nil
	}
	raw := event.Diff(b.Event, x.Event)
	fields := a.Fields | a.Differ
	if fields == 0 && a.Kind == plan.Ask {
		fields = raw
	}
	return (fields & raw).Names(), (event.AllFields &^ raw).Names()
}

func moreOf(ev event.Event) *More {
	out := &More{Notes: ev.Notes, Kind: ev.Kind.ID, Done: ev.Done}
	if ev.ShowAs != event.ShowUnset {
		out.ShowAs = ev.ShowAs.String()
	}
	if ev.Reminder.Set {
		out.Reminder = &ev.Reminder.Minutes
	}
	if ev.Kind.Name != "" {
		out.Kind = ev.Kind.Name
	}
	for _, a := range ev.Attendees {
		out.People = append(out.People, a.Address)
	}
	return out
}
