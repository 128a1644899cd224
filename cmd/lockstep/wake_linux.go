package main

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// What tells of sleep and of networks,
// https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html and
// https://networkmanager.dev/docs/api/latest/gdbus-org.freedesktop.NetworkManager.html.
const (
	loginManager   = "org.freedesktop.login1.Manager"
	networkManager = "org.freedesktop.NetworkManager"
	fullyConnected = uint32(70)
)

// wakes listens on the system bus. The channel is closed where there is none:
// the office sees by the clock that the machine has slept.
func wakes(ctx context.Context) <-chan struct{} {
	out := make(chan struct{})
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		close(out)
		return out
	}
	go func() {
		defer close(out)
		defer conn.Close()
		hear(ctx, conn, out)
	}()
	return out
}

// hear passes on what matters until ctx ends or the bus is gone.
func hear(ctx context.Context, conn *dbus.Conn, out chan<- struct{}) {
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface(loginManager), dbus.WithMatchMember("PrepareForSleep")},
		{dbus.WithMatchInterface(networkManager), dbus.WithMatchMember("StateChanged")},
	} {
		if conn.AddMatchSignalContext(ctx, match...) != nil {
			return
		}
	}
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	for {
		select {
		case <-ctx.Done():
			return
		case s, open := <-signals:
			if !open {
				return
			}
			if !wakens(s) {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return
		case out <- struct{}{}:
		}
	}
}

// wakens tells whether a signal says that the machine is awake, or connected.
func wakens(s *dbus.Signal) bool {
	if len(s.Body) == 0 {
		return false
	}
	switch s.Name {
	case loginManager + ".PrepareForSleep":
		before, ok := s.Body[0].(bool)
		return ok && !before
	case networkManager + ".StateChanged":
		state, ok := s.Body[0].(uint32)
		return ok && state == fullyConnected
	}
	return false
}
