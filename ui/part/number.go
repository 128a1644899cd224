package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Number is a number that matters, larger than any text.
type Number struct {
	widget.BaseWidget
	text  *canvas.Text
	color fyne.ThemeColorName
}

// numberSize is its size in pixels.
const numberSize float32 = 28

// NewNumber is such a number in a colour of the theme.
func NewNumber(text string, color fyne.ThemeColorName) *Number {
	n := &Number{text: canvas.NewText(text, Color(color)), color: color}
	n.text.TextSize, n.text.TextStyle = numberSize, fyne.TextStyle{Bold: true}
	n.ExtendBaseWidget(n)
	return n
}

// Refresh asks the theme again.
func (n *Number) Refresh() {
	n.text.Color = Color(n.color)
	n.text.Refresh()
	n.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (n *Number) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(n.text) }
