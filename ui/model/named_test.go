package model

import (
	"strings"
	"testing"

	"lockstep/sync/localapi"
)

// Of a candidate that lies outside the days kept in step, or cannot be read,
// nothing is known but that it is there, and that is said.
func TestNamed_SaysSoWhereNothingIsKnownOfAnEntry(t *testing.T) {
	if got := Named(localapi.Entry{ID: "x"}); !strings.Contains(got, "cannot be shown") {
		t.Errorf("named %q", got)
	}
	if got, want := Named(localapi.Entry{Subject: "Lunch", Start: "2026-03-03T11:00:00"}), "Lunch, Tue 03 Mar 2026 11:00"; got != want {
		t.Errorf("named %q, want %q", got, want)
	}
}
