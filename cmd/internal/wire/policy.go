package wire

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"lockstep/cmd/internal/policy"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// Policies reads what an organisation has fixed on this machine.
type Policies func() (policy.Set, error)

// copies says for each setting that a policy can fix where it is in an
// office's settings.
func copies() map[string]func(to, from *state.Settings) {
	exchange := func(set func(to, from *state.Connection)) func(to, from *state.Settings) {
		return func(to, from *state.Settings) {
			set(&to.Connections[event.Exchange], &from.Connections[event.Exchange])
		}
	}
	severa := func(set func(to, from *state.Connection)) func(to, from *state.Settings) {
		return func(to, from *state.Settings) {
			set(&to.Connections[event.Business], &from.Connections[event.Business])
		}
	}
	type s = state.Settings
	type c = state.Connection
	return map[string]func(to, from *state.Settings){
		"zone": func(to, from *s) { to.Zone = from.Zone },

		"exchange.url":        exchange(func(to, from *c) { to.URL = from.URL }),
		"exchange.domain":     exchange(func(to, from *c) { to.Domain = from.Domain }),
		"exchange.user":       exchange(func(to, from *c) { to.Account = from.Account }),
		"exchange.auth":       exchange(func(to, from *c) { to.Auth = from.Auth }),
		"exchange.access":     exchange(func(to, from *c) { to.Access = from.Access }),
		"exchange.version":    exchange(func(to, from *c) { to.Version = from.Version }),
		"exchange.ca_file":    exchange(func(to, from *c) { to.CAFile = from.CAFile }),
		"exchange.pin_sha256": exchange(func(to, from *c) { to.PinSHA256 = from.PinSHA256 }),
		"exchange.legacy_tls": exchange(func(to, from *c) { to.LegacyTLS = from.LegacyTLS }),
		"exchange.plain":      exchange(func(to, from *c) { to.Plain = from.Plain }),
		"exchange.group":      exchange(func(to, from *c) { to.Group = from.Group }),
		"exchange.oab_url":    exchange(func(to, from *c) { to.OABURL = from.OABURL }),

		"severa.url":        severa(func(to, from *c) { to.URL = from.URL }),
		"severa.client_id":  severa(func(to, from *c) { to.Account = from.Account }),
		"severa.ca_file":    severa(func(to, from *c) { to.CAFile = from.CAFile }),
		"severa.pin_sha256": severa(func(to, from *c) { to.PinSHA256 = from.PinSHA256 }),

		"network.proxy":      func(to, from *s) { to.Network.Proxy = from.Network.Proxy },
		"network.proxy_user": func(to, from *s) { to.Network.ProxyUser = from.Network.ProxyUser },
		"network.no_proxy":   func(to, from *s) { to.Network.NoProxy = from.Network.NoProxy },

		"people.everyone": func(to, from *s) { to.EveryoneWhoMatches = from.EveryoneWhoMatches },
		"people.guests":   func(to, from *s) { to.Guests = from.Guests },

		"rules.winner":                func(to, from *s) { to.Rules.Winner = from.Rules.Winner },
		"rules.direction":             func(to, from *s) { to.Rules.Direction = from.Rules.Direction },
		"rules.deleted":               func(to, from *s) { to.Rules.Deleted = from.Rules.Deleted },
		"rules.send_meeting_requests": func(to, from *s) { to.Rules.Requests = from.Rules.Requests },
		"rules.days_back":             func(to, from *s) { to.Rules.DaysBack = from.Rules.DaysBack },
		"rules.days_ahead":            func(to, from *s) { to.Rules.DaysAhead = from.Rules.DaysAhead },
		"rules.every":                 func(to, from *s) { to.Rules.Every = from.Rules.Every },
		"rules.promise":               func(to, from *s) { to.Rules.Promise = from.Rules.Promise },
		"rules.limits.delete_floor":   func(to, from *s) { to.Rules.Limits.DeleteFloor = from.Rules.Limits.DeleteFloor },
		"rules.limits.delete_percent": func(to, from *s) { to.Rules.Limits.DeletePercent = from.Rules.Limits.DeletePercent },
		"rules.limits.delete_run":     func(to, from *s) { to.Rules.Limits.DeleteRun = from.Rules.Limits.DeleteRun },
		"rules.limits.delete_day":     func(to, from *s) { to.Rules.Limits.DeleteDay = from.Rules.Limits.DeleteDay },
		"rules.limits.shrink_percent": func(to, from *s) { to.Rules.Limits.ShrinkPercent = from.Rules.Limits.ShrinkPercent },
		"rules.limits.shift_floor":    func(to, from *s) { to.Rules.Limits.ShiftFloor = from.Rules.Limits.ShiftFloor },
		"rules.limits.shift_percent":  func(to, from *s) { to.Rules.Limits.ShiftPercent = from.Rules.Limits.ShiftPercent },
		"rules.limits.create_floor":   func(to, from *s) { to.Rules.Limits.CreateFloor = from.Rules.Limits.CreateFloor },
		"rules.limits.create_percent": func(to, from *s) { to.Rules.Limits.CreatePercent = from.Rules.Limits.CreatePercent },

		"private.to_severa":   func(to, from *s) { to.Rules.Private[event.Exchange] = from.Rules.Private[event.Exchange] },
		"private.to_exchange": func(to, from *s) { to.Rules.Private[event.Business] = from.Rules.Private[event.Business] },

		"screen.show_subjects": func(to, from *s) { to.ShowSubjects = from.ShowSubjects },

		"filter.categories":      func(to, from *s) { to.Rules.In.Categories = from.Rules.In.Categories },
		"filter.only_categories": func(to, from *s) { to.Rules.In.Only = from.Rules.In.Only },
		"filter.show_as":         func(to, from *s) { to.Rules.In.ShowAs = from.Rules.In.ShowAs },
		"filter.all_day":         func(to, from *s) { to.Rules.In.AllDay = from.Rules.In.AllDay },
		"filter.subjects":        func(to, from *s) { to.Rules.In.Subjects = from.Rules.In.Subjects },

		"updates.check": func(to, from *s) { to.Updates.Check = from.Updates.Check },
		"updates.url":   func(to, from *s) { to.Updates.URL = from.Updates.URL },
	}
}

