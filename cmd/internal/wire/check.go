package wire

import (
	"context"

	"lockstep/store"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
)

// Finding is one thing that is wrong. It names entries by id.
type Finding struct {
	Kind, Person, Side, ID string
	// Mended: it has been put right.
	Mended bool
}

// Checked is what a check came to.
type Checked struct {
	Findings []Finding
	// Unchecked are people whom the systems did not let us look at.
	Unchecked []Unchecked
}

// Unchecked is somebody who could not be checked.
type Unchecked struct {
	Person string
	Err    error
}

// Left tells whether something is wrong still.
func (c Checked) Left() bool {
	for _, f := range c.Findings {
		if !f.Mended {
			return true
		}
	}
	return len(c.Unchecked) > 0
}

// Check looks through the store, and compares it with both systems. With mend
// it puts right what can be without a write to any calendar.
func (s *Site) Check(ctx context.Context, mend bool) (Checked, error) {
	var out Checked
	people, err := s.Store.People(ctx)
	if err != nil {
		return out, err
	}
	names := map[event.PersonID]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	flaws, err := s.Store.Check(ctx, mend)
	if err != nil {
		return out, err
	}
	for _, f := range flaws {
		out.Findings = append(out.Findings, Finding{Kind: f.Kind, Person: names[f.Person], Mended: f.Mended})
		if mend && f.Kind == store.FlawDamaged && !f.Mended {
			s.setAside = true
			return out, nil
		}
	}
	checks, err := s.Office.Check(ctx, mend)
	if err != nil {
		return out, localapi.AsError(err)
	}
	for _, c := range checks {
		add := func(fs []engine.Finding, mended bool) {
			for _, f := range fs {
				out.Findings = append(out.Findings, Finding{
					Kind: string(f.Drift), Person: c.Person.Name, Side: f.Side.String(), ID: string(f.ID), Mended: mended,
				})
			}
		}
		add(c.Findings, false)
		add(c.Mended, true)
		if c.Err != nil {
			out.Unchecked = append(out.Unchecked, Unchecked{c.Person.Name, localapi.AsError(c.Err)})
		}
	}
	return out, nil
}
