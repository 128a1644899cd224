package exchange

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// chain takes one series from what it is to what it shall be, in several
// requests: the series itself, then its deleted occurrences, then the changed
// ones. What is there already is not written again, so a chain that was cut off
// is completed by running it once more.
//
// A changed rule or time makes the server forget all exceptions; what formatting
// these had beyond their text is lost with them, as it is in Outlook.
type chain struct {
	c      *calendar
	ops    []int      // the places of the ops that it carries out
	now    entry      // as last read
	was    event.Item // as it was at first
	want   event.Event
	stamp  event.Stamp
	key    string // the change key that the last write left; empty: not known
	writes int    // how often it has been written
	unread bool   // now is older than the last write
	told   bool   // its people have been mailed
	err    *endpoint.Error
	// refusal is the server's no to one occurrence. All others are written.
	refusal *endpoint.Error
}

// series carries chains out, all of them together: one request for each thing
// that they need, however many they are, and one more for each further
// occurrence that one of them changes.
func (w *writing) series(ctx context.Context, chains []*chain) *endpoint.Error {
	for _, step := range []func(context.Context, []*chain){w.masters, w.between, w.drop, w.modify, w.reread, w.announce, w.reread} {
		step(ctx, slices.DeleteFunc(slices.Clone(chains), func(ch *chain) bool { return ch.err != nil }))
	}
	var stop *endpoint.Error
	for _, ch := range chains {
		w.finish(ch)
		if ch.err != nil && ch.err.Scope != endpoint.ScopeItem {
			stop = ch.err
		}
	}
	return stop
}

// finish makes what became of a chain the result of its ops.
func (w *writing) finish(ch *chain) {
	err := ch.err
	if err != nil && ch.writes > 0 {
		// A part of it is there: how far it came is to be read.
		half := *err
		half.Kind = endpoint.OutcomeUnknown
		err = &half
	}
	for _, i := range ch.ops {
		id := w.ops[i].Target.ID
		if err == nil && ch.refusal != nil && ch.writes == 0 && w.kind != endpoint.Create {
			err = ch.refusal
		}
		if err != nil {
			w.out[i] = endpoint.Result{Err: about(err, id)}
			continue
		}
		res := endpoint.Result{Item: shownAs(*ch.now.Item, id), Exact: ch.writes == 0 || ch.key == ch.now.raw.ID.ChangeKey}
		if ch.refusal != nil {
			res.Err = about(ch.refusal, id)
		}
		if w.kind != endpoint.Create {
			res.Before = shownAs(ch.was, id)
			if ch.told {
				res.Notified = told(ch.was, w.mode)
			}
		}
		if res.Item == nil { // deleted, as it was to be, or else by somebody meanwhile
			res.Item, res.Exact = &event.Item{Ref: event.Ref{ID: id, Version: ch.now.Item.Version}}, false
		}
		w.out[i] = res
	}
}

// shownAs is a series under its id, or the occurrence of it that an id names;
// nil where it shows no such.
func shownAs(it event.Item, id event.ID) *event.Item {
	_, original, one := event.SplitOccurrence(id)
	if !one {
		return &it
	}
	e, ok := event.OccurrenceAt(it.Event, original)
	if !ok {
		return nil
	}
	it.ID, it.Event, it.Stamp, it.KnownWindow = id, e, event.Stamp{}, event.Window{}
	return &it
}

// failed puts a trouble on every chain of a request.
func (w *writing) failed(chains []*chain, err error, scope endpoint.Scope) {
	e := failed(w.name, err, scope)
	for _, ch := range chains {
		ch.err = e
	}
}

// masters writes the series themselves.
func (w *writing) masters(ctx context.Context, chains []*chain) {
	var changes []ews.ItemChange
	var sent []*chain
	for _, ch := range chains {
		if c, ok := w.c.masterChange(ch); ok {
			changes, sent = append(changes, c), append(sent, ch)
		}
	}
	got, err := w.c.box.UpdateItem(ctx, changes, ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: ews.SendToNone})
	if err != nil {
		w.failed(sent, err, endpoint.ScopeCalendar)
		return
	}
	for n, ch := range sent {
		if got[n].Err != nil {
			w.failed(sent[n:n+1], got[n].Err, endpoint.ScopeItem)
			continue
		}
		ch.written(got[n].Item.ID.ChangeKey)
	}
}

