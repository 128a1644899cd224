package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// sectionWidth is how wide the name of a section is.
const sectionWidth float32 = 212

// Section is a group of settings: its name and what it is about at the left,
// its rows in a panel at the right.
func Section(title, note string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	name := Column(2, NewText(title, Style{Bold: true, Wrap: true}))
	if note != "" {
		name.Add(Caption(note))
	}
	list := Column(0)
	for i, r := range rows {
		if i > 0 {
			list.Add(Line())
		}
		list.Add(r)
	}
	left := container.New(fixed{width: sectionWidth}, Column(0, Padded(10, 0, name)))
	return container.New(sectionLayout{}, left, Panel(list))
}

// sectionLayout puts the name beside the panel, each as high as it is.
type sectionLayout struct{}

func (sectionLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+Margin+b.Width, max(a.Height, b.Height))
}

func (sectionLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(sectionWidth, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(sectionWidth+Margin, 0))
	o[1].Resize(fyne.NewSize(size.Width-sectionWidth-Margin, o[1].MinSize().Height))
}

// Setting is one row of a Section: what is set at the left, the control at the
// right edge, and below the row what is wrong with what was typed.
type Setting struct {
	// Object is what stands on the page.
	Object  *fyne.Container
	changed fyne.CanvasObject
	note    *Text
	help    string
	mark    *Picture
	wrong   string
}

// NewSetting is a row. An empty note is none; changed is the word that marks a
// row whose value has not been applied yet.
func NewSetting(title, note, changed string, control fyne.CanvasObject) *Setting {
	s := &Setting{changed: Tag(changed, ToneInfo), note: Caption(note), help: note, mark: NewPicture(16)}
	s.changed.Hide()
	s.mark.Hide()
	name := Column(0, Marked(NewText(title, Style{Wrap: true}), s.changed), Wide(GapTight, 1, s.mark, s.note))
	if note == "" {
		s.note.Hide()
	}
	row := container.NewBorder(nil, nil, nil, Middle(Row(0, control)), Middle(name))
	s.Object = container.New(atLeast{46}, Padded(6, GapBlocks, row))
	return s
}

// SetChanged marks the row, or no longer does.
func (s *Setting) SetChanged(changed bool) {
	if changed {
		s.changed.Show()
	} else {
		s.changed.Hide()
	}
	s.Object.Refresh()
}

// SetHelp says something else below the title.
func (s *Setting) SetHelp(help string) {
	s.help = help
	s.SetWrong(s.wrong)
}

// SetWrong shows what is wrong; empty shows the help again.
func (s *Setting) SetWrong(wrong string) {
	s.wrong = wrong
	text, color := s.help, theme.ColorNamePlaceHolder
	s.mark.Hide()
	if wrong != "" {
		text, color = wrong, theme.ColorNameError
		s.mark.Set("attention", theme.ColorNameError)
		s.mark.Show()
	}
	s.note.Set(text, Style{Color: color, Size: theme.SizeNameCaptionText, Wrap: true})
	s.note.Show()
	if text == "" {
		s.note.Hide()
	}
	s.Object.Refresh()
}

// Wrong is what is wrong with the row; empty: nothing.
func (s *Setting) Wrong() string { return s.wrong }

// Unit puts the unit of a number behind its field.
func Unit(input fyne.CanvasObject, unit string) fyne.CanvasObject {
	return Row(Gap, Narrow(64, input), Narrow(84, NewText(unit, Style{Color: theme.ColorNamePlaceHolder})))
}

// atLeast gives one thing a smallest height.
type atLeast struct{ height float32 }

func (l atLeast) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	return fyne.NewSize(m.Width, max(m.Height, l.height))
}

func (l atLeast) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(size)
}