// fixed is what policies make of an office's settings.
type fixed struct {
	set    policy.Set
	values state.Settings
}

// fix reads the values of a policy as those of an office.toml are read. A
// value that makes no sense is a *policy.Error.
func fix(set policy.Set) (fixed, error) {
	out := fixed{set: set}
	if len(set.Locks()) == 0 {
		return out, nil
	}
	text, err := set.TOML()
	if err != nil {
		return out, err
	}
	f, err := ParseOffice(text)
	if err == nil {
		out.values, _, err = f.Settings(string(filepath.Separator))
	}
	bad, ok := errors.AsType[*FileError](err)
	if !ok {
		return out, err
	}
	for _, p := range bad.Problems {
		// Besides what it fixes, a policy says nothing, and need not.
		if l, ours := set.Lock(p.Key); ours {
			return out, &policy.Error{Where: l.Where, Say: []string{p.Key + ": " + p.Say}}
		}
	}
	return out, nil
}

// over gives the settings that hold.
func (x fixed) over(s state.Settings) state.Settings {
	for _, l := range x.set.Locks() {
		copies()[l.Key](&s, &x.values)
	}
	return s
}

// under gives what is to be stored so that the settings that hold are v. What
// is fixed stays in the store as it was; a change of it is refused.
func (x fixed) under(v, stored state.Settings) (state.Settings, error) {
	for _, l := range x.set.Locks() {
		if !x.agrees(l.Key, v) {
			return v, locked(l)
		}
		copies()[l.Key](&v, &stored)
	}
	return v, nil
}

// agrees tells whether v has for one key what the policy fixes.
func (x fixed) agrees(key string, v state.Settings) bool {
	var want, have state.Settings
	copies()[key](&want, &x.values)
	copies()[key](&have, &v)
	return reflect.DeepEqual(want, have)
}

// locked is the refusal to change what is fixed.
func locked(l policy.Lock) error {
	return &localapi.Error{Code: localapi.CodeLocked, Message: fmt.Sprintf("%s is fixed by your organisation (%s, %s)", l.Key, l.Level, l.Where)}
}

// locks tells front ends what is fixed, and by whom.
func (x fixed) locks() []office.Lock {
	var out []office.Lock
	for _, l := range x.set.Locks() {
		out = append(out, office.Lock{Key: l.Key, By: l.Level.String(), Where: l.Where})
	}
	return out
}

