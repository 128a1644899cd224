package localapi

import (
	"errors"
	"slices"
	"testing"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// TestPairs checks that a question tells what was agreed before, which side
// has changed a field since, and what goes over without being asked about.
func TestPairs(t *testing.T) {
	base := event.Event{Subject: "Kick-off", Location: "Aura", Notes: "Agenda v1"}
	b, x := base, base
	b.Subject, x.Subject = "Kick-off Lahti", "Kick-off mill"
	b.Location = "Client site"
	d := office.PersonDecision{Decision: engine.Decision{
		Base: &[2]event.Event{base, base},
		Action: plan.Action{
			Kind: plan.Ask, Fields: event.FieldSubject,
			Have: [2]*event.Item{{Event: b}, {Event: x}},
		},
	}}
	asked, others, same := pairs(d)
	if len(asked) != 1 || asked[0].Field != "subject" || asked[0].Before != "Kick-off" || !asked[0].Known || len(asked[0].Changed) != 2 {
		t.Errorf("asked %+v, want the subject, changed on both sides", asked)
	}
	if len(others) != 1 || others[0].Field != "location" || others[0].Before != "Aura" || !slices.Equal(others[0].Changed, []string{"business"}) {
		t.Errorf("others %+v, want the place, changed in the business system", others)
	}
	if want := len(event.AllFields.Each()) - 2; same != want {
		t.Errorf("%d fields are the same, want %d", same, want)
	}

	d.Action.Have[event.Exchange].Standing = event.StandingParticipant
	d.Action.Fields |= event.FieldReminder
	if _, others, _ = pairs(d); len(others) != 0 {
		t.Errorf("others %+v, want none: a copy in which he takes part does not get his place", others)
	}
	if asked, _, _ = pairs(d); asked[0].Organizer != "exchange" || asked[1].Organizer != "" {
		t.Errorf("asked %+v, want Exchange to have the subject from the organiser, and the reminder to be his own", asked)
	}
	d.Base, d.Action.Fields = nil, event.FieldSubject
	if asked, others, _ = pairs(d); asked[0].Known || len(others) != 0 {
		t.Errorf("without a base: asked %+v, others %+v, want nothing known of before", asked, others)
	}
}

// TestRight checks that an answer field by field names each field that is asked
// about, a side for it, and nothing else.
func TestRight(t *testing.T) {
	d := office.PersonDecision{Decision: engine.Decision{Action: plan.Action{Kind: plan.Ask, Fields: event.FieldSubject | event.FieldLocation}}}
	got, err := right(d, plan.TakeByField, map[string]string{"subject": "business", "location": "exchange"})
	if want := [2]event.FieldSet{event.FieldSubject, event.FieldLocation}; err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := right(d, plan.TakeBusiness, nil); err != nil || got != [2]event.FieldSet{} {
		t.Errorf("one side for all: got %v, %v, want nothing", got, err)
	}
	for want, c := range map[string]struct {
		choice plan.Choice
		fields map[string]string
	}{
		"no side is named for location":             {plan.TakeByField, map[string]string{"subject": "business"}},
		"no side is named for subject":              {plan.TakeByField, map[string]string{"subject": "severa", "location": "exchange"}},
		"nothing is asked about notes":              {plan.TakeByField, map[string]string{"subject": "business", "location": "exchange", "notes": "business"}},
		"nothing is asked about place":              {plan.TakeByField, map[string]string{"subject": "business", "location": "exchange", "place": "business"}},
		"fields belong to the choice take_by_field": {plan.TakeExchange, map[string]string{"subject": "business"}},
	} {
		_, err := right(d, c.choice, c.fields)
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != CodeFields || e.Message != want {
			t.Errorf("%v: got %v, want %s %q", c.fields, err, CodeFields, want)
		}
	}
}
