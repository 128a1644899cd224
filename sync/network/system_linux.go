package network

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/net/http/httpproxy"
)

// What a desktop offers on the session's bus. The portal knows what is set on
// the desktop, whichever it is, and runs a script where one is set there:
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html.
// The runner of GLib runs one that is named.
const (
	portalName   = "org.freedesktop.portal.Desktop"
	portalPath   = "/org/freedesktop/portal/desktop"
	portalLookup = "org.freedesktop.portal.ProxyResolver.Lookup"

	runnerName   = "org.gtk.GLib.PACRunner"
	runnerPath   = "/org/gtk/GLib/PACRunner"
	runnerLookup = "org.gtk.GLib.PACRunner.Lookup"

	// portalPatience is short: what does not answer on a desktop is not there.
	portalPatience = 5 * time.Second
)

// ThisMachine says what the environment names, else what is set on the desktop.
// Without a desktop nobody is asked.
func ThisMachine() Machine {
	m, named := environment(httpproxy.FromEnvironment())
	m.Script = runScript
	if !named && (os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "") {
		m.Ask = askDesktop
	}
	return m
}

// askDesktop asks the desktop's portal. One that is not there has set nothing.
func askDesktop(ctx context.Context, server *url.URL) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	ways, err := lookup(ctx, portalName, portalPath, portalLookup, server.String())
	if err != nil {
		return Answer{From: fromNobody}, nil // a desktop without a portal is the usual answer
	}
	return Answer{Proxies: ways, From: "the settings of the desktop"}, nil
}

// runScript has a script run by the desktop.
func runScript(ctx context.Context, script string, server *url.URL) (Answer, error) {
	ways, err := lookup(ctx, runnerName, runnerPath, runnerLookup, script, server.String())
	if unknown, ok := errors.AsType[dbus.Error](err); ok && unknown.Name == "org.freedesktop.DBus.Error.ServiceUnknown" {
		return Answer{}, fmt.Errorf("%w (on Debian and Ubuntu the package glib-networking-services brings it)", errNoScript)
	}
	if err != nil {
		return Answer{}, errors.New("the script that chooses proxies could not be fetched or run")
	}
	return Answer{Proxies: ways}, nil
}

func lookup(ctx context.Context, name string, path dbus.ObjectPath, method string, args ...any) ([]string, error) {
	// Without a session's bus the library would start one of its own, which stays behind.
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the session's bus: %w", err)
	}
	defer conn.Close()
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return nil, fmt.Errorf("join the session's bus: %w", err)
	}
	var ways []string
	if err := conn.Object(name, path).CallWithContext(ctx, method, 0, args...).Store(&ways); err != nil {
		return nil, fmt.Errorf("ask the desktop: %w", err)
	}
	return ways, nil
}
