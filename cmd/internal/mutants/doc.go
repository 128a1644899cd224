// Command mutants breaks the program on purpose, one rule at a time, and shows
// which test notices: a rule that can be broken unnoticed is no rule.
//
// A mutant is a line of the source with another in its place, built with the
// go command's overlay, so that no file is touched. What notices it must be a
// test of behaviour; the tests that were written for the very line do not
// count where there are others.
package main
