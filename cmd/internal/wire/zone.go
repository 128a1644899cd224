package wire

import "time"

// ownZone is this machine's time zone by its name in the IANA database; empty
// where it cannot be told. Go itself calls it Local.
func ownZone() string {
	name := time.Local.String()
	if name == "Local" || name == "" {
		name = systemZone()
	}
	if name == "" {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil {
		return ""
	}
	return name
}
