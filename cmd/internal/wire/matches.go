package wire

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/severa"
	"lockstep/sync/state"
)

// asking is how many mailboxes are looked up at once.
const asking = 4

// Matches lists the people of both systems in pairs, by name. Exchange lists
// nobody: its side is asked about everybody whom Severa or the office knows.
func (x setter) Matches(ctx context.Context) ([]localapi.Match, error) {
	if err := x.site.Discover(ctx, true); err != nil {
		return nil, localapi.AsError(err)
	}
	settings, err := x.site.Settings(ctx)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	people, err := x.site.Store.People(ctx)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	sev, exc, err := x.site.systems.open(ctx, settings)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	users, err := sev.Directory(ctx)
	if err != nil {
		return nil, localapi.AsError(fmt.Errorf("list severa users: %w", err))
	}
	boxes, err := mailboxes(ctx, exc, lookedFor(people, knownAs(users, settings.Aliases)))
	if err != nil {
		return nil, localapi.AsError(err)
	}
	return matches(people, knownAs(users, settings.Aliases), boxes, x.site.Office.Status()), nil
}

// lookedFor are the addresses whose mailbox is not known.
func lookedFor(people []state.Person, users []severa.User) []string {
	want := map[string]bool{}
	for _, u := range users {
		if u.Active && u.Address != "" {
			want[plainAddress(u.Address)] = true
		}
	}
	for _, p := range people {
		if p.Resource != "" {
			continue
		}
		want[p.Addresses[event.Exchange]] = true
	}
	return slices.Sorted(maps.Keys(want))
}

// box is what became of the search for one mailbox.
type box struct {
	primary string // empty: there is none
	err     error
}

// mailboxes asks for several mailboxes side by side. An error is one of the
// whole account.
func mailboxes(ctx context.Context, exc lookup, addresses []string) (map[string]box, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		mu   sync.Mutex
		work sync.WaitGroup
		bad  error
		out  = map[string]box{}
		turn = make(chan struct{}, asking)
	)
	for _, a := range addresses {
		turn <- struct{}{}
		work.Go(func() {
			defer func() { <-turn }()
			primary, ok, err := exc.mailbox(ctx, a)
			mu.Lock()
			defer mu.Unlock()
			if err != nil && endpoint.As(err).Scope == endpoint.ScopeAccount && bad == nil {
				bad = err
				stop() // it would be the same for everybody
			}
			if ok {
				out[a] = box{primary: plainAddress(primary)}
			} else {
				out[a] = box{err: err}
			}
		})
	}
	work.Wait()
	return out, bad
}

// matches pairs people, users and mailboxes.
func matches(people []state.Person, users []severa.User, boxes map[string]box, now office.Status) []localapi.Match {
	tools := map[string][]string{}
	for _, p := range now.People {
		if len(p.Foreign) > 0 {
			tools[p.Address] = slices.Sorted(maps.Keys(p.Foreign))
		}
	}
	out := []localapi.Match{}
	add := func(m localapi.Match, primary string, optedOut bool) {
		m.Tools = tools[primary]
		switch {
		case optedOut:
			m.State = localapi.MatchOptedOut
		case len(m.Tools) > 0:
			m.State = localapi.MatchOther
		}
		out = append(out, m)
	}
	placed := map[event.PersonID]bool{}
	for _, u := range users {
		if !u.Active || u.Address == "" {
			continue
		}
		address := plainAddress(u.Address)
		box := boxes[address]
		at := slices.IndexFunc(people, func(p state.Person) bool {
			return p.Addresses[event.Business] == address || box.primary != "" && p.Addresses[event.Exchange] == box.primary
		})
		m := localapi.Match{Name: u.Name}
		var optedOut bool
		if at >= 0 {
			p := people[at]
			placed[p.ID] = true
			m.Known, m.Enabled, optedOut = !p.Guest, p.Enabled, p.OptedOut
			if other := boxes[p.Addresses[event.Exchange]]; box.primary == "" {
				box = other
			}
		}
		m.Addresses = bySide(address, box.primary)
		m.State = stateOf(true, box)
		add(m, box.primary, optedOut)
	}
	for _, p := range people {
		if placed[p.ID] || p.Resource != "" {
			continue
		}
		box := boxes[p.Addresses[event.Exchange]]
		add(localapi.Match{
			Name: p.Name, Addresses: bySide("", cmp.Or(box.primary, p.Addresses[event.Exchange])), State: stateOf(false, box),
			Enabled: p.Enabled, Known: !p.Guest,
		}, box.primary, p.OptedOut)
	}
	slices.SortStableFunc(out, func(a, b localapi.Match) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}

func bySide(business, exchange string) map[string]string {
	return map[string]string{event.Business.String(): business, event.Exchange.String(): exchange}
}

func stateOf(user bool, b box) localapi.MatchState {
	switch {
	case b.err != nil:
		return localapi.MatchUnsure
	case user && b.primary != "":
		return localapi.MatchBoth
	case user:
		return localapi.MatchSevera
	case b.primary != "":
		return localapi.MatchExchange
	default:
		return localapi.MatchNowhere
	}
}

// enlist adds somebody by his address who is in both systems, not switched on
// yet; false if he is not.
func (s *Site) enlist(ctx context.Context, address string) (bool, error) {
	s.looking.Lock()
	defer s.looking.Unlock()
	settings, err := s.Settings(ctx)
	if err != nil {
		return false, err
	}
	sev, exc, err := s.systems.open(ctx, settings)
	if err != nil {
		return false, err
	}
	users, err := sev.Directory(ctx)
	if err != nil {
		return false, fmt.Errorf("list severa users: %w", err)
	}
	address = plainAddress(address)
	address = cmp.Or(settings.Aliases[address], address)
	primary, ok, err := exc.mailbox(ctx, address)
	if err != nil || !ok {
		return false, err
	}
	users = knownAs(users, settings.Aliases)
	at := slices.IndexFunc(users, func(u severa.User) bool {
		a := plainAddress(u.Address)
		return u.Active && a != "" && (a == address || a == plainAddress(primary))
	})
	if at < 0 {
		return false, nil
	}
	u := users[at]
	p := newPerson(u.Name, [2]string{event.Business: plainAddress(u.Address), event.Exchange: plainAddress(primary)})
	p.Accounts = [2]string{event.Business: u.ID, event.Exchange: primary}
	p.Enabled = false
	if err := s.book.SavePeople(ctx, []state.Person{p}); err != nil {
		return false, fmt.Errorf("store people: %w", err)
	}
	return true, nil
}
