package memory

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// records are what is durable for one person.
type records struct {
	links    map[plan.LinkID]plan.Link
	mirror   [2]map[event.ID]row
	cursors  [2]endpoint.Cursor
	covers   [2]event.Window
	swept    [2]time.Time
	identity [2]string
	privacy  [2]string
	open     map[state.EntryID]state.Entry
	answers  map[about]plan.Answer
	approved bool
	deleted  []deletion
	trail    map[plan.LinkID][]plan.Turn
}

// row is one row of a mirror and the enumeration that saw it last.
type row struct {
	plan.Mirrored
	enum string
}

// deletion is when one was applied, and of which series it was an occurrence.
type deletion struct {
	at     time.Time
	series string
}

// deletions tell all occurrences of one series as one, by the newest.
func (d *records) deletions() (out []time.Time) {
	series := map[string]bool{}
	for _, x := range slices.Backward(d.deleted) {
		if x.series == "" || !series[x.series] {
			out = append(out, x.at)
			series[x.series] = true
		}
	}
	slices.Reverse(out)
	return out
}

// about is what an answer is about.
type about struct {
	side event.Side
	id   event.ID
}

func newRecords() *records {
	return &records{
		links:   map[plan.LinkID]plan.Link{},
		mirror:  [2]map[event.ID]row{{}, {}},
		open:    map[state.EntryID]state.Entry{},
		answers: map[about]plan.Answer{},
		trail:   map[plan.LinkID][]plan.Turn{},
	}
}

// snapshot copies everything out, in a fixed order.
func (d *records) snapshot() state.Snapshot {
	out := state.Snapshot{
		Cursors: d.cursors, Covers: d.covers, Swept: d.swept, Identity: d.identity, Privacy: d.privacy,
		Approved: d.approved, Deletions: d.deletions(), Trail: map[plan.LinkID][]plan.Turn{},
	}
	for id, turns := range d.trail {
		out.Trail[id] = slices.Clone(turns)
	}
	out.Links = slices.SortedFunc(maps.Values(d.links), func(a, b plan.Link) int { return cmp.Compare(a.ID, b.ID) })
	for s, rows := range d.mirror {
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			out.Mirror[s] = append(out.Mirror[s], rows[id].Mirrored)
		}
	}
	out.Open = slices.SortedFunc(maps.Values(d.open), func(a, b state.Entry) int { return cmp.Compare(a.ID, b.ID) })
	out.Answers = slices.SortedFunc(maps.Values(d.answers), func(a, b plan.Answer) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// linked tells whether a link holds an entry.
func (d *records) linked(s event.Side, id event.ID) bool {
	for _, l := range d.links {
		series, _, _ := event.SplitOccurrence(l.Refs[s].ID)
		if l.Refs[s].ID == id || series == id && id != "" {
			return true
		}
	}
	return false
}

// awaited tells whether a person has yet to say what was made of an entry.
func (d *records) awaited(s event.Side, id event.ID) bool {
	for _, e := range d.open {
		if have := e.Intent.Action.Have[s]; e.Phase == state.Unsure && have != nil && have.ID == id {
			return true
		}
	}
	return false
}

// release forgets the entries of a closed question that are known to be gone,
// unless a link holds them now.
func (d *records) release(a plan.Action) {
	for s, have := range a.Have {
		if have != nil && d.mirror[s][have.ID].Presence == plan.Gone && !d.linked(event.Side(s), have.ID) && !d.awaited(event.Side(s), have.ID) {
			delete(d.mirror[s], have.ID)
		}
	}
}

// pull stores one page.
func (d *records) pull(s event.Side, p state.Pull) {
	for _, c := range p.Changes {
		d.note(s, c, p.EnumID)
	}
	d.cursors[s] = p.Next
	if p.Identity != "" {
		d.identity[s] = p.Identity
	}
	if p.EnumID == "" || !p.Last {
		return
	}
	d.sweep(s, p.EnumID, p.Covers)
	d.covers[s], d.swept[s], d.privacy[s] = p.Covers, p.At, p.Privacy
}

// note stores what one change tells of one row. Outside an enumeration the
// row keeps the mark of the one that saw it last.
func (d *records) note(s event.Side, c endpoint.Change, enum string) {
	r, known := d.mirror[s][c.ID]
	if enum != "" {
		r.enum = enum
	}
	switch {
	case c.Gone && !d.linked(s, c.ID) && !d.awaited(s, c.ID):
		delete(d.mirror[s], c.ID)
		return
	case c.Gone:
		r.Presence, r.Problem = plan.Gone, ""
	case c.Err != nil:
		r.Presence, r.Problem = plan.Unreadable, cmp.Or(c.Err.Code, c.Err.Kind.String())
	case c.Item != nil:
		r.Mirrored = plan.Mirrored{Item: clone(*c.Item)}
	}
	if !known {
		r.Item.ID = c.ID
	}
	d.mirror[s][c.ID] = r
}

// sweep ends a complete enumeration: what it should have listed and did not
// is missing. That proves nothing yet, and takes nothing from what is proven.
func (d *records) sweep(s event.Side, enum string, covers event.Window) {
	for id, r := range d.mirror[s] {
		covered := covers.IsZero() || covers.Holds(r.Item.Event)
		if r.enum != enum && covered && r.Presence != plan.Gone {
			r.Presence, r.Problem = plan.Missing, ""
			d.mirror[s][id] = r
		}
	}
}

// write stores what a settled entry knows of one row.
func (d *records) write(w state.Row) {
	if w.Gone {
		d.note(w.Side, endpoint.Change{ID: w.ID, Gone: true}, "")
		return
	}
	if w.Item == nil {
		delete(d.mirror[w.Side], w.ID)
		return
	}
	r := d.mirror[w.Side][w.ID]
	r.Mirrored = plan.Mirrored{Item: clone(*w.Item)}
	d.mirror[w.Side][w.ID] = r
}

// unlink ends a link; with it go the rows that only stayed for its sake.
func (d *records) unlink(id plan.LinkID) {
	l := d.links[id]
	delete(d.links, id)
	delete(d.trail, id)
	for s, ref := range l.Refs {
		if series, _, one := event.SplitOccurrence(ref.ID); one {
			ref.ID = series
		}
		if d.mirror[s][ref.ID].Presence == plan.Gone && !d.linked(event.Side(s), ref.ID) {
			delete(d.mirror[s], ref.ID)
		}
	}
}
