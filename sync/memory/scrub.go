package memory

import (
	"context"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// Scrub takes text out of what is stored.
func (s *store) Scrub(ctx context.Context, current, past func(event.Side, event.Item) (event.Item, bool)) error {
	d, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	for side, rows := range d.mirror {
		for id, r := range rows {
			if bare, must := current(event.Side(side), r.Item); must {
				r.Item = clone(bare)
				rows[id] = r
			}
		}
	}
	for id, l := range d.links {
		d.links[id] = scrubbed(l, current)
	}
	for _, r := range s.o.runs {
		if r.Person != s.id {
			continue
		}
		for i := range s.o.changes[r.ID] {
			c := &s.o.changes[r.ID][i]
			for _, it := range []**event.Item{&c.Before, &c.After} {
				if *it == nil {
					continue
				}
				if bare, must := past(c.Side, **it); must {
					*it = &bare
				}
			}
			if c.Was != nil {
				was := scrubbed(*c.Was, past)
				c.Was = &was
			}
		}
	}
	return nil
}

func scrubbed(l plan.Link, hide func(event.Side, event.Item) (event.Item, bool)) plan.Link {
	for _, s := range event.Sides() {
		if bare, must := hide(s, event.Item{Ref: l.Refs[s], Event: l.Base[s]}); must && l.Refs[s].ID != "" {
			l.Base[s] = bare.Event
		}
	}
	return l
}
