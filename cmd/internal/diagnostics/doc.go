// Package diagnostics makes the bundle that an office hands to who helps it:
// what is set up, how everybody is doing, what was done lately and what the log
// says, as files that a person can read before he sends them.
//
// What goes into it is picked field by field, and then goes through a Scrubber:
// people become person-1, person-2 …, other addresses and long ids become short
// hashes under a key of the installation, so that the same thing can be
// followed through all files without being named. Passwords and other secrets
// are never handed to this package at all. The package reads no store and opens
// no connection.
package diagnostics
