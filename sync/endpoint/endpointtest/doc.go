// Package endpointtest is the conformance suite that every endpoint passes:
//
//	func TestConformance(t *testing.T) {
//		endpointtest.Run(t, endpointtest.Options{New: newCalendar})
//	}
//
// It reads and writes through the endpoint, acts as a person in the system
// through Hands, and judges by what Hands sees there. What an endpoint
// declares in its Capabilities decides which checks are run. A recurring
// series is no part of it: every event it writes is a single one.
//
// It also holds Faulty, an Endpoint that goes wrong by script.
//
// It serves tests and nothing else, and must not know any particular system,
// adapter, store or engine.
package endpointtest
