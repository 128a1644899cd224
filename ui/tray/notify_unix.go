//go:build unix && !darwin

package tray

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"

	"lockstep/ui/model"
	"lockstep/ui/say"
)

// The notification service, https://specifications.freedesktop.org/notification-spec/latest/.
const (
	noticeName = "org.freedesktop.Notifications"
	noticePath = "/org/freedesktop/Notifications"
	watcher    = "org.kde.StatusNotifierWatcher"
)

// errNoBus: the program was not started from a desktop session.
var errNoBus = errors.New("there is no D-Bus session bus")

// bus is a connection of our own to the session bus. Nothing is started where
// there is none: the library would launch a bus that nobody else is on.
func bus() (*dbus.Conn, error) {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")); err != nil {
			return nil, errNoBus
		}
	}
	c, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, fmt.Errorf("reach session bus: %w", err)
	}
	return c, nil
}

// HasBus tells whether there is a desktop session at all.
func HasBus() bool {
	c, err := bus()
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// HasHost tells whether something on the desktop shows icons.
func HasHost() bool {
	c, err := bus()
	if err != nil {
		return false
	}
	defer c.Close()
	var owned bool
	err = c.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&owned)
	return err == nil && owned
}

// desktop is the notification service of the session.
type desktop struct {
	mu    sync.Mutex
	conn  *dbus.Conn
	shown map[model.NoticeKind]uint32 // ids, to be replaced
	pages map[uint32]string           // where a click on each leads to
	click func(page string)
}

// NewPopup reaches the desktop with the first notice. click is called when a
// person clicks on one that leads somewhere; nil: nothing does.
func NewPopup(click func(page string)) Popup {
	return &desktop{shown: map[model.NoticeKind]uint32{}, pages: map[uint32]string{}, click: click}
}

// byDefault is the action of a click on a notice itself.
const byDefault = "default"

// connect reaches the session bus, and listens there for clicks. What listens
// ends with the connection.
func (d *desktop) connect() error {
	c, err := bus()
	if err != nil {
		return err
	}
	d.conn = c
	if d.click == nil {
		return nil
	}
	if err := c.AddMatchSignal(dbus.WithMatchInterface(noticeName), dbus.WithMatchMember("ActionInvoked")); err != nil {
		d.conn = nil
		return errors.Join(fmt.Errorf("listen for clicks: %w", err), c.Close())
	}
	signals := make(chan *dbus.Signal, 8)
	c.Signal(signals)
	go func() {
		for s := range signals {
			d.invoked(s)
		}
	}()
	return nil
}

// invoked follows a click. Notices of other programs are told of as well.
func (d *desktop) invoked(s *dbus.Signal) {
	if s.Name != noticeName+".ActionInvoked" || len(s.Body) == 0 {
		return
	}
	id, _ := s.Body[0].(uint32)
	d.mu.Lock()
	page := d.pages[id]
	delete(d.pages, id)
	d.mu.Unlock()
	if page != "" {
		d.click(page)
	}
}

func (d *desktop) Show(ctx context.Context, n model.Notice) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn == nil || !d.conn.Connected() {
		if err := d.connect(); err != nil {
			return err
		}
	}
	service := d.conn.Object(noticeName, noticePath)
	var can []string
	if err := service.CallWithContext(ctx, noticeName+".GetCapabilities", 0).Store(&can); err != nil {
		return fmt.Errorf("reach notification service: %w", err)
	}
	body := n.Body
	if slices.Contains(can, "body-markup") {
		body = html.EscapeString(body) // names may hold < and &
	}
	const byService int32 = -1
	urgency := byte(1)
	if n.Urgent {
		urgency = 2
	}
	hints := map[string]dbus.Variant{
		"urgency": dbus.MakeVariant(urgency), "category": dbus.MakeVariant("x-lockstep"),
		"desktop-entry": dbus.MakeVariant("org.lockstep.Lockstep"), "suppress-sound": dbus.MakeVariant(true),
	}
	actions := []string{}
	if d.click != nil && n.Page != "" && slices.Contains(can, "actions") {
		actions = []string{byDefault, say.T("Open")}
	}
	var id uint32
	err := service.CallWithContext(ctx, noticeName+".Notify", 0, "Lockstep", d.shown[n.Kind], "org.lockstep.Lockstep",
		n.Title, body, actions, hints, byService).Store(&id)
	if err != nil {
		return fmt.Errorf("show notification: %w", err)
	}
	delete(d.pages, d.shown[n.Kind])
	d.shown[n.Kind] = id
	if len(actions) > 0 {
		d.pages[id] = n.Page
	}
	return nil
}
