package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// PagePeople is the page of who takes part.
const PagePeople = "people"

// PeopleFilter leaves a part of the office.
type PeopleFilter int

// The filters, in the order in which they are offered.
const (
	PeopleAll PeopleFilter = iota
	PeopleOn
	PeopleOff
	PeopleOut
)

// PersonRow is one person of the office.
type PersonRow struct {
	Name, Address string
	// Mailbox is the address without what those of all people end in.
	Mailbox string
	// Other is his address in Severa, where it is another one.
	Other string
	// State is how he is doing or, of one who is not switched on, that.
	State  string
	Health office.Health
	Fresh  bool // nobody has looked at the calendars yet: Health says nothing
	On     bool
	Out    bool
	Guest  bool
	// Resource: it is a room, a car or another thing, and nobody.
	Resource bool
	// Switched tells who switched him on or off, and when.
	Switched string
	// Way is the direction that is his own; empty: the office's.
	Way string
}

// Known is by what both systems know somebody, in one line.
func (r PersonRow) Known() string {
	switch {
	case r.Other == "":
		return r.Mailbox
	case r.Resource:
		return r.Other
	}
	return r.Mailbox + " · " + r.Other
}

// PeopleRows are the people that a filter leaves, by name.
func PeopleRows(people []localapi.Person, s office.Status, f PeopleFilter, search string, now time.Time) []PersonRow {
	status := map[string]office.PersonStatus{}
	for _, p := range s.People {
		status[p.Address] = p
	}
	var out []PersonRow
	for _, p := range people {
		r := personRow(p, s, status, now)
		if !f.leaves(r) || !holds(search, r.Name, r.Address, r.Other) {
			continue
		}
		out = append(out, r)
	}
	if domain := sharedDomain(people); domain != "" {
		for i := range out {
			out[i].Mailbox, out[i].Other = strings.TrimSuffix(out[i].Address, domain), strings.TrimSuffix(out[i].Other, domain)
		}
	}
	slices.SortFunc(out, func(a, b PersonRow) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Address, b.Address))
	})
	return out
}

func (f PeopleFilter) leaves(r PersonRow) bool {
	switch f {
	case PeopleOn:
		return r.On
	case PeopleOff:
		return !r.On && !r.Out
	case PeopleOut:
		return r.Out
	case PeopleAll:
	}
	return true
}

func personRow(p localapi.Person, s office.Status, status map[string]office.PersonStatus, now time.Time) PersonRow {
	r := PersonRow{Name: p.Name, Address: p.Address, Mailbox: p.Address, On: p.Enabled, Out: p.OptedOut, Guest: p.Guest && !p.Enabled && !p.OptedOut}
	if b := p.Addresses[event.Business.String()]; b != p.Address {
		r.Other = b
	}
	if r.Resource = p.Resource != ""; r.Resource {
		r.Other, r.Way = say.T("A resource in Severa"), say.T("Only to Outlook")
	}
	have, known := status[p.Address]
	switch {
	case p.OptedOut:
		r.State = say.T("Wants to be left out")
	case p.Enabled && known && !have.Guest:
		r.State, r.Health, r.Fresh = personState(have, s, now), have.Health, fresh(have)
	case p.Enabled:
		r.State, r.Fresh = say.T("Not looked at yet"), true
	case r.Guest:
		r.State = say.T("Gets copies only")
	default:
		r.State = say.T("Not switched on")
	}
	switch on := p.SwitchedAt; {
	case on.IsZero():
	case p.SwitchedBy == "":
		r.Switched = date(on.In(now.Location()), now)
	default:
		r.Switched = say.T("{{.Date}}, {{.Name}}", "Date", date(on.In(now.Location()), now), "Name", p.SwitchedBy)
	}
	switch p.Direction {
	case localapi.DirectionTwoWay:
		r.Way = say.T("Both ways")
	case localapi.DirectionPublish:
		r.Way = say.T("Only to Outlook")
	case localapi.DirectionCollect:
		r.Way = say.T("Only to Severa")
	}
	return r
}

// PeopleFilters name the filters with how many each leaves.
func PeopleFilters(people []localapi.Person) []string {
	n := map[PeopleFilter]int{}
	for _, p := range people {
		for f := PeopleAll; f <= PeopleOut; f++ {
			if f.leaves(PersonRow{On: p.Enabled, Out: p.OptedOut}) {
				n[f]++
			}
		}
	}
	return []string{
		say.T("All {{.N}}", "N", n[PeopleAll]), say.T("Switched on {{.N}}", "N", n[PeopleOn]),
		say.T("Not switched on {{.N}}", "N", n[PeopleOff]), say.T("Left out {{.N}}", "N", n[PeopleOut]),
	}
}

// PeopleNote says how many take part.
func PeopleNote(people []localapi.Person) string {
	on, all := 0, 0
	for _, p := range people {
		if p.Resource != "" {
			continue
		}
		if all++; p.Enabled {
			on++
		}
	}
	return say.N("{{.On}} of {{.N}} colleague takes part. Others are not read.", "{{.On}} of {{.N}} take part. Others are not read.", all, "On", on)
}

// sharedDomain is what all addresses end in, with its @; empty where there are
// several, or too few people to tell one from another by the rest.
func sharedDomain(people []localapi.Person) string {
	domain := ""
	for _, p := range people {
		for _, a := range p.Addresses {
			if a == "" && p.Resource != "" {
				continue // which Severa knows by no address
			}
			_, d, ok := strings.Cut(a, "@")
			if !ok || domain != "" && domain != "@"+d {
				return ""
			}
			domain = "@" + d
		}
	}
	return domain
}
