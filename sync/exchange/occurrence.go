package exchange

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// occurrence is one occurrence that a chain has to write.
type occurrence struct {
	ch       *chain
	original event.Wall
	raw      ews.CalendarItem // as found on the server
	seen     int              // how often the series had been written then
	again    bool             // it was looked up once more after a conflict
	refused  *endpoint.Error
}

// locate looks occurrences up on the server. Those without an id that is known
// are asked for by their number; what comes back proves itself by its original
// start, so that no other is ever written. The places in gone are not there.
func (w *writing) locate(ctx context.Context, list []*occurrence) (gone []*occurrence) {
	refs := make([]ews.ItemRef, len(list))
	for i, o := range list {
		refs[i] = o.ref()
	}
	got, err := w.c.readRaw(ctx, w.name, refs)
	if err != nil {
		w.failed(chainsOf(list), err, endpoint.ScopeCalendar)
		return nil
	}
	for i, o := range list {
		switch e := got[i]; {
		case e.Err != nil && e.Err.Kind == endpoint.NotFound:
			gone = append(gone, o)
		case e.Err != nil:
			o.ch.err = e.Err
		case !o.is(&e.raw):
			o.ch.err = itemError(w.name, o.ch.now.ID, endpoint.Internal, codeNoOccurrence)
		default:
			o.raw, o.seen = e.raw, o.ch.writes
		}
	}
	return gone
}

// ref names the occurrence in a request.
func (o *occurrence) ref() ews.ItemRef {
	days := o.days()
	for _, m := range o.ch.now.raw.Modified {
		if at, ok := originalAt(o.ch.now.Item.Event, m.OriginalStart, days); ok && at == o.original {
			return ews.Ref(ews.ItemID{ID: m.ID.ID})
		}
	}
	return ews.OccurrenceRef(ews.ItemID{ID: o.ch.now.raw.ID.ID}, instance(o.ch.now.Item.Event, o.original))
}

// days is where the whole days of the series are read.
func (o *occurrence) days() *time.Location {
	_, days, _ := o.ch.c.reader().placed(&o.ch.now.raw)
	return days
}

// is tells whether an item is this occurrence.
func (o *occurrence) is(it *ews.CalendarItem) bool {
	at := it.OriginalStart
	if !it.Has(ews.FieldOriginalStart) {
		at = it.Start
	}
	original, ok := originalAt(o.ch.now.Item.Event, at, o.days())
	return ok && original == o.original
}

// instance is the number of an occurrence, counted from 1 with those that are
// deleted.
func instance(e event.Event, original event.Wall) int {
	rule := bare(*e.Recurrence)
	e.Recurrence = &rule
	const day = 24 * time.Hour
	all := event.Occurrences(e, event.Window{From: e.When.Start.In(time.UTC).Add(-2 * day), To: original.In(time.UTC).Add(2 * day)})
	return 1 + slices.IndexFunc(all, func(o event.Occurrence) bool { return o.Original == original })
}

// drop deletes what the series shall not show. It comes before the changes, for
// these may need the room.
func (w *writing) drop(ctx context.Context, chains []*chain) {
	var list []*occurrence
	for _, ch := range chains {
		now := ch.now.Item.Event
		if now.Recurrence == nil || ch.want.Recurrence == nil {
			continue
		}
		for _, d := range ch.want.Recurrence.Deleted {
			if _, shown := event.OccurrenceAt(now, d); shown {
				list = append(list, &occurrence{ch: ch, original: d})
			}
		}
		if len(restored(now, ch.want)) > 0 && ch.refusal == nil {
			ch.refusal = itemError(w.name, ch.now.ID, endpoint.Invalid, codeStaysDeleted)
		}
	}
	if len(list) == 0 {
		return
	}
	gone := w.locate(ctx, list)
	list = slices.DeleteFunc(list, func(o *occurrence) bool { return o.ch.err != nil || slices.Contains(gone, o) })
	disposal := ews.MoveToDeletedItems
	if w.c.conn.moves.Load() {
		disposal = ews.HardDelete
	}
	if list = w.delete(ctx, list, disposal); len(list) > 0 {
		w.delete(ctx, list, ews.HardDelete)
	}
}

