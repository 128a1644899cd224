package statetest

import (
	"errors"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// historyNotices: a notice lasts from before the mail leaves, and there is one.
func historyNotices(b *bench) {
	before, after := item("e1", 5), item("e1", 6)
	open, _ := b.begin(anna, state.Intent{Action: plan.Action{
		Kind: plan.Update, Side: event.Exchange, Have: [2]*event.Item{nil, &before}, Want: after.Event, Fields: event.FieldWhen,
	}})
	b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Applied, Before: &before, After: &after, At: at(2)})
	note := state.Notice{Entry: open[0].ID, By: "boss", At: at(3), People: 2}
	told := func() *state.Notice {
		b.Helper()
		b.reopen()
		past, err := b.now.Changes(b.Context(), open[0].Run)
		if err != nil || len(past) != 1 {
			b.Fatalf("history: %d changes, %v", len(past), err)
		}
		return past[0].Notice
	}
	if got := told(); got != nil {
		b.Errorf("a change that nobody was told of has the notice %+v", got)
	}
	unknown := note
	unknown.Entry += 100
	if err := b.now.BeginNotice(b.Context(), unknown); !errors.Is(err, state.ErrUnknownRun) {
		b.Errorf("a notice of what never was: %v", err)
	}
	if err := b.now.BeginNotice(b.Context(), note); err != nil {
		b.Fatalf("begin: %v", err)
	}
	b.same("notice before the answer", told(), &note)
	if err := b.now.BeginNotice(b.Context(), note); !errors.Is(err, state.ErrNoticed) {
		b.Errorf("a second notice: %v", err)
	}
	if err := b.now.EndNotice(b.Context(), note.Entry, false); err != nil {
		b.Fatalf("take back: %v", err)
	}
	if got := told(); got != nil {
		b.Errorf("what was taken back is still there: %+v", got)
	}
	note.By, note.At = "another", at(4)
	if err := b.now.BeginNotice(b.Context(), note); err != nil {
		b.Fatalf("begin again: %v", err)
	}
	if err := b.now.EndNotice(b.Context(), note.Entry, true); err != nil {
		b.Fatalf("end: %v", err)
	}
	note.Sent = true
	b.same("notice", told(), &note)
	if err := b.now.EndNotice(b.Context(), note.Entry, false); err != nil || told() == nil {
		b.Errorf("what was sent was taken back: %v", err)
	}
	if err := b.now.BeginNotice(b.Context(), note); !errors.Is(err, state.ErrNoticed) {
		b.Errorf("a notice after the mail: %v", err)
	}
}
