package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/network"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func directions() map[string]plan.Direction {
	return map[string]plan.Direction{"two_way": plan.TwoWay, "publish": plan.Publish, "collect": plan.Collect}
}

func winners() map[string]plan.Winner {
	return map[string]plan.Winner{
		"by_field": plan.ByField, "severa": plan.BusinessWins, "exchange": plan.ExchangeWins, "ask": plan.AskAlways,
	}
}

func deletions() map[string]plan.AfterDelete {
	return map[string]plan.AfterDelete{"ask": plan.AskDeleted, "keep_changed": plan.KeepChanged}
}

func privacies() map[string]plan.Privacy {
	words := map[string]plan.Privacy{}
	for _, p := range []plan.Privacy{plan.PrivateAuto, plan.PrivateFull, plan.PrivateBusyOnly, plan.PrivateNot} {
		words[p.String()] = p
	}
	return words
}

func showings() map[string]event.ShowAs {
	words := map[string]event.ShowAs{}
	for s := event.ShowFree; s <= event.ShowElsewhere; s++ {
		words[s.String()] = s
	}
	return words
}

// narrowed are the fields that can have a direction of their own.
func narrowed() map[string]event.FieldSet {
	fields := map[string]event.FieldSet{}
	for _, one := range (event.FieldLocation | event.FieldNotes | event.FieldPrivate | event.FieldKind | event.FieldDone | event.FieldAttendees).Each() {
		fields[one.String()] = one
	}
	return fields
}

// fieldDirections reads [rules.fields]. What makes an entry one cannot be
// narrowed: without it there would be none on the other side.
func (f OfficeFile) fieldDirections(c *checker) map[event.FieldSet]plan.Direction {
	fields := narrowed()
	var out map[event.FieldSet]plan.Direction
	for _, name := range slices.Sorted(maps.Keys(f.Rules.Fields)) {
		key := "rules.fields." + name
		field, ok := fields[name]
		if !ok {
			c.wrong(key, localapi.FieldWord, "there is no such field to narrow; [rules.fields] knows "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			continue
		}
		d := oneOf(c, key, f.Rules.Fields[name], directions())
		if d == plan.TwoWay {
			continue
		}
		if out == nil {
			out = map[event.FieldSet]plan.Direction{}
		}
		out[field] = d
	}
	return out
}

// rulesMark names the rules that decide what is written.
func rulesMark(r state.Rules) string {
	r.Every, r.Promise, r.Limits, r.TypeNames = 0, 0, plan.Limits{}, nil
	text, err := json.Marshal(r)
	if err != nil {
		return "" // plain texts and numbers: it cannot be
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

func (f OfficeFile) private(c *checker) (out [2]plan.Privacy) {
	words := privacies()
	out[event.Exchange] = oneOf(c, "private.to_severa", f.Private.ToSevera, words)
	out[event.Business] = oneOf(c, "private.to_exchange", f.Private.ToExchange, words)
	return out
}

func (f OfficeFile) filter(c *checker) plan.Filter {
	out := plan.Filter{
		Categories: lower(f.Filter.Categories), Only: lower(f.Filter.OnlyCategories),
		AllDay: f.Filter.AllDay, Subjects: lower(f.Filter.Subjects),
	}
	words := showings()
	for _, word := range f.Filter.ShowAs {
		if s := oneOf(c, "filter.show_as", word, words); s != event.ShowUnset {
			out.ShowAs = append(out.ShowAs, s)
		}
	}
	return out
}

func lower(words []string) []string {
	var out []string
	for _, w := range words {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// updates reads [updates]. There is no address that would be asked by default.
func (f OfficeFile) updates(c *checker) state.Updates {
	out := state.Updates{Check: f.Updates.Check}
	if f.Updates.URL == "" {
		if out.Check {
			c.wrong("updates.url", localapi.FieldMissing, `missing; expected the https address that tells the newest version, or check = false`)
		}
		return out
	}
	u, err := url.Parse(strings.TrimSpace(f.Updates.URL))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		c.wrong("updates.url", localapi.FieldURL, "expected an address that begins with https://, without a user in it")
		return out
	}
	out.URL = u.String()
	return out
}

// aliases reads [aliases]: another address of a person, and his mailbox's.
func (f OfficeFile) aliases(c *checker) map[string]string {
	var out map[string]string
	for _, other := range slices.Sorted(maps.Keys(f.Aliases)) {
		from, to := plainAddress(other), plainAddress(f.Aliases[other])
		if !isAddress(from) || !isAddress(to) {
			c.wrong("aliases", localapi.FieldAddress, `expected "another@example.com" = "mailbox@example.com"`)
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[from] = to
	}
	return out
}

func isAddress(a string) bool {
	return strings.Count(a, "@") == 1 && !strings.HasPrefix(a, "@") && !strings.HasSuffix(a, "@")
}

func (f OfficeFile) network(c *checker) state.Network {
	x := f.Network
	out := state.Network{Proxy: strings.TrimSpace(x.Proxy), ProxyUser: x.ProxyUser, NoProxy: x.NoProxy}
	if err := (network.Settings{Proxy: out.Proxy}).Check(); err != nil {
		c.wrong("network.proxy", localapi.FieldInvalid, err.Error())
	}
	named := out.Proxy != "" && out.Proxy != network.ProxySystem && out.Proxy != network.ProxyNone && !network.Settings{Proxy: out.Proxy}.IsScript()
	if out.ProxyUser != "" && !named {
		c.wrong("network.proxy_user", localapi.FieldInvalid, "it belongs to a proxy that is named with proxy = \"http://…\"")
	}
	return out
}
