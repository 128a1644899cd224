package part

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Tone is what a tag or a banner speaks of.
type Tone int

// The tones.
const (
	ToneNeutral Tone = iota
	ToneInfo
	ToneGood
	ToneWarning
	ToneError
)

// colors are the soft colour of a tone and its clear one.
func (t Tone) colors() (soft, clear fyne.ThemeColorName) {
	switch t {
	case ToneInfo:
		return ColorInfoSoft, theme.ColorNamePrimary
	case ToneGood:
		return ColorSuccessSoft, theme.ColorNameSuccess
	case ToneWarning:
		return ColorWarningSoft, theme.ColorNameWarning
	case ToneError:
		return ColorErrorSoft, theme.ColorNameError
	case ToneNeutral:
	}
	return theme.ColorNameButton, theme.ColorNameForeground
}

// Tag is a word or two on a soft ground.
func Tag(text string, t Tone) fyne.CanvasObject {
	soft, _ := t.colors()
	return Tall(20, container.NewStack(fill(soft, 4), Padded(0, Gap,
		Row(0, NewText(text, Style{Size: theme.SizeNameCaptionText, Whole: true})))))
}

// Badge is a number on a filled ground: how many wait.
func Badge(text string, t Tone) fyne.CanvasObject {
	_, clear := t.colors()
	on := theme.ColorNameForegroundOnWarning
	switch t {
	case ToneError:
		on = theme.ColorNameForegroundOnError
	case ToneInfo:
		on = theme.ColorNameForegroundOnPrimary
	case ToneNeutral, ToneGood, ToneWarning:
	}
	return Tall(20, container.NewStack(fill(clear, 10), Padded(0, 6,
		Row(0, NewText(text, Style{Size: theme.SizeNameCaptionText, Bold: true, Color: on, Whole: true})))))
}

// Avatar is a person's initials in a disc, or a door for a room or a car.
type Avatar struct {
	// Object is what stands on the page.
	Object *fyne.Container
	text   *Text
	door   *Picture
}

// NewAvatar is the disc for a name.
func NewAvatar(name string) *Avatar {
	a := &Avatar{text: NewText("", Style{Size: theme.SizeNameCaptionText, Bold: true, Align: fyne.TextAlignCenter, Whole: true}), door: NewPicture(16)}
	a.Object = container.New(fixed{width: 28, height: 28}, fill(theme.ColorNameButton, 14), container.NewCenter(a.text), container.NewCenter(a.door))
	a.Set(name, false)
	return a
}

// Set shows somebody else; thing: it is a room, a car or another thing, which
// has no initials.
func (a *Avatar) Set(name string, thing bool) {
	if thing {
		a.text.SetText("")
		a.door.Set("room", theme.ColorNameForeground)
		return
	}
	a.text.SetText(Initials(name))
	a.door.Set("", "")
}

// Initials are the first letters of a name's first and last word.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' })
	if len(words) == 0 {
		return ""
	}
	out := firstLetter(words[0])
	if len(words) > 1 {
		out += firstLetter(words[len(words)-1])
	}
	return out
}

func firstLetter(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// Status is a state as icon and word in a row that is used again.
type Status struct {
	// Object is what stands on the page.
	Object *fyne.Container
	icon   *Picture
	text   *Text
	base   Style
}

// NewStatus is a state and its word, which looks as base says unless the state
// is one to be seen from afar.
func NewStatus(s State, word string, base Style) *Status {
	out := &Status{icon: NewPicture(18), text: NewText("", base), base: base}
	out.Object = Wide(Gap, 1, out.icon, out.text)
	out.Set(s, word)
	return out
}

// Set shows another state.
func (s *Status) Set(state State, word string) {
	icon, color := state.Look()
	s.icon.Set(icon, color)
	style := s.base
	if state.Loud() && style.Color == "" {
		style.Color, style.Bold = color, true
	}
	s.text.Set(word, style)
}

// Fold shows the icon alone, or the whole.
func (s *Status) Fold(folded bool) {
	if folded {
		s.text.Hide()
	} else {
		s.text.Show()
	}
}

// Empty is what stands where there is nothing: a picture, what that means, and
// what to do. button may be nil.
func Empty(icon, title, note string, button *Button) fyne.CanvasObject {
	center := func(text string, s Style) *Text {
		s.Align, s.Wrap = fyne.TextAlignCenter, true
		return NewText(text, s)
	}
	col := Column(Gap, container.NewCenter(Tinted(icon, theme.ColorNamePlaceHolder, 32)),
		center(title, Style{Bold: true}), center(note, Style{Color: theme.ColorNamePlaceHolder}))
	if button != nil {
		col.Add(container.NewCenter(button))
	}
	return container.NewCenter(Narrow(420, col))
}

// Footer is the strip at the bottom of a page: a quiet sentence or Back at the
// left, the buttons at the right. It never scrolls.
func Footer(left fyne.CanvasObject, right ...fyne.CanvasObject) fyne.CanvasObject {
	row := Wide(Gap, 0, append([]fyne.CanvasObject{left}, right...)...)
	return Tall(60, container.NewStack(fill(ColorSurface, 0),
		container.NewBorder(Line(), nil, nil, nil, Padded(0, Margin, row))))
}
