//go:build linux

package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// busSettings are those of a session's bus that starts services by itself,
// except for a keyring: one that was ended stays so until the test starts it.
const busSettings = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth><servicedir>%s</servicedir>
 <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

// services is where Debian's packages say what the bus may start.
const services = "/usr/share/dbus-1/services"

// bus starts the session's message bus. It is the system's as well, so that a
// test can say what the system says: that the machine wakes up.
func (s *Session) bus(ctx context.Context) error {
	dir := filepath.Join(s.Dir, "services")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("prepare the bus: %w", err)
	}
	all, err := filepath.Glob(services + "/*.service")
	if err != nil {
		return fmt.Errorf("prepare the bus: %w", err)
	}
	for _, path := range all {
		name := filepath.Base(path)
		if strings.Contains(name, "secret") || strings.Contains(name, "keyring") {
			continue
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("prepare the bus: %w", err)
		}
	}
	socket, settings := filepath.Join(s.runtime, "bus"), filepath.Join(s.Dir, "bus.conf")
	if err := os.WriteFile(settings, fmt.Appendf(nil, busSettings, socket, dir), 0o600); err != nil {
		return fmt.Errorf("prepare the bus: %w", err)
	}
	if err := s.Run(ctx, "bus", "dbus-daemon", "--nofork", "--config-file="+settings); err != nil {
		return err
	}
	address := "unix:path=" + socket
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+address, "DBUS_SYSTEM_BUS_ADDRESS="+address)
	return s.Until(ctx, "the bus answers", func() bool {
		c, err := dbus.Connect(address)
		if err != nil {
			return false
		}
		s.Bus = c
		return true
	})
}

// Wake says what the system says when the machine wakes up.
func (s *Session) Wake() error {
	return s.Bus.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", false)
}

// Connected says what the system says when it is connected to a network.
func (s *Session) Connected() error {
	return s.Bus.Emit("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager.StateChanged", uint32(70))
}
