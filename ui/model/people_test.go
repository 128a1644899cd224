package model

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

func TestPeopleRows(t *testing.T) {
	person := func(name, exchange, business string) localapi.Person {
		return localapi.Person{Name: name, Address: exchange, Addresses: map[string]string{"exchange": exchange, "business": business}}
	}
	anna, bert, cleo, dora := person("Anna", "anna@o.test", "anna@o.test"), person("Bert", "bert@o.test", "b@o.test"), person("Cleo", "cleo@o.test", "cleo@o.test"), person("Dora", "dora@o.test", "dora@o.test")
	anna.Enabled, anna.SwitchedBy, anna.SwitchedAt, anna.Direction = true, "kaisa", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), localapi.DirectionCollect
	cleo.OptedOut, dora.Guest = true, true
	all := []localapi.Person{dora, cleo, bert, anna}
	s := office.Status{People: []office.PersonStatus{{Address: "anna@o.test", Health: office.NeedsAttention, Waiting: 2}}}

	for _, c := range []struct {
		f      PeopleFilter
		search string
		want   string
	}{
		{PeopleAll, "", "Anna/anna//2 decisions/20 Nov, kaisa/Only to Severa; Bert/bert/b/Not switched on//; Cleo/cleo//Wants to be left out//; Dora/dora//Gets copies only//"},
		{PeopleOn, "", "Anna/anna//2 decisions/20 Nov, kaisa/Only to Severa"},
		{PeopleOff, "", "Bert/bert/b/Not switched on//; Dora/dora//Gets copies only//"},
		{PeopleOut, "", "Cleo/cleo//Wants to be left out//"},
		{PeopleAll, "b@o", "Bert/bert/b/Not switched on//"},
	} {
		var got []string
		for _, r := range PeopleRows(all, s, c.f, c.search, decisionNow) {
			got = append(got, strings.Join([]string{r.Name, r.Mailbox, r.Other, r.State, r.Switched, r.Way}, "/"))
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("filter %d, search %q:\n%s\nwant\n%s", c.f, c.search, g, c.want)
		}
	}
	if got, want := strings.Join(PeopleFilters(all), ", "), "All 4, Switched on 1, Not switched on 2, Left out 1"; got != want {
		t.Errorf("filters %q, want %q", got, want)
	}
	dora.Addresses["exchange"] = "dora@else.test"
	if got := PeopleRows(all, s, PeopleOn, "", decisionNow)[0].Mailbox; got != "anna@o.test" {
		t.Errorf("of two domains %q is shown, want the whole address", got)
	}
}
