package wire

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/severa"
	"lockstep/sync/state"
)

// Resources lists the rooms, cars and other things that the activities of the
// office's days show, and those that were paired before.
func (x setter) Resources(ctx context.Context) ([]localapi.Resource, error) {
	settings, seen, err := x.site.resources(ctx)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	people, err := x.site.Store.People(ctx)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	out := []localapi.Resource{}
	for _, r := range seen {
		out = append(out, localapi.Resource{ID: r.ID, Name: r.Name, Entries: r.Entries})
	}
	for _, p := range people {
		if p.Resource == "" {
			continue
		}
		at := slices.IndexFunc(out, func(r localapi.Resource) bool { return r.ID == p.Resource })
		if at < 0 {
			at = len(out)
			out = append(out, localapi.Resource{ID: p.Resource, Name: p.Name})
		}
		if r := &out[at]; !r.Paired || p.Enabled {
			r.Address, r.Paired = p.Addresses[event.Exchange], true
			r.Enabled, r.Leaving = p.Enabled && settings.Rules.Direction != plan.Collect, p.Withdraw
		}
	}
	return out, nil
}

// resources are those that the business system shows in the days that are kept in step.
func (s *Site) resources(ctx context.Context) (state.Settings, []severa.Resource, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return settings, nil, err
	}
	if settings.Office == "" {
		return settings, nil, office.ErrNotSetUp
	}
	sev, _, err := s.systems.open(ctx, settings)
	if err != nil {
		return settings, nil, err
	}
	back, ahead := office.Days(settings.Rules)
	today := s.now()
	seen, err := sev.Resources(ctx, event.Window{From: today.AddDate(0, 0, -back), To: today.AddDate(0, 0, ahead+1)})
	if err != nil {
		return settings, nil, fmt.Errorf("list severa resources: %w", err)
	}
	return settings, seen, nil
}

// PairResource gives a resource the mailbox that shows when it is taken, and
// switches it on.
func (x setter) PairResource(ctx context.Context, q localapi.PairResourceRequest) (localapi.Person, error) {
	p, err := x.site.pairResource(ctx, q)
	if err == nil {
		p, err = x.site.Office.Pair(ctx, p, q.By)
	}
	if err != nil {
		return localapi.Person{}, localapi.AsError(err)
	}
	return localapi.PersonOf(p), nil
}

func (s *Site) pairResource(ctx context.Context, q localapi.PairResourceRequest) (state.Person, error) {
	settings, seen, err := s.resources(ctx)
	if err != nil {
		return state.Person{}, err
	}
	refused := func(c localapi.Code, what string) (state.Person, error) {
		return state.Person{}, &localapi.Error{Code: c, Message: what}
	}
	if settings.Rules.Direction == plan.Collect {
		return refused(localapi.CodeCollects, "the office writes nothing to Exchange")
	}
	named := func(r severa.Resource) bool {
		return strings.EqualFold(r.ID, q.Resource) || strings.EqualFold(r.Name, q.Resource)
	}
	found := slices.DeleteFunc(slices.Clone(seen), func(r severa.Resource) bool { return !named(r) })
	if len(found) != 1 {
		return refused(localapi.CodeNoResource, q.Resource)
	}
	_, exc, err := s.systems.open(ctx, settings)
	if err != nil {
		return state.Person{}, err
	}
	primary, ok, err := exc.mailbox(ctx, plainAddress(q.Address))
	if err != nil {
		return state.Person{}, fmt.Errorf("look for the mailbox: %w", err)
	}
	if !ok {
		return refused(localapi.CodeNoMailbox, q.Address)
	}
	people, err := s.Store.People(ctx)
	if err != nil {
		return state.Person{}, err
	}
	p := newResource(found[0].Name, found[0].ID, plainAddress(primary))
	p.Accounts = [2]string{severa.ResourceAccount(p.Resource), primary}
	for _, o := range people {
		switch {
		case o.ID == p.ID:
			o.Name, o.Accounts = p.Name, p.Accounts
			p = o
		case o.Addresses[event.Exchange] == p.Addresses[event.Exchange] && (o.Enabled || o.Resource == ""):
			return refused(localapi.CodeTaken, o.Name)
		}
	}
	return p, nil
}

// UnpairResource ends the pairing of a resource with its mailbox.
func (x setter) UnpairResource(ctx context.Context, q localapi.UnpairResourceRequest) (localapi.Person, error) {
	people, err := x.site.Store.People(ctx)
	if err != nil {
		return localapi.Person{}, localapi.AsError(err)
	}
	named := func(p state.Person) bool {
		return p.Resource != "" && (strings.EqualFold(p.Resource, q.Resource) || strings.EqualFold(p.Name, q.Resource) || p.Addresses[event.Exchange] == plainAddress(q.Resource))
	}
	at := slices.IndexFunc(people, func(p state.Person) bool { return named(p) && p.Enabled })
	if at < 0 {
		at = slices.IndexFunc(people, named)
	}
	if at < 0 {
		return localapi.Person{}, &localapi.Error{Code: localapi.CodeNotPaired, Message: q.Resource}
	}
	address := people[at].Addresses[event.Exchange]
	if !q.Copies {
		return x.site.Agent().Switch(ctx, address, false, q.By)
	}
	p, err := x.site.Office.GiveUp(ctx, address, q.By)
	if err != nil {
		return localapi.Person{}, localapi.AsError(err)
	}
	return localapi.PersonOf(p), nil
}
