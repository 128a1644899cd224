package wire

import (
	"testing"
	"time"

	"lockstep/sync/severa/api"
)

func TestUsedUp_NeverOutlastsTheQuotasOwnWindow(t *testing.T) {
	now := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]time.Duration{
		0:                      api.PacerWindow,
		400 * time.Millisecond: api.PacerWindow - 400*time.Millisecond,
		time.Minute:            0,
		-14 * time.Hour:        api.PacerWindow, // the clock was wrong then, and has been set right
	} {
		if got := usedUp(now, now.Add(-ago)); got != want {
			t.Errorf("left %s ago: wait %s, want %s", ago, got, want)
		}
	}
}
