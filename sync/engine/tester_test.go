package engine_test

import "context"

// tester is what a rig needs of a test; testing.T and rapid.T both are one.
type tester interface {
	Helper()
	Context() context.Context
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
