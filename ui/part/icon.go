package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lockstep/resources/icons"
)

// IconResource is one of Lockstep's own line icons in a colour of the theme.
// There is a picture for every name that is used; a test sees to it.
func IconResource(name string, color fyne.ThemeColorName) fyne.Resource {
	res := theme.NewThemedResource(fyne.NewStaticResource("lockstep-"+name+".svg", icons.UI(name)))
	res.ColorName = color
	return res
}

// Icon draws a line icon in text colour, size pixels wide and high.
func Icon(name string, size float32) *canvas.Image {
	return Tinted(name, theme.ColorNameForeground, size)
}

// Tinted draws a line icon in a colour of the theme.
func Tinted(name string, color fyne.ThemeColorName, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(IconResource(name, color))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return img
}

// State is a way that something can be: an icon, a word, and a colour as the
// third sign.
type State int

// The states.
const (
	StateNone State = iota
	StateOK
	StateAttention
	StateFailed
	StateWaiting
	StateSyncing
	StatePaused
	StateStopped
	StateSkipped
	StateOffline
	StateSlowed
	StateSignIn
)

// Look is the icon and the colour of a state.
func (s State) Look() (icon string, color fyne.ThemeColorName) {
	switch s {
	case StateOK:
		return "ok", theme.ColorNameSuccess
	case StateAttention:
		return "attention", theme.ColorNameWarning
	case StateFailed:
		return "failed", theme.ColorNameError
	case StateSyncing:
		return "sync", theme.ColorNamePrimary
	case StatePaused:
		return "paused", theme.ColorNamePlaceHolder
	case StateStopped:
		return "stopped", theme.ColorNameError
	case StateSkipped:
		return "skipped", theme.ColorNamePlaceHolder
	case StateOffline:
		return "offline", theme.ColorNamePlaceHolder
	case StateSlowed:
		return "slowed", theme.ColorNamePlaceHolder
	case StateSignIn:
		return "key", theme.ColorNameWarning
	case StateNone, StateWaiting:
	}
	return "waiting", theme.ColorNamePlaceHolder
}

// Icon is the state's picture, size pixels wide and high.
func (s State) Icon(size float32) *canvas.Image {
	icon, color := s.Look()
	return Tinted(icon, color, size)
}

// Resource is the state's picture for a template whose rows are used again.
func (s State) Resource() fyne.Resource { return IconResource(s.Look()) }

// Loud tells whether the state's word stands in its colour: what asks for a person.
func (s State) Loud() bool {
	switch s {
	case StateAttention, StateFailed, StateStopped, StateSignIn:
		return true
	case StateNone, StateOK, StateWaiting, StateSyncing, StatePaused, StateSkipped, StateOffline, StateSlowed:
	}
	return false
}

// Color is the colour of the state.
func (s State) Color() fyne.ThemeColorName {
	_, c := s.Look()
	return c
}
