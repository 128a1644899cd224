// Package version holds the one version number that all programs of Lockstep share.
//
// It imports nothing and decides nothing; a test in cmd/internal/wire holds it equal to FyneApp.toml.
package version

// Number is the version of every program built from this tree, as Semantic Versioning writes it, without a leading v.
const Number = "0.1.0"
