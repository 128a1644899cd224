package network

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockstep/sync/network/bustest"
)

// desktop stands in for a desktop's portal and for GLib's runner of scripts.
type desktop struct{ asked []string }

func (d *desktop) ways(script, server string) ([]string, *dbus.Error) {
	d.asked = append(d.asked, strings.TrimSpace(script+" "+server))
	if strings.Contains(server, "inside") {
		return []string{"direct://"}, nil
	}
	return []string{"http://desktop.test:3128", "direct://"}, nil
}

type portal struct{ d *desktop }

func (p portal) Lookup(server string) ([]string, *dbus.Error) { return p.d.ways("", server) }

type runner struct{ d *desktop }

func (r runner) Lookup(script, server string) ([]string, *dbus.Error) {
	if strings.Contains(script, "broken") {
		return nil, dbus.MakeFailedError(errors.New("syntax error"))
	}
	return r.d.ways(script, server)
}

func TestThisMachine_AsksTheDesktop(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		t.Setenv(name, "")
	}
	t.Setenv("DISPLAY", ":99")
	bus := bustest.Start(t, bustest.OfSession)
	look := func(s Settings, at string) (Choice, error) {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		return s.Chooser(ThisMachine(), time.Now).Choose(t.Context(), u)
	}
	own := Settings{Proxy: "pac+http://wpad.test/proxy.pac"}
	if got, err := look(Settings{}, "https://mail.office.test/"); err != nil || got.Proxy != nil || got.From != fromNobody {
		t.Errorf("a desktop without a portal: %+v, %v", got, err)
	}
	if _, err := look(own, "https://mail.office.test/"); !errors.Is(err, errNoScript) || !strings.Contains(err.Error(), "glib-networking-services") {
		t.Errorf("a desktop without a runner of scripts: %v", err)
	}
	d := &desktop{}
	for _, x := range []struct {
		service any
		path    dbus.ObjectPath
		iface   string
		name    string
	}{
		{portal{d}, portalPath, "org.freedesktop.portal.ProxyResolver", portalName},
		{runner{d}, runnerPath, "org.gtk.GLib.PACRunner", runnerName},
	} {
		if err := bus.Export(x.service, x.path, x.iface); err != nil {
			t.Fatal(err)
		}
		if _, err := bus.RequestName(x.name, dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := look(Settings{}, "https://mail.office.test/EWS"); err != nil || chosen(got) != "http://desktop.test:3128" || got.From != "the settings of the desktop" {
		t.Errorf("the desktop's proxy: %+v, %v", got, err)
	}
	if got, err := look(Settings{}, "https://mail.inside.test/"); err != nil || got.Proxy != nil {
		t.Errorf("the desktop's exception: %+v, %v", got, err)
	}
	if got, err := look(own, "https://mail.office.test/"); err != nil || chosen(got) != "http://desktop.test:3128" || got.From != fromScript {
		t.Errorf("the script: %+v, %v", got, err)
	}
	if _, err := look(Settings{Proxy: "pac+http://wpad.test/broken.pac"}, "https://mail.office.test/"); err == nil {
		t.Error("a script with an error chooses all the same")
	}
	want := "https://mail.office.test/EWS|https://mail.inside.test/|http://wpad.test/proxy.pac https://mail.office.test/"
	if got := strings.Join(d.asked, "|"); got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	t.Setenv("HTTPS_PROXY", "http://env.test:1")
	if ThisMachine().Ask != nil {
		t.Error("the environment names a proxy, and the desktop is asked all the same")
	}
}
