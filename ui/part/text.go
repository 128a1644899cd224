package part

import (
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
	if t.lead != nil {
		return t.lead.Text + t.seg.Text
	}
	return t.seg.Text
}

// SetText says something else.
func (t *Text) SetText(text string) {
	if t.seg.Text == text {
		return
	}
	t.seg.Text = text
	t.rich.Refresh()
	t.Refresh()
}

// Set says something else in another style.
func (t *Text) Set(text string, s Style) {
	t.seg.Text = text
	t.Restyle(s)
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
	r.t.rich.Move(fyne.NewPos(-r.air(), -r.air()))
	r.t.rich.Resize(size.AddWidthHeight(2*r.air(), 2*r.air()))
}

func (r *textRenderer) MinSize() fyne.Size {
	return r.t.rich.MinSize().SubtractWidthHeight(2*r.air(), 2*r.air())
}

func (r *textRenderer) Refresh()                     { r.Layout(r.t.Size()) }
func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.rich} }
func (r *textRenderer) Destroy()                     {}
