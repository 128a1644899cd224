package memory

import (
	"context"
	"maps"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Scrub takes text out of what is stored.
func (s *store) Scrub(ctx context.Context, current, past state.Hide) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	for side, rows := range d.mirror {
		for id, r := range rows {
			if bare, must := current(event.Side(side), r.Item, plan.Link{}); must {
				r.Item = clone(bare)
				rows[id] = r
			}
		}
	}
	for id, l := range d.links {
		d.links[id] = scrubbed(l, current)
	}
	links := s.linksEver(d)
	for _, r := range s.o.runs {
		if r.Person != s.id {
			continue
		}
		for i := range s.o.changes[r.ID] {
			scrubChange(&s.o.changes[r.ID][i], links, past)
		}
	}
	return nil
}

// linksEver are the links there are, and those that have ended as the history
// last tells of them.
func (s *store) linksEver(d *records) map[plan.LinkID]plan.Link {
	out := maps.Clone(d.links)
	for _, r := range s.o.runs {
		for _, c := range s.o.changes[r.ID] {
			if c.Was != nil && r.Person == s.id {
				out[c.Was.ID] = *c.Was
			}
		}
	}
	return out
}

func scrubChange(c *state.PastChange, links map[plan.LinkID]plan.Link, past state.Hide) {
	l := links[c.Link]
	if c.Was != nil {
		l = *c.Was
	}
	for _, it := range []**event.Item{&c.Before, &c.After} {
		if *it == nil {
			continue
		}
		if bare, must := past(c.Side, **it, l); must {
			*it = &bare
		}
	}
	if c.Was != nil {
		was := scrubbed(*c.Was, past)
		c.Was = &was
	}
}

func scrubbed(l plan.Link, hide state.Hide) plan.Link {
	for _, s := range event.Sides() {
		if bare, must := hide(s, event.Item{Ref: l.Refs[s], Event: l.Base[s]}, l); must && l.Refs[s].ID != "" {
			l.Base[s] = bare.Event
		}
	}
	return l
}
