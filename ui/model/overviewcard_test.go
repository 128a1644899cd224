package model

import (
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

func TestOverviewCards(t *testing.T) {
	cards := OverviewCards(office.Status{})
	if cards[0].Note != "Not asked yet" || cards[0].Asked || cards[1].Title != "Exchange" {
		t.Errorf("before anything was asked: %+v", cards)
	}
	for _, c := range []struct {
		have   office.ConnectionStatus
		title  string
		note   string
		health office.Health
	}{
		{office.ConnectionStatus{Side: "exchange", Product: "Exchange 2019", Millis: 64}, "Exchange Server 2019", "Signed in, answers in 64 ms", office.UpToDate},
		{office.ConnectionStatus{Side: "exchange", Product: "Exchange Server SE", Failed: "auth"}, "Exchange Server SE", "The sign-in is refused", office.SignInAgain},
		{office.ConnectionStatus{Side: "exchange", Failed: "unavailable"}, "Exchange", "Cannot be reached", office.Offline},
		{office.ConnectionStatus{Side: "exchange", Failed: "throttled"}, "Exchange", "Asks for a pause", office.SlowedDown},
		{office.ConnectionStatus{Side: "exchange", Failed: "certificate"}, "Exchange", "Does not let the account work", office.NeedsAttention},
	} {
		got := OverviewCards(office.Status{Connections: []office.ConnectionStatus{c.have}})[1]
		if got.Title != c.title || got.Note != c.note || got.Health != c.health || !got.Asked {
			t.Errorf("%+v: %+v", c.have, got)
		}
	}
}

func TestToday(t *testing.T) {
	run := func(at time.Time) localapi.Run {
		return localapi.Run{Started: at, Written: map[string]map[string]int{"business": {"create": 2, "stamp": 9}, "exchange": {"update": 3, "leave": 1}}}
	}
	runs := []localapi.Run{run(decisionNow), run(decisionNow.Add(-time.Hour)), run(decisionNow.Add(-11 * time.Hour))}
	if got, want := Today(runs, decisionNow).Note, "4 created, 6 changed, 2 deleted"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOverviewOf_SaysWhenAChangeCameOver(t *testing.T) {
	s := office.Status{EverySeconds: 180, People: []office.PersonStatus{{
		Name: "Anna", Complete: decisionNow, Came: map[string]time.Time{"business": decisionNow.Add(-2 * time.Minute)},
	}}}
	p := OverviewOf(s, decisionNow).People[0]
	if p.From != [2]string{"2 min", "None yet"} || p.Next != "Within 3 min" {
		t.Errorf("from %v, next %q", p.From, p.Next)
	}
}
