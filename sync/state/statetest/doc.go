// Package statetest is the conformance suite that every store passes:
//
//	func TestConformance(t *testing.T) {
//		statetest.Run(t, statetest.Options{Open: open})
//	}
//
// Each step is done on one opening of the office and judged on the next, so
// that what is only in memory is not taken for durable.
//
// It serves tests and nothing else, and must not know any particular store,
// endpoint or engine.
package statetest
