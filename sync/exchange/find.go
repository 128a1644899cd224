package exchange

import (
	"context"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// FindStamped looks an entry up by its key: in the calendar, and where it is
// not there in the folders that a person may have dragged it to. Deleted Items
// is none of them.
//
// Cost: one FindItem where the entry is in the calendar, one more per other
// folder where it is not, and one GetItem for what was found.
func (c *calendar) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	if key == "" {
		return nil, nil
	}
	return c.findAnywhere(ctx, "find exchange mark", keyField(), string(key))
}

// FindUID looks a meeting up by the identity that all copies of it share.
func (c *calendar) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	if uid == "" {
		return nil, nil
	}
	return c.findAnywhere(ctx, "find exchange meeting", ews.UIDProperty(), ews.UIDValue(uid))
}

// otherFolders are where an entry may lie that was dragged out of the calendar.
func otherFolders() []ews.FolderRef {
	var out []ews.FolderRef
	for _, name := range []ews.Distinguished{ews.FolderInbox, "tasks", "drafts", "notes", "journal", ews.FolderMessageRoot} {
		out = append(out, ews.FolderRef{Name: name})
	}
	return out
}

func (c *calendar) findAnywhere(ctx context.Context, op string, p ews.ExtendedFieldURI, value string) ([]event.Item, error) {
	hits, err := c.find(ctx, op, calendarFolder(), p, value)
	if err != nil || len(hits) > 0 {
		return items(hits), err
	}
	for _, f := range otherFolders() {
		more, err := c.find(ctx, op, f, p, value)
		if err != nil {
			if e := endpoint.As(err); e.Scope == endpoint.ScopeCalendar && (e.Kind == endpoint.NotFound || e.Kind == endpoint.Forbidden) {
				continue // not every mailbox has every folder, nor does a delegate see them all
			}
			return nil, err
		}
		hits = append(hits, more...)
	}
	return items(hits), nil
}

// find reads what in one folder has that value of a property.
func (c *calendar) find(ctx context.Context, op string, folder ews.FolderRef, p ews.ExtendedFieldURI, value string) ([]entry, error) {
	var refs []ews.ItemRef
	for offset, last := 0, false; !last; {
		page, err := c.box.FindItem(ctx, ews.FindRequest{Folder: folder, Property: p, Equals: value, Offset: offset})
		if err != nil {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		for i := range page.Items {
			if isEntry(&page.Items[i]) {
				refs = append(refs, ews.Ref(page.Items[i].ID))
			}
		}
		if last = page.Last; !last && page.Next <= offset {
			return nil, itemError(op, "", endpoint.Internal, "paging_stands_still")
		}
		offset = page.Next
	}
	if len(refs) == 0 {
		return nil, nil
	}
	got, err := c.read(ctx, op, refs)
	if err != nil {
		return nil, err
	}
	out := got[:0]
	for _, g := range got {
		if g.Item == nil && g.Err.Kind == endpoint.NotFound {
			continue // gone since the search
		}
		out = append(out, g)
	}
	return out, nil
}

// items are the entries found. One that cannot be read, such as a series, was
// found all the same: it is told with its identity alone.
func items(hits []entry) []event.Item {
	var out []event.Item
	for _, h := range hits {
		if h.Item != nil {
			out = append(out, *h.Item)
			continue
		}
		out = append(out, event.Item{Ref: refFrom(h.raw.ID), Stamp: readStamp(&h.raw), UID: canonicalUID(h.raw.UID)})
	}
	return out
}
