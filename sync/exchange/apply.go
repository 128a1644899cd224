package exchange

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// Apply carries out ops in their order, those of one kind together: one
// request per Options.Batch creates or marks, and one more before updates and
// deletions, which reads what they are about to change.
func (c *calendar) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	for i := 0; i < len(ops); {
		j := i + 1
		for j < len(ops) && j-i < c.conn.opts.Batch && ops[j].Kind == ops[i].Kind && ops[j].Notify == ops[i].Notify {
			j++
		}
		w := writing{c: c, kind: ops[i].Kind, name: ops[i].Kind.String() + " exchange entry", ops: ops[i:j], out: out[i:j]}
		w.mode = sendMode(w.kind, ops[i].Notify)
		if stop := w.run(ctx); stop != nil {
			for n := j; n < len(ops); n++ {
				out[n].Err = notSent(stop, ops[n].Target.ID)
			}
			break
		}
		i = j
	}
	return out
}

// notSent is the error of an op that was not sent because of an earlier trouble.
func notSent(stop *endpoint.Error, id event.ID) *endpoint.Error {
	out := about(stop, id)
	if out.Kind == endpoint.OutcomeUnknown {
		out.Kind, out.Scope, out.Code = endpoint.Unavailable, endpoint.ScopeCalendar, codeNotSent
	}
	return out
}

// writing is one batch of ops of one kind.
type writing struct {
	c    *calendar
	kind endpoint.OpKind
	name string
	mode ews.SendMode
	ops  []endpoint.Op
	out  []endpoint.Result
}

// run carries the batch out. A trouble that makes further batches pointless is
// returned besides being the result of the ops that it met.
func (w *writing) run(ctx context.Context) *endpoint.Error {
	if err := w.learn(ctx); err != nil {
		all := make([]int, len(w.ops))
		for i := range all {
			all[i] = i
		}
		return w.all(all, err)
	}
	var todo []int
	for i, op := range w.ops {
		if e := w.check(op); e != nil {
			w.out[i].Err = e
			continue
		}
		todo = append(todo, i)
	}
	var stop *endpoint.Error
	switch w.kind {
	case endpoint.Create:
		stop = w.create(ctx, todo)
	case endpoint.Update:
		stop = w.update(ctx, todo)
	case endpoint.Mark:
		stop = w.mark(ctx, todo)
	case endpoint.Delete, endpoint.Leave:
		for again := 0; ; again++ {
			stop = w.remove(ctx, todo)
			if again >= w.c.conn.client.Repeats() || !w.shortlyRefused(todo) {
				break
			}
			for _, i := range todo {
				w.out[i] = endpoint.Result{}
			}
		}
	}
	for i := range w.out {
		if e := w.out[i].Err; stop == nil && e != nil && e.Scope != endpoint.ScopeItem {
			stop = e
		}
	}
	return stop
}

// learn finds out which version the server has, where that decides what it can
// hold and nothing was asked of it yet.
func (w *writing) learn(ctx context.Context) error {
	weeks := func(op endpoint.Op) bool { return op.Want.Recurrence != nil && op.Want.Recurrence.FirstDay != 0 }
	if w.c.box.Version() != ews.VersionAuto || !slices.ContainsFunc(w.ops, weeks) {
		return nil
	}
	_, err := openCalendar(ctx, w.c.box, w.name)
	return err
}

// shortlyRefused tells whether nothing was done because the server turned a removal away, for no longer
// than the client waits by itself. It is begun anew then, with another reading: the server does not
// compare versions for a removal.
func (w *writing) shortlyRefused(todo []int) bool {
	refused := false
	for _, i := range todo {
		e := w.out[i].Err
		switch {
		case e == nil, e.Kind == endpoint.OutcomeUnknown:
			return false
		case e.Kind != endpoint.Throttled:
		case e.RetryAfter <= 0, e.RetryAfter > w.c.conn.client.MaxWait():
			return false
		default:
			refused = true
		}
	}
	return refused
}

