package wire_test

import (
	"testing"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
)

func TestDoctor_FindsNothingInAHealthyOffice(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	r := o.examine(t, localapi.DoctorRequest{})
	if l, bad := r.First(); bad {
		t.Errorf("first line: %s %s %s\n%s", l.State, l.Check, l.Cause, lines(r))
	}
	if len(r.People) != 1 || r.People[0].Outcome != doctor.OutcomeSuccess {
		t.Errorf("people: %+v", r.People)
	}
}
