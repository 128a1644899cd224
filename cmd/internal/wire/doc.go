// Package wire is the composition root of the programs: the one place where stores, keyrings, adapters and engines
// are put together.
//
// It may import every package but the windows: never ui, never Fyne. Nothing below cmd may import it, and it holds no
// rules of its own; what it decides is only which implementation stands behind which interface.
//
// Its tests hold the whole tree to its import rules.
package wire
