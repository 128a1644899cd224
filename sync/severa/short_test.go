package severa_test

import (
	"testing"

	"lockstep/sync/severa/severasim"
)

// variations are the settings of what Severa's documents leave open. A short
// run, under the race detector for one, takes two of them: which setting it is
// makes no other goroutine.
func variations() []severasim.Variation {
	all := severasim.AllSwitches()
	if testing.Short() {
		return all[:2]
	}
	return all
}
