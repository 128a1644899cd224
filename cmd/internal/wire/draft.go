package wire

import (
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// draftOf is the draft that makes these settings and people: what
// OfficeFile.Settings reads, written down again. Guests are not named in it.
func draftOf(s state.Settings, people []state.Person) localapi.Draft {
	out := localapi.Draft{
		Office: s.OfficeName, Zone: s.Zone,
		Exchange: draftExchange(s.Connections[event.Exchange]),
		Severa:   draftSevera(s.Connections[event.Business]),
		People:   localapi.DraftPeople{Everyone: s.EveryoneWhoMatches, Guests: s.Guests},
		Rules:    draftRules(s.Rules),
		Private: localapi.DraftPrivate{
			ToSevera: s.Rules.Private[event.Exchange].String(), ToExchange: s.Rules.Private[event.Business].String(),
		},
		Filter: localapi.DraftFilter{
			Categories: s.Rules.In.Categories, OnlyCategories: s.Rules.In.Only, AllDay: s.Rules.In.AllDay, Subjects: s.Rules.In.Subjects,
		},
		Network: localapi.DraftNetwork{Proxy: s.Network.Proxy, ProxyUser: s.Network.ProxyUser, NoProxy: s.Network.NoProxy},
		Updates: localapi.DraftUpdates{Check: s.Updates.Check, URL: s.Updates.URL},
		Screen:  localapi.DraftScreen{ShowSubjects: s.ShowSubjects, Me: s.Me},
		Aliases: maps.Clone(s.Aliases),
	}
	for _, show := range s.Rules.In.ShowAs {
		out.Filter.ShowAs = append(out.Filter.ShowAs, show.String())
	}
	for _, p := range people {
		switch {
		case p.Resource != "":
			out.Resource = append(out.Resource, draftResource(p))
		case !p.Guest:
			out.Person = append(out.Person, draftPerson(p))
		}
	}
	return out
}

func draftResource(p state.Person) localapi.DraftResource {
	out := localapi.DraftResource{Severa: p.Resource, Exchange: p.Addresses[event.Exchange], Name: p.Name}
	if out.Name == out.Exchange {
		out.Name = ""
	}
	return out
}

func draftExchange(c state.Connection) localapi.DraftExchange {
	return localapi.DraftExchange{
		URL: c.URL, Domain: c.Domain, User: c.Account, Auth: c.Auth, Access: c.Access, Version: c.Version,
		CAFile: c.CAFile, PinSHA256: c.PinSHA256, LegacyTLS: c.LegacyTLS, Plain: c.Plain,
		Group: c.Group, OABURL: c.OABURL,
	}
}

func draftSevera(c state.Connection) localapi.DraftSevera {
	return localapi.DraftSevera{URL: c.URL, ClientID: c.Account, CAFile: c.CAFile, PinSHA256: c.PinSHA256}
}

func draftPerson(p state.Person) localapi.DraftPerson {
	out := localapi.DraftPerson{
		Severa: p.Addresses[event.Business], Exchange: p.Addresses[event.Exchange], Name: p.Name, Zone: p.Zone,
	}
	if out.Name == out.Exchange {
		out.Name = "" // nobody has given him one yet
	}
	if p.Own.HasDirection {
		out.Direction = word(directions(), p.Own.Direction)
	}
	return out
}

func draftRules(r state.Rules) localapi.DraftRules {
	l := r.Limits
	out := localapi.DraftRules{
		Winner: word(winners(), r.Winner), Direction: word(directions(), r.Direction), Deleted: word(deletions(), r.Deleted),
		Types: slices.Clone(r.Types), DaysBack: r.DaysBack, DaysAhead: r.DaysAhead, Every: length(r.Every), Promise: length(r.Promise),
		SendMeetingRequests: r.Requests,
		Limits: localapi.DraftLimits{
			DeleteFloor: l.DeleteFloor, DeletePercent: l.DeletePercent, DeleteRun: l.DeleteRun, DeleteDay: l.DeleteDay,
			ShrinkPercent: l.ShrinkPercent, ShiftFloor: l.ShiftFloor, ShiftPercent: l.ShiftPercent,
			CreateFloor: l.CreateFloor, CreatePercent: l.CreatePercent,
		},
	}
	for i, id := range out.Types {
		if name := r.TypeNames[id]; name != "" {
			out.Types[i] = name
		}
	}
	for field, d := range r.Fields {
		if out.Fields == nil {
			out.Fields = map[string]string{}
		}
		out.Fields[field.String()] = word(directions(), d)
	}
	return out
}

// word is what a value is called in the file.
func word[T comparable](words map[string]T, v T) string {
	for name, x := range words {
		if x == v {
			return name
		}
	}
	return ""
}

// length is a time as a person writes it: 5m rather than 5m0s.
func length(d time.Duration) string {
	if d == 0 {
		return ""
	}
	out := d.String()
	if strings.HasSuffix(out, "m0s") {
		out = strings.TrimSuffix(out, "0s")
	}
	if strings.HasSuffix(out, "h0m") {
		out = strings.TrimSuffix(out, "0m")
	}
	return out
}
