package localapi

import (
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

	d.Base = nil
	if asked, others, _ = pairs(d); asked[0].Known || len(others) != 0 {
		t.Errorf("without a base: asked %+v, others %+v, want nothing known of before", asked, others)
	}
}
