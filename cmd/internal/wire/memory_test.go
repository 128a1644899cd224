package wire

import "testing"

var grown []byte // not on a stack

func TestHeapRest_GivesBackOnceItIsWorthIt(t *testing.T) {
	var h heap
	grown = make([]byte, worthGivingBack)
	if !h.rest() {
		t.Error("memory was not given back after a large piece of work")
	}
	grown = nil
	if h.rest() {
		t.Error("memory was given back after next to no work")
	}
}
