// Package sample is a made-up office: its people, what is in their calendars,
// and the two simulated servers that hold them. The demo, the simulators'
// command and tests work on it.
//
// What it makes depends on its options alone: the same ones give the same
// people, entries and servers' ids. It knows neither the engine nor an adapter
// nor a store, so that what it says to be there is not what a sync found.
package sample
