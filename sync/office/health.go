package office

import (
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Health is how a person, and by the worst of them the office, is doing.
// Higher is worse.
type Health int

// The states that the tray icon shows.
const (
	UpToDate Health = iota
	Syncing
	Paused
	// Standby: another installation writes for the person, and this one reads.
	Standby
	Offline
	SlowedDown
	NeedsAttention
	SignInAgain
	StoppedForSafety
)

// String is the stable name used in JSON.
func (h Health) String() string {
	names := [...]string{
		"up_to_date", "syncing", "paused", "standby", "offline", "slowed_down",
		"needs_attention", "sign_in_again", "stopped_for_safety",
	}
	if h < 0 || int(h) >= len(names) {
		return "unknown"
	}
	return names[h]
}

// MarshalText makes a Health its name in JSON.
func (h Health) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote; an unknown name is NeedsAttention.
func (h *Health) UnmarshalText(b []byte) error {
	for c := UpToDate; c <= StoppedForSafety; c++ {
		if c.String() == string(b) {
			*h = c
			return nil
		}
	}
	*h = NeedsAttention
	return nil
}

// promise is the age of the last complete run above which a person counts as
// not looked after, whatever the single runs said.
const promise = 15 * time.Minute

// healthOf judges one person by his pulse. A late one is excused while the
// office is paused, or has just begun to catch up.
func healthOf(p state.Pulse, unapproved, excused bool, now time.Time) Health {
	// Failed begins with the name of an endpoint.Kind; the last start of the
	// program left no more than that.
	kind, _, _ := strings.Cut(p.Failed, " ")
	late := p.Complete.IsZero() || now.Sub(p.Complete) > promise
	switch {
	case p.Halt != nil && p.Halt.Code != plan.CalendarRefused:
		return StoppedForSafety
	case kind == endpoint.Auth.String():
		return SignInAgain
	case kind == endpoint.Throttled.String():
		return SlowedDown
	case kind == endpoint.Unavailable.String():
		return Offline
	case p.Lease.State == engine.Standby.String() && (p.Failed == "" || p.Failed == engine.FailedLease):
		// What waits, waits there too, and is as late as it is there.
		return Standby
	case p.Failed != "" || p.Halt != nil || p.Waiting > 0 || len(p.Problems) > 0 || unapproved:
		return NeedsAttention
	case late && !excused:
		return NeedsAttention
	default:
		return UpToDate
	}
}
