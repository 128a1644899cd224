package wire

import (
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// viewedConnection is a connection without what names its account.
type viewedConnection struct {
	System  string `json:"system"`
	URL     string `json:"url"`
	Account string `json:"account"`
	Auth    string `json:"auth,omitempty"`
	Access  string `json:"access,omitempty"`
	Version string `json:"version,omitempty"`
	OwnCA   bool   `json:"own_ca"`
	Pin     string `json:"pinned,omitempty"`
	Legacy  bool   `json:"legacy_tls"`
	Plain   bool   `json:"plain"`
	Group   bool   `json:"group_named"`
	OABURL  string `json:"oab_url,omitempty"`
}

// viewedPerson is a person without his name.
type viewedPerson struct {
	Person    string    `json:"person"`
	Enabled   bool      `json:"enabled"`
	OptedOut  bool      `json:"opted_out,omitempty"`
	Guest     bool      `json:"guest,omitempty"`
	Resource  bool      `json:"resource,omitempty"`
	Newcomer  bool      `json:"newcomer,omitempty"`
	Review    bool      `json:"review,omitempty"`
	Zone      string    `json:"zone,omitempty"`
	Direction string    `json:"direction,omitempty"`
	Same      bool      `json:"same_address"`
	Found     bool      `json:"found_on_both_sides"`
	Switched  time.Time `json:"switched_at,omitzero"`
}

// settingsView is what may be told of the settings: picked one by one, so that
// a setting that is added is not told before somebody has thought about it.
func settingsView(s state.Settings, people []state.Person, names map[event.PersonID]string) any {
	out := struct {
		Zone        string                      `json:"zone"`
		Connections map[string]viewedConnection `json:"connections"`
		Rules       localapi.HandoverRules      `json:"rules"`
		Promise     string                      `json:"promise,omitempty"`
		Limits      plan.Limits                 `json:"limits"`
		Fields      map[string]string           `json:"fields,omitempty"`
		Filter      map[string]int              `json:"filter"` // how many of each; what they say is calendar text
		Aliases     int                         `json:"aliases"`
		Subjects    bool                        `json:"show_subjects"`
		People      []viewedPerson              `json:"people"`
	}{
		Zone: s.Zone, Connections: map[string]viewedConnection{}, Rules: rulesView(s), Limits: s.Rules.Limits,
		Fields: map[string]string{}, Aliases: len(s.Aliases), Subjects: s.ShowSubjects, People: []viewedPerson{},
		Filter: map[string]int{
			"categories": len(s.Rules.In.Categories), "only_categories": len(s.Rules.In.Only), "show_as": len(s.Rules.In.ShowAs),
			"subjects": len(s.Rules.In.Subjects),
		},
	}
	if s.Rules.Promise > 0 {
		out.Promise = s.Rules.Promise.String()
	}
	for field, d := range s.Rules.Fields {
		out.Fields[field.String()] = word(directions(), d)
	}
	for _, side := range event.Sides() {
		c := s.Connections[side]
		out.Connections[side.String()] = viewedConnection{
			System: c.System, URL: c.URL, Account: hinted(c.Account), Auth: c.Auth, Access: c.Access, Version: c.Version,
			OwnCA: c.CAFile != "", Pin: colons(c.PinSHA256), Legacy: c.LegacyTLS, Plain: c.Plain,
			Group: c.Group != "", OABURL: c.OABURL,
		}
	}
	for _, p := range people {
		v := viewedPerson{
			Person: names[p.ID], Enabled: p.Enabled, OptedOut: p.OptedOut, Guest: p.Guest, Resource: p.Resource != "", Newcomer: p.Newcomer, Review: p.Review,
			Zone: p.Zone, Same: p.Addresses[event.Business] == p.Addresses[event.Exchange],
			Found: p.Accounts[event.Business] != "" && p.Accounts[event.Exchange] != "", Switched: p.SwitchedAt,
		}
		if p.Own.HasDirection {
			v.Direction = word(directions(), p.Own.Direction)
		}
		out.People = append(out.People, v)
	}
	return out
}

// rulesView are the rules in the words of office.toml.
func rulesView(s state.Settings) localapi.HandoverRules {
	r := s.Rules
	back, ahead := office.Days(r)
	return localapi.HandoverRules{
		Direction: word(directions(), r.Direction), Winner: word(winners(), r.Winner), Deleted: word(deletions(), r.Deleted),
		DaysBack: back, DaysAhead: ahead, EverySeconds: int(office.Pace(r) / time.Second), Types: len(r.Types),
		ToBusiness: r.Private[event.Exchange].String(), ToExchange: r.Private[event.Business].String(),
		Filtered: len(r.In.Categories)+len(r.In.Only)+len(r.In.ShowAs)+len(r.In.Subjects) > 0 || r.In.AllDay || r.In.Private,
		Everyone: s.EveryoneWhoMatches, Guests: s.Guests, Requests: r.Requests,
	}
}

// hinted is enough of an account to tell it from another one.
func hinted(account string) string {
	const shown = 2
	if r := []rune(account); len(r) > shown {
		return string(r[:shown]) + "…"
	}
	return "…"
}

// colons is a fingerprint as people compare it.
func colons(hex string) string {
	var out []string
	for ; len(hex) >= 2; hex = hex[2:] {
		out = append(out, strings.ToUpper(hex[:2]))
	}
	return strings.Join(out, ":")
}
