package wire

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/severa"
	"lockstep/sync/state"
)

// discoverEvery is how often a running office looks for new colleagues.
const discoverEvery = 24 * time.Hour

// Discover finds people on both sides by their addresses: those who are named
// get their accounts, and where the office takes everyone who matches, new
// ones are added and switched on. It is done once a day, or at once when now
// is set or somebody has no account yet.
func (s *Site) Discover(ctx context.Context, now bool) error {
	s.looking.Lock()
	defer s.looking.Unlock()
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	if settings.Office == "" {
		return office.ErrNotSetUp
	}
	people, err := s.Store.People(ctx)
	if err != nil {
		return err
	}
	missing := func(p state.Person) bool { return p.Accounts[event.Business] == "" || p.Accounts[event.Exchange] == "" }
	if !now && !s.discovered.IsZero() && s.now().Sub(s.discovered) < discoverEvery {
		return nil
	}
	if !now && len(people) > 0 && s.discovered.IsZero() && !slices.ContainsFunc(people, missing) && named(settings.Rules) {
		return nil // what an earlier start found is good until tomorrow
	}
	sev, exc, err := s.systems.open(ctx, settings)
	if err != nil {
		return err
	}
	users, err := sev.Directory(ctx)
	if err != nil {
		return fmt.Errorf("list severa users: %w", err)
	}
	if err := s.nameTypes(ctx, settings, sev); err != nil {
		return err
	}
	found, err := pair(ctx, people, knownAs(users, settings.Aliases), exc, settings.EveryoneWhoMatches, settings.Guests, s.now())
	if err != nil {
		return err
	}
	s.discovered = s.now()
	if len(found) == 0 {
		return nil
	}
	if err := s.book.SavePeople(ctx, found); err != nil {
		return fmt.Errorf("store people: %w", err)
	}
	return s.Office.Recall(ctx)
}

// byMatch is who has switched on whoever is on both sides.
const byMatch = "everyone who matches"

// knownAs are users under the addresses that the office knows them by.
func knownAs(users []severa.User, aliases map[string]string) []severa.User {
	out := slices.Clone(users)
	for i, u := range out {
		if mailbox, ok := aliases[plainAddress(u.Address)]; ok {
			out[i].Address = mailbox
		}
	}
	return out
}

// lookup finds a mailbox by any of its addresses.
type lookup interface {
	mailbox(ctx context.Context, address string) (primary string, ok bool, err error)
}

// pair gives people their accounts and adds those who are on both sides: with
// everyone switched on, else with guests as guests. It lists who is new or changed.
func pair(
	ctx context.Context, people []state.Person, users []severa.User, exc lookup, everyone, guests bool, now time.Time,
) ([]state.Person, error) {
	users = slices.DeleteFunc(slices.Clone(users), func(u severa.User) bool { return !u.Active || u.Address == "" })
	taken := map[string]bool{}
	var out []state.Person
	for _, p := range people {
		if u, ok := userOf(users, p); ok && p.Resource == "" {
			taken[u.ID] = true
		}
		found, err := account(ctx, p, users, exc)
		if err != nil {
			return nil, err
		}
		if everyone && found.Guest && !found.OptedOut {
			found = found.Switched(true, byMatch, now)
		}
		if found != p {
			out = append(out, found)
		}
	}
	if !everyone && !guests {
		return out, nil
	}
	for _, u := range users {
		if taken[u.ID] {
			continue
		}
		primary, ok, err := exc.mailbox(ctx, u.Address)
		if err != nil && (everyone || endpoint.As(err).Scope == endpoint.ScopeAccount) {
			return nil, err
		}
		if err != nil || !ok {
			continue // whoever has no mailbox that we can find is no guest
		}
		p := newPerson(u.Name, [2]string{event.Business: plainAddress(u.Address), event.Exchange: plainAddress(primary)})
		p.Accounts = [2]string{event.Business: u.ID, event.Exchange: primary}
		if everyone {
			p.SwitchedBy, p.SwitchedAt = byMatch, now
		} else {
			p.Enabled, p.Guest = false, true
		}
		if taking(people, p) {
			continue // that mailbox is somebody's already, under another address in Severa, or a room's
		}
		out = append(out, p)
	}
	return out, nil
}

