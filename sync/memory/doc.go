// Package memory is Lockstep's reference: a calendar system and an office's
// durable state, both as plain values in memory. Each is the executable
// specification of its interface, short enough to be read as one.
//
// Calendar simulates a system of either kind. What it can hold, promise and
// blur is told by Options; people's own hands and the troubles of a network
// are its methods. Office is state.Office and state.History, Book is state.Book.
//
// It serves tests and nothing else: it must not reach a disk, a network or
// the machine's clock, and must not know an engine or an adapter.
package memory
