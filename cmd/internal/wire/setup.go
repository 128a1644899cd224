package wire

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Setup stores what an office.toml says: connections, rules and people. People
// whom the file names are switched on; whom it names no longer stays as he is,
// because switching off is a person's own decision. Nothing is connected.
func (s *Site) Setup(ctx context.Context, f OfficeFile, dir string) (state.Settings, error) {
	plan, err := s.book.fixed.plan(f, dir)
	if err != nil {
		return plan.holds, err
	}
	return s.install(ctx, plan)
}

// install stores settings and the people who are named in them.
func (s *Site) install(ctx context.Context, plan officePlan) (state.Settings, error) {
	settings, people := plan.holds, plan.people
	before, err := s.Store.Settings(ctx)
	if err != nil {
		return settings, err
	}
	if s.book.fixed.over(before).Connections[event.Business] == settings.Connections[event.Business] {
		settings.Rules = renamed(settings.Rules, before.Rules)
		plan.stores.Rules = renamed(plan.stores.Rules, before.Rules)
	}
	plan.stores.PolicyMark, plan.stores.RulesMark = s.book.fixed.mark(), settings.RulesMark
	_, narrow := s.book.fixed.set.Lock("rules.direction")
	changed := before.Office != "" && before.RulesMark != settings.RulesMark
	have, err := s.Store.People(ctx)
	if err != nil {
		return settings, err
	}
	for i, p := range people {
		people[i].SwitchedBy, people[i].SwitchedAt = "setup", s.now()
		at := slices.IndexFunc(have, func(h state.Person) bool { return h.ID == p.ID })
		if narrow && at >= 0 {
			// What a policy fixes is not seen, and comes back with its end.
			p.Own, people[i].Own = have[at].Own, have[at].Own
		}
		people[i].Review = changed || at >= 0 && have[at].Own != p.Own
		if at >= 0 && have[at].Addresses == p.Addresses {
			old := have[at]
			people[i].Review, people[i].OptedOut = people[i].Review || old.Review, old.OptedOut
			people[i].Newcomer = old.Newcomer
			if old.Guest && !old.OptedOut { // being named is what switches him on
				old = old.Switched(true, people[i].SwitchedBy, people[i].SwitchedAt)
				people[i].Review, people[i].Newcomer = old.Review, old.Newcomer
			}
			people[i].Enabled, people[i].SwitchedBy, people[i].SwitchedAt = old.Enabled, old.SwitchedBy, old.SwitchedAt
		}
	}
	// Everybody is looked up again: another organisation knows people by other ids.
	for _, p := range have {
		p.Review = p.Review || changed
		if !slices.ContainsFunc(people, func(q state.Person) bool { return q.ID == p.ID }) {
			people = append(people, p)
		}
	}
	stays := plan.known && s.book.fixed.over(before).Connections == settings.Connections
	for i, p := range people {
		people[i].Accounts = [2]string{}
		at := slices.IndexFunc(have, func(h state.Person) bool { return h.ID == p.ID })
		if stays && at >= 0 && have[at].Addresses == p.Addresses {
			people[i].Accounts = have[at].Accounts
		}
	}
	if err := s.book.keep(ctx, plan.stores); err != nil {
		return settings, fmt.Errorf("store settings: %w", err)
	}
	if err := s.book.SavePeople(ctx, people); err != nil {
		return settings, fmt.Errorf("store people: %w", err)
	}
	s.systems.forget()
	s.looking.Lock()
	defer s.looking.Unlock()
	s.discovered = time.Time{}
	return settings, nil
}
