package model

import (
	"slices"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// MatchRow is a person in the table of who takes part.
type MatchRow struct {
	Match   localapi.Match
	Name    string
	Mailbox string
	State   CheckState
	Say     string
	// Usable: he can be ticked.
	Usable bool
}

// MatchAddress is the address that switches a person on.
func MatchAddress(m localapi.Match) string {
	if a := m.Addresses[event.Exchange.String()]; a != "" {
		return a
	}
	return m.Addresses[event.Business.String()]
}

// MatchRowOf is a person in words.
func MatchRowOf(m localapi.Match) MatchRow {
	r := MatchRow{Match: m, Name: m.Name, Mailbox: m.Addresses[event.Exchange.String()]}
	if r.Name == "" {
		r.Name = MatchAddress(m)
	}
	severa := m.Addresses[event.Business.String()]
	switch m.State {
	case localapi.MatchBoth:
		r.State, r.Usable = CheckPassed, true
		r.Say = say.T("Same address")
		if !strings.EqualFold(severa, r.Mailbox) {
			r.Say = say.T("Other address: {{.Address}}", "Address", severa)
		}
	case localapi.MatchSevera:
		r.State, r.Say, r.Mailbox = CheckFailed, say.T("No mailbox found"), severa
	case localapi.MatchExchange:
		r.State, r.Say = CheckFailed, say.T("Not in Severa")
	case localapi.MatchOptedOut:
		r.State, r.Say = CheckNotRun, say.T("Wants to be left out")
	case localapi.MatchOther:
		r.State, r.Usable = CheckWarned, true
		r.Say = say.T("Synced by {{.Tool}} too", "Tool", strings.Join(m.Tools, ", "))
	case localapi.MatchUnsure:
		r.State, r.Say = CheckWarned, say.T("Mailbox could not be asked for")
	case localapi.MatchNowhere:
		r.State, r.Say = CheckFailed, say.T("In neither system")
	}
	return r
}

// pilot is how many are ticked before anybody has chosen: enough to see that it
// works, few enough to look at all of it.
const pilot = 5

// FirstTicks are who is ticked at first: who takes part already, or else the
// first few who are matched.
func FirstTicks(ms []localapi.Match) map[string]bool {
	out := map[string]bool{}
	for _, m := range ms {
		if m.Enabled {
			out[MatchAddress(m)] = true
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, m := range ms {
		if m.State == localapi.MatchBoth && len(out) < pilot {
			out[MatchAddress(m)] = true
		}
	}
	return out
}

// MatchFilter is a part of the people.
type MatchFilter int

// The filters.
const (
	MatchAll MatchFilter = iota
	MatchMatched
	MatchUnmatched
)

// MatchFilters names the filters with how many each has.
func MatchFilters(ms []localapi.Match) []string {
	good := MatchedCount(ms)
	return []string{
		say.T("All {{.N}}", "N", len(ms)), say.T("Matched {{.N}}", "N", good), say.T("Not matched {{.N}}", "N", len(ms)-good),
	}
}

// MatchedCount is how many can take part.
func MatchedCount(ms []localapi.Match) int {
	n := 0
	for _, m := range ms {
		if m.State == localapi.MatchBoth {
			n++
		}
	}
	return n
}

// MatchRows are the people who are looked for.
func MatchRows(ms []localapi.Match, f MatchFilter, search string) []MatchRow {
	search = strings.ToLower(strings.TrimSpace(search))
	var out []MatchRow
	for _, m := range ms {
		good := m.State == localapi.MatchBoth
		if f == MatchMatched && !good || f == MatchUnmatched && good {
			continue
		}
		r := MatchRowOf(m)
		if search != "" && !strings.Contains(strings.ToLower(r.Name+" "+r.Mailbox), search) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// Partakers is how many take part, in a sentence.
func Partakers(ms []localapi.Match, ticked map[string]bool) string {
	n := 0
	for _, m := range ms {
		if ticked[MatchAddress(m)] {
			n++
		}
	}
	return say.N("{{.N}} of {{.All}} takes part", "{{.N}} of {{.All}} take part", n, "All", len(ms))
}

// RightsOf are the lines of an examination that tell of the account's rights in
// Exchange, from the server's answer on.
func RightsOf(lines []Examined) []Examined {
	return slices.DeleteFunc(slices.Clone(lines), func(e Examined) bool {
		return e.System != localapi.SystemExchange && e.Person == ""
	})
}

// PilotSizes are the sizes of groups to begin with that make sense.
func PilotSizes(ms []localapi.Match) []int {
	var out []int
	for _, n := range []int{1, 3, pilot} {
		if n < MatchedCount(ms) {
			out = append(out, n)
		}
	}
	return out
}

// Pilot ticks the first n who are matched.
func Pilot(ms []localapi.Match, n int) map[string]bool {
	out := map[string]bool{}
	for _, m := range ms {
		if m.State == localapi.MatchBoth && len(out) < n {
			out[MatchAddress(m)] = true
		}
	}
	return out
}

// DraftPeople are the people of a draft once these have been ticked. Who was
// named before stays named, with what was said of him: whether he takes part is
// the office's to know. Somebody new is named only if he is ticked.
func DraftPeople(named []localapi.DraftPerson, ms []localapi.Match, ticked map[string]bool) []localapi.DraftPerson {
	out := slices.Clone(named)
	find := func(m localapi.Match) int {
		return slices.IndexFunc(out, func(p localapi.DraftPerson) bool {
			for side, a := range map[string]string{event.Business.String(): p.Severa, event.Exchange.String(): p.Exchange} {
				if a != "" && strings.EqualFold(a, m.Addresses[side]) {
					return true
				}
			}
			return false
		})
	}
	for _, m := range ms {
		at := find(m)
		switch {
		case ticked[MatchAddress(m)] && at < 0:
			p := localapi.DraftPerson{Severa: m.Addresses[event.Business.String()], Exchange: m.Addresses[event.Exchange.String()], Name: m.Name}
			out = append(out, p)
		case !ticked[MatchAddress(m)] && at >= 0 && !m.Known:
			out = slices.Delete(out, at, at+1)
		}
	}
	return out
}

// Switches are the people whom the office knows and whose tick is not as they
// are now, by the address that switches them; true: on.
func Switches(ms []localapi.Match, ticked map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, m := range ms {
		if a := MatchAddress(m); m.Known && m.Enabled != ticked[a] && MatchRowOf(m).Usable {
			out[a] = ticked[a]
		}
	}
	return out
}
