package memory_test

import (
	"testing"

	"lockstep/sync/memory"
	"lockstep/sync/state/statetest"
)

func TestOffice_Conforms(t *testing.T) {
	statetest.Run(t, statetest.Options{New: func(testing.TB) func(testing.TB) statetest.Office {
		o := memory.NewOffice()
		return func(testing.TB) statetest.Office { return o }
	}})
}
