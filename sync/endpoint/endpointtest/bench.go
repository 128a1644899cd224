package endpointtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// maxPages is where a listing is taken for an endless one.
const maxPages = 1000

// isError demands an *endpoint.Error of one of the kinds, or of any.
func (b *bench) isError(err error, kinds ...endpoint.Kind) {
	b.Helper()
	var e *endpoint.Error
	if !errors.As(err, &e) || e == nil {
		b.Fatalf("error is %T (%v), want an *endpoint.Error of kind %v", err, err, kinds)
		return
	}
	for _, k := range kinds {
		if e.Kind == k {
			return
		}
	}
	if len(kinds) > 0 {
		b.Fatalf("error kind = %v (%v), want one of %v", e.Kind, e, kinds)
	}
}

// day is a day well inside the window, n days after the first of them.
func (b *bench) day(n int) event.Date {
	days := int(b.o.Window.To.Sub(b.o.Window.From).Hours()/24) - 20
	return event.DateOf(b.o.Window.From).AddDays(10 + n%days)
}

// meeting is a plain event on the nth day with every declared field set, each
// to the first of two values or to the second.
func (b *bench) meeting(n int, second bool) event.Event {
	pick := 0
	hour := 9
	if second {
		pick, hour = 1, 14
	}
	day := b.day(n)
	e := event.Event{
		Subject:  fmt.Sprintf("Meeting %d.%d", n, pick),
		When:     event.Span{Start: event.Wall{Date: day, Hour: hour}, End: event.Wall{Date: day, Hour: hour + 1, Minute: 30}, Zone: b.o.Zones[0]},
		Location: fmt.Sprintf("Room %d", pick),
		Notes:    fmt.Sprintf("First line %d\nSecond line", pick),
		Private:  second,
		ShowAs:   [2]event.ShowAs{event.ShowBusy, event.ShowOutOfOffice}[pick],
		Reminder: event.Reminder{Set: true, Minutes: 15 * (pick + 1)},
		Done:     second,
	}
	if b.caps.Fields.Has(event.FieldKind) {
		e.Kind = b.o.Kinds[pick]
	}
	if b.caps.Fields.Has(event.FieldAttendees) {
		e.Attendees = []event.Attendee{{Address: b.o.Attendees[pick]}}
	}
	return event.Only(e, b.caps.Fields)
}

// alone is a plain event that nobody else is in.
func (b *bench) alone(n int) event.Event {
	e := b.meeting(n, false)
	e.Attendees = nil
	return e
}

// put lets the person make an entry.
func (b *bench) put(e event.Event) event.ID {
	b.Helper()
	id, err := b.hands.Put(e)
	if err != nil {
		b.Fatalf("person makes an entry: %v", err)
	}
	return id
}

func (b *bench) edit(id event.ID, e event.Event, f event.FieldSet) {
	b.Helper()
	if err := b.hands.Edit(id, e, f&b.caps.Fields); err != nil {
		b.Fatalf("person edits an entry: %v", err)
	}
}

func (b *bench) remove(id event.ID) {
	b.Helper()
	if err := b.hands.Remove(id); err != nil {
		b.Fatalf("person deletes an entry: %v", err)
	}
}

// list is what the person sees, by id.
func (b *bench) list() map[event.ID]event.Item {
	b.Helper()
	items, err := b.hands.List()
	if err != nil {
		b.Fatalf("person lists his calendar: %v", err)
	}
	out := map[event.ID]event.Item{}
	for _, it := range items {
		out[it.ID] = it
	}
	return out
}

// unchanged demands that the person sees what he saw.
func (b *bench) unchanged(before map[event.ID]event.Item) {
	b.Helper()
	if d := cmp.Diff(before, b.list(), cmpopts.EquateEmpty()); d != "" {
		b.Errorf("the calendar has changed (-before +after):\n%s", d)
	}
}

// apply carries out one op.
func (b *bench) apply(op endpoint.Op) endpoint.Result {
	b.Helper()
	rs := b.ep.Apply(b.Context(), []endpoint.Op{op})
	if len(rs) != 1 {
		b.Fatalf("apply of one %v: %d results, want 1", op.Kind, len(rs))
	}
	return rs[0]
}

// must carries out one op that has to succeed, and returns the entry as it is
// read afterwards (none after a Delete or Leave).
func (b *bench) must(op endpoint.Op) event.Item {
	b.Helper()
	r := b.apply(op)
	if r.Err != nil {
		b.Fatalf("%v: %v", op.Kind, r.Err)
	}
	if op.Kind == endpoint.Delete || op.Kind == endpoint.Leave {
		return event.Item{}
	}
	if r.Item == nil || r.Item.ID == "" || r.Item.Version == "" {
		b.Fatalf("%v: result has no Ref: %+v", op.Kind, r.Item)
	}
	it := b.get(r.Item.ID)
	if it.Ref != r.Item.Ref {
		b.Errorf("%v: result says %+v, read afterwards %+v", op.Kind, r.Item.Ref, it.Ref)
	}
	if d := event.Diff(r.Item.Event, it.Event); r.Exact && d != 0 {
		b.Errorf("%v: an exact result differs in %v from what is read afterwards", op.Kind, d)
	}
	return it
}

