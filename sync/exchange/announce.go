package exchange

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/exchange/ews"
)

// announce tells the people of series that have been written what these have
// become, each of them once however many requests it took.
func (w *writing) announce(ctx context.Context, chains []*chain) {
	if w.mode == ews.SendToNone || w.kind == endpoint.Create {
		return
	}
	chains = slices.DeleteFunc(slices.Clone(chains), func(ch *chain) bool { return ch.err != nil || ch.writes == 0 })
	changes := make([]ews.ItemChange, len(chains))
	for i, ch := range chains {
		changes[i] = ews.ItemChange{Ref: ews.Ref(ch.now.raw.ID), Set: []ews.FieldURI{ews.FieldSubject}}
		changes[i].Item.Subject = ch.now.raw.Subject
	}
	got, err := w.c.box.UpdateItem(ctx, changes, ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: w.mode})
	if err != nil {
		w.failed(chains, err, endpoint.ScopeCalendar)
		return
	}
	for i, ch := range chains {
		if got[i].Err != nil {
			continue // the series is written; that nobody was mailed is told
		}
		ch.written(got[i].Item.ID.ChangeKey)
		ch.told = true
	}
}
