// Package policy decides which settings an organisation has fixed, and by what.
//
// A policy says the same as an office.toml, in the same words, and wins over it: the machine's over the user's, the
// user's over the office's own settings, those over the default. What a policy names is locked: nothing that a person
// does in Lockstep changes it.
//
// The package is pure: where policies are read from (a file, the registry of Windows), and what a locked setting means
// for an office, is the business of package wire. It must not import anything of ours.
package policy
