package main

import (
	"context"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockstep/sync/network/bustest"
)

// TestWakes_HearsOfTheMachinesWaking puts a bus of its own in the place of the
// system's, and tells there what the system's services tell.
func TestWakes_HearsOfTheMachinesWaking(t *testing.T) {
	system := bustest.Start(t, bustest.OfSystem)
	ctx, stop := context.WithCancel(t.Context())
	told := wakes(ctx)
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
