package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// A cursor is a place in one of two listings. An enumeration goes by order of
// creation, which no edit changes, and remembers how far the changes had come
// when it began: there the next pull goes on, so that an edit made while it
// ran is told a second time rather than never.
type cursor struct {
	enum  int // the enumeration's number; 0: a listing of changes
	after int // last entry listed, by creation (enumeration) or by change
	begun int // the last change when the enumeration began
	epoch int
	made  time.Time
}

const cursorForm = "%d.%d.%d.%d.%d %s"

func (p *person) write(k cursor) endpoint.Cursor {
	return endpoint.Cursor(fmt.Sprintf(cursorForm, k.enum, k.after, k.begun, k.epoch, k.made.Unix(), p.addr))
}

// read understands a cursor that was given to this person in this epoch and
// is not too old.
func (p *person) read(s endpoint.Cursor) (cursor, bool) {
	var k cursor
	var unix int64
	var addr string
	if _, err := fmt.Sscanf(string(s), cursorForm, &k.enum, &k.after, &k.begun, &k.epoch, &unix, &addr); err != nil {
		return cursor{}, false
	}
	k.made = time.Unix(unix, 0)
	life := p.opts.CursorLife
	fresh := life == 0 || p.opts.Now().Sub(k.made) <= life
	return k, fresh && addr == p.addr && k.epoch == p.epoch
}

// Changes lists what changed since a cursor, or everything.
func (p *person) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Changes++
	if _, e := p.trouble(ctx, p.addr, "list changes", true, false); e != nil {
		return endpoint.Delta{}, e
	}
	k := cursor{enum: p.enums + 1, begun: p.seq, epoch: p.epoch}
	if since == "" {
		p.enums++
	} else {
		var ok bool
		if k, ok = p.read(since); !ok {
			return endpoint.Delta{}, p.fail("list changes", "", endpoint.CursorExpired, endpoint.ScopeCalendar, "BadCursor")
		}
	}
	k.made = p.opts.Now()
	if k.enum > 0 {
		return p.enumerate(k, w), nil
	}
	return p.since(k), nil
}

// enumerate is one page of everything in the calendar.
func (p *person) enumerate(k cursor, w event.Window) endpoint.Delta {
	d := endpoint.Delta{EnumID: fmt.Sprintf("enum-%d", k.enum)}
	if p.opts.Windowed {
		d.Covers = w
	}
	todo := p.sorted(func(e *entry) bool {
		return e.num > k.after && p.shows(e, p.addr) && (!p.opts.Windowed || w.Holds(e.item.Event))
	})
	for _, e := range todo[:min(len(todo), p.opts.PageSize)] {
		d.Changes = append(d.Changes, p.told(e))
		k.after = e.num
	}
	d.More = len(todo) > p.opts.PageSize
	if !d.More {
		k.enum, k.after, k.begun = 0, k.begun, 0
	}
	d.Next = p.write(k)
	return d
}

// since is one page of changes in the order in which they were made.
func (p *person) since(k cursor) endpoint.Delta {
	type line struct {
		seq    int
		change endpoint.Change
	}
	var todo []line
	for _, e := range p.entries {
		if e.seq > k.after && p.shows(e, p.addr) {
			todo = append(todo, line{e.seq, p.told(e)})
		}
	}
	for _, t := range p.log {
		e, there := p.entries[t.id]
		back := there && p.shows(e, p.addr)
		if p.opts.Caps.Tombstones && t.seq > k.after && t.home == p.addr && !back {
			todo = append(todo, line{t.seq, endpoint.Change{ID: t.id, Gone: true}})
		}
	}
	slices.SortFunc(todo, func(a, b line) int { return cmp.Compare(a.seq, b.seq) })
	var d endpoint.Delta
	for _, l := range todo[:min(len(todo), p.opts.PageSize)] {
		d.Changes = append(d.Changes, l.change)
		k.after = l.seq
	}
	d.More = len(todo) > p.opts.PageSize
	d.Next = p.write(k)
	return d
}

// told is an entry as a listing tells of it.
func (p *person) told(e *entry) endpoint.Change {
	if e.garbled {
		return endpoint.Change{ID: e.item.ID, Err: p.garbled(e)}
	}
	it := p.view(e, p.addr)
	return endpoint.Change{ID: it.ID, Item: &it}
}

func (p *person) garbled(e *entry) *endpoint.Error {
	return p.fail("read entry", e.item.ID, endpoint.Internal, endpoint.ScopeItem, "Garbled")
}

