package exchange

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// cursor is what an endpoint.Cursor holds: the server's own state and, between
// the pages of a complete enumeration, that enumeration's name.
type cursor struct {
	Form  int    `json:"v"`
	State string `json:"s"`
	Enum  string `json:"e,omitempty"`
	// Owed are entries that changed while an enumeration ran that had already
	// listed them. It lists each once, so they are told by the next pull.
	Owed []string `json:"o,omitempty"`
}

const cursorForm = 1

func (k cursor) write() endpoint.Cursor {
	k.Form = cursorForm
	b, err := json.Marshal(k)
	if err != nil {
		return "" // three plain fields always marshal
	}
	return endpoint.Cursor(b)
}

// readCursor is false for what write has not written.
func readCursor(c endpoint.Cursor) (cursor, bool) {
	var k cursor
	if err := json.Unmarshal([]byte(c), &k); err != nil || k.Form != cursorForm || k.State == "" {
		return cursor{}, false
	}
	return k, true
}

// Changes reads one page of the folder's change feed and the entries that it
// names. The feed cannot be limited by date, so an enumeration holds
// everything and covers no window in particular.
//
// Cost: one SyncFolderItems, and one GetItem per Options.Batch entries. Where
// the page tells that something is not there, a GetFolder looks at the right
// to read: a folder that may not be read any more can look empty.
func (c *calendar) Changes(ctx context.Context, since endpoint.Cursor, _ event.Window) (endpoint.Delta, error) {
	const op = "list exchange changes"
	k := cursor{Enum: rand.Text()}
	if since != "" {
		var ok bool
		if k, ok = readCursor(since); !ok {
			return endpoint.Delta{}, &endpoint.Error{Op: op, Side: event.Exchange, Code: codeBadCursor, Scope: endpoint.ScopeCalendar, Kind: endpoint.CursorExpired}
		}
	}
	page, err := c.box.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendarFolder(), State: k.State})
	if err != nil {
		return endpoint.Delta{}, failed(op, err, endpoint.ScopeCalendar)
	}
	named, owed := c.once(k, page.Changes)
	changes, absent, err := c.told(ctx, named)
	if err != nil {
		return endpoint.Delta{}, err
	}
	if absent || since == "" && len(page.Changes) == 0 {
		if _, err := openCalendar(ctx, c.box, op); err != nil {
			return endpoint.Delta{}, err
		}
	}
	c.listed(k.Enum, page.Last, changes)
	d := endpoint.Delta{Changes: changes, More: !page.Last, EnumID: k.Enum}
	k.State, k.Owed = page.State, owed
	if page.Last {
		k.Enum = ""
	}
	d.Next = k.write()
	return d, nil
}

// enumeration is a complete listing that is under way: what it has told.
type enumeration struct {
	id   string
	told map[event.ID]bool
}

// once splits what a page names into what this call tells and what it owes to
// the next pull. What is known of the listing does not outlive the program;
// after a new start an entry may be told twice, which does no harm.
func (c *calendar) once(k cursor, page []ews.SyncChange) (named []ews.SyncChange, owed []string) {
	if k.Enum == "" {
		for _, id := range k.Owed {
			if !slices.ContainsFunc(page, func(ch ews.SyncChange) bool { return ch.Item.ID.ID == id }) {
				it := ews.CalendarItem{Element: entryElement, ID: ews.ItemID{ID: id}}
				named = append(named, ews.SyncChange{Kind: ews.ChangeUpsert, Item: it})
			}
		}
		return append(named, page...), nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	owed = k.Owed
	for _, ch := range page {
		id := ch.Item.ID.ID
		again := c.enum.id == k.Enum && c.enum.told[event.ID(id)]
		if !again || ch.Kind != ews.ChangeUpsert {
			named = append(named, ch)
		} else if !slices.Contains(owed, id) {
			owed = append(slices.Clone(owed), id)
		}
	}
	return named, owed
}

// listed notes what a page of an enumeration has told.
func (c *calendar) listed(id string, last bool, changes []endpoint.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case last || id == "":
		c.enum = enumeration{}
		return
	case c.enum.id != id:
		c.enum = enumeration{id: id, told: map[event.ID]bool{}}
	}
	for _, ch := range changes {
		if ch.Item != nil {
			c.enum.told[ch.ID] = true
		}
	}
}

// told reads what a page names. absent: it tells that an entry is not there.
func (c *calendar) told(ctx context.Context, page []ews.SyncChange) (out []endpoint.Change, absent bool, err error) {
	var ids []ews.ItemRef
	for i := range page {
		if it := &page[i].Item; page[i].Kind == ews.ChangeUpsert && isEntry(it) {
			ids = append(ids, ews.Ref(it.ID))
		}
	}
	got, err := c.read(ctx, "read exchange entries", ids)
	if err != nil {
		return nil, false, err
	}
	out = make([]endpoint.Change, 0, len(page))
	for i := range page {
		if page[i].Kind == ews.ChangeDelete {
			absent = true
			out = append(out, endpoint.Change{ID: event.ID(page[i].Item.ID.ID), Gone: true})
		}
	}
	for _, g := range got {
		switch {
		case g.Item != nil:
			out = append(out, endpoint.Change{ID: g.ID, Item: g.Item})
		case g.foreign:
		case g.Err.Kind == endpoint.NotFound:
			// Deleted since the page was made; or a server that names for ever
			// what it cannot read, which must not hold the feed up; or one that
			// says "not found" for "not allowed".
			absent = true
			out = append(out, endpoint.Change{ID: g.ID, Gone: true})
		default:
			out = append(out, endpoint.Change{ID: g.ID, Err: g.Err})
		}
	}
	return out, absent, nil
}

