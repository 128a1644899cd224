package part

import (
	"strconv"

	"fyne.io/fyne/v2/theme"
)

// Chip filters a list: a word and how many rows it stands for.
type Chip struct {
	press
	text, number *Text
	count        int
	on, asks     bool
}

// NewChip is a chip. One that asks has its count in the colour of attention.
func NewChip(text string, asks bool, pressed func()) *Chip {
	c := &Chip{text: NewText(text, Style{Whole: true}), number: NewText("0", Style{Whole: true}), asks: asks}
	c.init(c, 14, GapWide, 28, Row(6, c.text, c.number), pressed)
	c.dress()
	return c
}

// Count is how many rows it stands for.
func (c *Chip) Count() int { return c.count }

// Set changes the count and whether its rows are shown.
func (c *Chip) Set(count int, on bool) {
	c.count, c.on = count, on
	c.dress()
	c.Refresh()
}

func (c *Chip) dress() {
	under, edge, text := ColorSurface, theme.ColorNameSeparator, Style{Whole: true}
	number := Style{Whole: true, Bold: true}
	switch {
	case c.on:
		under, edge = theme.ColorNameSelection, theme.ColorNamePrimary
		text.Color, number.Color = theme.ColorNamePrimary, theme.ColorNamePrimary
	case c.count == 0:
		text.Color = theme.ColorNamePlaceHolder
		number = text
	case c.asks:
		number.Color = theme.ColorNameWarning
	}
	c.under.Paint(under, edge)
	c.text.Set(c.text.Text(), text)
	c.number.Set(strconv.Itoa(c.count), number)
}
