package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// TimelineEvent is one thing in a Timeline.
type TimelineEvent struct {
	Title, When, Note string
	// Below stands under it; nil: nothing.
	Below fyne.CanvasObject
}

// Timeline is what happened to one thing, the newest first; the first is the
// one that is looked at.
func Timeline(events []TimelineEvent) *fyne.Container {
	col := Column(0)
	for i, e := range events {
		dot := NewArea(ColorSurface, theme.ColorNameInputBorder, 5)
		dot.width = 2
		if i == 0 {
			dot.Paint(theme.ColorNamePrimary, "")
		}
		line := fyne.CanvasObject(container.NewStack())
		if i < len(events)-1 {
			line = NewArea(theme.ColorNameSeparator, "", 0)
		}
		text := Column(2, Wide(Gap, 0, Bold(e.Title), NewText(e.When, Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Whole: true})))
		if e.Note != "" {
			text.Add(Caption(e.Note))
		}
		if e.Below != nil {
			text.Add(Padded(GapTight, 0, e.Below))
		}
		if i < len(events)-1 {
			text.Add(Tall(GapTight, container.NewStack()))
		}
		col.Add(container.New(eventLayout{}, dot, line, text))
	}
	return col
}

// eventLayout puts a dot and the line below it beside an event.
type eventLayout struct{}

// eventIn is how far an event stands in from the line.
const eventIn float32 = 24

func (eventLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[2].MinSize().AddWidthHeight(eventIn, Gap)
}

func (eventLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(2, 4))
	o[0].Resize(fyne.NewSquareSize(10))
	o[1].Move(fyne.NewPos(6, 16))
	o[1].Resize(fyne.NewSize(2, max(size.Height-14, 0)))
	o[2].Move(fyne.NewPos(eventIn, 0))
	o[2].Resize(size.SubtractWidthHeight(eventIn, Gap))
}

// Was is a value that is no more, Is the one that has taken its place.
func Was(text string) fyne.CanvasObject {
	return tag(text, theme.ColorNameButton, Style{Size: theme.SizeNameCaptionText, Color: theme.ColorNamePlaceHolder, Struck: true})
}

// Is is a value that has taken another one's place.
func Is(text string) fyne.CanvasObject {
	return tag(text, ColorDiff, Style{Size: theme.SizeNameCaptionText})
}

// tag is a short text on a ground; what is too long for its place is cut.
func tag(text string, ground fyne.ThemeColorName, s Style) fyne.CanvasObject {
	s.Whole = len([]rune(text)) <= 40
	return Tall(20, container.NewStack(fill(ground, 4), Padded(0, Gap, Middle(NewText(text, s)))))
}
