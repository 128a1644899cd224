// Package matrix holds the program as a whole against what a calendar entry can
// be: each file of testdata is one entry of one system, with what a person must
// see of it in the other. Its tests bring them over between a simulated Exchange
// and a simulated Severa, in every setting of what the documents leave open,
// look at both through clients of their own, and bring a change back. Each two
// values of different axes meet in every setting, each three in those that decide
// on which days a series falls. That no combination is left out is itself tested.
//
// It consists of tests only. What a case expects was listed by the simulator
// that the entry was made in, which shares no code with the program's own
// expansion of series.
package matrix
