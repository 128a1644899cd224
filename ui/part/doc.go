// Package part holds the pieces that the windows are made of: the theme, the
// icons, and widgets that know how they look and nothing of calendars.
//
// The look has one accent colour; colour otherwise only speaks about state,
// and never alone: a state is an icon and a word. Sizes follow a grid of 4.
// What Fyne has is used as it is where it fits; a widget of our own stands
// where Fyne's draws no visible focus, selects cells instead of rows, or fills
// a panel with the window's colour.
package part
