// Package foreign has the simulated Exchange judged by clients that were written elsewhere, for the real one: exchangelib of Debian, ews-javascript-api of
// npm, and curl with requests that were written by hand. It holds tests only, must not import our own client, and asserts on what the clients report and on
// the simulator's counters, never on exit codes alone.
//
// What the tests need is installed by make setup. Where it is missing they are skipped, except with CI=true or LOCKSTEP_FOREIGN=1, where they fail.
package foreign
