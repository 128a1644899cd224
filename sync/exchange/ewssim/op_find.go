package ewssim

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
	"lockstep/sync/internal/faultscript"
)

func findItem(_ context.Context, c *call) error {
	sh, err := c.readShape(false)
	if err != nil {
		return err
	}
	traversal := c.req.Attr("Traversal")
	if traversal != "Shallow" && traversal != "SoftDeleted" && traversal != "Associated" {
		return invalid(c.req, "Traversal %q is not known", traversal)
	}
	return c.messages(func() error {
		for _, id := range c.req.Kid("ParentFolderIds").All() {
			f, err := c.folderOf(id, store.RightRead)
			if err == nil {
				err = c.findIn(f, sh, traversal == "Associated")
			}
			if err != nil {
				if err := c.fail(err, nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *call) findIn(f *store.Folder, sh *shape, hidden bool) error {
	if cv := c.req.Kid("CalendarView"); cv != nil {
		return c.calendarView(f, sh, cv)
	}
	restriction := c.req.Kid("Restriction")
	match, err := c.readFilter(restriction.First())
	if err != nil {
		return err
	}
	var found []*store.Item
	for _, it := range f.Items() {
		if it.Associated == hidden && match(it) {
			found = append(found, it)
		}
	}
	if err := c.sortItems(found); err != nil {
		return err
	}
	most := 1000
	if restriction != nil && c.srv.prod.highest >= v2013 {
		most = 250
	}
	if n := c.srv.opts.Switches.PageCap; n > 0 {
		most = n
	}
	view := c.req.Kid("IndexedPageItemView")
	p, next, last, err := pageOf(view, len(found), most)
	if err != nil {
		return err
	}
	ts := make([]target, 0, p.to-p.from)
	for _, it := range found[p.from:p.to] {
		ts = append(ts, target{box: f.Box(), item: it})
	}
	offset := -1
	if view != nil {
		offset = next
	}
	c.writeFound(ts, sh, len(found), offset, last)
	return nil
}

// writeFound always says how many there are and whether more follow: clients
// loop without end when it is missing.
func (c *call) writeFound(ts []target, sh *shape, total, offset int, last bool) {
	if c.fault == faultscript.EmptyPage {
		ts, total, last = nil, 0, true
	}
	c.ok(func() {
		attrs := []string{"TotalItemsInView", strconv.Itoa(total), "IncludesLastItemInRange", strconv.FormatBool(last)}
		if offset >= 0 {
			attrs = append([]string{"IndexedPagingOffset", strconv.Itoa(offset)}, attrs...)
		}
		c.w.Open("m:RootFolder", attrs...)
		c.w.Open("t:Items")
		for _, t := range ts {
			c.show(t, sh)
		}
		c.w.Close("t:Items")
		c.w.Close("m:RootFolder")
	})
}

type pageRange struct{ from, to int }

// pageOf reads an indexed view over n entries: the run to show, the offset
// after it and whether it is the last.
func pageOf(view *xmlnode.Node, n, most int) (p pageRange, next int, last bool, err error) {
	limit, offset := most, 0
	if view != nil {
		if v := view.Attr("MaxEntriesReturned"); v != "" {
			m, err := parseInt(v)
			if err != nil || m < 1 {
				return p, 0, false, problemf("ErrorInvalidIndexedPagingParameters", "MaxEntriesReturned must be a positive number.")
			}
			limit = min(m, most)
		}
		if offset, err = parseInt(view.Attr("Offset")); err != nil || offset < 0 {
			return p, 0, false, problemf("ErrorInvalidIndexedPagingParameters", "Offset must be a number.")
		}
		if view.Attr("BasePoint") == "End" {
			to := max(n-offset, 0)
			from := max(to-limit, 0)
			return pageRange{from, to}, min(offset+to-from, n), from == 0, nil
		}
	}
	from := min(offset, n)
	to := min(from+limit, n)
	return pageRange{from, to}, to, to == n, nil
}

// sortItems obeys SortOrder. Without one items come newest first, as Exchange
// gives them.
func (c *call) sortItems(items []*store.Item) error {
	so := c.req.Kid("SortOrder")
	if so == nil {
		slices.Reverse(items)
		return nil
	}
	type key struct {
		get  getter
		sign int
	}
	var keys []key
	for _, n := range so.Kids {
		get, err := c.getterOf(orEmpty(n.First()))
		if err != nil {
			return err
		}
		sign := 1
		if n.Attr("Order") == "Descending" {
			sign = -1
		}
		keys = append(keys, key{get, sign})
	}
	slices.SortStableFunc(items, func(a, b *store.Item) int {
		for _, k := range keys {
			if r := order(k.get(a), k.get(b)); r != 0 {
				return r * k.sign
			}
		}
		return 0
	})
	return nil
}

// calendarView expands series; masters are not shown.
func (c *call) calendarView(f *store.Folder, sh *shape, cv *xmlnode.Node) error {
	if folderElem(f) != "t:CalendarFolder" {
		return problemf("ErrorCalendarFolderIsInvalidForCalendarView", "The folder is not a calendar folder.")
	}
	if c.req.Kid("Restriction") != nil || c.req.Kid("SortOrder") != nil || c.req.Kid("GroupBy") != nil {
		return problemf("ErrorInvalidRestriction", "Restriction, SortOrder and GroupBy cannot be used with CalendarView.")
	}
	loc := time.UTC
	if c.loc != nil {
		loc = c.loc
	}
	from, err1 := parseTime(cv.Attr("StartDate"), loc)
	to, err2 := parseTime(cv.Attr("EndDate"), loc)
	if err1 != nil || err2 != nil {
		return invalid(cv, "StartDate and EndDate must be dateTimes")
	}
	if to.Before(from) {
		return problemf("ErrorCalendarEndDateIsEarlierThanStartDate", "The view ends before it starts.")
	}
	if to.After(from.AddDate(2, 0, 0)) {
		return problemf("ErrorCalendarViewRangeTooBig", "The specified view range exceeds the maximum range of two years.")
	}
	limit := 1000
	if v := cv.Attr("MaxEntriesReturned"); v != "" {
		if limit, err1 = parseInt(v); err1 != nil || limit < 1 {
			return invalid(cv, "MaxEntriesReturned must be a positive number")
		}
	}
	ts := c.srv.inView(f, from, to)
	total := len(ts)
	last := total <= limit
	if !last {
		ts = ts[:limit]
	}
	c.writeFound(ts, sh, total, -1, last)
	return nil
}

// inView lists what a folder shows in a time span, by start.
func (s *Server) inView(f *store.Folder, from, to time.Time) []target {
	type entry struct {
		t     target
		start time.Time
	}
	var es []entry
	for _, it := range f.Items() {
		switch {
		case !it.IsCalendar() || it.Associated:
		case it.Rule == nil:
			if overlaps(it.Start, it.End, from, to) {
				es = append(es, entry{target{box: f.Box(), item: it}, it.Start})
			}
		default:
			for _, d := range s.within(it, from, to) {
				o := s.occurrence(it, d)
				es = append(es, entry{target{box: f.Box(), item: it, occ: true, day: d}, o.Start})
			}
		}
	}
	slices.SortStableFunc(es, func(a, b entry) int {
		if r := a.start.Compare(b.start); r != 0 {
			return r
		}
		return cmp.Compare(a.t.item.Serial, b.t.item.Serial)
	})
	out := make([]target, len(es))
	for i, e := range es {
		out[i] = e.t
	}
	return out
}
