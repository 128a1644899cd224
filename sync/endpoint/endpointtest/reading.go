package endpointtest

import (
	"context"
	"errors"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

func capabilities(b *bench) {
	if !b.caps.Fields.Has(event.FieldSubject | event.FieldWhen) {
		b.Errorf("fields = %v, want at least subject and when", b.caps.Fields)
	}
	if b.caps.Batch < 1 {
		b.Errorf("batch = %d, want at least 1", b.caps.Batch)
	}
	b.put(b.alone(1))
	b.pull("", nil)
	if again := b.ep.Capabilities(); again != b.caps {
		b.Errorf("capabilities = %+v, before a listing %+v", again, b.caps)
	}
}

func identity(b *bench) {
	who, ok := b.ep.(endpoint.Identifier)
	if !ok {
		return
	}
	first, err := who.Identity(b.Context())
	if err != nil || first == "" {
		b.Fatalf("identity = %q, %v", first, err)
	}
	b.put(b.alone(1))
	if second, err := who.Identity(b.Context()); err != nil || second != first {
		b.Errorf("identity = %q, %v, before %q", second, err, first)
	}
}

// many lets the person fill his calendar.
func (b *bench) many() []event.ID {
	b.Helper()
	ids := make([]event.ID, b.o.Many)
	for i := range ids {
		ids[i] = b.put(b.alone(i))
	}
	return ids
}

func listsEverything(b *bench) {
	if l := b.pull("", nil); len(l.items)+len(l.gone) > 0 {
		b.Errorf("an empty calendar lists %d items, %d gone", len(l.items), len(l.gone))
	}
	ids := b.many()
	l := b.pull("", nil)
	if len(l.items) != len(ids) || len(l.gone) > 0 {
		b.Errorf("listed %d items, %d gone, want %d and 0", len(l.items), len(l.gone), len(ids))
	}
	seen := b.list()
	for i, id := range ids {
		it, ok := l.items[id]
		if !ok || l.times[id] != 1 {
			b.Errorf("entry %q was listed %d times, want once", id, l.times[id])
			continue
		}
		if it.Version == "" {
			b.Errorf("entry %q has no version", id)
		}
		if d := event.Diff(it.Event, b.ep.Normalize(b.alone(i))); d != 0 {
			b.Errorf("entry %q is listed differing in %v", id, d)
		}
		if d := event.Diff(it.Event, event.Only(seen[id].Event, b.caps.Fields)); d != 0 {
			b.Errorf("entry %q is listed differing in %v from what the person sees", id, d)
		}
	}
	if second := b.pull("", nil); second.enum == l.enum {
		b.Errorf("two enumerations have one EnumID %q", l.enum)
	}
}

func tellsOfEdits(b *bench) {
	ids := b.many()
	all := b.pull("", nil)
	idle := b.pull(all.next, nil)
	for id, it := range idle.items {
		if it.Version != all.items[id].Version {
			b.Errorf("entry %q has a new version although nobody touched it", id)
		}
	}
	if len(idle.gone) > 0 {
		b.Errorf("an idle pull tells of %d deletions", len(idle.gone))
	}
	changed := b.meeting(3, true)
	changed.Attendees = nil
	b.edit(ids[3], changed, event.AllFields&^event.FieldAttendees)
	added := b.put(b.alone(40))
	l := b.pull(idle.next, nil)
	it, ok := l.items[ids[3]]
	if d := event.Diff(it.Event, b.ep.Normalize(changed)); !ok || d != 0 {
		b.Errorf("the edited entry was told of: %v, differing in %v", ok, d)
	}
	if it.Version == all.items[ids[3]].Version {
		b.Errorf("the edited entry still has version %q", it.Version)
	}
	if _, ok := l.items[added]; !ok {
		b.Errorf("the new entry was not told of")
	}
	if got := b.get(ids[3]); got.Version != it.Version {
		b.Errorf("get has version %q, the listing %q", got.Version, it.Version)
	}
}

// pagingUnderEdits has a person at work between the pages of an enumeration.
func pagingUnderEdits(b *bench) {
	ids := b.many()
	last := len(ids) - 1
	var added event.ID
	edited := b.alone(50)
	work := func(l *listing) {
		if l.pages != 1 {
			return
		}
		b.edit(ids[0], edited, event.FieldSubject)
		b.edit(ids[last], edited, event.FieldSubject)
		b.remove(ids[last-1])
		added = b.put(b.alone(51))
	}
	l := b.pull("", work)
	for id, n := range l.times {
		if n > 1 {
			b.Errorf("entry %q was listed %d times in one enumeration", id, n)
		}
	}
	for _, id := range ids[1 : last-1] {
		if l.times[id] != 1 {
			b.Errorf("entry %q, which nobody touched, was listed %d times, want once", id, l.times[id])
		}
	}
	if l.pages == 1 {
		return // everything fits into one page
	}
	then := b.pull(l.next, nil)
	want := b.ep.Normalize(edited).Subject
	for _, id := range []event.ID{ids[0], ids[last]} {
		it, ok := then.items[id]
		if !ok {
			it, ok = l.items[id]
		}
		if !ok || it.Subject != want {
			b.Errorf("an edit of %q between two pages was never told", id)
		}
	}
	if l.times[added]+then.times[added] == 0 {
		b.Errorf("an entry made between two pages was never told")
	}
	if _, listed := l.items[ids[last-1]]; listed && b.caps.Tombstones && !then.gone[ids[last-1]] {
		b.Errorf("a deletion between two pages was never told")
	}
}

func cursorReplays(b *bench) {
	ids := b.many()
	all := b.pull("", nil)
	b.edit(ids[1], b.alone(60), event.FieldSubject)
	b.remove(ids[2])
	first, second := b.pull(all.next, nil), b.pull(all.next, nil)
	for name, l := range map[string]listing{"first": first, "second": second} {
		if _, ok := l.items[ids[1]]; !ok {
			b.Errorf("%s pull from one cursor does not tell of the edit", name)
		}
		if b.caps.Tombstones && !l.gone[ids[2]] {
			b.Errorf("%s pull from one cursor does not tell of the deletion", name)
		}
	}
}

// failsMidPage lets the system fail on the second page of an enumeration, or
// on the first where there is but one.
func failsMidPage(b *bench) {
	ids := b.many()
	l := listing{items: map[event.ID]event.Item{}, times: map[event.ID]int{}, gone: map[event.ID]bool{}}
	first, err := b.ep.Changes(b.Context(), "", b.o.Window)
	if err != nil {
		b.Fatalf("first page: %v", err)
	}
	since := endpoint.Cursor("")
	if first.More {
		l.take(b, first)
		since = first.Next
	}
	if !b.hands.FailNext(FailUnavailable) {
		return
	}
	d, err := b.ep.Changes(b.Context(), since, b.o.Window)
	b.isError(err, endpoint.Unavailable, endpoint.Throttled, endpoint.OutcomeUnknown)
	if len(d.Changes) > 0 || d.Next != "" {
		b.Errorf("a failed page holds %d changes and cursor %q", len(d.Changes), d.Next)
	}
	rest := b.pull(since, nil)
	for _, id := range ids {
		if l.times[id]+rest.times[id] != 1 {
			b.Errorf("entry %q was listed %d times around the failure, want once", id, l.times[id]+rest.times[id])
		}
	}
}

func expiredCursor(b *bench) {
	ids := b.many()
	all := b.pull("", nil)
	if _, err := b.ep.Changes(b.Context(), "no cursor of ours", b.o.Window); err == nil {
		b.Errorf("a cursor that nobody gave was taken")
	} else {
		b.isError(err, endpoint.CursorExpired)
	}
	if !b.hands.FailNext(ExpireCursor) {
		return
	}
	_, err := b.ep.Changes(b.Context(), all.next, b.o.Window)
	b.isError(err, endpoint.CursorExpired)
	if again := b.pull("", nil); len(again.items) != len(ids) {
		b.Errorf("after the cursor expired %d entries were listed, want %d", len(again.items), len(ids))
	}
}

func personDeletes(b *bench) {
	ids := b.many()
	all := b.pull("", nil)
	b.remove(ids[4])
	b.provesGone(all.next, ids[4], ids[:4])
}

// provesGone demands what the side has promised as proof of a deletion, and
// that nothing else is said to be gone.
func (b *bench) provesGone(since endpoint.Cursor, id event.ID, others []event.ID) {
	b.Helper()
	l := b.pull(since, nil)
	if b.caps.Tombstones != l.gone[id] {
		b.Errorf("tombstone = %v, declared %v", l.gone[id], b.caps.Tombstones)
	}
	if _, there := l.items[id]; there {
		b.Errorf("a deleted entry is listed as changed")
	}
	whole := b.pull("", nil)
	if whole.times[id] > 0 {
		b.Errorf("a deleted entry is in a complete enumeration")
	}
	b.isGone(id)
	for _, o := range others {
		if l.gone[o] || whole.times[o] != 1 {
			b.Errorf("entry %q was not deleted: gone %v, listed %d times", o, l.gone[o], whole.times[o])
		}
	}
}

func oneOfThree(b *bench) {
	ids := b.many()
	d, err := b.ep.Changes(b.Context(), "", b.o.Window)
	if err != nil {
		b.Fatal(err)
	}
	all := b.pull("", nil)
	b.remove(ids[0])
	since, err := b.ep.Changes(b.Context(), all.next, b.o.Window)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range append(d.Changes, since.Changes...) {
		n := 0
		for _, set := range []bool{c.Item != nil, c.Gone, c.Err != nil} {
			if set {
				n++
			}
		}
		if n != 1 || c.ID == "" {
			b.Errorf("change of %q: item %v, gone %v, error %v, want exactly one", c.ID, c.Item != nil, c.Gone, c.Err)
		}
	}
}

// unreadable: a bad entry is a trouble of its own and of nothing else.
func unreadable(b *bench) {
	g, ok := b.hands.(Garbler)
	if !ok {
		return
	}
	ids := b.many()
	bad := ids[2]
	if err := g.Garble(bad); err != nil {
		b.Fatalf("garble an entry: %v", err)
	}
	listed, told := map[event.ID]bool{}, false
	since := endpoint.Cursor("")
	for range maxPages {
		d, err := b.ep.Changes(b.Context(), since, b.o.Window)
		if err != nil {
			b.Fatalf("a listing with an unreadable entry: %v", err)
		}
		for _, c := range d.Changes {
			listed[c.ID] = c.Item != nil
			if c.ID == bad && c.Err != nil {
				told = true
				b.isItems(c.Err)
			}
		}
		if since = d.Next; !d.More {
			break
		}
	}
	if !told || listed[bad] {
		b.Errorf("the unreadable entry was told as one: %v, as an item: %v", told, listed[bad])
	}
	for _, id := range ids {
		if id != bad && !listed[id] {
			b.Errorf("entry %q beside an unreadable one was not listed", id)
		}
	}
	got, err := b.ep.Get(b.Context(), []event.ID{ids[0], bad, ids[3]})
	if err != nil || len(got) != 3 || got[0].Item == nil || got[2].Item == nil {
		b.Fatalf("get around an unreadable entry: %+v, %v", got, err)
	}
	if got[1].Err == nil || got[1].Err.Kind == endpoint.NotFound {
		b.Errorf("get of an unreadable entry: %v, want an error that does not say it is gone", got[1].Err)
	}
}

// isItems demands a trouble of one item, with a word for support.
func (b *bench) isItems(e *endpoint.Error) {
	b.Helper()
	if e.Scope != endpoint.ScopeItem || e.Kind == endpoint.NotFound || e.Code == "" {
		b.Errorf("an unreadable entry is %v (%v, code %q), want a trouble of the item with a code", e.Kind, e.Scope, e.Code)
	}
}

func getInOrder(b *bench) {
	ids := b.many()
	b.remove(ids[1])
	ask := []event.ID{ids[3], ids[1], ids[0], "no-such;id", ids[2]}
	got, err := b.ep.Get(b.Context(), ask)
	if err != nil || len(got) != len(ask) {
		b.Fatalf("get of %d ids: %d answers, %v", len(ask), len(got), err)
	}
	for i, g := range got {
		there := i != 1 && i != 3
		if g.ID != ask[i] || (g.Item != nil) != there || (g.Err != nil) == there {
			b.Errorf("answer %d is for %q (item %v, error %v), asked for %q", i, g.ID, g.Item != nil, g.Err, ask[i])
		}
		if g.Item != nil && g.Item.ID != ask[i] {
			b.Errorf("answer %d holds item %q, asked for %q", i, g.Item.ID, ask[i])
		}
	}
	b.isGone(ids[1])
	if e := got[3].Err; e != nil && e.Scope != endpoint.ScopeItem {
		b.Errorf("an id that nobody gave: %v, want a trouble of the item", e)
	}
	if none, err := b.ep.Get(b.Context(), nil); err != nil || len(none) != 0 {
		b.Errorf("get of nothing: %d answers, %v", len(none), err)
	}
}

// patience is how long the suite waits for what has to come at once.
const patience = 10 * time.Second

func watch(b *bench) {
	w, ok := b.ep.(endpoint.Watcher)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	hints, err := w.Watch(ctx)
	if err != nil {
		b.Fatalf("watch: %v", err)
	}
	b.put(b.alone(1))
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-hints:
	case <-late.C:
		b.Fatalf("no hint of a new entry within %v", patience)
	}
	cancel()
	for {
		select {
		case _, open := <-hints:
			if !open {
				return
			}
		case <-late.C:
			b.Fatalf("the channel is open %v after its context ended", patience)
		}
	}
}

