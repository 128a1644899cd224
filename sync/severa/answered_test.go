package severa_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
)

// How Severa answers is known once it has: as long as our clock went on.
func TestAnswered_TellsHowLong(t *testing.T) {
	o := newOffice(t, setup{step: 7 * time.Millisecond})
	anna := o.endpoint(o.anna)
	o.apply(anna, createOp(meeting(1)))
	if took, _ := anna.(endpoint.Answering).Answered(); took < 7*time.Millisecond || took > time.Second {
		t.Errorf("took %v, want some steps of our clock", took)
	}
}
