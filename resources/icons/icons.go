// Package icons holds the program's pictures: the app icon, the tray icon in
// each of its states, and the line icons of the windows. They are drawn as SVG and rendered by `make icons`
// (cmd/internal/icons), never by the program: a renderer inside it would draw
// masks and strokes in another way on each system.
package icons

import "embed"

//go:embed lockstep.png
var app []byte

// App is the app icon, a PNG of 256 x 256 pixels.
func App() []byte { return app }

// States lists the names of the tray's states.
func States() []string {
	return []string{
		"up-to-date", "syncing", "paused", "offline", "slowed-down", "needs-attention", "sign-in-again", "stopped-for-safety",
	}
}

// Tray is the icon of a state in the form that this system's tray takes: an ICO
// of several sizes on Windows, elsewhere a PNG of 48 x 48 pixels. It is nil for
// a name that is not among States.
func Tray(state string) []byte {
	b, err := tray.ReadFile("tray/" + state + trayEnd)
	if err != nil {
		return nil
	}
	return b
}

//go:embed ui/*.svg
var ui embed.FS

// UI is a line icon of the windows as an SVG: one path in a box of 24 x 24,
// filled black for the theme to colour. It is nil for a name that there is none of.
func UI(name string) []byte {
	b, err := ui.ReadFile("ui/" + name + ".svg")
	if err != nil {
		return nil
	}
	return b
}
