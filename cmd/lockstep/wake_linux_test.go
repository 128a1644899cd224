package main

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// TestWakes_HearsOfTheMachinesWaking puts a bus of its own in the place of the
// system's, and tells there what the system's services tell.
func TestWakes_HearsOfTheMachinesWaking(t *testing.T) {
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
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
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
	ctx, stop := context.WithCancel(t.Context())
	told := wakes(ctx)
	system, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	// Until the listener has asked for them the bus hands signals to nobody.
	for heard := false; !heard; {
		tell(t, system, "/org/freedesktop/login1", loginManager+".PrepareForSleep", false)
		if err := system.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil {
			t.Fatal(err)
		}
		select {
		case _, heard = <-told:
			if !heard {
				t.Fatal("nothing is listened to")
			}
		default:
		}
	}
	stop()
	for range told { // what was told of more often than it was heard; then it ends
	}
}

func tell(t *testing.T, conn *dbus.Conn, path dbus.ObjectPath, name string, values ...any) {
	t.Helper()
	if err := conn.Emit(path, name, values...); err != nil {
		t.Fatal(err)
	}
}

func TestWakens_TellsWakingFromGoingToSleep(t *testing.T) {
	for _, c := range []struct {
		name string
		body []any
		want bool
	}{
		{loginManager + ".PrepareForSleep", []any{true}, false},
		{loginManager + ".PrepareForSleep", []any{false}, true},
		{loginManager + ".PrepareForSleep", []any{"false"}, false},
		{networkManager + ".StateChanged", []any{uint32(20)}, false},
		{networkManager + ".StateChanged", []any{fullyConnected}, true},
		{networkManager + ".StateChanged", nil, false},
		{"org.example.StateChanged", []any{fullyConnected}, false},
	} {
		if got := wakens(&dbus.Signal{Name: c.name, Body: c.body}); got != c.want {
			t.Errorf("%s %v wakens: %v, want %v", c.name, c.body, got, c.want)
		}
	}
}
