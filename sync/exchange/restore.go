package exchange

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

var _ endpoint.Restorer = (*calendar)(nil)

const codeThereAgain = "there_again"

// Restore moves entries out of Deleted Items back into the calendar, where
// their keys find them: so all comes back that the server knows of them.
// Nobody gets any mail of a move. What is not in Deleted Items any more is
// made from Want. An entry has another id afterwards, which servers before
// Exchange 2010 SP1 do not tell, so it is looked up by its key.
//
// Cost per 50 entries: the search of FindEach, one MoveItem, one UpdateItem for
// the marks, and the search once more.
func (c *calendar) Restore(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	var anew []int
	for from := 0; from < len(ops); from += searchTerms {
		to := min(from+searchTerms, len(ops))
		w := writing{c: c, kind: endpoint.Create, name: "take back exchange entry", ops: ops[from:to], out: out[from:to], mode: ews.SendToNone}
		for _, i := range w.takeBack(ctx) {
			anew = append(anew, from+i)
		}
	}
	made := make([]endpoint.Op, len(anew))
	for n, i := range anew {
		made[n] = ops[i]
		made[n].Target = event.Ref{}
	}
	for n, r := range c.Apply(ctx, made) {
		out[anew[n]] = r
	}
	return out
}

// takeBack does what can be done by moving, and lists the places of the rest.
func (w *writing) takeBack(ctx context.Context) (anew []int) {
	var todo []int
	for i, op := range w.ops {
		if op.Stamp.Key == "" {
			anew = append(anew, i)
		} else {
			todo = append(todo, i)
		}
	}
	refs, moving, rest := w.inTrash(ctx, todo)
	anew = append(anew, rest...)
	if len(moving) == 0 {
		return anew
	}
	got, err := w.c.box.MoveItem(ctx, refs, calendarFolder())
	if err != nil {
		_ = w.all(moving, err)
		return anew
	}
	var moved []int
	for n, i := range moving {
		if got[n].Err != nil {
			w.one(i, got[n].Err)
			continue
		}
		moved = append(moved, i)
	}
	w.lookUp(ctx, moved)
	w.remark(ctx, moved)
	return anew
}

// inTrash looks the entries up that lie in Deleted Items. One that is anywhere
// else is there already and gets its error.
func (w *writing) inTrash(ctx context.Context, todo []int) (refs []ews.ItemRef, moving, anew []int) {
	if len(todo) == 0 {
		return nil, nil, nil
	}
	terms := w.terms(todo)
	hits, err := w.c.search(ctx, w.name, []ews.FolderRef{calendarFolder()}, 1, terms)
	var found, trashed []hit
	if err == nil {
		found, trashed, err = w.c.searchElsewhere(ctx, w.name, terms, true)
	}
	var living, lying [][]entry
	if err == nil {
		living, err = w.c.readHits(ctx, w.name, append(hits, found...), terms)
	}
	if err == nil {
		lying, err = w.c.readHits(ctx, w.name, trashed, terms)
	}
	if err != nil {
		_ = w.all(todo, err)
		return nil, nil, nil
	}
	for n, i := range todo {
		e := w.c.asItWas(lying[n], w.ops[i].Want)
		switch {
		case len(living[n]) > 0:
			w.out[i].Err = itemError(w.name, w.ops[i].Target.ID, endpoint.Precondition, codeThereAgain)
		case e == nil:
			anew = append(anew, i)
		default:
			refs, moving = append(refs, ews.Ref(e.raw.ID)), append(moving, i)
		}
	}
	return refs, moving, anew
}

func (w *writing) terms(todo []int) []ews.PropertyValue {
	out := make([]ews.PropertyValue, len(todo))
	for n, i := range todo {
		out[n] = keyTerm(w.ops[i].Stamp.Key)
	}
	return out
}

// asItWas is the one of several entries that bears the content wanted, or else
// the one that was changed last: an older life of the entry, or a copy of it,
// may lie there as well.
func (c *calendar) asItWas(lying []entry, want event.Event) *entry {
	var best *entry
	for i := range lying {
		e := &lying[i]
		switch {
		case e.Item == nil:
		case event.Diff(e.Item.Event, c.Normalize(want))&fields == 0:
			return e
		case best == nil || e.Item.Modified.After(best.Item.Modified):
			best = e
		}
	}
	if best == nil && len(lying) == 1 {
		return &lying[0] // one that cannot be read comes back as well as others
	}
	return best
}

// lookUp reads entries that have just been moved. One that is not found is
// a matter for Restored.
func (w *writing) lookUp(ctx context.Context, moved []int) {
	if len(moved) == 0 {
		return
	}
	terms := w.terms(moved)
	found, err := w.c.findTerms(ctx, w.name, terms)
	for n, i := range moved {
		switch {
		case err == nil && len(found[n]) == 1 && found[n][0].Item != nil:
			w.out[i] = endpoint.Result{Item: found[n][0].Item, Exact: true}
		case err == nil && len(found[n]) == 1:
			w.out[i] = endpoint.Result{Item: &event.Item{Ref: refFrom(found[n][0].raw.ID)}}
		default:
			e := itemError(w.name, w.ops[i].Target.ID, endpoint.OutcomeUnknown, "")
			w.out[i] = endpoint.Result{Err: e}
		}
	}
}

// remark gives the entries the marks that they shall bear from now on. One
// that keeps its old mark is back all the same.
func (w *writing) remark(ctx context.Context, moved []int) {
	marks := writing{c: w.c, kind: endpoint.Mark, name: w.name, mode: ews.SendToNone}
	var at []int
	for _, i := range moved {
		if it := w.out[i].Item; it != nil && it.Stamp != w.ops[i].Stamp {
			at = append(at, i)
			marks.ops = append(marks.ops, endpoint.Op{Kind: endpoint.Mark, Target: it.Ref, Stamp: w.ops[i].Stamp})
		}
	}
	if len(at) == 0 {
		return
	}
	marks.out = make([]endpoint.Result, len(at))
	all := make([]int, len(at))
	for n := range all {
		all[n] = n
	}
	_ = marks.mark(ctx, all) // told in marks.out
	for n, i := range at {
		if r := marks.out[n]; r.Err == nil {
			it := *w.out[i].Item
			it.Ref, it.Stamp = r.Item.Ref, r.Item.Stamp
			w.out[i].Item = &it
		}
	}
}

// Restored looks for an entry by its key wherever it may be but in Deleted
// Items: there it lay before.
func (c *calendar) Restored(ctx context.Context, op endpoint.Op, _ time.Time) (endpoint.Outcome, error) {
	const name = "look for exchange entry taken back"
	if op.Stamp.Key == "" {
		return endpoint.Outcome{Kind: endpoint.Unsure}, nil
	}
	terms := []ews.PropertyValue{keyTerm(op.Stamp.Key)}
	hits, err := c.search(ctx, name, []ews.FolderRef{calendarFolder()}, 1, terms)
	if err != nil {
		return endpoint.Outcome{}, err
	}
	out, known, err := c.livingCreate(ctx, name, hits, terms)
	if known || err != nil {
		return out, err
	}
	if hits, _, err = c.searchElsewhere(ctx, name, terms, true); err != nil {
		return endpoint.Outcome{}, err
	}
	out, _, err = c.livingCreate(ctx, name, hits, terms)
	return out, err
}
