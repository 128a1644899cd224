// Package adminscript writes the PowerShell scripts that an Exchange
// administrator runs so that Lockstep's account may act for people: what
// grants the right, narrow first, what checks it, and what takes it back.
//
// The text of the scripts is in the templates of resources/scripts. Whatever
// was typed in by somebody reaches a script through Quote alone, as a string
// between single quotes in which PowerShell expands nothing, and stands in it
// once, as the value of a variable. The package is pure: it runs nothing and
// must not know the network, the store or the clock.
package adminscript
