package secret

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

// reach tells whether there is a session bus to find the keyring on. Without this look the D-Bus library starts a bus
// of its own for each process (dbus-launch), which stays behind on servers and has no keyring on it.
func reach() error {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return fmt.Errorf("find the session bus: %w", err)
	}
	_ = bus.Close() // only its address was asked for
	return nil
}