// Get reads entries of this calendar by id.
func (p *person) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Get++
	if _, e := p.trouble(ctx, p.addr, "get entries", false, false); e != nil {
		return nil, e
	}
	out := make([]endpoint.Got, len(ids))
	for i, id := range ids {
		if e, _, at, one := p.occurrence(id); one && !e.garbled {
			it := p.oneOf(e, id, at)
			out[i] = endpoint.Got{ID: id, Item: &it}
			continue
		}
		e, ok := p.entries[id]
		if !ok || !p.shows(e, p.addr) {
			out[i] = endpoint.Got{ID: id, Err: p.notFound("get entry", id)}
			continue
		}
		c := p.told(e)
		out[i] = endpoint.Got{ID: id, Item: c.Item, Err: c.Err}
	}
	return out, nil
}

// Settle finds out what became of an Op.
func (p *person) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Settle++
	if _, e := p.trouble(ctx, p.addr, "settle write", false, false); e != nil {
		return endpoint.Outcome{}, e
	}
	if op.Kind == endpoint.Create {
		return p.settleCreate(op, sentAt), nil
	}
	if series, _, one := event.SplitOccurrence(op.Target.ID); one {
		return p.settleOne(op, series), nil
	}
	e, ok := p.entries[op.Target.ID]
	if !ok || !p.shows(e, p.addr) {
		gone := op.Kind == endpoint.Delete || op.Kind == endpoint.Leave
		if gone && ok {
			return endpoint.Outcome{Kind: endpoint.Applied}, nil
		}
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
	}
	it := p.view(e, p.addr)
	out := endpoint.Outcome{Kind: endpoint.NotApplied, Item: &it}
	want := p.opts.normalize(op.Want)
	switch op.Kind {
	case endpoint.Update:
		if event.Diff(it.Event, want)&op.Fields&p.opts.Caps.Fields == 0 {
			out.Kind = endpoint.Applied
		}
	case endpoint.Mark:
		if it.Stamp == op.Stamp {
			out.Kind = endpoint.Applied
		}
	case endpoint.Create, endpoint.Delete, endpoint.Leave:
	}
	return out, nil
}

// settleOne finds out what became of an op on one occurrence.
func (p *person) settleOne(op endpoint.Op, series event.ID) endpoint.Outcome {
	e, _, at, there := p.occurrence(op.Target.ID)
	if op.Kind != endpoint.Update {
		s, known := p.entries[series]
		if there || !known || !p.shows(s, p.addr) {
			return endpoint.Outcome{Kind: endpoint.NotApplied}
		}
		return endpoint.Outcome{Kind: endpoint.Applied}
	}
	if !there {
		return endpoint.Outcome{Kind: endpoint.NotApplied}
	}
	it := p.oneOf(e, op.Target.ID, at)
	out := endpoint.Outcome{Kind: endpoint.NotApplied, Item: &it}
	if event.Diff(at, p.opts.normalize(op.Want))&op.Fields&p.opts.Caps.Fields&^event.FieldRecurrence == 0 {
		out.Kind = endpoint.Applied
	}
	return out
}

// settleCreate looks for what a lost create made. Where entries bear marks,
// its key decides, and an entry that somebody has deleted since was made all
// the same. Elsewhere whatever was made since then is told, by whomever, with
// what is of that subject and that time first: which of them are free only our
// store can tell.
func (p *person) settleCreate(op endpoint.Op, sentAt time.Time) endpoint.Outcome {
	if p.opts.Caps.Keys {
		hits := p.marked(op.Stamp.Key, func(e *entry) bool { return e.place != inTrash })
		gone := len(hits) == 0
		if gone {
			hits = p.marked(op.Stamp.Key, func(e *entry) bool { return e.place == inTrash })
		}
		switch len(hits) {
		case 0:
			return endpoint.Outcome{Kind: endpoint.NotApplied}
		case 1:
			return endpoint.Outcome{Kind: endpoint.Applied, Item: &hits[0], Gone: gone}
		}
		return endpoint.Outcome{Kind: endpoint.Unsure, Candidates: hits}
	}
	want := p.opts.normalize(op.Want)
	var out endpoint.Outcome
	for _, e := range p.sorted(func(e *entry) bool { return p.shows(e, p.addr) }) {
		if e.item.Created.Before(sentAt.Truncate(time.Second)) {
			continue
		}
		out.Kind = endpoint.Unsure
		if event.Diff(e.item.Event, want)&(event.FieldSubject|event.FieldWhen) == 0 {
			out.Candidates = append(out.Candidates, p.view(e, p.addr))
		} else {
			out.Others = append(out.Others, p.view(e, p.addr))
		}
	}
	return out
}

// marked are the entries of this mailbox that bear a key.
func (p *person) marked(key event.Key, keep func(*entry) bool) []event.Item {
	var out []event.Item
	if key == "" {
		return nil
	}
	for _, e := range p.sorted(func(e *entry) bool {
		return e.item.Stamp.Key == key && slices.Contains(p.readers(e), p.addr) && keep(e)
	}) {
		out = append(out, p.view(e, p.addr))
	}
	return out
}
