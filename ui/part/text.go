package part

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text is one piece of text without the air that Fyne's label has around it,
// in any colour and size of the theme.
type Text struct {
	widget.BaseWidget
	rich *widget.RichText
	seg  *widget.TextSegment
	lead *widget.TextSegment // stands before it in the same line; nil: nothing
	two  bool                // in two lines where one has no room
	full string              // what it says then, in one line
}

// Style is how a Text looks; the zero value is ordinary text.
type Style struct {
	Color fyne.ThemeColorName // empty: text colour
	Size  fyne.ThemeSizeName  // empty: 13
	Bold  bool
	Mono  bool
	// Struck: crossed out, because it is no more.
	Struck bool
	Align  fyne.TextAlign
	Wrap   bool // wrap instead of being cut with dots
	Whole  bool // neither cut nor wrapped: as wide as it is
	// Two: in a row of a list, which is as high whatever stands in it. Where one
	// line has no room the text goes on in a second one, and what has no room
	// there either is cut.
	Two bool
}

// NewText is a text in a style.
func NewText(text string, s Style) *Text {
	t := &Text{seg: &widget.TextSegment{Text: text}}
	t.rich = widget.NewRichText(t.seg)
	t.Restyle(s)
	t.ExtendBaseWidget(t)
	return t
}

// Lead is a few bold words in a colour, and quiet ones that go on from them.
func Lead(lead string, color fyne.ThemeColorName, rest string) *Text {
	t := NewText(rest, Style{Color: theme.ColorNamePlaceHolder, Wrap: true})
	t.seg.Style.Inline = false
	t.lead = &widget.TextSegment{Text: lead + " ", Style: widget.RichTextStyle{
		ColorName: color, SizeName: theme.SizeNameText, Inline: true, TextStyle: fyne.TextStyle{Bold: true},
	}}
	t.rich.Segments = []widget.RichTextSegment{t.lead, t.seg}
	t.rich.Refresh()
	return t
}

// Heading is the one title of a page.
func Heading(text string) *Text {
	return NewText(text, Style{Size: theme.SizeNameHeadingText, Bold: true, Wrap: true})
}

// SubHeading is the title of a pane or a section.
func SubHeading(text string) *Text {
	return NewText(text, Style{Size: theme.SizeNameSubHeadingText, Bold: true, Wrap: true})
}

// Plain is ordinary text that wraps.
func Plain(text string) *Text { return NewText(text, Style{Wrap: true}) }

// Bold is a name or the title of an entry.
func Bold(text string) *Text { return NewText(text, Style{Bold: true}) }

// Quiet is text of second rank that wraps.
func Quiet(text string) *Text {
	return NewText(text, Style{Color: theme.ColorNamePlaceHolder, Wrap: true})
}

// Caption is a small note that wraps.
func Caption(text string) *Text {
	return NewText(text, Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Wrap: true})
}

// Text is what it says.
func (t *Text) Text() string {
	switch {
	case t.lead != nil:
		return t.lead.Text + t.seg.Text
	case t.two:
		return t.full
	}
	return t.seg.Text
}

// SetText says something else.
func (t *Text) SetText(text string) {
	if t.Text() == text {
		return
	}
	t.say(text)
	t.rich.Refresh()
	t.Refresh()
}

func (t *Text) say(text string) {
	t.seg.Text, t.full = text, text
	if t.two {
		t.fold(t.Size().Width)
	}
}

// fold goes on in a second line where the text is wider than its place.
func (t *Text) fold(width float32) {
	size, style := theme.Size(t.seg.Style.SizeName), t.seg.Style.TextStyle
	fits := func(s string) bool { return fyne.MeasureText(s, size, style).Width <= width }
	text := t.full
	if words := strings.Fields(text); width > 0 && len(words) > 1 && t.Wide(width) {
		n := 1
		for n < len(words)-1 && fits(strings.Join(words[:n+1], " ")) {
			n++
		}
		text = strings.Join(words[:n], " ") + "\n" + strings.Join(words[n:], " ")
	}
	if t.seg.Text != text {
		t.seg.Text = text
		t.rich.Refresh()
	}
}

// Long tells whether a text has no room in one line of a width.
func Long(text string, s Style, width float32) bool {
	if s.Size == "" {
		s.Size = theme.SizeNameText
	}
	return fyne.MeasureText(text, theme.Size(s.Size), fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono}).Width > width
}

// Wide tells whether what it says has no room in a width.
func (t *Text) Wide(width float32) bool {
	return fyne.MeasureText(t.Text(), theme.Size(t.seg.Style.SizeName), t.seg.Style.TextStyle).Width > width
}

// Broken tells whether one of its words has no room in a width.
func (t *Text) Broken(width float32) bool {
	size, style := theme.Size(t.seg.Style.SizeName), t.seg.Style.TextStyle
	for _, word := range strings.Fields(t.Text()) {
		if fyne.MeasureText(word, size, style).Width > width {
			return true
		}
	}
	return false
}

// Set says something else in another style.
func (t *Text) Set(text string, s Style) {
	t.Restyle(s)
	t.say(text)
	t.rich.Refresh()
	t.Refresh()
}

// Restyle changes how it looks from the next refresh on.
func (t *Text) Restyle(s Style) {
	if s.Color == "" {
		s.Color = theme.ColorNameForeground
	}
	if s.Size == "" {
		s.Size = theme.SizeNameText
	}
	t.seg.Style = widget.RichTextStyle{
		Alignment: s.Align, ColorName: s.Color, SizeName: s.Size,
		TextStyle: fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono, Strikethrough: s.Struck},
	}
	t.two, t.full = s.Two, t.Text()
	t.rich.Wrapping, t.rich.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	switch {
	case s.Wrap:
		t.rich.Wrapping, t.rich.Truncation = fyne.TextWrapWord, fyne.TextTruncateOff
	case s.Whole:
		t.rich.Truncation = fyne.TextTruncateOff
	}
}

// CreateRenderer is for Fyne.
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{t} }

type textRenderer struct{ t *Text }

func (r *textRenderer) air() float32 { return theme.Size(theme.SizeNameInnerPadding) }

func (r *textRenderer) Layout(size fyne.Size) {
	if r.t.two {
		r.t.fold(size.Width)
		height := r.t.rich.MinSize().Height
		r.t.rich.Move(fyne.NewPos(-r.air(), (size.Height-height)/2))
		r.t.rich.Resize(fyne.NewSize(size.Width+2*r.air(), height))
		return
	}
	r.t.rich.Move(fyne.NewPos(-r.air(), -r.air()))
	r.t.rich.Resize(size.AddWidthHeight(2*r.air(), 2*r.air()))
}

func (r *textRenderer) MinSize() fyne.Size {
	m := r.t.rich.MinSize().SubtractWidthHeight(2*r.air(), 2*r.air())
	if r.t.two {
		// The rows of a list are laid out once, whatever stands in them later.
		line := fyne.MeasureText("M", theme.Size(r.t.seg.Style.SizeName), r.t.seg.Style.TextStyle).Height
		m.Height = 2 * line
	}
	return m
}

func (r *textRenderer) Refresh()                     { r.Layout(r.t.Size()) }
func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.rich} }
func (r *textRenderer) Destroy()                     {}