// entry is one answer of read. foreign tells of an item that is no calendar entry.
type entry struct {
	endpoint.Got
	foreign bool
	raw     ews.CalendarItem
}

// read reads items by id, in requests of one batch, and the changed occurrences
// of all series among them in requests of their own. A trouble that is not one
// entry's own is the error, and nothing has been read then.
func (c *calendar) read(ctx context.Context, op string, refs []ews.ItemRef) ([]entry, error) {
	out, err := c.readRaw(ctx, op, refs)
	if err != nil {
		return nil, err
	}
	if err := c.exceptions(ctx, op, out); err != nil {
		return nil, err
	}
	return out, nil
}

// readRaw is read without what occurrences of a series have of their own.
func (c *calendar) readRaw(ctx context.Context, op string, refs []ews.ItemRef) ([]entry, error) {
	out := make([]entry, len(refs))
	todo := make([]int, 0, len(refs))
	for i := range refs {
		if refs[i].ID.ID == "" {
			out[i].Err = itemError(op, "", endpoint.NotFound, codeNoID)
			continue
		}
		todo = append(todo, i)
	}
	if err := c.readAll(ctx, op, refs, todo, out); err != nil {
		return nil, err
	}
	return out, nil
}

// readAll reads the items at the given places.
func (c *calendar) readAll(ctx context.Context, op string, refs []ews.ItemRef, todo []int, out []entry) error {
	for len(todo) > 0 {
		n := min(len(todo), c.conn.opts.Batch)
		left, err := c.readBatch(ctx, op, refs, todo[:n], out)
		if err != nil {
			return err
		}
		todo = append(left, todo[n:]...)
	}
	return nil
}

// readBatch reads the entries at the given places and returns the places that
// the server had no time for.
func (c *calendar) readBatch(ctx context.Context, op string, refs []ews.ItemRef, at []int, out []entry) (left []int, err error) {
	ask := make([]ews.ItemRef, len(at))
	for i, n := range at {
		ask[i] = refs[n]
	}
	got, err := c.box.GetItem(ctx, ask, readShape())
	if err != nil {
		return nil, failed(op, err, endpoint.ScopeCalendar)
	}
	r := c.reader()
	for i, n := range at {
		id := event.ID(refs[n].ID.ID)
		e := r.entry(op, id, &got[i])
		// The server works on a batch for a minute and leaves the rest.
		if e.Err != nil && e.Err.Code == "ErrorBatchProcessingStopped" && i > len(left) {
			left = append(left, n)
			continue
		}
		if e.Err != nil && e.Err.Scope != endpoint.ScopeItem {
			return nil, e.Err
		}
		out[n] = e
	}
	return left, nil
}

// entry is what became of one item of a GetItem.
func (r reader) entry(op string, id event.ID, got *ews.ItemResult) entry {
	e := entry{Got: endpoint.Got{ID: id}, raw: got.Item}
	if got.Err != nil {
		e.Err = about(failed(op, got.Err, endpoint.ScopeItem), id)
		return e
	}
	if !isEntry(&e.raw) {
		e.foreign = true
		e.Err = itemError(op, id, endpoint.NotFound, "ErrorItemNotFound")
		return e
	}
	it, bad := r.item(op, &e.raw)
	if bad != nil {
		e.Err = about(bad, id)
		return e
	}
	it.ID = id
	e.Item = &it
	return e
}

func (c *calendar) reader() reader { return reader{zone: c.zone, skew: c.Skew()} }

// Get reads entries by id.
func (c *calendar) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	const op = "get exchange entries"
	out := make([]endpoint.Got, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	got, err := c.readStored(ctx, op, ids)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		out[i].ID = id
		if e := got[i].Err; e != nil {
			out[i].Err = about(e, id)
		} else if out[i].Item = shownAs(*got[i].Item, id); out[i].Item == nil {
			out[i].Err = itemError(op, id, endpoint.NotFound, codeNoOccurrence)
		}
	}
	return out, nil
}

// readStored reads the entry for each id; for that of an occurrence its series.
// What is named more than once is read once.
func (c *calendar) readStored(ctx context.Context, op string, ids []event.ID) ([]entry, error) {
	place := map[event.ID]int{}
	at := make([]int, len(ids))
	var refs []ews.ItemRef
	for i, id := range ids {
		if series, _, one := event.SplitOccurrence(id); one {
			id = series
		}
		n, known := place[id]
		if !known {
			n = len(refs)
			place[id] = n
			refs = append(refs, ews.Ref(ews.ItemID{ID: string(id)}))
		}
		at[i] = n
	}
	got, err := c.read(ctx, op, refs)
	if err != nil {
		return nil, err
	}
	out := make([]entry, len(ids))
	for i, n := range at {
		out[i] = got[n]
	}
	return out, nil
}