// create makes an entry through the endpoint.
func (b *bench) create(e event.Event, key event.Key) event.Item {
	b.Helper()
	return b.must(b.createOp(e, key))
}

func (b *bench) createOp(e event.Event, key event.Key) endpoint.Op {
	op := endpoint.Op{Kind: endpoint.Create, Want: e, Fields: b.caps.Fields}
	if b.caps.Keys {
		op.Stamp = event.Stamp{Office: "office-1", Partner: "partner;1", Key: key, Digest: "digest-1"}
	}
	return op
}

// get reads one entry that has to be there.
func (b *bench) get(id event.ID) event.Item {
	b.Helper()
	g := b.got(id)
	if g.Err != nil || g.Item == nil {
		b.Fatalf("get %q: item %v, error %v", id, g.Item != nil, g.Err)
	}
	return *g.Item
}

func (b *bench) got(id event.ID) endpoint.Got {
	b.Helper()
	gs, err := b.ep.Get(b.Context(), []event.ID{id})
	if err != nil {
		b.Fatalf("get: %v", err)
	}
	if len(gs) != 1 || gs[0].ID != id {
		b.Fatalf("get %q: answers %+v, want one for that id", id, gs)
	}
	return gs[0]
}

// isGone demands that an entry is not to be had by its id.
func (b *bench) isGone(id event.ID) {
	b.Helper()
	g := b.got(id)
	if g.Err == nil || g.Err.Kind != endpoint.NotFound || g.Err.Scope != endpoint.ScopeItem {
		b.Errorf("get of a deleted entry: item %v, error %v, want not_found of the item", g.Item != nil, g.Err)
	}
}

// reads demands that an entry reads as the endpoint's Normalize has it, and
// that the person sees the same.
func (b *bench) reads(it event.Item, want event.Event) {
	b.Helper()
	want = b.ep.Normalize(want)
	if d := event.Diff(it.Event, want); d != 0 {
		b.Errorf("entry differs in %v: got %+v, want %+v", d, event.Only(it.Event, d), event.Only(want, d))
	}
	if rest := event.Diff(event.Only(it.Event, ^b.caps.Fields), event.Event{}); rest != 0 {
		b.Errorf("fields %v are not declared and not empty", rest)
	}
	seen, ok := b.list()[it.ID]
	if d := event.Diff(event.Only(seen.Event, b.caps.Fields), want); !ok || d != 0 {
		b.Errorf("person sees the entry: %v, differing in %v: %+v, want %+v", ok, d, event.Only(seen.Event, d), event.Only(want, d))
	}
}

// listing is everything that pages of one pull told.
type listing struct {
	items map[event.ID]event.Item
	times map[event.ID]int // how often an item was told
	gone  map[event.ID]bool
	next  endpoint.Cursor
	enum  string
	pages int
}

// pull lists to the end. between is called after each page that is not the last.
func (b *bench) pull(since endpoint.Cursor, between func(l *listing)) listing {
	b.Helper()
	l := listing{items: map[event.ID]event.Item{}, times: map[event.ID]int{}, gone: map[event.ID]bool{}, next: since}
	for l.pages < maxPages {
		d, err := b.ep.Changes(b.Context(), l.next, b.o.Window)
		if err != nil {
			b.Fatalf("page %d: %v", l.pages+1, err)
		}
		if l.pages > 0 && d.EnumID != l.enum {
			b.Errorf("page %d: EnumID %q, page 1 had %q", l.pages+1, d.EnumID, l.enum)
		}
		if since == "" && d.EnumID == "" {
			b.Errorf("page %d of a listing from the beginning has no EnumID", l.pages+1)
		}
		if d.Next == "" {
			b.Fatalf("page %d has no cursor", l.pages+1)
		}
		l.take(b, d)
		if !d.More {
			return l
		}
		if between != nil {
			between(&l)
		}
	}
	b.Fatalf("the listing is not at its end after %d pages", maxPages)
	return l
}

// take adds a page.
func (l *listing) take(b *bench, d endpoint.Delta) {
	b.Helper()
	l.pages++
	l.next, l.enum = d.Next, d.EnumID
	for _, c := range d.Changes {
		if c.Item != nil {
			if c.Item.ID != c.ID {
				b.Errorf("change of %q holds item %q", c.ID, c.Item.ID)
			}
			l.items[c.ID] = *c.Item
			l.times[c.ID]++
			delete(l.gone, c.ID)
		}
		if c.Gone {
			l.gone[c.ID] = true
			delete(l.items, c.ID)
		}
		if c.Err != nil {
			b.Errorf("change of %q: %v", c.ID, c.Err)
		}
	}
}

// sentAt is the moment before a write as Settle is told it.
func (b *bench) sentAt() time.Time { return b.o.Now() }