// cancelled calls every method with a context that has ended.
func cancelled(b *bench) {
	id := b.put(b.alone(1))
	it := b.get(id)
	before := b.list()
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	calls := map[string]func() error{
		"changes": func() error { _, err := b.ep.Changes(ctx, "", b.o.Window); return err },
		"get":     func() error { _, err := b.ep.Get(ctx, []event.ID{id}); return err },
		"settle": func() error {
			_, err := b.ep.Settle(ctx, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: it.Event, Fields: event.FieldSubject}, b.sentAt())
			return err
		},
		"apply": func() error {
			rs := b.ep.Apply(ctx, []endpoint.Op{{Kind: endpoint.Update, Target: it.Ref, Want: b.alone(2), Fields: event.FieldSubject}})
			if len(rs) != 1 || rs[0].Err == nil {
				return nil
			}
			return rs[0].Err
		},
	}
	if f, ok := b.ep.(endpoint.Finder); ok {
		calls["find"] = func() error { _, err := f.FindStamped(ctx, "key"); return err }
	}
	for name, call := range calls {
		done := make(chan error, 1)
		go func() { done <- call() }()
		late := time.NewTimer(patience)
		select {
		case err := <-done:
			if err == nil {
				b.Errorf("%s with an ended context went well", name)
			} else if !errors.Is(err, context.Canceled) {
				b.Errorf("%s with an ended context: %v, want one that wraps context.Canceled", name, err)
			}
			b.isError(err)
		case <-late.C:
			b.Errorf("%s with an ended context has not returned within %v", name, patience)
		}
		late.Stop()
	}
	b.unchanged(before)
}
