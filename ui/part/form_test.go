package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// TestForm_LabelsStandBesideTheMiddle of their fields; beside the first line
// where there are several.
func TestForm_LabelsStandBesideTheMiddle(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme{Mode: ModeLight})
	one, choice, many := NewEntry(""), Bordered(widget.NewSelect([]string{"a"}, nil)), NewEntry("")
	many.MultiLine = true
	for name, input := range map[string]fyne.CanvasObject{"entry": one, "choice": choice, "lines": many} {
		form := Form(100, NewField("Label", input, "what it is for", nil))
		w := test.NewTempWindow(t, form)
		w.Resize(fyne.NewSize(600, 200))
		var label *Text
		for _, o := range test.LaidOutObjects(form) {
			if text, ok := o.(*Text); ok && text.Text() == "Label" {
				label = text
			}
		}
		middle := func(o fyne.CanvasObject, height float32) float32 {
			return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y + height/2
		}
		at, want := middle(label, label.MinSize().Height), middle(input, min(input.Size().Height, one.MinSize().Height))
		if d := at - want; d < -1.5 || d > 1.5 {
			t.Errorf("%s: the label's middle is at %v, the field's at %v", name, at, want)
		}
	}
}
