package office

import (
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func TestHealthOf_EveryStateByItsCause(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	fresh := now.Add(-time.Minute)
	halt := func(c plan.Code) *plan.Reason { return &plan.Reason{Code: c} }
	for name, c := range map[string]struct {
		pulse      state.Pulse
		unapproved bool
		excused    bool
		want       Health
	}{
		"complete a minute ago":            {state.Pulse{Complete: fresh}, false, false, UpToDate},
		"complete exactly 15 min ago":      {state.Pulse{Complete: now.Add(-15 * time.Minute)}, false, false, UpToDate},
		"complete more than 15 min ago":    {state.Pulse{Complete: now.Add(-15*time.Minute - 1)}, false, false, NeedsAttention},
		"never complete":                   {state.Pulse{}, false, false, NeedsAttention},
		"never complete, but under way":    {state.Pulse{}, false, true, UpToDate},
		"late, but paused":                 {state.Pulse{Complete: now.Add(-time.Hour)}, false, true, UpToDate},
		"not reached":                      {state.Pulse{Complete: fresh, Failed: "unavailable"}, false, false, Offline},
		"not reached for an hour":          {state.Pulse{Complete: now.Add(-time.Hour), Failed: "unavailable 503"}, false, false, Offline},
		"throttled":                        {state.Pulse{Complete: fresh, Failed: "throttled ErrorServerBusy"}, false, false, SlowedDown},
		"sign-in refused":                  {state.Pulse{Complete: fresh, Failed: "auth invalid_client"}, false, false, SignInAgain},
		"certificate":                      {state.Pulse{Complete: fresh, Failed: "certificate"}, false, false, NeedsAttention},
		"a right is missing":               {state.Pulse{Complete: fresh, Failed: "scope_missing"}, false, false, NeedsAttention},
		"an error of ours":                 {state.Pulse{Complete: fresh, Failed: "internal"}, false, false, NeedsAttention},
		"a decision waits":                 {state.Pulse{Complete: fresh, Waiting: 1}, false, false, NeedsAttention},
		"an entry cannot be read":          {state.Pulse{Complete: fresh, Problems: []state.Problem{{}}}, false, false, NeedsAttention},
		"something waits for approval":     {state.Pulse{Complete: fresh}, true, false, NeedsAttention},
		"trouble is not excused":           {state.Pulse{Complete: fresh, Waiting: 1}, false, true, NeedsAttention},
		"too many deletions":               {state.Pulse{Complete: fresh, Halt: halt(plan.TooManyDeletes)}, false, false, StoppedForSafety},
		"another account":                  {state.Pulse{Failed: "identity_changed", Halt: halt(plan.IdentityChanged)}, false, false, StoppedForSafety},
		"the calendar is refused":          {state.Pulse{Complete: fresh, Failed: "forbidden", Halt: halt(plan.CalendarRefused)}, false, false, NeedsAttention},
		"a clock is off by a minute":       {state.Pulse{Complete: fresh, Skew: [2]time.Duration{2 * time.Minute, 0}}, false, false, UpToDate},
		"a clock is off by too much":       {state.Pulse{Complete: fresh, Skew: [2]time.Duration{0, -6 * time.Minute}}, false, false, NeedsAttention},
		"another PC writes":                {state.Pulse{Complete: now.Add(-time.Hour), Waiting: 1, Lease: state.Lease{State: "standby"}}, false, false, Standby},
		"another PC has taken over":        {state.Pulse{Failed: "lease", Lease: state.Lease{State: "standby"}}, false, false, Standby},
		"another PC writes, no network":    {state.Pulse{Failed: "unavailable", Lease: state.Lease{State: "standby"}}, false, false, Offline},
		"halted while the sign-in is gone": {state.Pulse{Failed: "auth", Halt: halt(plan.SideEmpty)}, false, false, StoppedForSafety},
	} {
		t.Run(name, func(t *testing.T) {
			if got := healthOf(c.pulse, c.unapproved, c.excused, defaultPromise, now); got != c.want {
				t.Errorf("health = %s, want %s", got, c.want)
			}
		})
	}
}

func TestStatus_WorstPersonDecides(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	at := func(failed string) *line { return &line{pulse: state.Pulse{Complete: now, Failed: failed}} }
	for want, set := range map[Health]func(b *board){
		UpToDate:       func(*board) {},
		Syncing:        func(b *board) { b.begin() },
		Paused:         func(b *board) { b.begin(); b.pause(now.Add(time.Hour)) },
		Offline:        func(b *board) { b.pause(now.Add(time.Hour)); b.people["b"] = at("unavailable") },
		SlowedDown:     func(b *board) { b.people["b"] = at("throttled"); b.people["c"] = at("unavailable") },
		NeedsAttention: func(b *board) { b.people["b"] = at("internal"); b.people["c"] = at("throttled") },
		SignInAgain:    func(b *board) { b.people["b"] = at("auth"); b.people["c"] = at("internal") },
		StoppedForSafety: func(b *board) {
			b.people["b"] = &line{pulse: state.Pulse{Halt: &plan.Reason{Code: plan.SideShrank}}}
			b.people["c"] = at("auth")
		},
	} {
		b := newBoard(func() time.Time { return now })
		b.people["a"] = at("")
		set(b)
		if got := b.status().Health; got != want {
			t.Errorf("health = %s, want %s", got, want)
		}
	}
}

// TestBoard_TellsAThingFromAPerson: a room is shown by a picture, people by their initials.
func TestBoard_TellsAThingFromAPerson(t *testing.T) {
	b := newBoard(func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) })
	b.seat([]state.Person{
		{ID: "anna", Enabled: true, Addresses: [2]string{event.Exchange: "anna@office.test"}},
		{ID: "blue", Enabled: true, Addresses: [2]string{event.Exchange: "blue@office.test"}, Resource: "guid"},
	})
	if p := b.status().People; len(p) != 2 || p[0].Resource || !p[1].Resource {
		t.Errorf("people = %+v, want the second told as a thing", p)
	}
}
