// Package localapi is how windows and command lines reach the office at work:
// the commands there are, as one interface that the running agent offers over
// a unix socket (a named pipe on Windows) and that a program without an agent
// can have from its own office. What crosses it is plain JSON made for
// showing: names instead of numbers, and never a secret.
//
// Only the same user of the machine gets in; there is no TCP port. The package
// knows no store, no system and no front end.
package localapi
