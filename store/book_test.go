package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// again closes the store and opens it anew.
func again(t *testing.T, s *Store) *Store {
	t.Helper()
	ok(t, s.Close())
	return opened(t, s.path)
}

func TestBook_KeepsSettings(t *testing.T) {
	s := opened(t, dbPath(t))
	got, err := s.Settings(t.Context())
	ok(t, err)
	same(t, "settings of a new office", got, state.Settings{})
	want := state.Settings{
		Office: "office", Zone: "Europe/Helsinki", EveryoneWhoMatches: true,
		Connections: [2]state.Connection{
			{System: "severa", URL: "https://severa.test", Account: "id"},
			{System: "exchange", URL: "https://mail.test", Account: "svc", Domain: "OFFICE", Auth: "ntlm", Access: "delegate", Version: "Exchange2010", CAFile: "ca.pem", PinSHA256: "ab", LegacyTLS: true, Plain: true},
		},
		Rules: state.Rules{
			Winner: plan.AskAlways, Direction: plan.Publish, Deleted: plan.KeepChanged, Types: []string{"t1", "t2"},
			DaysBack: new(30), DaysAhead: 90, Every: 5 * time.Minute, Limits: plan.Limits{DeleteRun: 7, ShiftFloor: 3},
		},
	}
	ok(t, s.SaveSettings(t.Context(), state.Settings{Office: "before"}))
	ok(t, s.SaveSettings(t.Context(), want))
	got, err = again(t, s).Settings(t.Context())
	ok(t, err)
	same(t, "settings", got, want)
}

func TestBook_KeepsPeopleByAddress(t *testing.T) {
	s := opened(t, dbPath(t))
	anna := state.Person{ID: "1", Name: "Anna Berg", Zone: "Europe/Oslo", Addresses: [2]string{"z@b.test", "anna@x.test"}, Accounts: [2]string{"u1", "anna"}, Enabled: true, SwitchedBy: "anna", SwitchedAt: start()}
	bert := state.Person{ID: "2", Name: "Bert", Addresses: [2]string{"a@b.test", "bert@x.test"}}
	ok(t, s.SavePeople(t.Context(), []state.Person{bert, anna}))
	bert.Addresses[event.Exchange], bert.Enabled = "aaa@x.test", true
	ok(t, s.SavePeople(t.Context(), []state.Person{bert}))
	got, err := again(t, s).People(t.Context())
	ok(t, err)
	same(t, "people", got, []state.Person{bert, anna})
}

func TestBook_KeepsTheNewestPreviews(t *testing.T) {
	s := opened(t, dbPath(t))
	hashes := map[event.PersonID][]string{"1": {"h1", "h2"}, "2": nil}
	for n := range keptPreviews + 3 {
		ok(t, s.SavePreview(t.Context(), fmt.Sprint("digest ", n), hashes, start().Add(time.Duration(n)*time.Minute)))
	}
	s = again(t, s)
	for n := range keptPreviews + 3 {
		got, err := s.Preview(t.Context(), fmt.Sprint("digest ", n))
		if n < 3 {
			if !errors.Is(err, state.ErrUnknownPreview) {
				t.Errorf("preview %d = %v, %v, want %v", n, got, err, state.ErrUnknownPreview)
			}
			continue
		}
		ok(t, err)
		same(t, "hashes", got, hashes)
	}
	// Shown again, it is young again.
	ok(t, s.SavePreview(t.Context(), "digest 3", nil, start().Add(time.Hour)))
	ok(t, s.SavePreview(t.Context(), "one more", nil, start().Add(2*time.Hour)))
	if _, err := s.Preview(t.Context(), "digest 3"); err != nil {
		t.Errorf("a preview that was shown again is forgotten: %v", err)
	}
	if _, err := s.Preview(t.Context(), "digest 4"); !errors.Is(err, state.ErrUnknownPreview) {
		t.Errorf("the oldest preview is still there: %v", err)
	}
}

func TestBook_CountsFailedSignInsByAccountAndSecret(t *testing.T) {
	s := opened(t, dbPath(t))
	add := func(account, secret string) { ok(t, s.AddFailedSignIn(t.Context(), account, secret, start())) }
	count := func(account, secret string, want int) {
		t.Helper()
		got, err := s.FailedSignIns(t.Context(), account, secret)
		ok(t, err)
		if got != want {
			t.Errorf("failures of %s with %s = %d, want %d", account, secret, got, want)
		}
	}
	count("svc", "v1", 0)
	add("svc", "v1")
	add("svc", "v1")
	add("svc", "v2")
	add("other", "v1")
	s = again(t, s)
	count("svc", "v1", 2)
	count("svc", "v2", 1)
	count("svc", "v3", 0)
	ok(t, s.ClearFailedSignIns(t.Context(), "svc"))
	count("svc", "v1", 0)
	count("svc", "v2", 0)
	count("other", "v1", 1)
}

func TestBook_KeepsTheLastPulseOfEach(t *testing.T) {
	s := opened(t, dbPath(t))
	want := []state.Pulse{
		{Person: "1", Complete: start(), Tried: start(), Halt: &plan.Reason{Code: plan.SideEmpty, From: event.Exchange}, Waiting: 2, Linked: 9, Problems: []state.Problem{{Side: event.Exchange, ID: "x", Reason: plan.Reason{Code: plan.CannotRead}}}},
		{Person: "2", Failed: "auth"},
	}
	ok(t, s.SavePulse(t.Context(), want[1]))
	ok(t, s.SavePulse(t.Context(), state.Pulse{Person: "1", Failed: "old"}))
	ok(t, s.SavePulse(t.Context(), want[0]))
	got, err := again(t, s).Pulses(t.Context())
	ok(t, err)
	same(t, "pulses", got, want)
}

func TestPause_IsKeptAndEnded(t *testing.T) {
	s := opened(t, dbPath(t))
	ctx := t.Context()
	if at, err := s.PausedUntil(ctx); err != nil || !at.IsZero() {
		t.Fatalf("paused until %v, %v; want not at all", at, err)
	}
	until := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	if err := s.SavePause(ctx, until); err != nil {
		t.Fatal(err)
	}
	if at, err := s.PausedUntil(ctx); err != nil || !at.Equal(until) {
		t.Errorf("paused until %v, %v; want %v", at, err, until)
	}
	if err := s.SavePause(ctx, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if at, err := s.PausedUntil(ctx); err != nil || !at.IsZero() {
		t.Errorf("paused until %v, %v after its end", at, err)
	}
}