// mark changes with the rules that policies fix.
func (x fixed) mark() string {
	if mark := rulesMark(x.values.Rules); mark != rulesMark(state.Rules{}) {
		return mark
	}
	return "" // nothing that decides what is written
}

// officePlan is an office.toml under the policies.
type officePlan struct {
	holds  state.Settings // what holds
	stores state.Settings // what the file says
	people []state.Person
	// known: whoever has accounts keeps them as long as the connections stay.
	known bool
}

// plan reads an office.toml under the policies. A line that says otherwise
// than a policy is refused, in a *FileError.
func (x fixed) plan(f OfficeFile, dir string) (officePlan, error) {
	var out officePlan
	out.stores, _, _ = f.Settings(dir) // what is wrong with it shows below
	var against []FileProblem
	for _, l := range x.set.Locks() {
		if line := f.lines[l.Key]; line > 0 && !x.agrees(l.Key, out.stores) {
			against = append(against, problemAt(line, l.Key, fmt.Sprintf(
				"your organisation has fixed this (%s, %s); remove the line. `lockstepctl policy show` tells what holds", l.Level, l.Where)))
		}
	}
	if l, ok := x.set.Lock("rules.direction"); ok && slices.ContainsFunc(f.Person, func(p localapi.DraftPerson) bool { return p.Direction != "" }) {
		against = append(against, problemAt(f.lines["person.direction"], "person.direction", fmt.Sprintf(
			"your organisation has fixed the direction of everybody (rules.direction, %s, %s); remove the line", l.Level, l.Where)))
	}
	if against != nil {
		return out, &FileError{Problems: against}
	}
	text, err := x.set.TOML()
	if err != nil {
		return out, err
	}
	whole, err := f.with(text)
	if err != nil {
		return out, err
	}
	out.holds, out.people, err = whole.Settings(dir)
	out.stores.Office = out.holds.Office
	return out, err
}

// CheckOffice tells whether an office can be set up from a file under the
// policies of this machine. What is wrong with the file is a *FileError.
func CheckOffice(f OfficeFile, dir string, set policy.Set) error {
	x, err := fix(set)
	if err != nil {
		return err
	}
	_, err = x.plan(f, dir)
	return err
}

// readPolicy reads one file, which need not exist. A certificate's path in it
// is relative to the file.
func readPolicy(level policy.Level, path string) ([]policy.Layer, error) {
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &policy.Error{Where: path, Say: []string{"the file cannot be read (" + cause(err) + ")"}}
	}
	l, err := policy.Parse(level, path, text)
	if err != nil {
		return nil, err
	}
	for key, v := range l.Values {
		if text, ok := v.(string); ok && strings.HasSuffix(key, ".ca_file") && !filepath.IsAbs(text) {
			l.Values[key] = filepath.Join(filepath.Dir(path), text)
		}
	}
	return []policy.Layer{l}, nil
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxOfficeFile {
		return nil, errors.New("it is larger than 1 MiB")
	}
	return os.ReadFile(path)
}

// Settings are those that hold: what policies fix, over what is stored.
func (b *book) Settings(ctx context.Context) (state.Settings, error) {
	s, err := b.Store.Settings(ctx)
	if err != nil {
		return s, err
	}
	return b.fixed.over(s), nil
}

// People lists everybody. Where a policy fixes the direction, nobody has one
// of his own.
func (b *book) People(ctx context.Context) ([]state.Person, error) {
	people, err := b.Store.People(ctx)
	if _, ok := b.fixed.set.Lock("rules.direction"); ok {
		for i := range people {
			people[i].Own.HasDirection, people[i].Own.Direction = false, 0
		}
	}
	return people, err
}

// follow lets everybody be shown what other policies than the last time
// rewrite, before it is done.
func (b *book) follow(ctx context.Context) error {
	mark := b.fixed.mark()
	s, err := b.Store.Settings(ctx)
	if err != nil || s.Office == "" || s.PolicyMark == mark {
		return err
	}
	people, err := b.Store.People(ctx)
	if err != nil {
		return err
	}
	for i := range people {
		people[i].Review = true
	}
	if err := b.SavePeople(ctx, people); err != nil {
		return err
	}
	s.PolicyMark = mark
	return b.keep(ctx, s)
}
