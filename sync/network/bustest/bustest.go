// Package bustest gives a test a message bus of its own, in the place of the
// session's or the system's, and listens to what is said on one.
//
// It serves tests and nothing else, and knows nothing of ours.
package bustest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Names of the environment's variables that say where a bus is.
const (
	OfSession = "DBUS_SESSION_BUS_ADDRESS"
	OfSystem  = "DBUS_SYSTEM_BUS_ADDRESS"
)

// Start starts a bus that ends with the test, puts its address into the
// environment under name, and connects to it. Where this machine has no bus
// the test is skipped, but in CI it fails.
func Start(t *testing.T, name string) *dbus.Conn {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dbus-daemon is missing in CI; make setup installs it")
		}
		t.Skip("there is no dbus-daemon on this machine")
	}
	cmd := exec.CommandContext(t.Context(), daemon, "--session", "--print-address", "--nofork")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }) // it may have ended with the test's context
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	t.Setenv(name, address)
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the bus may be gone
	return conn
}

// patience is how long a bus may take to pass a message on.
const patience = 20 * time.Second

// Eavesdrop listens to all that goes over the bus from now on, as any program of
// the session may. The function ends that and returns what was heard: of each
// message the text of its values, and the bytes that went over the wire.
func Eavesdrop(t *testing.T, bus *dbus.Conn, address string) func() string {
	t.Helper()
	monitor, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := monitor.BusObject().CallWithContext(t.Context(), "org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{}, uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
	messages := make(chan *dbus.Message, 4096)
	monitor.Eavesdrop(messages) // only now: it takes the answers to calls too
	ended := make(chan struct{})
	var out bytes.Buffer
	go func() {
		defer close(ended)
		for m := range messages {
			fmt.Fprintf(&out, "%v\n%s\n", m, m.Body)
			_ = m.EncodeTo(&out, binary.LittleEndian) // what cannot be written again was told above
			if strings.Contains(fmt.Sprint(m.Body...), last) {
				return
			}
		}
	}()
	return func() string {
		t.Helper()
		// Whatever the answer is: the question itself is what is listened for.
		_ = bus.BusObject().CallWithContext(t.Context(), "org.freedesktop.DBus.NameHasOwner", 0, last).Err
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("the end of the traffic is not heard")
		}
		_ = monitor.Close() // nothing more is wanted of it
		return out.String()
	}
}

// last is the name whose being asked for ends what is listened to.
const last = "org.lockstep.TheLast"
