package part

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Step is one page of a longer way, in the list beside the page: its number, or
// a check once it is done.
type Step struct {
	press
	disc   *Area
	number *Text
	mark   *Picture
	label  *Text
}

// NewStep is a step that has not been reached.
func NewStep(number int, label string, pressed func()) *Step {
	s := &Step{
		disc: NewArea("", theme.ColorNameInputBorder, 11), mark: NewPicture(14), label: NewText(label, Style{Two: true}),
		number: NewText(strconv.Itoa(number), Style{Size: theme.SizeNameCaptionText, Bold: true, Align: fyne.TextAlignCenter, Whole: true}),
	}
	disc := container.New(fixed{width: 22, height: 22}, s.disc, container.NewCenter(s.number), container.NewCenter(s.mark))
	s.init(s, 6, 10, 36, Wide(10, 1, disc, s.label), pressed)
	s.Set(false, false, false)
	return s
}

// Fold shows the number alone, or the whole.
func (s *Step) Fold(folded bool) {
	if folded == !s.label.Visible() {
		return
	}
	if folded {
		s.label.Hide()
	} else {
		s.label.Show()
	}
	s.Refresh()
}

// Text names the step.
func (s *Step) Text() string { return s.label.Text() }

// Set tells whether it is the one that is shown, whether it is done, and
// whether one can go there.
func (s *Step) Set(on, done, open bool) {
	under, edge, fill := fyne.ThemeColorName(""), theme.ColorNameInputBorder, fyne.ThemeColorName("")
	label, number := Style{Color: theme.ColorNamePlaceHolder, Two: true}, theme.ColorNamePlaceHolder
	s.mark.Set("", "")
	switch {
	case on:
		under, edge, fill = theme.ColorNameSelection, theme.ColorNamePrimary, theme.ColorNamePrimary
		label, number = Style{Color: theme.ColorNamePrimary, Bold: true, Two: true}, theme.ColorNameForegroundOnPrimary
	case done:
		edge = theme.ColorNameSuccess
		label = Style{Two: true}
		s.mark.Set("check", theme.ColorNameSuccess)
	}
	s.under.Paint(under, "")
	s.disc.Paint(fill, edge)
	s.label.Set(s.label.Text(), label)
	s.number.Set(s.number.Text(), Style{Size: theme.SizeNameCaptionText, Bold: true, Align: fyne.TextAlignCenter, Whole: true, Color: number})
	if done && !on {
		s.number.Hide()
	} else {
		s.number.Show()
	}
	if open {
		s.Enable()
	} else {
		s.Disable()
	}
	s.Refresh()
}
