package severa

import (
	"testing"
	"time"
)

// A round is the whole office's calendar, and of use for a minute.
func TestRest_LetsGoOfARoundThatServesNobody(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	c := &Connection{now: func() time.Time { return now }, roster: newRoster()}
	c.roster.round = &round{at: now}
	now = now.Add(rosterFresh - 1)
	if c.Rest(); c.roster.round == nil {
		t.Error("a round is gone that serves others yet")
	}
	now = now.Add(1)
	c.roster.gate <- struct{}{}
	if c.Rest(); c.roster.round == nil {
		t.Error("a round is gone in the hands of somebody who works with it")
	}
	c.roster.gate.leave()
	if c.Rest(); c.roster.round != nil {
		t.Error("a round is kept that serves nobody")
	}
}
