package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Area is a rectangle that asks the theme for its colours each time, so that
// it follows the desktop from light to dark.
type Area struct {
	widget.BaseWidget
	rect         *canvas.Rectangle
	fill, stroke fyne.ThemeColorName
	width        float32
}

// NewArea is an area with rounded corners. An empty name is no fill or no border.
func NewArea(fill, stroke fyne.ThemeColorName, radius float32) *Area {
	a := &Area{rect: canvas.NewRectangle(color.Transparent), fill: fill, stroke: stroke, width: 1}
	a.rect.CornerRadius = radius
	a.ExtendBaseWidget(a)
	a.paint()
	return a
}

// fill is an area without border.
func fill(color fyne.ThemeColorName, radius float32) *Area { return NewArea(color, "", radius) }

// Paint gives it other colours.
func (a *Area) Paint(fill, stroke fyne.ThemeColorName) {
	if a.fill == fill && a.stroke == stroke {
		return
	}
	a.fill, a.stroke = fill, stroke
	a.Refresh()
}

// Refresh asks the theme again.
func (a *Area) Refresh() {
	a.paint()
	a.BaseWidget.Refresh()
}

func (a *Area) paint() {
	a.rect.FillColor, a.rect.StrokeColor, a.rect.StrokeWidth = color.Transparent, color.Transparent, 0
	if a.fill != "" {
		a.rect.FillColor = Color(a.fill)
	}
	if a.stroke != "" {
		a.rect.StrokeColor, a.rect.StrokeWidth = Color(a.stroke), a.width
	}
}

// CreateRenderer is for Fyne.
func (a *Area) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(a.rect) }

// Panel is a surface with a thin border: what belongs together on a page.
// Panels never lie in panels.
func Panel(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewArea(ColorSurface, theme.ColorNameSeparator, 8), content)
}

// Bordered draws a field's border around something that has none, as Fyne's
// Select.
func Bordered(o fyne.CanvasObject) *fyne.Container {
	return container.NewStack(o, NewArea("", theme.ColorNameInputBorder, 6))
}

// Code is a block of text to be copied as it is.
func Code(text string) *fyne.Container {
	return container.NewStack(NewArea(theme.ColorNameHeaderBackground, theme.ColorNameSeparator, 6),
		Padded(GapWide, GapWide, NewText(text, Style{Size: SizeMono, Mono: true, Wrap: true})))
}