// check refuses what can be known to fail, before anything is sent.
func (w *writing) check(op endpoint.Op) *endpoint.Error {
	id := op.Target.ID
	if w.kind == endpoint.Create || w.kind == endpoint.Update {
		if code := refused(op.Want); code != "" {
			return itemError(w.name, id, endpoint.Invalid, code)
		}
		v := w.c.box.Version()
		if r := w.c.Normalize(op.Want).Recurrence; r != nil && r.FirstDay != 0 && v != ews.VersionAuto && !v.Has(ews.FeatureFirstDayOfWeek) {
			return itemError(w.name, id, endpoint.Invalid, event.HoldFirstDay)
		}
	}
	if _, _, one := event.SplitOccurrence(id); one && w.kind == endpoint.Mark {
		return itemError(w.name, id, endpoint.Invalid, codeNoOccurrence) // it would make an exception of each
	}
	if w.kind != endpoint.Create && (id == "" || op.Target.Version == "") {
		return itemError(w.name, id, endpoint.Precondition, "ErrorChangeKeyRequired")
	}
	return nil
}

// all makes err the result of every op in todo.
func (w *writing) all(todo []int, err error) *endpoint.Error {
	e := failed(w.name, err, endpoint.ScopeCalendar)
	for _, i := range todo {
		w.out[i].Err = about(e, w.ops[i].Target.ID)
	}
	return e
}

// one is the error of a single op.
func (w *writing) one(i int, err error) {
	w.out[i] = endpoint.Result{Err: about(failed(w.name, err, endpoint.ScopeItem), w.ops[i].Target.ID)}
}

func (w *writing) create(ctx context.Context, todo []int) *endpoint.Error {
	items := make([]ews.NewItem, len(todo))
	for n, i := range todo {
		items[n] = w.c.newItem(w.ops[i].Want, w.ops[i].Stamp)
	}
	got, err := w.c.box.CreateItem(ctx, calendarFolder(), items, w.mode)
	if err != nil {
		return w.all(todo, err)
	}
	var chains []*chain
	for n, i := range todo {
		if got[n].Err != nil {
			w.one(i, got[n].Err)
			continue
		}
		op := w.ops[i]
		want := w.c.Normalize(op.Want)
		it := event.Item{Ref: refFrom(got[n].Item.ID), Event: want, Stamp: op.Stamp}
		w.out[i].Item = &it
		if r := want.Recurrence; r != nil && len(r.Overrides)+len(r.Deleted) > 0 {
			ch := &chain{c: w.c, ops: []int{i}, want: want, stamp: op.Stamp, now: entry{Got: endpoint.Got{ID: it.ID, Item: &it}, raw: got[n].Item}}
			ch.written(string(it.Version))
			chains = append(chains, ch)
		}
	}
	return w.series(ctx, chains)
}

func refFrom(id ews.ItemID) event.Ref {
	return event.Ref{ID: event.ID(id.ID), Version: event.Version(id.ChangeKey)}
}

// before reads what the ops are about to change. It returns the places whose
// entry may be changed: there, readable, in the version named, and the
// person's own where that is asked for. The others get their error.
func (w *writing) before(ctx context.Context, todo []int, own bool) (may []int, was map[int]entry, stop *endpoint.Error) {
	ids := make([]event.ID, len(todo))
	for n, i := range todo {
		ids[n] = w.ops[i].Target.ID
	}
	got, err := w.c.readStored(ctx, w.name, ids)
	if err != nil {
		return nil, nil, w.all(todo, err)
	}
	was = make(map[int]entry, len(todo))
	for n, i := range todo {
		target := w.ops[i].Target
		switch e := got[n]; {
		case e.Item != nil && shownAs(*e.Item, target.ID) == nil:
			w.out[i].Err = itemError(w.name, target.ID, endpoint.NotFound, codeNoOccurrence)
		case e.Err != nil:
			w.out[i].Err = about(e.Err, target.ID)
		case e.Item.Version != target.Version:
			w.out[i].Err = itemError(w.name, target.ID, endpoint.Precondition, "ErrorStaleObject")
		case own && e.Item.Standing != event.StandingOwner && !w.follows(w.ops[i], e.Item):
			w.out[i].Err = itemError(w.name, target.ID, endpoint.Forbidden, codeNotOrganizer)
		default:
			was[i] = e
			may = append(may, i)
		}
	}
	return may, was, nil
}

// follows tells whether op may be written to an attendee's copy. Exchange
// tells nobody of that, leaves his response alone, and writes the organiser's
// next update over it.
func (w *writing) follows(op endpoint.Op, it *event.Item) bool {
	_, _, one := event.SplitOccurrence(it.ID)
	return w.kind == endpoint.Update && op.Follow && w.mode == ews.SendToNone &&
		it.Recurrence == nil && op.Want.Recurrence == nil && !one
}

