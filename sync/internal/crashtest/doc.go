// Package crashtest kills a run at every step it takes. A Fuse counts what
// goes through wrapped Stores and Endpoints, once before and once after each
// call, and at the chosen step the wrapped world goes dead: this and every
// later call fails with ErrKilled, as nothing a killed process does has any
// effect. The state behind the wrappers survives; the test starts new engines
// over it and looks at what became of the history.
//
// It serves tests and nothing else, knows the interfaces of endpoint and
// state only, and never looks into what it passes on.
package crashtest
