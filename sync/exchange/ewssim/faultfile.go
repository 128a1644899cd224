package ewssim

import (
	"io"

	"lockstep/sync/internal/faultscript"
)

// Faults is a script of misbehaviour, which simulators share. It has a name
// here because programs cannot name the package that it comes from.
type Faults = faultscript.Script

// ParseFaults reads a script in TOML. Its error names the line.
func ParseFaults(r io.Reader) (*Faults, error) { return faultscript.Parse(r) }