func (w *writing) update(ctx context.Context, todo []int) *endpoint.Error {
	todo, was, stop := w.before(ctx, todo, true)
	if stop != nil {
		return stop
	}
	todo, chains := w.chains(todo, was)
	var changes []ews.ItemChange
	var sent []int
	for _, i := range todo {
		e := was[i]
		ch, written, ok := w.c.change(&e, w.ops[i])
		after := *e.Item
		after.Event = event.Take(after.Event, w.c.Normalize(w.ops[i].Want), written)
		if s := w.ops[i].Stamp; s != (event.Stamp{}) {
			after.Stamp = s
		}
		w.out[i] = endpoint.Result{Item: &after, Before: e.Item, Exact: !ok}
		if ok {
			changes, sent = append(changes, ch), append(sent, i)
		}
	}
	stop = w.send(ctx, changes, sent, func(i int) { w.out[i].Notified = told(*w.out[i].Before, w.mode) })
	if stop != nil {
		for _, ch := range chains {
			for _, i := range ch.ops {
				w.out[i].Err = notSent(stop, w.ops[i].Target.ID)
			}
		}
		return stop
	}
	return w.series(ctx, chains)
}

func (w *writing) mark(ctx context.Context, todo []int) *endpoint.Error {
	changes := make([]ews.ItemChange, len(todo))
	for n, i := range todo {
		changes[n].Ref = refOf(w.ops[i].Target)
		changes[n].SetExtended, changes[n].DeleteExtended = writeStamp(w.ops[i].Stamp)
		w.out[i].Item = &event.Item{Ref: w.ops[i].Target, Stamp: w.ops[i].Stamp}
	}
	return w.send(ctx, changes, todo, func(int) {})
}

// send is the one place that updates items. Nothing is ever overwritten that
// changed since the version named.
func (w *writing) send(ctx context.Context, changes []ews.ItemChange, sent []int, done func(i int)) *endpoint.Error {
	got, err := w.c.box.UpdateItem(ctx, changes, ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: w.mode})
	if err != nil {
		for _, i := range sent {
			w.out[i] = endpoint.Result{}
		}
		return w.all(sent, err)
	}
	for n, i := range sent {
		if got[n].Err != nil {
			w.one(i, got[n].Err)
			continue
		}
		w.out[i].Item.Ref = refFrom(got[n].Item.ID)
		done(i)
	}
	return nil
}

// remove takes entries to Deleted Items. An attendee can only leave, which
// tells nobody: declining would mail the organiser.
func (w *writing) remove(ctx context.Context, todo []int) *endpoint.Error {
	todo, was, stop := w.before(ctx, todo, w.kind == endpoint.Delete)
	if stop != nil {
		return stop
	}
	todo, chains := w.chains(todo, was)
	if stop := w.series(ctx, chains); stop != nil {
		for _, i := range todo {
			w.out[i].Err = notSent(stop, w.ops[i].Target.ID)
		}
		return stop
	}
	if len(todo) == 0 {
		return nil
	}
	for _, i := range todo {
		w.out[i].Before = was[i].Item
	}
	if w.c.conn.moves.Load() {
		return w.move(ctx, todo)
	}
	errs, err := w.c.box.DeleteItem(ctx, w.refs(todo), ews.DeleteOptions{Disposal: ews.MoveToDeletedItems, Send: w.mode})
	if err != nil {
		return w.all(todo, err)
	}
	var again []int
	for n, i := range todo {
		switch {
		case errs[n] == nil:
			w.out[i].Notified = told(*was[i].Item, w.mode)
		case failed(w.name, errs[n], endpoint.ScopeItem).Code == "ErrorCannotDeleteObject":
			again = append(again, i)
		default:
			w.one(i, errs[n])
		}
	}
	if len(again) == 0 {
		return nil
	}
	// A delegate may not delete into Deleted Items but may move there,
	// https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteitem-operation.
	return w.move(ctx, again)
}

func (w *writing) move(ctx context.Context, todo []int) *endpoint.Error {
	got, err := w.c.box.MoveItem(ctx, w.refs(todo), ews.FolderRef{Name: ews.FolderDeletedItems})
	if err != nil {
		return w.all(todo, err)
	}
	for n, i := range todo {
		if got[n].Err != nil {
			w.one(i, got[n].Err)
			continue
		}
		w.c.conn.moves.Store(true)
	}
	return nil
}

func (w *writing) refs(todo []int) []ews.ItemRef {
	out := make([]ews.ItemRef, len(todo))
	for n, i := range todo {
		out[n] = refOf(w.ops[i].Target)
	}
	return out
}
