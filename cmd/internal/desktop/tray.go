//go:build linux

package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Where the tray's icons are on the bus
// (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/).
const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	item        = "org.kde.StatusNotifierItem"
	menu        = "com.canonical.dbusmenu"
)

// Entry is one line of a tray icon's menu.
type Entry struct {
	ID      int32
	Label   string
	Enabled bool
	Entries []Entry
}

// Icons are the tray icons, by the bus names of their owners.
func (s *Session) Icons() []string {
	v, err := s.Bus.Object(watcher, watcherPath).GetProperty(watcher + ".RegisteredStatusNotifierItems")
	if err != nil {
		return nil
	}
	names, _ := v.Value().([]string)
	return names
}

func (s *Session) icon() (owner string, path dbus.ObjectPath, err error) {
	icons := s.Icons()
	if len(icons) == 0 {
		return "", "", fmt.Errorf("there is no tray icon")
	}
	owner, rest, found := strings.Cut(icons[len(icons)-1], "/")
	if !found {
		rest = "StatusNotifierItem"
	}
	return owner, dbus.ObjectPath("/" + rest), nil
}

// Menu is the menu of the tray icon.
func (s *Session) Menu() ([]Entry, error) {
	owner, path, err := s.icon()
	if err != nil {
		return nil, err
	}
	v, err := s.Bus.Object(owner, path).GetProperty(item + ".Menu")
	if err != nil {
		return nil, fmt.Errorf("find the menu: %w", err)
	}
	at, ok := v.Value().(dbus.ObjectPath)
	if !ok {
		return nil, fmt.Errorf("find the menu: it is %T", v.Value())
	}
	var revision uint32
	var root layout
	if err := s.Bus.Object(owner, at).Call(menu+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		return nil, fmt.Errorf("read the menu: %w", err)
	}
	return root.entries()
}

// layout is a menu on the bus: (ia{sv}av).
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

func (l layout) entries() ([]Entry, error) {
	var out []Entry
	for _, c := range l.Children {
		var in layout
		if err := dbus.Store([]any{c.Value()}, &in); err != nil {
			return nil, fmt.Errorf("read the menu: %w", err)
		}
		if v, ok := in.Properties["visible"].Value().(bool); ok && !v {
			continue
		}
		e := Entry{ID: in.ID, Enabled: true}
		e.Label, _ = in.Properties["label"].Value().(string)
		if v, ok := in.Properties["enabled"].Value().(bool); ok {
			e.Enabled = v
		}
		var err error
		if e.Entries, err = in.entries(); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Choose chooses an entry of the menu by its label, and those of the menus below
// by theirs. It waits for them: a program that has only begun is still at its
// menu, line by line.
func (s *Session) Choose(labels ...string) error {
	var chosen Entry
	var missing error
	err := s.Until(context.Background(), "the menu can be chosen from", func() bool {
		chosen, missing = s.entry(labels)
		return missing == nil
	})
	if err != nil {
		return errors.Join(err, missing)
	}
	owner, path, err := s.icon()
	if err != nil {
		return err
	}
	v, err := s.Bus.Object(owner, path).GetProperty(item + ".Menu")
	if err != nil {
		return fmt.Errorf("find the menu: %w", err)
	}
	at, _ := v.Value().(dbus.ObjectPath)
	if err := s.Bus.Object(owner, at).Call(menu+".Event", 0, chosen.ID, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		return fmt.Errorf("choose from the menu: %w", err)
	}
	return nil
}

// entry finds an entry that can be chosen by its label, below those of the menus
// that lead to it.
func (s *Session) entry(labels []string) (Entry, error) {
	entries, err := s.Menu()
	if err != nil {
		return Entry{}, err
	}
	var found Entry
	for _, want := range labels {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.Label == want && e.Enabled })
		if i < 0 {
			return Entry{}, fmt.Errorf("the menu has no %q to choose; it has %v", want, Labels(entries))
		}
		found, entries = entries[i], entries[i].Entries
	}
	return found, nil
}

// Labels are what stands in a menu.
func Labels(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		if e.Label != "" {
			out = append(out, e.Label)
		}
	}
	return out
}

// Says tells whether a line of the menu begins with some words.
func (s *Session) Says(words string) bool {
	entries, err := s.Menu()
	if err != nil {
		return false
	}
	for _, l := range Labels(entries) {
		if strings.HasPrefix(l, words) {
			return true
		}
	}
	return false
}

// Popup is a notification as its daemon has it.
type Popup struct{ Title, Body string }

// Popups are the notifications so far, those that can be seen included, in no order.
func (s *Session) Popups(ctx context.Context) ([]Popup, error) {
	// What is on the screen goes to the record when it is closed.
	if _, err := s.Output(ctx, "dunstctl", "close-all"); err != nil {
		return nil, err
	}
	out, err := s.Output(ctx, "dunstctl", "history")
	if err != nil {
		return nil, err
	}
	var record struct {
		Data [][]struct {
			Summary, Body struct{ Data string }
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(out), &record); err != nil {
		return nil, fmt.Errorf("read the notifications: %w", err)
	}
	var popups []Popup
	for _, group := range record.Data {
		for _, p := range group {
			popups = append(popups, Popup{p.Summary.Data, p.Body.Data})
		}
	}
	return popups, nil
}

// Pixmap is a picture as the bus has it: ARGB, row by row.
type Pixmap struct {
	Width, Height int32
	Data          []byte
}

// Icon is the picture that the tray icon shows.
func (s *Session) Icon() (Pixmap, error) {
	owner, path, err := s.icon()
	if err != nil {
		return Pixmap{}, err
	}
	v, err := s.Bus.Object(owner, path).GetProperty(item + ".IconPixmap")
	if err != nil {
		return Pixmap{}, fmt.Errorf("look at the icon: %w", err)
	}
	var all []Pixmap
	if err := v.Store(&all); err != nil || len(all) == 0 {
		return Pixmap{}, fmt.Errorf("look at the icon: %d pictures, %w", len(all), err)
	}
	return all[0], nil
}
