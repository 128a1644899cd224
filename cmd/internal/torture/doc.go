// Command torture kills, cuts and starves the real lockstepctl and judges what
// is left by what both servers hold.
//
// The simulated servers live in this process, the program runs in others, and
// nothing of the program is replaced but its clock (build tag torture). Each
// lane is an office of its own: people edit on both sides, the program is
// disturbed in the middle of a sync, and then it must come to rest with every
// entry there once, as somebody wrote it. The oracle reads the servers'
// storage and shares no code with the engine.
//
// Everything random comes from one seed, which is printed; -seed repeats the
// edits and the plan of the disturbances. The moment at which a process dies
// is that of the machine, so a repeated run dies at about the same place.
package main
