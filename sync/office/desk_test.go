package office

import (
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// What a room shows is published without private text, and mails nobody,
// whatever the office's rules are for people.
func TestRules_OfAResource(t *testing.T) {
	o := New(Config{Now: func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }})
	o.settings.Rules = state.Rules{Requests: true, Private: [2]plan.Privacy{event.Business: plan.PrivateFull}}
	person := o.rules(&desk{person: state.Person{ID: "anna"}}).Policy
	room := o.rules(&desk{person: state.Person{ID: "blue", Resource: "blue"}}).Policy
	if !person.Requests || person.Direction != plan.TwoWay || person.Private[event.Business] != plan.PrivateFull {
		t.Errorf("a person has %+v", person)
	}
	if room.Requests || room.Direction != plan.Publish || room.Private[event.Business] != plan.PrivateBusyOnly {
		t.Errorf("a room has %+v", room)
	}
}
