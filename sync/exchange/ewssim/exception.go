package ewssim

import (
	"maps"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

// storeException keeps an edited occurrence. It must stay between its
// neighbours' days.
func (c *call) storeException(t target, d *draft) error {
	if d.rule != nil || d.noRule {
		return problemf("ErrorInvalidPropertySet", "An occurrence has no recurrence of its own.")
	}
	loc := c.srv.locate(t.item.StartZone)
	moved := recur.DayOf(d.it.Start.In(loc))
	for _, n := range c.neighbours(t) {
		if (n.earlier && moved <= n.day) || (!n.earlier && moved >= n.day) {
			return problemf("ErrorOccurrenceCrossingBoundary", "The occurrence would cross its neighbour.")
		}
		if n.earlier && n.end.After(d.it.Start) || !n.earlier && d.it.End.After(n.start) {
			return problemf("ErrorOccurrenceTimeSpanTooBig", "The occurrence would overlap its neighbour.")
		}
	}
	over := maps.Clone(d.it.Over)
	if over == nil {
		over = map[string]bool{}
	}
	for name := range d.touch {
		over[name] = true
	}
	if d.it.State != t.item.State {
		over["State"] = true // attendees of its own make a meeting of it
	}
	d.it.Over = over
	d.it.FieldCN = nil
	if old := t.item.Exceptions[t.day]; old != nil {
		d.it.FieldCN = maps.Clone(old.FieldCN)
	}
	if t.item.Exceptions == nil {
		t.item.Exceptions = map[recur.Day]*store.Item{}
	}
	t.item.Exceptions[t.day] = d.it
	return nil
}

// neighbour is an occurrence beside another one, where it now is.
type neighbour struct {
	earlier    bool
	day        recur.Day
	start, end time.Time
}

// neighbours returns the occurrences before and after that still are.
func (c *call) neighbours(t target) []neighbour {
	loc := c.srv.locate(t.item.StartZone)
	var before, out []neighbour
	for _, day := range t.item.Rule.All() {
		if t.item.Deleted[day] || day == t.day {
			continue
		}
		o := c.srv.occurrence(t.item, day)
		n := neighbour{earlier: day < t.day, day: recur.DayOf(o.Start.In(loc)), start: o.Start, end: o.End}
		if day > t.day {
			out = append(out, n)
			break
		}
		before = []neighbour{n}
	}
	return append(out, before...)
}

// changedException notes what of an exception changed with its master's last
// change.
func changedException(master *store.Item, day dayOf, touch map[string]bool) {
	e := master.Exceptions[day]
	e.CN = master.CN
	markFields(e, touch)
}

// state is the change number that a change key of the target tells, and those
// of its fields.
func (s *Server) state(t target) (cn uint64, fields map[string]uint64) {
	if !t.occ {
		return t.item.CN, t.item.FieldCN
	}
	e := t.item.Exceptions[t.day]
	switch {
	case e != nil && s.opts.Switches.OccurrenceKeys:
		return e.CN, e.FieldCN
	case e != nil:
		return t.item.CN, e.FieldCN
	case s.opts.Switches.OccurrenceKeys:
		return t.item.CreatedCN, nil
	}
	return t.item.CN, nil
}

// changeKey is the target's current one.
func (s *Server) changeKey(t target) string {
	cn, _ := s.state(t)
	return store.ChangeKey(t.box.GUID, t.item.IsCalendar(), cn)
}
