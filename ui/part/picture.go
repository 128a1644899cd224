package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Picture is a line icon that can become another one: for rows that are used
// again.
type Picture struct {
	widget.BaseWidget
	img   *canvas.Image
	name  string
	color fyne.ThemeColorName
}

// NewPicture is an empty place of size pixels.
func NewPicture(size float32) *Picture {
	p := &Picture{img: &canvas.Image{FillMode: canvas.ImageFillContain}}
	p.img.SetMinSize(fyne.NewSquareSize(size))
	p.ExtendBaseWidget(p)
	return p
}

// Set shows an icon; an empty name shows none.
func (p *Picture) Set(name string, color fyne.ThemeColorName) {
	if p.name == name && p.color == color {
		return
	}
	p.name, p.color = name, color
	p.img.Resource = nil
	if name != "" {
		p.img.Resource = IconResource(name, color)
	}
	p.img.Refresh()
}

// CreateRenderer is for Fyne.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.img) }
