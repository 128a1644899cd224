package wire

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/severa"
	"lockstep/sync/state"
)

// directory is an Exchange that knows primary addresses by any address.
type directory map[string]string

var errDirectory = errors.New("the directory is out of order")

func (d directory) mailbox(_ context.Context, address string) (primary string, ok bool, err error) {
	if d == nil {
		return "", false, errDirectory
	}
	primary, ok = d[address]
	return primary, ok, nil
}

// found is what a search comes to: accounts on both sides by name.
func found(t *testing.T, people []state.Person, exc directory, everyone bool) map[string][2]string {
	t.Helper()
	users := []severa.User{
		{ID: "u1", Name: "Anna", Address: "anna@office.test", Active: true},
		{ID: "u2", Name: "Bert", Address: "bert@office.test", Active: true},
		{ID: "u3", Name: "Gone", Address: "gone@office.test"},
		{ID: "u4", Name: "Nameless", Active: true},
	}
	got, err := pair(t.Context(), people, users, exc, everyone, false, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for _, p := range got {
		out[p.Name] = p.Accounts
	}
	return out
}

func TestPair_TakesWhoIsOnBothSides(t *testing.T) {
	exc := directory{"anna@office.test": "anna.virtanen@office.test", "gone@office.test": "gone@office.test", "": "nobody@office.test"}
	want := map[string][2]string{"Anna": {event.Business: "u1", event.Exchange: "anna.virtanen@office.test"}}
	if diff := cmp.Diff(want, found(t, nil, exc, true)); diff != "" {
		t.Errorf("everyone who matches (-want +got)\n%s", diff)
	}
	if got := found(t, nil, exc, false); len(got) != 0 {
		t.Errorf("without everyone = %v, want nobody", got)
	}
}

func TestPair_TakesNamedPeopleByTheAddressOfEachSide(t *testing.T) {
	exc := directory{"boss@office.test": "boss@office.test", "bert@office.test": "boss@office.test"}
	named := newPerson("", [2]string{event.Business: "bert@office.test", event.Exchange: "boss@office.test"})
	want := map[string][2]string{"Bert": {event.Business: "u2", event.Exchange: "boss@office.test"}}
	if diff := cmp.Diff(want, found(t, []state.Person{named}, exc, true)); diff != "" {
		t.Errorf("a named person, and nobody twice (-want +got)\n%s", diff)
	}
	missing := newPerson("Nobody", [2]string{event.Business: "nobody@office.test", event.Exchange: "nobody@office.test"})
	if got := found(t, []state.Person{missing}, exc, false); len(got) != 0 {
		t.Errorf("somebody who is nowhere got %v", got)
	}
}

func TestPair_WithGuests_AddsThemSwitchedOff(t *testing.T) {
	users := []severa.User{{ID: "u1", Name: "Anna", Address: "anna@office.test", Active: true}, {ID: "u2", Name: "Bert", Address: "bert@office.test", Active: true}}
	exc := directory{"anna@office.test": "anna@office.test", "bert@office.test": "bert@office.test"}
	anna := newPerson("Anna", [2]string{"anna@office.test", "anna@office.test"})
	anna.Accounts = [2]string{event.Business: "u1", event.Exchange: "anna@office.test"}
	got, err := pair(t.Context(), []state.Person{anna}, users, exc, false, true, time.Unix(0, 0))
	if err != nil || len(got) != 1 || !got[0].Guest || got[0].Enabled || got[0].Accounts[event.Business] != "u2" {
		t.Fatalf("guests = %+v, %v; want bert, switched off", got, err)
	}
	bert := got[0]
	got, err = pair(t.Context(), []state.Person{anna, bert}, users, exc, true, true, time.Unix(0, 0))
	if err != nil || len(got) != 1 || got[0].Guest || !got[0].Enabled || !got[0].Newcomer || !got[0].Review {
		t.Errorf("with everyone = %+v, %v; want bert switched on, his first sync to come", got, err)
	}
	bert.OptedOut = true
	if got, err = pair(t.Context(), []state.Person{anna, bert}, users, exc, true, true, time.Unix(0, 0)); err != nil || len(got) != 0 {
		t.Errorf("who opted out = %+v, %v; want him left out", got, err)
	}
}

func TestPair_TellsWhenTheDirectoryFails(t *testing.T) {
	p := newPerson("", [2]string{"anna@office.test", "anna@office.test"})
	if _, err := pair(t.Context(), []state.Person{p}, nil, directory(nil), true, false, time.Unix(0, 0)); !errors.Is(err, errDirectory) {
		t.Errorf("error = %v, want the directory's", err)
	}
}

func TestKnownAs_FindsMailboxesByAlias(t *testing.T) {
	users := knownAs([]severa.User{{ID: "u1", Name: "Anna", Address: "Anna@old.test", Active: true}}, map[string]string{"anna@old.test": "anna@office.test"})
	got, err := pair(t.Context(), nil, users, directory{"anna@office.test": "anna@office.test"}, true, false, time.Unix(0, 0))
	if err != nil || len(got) != 1 || got[0].Accounts != [2]string{event.Business: "u1", event.Exchange: "anna@office.test"} {
		t.Errorf("people = %+v, %v", got, err)
	}
}
