package office

import (
	"time"

	"lockstep/sync/endpoint"
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
	Offline
	SlowedDown
	NeedsAttention
	SignInAgain
	StoppedForSafety
)

// String is the stable name used in JSON.
func (h Health) String() string {
	names := [...]string{
		"up_to_date", "syncing", "paused", "offline", "slowed_down",
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

// healthOf judges one person by his pulse.
func healthOf(p state.Pulse, failed *endpoint.Error, unapproved bool, now time.Time) Health {
	switch {
	case p.Halt != nil && p.Halt.Code != plan.CalendarRefused:
		return StoppedForSafety
	case failed != nil && failed.Kind == endpoint.Auth:
		return SignInAgain
	case failed != nil && failed.Kind == endpoint.Throttled:
		return SlowedDown
	case failed != nil && failed.Kind == endpoint.Unavailable:
		return Offline
	case p.Failed != "" || p.Halt != nil || p.Waiting > 0 || len(p.Problems) > 0 || unapproved:
		return NeedsAttention
	case p.Complete.IsZero() || now.Sub(p.Complete) > promise:
		return NeedsAttention
	default:
		return UpToDate
	}
}
