package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Weight is how much a button stands out.
type Weight int

// The weights. A window has one Main button.
const (
	Medium Weight = iota
	Low           // text alone
	Link          // text alone, in the accent colour
	Main
	Danger
)

// Button is something to press, named by its effect: a verb and what it is
// done to. It never wraps.
type Button struct {
	press
	weight Weight
	label  *Text
	icon   *canvas.Image
	name   string // of the icon
	quiet  bool   // a fold, which keeps its own look
	called string // what one without a text is called
}

// NewButton is a button; an empty icon is none.
func NewButton(text, icon string, w Weight, pressed func()) *Button {
	b := &Button{weight: w, name: icon, label: NewText(text, Style{Whole: true})}
	content := Row(Gap)
	if icon != "" {
		b.icon = Icon(icon, 18)
		content.Add(b.icon)
	}
	if text != "" {
		content.Add(b.label)
	}
	air := float32(14)
	if w == Low || w == Link || text == "" {
		air = Gap
	}
	b.init(b, 6, air, 34, content, pressed)
	b.dress()
	return b
}

// NewMenuButton is a button that opens a menu below it: a chevron stands behind
// its text.
func NewMenuButton(text string, w Weight, pressed func()) *Button {
	b := &Button{weight: w, name: "chevron-down", icon: Icon("chevron-down", 18), label: NewText(text, Style{Whole: true})}
	b.init(b, 6, 14, 34, Row(Gap, b.label, b.icon), pressed)
	b.dress()
	return b
}

// NewIconButton is a picture to press. What it is called is shown by who asks to
// be told when it is pointed at.
func NewIconButton(called, icon string, pressed func()) *Button {
	b := NewButton("", icon, Low, pressed)
	b.called = called
	return b
}

// Text is what stands on it, or what it is called.
func (b *Button) Text() string {
	if b.called != "" {
		return b.called
	}
	return b.label.Text()
}

// SetText names it anew.
func (b *Button) SetText(text string) {
	if b.label.Text() == text {
		return
	}
	b.label.SetText(text)
	b.Refresh()
}

// SetIcon shows another icon on one that has an icon.
func (b *Button) SetIcon(name string) {
	b.name = name
	b.dress()
}

// OnPress is what it does from now on.
func (b *Button) OnPress(f func()) { b.onPress = f }

// Enable puts it in use.
func (b *Button) Enable() { b.press.Enable(); b.dress() }

// Disable puts it out of use.
func (b *Button) Disable() { b.press.Disable(); b.dress() }

// SetUsable enables or disables it.
func (b *Button) SetUsable(yes bool) {
	if yes {
		b.Enable()
	} else {
		b.Disable()
	}
}

// dress gives it the colours of its weight and state.
func (b *Button) dress() {
	if b.quiet {
		return
	}
	under, text, bold := theme.ColorNameButton, theme.ColorNameForeground, false
	switch b.weight {
	case Low:
		under = ""
	case Link:
		under, text = "", theme.ColorNamePrimary
	case Main:
		under, text, bold = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary, true
	case Danger:
		under, text, bold = theme.ColorNameError, theme.ColorNameForegroundOnError, true
	case Medium:
	}
	if b.Disabled() {
		text = theme.ColorNameDisabled
		if under != "" {
			under = theme.ColorNameDisabledButton
		}
	}
	b.under.Paint(under, "")
	b.label.Set(b.label.Text(), Style{Color: text, Bold: bold, Whole: true})
	if b.icon != nil {
		b.icon.Resource = IconResource(b.name, text)
		b.icon.Refresh()
	}
}

var _ fyne.Focusable = (*Button)(nil)

// NewFold is a line to press that unfolds what is below it; icon shows which
// way it is.
func NewFold(text, icon string, pressed func()) *Button {
	b := &Button{weight: Low, name: icon, icon: Icon(icon, 18), label: NewText(text, Style{Color: theme.ColorNamePlaceHolder, Wrap: true}), quiet: true}
	b.init(b, 6, GapTight, 0, Padded(GapTight, 0, Wide(GapTight, 1, b.icon, b.label)), pressed)
	return b
}
