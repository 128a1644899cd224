package exchange

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

const (
	// searchTerms bounds what one search asks for; servers refuse restrictions of more than 255 terms.
	searchTerms = 50
	// searchFolders bounds how many folders one request searches.
	searchFolders = 100
)

// FindStamped looks an entry up by its key: in the calendar, and where it is
// not there in every folder that a person may have dragged it to. Deleted Items
// and what is below it is none of them.
//
// Cost: one FindItem where the entry is in the calendar; otherwise one
// FindFolder, and one FindItem per 100 folders. One GetItem for what was found.
func (c *calendar) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	return c.findOne(ctx, endpoint.Wanted{Key: key})
}

// FindUID looks a meeting up by the identity that all copies of it share.
func (c *calendar) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	return c.findOne(ctx, endpoint.Wanted{UID: uid})
}

func (c *calendar) findOne(ctx context.Context, w endpoint.Wanted) ([]event.Item, error) {
	out, err := c.FindEach(ctx, []endpoint.Wanted{w})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// FindEach looks many entries up as FindStamped and FindUID do, at the cost of
// one of them per 50 entries.
func (c *calendar) FindEach(ctx context.Context, wanted []endpoint.Wanted) ([][]event.Item, error) {
	const op = "find exchange entries"
	out := make([][]event.Item, len(wanted))
	var named []int
	for i, w := range wanted {
		if w.Key != "" || w.UID != "" {
			named = append(named, i)
		}
	}
	for part := range slices.Chunk(named, searchTerms) {
		terms := make([]ews.PropertyValue, len(part))
		for i, n := range part {
			terms[i] = term(wanted[n])
		}
		found, err := c.findTerms(ctx, op, terms)
		if err != nil {
			return nil, err
		}
		for i, n := range part {
			out[n] = items(found[i])
		}
	}
	return out, nil
}

func term(w endpoint.Wanted) ews.PropertyValue {
	if w.Key != "" {
		return keyTerm(w.Key)
	}
	return ews.PropertyValue{Property: ews.UIDProperty(), Value: ews.UIDValue(w.UID)}
}

func keyTerm(k event.Key) ews.PropertyValue {
	return ews.PropertyValue{Property: keyField(), Value: string(k)}
}

// findTerms are the entries that fit each term: those in the calendar or, for
// a term that none of them fits, those elsewhere.
func (c *calendar) findTerms(ctx context.Context, op string, terms []ews.PropertyValue) ([][]entry, error) {
	hits, err := c.search(ctx, op, []ews.FolderRef{calendarFolder()}, 1, terms)
	if err != nil {
		return nil, err
	}
	out, err := c.readHits(ctx, op, hits, terms)
	if err != nil {
		return nil, err
	}
	var left []ews.PropertyValue
	var at []int
	for i := range terms {
		if len(out[i]) == 0 {
			left, at = append(left, terms[i]), append(at, i)
		}
	}
	if len(left) == 0 {
		return out, nil
	}
	hits, _, err = c.searchElsewhere(ctx, op, left, false)
	if err != nil {
		return nil, err
	}
	more, err := c.readHits(ctx, op, hits, left)
	if err != nil {
		return nil, err
	}
	for i, n := range at {
		out[n] = more[i]
	}
	return out, nil
}

// searchElsewhere searches all other folders. What is in Deleted Items or
// below is told apart; needTrash demands that Deleted Items can be searched.
func (c *calendar) searchElsewhere(ctx context.Context, op string, terms []ews.PropertyValue, needTrash bool) (found, trashed []hit, err error) {
	trash, rest, err := c.otherFolders(ctx, op)
	if err != nil {
		return nil, nil, err
	}
	must := 0
	if needTrash {
		must = 1
	}
	all, err := c.search(ctx, op, append(slices.Clone(trash), rest...), must, terms)
	if err != nil {
		return nil, nil, err
	}
	// Deleted Items comes first, by its name, and once more among the rest, by
	// an id that no listing tells from others.
	seen := map[string]bool{}
	for _, h := range all {
		id := h.item.ID.ID
		switch {
		case seen[id]:
		case h.folder < len(trash):
			trashed = append(trashed, h)
		default:
			found = append(found, h)
		}
		seen[id] = true
	}
	return found, trashed, nil
}

// otherFolders are where an entry may lie that was dragged out of the
// calendar: trash is Deleted Items and all below it, rest is everything else.
//
// They are listed anew for each look-up. A list that is kept would have to be
// listed again before it is believed that an entry is nowhere, which is what
// nearly all look-ups find; and a folder that its owner has meanwhile deleted
// would still pass for one that holds entries.
//
// A delegate may be denied the list. He sees the folders below the calendar
// and those that every mailbox has, as far as he has rights on them.
func (c *calendar) otherFolders(ctx context.Context, op string) (trash, rest []ews.FolderRef, err error) {
	root, bin := ews.FolderRef{Name: ews.FolderMessageRoot}, ews.FolderRef{Name: ews.FolderDeletedItems}
	lists, err := c.box.FindFolder(ctx, root, calendarFolder(), bin)
	if err != nil {
		return nil, nil, failed(op, err, endpoint.ScopeCalendar)
	}
	for _, l := range lists {
		if l.Err != nil && !absent(l.Err) {
			return nil, nil, failed(op, l.Err, endpoint.ScopeCalendar)
		}
	}
	if lists[0].Err == nil && len(lists[0].Folders) == 0 {
		// The calendar at least lies there; from an empty list nothing follows.
		return nil, nil, &endpoint.Error{Op: op, Side: event.Exchange, Code: codeNoFolders, Scope: endpoint.ScopeCalendar, Kind: endpoint.Internal}
	}
	trash, rest = []ews.FolderRef{bin}, []ews.FolderRef{root}
	if lists[0].Err != nil {
		for _, name := range []ews.Distinguished{ews.FolderInbox, "tasks", "drafts", "notes", "journal"} {
			rest = append(rest, ews.FolderRef{Name: name})
		}
	}
	seen := map[string]bool{}
	for _, i := range []int{2, 0, 1} {
		for _, f := range lists[i].Folders {
			ref := ews.FolderRef{ID: ews.FolderID{ID: f.ID.ID}}
			switch {
			case seen[f.ID.ID]:
			case i == 2:
				trash = append(trash, ref)
			default:
				rest = append(rest, ref)
			}
			seen[f.ID.ID] = true
		}
	}
	return trash, rest, nil
}

// absent tells of a folder that the mailbox does not have, or not for us.
func absent(err error) bool {
	e := failed("", err, endpoint.ScopeCalendar)
	return e.Scope == endpoint.ScopeCalendar && (e.Kind == endpoint.NotFound || e.Kind == endpoint.Forbidden)
}

// hit is an entry that a search has found, and in which of the folders.
type hit struct {
	folder int
	item   ews.CalendarItem // with its id and the properties searched for
}

// search looks into folders for entries that fit any of the terms. The first
// must of them have to be searched; any other may be absent.
func (c *calendar) search(ctx context.Context, op string, folders []ews.FolderRef, must int, terms []ews.PropertyValue) ([]hit, error) {
	r := ews.FindAnyRequest{AnyOf: terms}
	for _, t := range terms {
		if !slices.Contains(r.Shape.Extended, t.Property) {
			r.Shape.Extended = append(r.Shape.Extended, t.Property)
		}
	}
	var out []hit
	for from := 0; from < len(folders); from += searchFolders {
		r.Folders, r.Offset = folders[from:min(from+searchFolders, len(folders))], 0
		got, err := c.box.FindItemIn(ctx, r)
		if err != nil {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		for i, g := range got {
			n := from + i
			if g.Err != nil && n >= must && absent(g.Err) {
				continue
			}
			found, err := c.allPages(ctx, op, r, folders[n], g)
			if err != nil {
				return nil, err
			}
			for _, it := range found {
				out = append(out, hit{n, it})
			}
		}
	}
	return out, nil
}

// allPages are the entries on the first page of a folder and on all that follow.
func (c *calendar) allPages(ctx context.Context, op string, r ews.FindAnyRequest, folder ews.FolderRef, first ews.FindResult) ([]ews.CalendarItem, error) {
	r.Folders, r.Offset = []ews.FolderRef{folder}, 0
	var out []ews.CalendarItem
	for g := first; ; {
		if g.Err != nil {
			return nil, failed(op, g.Err, endpoint.ScopeCalendar)
		}
		for i := range g.Page.Items {
			if isEntry(&g.Page.Items[i]) {
				out = append(out, g.Page.Items[i])
			}
		}
		if g.Page.Last {
			return out, nil
		}
		if g.Page.Next <= r.Offset {
			return nil, itemError(op, "", endpoint.Internal, "paging_stands_still")
		}
		r.Offset = g.Page.Next
		got, err := c.box.FindItemIn(ctx, r)
		if err != nil {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		g = got[0]
	}
}

// readHits reads what a search has found and sorts it by the terms.
func (c *calendar) readHits(ctx context.Context, op string, hits []hit, terms []ews.PropertyValue) ([][]entry, error) {
	out := make([][]entry, len(terms))
	refs := make([]ews.ItemRef, len(hits))
	for i := range hits {
		refs[i] = ews.Ref(hits[i].item.ID)
	}
	got, err := c.read(ctx, op, refs)
	if err != nil {
		return nil, err
	}
	for i, g := range got {
		if g.Item == nil && g.Err.Kind == endpoint.NotFound {
			continue // gone since the search
		}
		for _, n := range fits(&hits[i].item, terms) {
			out[n] = append(out[n], g)
		}
	}
	return out, nil
}

// fits are the places of the terms that an item was found by. An item whose
// properties came back in another form counts for all: for an entry that is
// found no deletion is believed.
func fits(it *ews.CalendarItem, terms []ews.PropertyValue) []int {
	var some, all []int
	for i, t := range terms {
		all = append(all, i)
		if p, ok := it.ExtendedValue(t.Property); ok && p.Value == t.Value {
			some = append(some, i)
		}
	}
	if len(some) > 0 {
		return some
	}
	return all
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
