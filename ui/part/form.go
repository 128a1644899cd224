package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// FieldWidth is how wide every field of a form is.
const FieldWidth float32 = 360

// Field is one line of a form: a label at the right of its column, the field,
// and below it what the field is for, or what is wrong with it.
type Field struct {
	Label string
	Input fyne.CanvasObject
	help  string
	note  *Text
	mark  *Picture
	below *fyne.Container
	wrong string
}

// NewField is a line of a form. check, if there is one, is asked when the
// person leaves an entry, and says what is wrong and how to mend it; empty: nothing.
func NewField(label string, input fyne.CanvasObject, help string, check func(string) string) *Field {
	f := &Field{Label: label, Input: input, help: help, note: Caption(help), mark: NewPicture(16)}
	f.below = Narrow(FieldWidth, Wide(GapTight, 1, f.mark, f.note))
	f.SetWrong("")
	if e, ok := input.(*Entry); ok && check != nil {
		e.left = func() { f.SetWrong(check(e.Text)) }
	}
	return f
}

// SetWrong shows what is wrong; empty shows the help again.
func (f *Field) SetWrong(wrong string) {
	f.wrong = wrong
	if wrong == "" {
		f.mark.Hide()
		f.note.Set(f.help, Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText, Wrap: true})
		if f.help == "" {
			f.below.Hide()
		}
		return
	}
	f.mark.Set("attention", theme.ColorNameError)
	f.mark.Show()
	f.below.Show()
	f.note.Set(wrong, Style{Color: theme.ColorNameError, Size: theme.SizeNameCaptionText, Wrap: true})
}

// Wrong is what is wrong with the field; empty: nothing.
func (f *Field) Wrong() string { return f.wrong }

// Form puts fields below each other, their labels labelWidth pixels wide.
func Form(labelWidth float32, fields ...*Field) *fyne.Container {
	col := Column(GapWide)
	for _, f := range fields {
		label := NewText(f.Label, Style{Align: fyne.TextAlignTrailing, Wrap: true})
		below := Column(2, Narrow(FieldWidth, f.Input), f.below)
		head := container.New(labelLayout{labelWidth, f.Input}, label)
		col.Add(container.NewBorder(nil, nil, head, nil, Padded(0, GapWide, container.NewHBox(below))))
	}
	return col
}

// labelLayout puts a label's first line beside the middle of a field of one line,
// and beside the first one of a field of several.
type labelLayout struct {
	width float32
	input fyne.CanvasObject
}

func (l labelLayout) top() float32 {
	line := fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height
	return max(min(l.input.MinSize().Height, 2*line)-line, 0) / 2
}

func (l labelLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, l.top()+o[0].MinSize().Height)
}

func (l labelLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, l.top()))
	o[0].Resize(fyne.NewSize(size.Width, size.Height-l.top()))
}

// Stacked is a field of a narrow place: its label above it, and as wide as there
// is room.
func Stacked(f *Field) *fyne.Container {
	f.below.Layout = fixed{}
	return Column(2, NewText(f.Label, Style{Wrap: true}), f.Input, f.below)
}

// Entry is a field to type into that tells when the person leaves it.
type Entry struct {
	widget.Entry
	left    func()
	escaped func()
	// OnFocus is called when the person comes to it.
	OnFocus func()
}

// NewEntry is an empty field; hint stands in it as long as it is empty.
func NewEntry(hint string) *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(hint)
	return e
}

// NewPasswordEntry is a field whose text is hidden.
func NewPasswordEntry(hint string) *Entry {
	e := NewEntry(hint)
	e.Password = true
	return e
}

// OnLeave is called when the person leaves it.
func (e *Entry) OnLeave(f func()) { e.left = f }

// FocusGained is when the person comes to it.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.OnFocus != nil {
		e.OnFocus()
	}
}

// FocusLost is when the person leaves it.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.left != nil {
		e.left()
	}
}

// OptionCard is a choice whose consequences need a sentence. The chosen one of
// a group stands on a soft ground.
type OptionCard struct {
	press
	on          bool
	mark        *Picture
	title, note *Text
}

// NewOptionCard is a choice that is not chosen yet.
func NewOptionCard(title, note string, pressed func()) *OptionCard {
	c := &OptionCard{mark: NewPicture(18), title: NewText(title, Style{Bold: true, Wrap: true}), note: Caption(note)}
	text := Column(2, c.title, c.note)
	c.init(c, 8, GapWide, 0, Padded(GapWide, 0, container.NewBorder(nil, nil, container.NewVBox(Padded(0, GapTight, c.mark)), nil, text)), pressed)
	c.dress()
	return c
}

// On tells whether it is chosen.
func (c *OptionCard) On() bool { return c.on }

// SetOn chooses it, or no longer does.
func (c *OptionCard) SetOn(on bool) {
	c.on = on
	c.dress()
}

// Enable lets it be chosen.
func (c *OptionCard) Enable() { c.press.Enable(); c.dress() }

// Disable greys it: its note says why it cannot be chosen.
func (c *OptionCard) Disable() { c.press.Disable(); c.dress() }

func (c *OptionCard) dress() {
	title := Style{Bold: true, Wrap: true}
	switch {
	case c.on:
		c.under.Paint(ColorInfoSoft, theme.ColorNamePrimary)
		c.mark.Set("ok", theme.ColorNamePrimary)
	case c.Disabled():
		c.under.Paint("", theme.ColorNameSeparator)
		c.mark.Set("ring", theme.ColorNameDisabled)
		title.Color = theme.ColorNameDisabled
	default:
		c.under.Paint(ColorSurface, theme.ColorNameSeparator)
		c.mark.Set("ring", theme.ColorNameInputBorder)
	}
	c.title.Set(c.title.Text(), title)
	c.Refresh()
}

// Card is a surface that leads somewhere when it is pressed: a picture, a bold
// line, a small one, and at the right what state it is in.
type Card struct {
	press
	picture *Picture
	title   *Text
	note    *Text
	state   *Picture
}

// NewCard is such a surface.
func NewCard(pressed func()) *Card {
	c := &Card{
		picture: NewPicture(24), state: NewPicture(18), title: NewText("", Style{Bold: true}),
		note: Caption(""),
	}
	c.init(c, 8, GapBlocks, 60, Wide(GapWide, 1, c.picture, Column(0, c.title, c.note), c.state), pressed)
	c.under.Paint(ColorSurface, theme.ColorNameSeparator)
	return c
}

// Set says what stands on it. A state of StateNone shows that it leads somewhere.
func (c *Card) Set(icon, title, note string, s State) {
	c.picture.Set(icon, theme.ColorNamePlaceHolder)
	c.title.SetText(title)
	c.note.SetText(note)
	if s == StateNone {
		c.state.Set("chevron-right", theme.ColorNamePlaceHolder)
	} else {
		c.state.Set(s.Look())
	}
}

// Tick is a box without a text, in the middle of its cell: Fyne draws air
// around it that a cell has already.
func Tick(c fyne.CanvasObject) *fyne.Container { return container.New(tickLayout{}, c) }

type tickLayout struct{}

func (tickLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(20) }

func (tickLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	m := o[0].MinSize()
	o[0].Resize(m)
	o[0].Move(fyne.NewPos((20-m.Width)/2, (size.Height-m.Height)/2))
}
