// Command bench measures what keeping an office in step costs: requests,
// connections and bytes per side, memory and processor time of a large first
// sync, and the size and start of the command line.
//
// It drives the real programs' composition against the simulated servers over
// loopback and counts at the servers and on the wire, never in the code that
// is measured. Figures are counts and ratios, because times of one machine say
// nothing about another. It must not be imported, and decides nothing that the
// product depends on.
package main