// masterChange is the update of a series itself. Its rule is written only where
// it differs, because the server forgets the exceptions then; or where it has to
// forget a deleted one that shall be back.
func (c *calendar) masterChange(ch *chain) (ews.ItemChange, bool) {
	now, want := ch.now.Item.Event, ch.want
	out := ews.ItemChange{Ref: ews.Ref(ch.now.raw.ID)}
	for _, f := range (event.Diff(now, want) & fields &^ event.FieldRecurrence).Each() {
		out.Set = append(out.Set, c.setField(&out.Item, f, want, &ch.now.raw, true)...)
	}
	switch {
	case want.Recurrence == nil && now.Recurrence != nil:
		out.Delete = append(out.Delete, ews.FieldRecurrence)
	case want.Recurrence == nil:
	case now.Recurrence == nil, !sameRule(now, want), len(restored(now, want)) > 0:
		c.setTimes(&out.Item, want.When)
		out.Item.Recurrence = writeRule(want)
		if r := ch.now.raw.Recurrence; r != nil && r.FirstDay != ews.DayNone {
			weekLike(out.Item.Recurrence, want, time.Weekday(r.FirstDay-ews.Sunday))
		}
		if now.Recurrence == nil {
			out.Set = append(out.Set, timeFields()...)
		} else if sameRule(now, want) {
			out.Interim = otherRule(out.Item.Recurrence)
		}
		// Exchange 2007 wants the zone along with the rule.
		out.Set = append(out.Set, ews.FieldRecurrence, ews.FieldMeetingTimeZone)
	}
	if ch.stamp != (event.Stamp{}) && ch.stamp != ch.now.Item.Stamp {
		out.SetExtended, out.DeleteExtended = writeStamp(ch.stamp)
	}
	return out, len(out.Set)+len(out.Delete)+len(out.SetExtended)+len(out.DeleteExtended) > 0
}

// sameRule tells whether two series have one rule, from the same day on.
func sameRule(a, b event.Event) bool {
	return a.Recurrence.Rule() == b.Recurrence.Rule() && a.When.Start.Date == b.When.Start.Date
}

// restored are the deleted occurrences of now that want shows.
func restored(now, want event.Event) []event.Wall {
	var out []event.Wall
	for _, d := range now.Recurrence.Deleted {
		if _, shown := event.OccurrenceAt(want, d); shown {
			out = append(out, d)
		}
	}
	return out
}

// written notes a write and the change key that it left.
func (ch *chain) written(key string) {
	ch.writes++
	ch.unread, ch.key = true, key
}

// reread reads the series that have been written since they were read.
func (w *writing) reread(ctx context.Context, chains []*chain) {
	chains = slices.DeleteFunc(slices.Clone(chains), func(ch *chain) bool { return !ch.unread })
	refs := make([]ews.ItemRef, len(chains))
	for i, ch := range chains {
		refs[i] = ews.Ref(ews.ItemID{ID: ch.now.raw.ID.ID})
	}
	got, err := w.c.read(ctx, w.name, refs)
	if err != nil {
		w.failed(chains, err, endpoint.ScopeCalendar)
		return
	}
	for i, ch := range chains {
		if got[i].Err != nil {
			w.failed(chains[i:i+1], got[i].Err, endpoint.ScopeItem)
			continue
		}
		ch.now, ch.unread = got[i], false
	}
}

// between is reread before the occurrences are written. A series that somebody
// has changed since is left to the next plan.
func (w *writing) between(ctx context.Context, chains []*chain) {
	w.reread(ctx, chains)
	for _, ch := range chains {
		if ch.err == nil && ch.writes > 0 && ch.now.raw.ID.ChangeKey != ch.key {
			ch.err = itemError(w.name, ch.now.ID, endpoint.Precondition, "ErrorStaleObject")
		}
	}
}

