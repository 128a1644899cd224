package model

import (
	"testing"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// TestConnections_NamesTheSystemThatRefuses checks that a person is not sent to
// change a password that is right.
func TestConnections_NamesTheSystemThatRefuses(t *testing.T) {
	setup := localapi.Setup{SetUp: true, Secrets: map[string]bool{localapi.SystemSevera: true, localapi.SystemExchange: true}}
	refusing := func(sides ...string) office.Status {
		st := office.Status{People: []office.PersonStatus{{Name: "Anna", Health: office.SignInAgain}}}
		for _, s := range sides {
			st.Connections = append(st.Connections, office.ConnectionStatus{Side: s, Failed: "auth"})
		}
		return st
	}
	for _, c := range []struct {
		st               office.Status
		severa, exchange bool
	}{
		{refusing("exchange"), false, true},
		{refusing("business"), true, false},
		{refusing("business", "exchange"), true, true},
		{refusing(), true, true}, // just after a start
		{office.Status{}, false, false},
	} {
		for _, card := range Connections(setup, nil, c.st) {
			want := c.severa
			if card.System == localapi.SystemExchange {
				want = c.exchange
			}
			if got := card.State == CheckWarned; got != want {
				t.Errorf("%+v: %s is refused: %v, want %v", c.st.Connections, card.System, got, want)
			}
		}
	}
}