// delete removes occurrences and returns those that may not be moved to Deleted
// Items, as those of somebody else's mailbox. A removed occurrence is kept
// nowhere, whichever way it is removed: the series only notes its day.
func (w *writing) delete(ctx context.Context, list []*occurrence, how ews.Disposal) (denied []*occurrence) {
	refs := make([]ews.ItemRef, len(list))
	for i, o := range list {
		refs[i] = ews.Ref(o.raw.ID)
	}
	errs, err := w.c.box.DeleteItem(ctx, refs, ews.DeleteOptions{Disposal: how, Send: ews.SendToNone})
	if err != nil {
		w.failed(chainsOf(list), err, endpoint.ScopeCalendar)
		return nil
	}
	for i, o := range list {
		switch e := failed(w.name, errs[i], endpoint.ScopeItem); {
		case errs[i] == nil:
			o.ch.written("")
		case e.Kind == endpoint.NotFound:
		case e.Code == "ErrorCannotDeleteObject" && how == ews.MoveToDeletedItems:
			denied = append(denied, o)
		case e.Kind == endpoint.Invalid:
			o.ch.refusal = e
		default:
			o.ch.err = e
		}
	}
	return denied
}

// modify changes the occurrences that shall differ from what they are, one of
// each series a request: each change gives the series another change key.
func (w *writing) modify(ctx context.Context, chains []*chain) {
	var list []*occurrence
	for _, ch := range chains {
		if ch.want.Recurrence != nil && ch.now.Item.Recurrence != nil {
			list = append(list, ch.changed()...)
		}
	}
	if len(list) == 0 {
		return
	}
	gone := w.locate(ctx, list)
	for _, o := range list {
		if o.ch.err == nil && (slices.Contains(gone, o) || w.c.touched(o)) {
			o.ch.err = itemError(w.name, o.ch.now.ID, endpoint.Precondition, "ErrorStaleObject")
		}
	}
	for progress := true; progress && len(list) > 0; {
		progress = false
		var later []*occurrence
		for len(list) > 0 {
			round := firstOfEach(&list)
			for _, o := range w.change(ctx, round) {
				if o.ch.err == nil {
					later = append(later, o)
				}
			}
			progress = progress || slices.ContainsFunc(round, func(o *occurrence) bool { return o.ch.err == nil && o.refused == nil })
		}
		list = later // there may be room for them now
	}
	for _, o := range list {
		if o.ch.refusal == nil {
			o.ch.refusal = o.refused
		}
	}
}

// changed are the occurrences of a series that differ from what they shall be.
func (ch *chain) changed() []*occurrence {
	var originals []event.Wall
	for _, r := range []*event.Recurrence{ch.want.Recurrence, ch.now.Item.Recurrence} {
		for _, x := range r.Overrides {
			originals = append(originals, x.Original)
		}
	}
	slices.SortFunc(originals, event.Wall.Compare)
	var out []*occurrence
	for _, at := range slices.Compact(originals) {
		o := &occurrence{ch: ch, original: at}
		if _, _, d := o.differs(); d != 0 {
			out = append(out, o)
		}
	}
	return out
}

// differs is what an occurrence is, what it shall be, and in which fields they
// differ; none where one of them does not show it.
func (o *occurrence) differs() (now, want event.Event, d event.FieldSet) {
	now, there := event.OccurrenceAt(o.ch.now.Item.Event, o.original)
	want, shown := event.OccurrenceAt(o.ch.want, o.original)
	if !there || !shown {
		return now, want, 0
	}
	return now, want, event.Diff(now, want) & fields
}