// chains takes the ops on series out of a batch; rest are the others. Ops on
// several occurrences of one series make one chain.
func (w *writing) chains(todo []int, was map[int]entry) (rest []int, chains []*chain) {
	byID := map[event.ID]*chain{}
	for _, i := range todo {
		op, e := w.ops[i], was[i]
		_, original, one := event.SplitOccurrence(op.Target.ID)
		repeats := w.kind == endpoint.Update && (e.Item.Recurrence != nil || op.Fields.Has(event.FieldRecurrence) && op.Want.Recurrence != nil)
		if !one && !repeats {
			rest = append(rest, i)
			continue
		}
		ch := byID[e.Item.ID]
		if ch == nil {
			ch = &chain{c: w.c, now: e, was: *e.Item, want: e.Item.Event}
			byID[e.Item.ID], chains = ch, append(chains, ch)
		}
		ch.ops = append(ch.ops, i)
		switch {
		case one && w.kind == endpoint.Update:
			ch.want = w.c.withOccurrence(ch.want, original, op)
		case one:
			ch.want = without(ch.want, original)
		default:
			ch.want, ch.stamp = w.c.wanted(ch.want, op), op.Stamp
		}
	}
	return rest, chains
}

// wanted is a series with the fields of an op over it. A rule brings its
// exceptions along, and so does a time, because the server forgets them then.
func (c *calendar) wanted(now event.Event, op endpoint.Op) event.Event {
	want := c.Normalize(op.Want)
	set := op.Fields & fields
	if op.Want.ShowAs == event.ShowUnset {
		set &^= event.FieldShowAs
	}
	if !want.Reminder.Set {
		set &^= event.FieldReminder
	}
	if set.Has(event.FieldWhen) && now.Recurrence != nil && want.Recurrence != nil {
		set |= event.FieldRecurrence
	}
	out := event.Take(now, want, set)
	if now.Recurrence == nil || out.Recurrence == nil || !set.Has(event.FieldRecurrence) {
		return out
	}
	for _, own := range now.Recurrence.Overrides {
		out = keepOwn(out, own)
	}
	return out
}

// keepOwn leaves an occurrence the state and the reminder that it has on its
// own. Only Exchange has these, so that the wish of the other side says nothing
// about them. The occurrence is found by its day: its hour may be another now.
func keepOwn(series event.Event, own event.Override) event.Event {
	original := series.When.Start
	original.Date = own.Original.Date
	keep := own.Fields & (event.FieldShowAs | event.FieldReminder)
	shown, ok := event.OccurrenceAt(series, original)
	if !ok || keep == 0 {
		return series
	}
	for _, x := range series.Recurrence.Overrides {
		if x.Original == original {
			keep &^= x.Fields
		}
	}
	return override(series, original, event.Take(shown, own.Event, keep))
}

// withOccurrence is a series of which an op has changed one occurrence.
func (c *calendar) withOccurrence(series event.Event, original event.Wall, op endpoint.Op) event.Event {
	shown, ok := event.OccurrenceAt(series, original)
	if !ok {
		return series
	}
	single := op
	single.Fields &^= event.FieldRecurrence
	single.Want.Recurrence = nil
	return override(series, original, c.wanted(shown, single))
}

// override is a series whose occurrence at original is e.
func override(series event.Event, original event.Wall, e event.Event) event.Event {
	rule := *series.Recurrence
	rule.Overrides = slices.DeleteFunc(slices.Clone(rule.Overrides), func(x event.Override) bool { return x.Original == original })
	if x, differs := overrideOf(series, original, e); differs {
		rule.Overrides = append(rule.Overrides, x)
	}
	slices.SortFunc(rule.Overrides, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
	series.Recurrence = &rule
	return series
}

// without is a series whose occurrence at original is deleted.
func without(series event.Event, original event.Wall) event.Event {
	rule := *series.Recurrence
	rule.Overrides = slices.DeleteFunc(slices.Clone(rule.Overrides), func(x event.Override) bool { return x.Original == original })
	rule.Deleted = append(slices.Clone(rule.Deleted), original)
	slices.SortFunc(rule.Deleted, event.Wall.Compare)
	rule.Deleted = slices.Compact(rule.Deleted)
	series.Recurrence = &rule
	return series
}
