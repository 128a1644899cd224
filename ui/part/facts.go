package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Fact is a name and its value; Code is shown letter by letter.
type Fact struct {
	Name, Value string
	Code        bool
}

// Facts are names and values below each other, the names width wide.
func Facts(width float32, facts ...Fact) *fyne.Container {
	list := Column(0)
	for i, f := range facts {
		if i > 0 {
			list.Add(Line())
		}
		value := Plain(f.Value)
		if f.Code {
			value = NewText(f.Value, Style{Size: SizeMono, Mono: true, Wrap: true})
		}
		name := container.New(fixed{width: width}, Column(0, NewText(f.Name, Style{Color: theme.ColorNamePlaceHolder, Wrap: true})))
		list.Add(Padded(9, GapBlocks, container.NewBorder(nil, nil, name, nil, value)))
	}
	return list
}
