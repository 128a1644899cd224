package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lockstep/sync/event"
)

// model carries a plan out on the Input it was made of, as two well-behaved
// systems and a store would.
type model struct {
	in    Input
	exact bool // whether writes are read back
	n     int
}

func (m *model) next(prefix string) string {
	m.n++
	return fmt.Sprint(prefix, m.n)
}

func (m *model) link(id LinkID) (Link, int) {
	for i, l := range m.in.Links {
		if l.ID == id && id != "" {
			return l, i
		}
	}
	return Link{ID: LinkID(m.next("made-link-"))}, -1
}

func (m *model) drop(s event.Side, id event.ID) {
	m.in.Mirror[s] = slices.DeleteFunc(m.in.Mirror[s], func(r Mirrored) bool { return r.Item.ID == id })
}

func (m *model) run(p Plan) {
	m.in = clone(m.in) // the plan still refers to what it was made of
	for _, l := range p.Refreshed {
		m.answered([2]event.ID{l.Refs[0].ID, l.Refs[1].ID}, 0)
		if made, i := m.link(l.ID); i >= 0 {
			m.in.Links[i] = l
		} else {
			l.ID = made.ID
			m.in.Links = append(m.in.Links, l)
		}
	}
	for _, a := range p.Actions {
		if a.Kind.Writes() || a.Kind == Pair || a.Kind == Unlink {
			m.apply(a)
		}
	}
}

func (m *model) apply(a Action) {
	l, at := m.link(a.Link)
	done := Done{Exact: m.exact}
	if a.Side == exch && (a.Kind == Create || a.Kind == Update || a.Kind == Stamp) && m.in.Caps[exch].Keys {
		after := l
		if a.Kind == Create && at < 0 {
			after.Refs[biz] = a.Have[biz].Ref
		}
		after, _ = After(after, a, Done{}, m.in.Normalize)
		done.Stamp = StampOf(after, m.in.Office, event.Key(m.next("key-")), m.in.Digest, m.in.Caps, m.in.Normalize)
	}
	switch a.Kind {
	case Create:
		it := event.Item{Event: m.in.Normalize[a.Side](a.Want), Created: m.in.Now, Modified: m.in.Now, Stamp: done.Stamp}
		it.ID, it.Version = event.ID(m.next("made-")), "v1"
		m.drop(a.Side, l.Refs[a.Side].ID)
		m.in.put(a.Side, it)
		done.Item = &it
	case Update, Stamp:
		it := &m.in.row(a.Side, a.Have[a.Side].ID).Item
		it.Event = event.Take(it.Event, m.in.Normalize[a.Side](a.Want), a.Fields)
		it.Version += "*"
		if a.Side == exch {
			it.Stamp = done.Stamp
		}
		done.Item = it
	case Delete, Leave, Unlink:
		m.drop(biz, l.Refs[biz].ID)
		m.drop(exch, l.Refs[exch].ID)
	case Pair, Await, Ask, Skip:
	}
	if a.Kind != Stamp && a.Kind != Unlink {
		var ends [2]event.ID
		for s, have := range a.Have {
			if have != nil {
				ends[s] = have.ID
			}
		}
		m.answered(ends, a.Rest)
	}
	out, keep := After(l, a, done, m.in.Normalize)
	switch {
	case !keep:
		m.in.Links = slices.Delete(m.in.Links, at, at+1)
	case at < 0:
		m.in.Links = append(m.in.Links, out)
	default:
		m.in.Links[at] = out
	}
}

// answered ends what was said about both ends, but for the rest.
func (m *model) answered(ends [2]event.ID, rest event.FieldSet) {
	var left []Answer
	for _, a := range m.in.Answers {
		keep := true
		if a.Takes() && a.ID != "" && a.ID == ends[a.Side] {
			a, keep = a.Left(rest)
		}
		if keep {
			left = append(left, a)
		}
	}
	m.in.Answers = left
}

// clone is in with slices and maps of its own.
func clone(in Input) Input {
	in.Links, in.Answers, in.Unsure = slices.Clone(in.Links), slices.Clone(in.Answers), slices.Clone(in.Unsure)
	for _, s := range event.Sides() {
		in.Mirror[s] = slices.Clone(in.Mirror[s])
		in.Busy[s] = maps.Clone(in.Busy[s])
	}
	return in
}

// idle tells whether p leaves the world as it is.
func idle(p Plan) bool {
	for _, a := range p.Actions {
		if a.Kind != Ask && a.Kind != Skip && a.Kind != Await {
			return false
		}
	}
	return p.Halt == nil && len(p.Refreshed) == 0
}

// cutSubject is a system that holds eight letters of a subject.
func cutSubject(e event.Event) event.Event {
	e.Subject = e.Subject[:min(8, len(e.Subject))]
	return event.Only(e, sharedFields)
}

// trimNotes is a system that drops spaces around notes.
func trimNotes(e event.Event) event.Event {
	e.Notes = strings.TrimSpace(e.Notes)
	return e
}
