package office

import (
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
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

// defaultPromise is the age of the last complete run above which a person
// counts as not looked after, whatever the single runs said.
const defaultPromise = 15 * time.Minute

// A clock that is off by more than clockWarns is told of; above clockAsks the
// newer of two changes is not known any more, and a person is asked.
const (
	clockWarns = time.Minute
	clockAsks  = 5 * time.Minute
)

// clocks are the servers whose clock is off, in seconds.
func clocks(skew [2]time.Duration) map[string]int {
	var out map[string]int
	for _, s := range event.Sides() {
		if skew[s].Abs() > clockWarns {
			if out == nil {
				out = map[string]int{}
			}
			out[s.String()] = int(skew[s].Seconds())
		}
	}
	return out
}

// healthOf judges one person by his pulse. A late one is excused while the
// office is paused, or has just begun to catch up.
func healthOf(p state.Pulse, unapproved, excused bool, promise time.Duration, now time.Time) Health {
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
	case max(p.Skew[0].Abs(), p.Skew[1].Abs()) > clockAsks:
		return NeedsAttention
	case late && !excused:
		return NeedsAttention
	default:
		return UpToDate
	}
}