// touched tells whether an occurrence is not what it was when its series was
// read.
func (c *calendar) touched(o *occurrence) bool {
	now, _, _ := o.differs()
	own := slices.ContainsFunc(o.ch.now.Item.Recurrence.Overrides, func(x event.Override) bool { return x.Original == o.original })
	if o.raw.Type != ews.TypeException {
		return own
	}
	r := c.reader()
	if !o.ch.now.Item.When.AllDay {
		r.zone = o.ch.now.Item.When.Zone
	}
	it, bad := r.item("", &o.raw)
	return bad != nil || event.Diff(now, it.Event)&fields != 0
}

// firstOfEach takes the first occurrence of each series out of list.
func firstOfEach(list *[]*occurrence) []*occurrence {
	var first, rest []*occurrence
	for _, o := range *list {
		switch {
		case o.ch.err != nil:
		case slices.ContainsFunc(first, func(f *occurrence) bool { return f.ch == o.ch }):
			rest = append(rest, o)
		default:
			first = append(first, o)
		}
	}
	*list = rest
	return first
}

// change updates one occurrence of each series and returns those that were
// refused. A server may give occurrences change keys of their own: then the one
// that the last change left is not this one's, and it is looked up again.
func (w *writing) change(ctx context.Context, round []*occurrence) (refused []*occurrence) {
	if len(round) == 0 {
		return nil
	}
	changes := make([]ews.ItemChange, len(round))
	for i, o := range round {
		id := o.raw.ID
		if o.seen < o.ch.writes && !w.c.conn.ownKeys.Load() {
			id.ChangeKey = o.ch.key
		}
		changes[i] = w.c.occurrenceChange(o, id)
	}
	got, err := w.c.box.UpdateItem(ctx, changes, ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: ews.SendToNone})
	if err != nil {
		w.failed(chainsOf(round), err, endpoint.ScopeCalendar)
		return nil
	}
	var again []*occurrence
	for i, o := range round {
		e := failed(w.name, got[i].Err, endpoint.ScopeItem)
		switch {
		case got[i].Err == nil:
			o.refused = nil
			o.ch.written(got[i].Item.ID.ChangeKey)
			if o.again {
				w.c.conn.ownKeys.Store(!w.c.conn.ownKeys.Load())
			}
		case e.Kind == endpoint.Precondition && !o.again && o.seen < o.ch.writes:
			o.again = true
			again = append(again, o)
		case e.Kind == endpoint.Invalid:
			o.refused = about(e, o.ch.now.ID)
			refused = append(refused, o)
		default:
			o.ch.err = e
		}
	}
	if len(again) == 0 {
		return refused
	}
	gone := w.locate(ctx, again)
	for _, o := range again {
		if o.ch.err == nil && (slices.Contains(gone, o) || w.c.touched(o)) {
			o.ch.err = itemError(w.name, o.ch.now.ID, endpoint.Precondition, "ErrorStaleObject")
		}
	}
	again = slices.DeleteFunc(again, func(o *occurrence) bool { return o.ch.err != nil })
	return append(refused, w.change(ctx, again)...)
}

// occurrenceChange is the update of one occurrence. Here also a reminder that
// is off counts as chosen: only a person can have made it differ.
func (c *calendar) occurrenceChange(o *occurrence, id ews.ItemID) ews.ItemChange {
	_, want, d := o.differs()
	out := ews.ItemChange{Ref: ews.Ref(id)}
	for _, f := range d.Each() {
		set := c.setField(&out.Item, f, want, &o.raw, true)
		if f == event.FieldReminder && !want.Reminder.Set {
			set = []ews.FieldURI{ews.FieldReminderIsSet}
		}
		out.Set = append(out.Set, set...)
	}
	return out
}

func chainsOf(list []*occurrence) []*chain {
	var out []*chain
	for _, o := range list {
		if !slices.Contains(out, o.ch) {
			out = append(out, o.ch)
		}
	}
	return out
}
