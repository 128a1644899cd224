package exchange_test

import (
	"testing"

	"lockstep/sync/exchange/ewssim"
)

// How the server answers is known once it has.
func TestAnswered_TellsHowLongAndWhat(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	if took, product := ep.Answered(); took != 0 || product != "" {
		t.Errorf("before any answer: %v, %q", took, product)
	}
	id := r.put(t, ewssim.Item{Subject: "x"})
	get(t, ep, id)
	if took, product := ep.Answered(); took <= 0 || product == "" {
		t.Errorf("after an answer: %v, %q", took, product)
	}
}