// taking tells whether the mailbox of p is somebody's, or a resource's, already.
func taking(people []state.Person, p state.Person) bool {
	return slices.ContainsFunc(people, func(q state.Person) bool {
		return q.ID == p.ID || q.Resource != "" && q.Addresses[event.Exchange] == p.Addresses[event.Exchange]
	})
}

func userOf(users []severa.User, p state.Person) (severa.User, bool) {
	i := slices.IndexFunc(users, func(u severa.User) bool { return strings.EqualFold(u.Address, p.Addresses[event.Business]) })
	if i < 0 {
		return severa.User{}, false
	}
	return users[i], true
}

// account gives a person the accounts that he does not have yet, and a name
// where he is only known by his address.
func account(ctx context.Context, p state.Person, users []severa.User, exc lookup) (state.Person, error) {
	if p.Resource != "" {
		p.Accounts[event.Business] = severa.ResourceAccount(p.Resource)
	} else if u, ok := userOf(users, p); ok {
		if p.Accounts[event.Business] == "" {
			p.Accounts[event.Business] = u.ID
		}
		if p.Name == p.Addresses[event.Exchange] && u.Name != "" {
			p.Name = u.Name
		}
	}
	if p.Accounts[event.Exchange] == "" {
		primary, ok, err := exc.mailbox(ctx, p.Addresses[event.Exchange])
		if err != nil {
			return p, err
		}
		if ok {
			p.Accounts[event.Exchange] = primary
		}
	}
	return p, nil
}

// nameTypes turns the names of activity types that a person wrote into the ids
// that rules hold.
func (s *Site) nameTypes(ctx context.Context, settings state.Settings, sev *severa.Connection) error {
	if settings.Rules.Types == nil {
		return nil
	}
	types, err := sev.Types(ctx)
	if err != nil {
		return fmt.Errorf("list activity types: %w", err)
	}
	ids, words := slices.Clone(settings.Rules.Types), maps.Clone(settings.Rules.TypeNames)
	var names []string
	for _, t := range types {
		names = append(names, fmt.Sprintf("%q", t.Name))
	}
	for i, want := range ids {
		at := slices.IndexFunc(types, func(t severa.Type) bool { return t.ID == want || strings.EqualFold(t.Name, want) })
		if at < 0 {
			return misset(event.Business, fmt.Errorf("rules.types names an activity type that Severa does not have; it has %s", strings.Join(names, ", ")))
		}
		if words[types[at].ID] != "" {
			ids[i] = types[at].ID
			continue
		}
		if words == nil {
			words = map[string]string{}
		}
		ids[i], words[types[at].ID] = types[at].ID, want
	}
	if maps.Equal(words, settings.Rules.TypeNames) && slices.Equal(ids, settings.Rules.Types) {
		return nil
	}
	settings.Rules.Types, settings.Rules.TypeNames = ids, words
	return s.book.SaveSettings(ctx, settings)
}

// named tells whether the words for activity types have been turned into ids.
func named(r state.Rules) bool {
	return !slices.ContainsFunc(r.Types, func(id string) bool { return r.TypeNames[id] == "" })
}

// renamed are rules with the ids that are known for their words from before, so
// that nothing waits for Severa to be asked again.
func renamed(r, before state.Rules) state.Rules {
	r.Types = slices.Clone(r.Types)
	for i, word := range r.Types {
		for id, w := range before.TypeNames {
			if w != word {
				continue
			}
			if r.TypeNames == nil {
				r.TypeNames = map[string]string{}
			}
			r.Types[i], r.TypeNames[id] = id, word
		}
	}
	return r
}
